//! Schemas from declarations.

use crate::declare::{Attribute, DataSource, Form, Kind, Literal, Mode, Resource, Source, string};
use crate::terraform::{self, Nesting, Schema, Shape, Type};

/// The schema of a resource.
pub fn resource(resource: &Resource, attributes: &[Attribute]) -> Schema {
    Schema {
        version: resource.version,
        description: resource.doc.to_owned(),
        attributes: attributes.iter().map(attribute).collect(),
    }
}

/// The schema of every identity: the tenant and the object's id.
pub fn identity() -> Schema {
    let tenant = string("tenant_id", "The tenant that the object is in.").form(Form::Id);
    let id = string("id", "The object's id, as in the state.").required();
    Schema {
        version: 0,
        description: String::new(),
        attributes: vec![attribute(&tenant), attribute(&id)],
    }
}

/// The schema of the provider block.
pub fn provider(attributes: &[Attribute], doc: &str) -> Schema {
    Schema {
        version: 0,
        description: doc.to_owned(),
        attributes: attributes.iter().map(attribute).collect(),
    }
}

/// The schema of a data source that finds one object of a resource.
pub fn one(resource: &Resource, attributes: &[Attribute]) -> Schema {
    let attributes = attributes.iter().map(|declared| {
        let of = resource.ruled.map_or(&[][..], |ruled| ruled.of);
        let is_key = declared.name == "id"
            || resource.keys.contains(&declared.name)
            || of.contains(&declared.name);
        let mut told = computed(declared);
        if is_key {
            told.optional = true;
            told.description += " Finds the object, where it is given.";
        }
        told
    });
    Schema { version: 0, description: resource.doc.to_owned(), attributes: attributes.collect() }
}

/// What filters are, where all that they ask is answered at once.
const FILTER: &str = "An OData filter over Graph's property names, such as \
    `startsWith(displayName,'A')`. All objects where it is not set: in a large tenant, that is a large \
    state.";

/// What filters are, where some are answered by the index of the directory.
const INDEXED_FILTER: &str = "An OData filter over Graph's property names, such as \
    `startsWith(displayName,'A')`. What only the index of the directory answers (`ne`, `not`, \
    `endsWith`, counts) is asked there, and may be some moments old. All objects where it is not set: \
    in a large tenant, that is a large state.";

/// Whether a collection is one of the directory, which has an index beside it.
fn is_indexed(resource: &Resource) -> bool {
    resource.soft_delete.is_some_and(|path| path.starts_with("/directory/"))
}

/// The schema of a data source that tells all objects of a resource.
pub fn many(resource: &Resource, plural: &str, attributes: &[Attribute]) -> Schema {
    let filter = string("filter", if is_indexed(resource) { INDEXED_FILTER } else { FILTER });
    let ids = Attribute {
        kind: Kind::Texts(Form::Id),
        ..string("ids", "The ids of the objects found.").computed()
    };
    let objects = terraform::Attribute {
        shape: Shape::Nested(Nesting::List, attributes.iter().map(computed).collect()),
        ..attribute(&string("", "The objects found, by id.").computed())
    };
    Schema {
        version: 0,
        description: resource.doc.to_owned(),
        attributes: vec![
            attribute(&filter),
            attribute(&ids),
            terraform::Attribute { name: plural.to_owned(), ..objects },
        ],
    }
}

/// The schema of the `config` block of a list resource.
pub fn list(resource: &Resource) -> Schema {
    let filter = string(
        "filter",
        "An OData filter over Graph's property names, such as `startsWith(displayName,'A')`. All \
         objects where it is not set.",
    );
    let description = format!("Finds what can be imported. {}", resource.doc);
    let of = resource.requests.map_or(&[][..], |requests| requests.of);
    let of = of.iter().filter_map(|name| resource.attributes.iter().find(|one| one.name == *name));
    let of = of.map(|one| terraform::Attribute {
        required: false,
        optional: true,
        computed: false,
        description: format!("{} Only those, where it is given.", description_of(one)),
        ..attribute(one)
    });
    Schema { version: 0, description, attributes: of.chain([attribute(&filter)]).collect() }
}

/// The schema of a data source that stands alone.
pub fn alone(source: &DataSource, attributes: &[Attribute]) -> Schema {
    let told: Vec<_> = attributes.iter().map(computed).collect();
    let attributes = match source.source {
        Source::Collection(_, name) => vec![terraform::Attribute {
            name: name.to_owned(),
            shape: Shape::Nested(Nesting::List, told),
            ..attribute(&string("", "The objects found, by id.").computed())
        }],
        Source::OnlyObject(_) | Source::Claims => told,
        Source::Concluded(..) => attributes.iter().map(attribute).collect(),
    };
    Schema { version: 0, description: source.doc.to_owned(), attributes }
}

/// An attribute as Terraform knows it.
pub fn attribute(declared: &Attribute) -> terraform::Attribute {
    terraform::Attribute {
        name: declared.name.to_owned(),
        shape: shape(&declared.kind, if declared.write_only { secret } else { attribute }),
        description: description_of(declared),
        required: declared.mode == Mode::Required,
        optional: matches!(declared.mode, Mode::Optional | Mode::OptionalComputed),
        computed: matches!(declared.mode, Mode::Computed | Mode::OptionalComputed),
        sensitive: declared.sensitive,
        write_only: declared.write_only,
        deprecated: String::new(),
    }
}

/// An attribute within a secret, which is one too.
fn secret(declared: &Attribute) -> terraform::Attribute {
    terraform::Attribute { sensitive: true, write_only: true, ..attribute(declared) }
}

/// The same attribute where all of it is only told.
fn computed(declared: &Attribute) -> terraform::Attribute {
    terraform::Attribute {
        shape: shape(&declared.kind, computed),
        required: false,
        optional: false,
        computed: true,
        ..attribute(declared)
    }
}

fn shape(kind: &Kind, nested: fn(&Attribute) -> terraform::Attribute) -> Shape {
    let all = |attributes: &[Attribute]| attributes.iter().map(nested).collect();
    match kind {
        Kind::Boolean => Shape::Plain(Type::Bool),
        Kind::Integer => Shape::Plain(Type::Number),
        Kind::Named => Shape::Plain(Type::map(Type::String)),
        Kind::Text(_) | Kind::Link => Shape::Plain(Type::String),
        Kind::Texts(_) | Kind::Flags | Kind::Links => Shape::Plain(Type::set(Type::String)),
        Kind::Object(attributes) | Kind::Variant(_, attributes) => {
            Shape::Nested(Nesting::Single, all(attributes))
        }
        Kind::Objects(attributes) => Shape::Nested(Nesting::Set, all(attributes)),
        Kind::Map(attributes) => Shape::Nested(Nesting::Map, all(attributes)),
    }
}

/// The documentation of an attribute, with what the declaration says besides.
fn description_of(declared: &Attribute) -> String {
    let mut text = declared.doc.to_owned();
    let members: Vec<_> = declared.one_of.iter().map(|member| format!("`{member}`")).collect();
    let said = |member: &String| declared.doc.contains(member) || member == "`none`";
    if !members.iter().all(said) {
        let of = if matches!(declared.kind, Kind::Texts(_) | Kind::Flags) { "Any" } else { "One" };
        text += &format!(" {of} of {}.", members.join(", "));
    }
    if declared.beta {
        text +=
            " In the beta version of Graph only: objects that use it are read and written there.";
    }
    if let (Some(default), false) = (declared.default, declared.doc.contains("efaults to")) {
        text += &format!(" Defaults to `{}`.", shown(default));
    }
    text
}

fn shown(literal: Literal) -> String {
    match literal {
        Literal::Bool(truth) => truth.to_string(),
        Literal::Int(integer) => integer.to_string(),
        Literal::Str(text) => text.to_owned(),
        Literal::Strs(texts) => format!("{texts:?}"),
    }
}
