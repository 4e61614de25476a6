//! Feeds the decoder of values, which is the first to see what another process sends.
//!
//! The input is a type constraint as JSON, a line end, and the msgpack of a value.

#![no_main]

use libfuzzer_sys::fuzz_target;
use m365::terraform::{Type, msgpack};

fuzz_target!(|input: &[u8]| {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (constraint, bytes) = (&input[..end], &input[end + 1..]);
    let Ok(json) = serde_json::from_slice(constraint) else { return };
    let Ok(ty) = Type::from_json(&json) else { return };
    let Ok(value) = msgpack::decode(bytes, &ty) else { return };
    // What could be read means the same when it is written and read again.
    let again = msgpack::decode(&msgpack::encode(&value, &ty), &ty);
    assert_eq!(again.as_ref(), Ok(&value));
});
