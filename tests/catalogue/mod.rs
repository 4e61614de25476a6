//! Tests over the whole catalogue, which give back what declaring resources as data takes away:
//! that a declaration is well formed, that it agrees with the metadata that Graph publishes, and
//! that its examples are there. A new declaration is tested without a line of its own.

mod agreement;
mod csdl;
mod examples;
mod rules;
mod well_formed;

use m365::declare::{Attribute, Kind};

/// What is wrong, each beginning with the name of the offender; none where all is well.
type Offences = Vec<String>;

/// Fails with all offences at once.
#[track_caller]
fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

/// The attributes inside of an attribute.
fn nested(attribute: &Attribute) -> &'static [Attribute] {
    match attribute.kind {
        Kind::Object(nested)
        | Kind::Objects(nested)
        | Kind::Map(nested)
        | Kind::Variant(_, nested) => nested,
        _ => &[],
    }
}

/// The attribute at a dotted path.
fn find(attributes: &'static [Attribute], path: &str) -> Option<&'static Attribute> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let found = attributes.iter().find(|attribute| attribute.name == name)?;
    rest.map_or(Some(found), |rest| find(nested(found), rest))
}
