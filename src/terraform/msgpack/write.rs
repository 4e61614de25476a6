//! Writes values. Writing to memory cannot fail: what rmp returns is dropped throughout.

use rmp::encode as put;

use super::super::codec::infer;
use super::super::{Number, Type, Value};
use super::unknown::write_unknown;

/// Appends `value`, which is of the type `ty`.
pub(super) fn write_value(out: &mut Vec<u8>, value: &Value, ty: &Type) {
    match (value, ty) {
        (Value::Null, _) => _ = put::write_nil(out),
        (Value::Unknown(refinement), _) => write_unknown(out, refinement.as_deref()),
        (Value::Dynamic(inner), Type::Dynamic) => write_dynamic(out, &inner.1, &inner.0),
        (Value::Dynamic(inner), _) => write_value(out, &inner.1, ty),
        (_, Type::Dynamic) => write_dynamic(out, value, &infer(value)),
        (Value::Bool(truth), _) => _ = put::write_bool(out, *truth),
        (Value::Number(number), _) => write_number(out, number),
        (Value::String(text), _) => _ = put::write_str(out, text),
        (Value::List(elements) | Value::Set(elements), Type::Tuple(types)) => {
            _ = put::write_array_len(out, length(elements.len()));
            for (position, element) in elements.iter().enumerate() {
                write_or_infer(out, element, types.get(position));
            }
        }
        (Value::List(elements) | Value::Set(elements), _) => {
            let ty = match ty {
                Type::List(ty) | Type::Set(ty) => Some(&**ty),
                _ => None,
            };
            _ = put::write_array_len(out, length(elements.len()));
            for element in elements {
                write_or_infer(out, element, ty);
            }
        }
        (Value::Object(attributes), Type::Object(types)) => {
            _ = put::write_map_len(out, length(types.len()));
            for (name, ty) in types {
                _ = put::write_str(out, name);
                write_value(out, attributes.get(name).unwrap_or(&Value::Null), ty);
            }
        }
        (Value::Object(elements), _) => {
            let ty = match ty {
                Type::Map(ty) => Some(&**ty),
                _ => None,
            };
            _ = put::write_map_len(out, length(elements.len()));
            for (key, element) in elements {
                _ = put::write_str(out, key);
                write_or_infer(out, element, ty);
            }
        }
    }
}

fn write_or_infer(out: &mut Vec<u8>, value: &Value, ty: Option<&Type>) {
    match ty {
        Some(ty) => write_value(out, value, ty),
        None => write_value(out, value, &infer(value)),
    }
}

/// A null or unknown value without a type needs no telling of it.
fn write_dynamic(out: &mut Vec<u8>, value: &Value, ty: &Type) {
    let ty = match ty {
        Type::Dynamic => &infer(value),
        ty => ty,
    };
    if *ty != Type::Dynamic {
        _ = put::write_array_len(out, 2);
        _ = put::write_bin(out, ty.to_json().to_string().as_bytes());
    }
    write_value(out, value, ty);
}

/// A number that is no integer goes as a decimal string, even where a float would be shorter:
/// Terraform reads the string with the digits that the user wrote, but a float as the binary
/// fraction that it is, and 0.1 would come back as another number than the configured one.
pub(super) fn write_number(out: &mut Vec<u8>, number: &Number) {
    if let Some(integer) = number.as_i64() {
        _ = put::write_sint(out, integer);
    } else if let Some(integer) = number.as_u64() {
        _ = put::write_uint(out, integer);
    } else {
        _ = put::write_str(out, &number.to_string());
    }
}

/// More than four billion elements do not fit into memory.
pub(super) fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
