//! The page of a provider function.

use super::attributes::ty;
use super::{Examples, Head, Page, Section, code, example, page};
use crate::terraform::Type;

/// A provider function's signature.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    /// The name, as in `provider::m365::<name>`.
    pub name: &'a str,
    /// Markdown.
    pub description: &'a str,
    /// Name, type and Markdown of each parameter.
    pub parameters: &'a [(String, Type, String)],
    /// The type of the answer.
    pub returns: &'a Type,
}

/// `functions/<name>.md`
pub(super) fn of(function: &Function<'_>, examples: Examples<'_>) -> Page {
    let Function { name, description, parameters, returns } = *function;
    let head = Head { name, kind: "Function", area: "", doc: description };
    let names: Vec<_> =
        parameters.iter().map(|(name, ty, _)| format!("{name} {}", hcl(ty))).collect();
    let signature = format!("provider::m365::{name}({}) {}", names.join(", "), hcl(returns));
    let arguments = parameters.iter().enumerate().map(|(index, (name, kind, doc))| {
        format!("{}. `{name}` ({}) {doc}\n", index + 1, ty(kind))
    });
    let sections = [
        example(&format!("functions/{name}/function.tf"), examples),
        Section("## Signature", code("text", &signature)),
        Section("## Arguments", arguments.collect()),
    ];
    page(format!("functions/{name}.md"), &head, &sections)
}

/// A type as a configuration writes it.
fn hcl(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::Dynamic => "any".to_owned(),
        Type::List(element) => format!("list({})", hcl(element)),
        Type::Set(element) => format!("set({})", hcl(element)),
        Type::Map(element) => format!("map({})", hcl(element)),
        Type::Object(attributes) => {
            let attributes = attributes.iter().map(|(name, ty)| format!("{name} = {}", hcl(ty)));
            format!("object({{{}}})", attributes.collect::<Vec<_>>().join(", "))
        }
        Type::Tuple(elements) => {
            format!("tuple([{}])", elements.iter().map(hcl).collect::<Vec<_>>().join(", "))
        }
    }
}
