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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::arbitrary::{typed, types};
    use super::super::{Number, Refinement};
    use super::*;

    fn ty(json: serde_json::Value) -> Type {
        Type::from_json(&json).unwrap()
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse::<Number>().unwrap())
    }

    /// Checks that `value` and `bytes`, which are those that cty makes, are the same.
    #[track_caller]
    fn check(constraint: serde_json::Value, value: Value, bytes: &[u8]) {
        let ty = ty(constraint);
        assert_eq!(encode(&value, &ty), bytes);
        assert_eq!(decode(bytes, &ty), Ok(value));
    }

    #[test]
    fn the_bytes_are_those_of_cty() {
        check(json!("string"), Value::Null, b"\xc0");
        check(json!("string"), Value::UNKNOWN, b"\xd4\0\0");
        check(json!("string"), "ab".into(), b"\xa2ab");
        check(json!("bool"), true.into(), b"\xc3");
        check(json!("number"), number("-1"), b"\xff");
        check(json!("number"), number("300"), b"\xcd\x01\x2c");
        check(
            json!("number"),
            number("18446744073709551615"),
            b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        );
        check(json!("number"), number("0.1"), b"\xa30.1");
        check(json!("number"), number("18446744073709551616"), b"\xb418446744073709551616");
        check(
            json!(["list", "bool"]),
            Value::List(vec![true.into(), Value::Null]),
            b"\x92\xc3\xc0",
        );
        check(json!(["set", "string"]), Value::Set(vec!["a".into()]), b"\x91\xa1a");
        check(json!(["map", "number"]), [("k", number("1"))].into(), b"\x81\xa1k\x01");
        check(
            json!(["tuple", ["string", "number"]]),
            Value::List(vec!["a".into(), number("1")]),
            b"\x92\xa1a\x01",
        );
        check(
            json!(["object", {"a": "string", "b": "bool"}]),
            [("a", Value::Null), ("b", false.into())].into(),
            b"\x82\xa1a\xc0\xa1b\xc2",
        );
        check(
            json!("dynamic"),
            Value::Dynamic(Box::new((Type::String, "a".into()))),
            b"\x92\xc4\x08\"string\"\xa1a",
        );
        check(json!("dynamic"), Value::Null, b"\xc0");
    }

    #[test]
    fn what_is_known_about_an_unknown_value_is_kept() {
        let refinement =
            Refinement { null: Some(false), prefix: Some("ab".into()), ..Refinement::default() };
        let value = Value::Unknown(Some(Box::new(refinement)));
        check(json!("string"), value, b"\xc7\x07\x0c\x82\x01\xc2\x02\xa2ab");
        let refinement = Refinement {
            lower: Some((5_i64.into(), true)),
            most: Some(3),
            ..Refinement::default()
        };
        let value = Value::Unknown(Some(Box::new(refinement)));
        check(json!("number"), value, b"\xc7\x07\x0c\x82\x03\x92\x05\xc3\x06\x03");
    }

    #[test]
    fn what_a_later_terraform_tells_is_passed_over() {
        let bytes = b"\xc7\x0d\x0c\x82\x63\x93\x01\xa1x\x81\x01\xc4\x01\0\x01\xc2";
        let told = Refinement { null: Some(false), ..Refinement::default() };
        assert_eq!(decode(bytes, &Type::String), Ok(Value::Unknown(Some(Box::new(told)))));
        assert_eq!(decode(b"\xd5\x07\x01\x02", &Type::String), Ok(Value::UNKNOWN));
    }

    #[test]
    fn a_float_is_the_binary_fraction_that_it_is() {
        let read = |float: f64| {
            let bytes = [&[0xcb], &float.to_be_bytes()[..]].concat();
            decode(&bytes, &Type::Number)
        };
        assert_eq!(read(0.5), Ok(number("0.5")));
        assert_eq!(
            read(0.1),
            Ok(number("0.1000000000000000055511151231257827021181583404541015625"))
        );
        assert!(read(f64::INFINITY).is_err());
    }

    #[test]
    fn a_missing_attribute_is_null() {
        let ty = ty(json!(["object", {"a": "string", "b": "bool"}]));
        let read = decode(b"\x81\xa1a\xa1x", &ty);
        assert_eq!(read, Ok([("a", "x".into()), ("b", Value::Null)].into()));
    }

    #[test]
    fn alike_unknown_elements_of_a_set_stay_apart() {
        let bytes = b"\x92\xd4\0\0\xd4\0\0";
        let set = decode(bytes, &Type::set(Type::String)).unwrap();
        assert_eq!(set.as_elements().map(<[_]>::len), Some(2));
    }

    #[track_caller]
    fn check_refused(constraint: serde_json::Value, bytes: &[u8], message: &str) {
        assert_eq!(decode(bytes, &ty(constraint)).unwrap_err().to_string(), message);
    }

    #[test]
    fn errors_say_where_and_what() {
        let nested = json!(["object", {"a": ["list", ["map", "bool"]]}]);
        check_refused(
            nested,
            b"\x81\xa1a\x92\x80\x81\xa1k\x07",
            r#"at a[1]["k"]: a bool was expected, and a number is there"#,
        );
        check_refused(
            json!(["object", {"s": ["set", ["object", {"x": "bool"}]]}]),
            b"\x81\xa1s\x91\x81\xa1x\xa1t",
            "at s: a bool was expected, and a text is there",
        );
        check_refused(json!(["object", {}]), b"\x81\xa1z\xc0", r#"there is no attribute "z""#);
        check_refused(json!("string"), b"\xa5ab", "the value is cut off");
        check_refused(json!("string"), b"\xdb\xff\xff\xff\xff", "the value is cut off");
        check_refused(
            json!("string"),
            b"\xa1\xff",
            "a text is no UTF-8: invalid utf-8 sequence of 1 bytes from index 0",
        );
        check_refused(json!("string"), b"\xa1a\xc0", "1 bytes follow the value");
        check_refused(json!(["tuple", ["bool"]]), b"\x90", "0 elements where the tuple has 1");
        check_refused(json!("number"), b"\xa3abc", "\"abc\" is no number");
        check_refused(
            json!("string"),
            b"\xc7\x01\x0c\xc0",
            "what is told about an unknown value cannot be read: it is no map",
        );
    }

    #[test]
    fn depth_is_bounded() {
        let level = b"\x92\xc4\x09\"dynamic\"";
        check_refused(
            json!("dynamic"),
            &level.repeat(100_000),
            "values nest more than 100 levels deep",
        );
        let body = [&b"\x81\x63"[..], &[0x91].repeat(50_000)].concat();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let bytes = [&b"\xc9"[..], &length, b"\x0c", &body].concat();
        assert!(decode(&bytes, &Type::Bool).is_err());
    }

    #[test]
    fn what_lies_about_its_length_reserves_no_memory() {
        check_refused(
            json!(["list", "bool"]),
            b"\xdd\xff\xff\xff\xff\xc3",
            "at [1]: the value is cut off",
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_goes_by_its_own_shape() {
        assert_eq!(encode(&"a".into(), &Type::Bool), b"\xa1a");
        assert_eq!(encode(&Value::List(vec![true.into()]), &Type::String), b"\x91\xc3");
        assert_eq!(encode(&"a".into(), &Type::Dynamic), b"\x92\xc4\x08\"string\"\xa1a");
    }

    proptest! {
        #[test]
        fn values_come_back((ty, value) in typed()) {
            prop_assert_eq!(decode(&encode(&value, &ty), &ty), Ok(value));
        }

        #[test]
        fn no_bytes_upset_the_decoder(ty in types(), bytes in vec(any::<u8>(), 0..64)) {
            check_stable(&bytes, &ty)?;
        }

        /// Bytes that are almost a value reach further into the decoder than random ones.
        #[test]
        fn no_damage_upsets_the_decoder(
            (ty, value) in typed(),
            at in any::<prop::sample::Index>(),
            damage in vec(any::<u8>(), 0..4),
            lost in 0..4_usize,
        ) {
            let mut bytes = encode(&value, &ty);
            let at = at.index(bytes.len());
            let end = bytes.len().min(at + lost);
            bytes.splice(at..end, damage);
            check_stable(&bytes, &ty)?;
        }
    }

    /// What can be read at all means the same when it is written and read again.
    fn check_stable(bytes: &[u8], ty: &Type) -> Result<(), TestCaseError> {
        if let Ok(value) = decode(bytes, ty) {
            prop_assert_eq!(decode(&encode(&value, ty), ty), Ok(value));
        }
        Ok(())
    }
}
