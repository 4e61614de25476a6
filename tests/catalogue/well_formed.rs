//! Declarations say what they must say, and nothing that contradicts itself.

use std::collections::HashSet;

use m365::catalogue::{ALL, DATA_SOURCES, PROVIDER};
use m365::declare::{
    Attribute, Check, DataSource, Form, Keeps, Kind, Literal, Mode, Replace, Resource, Source,
};
use regex_lite::Regex;

use super::{Offences, assert_none, nested, rules};

/// What the engine adds to resources, and declarations leave to it.
const ADDED: &[&str] = &["id", "purge_on_destroy", "on_destroy"];

#[test]
fn resources_are_well_formed() {
    let mut offences = Vec::new();
    for resource in ALL {
        offences.extend(of_resource(resource));
    }
    assert_none(&offences);
}

#[test]
fn data_sources_are_well_formed() {
    let mut offences = Vec::new();
    for source in DATA_SOURCES {
        offences.extend(of_data_source(source));
    }
    assert_none(&offences);
}

#[test]
fn the_provider_block_is_well_formed() {
    let mut offences = of_attributes("provider", PROVIDER, true);
    for attribute in PROVIDER {
        let is_object = matches!(attribute.kind, Kind::Object(_));
        if is_object != attribute.env.is_empty() || attribute.mode != Mode::Optional {
            offences.push(format!("provider.{} is not optional with env", attribute.name));
        }
    }
    assert_none(&offences);
}

#[test]
fn names_are_unique() {
    let mut offences = Vec::new();
    let mut seen = HashSet::new();
    for name in ALL.iter().map(|resource| resource.name) {
        if !seen.insert(name) {
            offences.push(format!("m365_{name} is declared twice as a resource"));
        }
    }
    let of_resources = ALL.iter().filter_map(|resource| Some((resource.name, resource.data?)));
    let of_resources =
        of_resources.flat_map(|(name, data)| std::iter::once(name).chain(data.plural));
    let mut seen = HashSet::new();
    for name in of_resources.chain(DATA_SOURCES.iter().map(|source| source.name)) {
        if !seen.insert(name) {
            offences.push(format!("m365_{name} is declared twice as a data source"));
        }
    }
    assert_none(&offences);
}

fn of_resource(resource: &Resource) -> Offences {
    let owner = format!("m365_{}", resource.name);
    let mut offences = Vec::new();
    said(&owner, resource.name, resource.area, resource.doc, resource.reference, &mut offences);
    let facts = [
        ("path", resource.path),
        ("entity", resource.entity),
        ("permissions.read", resource.permissions.read),
        ("permissions.write", resource.permissions.write),
    ];
    let missing = facts.iter().filter(|(_, fact)| fact.is_empty());
    offences.extend(missing.map(|(name, _)| format!("{owner} has no {name}")));
    for attribute in resource.attributes {
        let name = attribute.name;
        // An id that whoever makes the object chooses is declared.
        let chosen = name == "id" && attribute.mode == Mode::Required && is_replaced(attribute);
        if ADDED.contains(&name) && !chosen {
            offences.push(format!("{owner}.{name} is added by the engine"));
        }
    }
    if usize::try_from(resource.version) != Ok(resource.upgrades.len()) {
        offences.push(format!("{owner} does not have an upgrade for each version"));
    }
    if !resource.attributes.iter().any(|attribute| attribute.mode != Mode::Computed) {
        offences.push(format!("{owner} has nothing to configure"));
    }
    offences.extend(of_kind(&owner, resource));
    offences.extend(rules::offences(resource));
    offences.extend(of_attributes(&owner, resource.attributes, true));
    offences
}

/// Attributes in the path, and those of a reference, name other objects: always there, never
/// changed.
fn of_kind(owner: &str, resource: &Resource) -> Offences {
    let in_path: Vec<_> = rules::placeholders(resource.path).collect();
    let last = resource.attributes.last().filter(|_| resource.keeps == Keeps::Reference);
    let mut offences = Vec::new();
    for attribute in resource.attributes {
        let fixed = in_path.contains(&attribute.name)
            || last.is_some_and(|last| last.name == attribute.name);
        if fixed && !(attribute.mode == Mode::Required && is_replaced(attribute)) {
            let name = attribute.name;
            offences.push(format!(
                "{owner}.{name} is not required and replacing, as its place demands"
            ));
        }
    }
    let right = match resource.keeps {
        Keeps::Reference => in_path.len() == 1 && resource.attributes.len() == 2,
        Keeps::Part => in_path.len() == 1 && resource.path.ends_with('}'),
        Keeps::Act => in_path.len() == 1 && resource.path.ends_with('}') && resource.act.is_some(),
        Keeps::Singleton => {
            (in_path.is_empty() || resource.path.ends_with('}') || resource.whole.is_some())
                && (resource.keys.is_empty() || resource.ruled.is_some())
        }
        Keeps::Element => {
            let key = resource.element.map(|element| element.key);
            let of = resource.attributes.iter().find(|one| Some(one.name) == key);
            of.is_some_and(is_replaced) && !in_path.is_empty() && !resource.path.ends_with('}')
        }
        Keeps::Slot => resource.create.is_some() && resource.keys.is_empty(),
        Keeps::Member | Keeps::Request => !resource.path.ends_with('}'),
    };
    if !right {
        offences.push(format!("{owner} does not have the path and attributes of its kind"));
    }
    offences
}

fn is_replaced(attribute: &Attribute) -> bool {
    matches!(attribute.replace, Replace::Always(_))
}

fn of_data_source(source: &DataSource) -> Offences {
    let owner = format!("data.m365_{}", source.name);
    let mut offences = Vec::new();
    said(&owner, source.name, source.area, source.doc, source.reference, &mut offences);
    let from_graph = matches!(source.source, Source::OnlyObject(_) | Source::Collection(..));
    if from_graph == source.entity.is_empty() {
        offences.push(format!("{owner} has an entity where it is read from Graph, and only there"));
    }
    let reads = !matches!(source.source, Source::Claims | Source::Concluded(_, []));
    if reads == source.permissions.read.is_empty() {
        offences
            .push(format!("{owner} has a permission where it is read from Graph, and only there"));
    }
    if !source.permissions.write.is_empty() {
        offences.push(format!("{owner} writes nothing, yet has a permission to write"));
    }
    let configured = source.attributes.iter().find(|attribute| attribute.mode != Mode::Computed);
    let asks = matches!(source.source, Source::Concluded(..));
    if let (Some(attribute), false) = (configured, asks) {
        offences.push(format!("{owner}.{} is not computed", attribute.name));
    }
    offences.extend(of_attributes(&owner, source.attributes, true));
    offences
}

/// What every declaration says.
fn said(owner: &str, name: &str, area: &str, doc: &str, reference: &str, offences: &mut Offences) {
    if !is_snake_case(name) {
        offences.push(format!("{owner} is not snake_case"));
    }
    if area.is_empty() {
        offences.push(format!("{owner} has no area"));
    }
    if !reference.starts_with("https://learn.microsoft.com/") {
        offences.push(format!("{owner} has no reference page"));
    }
    of_doc(owner, doc, offences);
}

/// Sentences: what begins with a capital, a number or code, and ends with a full stop.
fn of_doc(owner: &str, doc: &str, offences: &mut Offences) {
    let begins = |first: char| first.is_uppercase() || first.is_ascii_digit() || first == '`';
    for paragraph in doc.split("\n\n") {
        if !paragraph.starts_with(begins) || !paragraph.ends_with('.') || paragraph.contains("  ") {
            offences.push(format!("{owner} is documented by {paragraph:?}, which is no sentence"));
        }
    }
}

fn is_snake_case(name: &str) -> bool {
    Regex::new("^[a-z][a-z0-9]*(_[a-z0-9]+)*$").is_ok_and(|pattern| pattern.is_match(name))
}

fn of_attributes(owner: &str, attributes: &'static [Attribute], root: bool) -> Offences {
    let mut offences = Vec::new();
    let mut seen = HashSet::new();
    for attribute in attributes {
        let path = format!("{owner}.{}", attribute.name);
        if !is_snake_case(attribute.name) {
            offences.push(format!("{path} is not snake_case"));
        }
        if !seen.insert(attribute.name) {
            offences.push(format!("{path} is declared twice"));
        }
        of_doc(&path, attribute.doc, &mut offences);
        let mut wrong = of_attribute(attribute);
        wrong.extend(of_values(attribute));
        if root {
            wrong.extend(of_siblings(attribute, attributes));
        } else {
            wrong.extend(of_nested(attribute));
        }
        offences.extend(wrong.into_iter().map(|what| format!("{path} {what}")));
        offences.extend(of_attributes(&path, nested(attribute), false));
    }
    offences
}

/// Facts that do not go together.
fn of_attribute(attribute: &Attribute) -> Vec<String> {
    let computed = attribute.mode == Mode::Computed;
    let replaces = !matches!(attribute.replace, Replace::Never);
    let decided = attribute.default.is_some() || attribute.derive.is_some();
    let one_way = attribute.one_way.is_some();
    let is_object = matches!(
        attribute.kind,
        Kind::Object(_) | Kind::Objects(_) | Kind::Map(_) | Kind::Variant(..)
    );
    let wrong: &[(bool, &str)] = &[
        (computed && decided, "is computed, yet has a default"),
        (computed && replaces, "is computed, yet replaces"),
        (computed && !attribute.checks.is_empty(), "is computed, yet checked"),
        (computed && attribute.write_only, "is computed, yet write-only"),
        (attribute.mode == Mode::Required && decided, "is required, yet has a default"),
        (attribute.default.is_some() && attribute.derive.is_some(), "has two defaults"),
        (!computed && !attribute.follows.is_empty(), "follows others, yet is not computed"),
        (attribute.local && attribute.graph.is_some(), "is local, yet in Graph"),
        (attribute.local && attribute.not_returned, "is local, yet not returned"),
        (attribute.write_only && decided, "is write-only, yet has a default"),
        (one_way && !matches!(attribute.kind, Kind::Boolean), "stays true, yet is no truth"),
        (one_way && (computed || attribute.local), "stays true, yet is not sent"),
        (attribute.expanded && !matches!(attribute.kind, Kind::Links), "is expanded, yet no links"),
        (attribute.write_only && !attribute.sensitive, "is write-only, yet shown"),
        (is_object && nested(attribute).is_empty(), "is an object without attributes"),
        (
            attribute.contained.is_some() && !matches!(attribute.kind, Kind::Objects(_)),
            "is contained, yet no set of objects",
        ),
    ];
    wrong.iter().filter(|(wrong, _)| *wrong).map(|(_, what)| (*what).to_owned()).collect()
}

/// Defaults, checks and members agree with the kind.
fn of_values(attribute: &Attribute) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(default) = attribute.default {
        let fits = match (attribute.kind, default) {
            (Kind::Boolean, Literal::Bool(_)) | (Kind::Integer, Literal::Int(_)) => true,
            (Kind::Text(_), Literal::Str(text)) => is_member(attribute, text),
            (Kind::Texts(_) | Kind::Flags, Literal::Strs(texts)) => {
                texts.iter().all(|text| is_member(attribute, text))
            }
            _ => false,
        };
        if !fits {
            wrong.push(format!("has the default {default:?}, which it cannot be"));
        }
    }
    let has_members = matches!(attribute.kind, Kind::Text(_) | Kind::Texts(_) | Kind::Flags);
    if !attribute.one_of.is_empty() && !has_members {
        wrong.push("has members, yet is no text".to_owned());
    }
    if matches!(attribute.kind, Kind::Flags) && attribute.one_of.is_empty() {
        wrong.push("is made of flags, yet has no members".to_owned());
    }
    let is_text = matches!(attribute.kind, Kind::Text(_));
    let is_set = matches!(attribute.kind, Kind::Texts(_) | Kind::Objects(_) | Kind::Links);
    for check in attribute.checks {
        let fits = match check {
            Check::Range(from, to) => matches!(attribute.kind, Kind::Integer) && from <= to,
            Check::Length(least, most) => is_text && least <= most,
            Check::Count(least, most) => {
                (is_set || matches!(attribute.kind, Kind::Flags)) && least <= most
            }
            Check::Pattern(pattern, _) => {
                Regex::new(pattern).is_ok()
                    && matches!(attribute.kind, Kind::Text(_) | Kind::Texts(_))
            }
        };
        if !fits {
            wrong.push(format!("has the check {check:?}, which does not fit it"));
        }
    }
    wrong
}

fn is_member(attribute: &Attribute, text: &str) -> bool {
    attribute.one_of.is_empty() || attribute.one_of.contains(&text)
}

/// What refers to attributes beside it.
fn of_siblings(attribute: &Attribute, siblings: &[Attribute]) -> Vec<String> {
    let find = |name: &str| siblings.iter().find(|sibling| sibling.name == name);
    let mut wrong = Vec::new();
    for name in attribute.follows.iter().filter(|name| find(name).is_none()) {
        wrong.push(format!("follows {name}, which is no attribute"));
    }
    let version = format!("{}_version", attribute.name);
    if attribute.write_only && !find(&version).is_some_and(|version| version.local) {
        wrong.push(format!("is write-only without a local {version}"));
    }
    wrong
}

/// What works at the root only.
fn of_nested(attribute: &Attribute) -> Vec<String> {
    let at_root: &[(bool, &str)] = &[
        (attribute.derive.is_some(), "is derived"),
        (!attribute.follows.is_empty(), "follows others"),
        (attribute.write_only, "is write-only"),
        (attribute.local, "is local"),
        (!attribute.env.is_empty(), "comes from the environment"),
        (attribute.action.is_some(), "is changed by an action"),
        (attribute.contained.is_some(), "is contained"),
        (matches!(attribute.kind, Kind::Link | Kind::Links), "is a link"),
        (matches!(attribute.kind, Kind::Variant(..)), "is a variant"),
        (attribute.graph.is_some_and(|path| path.contains('/')), "is flattened"),
    ];
    let wrong = at_root.iter().filter(|(wrong, _)| *wrong);
    wrong.map(|(_, what)| format!("{what}, which works at the root only")).collect()
}

mod tests {
    use m365::declare::{Literal::Int, Permissions, Rule, boolean, integer, objects, string};

    use super::*;

    static SOUND: Resource = Resource {
        name: "sound",
        area: "Area",
        doc: "A thing.",
        reference: "https://learn.microsoft.com/",
        path: "/things",
        entity: "thing",
        permissions: Permissions { read: "Thing.Read", write: "Thing.Write" },
        attributes: &[string("a", "An attribute.")],
        ..Resource::MEMBER
    };

    #[track_caller]
    fn check(resource: Resource, offence: &str) {
        let offences = of_resource(&resource);
        assert!(offences.iter().any(|found| found.contains(offence)), "{offences:?}");
    }

    fn with(attributes: &'static [Attribute]) -> Resource {
        Resource { attributes, ..SOUND }
    }

    #[test]
    fn offenders_are_named() {
        assert_none(&of_resource(&SOUND));
        check(Resource { name: "Thing", ..SOUND }, "m365_Thing is not snake_case");
        check(Resource { doc: "a thing", ..SOUND }, "m365_sound is documented by \"a thing\"");
        check(Resource { keys: &["b"], ..SOUND }, "m365_sound has the key b");
        check(Resource { path: "/x/{b}/things", ..SOUND }, "m365_sound has {b} in its path");
        check(Resource { keeps: Keeps::Part, ..SOUND }, "the path and attributes of its kind");
        check(
            Resource { rules: &[Rule::Together(&["a", "a.b"])], ..SOUND },
            "m365_sound has a rule about a.b",
        );
        check(with(const { &[string("id", "The id.")] }), "m365_sound.id is added");
        check(with(const { &[boolean("b", "No stop")] }), "m365_sound.b is documented by");
        check(with(const { &[boolean("b", "B.").or(Int(1))] }), "m365_sound.b has the default");
        check(with(const { &[string("p", "P.").write_only()] }), "without a local p_version");
        check(with(const { &[integer("n", "N.").computed().follows(&["m"])] }), "n follows m");
        check(
            with(const { &[objects("o", "O.")] }),
            "m365_sound.o is an object without attributes",
        );
        check(
            with(const { &[objects("o", "O.").of(const { &[string("s", "S.").local()] })] }),
            "m365_sound.o.s is local, which works at the root only",
        );
        check(
            with(const { &[string("s", "S.").form(Form::Id).checks(&[Check::Pattern("(", "x")])] }),
            "m365_sound.s has the check",
        );
    }
}
