//! The page of the provider itself.

use super::{Examples, Page, Section, attributes, example, words};
use crate::declare::{Catalogue, Resource};
use crate::engine::model::PREFIX;
use crate::engine::schema;

/// What stands below the provider's own words.
const START: &str = "It takes Terraform 1.11 or later. New here? [Getting started](guides/getting-started.md) \
    leads from an empty directory to a first Conditional Access policy.";

/// `index.md`
pub(super) fn of(catalogue: &Catalogue, examples: Examples<'_>) -> Page {
    let schema = schema::provider(catalogue.provider, catalogue.doc);
    let summary = catalogue.doc.split("\n\n").next().unwrap_or_default();
    let mut sections = vec![example("provider/provider.tf", examples)];
    sections.push(attributes::section(&schema.attributes, catalogue.provider, ""));
    sections.push(Section("## Permissions", permissions(catalogue)));
    let sections: String = sections.iter().map(Section::render).collect();
    Page {
        path: "index.md".to_owned(),
        text: format!(
            "---\npage_title: \"Provider: m365\"\ndescription: |-\n  {summary}\n---\n\n<!-- Generated \
             by `make docs` from the declarations in src/catalogue. -->\n\n# m365 Provider\n\n{}\n\n\
             {START}\n{sections}",
            catalogue.doc
        ),
    }
}

/// What each resource takes, so that an application is granted no more than it needs.
fn permissions(catalogue: &Catalogue) -> String {
    let mut resources = catalogue.resources.to_vec();
    resources.sort_by_key(|resource| (resource.area, resource.name));
    let rows: String = resources.iter().map(|resource| row(resource)).collect();
    format!(
        "Grant the application that signs in what its resources take, with the consent of an \
         administrator, and no more: planning alone takes the permissions to read. Where one is \
         missing, the error names it.\n\n| Resource | To read | To write |\n|---|---|---|\n{rows}"
    )
}

fn row(resource: &Resource) -> String {
    let Resource { name, permissions, .. } = resource;
    let (read, write) = (words::permission(permissions.read), words::permission(permissions.write));
    format!("| [`{PREFIX}{name}`](resources/{name}.md) | {read} | {write} |\n")
}
