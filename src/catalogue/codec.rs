//! Representations, equalities and kinds of change that several declarations share.

use serde_json::{Map, Value as Json, json};

use crate::declare::Codec;
use crate::terraform::Value;

/// Networks in CIDR notation, which Graph keeps as objects of the types `iPv4CidrRange` and
/// `iPv6CidrRange` (Graph reference, `ipRange`).
pub(super) static CIDR_RANGES: Codec = Codec { encode: to_ranges, decode: from_ranges };

/// The id of an object that Graph embeds: `{"id": ..}` is enough to write it, and it comes back
/// with all its properties.
pub(super) static EMBEDDED: Codec = Codec { encode: to_embedded, decode: from_embedded };

/// Words for which Graph writes `None` where there are none.
pub(super) static NONE_IS_EMPTY: Codec = Codec { encode: |words| words, decode: none_to_null };

/// Words separated by spaces, as in the `scp` claim of an access token (RFC 8693, section 4.2).
pub(super) static SPACE_SEPARATED: Codec = Codec { encode: join, decode: split };

/// Whether two truth values say the same where Graph leaves out, or shows as null, what is false.
pub(super) fn absent_is_false(a: &Json, b: &Json) -> bool {
    a.as_bool().unwrap_or_default() == b.as_bool().unwrap_or_default()
}

/// Whether two states of a membership rule's processing say the same: where there is none it is paused
/// (Graph reference, `administrativeUnit`, `membershipRuleProcessingState`).
pub(super) fn absent_is_paused(a: &Json, b: &Json) -> bool {
    let state = |json: &Json| json.as_str().unwrap_or("Paused").to_owned();
    state(a) == state(b)
}

/// Whether a truth value changes; null, as above, is false.
pub(super) fn differ_in_truth(before: &Value, after: &Value) -> bool {
    let truth = |value: &Value| value.as_bool().unwrap_or_default();
    !after.is_unknown() && truth(before) != truth(after)
}

/// Whether a `visibility` begins or ends to hide the members.
pub(super) fn hides_or_shows_members(before: &Value, after: &Value) -> bool {
    let hidden = |value: &Value| value.as_str() == Some("HiddenMembership");
    !after.is_unknown() && hidden(before) != hidden(after)
}

/// An ISO 8601 duration in seconds, a day being 24 hours.
pub(super) fn seconds(duration: &str) -> Option<i64> {
    let span: jiff::Span = duration.parse().ok()?;
    let whole = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(whole.as_secs())
}

/// Each element of an array changed by `change`; anything else is left as it is.
fn each(json: Json, change: impl Fn(Json) -> Json) -> Json {
    match json {
        Json::Array(elements) => elements.into_iter().map(change).collect(),
        other => other,
    }
}

fn to_ranges(networks: Json) -> Json {
    each(networks, |network| {
        let is_v6 = network.as_str().is_some_and(|text| text.contains(':'));
        let odata = if is_v6 { "iPv6CidrRange" } else { "iPv4CidrRange" };
        json!({ "@odata.type": format!("#microsoft.graph.{odata}"), "cidrAddress": network })
    })
}

fn from_ranges(ranges: Json) -> Json {
    each(ranges, |mut range| range["cidrAddress"].take())
}

fn to_embedded(id: Json) -> Json {
    Json::Object(Map::from_iter([("id".to_owned(), id)]))
}

fn from_embedded(mut object: Json) -> Json {
    object.get_mut("id").map_or(Json::Null, Json::take)
}

fn none_to_null(words: Json) -> Json {
    if words == "None" { Json::Null } else { words }
}

fn join(words: Json) -> Json {
    let words: Vec<_> = words.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    words.join(" ").into()
}

fn split(text: Json) -> Json {
    text.as_str().unwrap_or_default().split_whitespace().map(Json::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(codec: &Codec, ours: Json, graphs: Json) {
        assert_eq!((codec.encode)(ours.clone()), graphs);
        assert_eq!((codec.decode)(graphs), ours);
    }

    #[test]
    fn what_has_no_rule_is_paused() {
        assert!(absent_is_paused(&json!("Paused"), &Json::Null));
        assert!(!absent_is_paused(&json!("On"), &Json::Null));
        assert!(!absent_is_paused(&json!("On"), &json!("Paused")));
    }

    #[test]
    fn both_ways() {
        check(&CIDR_RANGES, json!([]), json!([]));
        check(
            &CIDR_RANGES,
            json!(["203.0.113.0/24", "2001:db8::/32"]),
            json!([
                { "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24" },
                { "@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8::/32" },
            ]),
        );
        check(&EMBEDDED, json!("42"), json!({ "id": "42" }));
        check(&NONE_IS_EMPTY, json!("A,B"), json!("A,B"));
        check(&SPACE_SEPARATED, json!(["User.Read", "openid"]), json!("User.Read openid"));
    }

    #[test]
    fn an_embedded_object_comes_back_expanded() {
        let strength = json!({ "id": "42", "displayName": "Phishing-resistant MFA" });
        assert_eq!((EMBEDDED.decode)(strength), "42");
        assert_eq!((EMBEDDED.decode)(json!({})), Json::Null);
    }

    #[test]
    fn none_is_nothing() {
        assert_eq!((NONE_IS_EMPTY.decode)(json!("None")), Json::Null);
    }

    #[test]
    fn absent_and_false_say_the_same() {
        assert!(absent_is_false(&Json::Null, &json!(false)));
        assert!(!absent_is_false(&Json::Null, &json!(true)));
        assert!(!absent_is_false(&json!(true), &json!(false)));
    }

    #[test]
    fn changes_are_judged_by_what_they_say() {
        assert!(!differ_in_truth(&Value::Null, &false.into()));
        assert!(differ_in_truth(&Value::Null, &true.into()));
        assert!(!differ_in_truth(&true.into(), &Value::UNKNOWN));
        assert!(hides_or_shows_members(&"HiddenMembership".into(), &"Private".into()));
        assert!(!hides_or_shows_members(&"Public".into(), &"Private".into()));
    }
}
