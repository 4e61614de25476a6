//! Terraform's type constraints.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// A type constraint, as in `DynamicValue` and in attribute schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `"bool"`
    Bool,
    /// `"number"`
    Number,
    /// `"string"`
    String,
    /// `"dynamic"`: the value brings its type along.
    Dynamic,
    /// `["list", T]`
    List(Box<Type>),
    /// `["set", T]`
    Set(Box<Type>),
    /// `["map", T]`
    Map(Box<Type>),
    /// `["object", {..}]`
    Object(BTreeMap<String, Type>),
    /// `["tuple", [..]]`
    Tuple(Vec<Type>),
}

impl Type {
    /// A list of `element`.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of `element`.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of `element`.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// The compact JSON of the constraint, as the protocol carries it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                json!(["object", attributes])
            }
            Self::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Self::to_json).collect::<Vec<_>>()])
            }
        }
    }

    /// Reads the compact JSON of a constraint.
    ///
    /// # Errors
    ///
    /// A sentence that shows the part that is no type.
    pub fn from_json(json: &Json) -> Result<Self, String> {
        let wrong = || format!("{json} is no type constraint");
        match json {
            Json::String(name) => match name.as_str() {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(wrong()),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), Json::Object(attributes), ..] if kind == "object" => {
                    let attributes = attributes
                        .iter()
                        .map(|(name, ty)| Ok((name.clone(), Self::from_json(ty)?)))
                        .collect::<Result<_, String>>()?;
                    Ok(Self::Object(attributes))
                }
                [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
                    Ok(Self::Tuple(elements.iter().map(Self::from_json).collect::<Result<_, _>>()?))
                }
                [Json::String(kind), element] => {
                    let element = Box::new(Self::from_json(element)?);
                    match kind.as_str() {
                        "list" => Ok(Self::List(element)),
                        "set" => Ok(Self::Set(element)),
                        "map" => Ok(Self::Map(element)),
                        _ => Err(wrong()),
                    }
                }
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_reads_back() {
        for text in [
            r#""string""#,
            r#"["set",["object",{"a":"number","b":["list","bool"]}]]"#,
            r#"["tuple",["string",["map","dynamic"]]]"#,
            r#"["tuple",[]]"#,
        ] {
            let json: Json = serde_json::from_str(text).unwrap();
            assert_eq!(Type::from_json(&json).unwrap().to_json(), json);
        }
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(
            Type::from_json(&json!(["bag", "string"])).unwrap_err(),
            r#"["bag","string"] is no type constraint"#
        );
    }
}
