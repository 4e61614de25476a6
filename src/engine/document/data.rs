//! The page of a data source.

use super::{Examples, Head, Page, attributes, example, graph, page, words};
use crate::declare::{Permissions, Resource, Source};
use crate::engine::Data;
use crate::engine::model::{PREFIX, Reads};

/// `data-sources/<noun>.md`
pub(super) fn of(data: &Data, examples: Examples<'_>) -> Page {
    let name = &data.name;
    let about = About::of(data);
    let head = Head { name, kind: "Data Source", area: about.area, doc: &about.doc };
    let mut sections = vec![example(&format!("data-sources/{name}/data-source.tf"), examples)];
    let permissions = Permissions { write: "", ..about.permissions };
    sections.push(graph(&about.place, about.reference, permissions, &[]));
    sections.push(attributes::section(&data.schema.attributes, &data.attributes, ""));
    let noun = name.strip_prefix(PREFIX).unwrap_or(name);
    page(format!("data-sources/{noun}.md"), &head, &sections)
}

/// What a page says above the schema.
struct About {
    area: &'static str,
    doc: String,
    place: String,
    reference: &'static str,
    permissions: Permissions,
}

impl About {
    fn of(data: &Data) -> Self {
        match data.reads {
            Reads::One(resource) => Self {
                doc: one(resource),
                place: format!("Read from `{}`.", resource.path),
                ..Self::of_resource(resource)
            },
            Reads::Many(resource, plural) => Self {
                doc: many(resource, plural),
                place: format!("Read from `{}`, page by page.", resource.path),
                ..Self::of_resource(resource)
            },
            Reads::Alone(source) => Self {
                area: source.area,
                doc: source.doc.to_owned(),
                place: match source.source {
                    Source::OnlyObject(path) | Source::Collection(path, _) => {
                        let also = source.also.iter().map(|also| also.path);
                        let paths: Vec<_> = std::iter::once(path).chain(also).collect();
                        format!("Read from {}.", words::list(&paths, "and"))
                    }
                    Source::Concluded(_, []) => "Concluded from its arguments.".to_owned(),
                    Source::Concluded(_, paths) => {
                        format!("Concluded from {}, as far as needed.", words::list(paths, "and"))
                    }
                    Source::Claims => "Told by the access token.".to_owned(),
                },
                reference: source.reference,
                permissions: source.permissions,
            },
        }
    }

    fn of_resource(resource: &Resource) -> Self {
        Self {
            area: resource.area,
            doc: String::new(),
            place: String::new(),
            reference: resource.reference,
            permissions: resource.permissions,
        }
    }
}

/// The resource's first sentence is true of the data source too; the rest is about managing it.
fn first_sentence(doc: &str) -> &str {
    let paragraph = doc.split("\n\n").next().unwrap_or_default();
    paragraph.find(". ").map_or(paragraph, |end| &paragraph[..=end])
}

fn one(resource: &Resource) -> String {
    let mut ways = vec!["id"];
    ways.extend(resource.keys);
    let Resource { name, .. } = resource;
    format!(
        "{}\n\nFound by {}. It is an error where there is none, or more than one. The resource \
         [`{PREFIX}{name}`](../resources/{name}.md) manages it.",
        first_sentence(resource.doc),
        words::list(&ways, "or"),
    )
}

fn many(resource: &Resource, plural: &str) -> String {
    let Resource { name, .. } = resource;
    format!(
        "The {} that match a filter, or all of them.\n\nThe data source [`{PREFIX}{name}`]({name}.md) \
         finds one, and the resource [`{PREFIX}{name}`](../resources/{name}.md) manages each.",
        plural.replace('_', " "),
    )
}
