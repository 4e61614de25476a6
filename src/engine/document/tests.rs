//! Pages of a declaration that has a bit of everything. The real pages are in `docs`, compared in
//! `tests/docs.rs`; here is what must not go missing from any page.

use super::*;
use crate::declare::{
    Check, Law, Literal, Lookup, Resource, Rule, boolean, instant, integer, object, objects, string,
};
use crate::terraform::Type;

static THING: Resource = Resource {
    name: "thing",
    area: "Things",
    doc: "A thing of the tenant. More about things.\n\nA second paragraph.",
    reference: "https://example.com/thing",
    path: "/things",
    permissions: Permissions { read: "Thing.Read", write: "Thing.Read + Thing.Write" },
    attributes: &[
        string("display_name", "The name.").required().checks(&[Check::Length(1, 256)]),
        string("kind", "What it is.").replace("Graph fixes it").one_of(&["big", "small"]),
        integer("size", "How large.").optional_computed(),
        boolean("is_enabled", "Whether it works.").or(Literal::Bool(true)),
        string("secret", "The secret.").write_only(),
        object("inside", "What is in it.").of(&[objects("parts", "Its parts.")
            .required()
            .of(&[string("name", "The part's name.").required()])]),
        instant("made", "When it was made.").computed(),
    ],
    rules: &[Rule::Together(&["kind", "size"])],
    keys: &["display_name"],
    data: Some(Lookup { plural: Some("things") }),
    moved_from: &["other_thing"],
    exceptions: &[(Law::L7, "A thing cannot be removed on Sundays.")],
    ..Resource::MEMBER
};

static CATALOGUE: Catalogue = Catalogue {
    doc: "Manages things.",
    provider: &[string("place", "Where things are.").env(&["THING_PLACE"])],
    resources: &[&THING],
    data_sources: &[],
    functions: &[],
};

fn examples(path: &str) -> Option<String> {
    match path {
        "resources/m365_thing/resource.tf" => Some("resource \"m365_thing\" \"a\" {}\n".to_owned()),
        "resources/m365_thing/import.sh" => Some(
            "# By id\nterraform import m365_thing.example 42\n\n# By name\nterraform import \
             m365_thing.example 'display_name=A'\n"
                .to_owned(),
        ),
        _ => None,
    }
}

#[track_caller]
fn check(path: &str, expected: &[&str]) {
    let parameters = [("name".to_owned(), Type::String, "The name.".to_owned())];
    let function = Function {
        name: "shout",
        description: "Shouts.",
        parameters: &parameters,
        returns: &Type::list(Type::String),
    };
    let pages = pages(&CATALOGUE, &[function], &examples);
    let page = pages.iter().find(|page| page.path == path).expect("there is such a page");
    for expected in expected {
        assert!(page.text.contains(expected), "no {expected:?} in\n{}", page.text);
    }
}

#[test]
fn every_declaration_has_its_pages() {
    let pages = pages(&CATALOGUE, &[], &|_| None);
    let paths: Vec<_> = pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "index.md",
            "resources/thing.md",
            "list-resources/thing.md",
            "data-sources/thing.md",
            "data-sources/things.md"
        ]
    );
}

#[test]
fn a_resource_says_what_its_declaration_states() {
    check(
        "resources/thing.md",
        &[
            "page_title: \"m365_thing Resource - m365\"\nsubcategory: \"Things\"\n",
            "description: |-\n  A thing of the tenant. More about things.\n---",
            "## Example Usage\n\n```terraform\nresource \"m365_thing\" \"a\" {}\n```\n",
            "Kept at `/things/{id}`. See its [reference](https://example.com/thing).",
            "| `Thing.Read` and `Thing.Write` |",
            "- `display_name` (String) The name. At most 256 characters.\n",
            "What it is. One of `big`, `small`. **Forces replacement:** Graph fixes it.\n",
            "How large. Not set: left as Graph has it.\n",
            "Whether it works. Defaults to `true`.\n",
            "- `secret` (String, Sensitive, [Write-only](https://",
            "- `made` (String, RFC 3339) When it was made.\n",
            "- `kind` and `size` are set together.\n",
            "- A thing cannot be removed on Sundays.\n",
            "from = other_thing.example\n",
        ],
    );
}

#[test]
fn nested_attributes_have_sections() {
    check(
        "resources/thing.md",
        &[
            "What is in it. (see [below for nested schema](#nestedatt--inside))\n",
            "\n<a id=\"nestedatt--inside\"></a>\n### Nested Schema for `inside`\n\nRequired:\n\n- `parts` \
             (Attributes Set) Its parts.",
            "\n<a id=\"nestedatt--inside--parts\"></a>\n### Nested Schema for `inside.parts`\n",
        ],
    );
}

#[test]
fn import_knows_every_form() {
    check(
        "resources/thing.md",
        &[
            "- its id: `<id>`\n- its path in Graph: `/things/<id>`\n",
            "- its name, where that is unique: `display_name=<display_name>`\n",
            "  to = m365_thing.example\n  id = \"42\"\n",
            "```shell\n# By id\nterraform import m365_thing.example 42\n",
        ],
    );
}

#[test]
fn data_sources_tell_and_do_not_ask() {
    check(
        "data-sources/thing.md",
        &[
            "A thing of the tenant.\n\nFound by `id` or `display_name`.",
            "- `kind` (String) What it is. One of `big`, `small`.\n",
        ],
    );
    check("data-sources/things.md", &["### Nested Schema for `things`\n\nRead-Only:\n\n- `id`"]);
}

#[test]
fn the_provider_page_lists_permissions() {
    check(
        "index.md",
        &[
            "Where things are. From the environment: `THING_PLACE`.\n",
            "| [`m365_thing`](resources/thing.md) | `Thing.Read` | `Thing.Read` and `Thing.Write` |",
        ],
    );
}

#[test]
fn functions_show_their_signature() {
    check(
        "functions/shout.md",
        &["provider::m365::shout(name string) list(string)", "1. `name` (String) The name.\n"],
    );
}
