//! The walks over one declaration that has a bit of everything.

mod contained;
mod decode;
mod patch;
mod plan;
mod request;
mod schedule;
mod validate;

use crate::declare::{
    Call, Codec, Form, Keeps, Literal, Resource, Rule, boolean, flags, id, integer, link, links,
    object, objects, string, strings, variant,
};
use crate::engine::Model;
use crate::terraform::{Type, Value, json};

/// A thing with an attribute of each kind.
static THING: Resource = Resource {
    name: "thing",
    path: "/things",
    attributes: &[
        string("display_name", "").required(),
        string("description", ""),
        string("nickname", "").or_derived(nickname),
        boolean("is_enabled", "").or(Literal::Bool(true)),
        integer("size", "").optional_computed(),
        string("kind", "").replace("Graph cannot change the kind").one_of(&["big", "small"]),
        id("template_id", ""),
        strings("tags", ""),
        flags("levels", "").one_of(&["low", "medium", "high"]),
        string("mail", "").computed().follows(&["nickname"]),
        string("password", "").graph("secretProfile/password").write_only(),
        integer("password_version", "").local(),
        boolean("force_change", "").graph("secretProfile/forceChange"),
        link("manager_id", ""),
        links("owner_ids", "").optional_computed(),
        object("conditions", "").of(&[
            strings("include", "").required().form(Form::IdOrKeyword),
            strings("exclude", ""),
            object("filter", "").of(&[string("rule", "").required(), string("mode", "")]),
        ]),
        objects("rules", "").of(&[strings("actions", "").required(), string("condition", "")]),
        variant("ip", "ipThing", "").of(&[
            strings("ranges", "").graph("ipRanges").form(Form::Cidr).via(&RANGES),
            boolean("is_trusted", "").or(Literal::Bool(false)),
        ]),
        variant("country", "countryThing", "").of(&[strings("countries", "").required()]),
    ],
    rules: &[Rule::AtMostOneOf(&["ip", "country"])],
    keys: &["display_name"],
    soft_delete: Some("/deleted/{id}"),
    ..Resource::MEMBER
};

static MEMBERSHIP: Resource = Resource {
    name: "membership",
    keeps: Keeps::Reference,
    path: "/things/{thing_id}/members",
    attributes: &[id("thing_id", "").required(), id("member_id", "").required()],
    ..Resource::REFERENCE
};

/// The one object of a place in the tenant, which wants a header.
static SETTING: Resource = Resource {
    name: "setting",
    path: "/organization/{tenant}/things/{thing_id}/setting",
    headers: &[("Accept-Language", "0")],
    attributes: &[
        id("thing_id", "").required(),
        string("text", ""),
        boolean("is_enabled", "").required(),
    ],
    create: Some(Call::put()),
    ..Resource::SLOT
};

static RANGES: Codec = Codec {
    encode: |ranges| {
        let ranges = ranges.as_array().cloned().unwrap_or_default();
        ranges.iter().map(|range| serde_json::json!({ "cidr": range })).collect()
    },
    decode: |ranges| {
        let ranges = ranges.as_array().cloned().unwrap_or_default();
        ranges.iter().map(|range| range["cidr"].clone()).collect()
    },
};

fn nickname(planned: &Value) -> Option<Value> {
    planned.get("display_name").as_str().map(|name| name.to_lowercase().into())
}

fn thing() -> Model {
    Model::new(&THING)
}

/// A value of the model's type from JSON; attributes that are left out are null. `"?"` is unknown.
fn value(model: &Model, text: serde_json::Value) -> Value {
    unknown(json::from_json(&text, &model.schema.ty()).unwrap())
}

/// The prior state of a thing as it is after `plan` was applied.
fn unknown(value: Value) -> Value {
    match value {
        Value::String(text) if text == "?" => Value::UNKNOWN,
        Value::Object(attributes) => Value::Object(
            attributes.into_iter().map(|(name, value)| (name, unknown(value))).collect(),
        ),
        Value::Set(elements) => Value::set(elements.into_iter().map(unknown)),
        other => other,
    }
}

/// What is set in a value, as JSON; unknown is `"?"`.
fn shown(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Unknown(_) => "?".into(),
        Value::Object(attributes) => attributes
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), shown(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Set(elements) => {
            let mut elements: Vec<_> = elements.iter().map(shown).collect();
            elements.sort_by_key(ToString::to_string);
            elements.into()
        }
        Value::String(_) => json::to_json(value, &Type::String).unwrap(),
        Value::Bool(_) => json::to_json(value, &Type::Bool).unwrap(),
        other => json::to_json(other, &Type::Number).unwrap(),
    }
}
