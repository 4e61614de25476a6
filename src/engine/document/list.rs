//! The page of a list resource: how to find what exists and is not managed yet.

use super::{Head, Page, Section, attributes, code, graph, page};
use crate::declare::Permissions;
use crate::engine::{Model, schema};

/// `list-resources/<noun>.md`
pub(super) fn of(model: &Model) -> Page {
    let (resource, name) = (model.resource, &model.name);
    let noun = resource.name;
    let doc = format!(
        "Finds every [`{name}`](../resources/{noun}.md) that could be imported, with `terraform query` \
         (Terraform 1.14 and later)."
    );
    let head = Head { name, kind: "List Resource", area: resource.area, doc: &doc };
    let block = format!(
        "# all.tfquery.hcl\nlist \"{name}\" \"all\" {{\n  provider = m365\n\n  config {{\n    # filter = \
         \"...\"\n  }}\n}}"
    );
    let usage = format!(
        "{}\nThis writes the configuration of what was found, with its `import` blocks:\n\n{}",
        code("terraform", &block),
        code("shell", "terraform query -generate-config-out=found.tf")
    );
    let place = format!("Read from `{}`, page by page.", resource.path);
    let permissions = Permissions { write: "", ..resource.permissions };
    let schema = schema::list(resource);
    let sections = [
        Section("## Example Usage", usage),
        graph(&place, resource.reference, permissions, &[]),
        attributes::section(&schema.attributes, &[], ""),
    ];
    page(format!("list-resources/{noun}.md"), &head, &sections)
}
