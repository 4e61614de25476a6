//! Which version of Graph a request goes to: v1.0, unless what it is about is in the beta alone.
//!
//! Microsoft promises nothing for the beta, so nobody is taken there who does not ask for it: an
//! object goes there as long as an attribute that only the beta has is set, or is being cleared.

use serde_json::{Map, Value as Json};

use crate::declare::{Attribute, Kind, Mode};
use crate::engine::{Model, encode, equal, names};
use crate::terraform::Value;

/// Whether an object has, or is to have, what only the beta knows.
pub fn needs_beta(model: &Model, value: &Value) -> bool {
    uses(&model.attributes, value)
}

/// Whether a body names what only the beta knows, be it to clear it.
pub fn mentions_beta(model: &Model, body: &Map<String, Json>) -> bool {
    mentions(&model.attributes, body)
}

/// Whether the declaration has anything that only the beta knows.
pub fn knows_beta(model: &Model) -> bool {
    any(&model.attributes)
}

/// Whether what only the beta knows has to be looked at of an object of which v1.0 tells this much and
/// the state nothing yet: not setting it clears it. What is left alone where it is not set takes nobody
/// to the beta, and what is of a type that v1.0 knows is of no other.
pub fn hides_in_beta(model: &Model, told: &Json) -> bool {
    let is_known = model.attributes.iter().any(|attribute| match attribute.kind {
        Kind::Variant(odata, _) => {
            !attribute.beta && encode::odata_type(odata) == told["@odata.type"]
        }
        _ => false,
    });
    hides(&model.attributes, is_known)
}

fn hides(attributes: &[Attribute], is_known: bool) -> bool {
    attributes.iter().any(|attribute| {
        let is_variant = matches!(attribute.kind, Kind::Variant(..));
        let is_cleared = attribute.beta && attribute.mode == Mode::Optional;
        let is_other = attribute.beta && is_variant && is_known;
        !is_other && (is_cleared || hides(nested(attribute), is_known))
    })
}

fn any(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.beta || any(nested(attribute)))
}

fn nested(attribute: &Attribute) -> &'static [Attribute] {
    match attribute.kind {
        Kind::Object(nested)
        | Kind::Objects(nested)
        | Kind::Map(nested)
        | Kind::Variant(_, nested) => nested,
        _ => &[],
    }
}

fn uses(attributes: &[Attribute], value: &Value) -> bool {
    attributes.iter().any(|attribute| {
        let value = value.get(attribute.name);
        // An object of a type that only the beta knows is of it, whatever is set in it.
        let is_of_it = matches!(attribute.kind, Kind::Variant(..)) && !value.is_null();
        let used = !value.is_unknown() && (is_of_it || !equal::is_empty(value));
        let elements = value.as_elements().unwrap_or_default();
        (attribute.beta && used)
            || uses(nested(attribute), value)
            || elements.iter().any(|element| uses(nested(attribute), element))
    })
}

fn mentions(attributes: &[Attribute], body: &Map<String, Json>) -> bool {
    attributes.iter().any(|attribute| {
        let inside = match attribute.kind {
            Kind::Variant(_, nested) => return !attribute.beta && mentions(nested, body),
            _ => body.get(&names::location(attribute).0),
        };
        let Some(inside) = inside else { return false };
        attribute.beta || inside.as_object().is_some_and(|body| mentions(nested(attribute), body))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Resource, object, string, variant};
    use crate::engine::request;

    static THING: Resource = Resource {
        name: "thing",
        path: "/things",
        attributes: &[
            string("name", "").required(),
            object("controls", "").of(&[
                string("old", ""),
                object("new", "").of(&[string("mode", "").required()]).beta(),
            ]),
            variant("other", "otherThing", "").of(&[string("what", "")]).beta(),
        ],
        ..Resource::MEMBER
    };

    #[track_caller]
    fn check(value: Value, beta: bool) {
        let model = Model::new(&THING);
        assert_eq!(request::create(&model, &value, &value, "").beta, beta, "create {value:?}");
        assert_eq!(request::read(&model, &value).beta, beta, "read {value:?}");
        let body = Map::from_iter([("name".to_owned(), json!("x"))]);
        assert_eq!(request::update(&model, &value, body).beta, beta, "update {value:?}");
    }

    #[test]
    fn what_only_the_beta_knows_goes_there_and_all_else_to_v1() {
        let controls = |new: Value| {
            Value::from([("controls", Value::from([("old", "x".into()), ("new", new)]))])
        };
        check(controls(Value::Null), false);
        check(controls(Value::from([("mode", "strict".into())])), true);
        check(Value::from([("other", Value::from([("what", "x".into())]))]), true);
        check(Value::from([("other", Value::from([("what", Value::Null)]))]), true);
    }

    #[test]
    fn what_v1_knows_the_type_of_is_of_no_type_of_the_beta() {
        static LEFT_ALONE: Resource = Resource {
            attributes: &[
                variant("old", "oldThing", "").of(&[string("mode", "").optional_computed().beta()]),
                variant("other", "otherThing", "").of(&[string("what", "")]).beta(),
            ],
            ..THING
        };
        let model = Model::new(&LEFT_ALONE);
        let old = json!({ "@odata.type": "#microsoft.graph.oldThing" });
        assert!(!hides_in_beta(&model, &old));
        assert!(hides_in_beta(&model, &json!({})));
        // What can be cleared has to be looked at, whatever the type.
        assert!(hides_in_beta(&Model::new(&THING), &old));
    }

    #[test]
    fn clearing_takes_the_version_that_knows() {
        let model = Model::new(&THING);
        let body = |json: Json| json.as_object().cloned().unwrap_or_default();
        let clearing = body(json!({ "controls": { "old": "x", "new": null } }));
        assert!(request::update(&model, &Value::Null, clearing).beta);
        let other = body(json!({ "controls": { "old": "x" } }));
        assert!(!request::update(&model, &Value::Null, other).beta);
    }
}
