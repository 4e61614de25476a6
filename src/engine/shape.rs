//! Values in Graph's shape for whoever judges them: whole, and with a mark where a value is known
//! after apply only.

use serde_json::{Map, Value as Json};

use crate::declare::{Attribute, Kind, UNKNOWN};
use crate::engine::{Model, encode, names};
use crate::terraform::Value;

/// An object of a resource: what Graph has, and what is the provider's own; no secrets. Null where
/// there is none.
pub fn of(model: &Model, value: &Value) -> Json {
    if value.is_null() { Json::Null } else { object(&model.attributes, value) }
}

/// An object with these attributes.
pub fn object(attributes: &[Attribute], value: &Value) -> Json {
    let mut object = Map::new();
    put(&mut object, attributes, value);
    Json::Object(object)
}

fn put(object: &mut Map<String, Json>, attributes: &[Attribute], value: &Value) {
    for attribute in attributes.iter().filter(|one| !one.sensitive && !one.write_only) {
        let value = value.get(attribute.name);
        if let (Kind::Variant(odata, nested), Value::Object(_)) = (attribute.kind, value) {
            object.insert("@odata.type".to_owned(), encode::odata_type(odata));
            put(object, nested, value);
            continue;
        }
        let mut json = shaped(attribute, value);
        match names::location(attribute) {
            (property, None) => {
                // Several sets, each of a type of its own, may be one collection of Graph's.
                if let Some(Json::Array(before)) = object.get_mut(&property) {
                    match &mut json {
                        Json::Array(more) => before.append(more),
                        Json::Null => {}
                        unknown => before.push(unknown.take()),
                    }
                } else {
                    object.insert(property, json);
                }
            }
            (property, Some(inner)) => {
                let outer = object.entry(property).or_insert_with(|| Json::Object(Map::new()));
                outer[inner] = json;
            }
        }
    }
}

fn shaped(attribute: &Attribute, value: &Value) -> Json {
    match (&attribute.kind, value) {
        (_, Value::Null) => Json::Null,
        (_, Value::Unknown(_)) => UNKNOWN.into(),
        (Kind::Object(nested) | Kind::Variant(_, nested), value) if attribute.via.is_none() => {
            object(nested, value)
        }
        (Kind::Objects(nested), Value::Set(elements)) if attribute.via.is_none() => {
            let odata = attribute.contained.and_then(|contained| contained.odata);
            elements.iter().map(|element| element_of(nested, element, odata)).collect()
        }
        (Kind::Map(nested), Value::Object(elements)) if attribute.via.is_none() => {
            let element = |(key, element): (&String, &Value)| {
                (key.clone(), element_of(nested, element, None))
            };
            Json::Object(elements.iter().map(element).collect())
        }
        (Kind::Named, Value::Object(texts)) if attribute.via.is_none() => {
            let text = |(name, text): (&String, &Value)| match text {
                Value::Unknown(_) => (name.clone(), UNKNOWN.into()),
                known => (name.clone(), encode::json(attribute, known)),
            };
            Json::Object(texts.iter().map(text).collect())
        }
        (_, value) if value.is_wholly_known() => encode::json(attribute, value),
        (Kind::Texts(_) | Kind::Links, Value::Set(elements)) if attribute.via.is_none() => {
            let text = |element: &Value| Json::from(element.as_str().unwrap_or(UNKNOWN));
            elements.iter().map(text).collect()
        }
        _ => UNKNOWN.into(),
    }
}

fn element_of(nested: &[Attribute], element: &Value, odata: Option<&str>) -> Json {
    if element.is_unknown() {
        return UNKNOWN.into();
    }
    let mut object = object(nested, element);
    if let Some(odata) = odata {
        object["@odata.type"] = encode::odata_type(odata);
    }
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{
        Contained, boolean, flags, named, object as nested, objects, string, strings, variant,
    };

    #[test]
    fn what_is_not_known_is_marked_where_it_stands() {
        const ATTRIBUTES: &[Attribute] = &[
            string("display_name", ""),
            string("client_secret", "").sensitive(),
            strings("members", ""),
            named("texts", ""),
            flags("kinds", ""),
            nested("of", "").of(&[boolean("is_enabled", "").graph("on")]),
            variant("ip", "ipNamedLocation", "").of(&[boolean("is_trusted", "")]),
        ];
        let value = Value::from([
            ("display_name", Value::UNKNOWN),
            ("client_secret", "x".into()),
            ("members", Value::set(["a".into(), Value::UNKNOWN])),
            ("texts", Value::from([("a", "x".into()), ("b", Value::UNKNOWN)])),
            ("kinds", Value::set(["a".into(), "b".into()])),
            ("of", Value::from([("is_enabled", Value::UNKNOWN)])),
            ("ip", Value::from([("is_trusted", true.into())])),
        ]);
        assert_eq!(
            object(ATTRIBUTES, &value),
            json!({
                "displayName": UNKNOWN,
                "members": ["a", UNKNOWN],
                "texts": {"a": "x", "b": UNKNOWN},
                "kinds": "a,b",
                "of": {"on": UNKNOWN},
                "@odata.type": "#microsoft.graph.ipNamedLocation",
                "isTrusted": true,
            })
        );
    }

    #[test]
    fn sets_of_one_collection_are_told_together_each_with_its_type() {
        static KEYS: Contained = Contained::MEMBERS.of("keyLimit");
        static CERTIFICATES: Contained = Contained::MEMBERS.of("certificateLimit");
        const ATTRIBUTES: &[Attribute] = &[
            objects("keys", "").of(&[string("model", "")]).graph("limits").contained(&KEYS),
            objects("certificates", "")
                .of(&[string("issuer", "")])
                .graph("limits")
                .contained(&CERTIFICATES),
        ];
        let key = || Value::set([Value::from([("model", "a".into())])]);
        let told = json!({"@odata.type": "#microsoft.graph.keyLimit", "model": "a"});
        let limits = |value: Value| object(ATTRIBUTES, &value)["limits"].clone();
        assert_eq!(limits(Value::from([("keys", key())])), json!([told]));
        let certificate = Value::set([Value::from([("issuer", "i".into())])]);
        let both = Value::from([("keys", key()), ("certificates", certificate)]);
        let other = json!({"@odata.type": "#microsoft.graph.certificateLimit", "issuer": "i"});
        assert_eq!(limits(both), json!([told, other]));
        let unknown = Value::from([("keys", key()), ("certificates", Value::UNKNOWN)]);
        assert_eq!(limits(unknown), json!([told, UNKNOWN]));
    }
}
