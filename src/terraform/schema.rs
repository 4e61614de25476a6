//! Schemas as Terraform asks for them (`Schema` in the plugin protocol), without its wire format.

use std::collections::BTreeMap;

use super::Type;

/// The schema of a resource, a data source, the provider itself, and so on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// The version of states written under it.
    pub version: i64,
    /// Markdown.
    pub description: String,
    /// The attributes, in the order of the documentation.
    pub attributes: Vec<Attribute>,
}

/// An attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// As the user writes it.
    pub name: String,
    /// What it holds.
    pub shape: Shape,
    /// Markdown.
    pub description: String,
    /// It must be configured.
    pub required: bool,
    /// It may be configured.
    pub optional: bool,
    /// The provider may decide it.
    pub computed: bool,
    /// Terraform hides it in its output.
    pub sensitive: bool,
    /// It is never kept in plan or state.
    pub write_only: bool,
    /// Why it should not be used any more; empty where it may be.
    pub deprecated: String,
}

/// What an attribute holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A value of a type.
    Plain(Type),
    /// Nested attributes.
    Nested(Nesting, Vec<Attribute>),
}

/// How nested attributes repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects.
    Map,
}

impl Schema {
    /// The type of a value of this schema: an object with every attribute.
    pub fn ty(&self) -> Type {
        object(&self.attributes)
    }
}

impl Attribute {
    /// The type of the attribute's value.
    pub fn ty(&self) -> Type {
        match &self.shape {
            Shape::Plain(ty) => ty.clone(),
            Shape::Nested(Nesting::Single, attributes) => object(attributes),
            Shape::Nested(Nesting::List, attributes) => Type::list(object(attributes)),
            Shape::Nested(Nesting::Set, attributes) => Type::set(object(attributes)),
            Shape::Nested(Nesting::Map, attributes) => Type::map(object(attributes)),
        }
    }
}

fn object(attributes: &[Attribute]) -> Type {
    let types = attributes.iter().map(|attribute| (attribute.name.clone(), attribute.ty()));
    Type::Object(types.collect::<BTreeMap<_, _>>())
}
