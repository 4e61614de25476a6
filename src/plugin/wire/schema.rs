//! Schemas, from ours to the protocol's.

use crate::lifecycle::Function;
use crate::plugin::proto::tfplugin6::function::{Parameter, Return};
use crate::plugin::proto::tfplugin6::resource_identity_schema::IdentityAttribute;
use crate::plugin::proto::tfplugin6::{
    self as proto, ResourceIdentitySchema, StringKind, schema::object::NestingMode,
};
use crate::terraform::{Attribute, Nesting, Schema, Shape, Type};

/// The schema of a provider, resource, data source or other block.
pub fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema {
        version: schema.version,
        block: Some(proto::schema::Block {
            attributes: schema.attributes.iter().map(attribute).collect(),
            description: schema.description.clone(),
            description_kind: StringKind::Markdown.into(),
            ..Default::default()
        }),
    }
}

fn attribute(attribute: &Attribute) -> proto::schema::Attribute {
    let (ty, nested_type) = match &attribute.shape {
        Shape::Plain(plain) => (type_json(plain), None),
        Shape::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
    };
    proto::schema::Attribute {
        name: attribute.name.clone(),
        r#type: ty,
        nested_type,
        description: attribute.description.clone(),
        description_kind: StringKind::Markdown.into(),
        required: attribute.required,
        optional: attribute.optional,
        computed: attribute.computed,
        sensitive: attribute.sensitive,
        write_only: attribute.write_only,
        deprecated: !attribute.deprecated.is_empty(),
        deprecation_message: attribute.deprecated.clone(),
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> proto::schema::Object {
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..Default::default()
    }
}

/// The schema of an identity. An attribute that must be configured is one that an import must
/// name.
pub fn identity_schema(schema: &Schema) -> ResourceIdentitySchema {
    let attributes = schema.attributes.iter().map(|attribute| IdentityAttribute {
        name: attribute.name.clone(),
        r#type: type_json(&attribute.ty()),
        required_for_import: attribute.required,
        optional_for_import: attribute.optional,
        description: attribute.description.clone(),
    });
    ResourceIdentitySchema { version: schema.version, identity_attributes: attributes.collect() }
}

/// The signature of a function.
pub fn function(function: &Function) -> proto::Function {
    let parameters = function.parameters.iter().map(|(name, ty, description)| Parameter {
        name: name.clone(),
        r#type: type_json(ty),
        description: description.clone(),
        description_kind: StringKind::Markdown.into(),
        // What brings its type along may be an object that is known in part.
        allow_unknown_values: matches!(ty, Type::Dynamic),
        ..Default::default()
    });
    proto::Function {
        parameters: parameters.collect(),
        r#return: Some(Return { r#type: type_json(&function.returns) }),
        summary: function.summary.clone(),
        description: function.description.clone(),
        description_kind: StringKind::Markdown.into(),
        ..Default::default()
    }
}

fn type_json(ty: &Type) -> Vec<u8> {
    ty.to_json().to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> Attribute {
        Attribute {
            name: name.into(),
            shape: Shape::Plain(Type::String),
            description: format!("The {name}."),
            required: false,
            optional: true,
            computed: false,
            sensitive: false,
            write_only: false,
            deprecated: String::new(),
        }
    }

    #[test]
    fn an_attribute_keeps_all_its_traits() {
        let all = Attribute {
            required: true,
            computed: true,
            sensitive: true,
            write_only: true,
            deprecated: "Use b.".into(),
            ..text("a")
        };
        let schema = schema(&Schema {
            version: 3,
            description: "Things.".into(),
            attributes: vec![all, text("b")],
        });
        assert_eq!(schema.version, 3);
        let [a, b] = schema.block.unwrap().attributes.try_into().unwrap();
        assert_eq!((a.name.as_str(), a.r#type.as_slice()), ("a", &br#""string""#[..]));
        assert!(a.required && a.optional && a.computed && a.sensitive && a.write_only);
        assert!(a.deprecated && a.deprecation_message == "Use b.");
        assert!(!b.required && b.optional && !b.computed && !b.sensitive && !b.write_only);
        assert!(!b.deprecated && b.nested_type.is_none());
    }

    #[test]
    fn nested_attributes_have_a_nesting_and_no_type() {
        let nested = Shape::Nested(Nesting::Set, vec![text("inner")]);
        let attribute = attribute(&Attribute { shape: nested, ..text("outer") });
        assert_eq!(attribute.r#type, Vec::<u8>::new());
        let object = attribute.nested_type.unwrap();
        assert_eq!(object.nesting(), NestingMode::Set);
        assert_eq!(object.attributes[0].name, "inner");
    }
}
