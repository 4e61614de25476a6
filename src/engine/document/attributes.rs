//! The schema as Markdown: attributes by who decides them, nested ones in sections of their own.
//!
//! Headings, anchors and the words in parentheses are those that readers of the registry know from
//! other providers.

use super::{Section, words};
use crate::declare::{self, Form, Kind, Mode, Replace};
use crate::terraform::{Attribute, Nesting, Shape, Type};

/// An attribute as Terraform knows it, with what its declaration says besides.
struct Entry<'a> {
    told: &'a Attribute,
    declared: Option<&'a declare::Attribute>,
    /// The declarations of its nested attributes.
    below: &'a [declare::Attribute],
    /// From the root, such as `conditions.users`.
    path: String,
}

/// The section of the schema. What of `told` is not declared itself holds objects whose attributes
/// `declared` describes, as in data sources that tell many objects. `optional_means` stands above the
/// optional attributes.
pub(super) fn section(
    told: &[Attribute],
    declared: &[declare::Attribute],
    optional_means: &str,
) -> Section<'static> {
    let entries = entries(told, declared, "", declared);
    let kinds = [
        ("### Required", required as fn(&Entry<'_>) -> bool),
        ("### Optional", optional),
        ("### Read-Only", read_only),
    ];
    let clears = entries.iter().filter_map(|entry| entry.declared).any(is_cleared);
    let kinds = kinds.map(|(heading, is)| {
        let items = items(&entries, is);
        let said = if heading == "### Optional" && clears { optional_means } else { "" };
        Section(heading, format!("{said}{items}")).render()
    });
    let nested = entries.iter().map(nested);
    Section(
        "## Schema",
        kinds.into_iter().chain(nested).collect::<String>().trim_start().to_owned(),
    )
}

/// Whether leaving the attribute out clears something in Graph.
fn is_cleared(declared: &declare::Attribute) -> bool {
    declared.mode == Mode::Optional && !declared.local && !declared.write_only
}

fn required(entry: &Entry<'_>) -> bool {
    entry.told.required
}

fn optional(entry: &Entry<'_>) -> bool {
    entry.told.optional
}

fn read_only(entry: &Entry<'_>) -> bool {
    !entry.told.required && !entry.told.optional
}

/// Pairs what Terraform knows with the declarations of the same name. What is not declared itself
/// holds objects that `wrapped` declares.
fn entries<'a>(
    told: &'a [Attribute],
    declared: &'a [declare::Attribute],
    above: &str,
    wrapped: &'a [declare::Attribute],
) -> Vec<Entry<'a>> {
    let entry = |told: &'a Attribute| {
        let declared = declared.iter().find(|declared| declared.name == told.name);
        let below = match declared.map(|declared| declared.kind) {
            Some(
                Kind::Object(below)
                | Kind::Objects(below)
                | Kind::Map(below)
                | Kind::Variant(_, below),
            ) => below,
            Some(_) => &[],
            None => wrapped,
        };
        Entry { told, declared, below, path: format!("{above}{}", told.name) }
    };
    told.iter().map(entry).collect()
}

fn items(entries: &[Entry<'_>], is: fn(&Entry<'_>) -> bool) -> String {
    entries.iter().filter(|entry| is(entry)).map(item).collect()
}

/// A line about an attribute.
fn item(entry: &Entry<'_>) -> String {
    let mut sentences = vec![entry.told.description.clone()];
    if !read_only(entry) {
        sentences.extend(entry.declared.map(|declared| notes(declared, entry.told)));
    }
    if let Shape::Nested(..) = entry.told.shape {
        sentences.push(format!("(see [below for nested schema](#{}))", anchor(&entry.path)));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    format!("- `{}` ({}) {}\n", entry.told.name, traits(entry), sentences.join(" "))
}

/// What the declaration says of an attribute that the user sets, beyond its documentation.
fn notes(declared: &declare::Attribute, told: &Attribute) -> String {
    let mut notes: Vec<String> =
        declared.checks.iter().map(|check| words::limit(check, &told.description)).collect();
    notes.push(match declared.replace {
        Replace::Never => String::new(),
        Replace::Always(reason) => format!("**Forces replacement:** {reason}."),
        Replace::When(_, reason) => format!("**Can force replacement:** {reason}."),
    });
    let explained = ["Not set", "Defaults to", "defaults to", "Graph chooses"];
    let explained = explained.iter().any(|words| told.description.contains(words));
    if declared.mode == Mode::OptionalComputed && !explained {
        let unset = match declared.derive {
            Some(_) => "Not set: follows from the others.",
            None => "Not set: left as Graph has it.",
        };
        notes.push(unset.to_owned());
    }
    if let Some(stream) = declared.stream {
        notes.push(words::stream(stream));
    } else if declared.not_returned {
        notes.push("Graph does not return it: a change made elsewhere is not noticed.".to_owned());
    }
    if !declared.env.is_empty() {
        notes.push(format!("From the environment: {}.", words::list(declared.env, "or")));
    }
    notes.retain(|note| !note.is_empty());
    notes.join(" ")
}

/// The type and what else is true of the value, as in `String, Sensitive`.
fn traits(entry: &Entry<'_>) -> String {
    const WRITE_ONLY: &str = "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";
    let form = match entry.declared.map(|declared| declared.kind) {
        Some(Kind::Text(Form::Instant) | Kind::Texts(Form::Instant)) => "RFC 3339",
        Some(Kind::Text(Form::Duration) | Kind::Texts(Form::Duration)) => "ISO 8601 duration",
        _ => "",
    };
    let sensitive = if entry.told.sensitive { "Sensitive" } else { "" };
    let write_only = if entry.told.write_only { WRITE_ONLY } else { "" };
    let deprecated = if entry.told.deprecated.is_empty() { "" } else { "Deprecated" };
    let mut traits = vec![shape(&entry.told.shape)];
    let others = [form, sensitive, write_only, deprecated];
    traits.extend(others.into_iter().filter(|said| !said.is_empty()).map(str::to_owned));
    traits.join(", ")
}

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Plain(plain) => ty(plain),
        Shape::Nested(Nesting::Single, _) => "Attributes".to_owned(),
        Shape::Nested(Nesting::List, _) => "Attributes List".to_owned(),
        Shape::Nested(Nesting::Set, _) => "Attributes Set".to_owned(),
        Shape::Nested(Nesting::Map, _) => "Attributes Map".to_owned(),
    }
}

/// A type in words.
pub(super) fn ty(plain: &Type) -> String {
    match plain {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", ty(element)),
        Type::Set(element) => format!("Set of {}", ty(element)),
        Type::Map(element) => format!("Map of {}", ty(element)),
        Type::Object(_) => "Object".to_owned(),
        Type::Tuple(_) => "Tuple".to_owned(),
    }
}

fn anchor(path: &str) -> String {
    format!("nestedatt--{}", path.replace('.', "--"))
}

/// The section of a nested attribute, followed by those inside of it.
fn nested(entry: &Entry<'_>) -> String {
    let Shape::Nested(_, inside) = &entry.told.shape else { return String::new() };
    let Entry { path, below, .. } = entry;
    let entries = entries(inside, below, &format!("{path}."), &[]);
    let kinds = [
        ("Required:", required as fn(&Entry<'_>) -> bool),
        ("Optional:", optional),
        ("Read-Only:", read_only),
    ];
    let items = kinds.map(|(heading, is)| Section(heading, items(&entries, is)).render());
    let deeper: String = entries.iter().map(nested).collect();
    format!(
        "\n<a id=\"{}\"></a>\n### Nested Schema for `{path}`\n{}{deeper}",
        anchor(path),
        items.concat()
    )
}
