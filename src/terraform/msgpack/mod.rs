//! Values as msgpack, the encoding in which Terraform and providers exchange them.
//!
//! The rules are those of cty, Terraform's own library of values:
//!
//! - null is nil, and an unknown value is an extension: code 12 with what is known about it in a
//!   map, any other code without;
//! - a number is an integer, a float, or a decimal string where neither is exact;
//! - objects and maps are maps, all other collections arrays;
//! - a `dynamic` value is an array of its type, as JSON in a bin, and the value.

mod cursor;
mod read;
mod unknown;
mod write;

use self::cursor::Cursor;
use self::write::write_value;
use super::codec::CodecError;
use super::{Type, Value};

/// Encodes `value`, which is of the type `ty`.
///
/// A value that is not of the type is encoded by its own shape: Terraform, which checks every
/// value, then tells the user which attribute the provider got wrong.
pub fn encode(value: &Value, ty: &Type) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(&mut out, value, ty);
    out
}

/// Decodes a value of the type `ty`. The attributes that an object lacks are null.
///
/// # Errors
///
/// Where and why the bytes are no such value.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut cursor = Cursor::new(bytes);
    let value = cursor.value(ty, 0)?;
    match cursor.left() {
        0 => Ok(value),
        more => Err(CodecError::new(format!("{more} bytes follow the value"))),
    }
}
