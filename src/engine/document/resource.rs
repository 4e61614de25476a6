//! The page of a resource.

use super::{Examples, Head, Page, Section, attributes, code, example, graph, import, page, words};
use crate::declare::{Attribute, Keeps, Kind, Law};
use crate::engine::{Model, schedule};

/// `resources/<noun>.md`
pub(super) fn of(model: &Model, examples: Examples<'_>) -> Page {
    let resource = model.resource;
    let name = &model.name;
    let head = Head { name, kind: "Resource", area: resource.area, doc: resource.doc };
    let mut sections = vec![
        example(&format!("resources/{name}/resource.tf"), examples),
        graph(&place(model), resource.reference, resource.permissions, resource.more),
    ];
    sections.push(attributes::section(&model.schema.attributes, &model.attributes, CLEARED));
    sections.push(Section("## Constraints", constraints(model)));
    sections.push(Section("## Limits", limits(resource.exceptions)));
    sections.push(import::section(model, examples));
    sections.push(Section("## Moving from Another Provider", moved(model)));
    page(format!("resources/{}.md", resource.name), &head, &sections)
}

/// What holds of an optional attribute, unless it says otherwise.
const CLEARED: &str = "An attribute that is removed from the configuration is cleared in Graph, unless \
    its description says what holds instead.\n\n";

/// Where Graph keeps it, and what that means for create and destroy.
fn place(model: &Model) -> String {
    let path = model.resource.path;
    match model.resource.keeps {
        Keeps::Member => format!("Kept at `{path}/{{id}}`."),
        Keeps::Act => format!(
            "Done to the object at `{path}`, once. It cannot be undone: destroy does nothing in Graph."
        ),
        Keeps::Singleton if model.resource.template().is_some() => format!(
            "Kept at `{path}`, where there is one for each template once something was changed: create \
             takes over what holds and notes what it found, destroy puts that back unless `on_destroy` \
             says otherwise."
        ),
        Keeps::Singleton => format!(
            "Kept at `{path}`, where there is always exactly one: create takes it over and notes what \
             it found, destroy puts that back unless `on_destroy` says otherwise."
        ),
        Keeps::Slot => format!("Kept at `{path}`, where there is one or none."),
        Keeps::Reference => format!("Kept as a reference below `{path}`."),
        Keeps::Element => format!(
            "Kept as an element of `{path}`, which `{}` of that object changes.",
            model.resource.element.map_or("", |element| element.action)
        ),
        Keeps::Part => format!("A part of the object at `{path}`, which is managed on its own."),
        Keeps::Request => format!("Kept at `{path}/{{id}}`, and changed by requests to Graph."),
    }
}

/// The rules over several attributes.
fn constraints(model: &Model) -> String {
    let is_set = |path: &str| {
        let kind = find(&model.attributes, path).map(|attribute| attribute.kind);
        matches!(kind, Some(Kind::Texts(_) | Kind::Flags | Kind::Objects(_) | Kind::Links))
    };
    let of_kind = if model.resource.keeps == Keeps::Request { schedule::RULES } else { &[] };
    let rules = model.resource.rules.iter().chain(of_kind);
    rules.map(|rule| format!("- {}\n", words::rule(rule, is_set))).collect()
}

/// The attribute at a dotted path.
fn find<'a>(attributes: &'a [Attribute], path: &str) -> Option<&'a Attribute> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let found = attributes.iter().find(|attribute| attribute.name == name)?;
    match (rest, found.kind) {
        (None, _) => Some(found),
        (
            Some(rest),
            Kind::Object(inside)
            | Kind::Objects(inside)
            | Kind::Map(inside)
            | Kind::Variant(_, inside),
        ) => find(inside, rest),
        (Some(_), _) => None,
    }
}

/// What does not hold for this resource though it does for all others.
fn limits(exceptions: &[(Law, &str)]) -> String {
    exceptions.iter().map(|(_, reason)| format!("- {reason}\n")).collect()
}

/// How state of other providers is taken over.
fn moved(model: &Model) -> String {
    let name = &model.name;
    let [first, ..] = model.resource.moved_from else { return String::new() };
    let block = code(
        "terraform",
        &format!("moved {{\n  from = {first}.example\n  to   = {name}.example\n}}"),
    );
    format!(
        "State of {} moves here without an import, and without a change in the tenant (Terraform 1.8 \
         and later):\n\n{block}",
        words::list(model.resource.moved_from, "and")
    )
}
