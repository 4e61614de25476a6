//! What Terraform core does with values around a provider: how it proposes a new state, and the
//! laws by which it refuses what a provider plans or applies.

use m365::terraform::{Attribute, Nesting, Path, Shape, Type, Value, msgpack};

/// `value` with null for every attribute that it does not name.
pub(crate) fn complete(value: &Value, ty: &Type) -> Value {
    msgpack::decode(&msgpack::encode(value, ty), ty).unwrap()
}

/// The state that Terraform proposes: the configuration, and where it leaves a computed attribute
/// open, what was there before. Null where there is no configuration: a destroy.
pub(crate) fn propose(attributes: &[Attribute], prior: &Value, config: &Value) -> Value {
    if config.as_object().is_none() {
        return config.clone();
    }
    let proposed = attributes.iter().map(|attribute| {
        let (before, wanted) = (prior.get(&attribute.name), config.get(&attribute.name));
        let value = match &attribute.shape {
            _ if attribute.write_only => Value::Null,
            _ if wanted.is_null() && attribute.computed => before.clone(),
            Shape::Nested(nesting, inner) => propose_nested(*nesting, inner, before, wanted),
            Shape::Plain(_) => wanted.clone(),
        };
        (attribute.name.clone(), value)
    });
    Value::Object(proposed.collect())
}

fn propose_nested(
    nesting: Nesting,
    attributes: &[Attribute],
    prior: &Value,
    config: &Value,
) -> Value {
    match (nesting, config) {
        (Nesting::Single, Value::Object(_)) => propose(attributes, prior, config),
        (Nesting::List, Value::List(elements)) => {
            let before = |index| prior.as_elements().and_then(|before| before.get(index));
            let elements = elements.iter().enumerate().map(|(index, element)| {
                propose(attributes, before(index).unwrap_or(&Value::Null), element)
            });
            Value::List(elements.collect())
        }
        (Nesting::Map, Value::Object(elements)) => {
            let elements = elements
                .iter()
                .map(|(key, element)| (key.clone(), propose(attributes, prior.get(key), element)));
            Value::Object(elements.collect())
        }
        // Terraform pairs the elements of sets by what is configured of them; a provider that
        // relied on it would be at the mercy of chance.
        _ => config.clone(),
    }
}

/// Terraform's laws for a plan.
#[track_caller]
pub(crate) fn check_planned(
    attributes: &[Attribute],
    prior: &Value,
    config: &Value,
    planned: &Value,
) {
    if config.is_null() {
        assert!(planned.is_null(), "a destroy is planned as something: {planned:?}");
        return;
    }
    let mut broken = Vec::new();
    planned_object(attributes, prior, config, planned, &Path::root(), &mut broken);
    assert!(broken.is_empty(), "Terraform refuses the plan:\n{}", broken.join("\n"));
}

fn planned_object(
    attributes: &[Attribute],
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    broken: &mut Vec<String>,
) {
    for attribute in attributes {
        let path = path.at(&attribute.name);
        let name = &attribute.name;
        let (before, wanted, value) = (prior.get(name), config.get(name), planned.get(name));
        if attribute.write_only {
            if !value.is_null() {
                broken.push(format!("{path} is write-only, and not planned as null"));
            }
            continue;
        }
        // A provider may find that what is configured says the same as what was there before.
        let kept = value == before && !before.is_null() && !wanted.is_null();
        if value == wanted || kept || (wanted.is_null() && attribute.computed) {
            continue;
        }
        match &attribute.shape {
            Shape::Nested(nesting, inner) if !wanted.is_null() => {
                planned_nested(*nesting, inner, (before, wanted, value), &path, broken);
            }
            _ => {
                broken.push(format!("{path} is configured as {wanted:?} and planned as {value:?}"))
            }
        }
    }
}

fn planned_nested(
    nesting: Nesting,
    inner: &[Attribute],
    (before, wanted, value): (&Value, &Value, &Value),
    path: &Path,
    broken: &mut Vec<String>,
) {
    let mut differ = |what: &str| broken.push(format!("{path}: {what} planned than configured"));
    match (nesting, wanted, value) {
        (Nesting::Single, Value::Object(_), Value::Object(_)) => {
            planned_object(inner, before, wanted, value, path, broken);
        }
        (Nesting::List, Value::List(wanted), Value::List(values)) => {
            if wanted.len() != values.len() {
                return differ("another number of elements is");
            }
            for (index, (wanted, value)) in wanted.iter().zip(values).enumerate() {
                let before = before.as_elements().and_then(|before| before.get(index));
                let before = before.unwrap_or(&Value::Null);
                planned_object(inner, before, wanted, value, &path.index(index), broken);
            }
        }
        (Nesting::Map, Value::Object(wanted), Value::Object(values)) => {
            if !wanted.keys().eq(values.keys()) {
                return differ("other keys are");
            }
            for (key, wanted) in wanted {
                planned_object(
                    inner,
                    before.get(key),
                    wanted,
                    &values[key],
                    &path.key(key),
                    broken,
                );
            }
        }
        (Nesting::Set, Value::Set(wanted), Value::Set(values)) => {
            let fits = |wanted: &Value, value: &Value| {
                let mut broken = Vec::new();
                planned_object(inner, &Value::Null, wanted, value, path, &mut broken);
                broken.is_empty()
            };
            let paired = wanted.len() == values.len()
                && wanted.iter().all(|wanted| values.iter().any(|value| fits(wanted, value)));
            if !paired {
                differ("other elements are");
            }
        }
        _ => differ("something else is"),
    }
}

/// Terraform's laws for any state: nothing is unknown, and nothing write-only is there.
#[track_caller]
pub(crate) fn check_state(attributes: &[Attribute], state: &Value) {
    assert!(state.is_wholly_known(), "something is unknown in {state:?}");
    if !state.is_null() {
        check_nothing_write_only(attributes, state);
    }
}

#[track_caller]
fn check_nothing_write_only(attributes: &[Attribute], state: &Value) {
    for attribute in attributes {
        let value = state.get(&attribute.name);
        if attribute.write_only {
            assert!(value.is_null(), "{} is write-only, and in the state", attribute.name);
        }
        let Shape::Nested(nesting, inner) = &attribute.shape else { continue };
        match (nesting, value) {
            (Nesting::Single, Value::Object(_)) => check_nothing_write_only(inner, value),
            (Nesting::Map, Value::Object(elements)) => {
                elements.values().for_each(|element| check_nothing_write_only(inner, element));
            }
            (_, Value::List(elements) | Value::Set(elements)) => {
                elements.iter().for_each(|element| check_nothing_write_only(inner, element));
            }
            _ => {}
        }
    }
}

/// Terraform's law for an apply: what was known in the plan has come true.
#[track_caller]
pub(crate) fn check_applied(planned: &Value, applied: &Value) {
    let mut broken = Vec::new();
    come_true(planned, applied, &Path::root(), &mut broken);
    assert!(broken.is_empty(), "Terraform refuses what was applied:\n{}", broken.join("\n"));
}

fn come_true(planned: &Value, applied: &Value, path: &Path, broken: &mut Vec<String>) {
    match (planned, applied) {
        (Value::Unknown(None), _) => {}
        (Value::Unknown(Some(known)), _) => {
            if known.null == Some(false) && applied.is_null() {
                broken.push(format!("{path} was planned not to be null, and is"));
            }
            let begins =
                |prefix: &String| applied.as_str().is_some_and(|text| text.starts_with(prefix));
            if !applied.is_null() && !known.prefix.as_ref().is_none_or(begins) {
                broken.push(format!("{path} was planned to begin otherwise than {applied:?}"));
            }
        }
        (Value::Object(planned), Value::Object(applied)) if planned.keys().eq(applied.keys()) => {
            for (name, planned) in planned {
                come_true(planned, &applied[name], &path.at(name), broken);
            }
        }
        (Value::List(planned), Value::List(applied)) if planned.len() == applied.len() => {
            for (index, (planned, applied)) in planned.iter().zip(applied).enumerate() {
                come_true(planned, applied, &path.index(index), broken);
            }
        }
        (Value::Set(planned), Value::Set(applied)) if planned != applied => {
            let has = |planned: &Value, applied: &Value| {
                let mut broken = Vec::new();
                come_true(planned, applied, path, &mut broken);
                broken.is_empty()
            };
            let paired = planned.iter().all(|one| applied.iter().any(|other| has(one, other)))
                && applied.iter().all(|other| planned.iter().any(|one| has(one, other)));
            if !paired {
                broken.push(format!("{path} was planned as {planned:?}, and is {applied:?}"));
            }
        }
        _ if planned == applied => {}
        _ => broken.push(format!("{path} was planned as {planned:?}, and is {applied:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(name: &str, computed: bool, shape: Shape) -> Attribute {
        Attribute {
            name: name.into(),
            shape,
            description: String::new(),
            required: false,
            optional: true,
            computed,
            sensitive: false,
            write_only: name == "secret",
            deprecated: String::new(),
        }
    }

    fn thing() -> Vec<Attribute> {
        let text = || Shape::Plain(Type::String);
        let inner = vec![attribute("own", false, text()), attribute("found", true, text())];
        vec![
            attribute("plain", false, text()),
            attribute("secret", false, text()),
            attribute("nested", false, Shape::Nested(Nesting::Single, inner)),
        ]
    }

    fn value(plain: &str, secret: Value, found: Value) -> Value {
        let nested = [("own", "o".into()), ("found", found)].into();
        [("plain", plain.into()), ("secret", secret), ("nested", nested)].into()
    }

    #[test]
    fn what_is_open_is_proposed_as_it_was() {
        let prior = value("a", Value::Null, "f".into());
        let config = value("b", "s".into(), Value::Null);
        assert_eq!(propose(&thing(), &prior, &config), value("b", Value::Null, "f".into()));
    }

    #[test]
    fn a_lawful_plan_passes() {
        let config = value("b", "s".into(), Value::Null);
        check_planned(&thing(), &Value::Null, &config, &value("b", Value::Null, Value::UNKNOWN));
    }

    #[test]
    #[should_panic(expected = "plain is configured as")]
    fn a_plan_may_not_change_what_is_configured() {
        let config = value("b", Value::Null, Value::Null);
        check_planned(&thing(), &Value::Null, &config, &value("c", Value::Null, Value::UNKNOWN));
    }

    #[test]
    #[should_panic(expected = "secret is write-only")]
    fn a_plan_may_not_keep_a_secret() {
        let config = value("b", "s".into(), Value::Null);
        check_planned(&thing(), &Value::Null, &config, &config);
    }

    #[test]
    #[should_panic(expected = "nested.found was planned as")]
    fn what_was_planned_must_come_true() {
        let planned = value("b", Value::Null, "f".into());
        check_applied(&planned, &value("b", Value::Null, "g".into()));
    }

    #[test]
    #[should_panic(expected = "something is unknown")]
    fn nothing_may_stay_unknown() {
        check_state(&thing(), &value("b", Value::Null, Value::UNKNOWN));
    }
}
