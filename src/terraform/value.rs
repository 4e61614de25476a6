//! Values as Terraform has them: null, unknown or known, at every depth.

use std::collections::BTreeMap;

use super::{Number, Type};

/// The attributes of an object, or the elements of a map.
pub type Object = BTreeMap<String, Value>;

/// A value of the Terraform language.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Not set.
    #[default]
    Null,
    /// Known only after apply, with what is known about it already.
    Unknown(Option<Box<Refinement>>),
    /// `true` or `false`.
    Bool(bool),
    /// A decimal of any size.
    Number(Number),
    /// Text.
    String(String),
    /// A list or a tuple: order matters.
    List(Vec<Value>),
    /// A set: order does not matter, and what is equal is one element.
    Set(Vec<Value>),
    /// An object or a map.
    Object(Object),
    /// A value of a `dynamic` attribute, with the type that it brought.
    Dynamic(Box<(Type, Value)>),
}

/// What is known about a value that is not known yet (cty's refinements). It is passed on as it
/// came: a planned value with refinements must be honoured when it becomes known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement {
    /// `Some(false)`: it will not be null.
    pub null: Option<bool>,
    /// A string will begin with this.
    pub prefix: Option<String>,
    /// The lower bound of a number, and whether the bound itself is allowed.
    pub lower: Option<(Number, bool)>,
    /// The upper bound of a number, and whether the bound itself is allowed.
    pub upper: Option<(Number, bool)>,
    /// The least length of a collection.
    pub least: Option<u64>,
    /// The greatest length of a collection.
    pub most: Option<u64>,
}

impl Value {
    /// A value about which nothing is known.
    pub const UNKNOWN: Self = Self::Unknown(None);

    /// A set of `elements`, duplicates dropped.
    pub fn set(elements: impl IntoIterator<Item = Self>) -> Self {
        let elements: Vec<Self> = elements.into_iter().collect();
        // Large sets are sets of strings (the members of a group): no comparing pair by pair.
        if elements.iter().all(|element| matches!(element, Self::String(_))) {
            return Self::Set(dedup_strings(elements));
        }
        let mut kept: Vec<Self> = Vec::new();
        for element in elements {
            if !kept.contains(&element) {
                kept.push(element);
            }
        }
        Self::Set(kept)
    }

    /// Whether it is not set.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(inner) => inner.1.is_null(),
            _ => false,
        }
    }

    /// Whether it is unknown itself; parts of it may be unknown all the same.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(inner) => inner.1.is_unknown(),
            _ => false,
        }
    }

    /// Whether it and all its parts are known.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(elements) | Self::Set(elements) => {
                elements.iter().all(Self::is_wholly_known)
            }
            Self::Object(attributes) => attributes.values().all(Self::is_wholly_known),
            Self::Dynamic(inner) => inner.1.is_wholly_known(),
            _ => true,
        }
    }

    /// The text, where it is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, where it is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The number, where it is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements, where it is a known list or set.
    pub fn as_elements(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) | Self::Set(elements) => Some(elements),
            _ => None,
        }
    }

    /// The attributes, where it is a known object or map.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(attributes) => Some(attributes),
            _ => None,
        }
    }

    /// The attribute `name`; null where there is none, so that absence needs no case of its own.
    pub fn get(&self, name: &str) -> &Self {
        self.as_object().and_then(|attributes| attributes.get(name)).unwrap_or(&Self::Null)
    }
}

fn dedup_strings(elements: Vec<Value>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::with_capacity(elements.len());
    let mut kept = Vec::with_capacity(elements.len());
    for element in elements {
        if let Value::String(text) = &element
            && !seen.insert(text.clone())
        {
            continue;
        }
        kept.push(element);
    }
    kept
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => same_set(a, b),
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Dynamic(a), Self::Dynamic(b)) => a == b,
            _ => false,
        }
    }
}

/// Sets of strings (members of a group: thousands) are compared by sorting; others pair by pair.
fn same_set(a: &[Value], b: &[Value]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let texts = |set: &[Value]| -> Option<Vec<String>> {
        set.iter().map(|element| element.as_str().map(str::to_owned)).collect()
    };
    match (texts(a), texts(b)) {
        (Some(mut a), Some(mut b)) => {
            a.sort_unstable();
            b.sort_unstable();
            a == b
        }
        _ => a.iter().all(|element| b.contains(element)),
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Number(integer.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl<const N: usize> From<[(&str, Self); N]> for Value {
    fn from(attributes: [(&str, Self); N]) -> Self {
        Self::Object(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_no_order_and_no_duplicates() {
        let set = |elements: &[&str]| Value::set(elements.iter().map(|text| Value::from(*text)));
        assert_eq!(set(&["a", "b"]), set(&["b", "a", "a"]));
        assert_ne!(set(&["a"]), set(&["b"]));
        assert_ne!(set(&["a"]), Value::List(vec!["a".into()]));
    }

    #[test]
    fn what_is_absent_is_null() {
        assert!(Value::from([("a", Value::from(1))]).get("b").is_null());
        assert!(Value::Null.get("b").is_null());
    }

    #[test]
    fn an_unknown_part_makes_the_whole_not_wholly_known() {
        let value = Value::from([("a", Value::List(vec![Value::UNKNOWN]))]);
        assert!(!value.is_unknown() && !value.is_wholly_known());
    }
}
