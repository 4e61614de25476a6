//! Values as JSON, the encoding of state files and of what is given by hand.
//!
//! Each type has its natural JSON; a `dynamic` value is an object of `type` and `value`. Numbers
//! keep all their digits, for which they are read from and written as text: a [`Json`] number is
//! a float where it is no integer.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::codec::{CodecError, MAX_DEPTH, infer};
use super::{Object, Step, Type, Value};

/// Decodes the JSON text of a value of the type `ty`. The attributes that an object lacks are
/// null.
///
/// # Errors
///
/// Where and why the text is no such value.
pub fn decode(text: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let raw: &RawValue = serde_json::from_slice(text)
        .map_err(|error| CodecError::new(format!("the text is no JSON: {error}")))?;
    read(raw, ty, 0)
}

/// Reads a value of the type `ty` out of JSON that was parsed.
///
/// # Errors
///
/// Where and why it is no such value.
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, CodecError> {
    decode(json.to_string().as_bytes(), ty)
}

/// Encodes `value`, which is of the type `ty`, as JSON text.
///
/// # Errors
///
/// The value is not wholly known: JSON has nothing to say so.
pub fn encode(value: &Value, ty: &Type) -> Result<String, CodecError> {
    serde_json::to_string(&Typed(value, ty)).map_err(|error| CodecError::new(error.to_string()))
}

/// Turns `value`, which is of the type `ty`, into JSON.
///
/// # Errors
///
/// The value is not wholly known: JSON has nothing to say so.
pub fn to_json(value: &Value, ty: &Type) -> Result<Json, CodecError> {
    serde_json::to_value(Typed(value, ty)).map_err(|error| CodecError::new(error.to_string()))
}

/// Reads one level of `raw`: the levels below stay text until their type is known.
fn read(raw: &RawValue, ty: &Type, depth: usize) -> Result<Value, CodecError> {
    if depth > MAX_DEPTH {
        return Err(CodecError::too_deep());
    }
    let text = raw.get();
    if text == "null" {
        return Ok(Value::Null);
    }
    let wrong = || CodecError::mismatch(ty, found(text));
    match ty {
        Type::Bool => text.parse().map(Value::Bool).map_err(|_| wrong()),
        Type::Number => {
            // Terraform itself writes large numbers as strings at times.
            let quoted: Option<String> = level(text);
            let digits = quoted.as_deref().unwrap_or(text);
            digits.parse().map(Value::Number).map_err(|_| wrong())
        }
        Type::String => level(text).map(Value::String).ok_or_else(wrong),
        Type::List(element) => {
            let elements: Vec<&RawValue> = level(text).ok_or_else(wrong)?;
            let read = |(index, raw)| {
                read(raw, element, depth + 1).map_err(|error| error.inside_index(index))
            };
            elements.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Value::List)
        }
        Type::Set(element) => {
            let elements: Vec<&RawValue> = level(text).ok_or_else(wrong)?;
            let read = |raw| read(raw, element, depth + 1).map_err(CodecError::inside_set);
            elements.into_iter().map(read).collect::<Result<_, _>>().map(Value::Set)
        }
        Type::Tuple(types) => {
            let elements: Vec<&RawValue> = level(text).ok_or_else(wrong)?;
            if elements.len() != types.len() {
                let (has, wants) = (elements.len(), types.len());
                return Err(CodecError::new(format!("{has} elements where the tuple has {wants}")));
            }
            let read = |(index, (raw, ty))| {
                read(raw, ty, depth + 1).map_err(|error: CodecError| error.inside_index(index))
            };
            let elements = elements.into_iter().zip(types).enumerate().map(read);
            elements.collect::<Result<_, _>>().map(Value::List)
        }
        Type::Map(element) => {
            let elements: BTreeMap<String, &RawValue> = level(text).ok_or_else(wrong)?;
            let read = |(key, raw): (String, _)| match read(raw, element, depth + 1) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(error.inside(Step::Key(key))),
            };
            elements.into_iter().map(read).collect::<Result<_, _>>().map(Value::Object)
        }
        Type::Object(types) => {
            let given: BTreeMap<String, &RawValue> = level(text).ok_or_else(wrong)?;
            if let Some(name) = given.keys().find(|name| !types.contains_key(*name)) {
                return Err(CodecError::new(format!("there is no attribute {name:?}")));
            }
            let mut attributes = Object::new();
            for (name, ty) in types {
                let value = given.get(name).map_or(Ok(Value::Null), |raw| read(raw, ty, depth + 1));
                let value = value.map_err(|error| error.inside(Step::Attribute(name.clone())))?;
                attributes.insert(name.clone(), value);
            }
            Ok(Value::Object(attributes))
        }
        Type::Dynamic => {
            let parts: BTreeMap<Cow<'_, str>, &RawValue> = level(text).ok_or_else(wrong)?;
            let (Some(ty), Some(value)) = (parts.get("type"), parts.get("value")) else {
                return Err(wrong());
            };
            let ty = level(ty.get()).ok_or_else(wrong)?;
            let ty = Type::from_json(&ty).map_err(CodecError::new)?;
            Ok(match read(value, &ty, depth + 1)? {
                // Brought its own type already.
                value if ty == Type::Dynamic => value,
                value => Value::Dynamic(Box::new((ty, value))),
            })
        }
    }
}

/// Parses `text`, which is JSON, as a `T`; `None` where it is something else.
fn level<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

fn found(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "a bool",
        _ => "a number",
    }
}

/// A value with its type, which decides how `dynamic` parts are written.
struct Typed<'a>(&'a Value, &'a Type);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(value, ty) = *self;
        match (value, ty) {
            (Value::Null, _) => to.serialize_unit(),
            (Value::Unknown(_), _) => {
                Err(S::Error::custom("the value is not known yet, which JSON cannot say"))
            }
            (Value::Dynamic(inner), Type::Dynamic) => dynamic(&inner.1, &inner.0, to),
            (Value::Dynamic(inner), _) => Typed(&inner.1, ty).serialize(to),
            (_, Type::Dynamic) => dynamic(value, &infer(value), to),
            (Value::Bool(truth), _) => to.serialize_bool(*truth),
            (Value::Number(number), _) => {
                let digits = RawValue::from_string(number.to_string());
                digits.map_err(S::Error::custom)?.serialize(to)
            }
            (Value::String(text), _) => to.serialize_str(text),
            (Value::List(elements) | Value::Set(elements), _) => {
                let mut sequence = to.serialize_seq(Some(elements.len()))?;
                for (position, element) in elements.iter().enumerate() {
                    let ty = match ty {
                        Type::List(ty) | Type::Set(ty) => Some(&**ty),
                        Type::Tuple(types) => types.get(position),
                        _ => None,
                    };
                    let inferred = infer_unless(ty, element);
                    sequence.serialize_element(&Typed(element, &inferred))?;
                }
                sequence.end()
            }
            (Value::Object(attributes), Type::Object(types)) => {
                let mut map = to.serialize_map(Some(types.len()))?;
                for (name, ty) in types {
                    let value = attributes.get(name).unwrap_or(&Value::Null);
                    map.serialize_entry(name, &Typed(value, ty))?;
                }
                map.end()
            }
            (Value::Object(elements), _) => {
                let ty = match ty {
                    Type::Map(ty) => Some(&**ty),
                    _ => None,
                };
                let mut map = to.serialize_map(Some(elements.len()))?;
                for (key, element) in elements {
                    map.serialize_entry(key, &Typed(element, &infer_unless(ty, element)))?;
                }
                map.end()
            }
        }
    }
}

fn infer_unless<'a>(ty: Option<&'a Type>, value: &Value) -> Cow<'a, Type> {
    ty.map_or_else(|| Cow::Owned(infer(value)), Cow::Borrowed)
}

fn dynamic<S: Serializer>(value: &Value, ty: &Type, to: S) -> Result<S::Ok, S::Error> {
    let ty = match ty {
        Type::Dynamic => &infer(value),
        ty => ty,
    };
    let mut map = to.serialize_map(Some(2))?;
    map.serialize_entry("value", &Typed(value, ty))?;
    map.serialize_entry("type", &ty.to_json())?;
    map.end()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::arbitrary::{typed_and_known, types};
    use super::*;

    fn ty(json: Json) -> Type {
        Type::from_json(&json).unwrap()
    }

    #[track_caller]
    fn check(constraint: Json, value: Value, text: &str) {
        let ty = ty(constraint);
        assert_eq!(encode(&value, &ty).as_deref(), Ok(text));
        assert_eq!(decode(text.as_bytes(), &ty), Ok(value));
    }

    #[test]
    fn each_type_has_its_natural_json() {
        let number = |digits: &str| Value::Number(digits.parse().unwrap());
        check(json!("string"), Value::Null, "null");
        check(json!("string"), "a\"b".into(), r#""a\"b""#);
        check(json!("bool"), false.into(), "false");
        check(json!("number"), number("0.12345678901234567890123"), "0.12345678901234567890123");
        check(json!("number"), number("123456789012345678901"), "123456789012345678901");
        check(json!(["set", "string"]), Value::Set(vec!["a".into()]), r#"["a"]"#);
        check(json!(["map", "bool"]), [("k", true.into())].into(), r#"{"k":true}"#);
        check(
            json!(["object", {"a": ["tuple", ["bool", "string"]], "b": "number"}]),
            [("a", Value::List(vec![true.into(), "x".into()])), ("b", Value::Null)].into(),
            r#"{"a":[true,"x"],"b":null}"#,
        );
        check(
            json!("dynamic"),
            Value::Dynamic(Box::new((Type::list(Type::Bool), Value::List(vec![true.into()])))),
            r#"{"value":[true],"type":["list","bool"]}"#,
        );
    }

    #[test]
    fn numbers_may_be_quoted_and_space_is_ignored() {
        let ty = ty(json!(["list", "number"]));
        let read = decode(b" [ \"1.50\" , 1e2 ] ", &ty).unwrap();
        assert_eq!(encode(&read, &ty).unwrap(), "[1.5,100]");
    }

    #[test]
    fn parsed_json_is_read_and_made() {
        let ty = ty(json!(["object", {"a": "number", "b": "string"}]));
        let value = from_json(&json!({"a": 1}), &ty).unwrap();
        assert_eq!(value, [("a", 1.into()), ("b", Value::Null)].into());
        assert_eq!(to_json(&value, &ty).unwrap(), json!({"a": 1, "b": null}));
    }

    #[track_caller]
    fn check_refused(constraint: Json, text: &str, message: &str) {
        assert_eq!(decode(text.as_bytes(), &ty(constraint)).unwrap_err().to_string(), message);
    }

    #[test]
    fn errors_say_where_and_what() {
        let nested = json!(["object", {"a": ["list", "bool"]}]);
        check_refused(
            nested.clone(),
            r#"{"a":[true,1]}"#,
            "at a[1]: a bool was expected, and a number is there",
        );
        check_refused(nested.clone(), r#"{"z":1}"#, r#"there is no attribute "z""#);
        check_refused(
            nested,
            r#"["#,
            "the text is no JSON: EOF while parsing a list at line 1 column 1",
        );
        check_refused(
            json!("dynamic"),
            "1",
            "a value with its type was expected, and a number is there",
        );
        check_refused(json!("string"), "{}", "a string was expected, and an object is there");
    }

    #[test]
    fn an_unknown_value_cannot_be_said() {
        let error = encode(&Value::List(vec![Value::UNKNOWN]), &Type::list(Type::Bool));
        assert!(error.unwrap_err().to_string().contains("not known yet"));
    }

    proptest! {
        #[test]
        fn values_come_back((ty, value) in typed_and_known()) {
            let text = encode(&value, &ty).unwrap();
            prop_assert_eq!(decode(text.as_bytes(), &ty), Ok(value));
        }

        #[test]
        fn no_text_upsets_the_decoder(ty in types(), text in "[\\[\\]{}\",:0-9a-e. ]{0,40}") {
            if let Ok(value) = decode(text.as_bytes(), &ty) {
                prop_assert_eq!(decode(encode(&value, &ty).unwrap().as_bytes(), &ty), Ok(value));
            }
        }
    }
}
