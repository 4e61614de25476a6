//! Values and identities.

use serde_json::Value as Json;

use crate::plugin::proto::tfplugin6::{DynamicValue, RawState, ResourceIdentityData};
use crate::terraform::codec::CodecError;
use crate::terraform::{Diagnostic, Schema, Type, Value, json, msgpack};

/// Terraform sent a value that cannot be read: one of both has a fault.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the {what} that Terraform sent: {why}")]
pub struct Misread {
    /// Which value.
    what: &'static str,
    /// What is wrong with it.
    why: String,
}

impl From<Misread> for Diagnostic {
    fn from(Misread { what, why }: Misread) -> Self {
        Self::error(
            format!("Cannot read the {what} that Terraform sent"),
            format!(
                "{why}.\n\nThe state may have been written by another version of the provider, or \
                 edited. Otherwise this is a bug of the provider; please report it with the \
                 versions of Terraform and of the provider ({}).",
                env!("CARGO_PKG_VERSION")
            ),
        )
    }
}

/// Reads the value `what`, which is of the type `ty`; null where there is none.
///
/// # Errors
///
/// It is not of that type.
pub fn read_value(
    what: &'static str,
    value: Option<&DynamicValue>,
    ty: &Type,
) -> Result<Value, Misread> {
    let wrong = |error: CodecError| Misread { what, why: error.to_string() };
    match value {
        Some(value) if !value.msgpack.is_empty() => {
            msgpack::decode(&value.msgpack, ty).map_err(wrong)
        }
        Some(value) if !value.json.is_empty() => json::decode(&value.json, ty).map_err(wrong),
        _ => Ok(Value::Null),
    }
}

/// The message of a value of the type `ty`.
pub fn dynamic(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty), json: Vec::new() }
}

/// Reads an identity, where there is one, and the resource has identities by `schema`.
///
/// # Errors
///
/// It is not of the schema's type.
pub fn read_identity(
    identity: Option<&ResourceIdentityData>,
    schema: Option<&Schema>,
) -> Result<Option<Value>, Misread> {
    let (Some(identity), Some(schema)) = (identity, schema) else { return Ok(None) };
    let value = read_value("identity", identity.identity_data.as_ref(), &schema.ty())?;
    Ok(Some(value).filter(|value| !value.is_null()))
}

/// The message of an identity, where the resource has identities by `schema`.
pub fn identity(identity: Option<&Value>, schema: Option<&Schema>) -> Option<ResourceIdentityData> {
    Some(present_identity(identity?, schema?))
}

/// The message of an identity by `schema`.
pub fn present_identity(identity: &Value, schema: &Schema) -> ResourceIdentityData {
    ResourceIdentityData { identity_data: Some(dynamic(identity, &schema.ty())) }
}

/// The JSON of the stored value `what`; null where there is none.
///
/// # Errors
///
/// It is no JSON, or older than JSON states.
pub fn raw(what: &'static str, state: Option<&RawState>) -> Result<Json, Misread> {
    let Some(state) = state else { return Ok(Json::Null) };
    if state.json.is_empty() && !state.flatmap.is_empty() {
        let why = "it is in the format of Terraform 0.11, which is older than this provider";
        return Err(Misread { what, why: why.into() });
    }
    if state.json.is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_slice(&state.json)
        .map_err(|error| Misread { what, why: format!("it is no JSON: {error}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_where_there_is_no_msgpack() {
        let read = |msgpack: &[u8], json: &[u8]| {
            let value = DynamicValue { msgpack: msgpack.to_vec(), json: json.to_vec() };
            read_value("state", Some(&value), &Type::Bool).map_err(|error| error.to_string())
        };
        assert_eq!(read(b"\xc3", b"false"), Ok(Value::Bool(true)));
        assert_eq!(read(b"", b"false"), Ok(Value::Bool(false)));
        assert_eq!(read(b"", b""), Ok(Value::Null));
        assert_eq!(
            read(b"\x01", b""),
            Err("cannot read the state that Terraform sent: a bool was expected, and a number is \
                 there"
                .to_owned())
        );
    }

    #[test]
    fn a_state_from_before_json_is_refused_with_the_reason() {
        let state =
            RawState { flatmap: [("id".to_owned(), "1".to_owned())].into(), ..RawState::default() };
        assert!(raw("state", Some(&state)).unwrap_err().to_string().contains("Terraform 0.11"));
    }
}
