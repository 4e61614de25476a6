//! Graph's published types: what each entity, complex type and enumeration holds.
//!
//! The two tables in `model/` are drawn from the metadata that Graph publishes (CSDL), in a format
//! that a person can read in a diff: a line a type, below it a line a property, indented.
//!
//! ```text
//! enum riskLevel low medium high hidden none unknownFutureValue
//! entity user : directoryObject open
//!  accountEnabled Boolean?            a primitive, may be null
//!  businessPhones [String]            a collection
//!  manager > directoryObject          a reference to another object
//!  photo >> profilePhoto              an object contained in this one
//! ```
//!
//! `tests/emulator/model.rs` writes them, and fails when they and the metadata part ways.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The version of the API that a request names in its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `/v1.0`
    V1,
    /// `/beta`
    Beta,
}

impl Version {
    pub(crate) fn of(segment: &str) -> Option<Version> {
        match segment {
            "v1.0" => Some(Version::V1),
            "beta" => Some(Version::Beta),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        }
    }

    pub(crate) fn model(self) -> &'static Model {
        static V1: LazyLock<Model> =
            LazyLock::new(|| Model::parse(include_str!("model/v1.0.types")));
        static BETA: LazyLock<Model> =
            LazyLock::new(|| Model::parse(include_str!("model/beta.types")));
        match self {
            Version::V1 => &V1,
            Version::Beta => &BETA,
        }
    }
}

/// All types of one version.
pub(crate) struct Model {
    structs: HashMap<&'static str, Struct>,
    enums: HashMap<&'static str, Enum>,
}

/// An entity or complex type, with what it inherits.
pub(crate) struct Struct {
    pub(crate) name: &'static str,
    pub(crate) base: Option<&'static str>,
    pub(crate) is_abstract: bool,
    pub(crate) properties: Vec<Property>,
    by_name: HashMap<&'static str, usize>,
    /// Whether a value of this type can hold a value of an enumeration that has newer members.
    pub(crate) evolves: bool,
}

#[derive(Clone)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) ty: &'static str,
    pub(crate) many: bool,
    pub(crate) nullable: bool,
    pub(crate) navigation: Navigation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Navigation {
    /// A plain property.
    No,
    /// A reference to an object that lives elsewhere.
    Reference,
    /// Objects that live inside this one.
    Contained,
}

pub(crate) struct Enum {
    pub(crate) flags: bool,
    pub(crate) members: Vec<&'static str>,
}

impl Enum {
    /// The declared spelling of a member; Graph reads members whatever their case.
    pub(crate) fn member(&self, text: &str) -> Option<&'static str> {
        let text = text.trim();
        self.members.iter().find(|m| m.eq_ignore_ascii_case(text) && **m != SENTINEL).copied()
    }

    /// Whether a member was added after the enumeration was published, so that it is told to
    /// those clients only that say they can take it.
    pub(crate) fn is_newer(&self, member: &str) -> bool {
        let sentinel = self.members.iter().position(|m| *m == SENTINEL);
        let place = self.members.iter().position(|m| *m == member);
        matches!((sentinel, place), (Some(s), Some(p)) if p > s)
    }
}

/// What Graph answers in place of members that a client may not know.
pub(crate) const SENTINEL: &str = "unknownFutureValue";

impl Struct {
    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        self.by_name.get(name).map(|i| &self.properties[*i])
    }

    /// Finds a property as query options do: whatever the case of its name.
    pub(crate) fn property_ignoring_case(&self, name: &str) -> Option<&Property> {
        self.property(name)
            .or_else(|| self.properties.iter().find(|p| p.name.eq_ignore_ascii_case(name)))
    }
}

impl Model {
    pub(crate) fn structure(&self, name: &str) -> Option<&Struct> {
        self.structs.get(name)
    }

    pub(crate) fn enumeration(&self, name: &str) -> Option<&Enum> {
        self.enums.get(name)
    }

    /// Whether `name` is `base` or is derived from it.
    pub(crate) fn is_a(&self, name: &str, base: &str) -> bool {
        let mut at = Some(name);
        while let Some(name) = at {
            if name == base {
                return true;
            }
            at = self.structs.get(name).and_then(|s| s.base);
        }
        false
    }

    /// The types derived from this one, at any distance.
    pub(crate) fn derived(&self, base: &str) -> Vec<&Struct> {
        self.structs.values().filter(|s| s.name != base && self.is_a(s.name, base)).collect()
    }

    fn parse(text: &'static str) -> Model {
        let mut structs: HashMap<&'static str, Struct> = HashMap::new();
        let mut enums = HashMap::new();
        let mut current = None;
        for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some(property) = line.strip_prefix(' ') {
                if let Some(s) = current.and_then(|name| structs.get_mut(name)) {
                    s.properties.push(Property::parse(property));
                }
                continue;
            }
            let mut words = line.split(' ');
            let kind = words.next().unwrap_or_default();
            let name = words.next().unwrap_or_default();
            if kind == "enum" || kind == "flags" {
                enums.insert(name, Enum { flags: kind == "flags", members: words.collect() });
                continue;
            }
            let words: Vec<_> = words.collect();
            let base = words.iter().position(|w| *w == ":").map(|i| words[i + 1]);
            let s = Struct {
                name,
                base,
                is_abstract: words.contains(&"abstract"),
                properties: Vec::new(),
                by_name: HashMap::new(),
                evolves: false,
            };
            structs.insert(name, s);
            current = Some(name);
        }
        let mut model = Model { structs, enums };
        model.inherit();
        model.mark_evolving();
        model
    }

    fn inherit(&mut self) {
        let names: Vec<_> = self.structs.keys().copied().collect();
        let mut whole = HashMap::new();
        for name in names {
            let mut properties: Vec<Property> = Vec::new();
            let mut at = Some(name);
            while let Some(s) = at.and_then(|name| self.structs.get(name)) {
                for p in &s.properties {
                    // A derived type may declare an inherited property again (`id`): the
                    // nearest declaration counts.
                    if !properties.iter().any(|known| known.name == p.name) {
                        properties.push(p.clone());
                    }
                }
                at = s.base;
            }
            whole.insert(name, properties);
        }
        for (name, properties) in whole {
            if let Some(s) = self.structs.get_mut(name) {
                s.by_name = properties.iter().enumerate().map(|(i, p)| (p.name, i)).collect();
                s.properties = properties;
            }
        }
    }

    fn mark_evolving(&mut self) {
        let newer = |e: &Enum| e.members.iter().any(|m| e.is_newer(m));
        let mut evolving: Vec<&'static str> =
            self.enums.iter().filter(|(_, e)| newer(e)).map(|(name, _)| *name).collect();
        loop {
            let more: Vec<&'static str> = self
                .structs
                .values()
                .filter(|s| !evolving.contains(&s.name))
                .filter(|s| {
                    s.properties
                        .iter()
                        .any(|p| p.navigation == Navigation::No && evolving.contains(&p.ty))
                        || self
                            .structs
                            .values()
                            .any(|d| d.base == Some(s.name) && evolving.contains(&d.name))
                })
                .map(|s| s.name)
                .collect();
            if more.is_empty() {
                break;
            }
            evolving.extend(more);
        }
        for name in evolving {
            if let Some(s) = self.structs.get_mut(name) {
                s.evolves = true;
            }
        }
    }
}

impl Property {
    /// The metadata writes its own types with a capital, Graph's with a small letter.
    pub(crate) fn is_primitive(&self) -> bool {
        self.ty.starts_with(|c: char| c.is_ascii_uppercase())
    }

    fn parse(line: &'static str) -> Property {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let mut ty = words.next().unwrap_or_default();
        let navigation = match ty {
            ">" => Navigation::Reference,
            ">>" => Navigation::Contained,
            _ => Navigation::No,
        };
        if navigation != Navigation::No {
            ty = words.next().unwrap_or_default();
        }
        let nullable = ty.ends_with('?');
        let ty = ty.trim_end_matches('?');
        let many = ty.starts_with('[');
        let ty = ty.trim_start_matches('[').trim_end_matches(']');
        Property { name, ty, many, nullable, navigation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_hold_what_they_inherit() {
        let model = Version::V1.model();
        let user = model.structure("user").unwrap();
        assert!(user.property("id").is_some_and(|p| !p.nullable && p.ty == "String"));
        assert!(user.property("deletedDateTime").is_some());
        assert!(user.property("manager").is_some_and(|p| p.navigation == Navigation::Reference));
        assert!(model.is_a("ipNamedLocation", "namedLocation"));
        assert!(!model.is_a("namedLocation", "ipNamedLocation"));
        assert!(model.structure("ipRange").unwrap().is_abstract);
    }

    #[test]
    fn newer_members_are_known_as_such() {
        let platforms = Version::V1.model().enumeration("conditionalAccessDevicePlatform").unwrap();
        assert!(platforms.is_newer("linux"));
        assert!(!platforms.is_newer("macOS"));
        assert_eq!(platforms.member("IOS"), Some("iOS"));
        assert_eq!(platforms.member(SENTINEL), None);
        assert!(Version::V1.model().structure("conditionalAccessPolicy").unwrap().evolves);
        assert!(!Version::V1.model().structure("namedLocation").unwrap().evolves);
    }
}
