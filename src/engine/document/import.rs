//! How an object that exists is taken over: the ids that import understands, and examples.

use super::{Examples, Section, code, words};
use crate::declare::Keeps;
use crate::engine::Model;
use crate::engine::import::Forms;

/// The section on import.
pub(super) fn section(model: &Model, examples: Examples<'_>) -> Section<'static> {
    let name = &model.name;
    let shell = examples(&format!("resources/{name}/import.sh"));
    let blocks = shell.as_deref().and_then(first_id).map(|id| blocks(name, id));
    let commands = shell.map(|shell| format!("On the command line:\n\n{}", code("shell", &shell)));
    let body = format!(
        "An object that exists already is imported by\n\n{}\n{}{}",
        ids(model),
        blocks.unwrap_or_default(),
        commands.unwrap_or_default()
    );
    Section("## Import", body)
}

/// The ids that import understands.
fn ids(model: &Model) -> String {
    let Forms { plain, path, keys } = Forms::of(model);
    let what = match model.resource.keeps {
        Keeps::Member | Keeps::Request => "its id",
        Keeps::Singleton if model.resource.is_one_of_many() => "what it is of",
        Keeps::Singleton => "its name",
        Keeps::Slot if crate::engine::names::placeholders(model.resource.path).is_empty() => {
            "its name"
        }
        Keeps::Slot => "the id of the object that it belongs to",
        Keeps::Reference => "the ids of both ends",
        Keeps::Element => "the id of the object that has it, and its own",
        Keeps::Part => "the id of the object that it is a part of",
        Keeps::Act => "the id of the object that it was done to",
    };
    let mut ids = format!("- {what}: `{plain}`\n- its path in Graph: `{path}`\n");
    if !keys.is_empty() {
        ids += &format!("- its name, where that is unique: {}\n", words::list(&keys, "or"));
    }
    ids
}

/// The first id that `shell` imports, without its quotes.
fn first_id(shell: &str) -> Option<&str> {
    let command = shell.lines().find_map(|line| line.strip_prefix("terraform import "))?;
    let (_, id) = command.split_once(' ')?;
    Some(id.trim().trim_matches('\''))
}

/// Import in the configuration.
fn blocks(name: &str, id: &str) -> String {
    let block =
        code("terraform", &format!("import {{\n  to = {name}.example\n  id = \"{id}\"\n}}"));
    format!(
        "In the configuration:\n\n{block}\nFrom Terraform 1.12 on, `identity = {{ id = \"..\" }}` can \
         stand in place of `id`.\n\n"
    )
}
