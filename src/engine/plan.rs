//! What apply shall reach, worked out in the order that terraform-plugin-framework documents.
//!
//! Terraform core refuses a plan that changes what the user configured, and an apply that changes
//! what the plan knew; so a plan must say "unknown" where Graph will decide, and nowhere else, or
//! every plan is full of noise.

use crate::declare::{Attribute, Finding, Keeps, Kind, Mode, Replace};
use crate::engine::{Model, encode, equal, version};
use crate::terraform::{Diagnostic, Diagnostics, Object, Path, Severity, Value};

/// A plan, the attributes that force a new object, and what to tell.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The planned state.
    pub planned: Value,
    /// The attributes that force a new object, with the reason of each.
    pub replace: Vec<(Path, &'static str)>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// Plans a create (`prior` is null) or a change.
pub fn plan(model: &Model, prior: &Value, config: &Value) -> Outcome {
    let creating = prior.is_null();
    let walk = Walk { creating, keeps: model.resource.keeps };
    // Defaults; write-only to null; what the user configured; what Graph decides.
    let mut planned = walk.object(&model.attributes, prior, config);
    // Defaults that follow from the rest of the plan.
    if creating {
        derive(&model.attributes, config, &mut planned);
    }
    // What Graph decides from something that changes is unknown, only when something changes.
    if !creating && Some(&planned) != prior.as_object() {
        follow(&model.attributes, prior, &mut planned);
    }
    let mut planned = Value::Object(planned);
    // What the beta tells of an object that v1.0 said nothing of is not known yet.
    if !creating && version::needs_beta(model, &planned) && !version::needs_beta(model, prior) {
        planned = Value::Object(untold(&model.attributes, config, &planned, false));
    }
    // Replacement, per attribute and with its reason.
    let mut replace = Vec::new();
    if !creating {
        replacements(&model.attributes, prior, &planned, &Path::root(), &mut replace);
    }
    let mut diagnostics = Diagnostics::new();
    if creating {
        diagnostics.extend(missing_at_create(model, config));
    }
    explain(model, &replace, &mut diagnostics);
    diagnostics.extend(one_way(model, prior, &planned).into_iter().map(diagnostic));
    if let Some(judge) = model.resource.judge {
        diagnostics.extend(judge(&planned).into_iter().map(diagnostic));
    }
    Outcome { planned, replace, diagnostics }
}

/// What is not configured, and Graph makes no object without.
fn missing_at_create(model: &Model, config: &Value) -> impl Iterator<Item = Diagnostic> {
    let missing =
        model.attributes.iter().filter(|one| one.at_create && config.get(one.name).is_null());
    missing.map(|one| {
        Diagnostic::error(
            format!("{} is missing", one.name),
            format!(
                "Graph makes no {} without it. Once it is made, {} may be left out.",
                model.name, one.name
            ),
        )
        .at(Path::attribute(one.name))
    })
}

/// What a plan says of settings that Graph never switches off again: switching one on is final, and
/// switching one off is refused.
pub fn one_way(model: &Model, prior: &Value, planned: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    of_one_way(&model.attributes, prior, planned, &Path::root(), &mut found);
    found
}

fn of_one_way(
    attributes: &[Attribute],
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<Finding>,
) {
    for attribute in attributes {
        let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
        let path = path.at(attribute.name);
        if let Kind::Object(nested) = attribute.kind {
            of_one_way(nested, before, after, &path, found);
        }
        let Some(reason) = attribute.one_way else { continue };
        match (before.as_bool(), after.as_bool()) {
            (Some(true), Some(false)) => found.push(Finding::error(
                path.clone(),
                format!("{path} cannot be switched off again"),
                format!("It is true in Graph and cannot be switched off again: {reason}."),
            )),
            (None | Some(false), Some(true)) => found.push(Finding::warning(
                path.clone(),
                format!("Switching {path} on is final"),
                format!(
                    "Once it is true it cannot be switched off again: {reason}. Where it is true \
                     already, nothing changes. Destroy leaves it true."
                ),
            )),
            _ => {}
        }
    }
}

/// `wanted`, except that what is true in `now` and never goes back stays true.
pub fn reachable(model: &Model, now: &Value, wanted: &Value) -> Value {
    Value::Object(with_one_way(&model.attributes, now, wanted))
}

fn with_one_way(attributes: &[Attribute], now: &Value, wanted: &Value) -> Object {
    let mut object = wanted.as_object().cloned().unwrap_or_default();
    for attribute in attributes {
        let (before, after) = (now.get(attribute.name), wanted.get(attribute.name));
        let kept = match attribute.kind {
            Kind::Object(nested) if !before.is_null() && !after.is_null() => {
                Value::Object(with_one_way(nested, before, after))
            }
            _ if attribute.one_way.is_some() && before.as_bool() == Some(true) => before.clone(),
            _ => continue,
        };
        object.insert(attribute.name.to_owned(), kept);
    }
    object
}

/// A finding of a hook as a diagnostic.
pub fn diagnostic(finding: Finding) -> Diagnostic {
    let Finding { severity, path, summary, detail } = finding;
    let diagnostic = match severity {
        Severity::Error => Diagnostic::error(summary, detail),
        Severity::Warning => Diagnostic::warning(summary, detail),
    };
    if path == Path::root() { diagnostic } else { diagnostic.at(path) }
}

struct Walk {
    creating: bool,
    keeps: Keeps,
}

impl Walk {
    fn object(&self, attributes: &[Attribute], prior: &Value, config: &Value) -> Object {
        let planned = attributes.iter().map(|attribute| {
            let value =
                self.attribute(attribute, prior.get(attribute.name), config.get(attribute.name));
            (attribute.name.to_owned(), value)
        });
        planned.collect()
    }

    fn attribute(&self, attribute: &Attribute, prior: &Value, config: &Value) -> Value {
        if attribute.write_only {
            return Value::Null;
        }
        if config.is_null() {
            return self.unset(attribute, prior);
        }
        if config.is_unknown() {
            return config.clone();
        }
        // What says the same is not a change: the state keeps its spelling.
        if !prior.is_null() && equal::same(attribute, prior, config) && config.is_wholly_known() {
            return prior.clone();
        }
        match (&attribute.kind, config) {
            (Kind::Object(nested) | Kind::Variant(_, nested), Value::Object(_)) => {
                Value::Object(self.object(nested, prior, config))
            }
            (Kind::Map(nested), Value::Object(elements)) => {
                let element = |(key, element): (&String, &Value)| {
                    let creating = self.creating || prior.get(key).is_null();
                    let walk = Walk { creating, keeps: self.keeps };
                    let planned = match element {
                        Value::Object(_) => {
                            Value::Object(walk.object(nested, prior.get(key), element))
                        }
                        other => other.clone(),
                    };
                    (key.clone(), planned)
                };
                Value::Object(elements.iter().map(element).collect())
            }
            (Kind::Objects(nested), Value::Set(elements)) => {
                // Elements have no identity, so a default is all that can be filled in.
                let fresh = Walk { creating: true, keeps: self.keeps };
                Value::set(elements.iter().map(|element| match element {
                    Value::Object(_) => Value::Object(fresh.object(nested, &Value::Null, element)),
                    other => other.clone(),
                }))
            }
            _ => config.clone(),
        }
    }

    /// What holds where nothing is configured.
    fn unset(&self, attribute: &Attribute, prior: &Value) -> Value {
        if let Some(default) = attribute.default {
            return encode::literal(default);
        }
        match attribute.mode {
            Mode::Required | Mode::Optional => Value::Null,
            // A relationship that is not configured is left alone and not even read.
            Mode::OptionalComputed if matches!(attribute.kind, Kind::Links) => prior.clone(),
            Mode::OptionalComputed | Mode::Computed if attribute.local => prior.clone(),
            Mode::OptionalComputed | Mode::Computed if self.creating => Value::UNKNOWN,
            Mode::OptionalComputed | Mode::Computed => prior.clone(),
        }
    }
}

/// A value with the defaults that follow from what is set in it.
pub fn derived(model: &Model, value: &Value) -> Value {
    let mut object = value.as_object().cloned().unwrap_or_default();
    derive(&model.attributes, value, &mut object);
    Value::Object(object)
}

/// Defaults worked out from the plan; unknown as long as what they need is.
fn derive(attributes: &[Attribute], config: &Value, planned: &mut Object) {
    for attribute in attributes {
        let Some(derive) = attribute.derive else { continue };
        if config.get(attribute.name).is_null() {
            let whole = Value::Object(planned.clone());
            let derived = derive(&whole).unwrap_or(Value::UNKNOWN);
            planned.insert(attribute.name.to_owned(), derived);
        }
    }
}

fn follow(attributes: &[Attribute], prior: &Value, planned: &mut Object) {
    let null = Value::Null;
    for attribute in attributes.iter().filter(|attribute| !attribute.follows.is_empty()) {
        let changed = attribute
            .follows
            .iter()
            .any(|name| planned.get(*name).unwrap_or(&null) != prior.get(name));
        if changed && planned.get(attribute.name) == Some(prior.get(attribute.name)) {
            planned.insert(attribute.name.to_owned(), Value::UNKNOWN);
        }
    }
}

/// A plan in which what only the beta tells, and nobody configured, is unknown; `inside` of what only
/// the beta has, that is everything.
fn untold(attributes: &[Attribute], config: &Value, planned: &Value, inside: bool) -> Object {
    let mut object = planned.as_object().cloned().unwrap_or_default();
    for attribute in attributes {
        let (wanted, now) = (config.get(attribute.name), planned.get(attribute.name));
        let is_left = attribute.mode == Mode::OptionalComputed && attribute.default.is_none();
        let inside = inside || attribute.beta;
        let value = match attribute.kind {
            _ if inside && is_left && wanted.is_null() && now.is_null() => Value::UNKNOWN,
            Kind::Object(nested) | Kind::Variant(_, nested) if now.as_object().is_some() => {
                Value::Object(untold(nested, wanted, now, inside))
            }
            _ => continue,
        };
        object.insert(attribute.name.to_owned(), value);
    }
    object
}

fn replacements(
    attributes: &[Attribute],
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<(Path, &'static str)>,
) {
    for attribute in attributes {
        let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
        if before == after {
            continue;
        }
        let path = path.at(attribute.name);
        match attribute.replace {
            Replace::Always(reason) => found.push((path, reason)),
            Replace::When(when, reason) if when(before, after) => found.push((path, reason)),
            _ => match attribute.kind {
                Kind::Variant(..) if before.is_null() != after.is_null() => {
                    found.push((path, "Graph cannot turn an object into one of another type"));
                }
                Kind::Object(nested) | Kind::Variant(_, nested) if !before.is_null() => {
                    replacements(nested, before, after, &path, found);
                }
                _ => {}
            },
        }
    }
}

/// A replacement says why, before anything is destroyed.
fn explain(model: &Model, replace: &[(Path, &'static str)], diagnostics: &mut Diagnostics) {
    for (path, reason) in replace {
        let summary = format!("{} must be replaced, because {reason}", model.name);
        let detail = format!(
            "The plan changes {path}, so it deletes this object and makes a new one, with a new id. \
             What refers to the old id outside of this configuration will no longer find it."
        );
        diagnostics.push(Diagnostic::warning(summary, detail).at(path.clone()));
    }
}
