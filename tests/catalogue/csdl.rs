//! The metadata that Graph publishes (OData CSDL), as far as declarations are compared with it.

use std::collections::{HashMap, HashSet};

use roxmltree::{Document, Node};

/// Types by their names without `microsoft.graph.`, and what the service root holds.
#[derive(Debug, Default)]
pub(super) struct Csdl {
    types: HashMap<String, Type>,
    enums: HashMap<String, Enum>,
    root: HashMap<String, TypeRef>,
    /// The metadata of the beta version beside this one.
    pub(super) beta: Option<Box<Csdl>>,
    /// Actions, by what they are bound to.
    actions: HashSet<(String, String)>,
    /// The parameters of actions, by action and name.
    parameters: HashMap<(String, String), TypeRef>,
}

/// An entity type or a complex type.
#[derive(Debug, Default)]
struct Type {
    base: Option<String>,
    properties: HashMap<String, TypeRef>,
}

/// An enum type.
#[derive(Debug)]
pub(super) struct Enum {
    pub(super) flags: bool,
    pub(super) members: Vec<String>,
}

/// What a property, or a place in the service, holds.
#[derive(Clone, Debug)]
pub(super) struct TypeRef {
    /// Without `microsoft.graph.`; `Edm.` types as they are.
    pub(super) name: String,
    pub(super) collection: bool,
    pub(super) nullable: bool,
    pub(super) navigation: bool,
}

impl Csdl {
    /// Reads a document; nothing but its schemas matters.
    pub(super) fn parse(text: &str) -> Result<Self, roxmltree::Error> {
        let document = Document::parse(text)?;
        let mut csdl = Self::default();
        for node in document.descendants().filter(Node::is_element) {
            let name = || short(node.attribute("Name").unwrap_or_default());
            // Names in the namespaces below would clash with those of the main one.
            if node
                .parent_element()
                .and_then(|schema| schema.attribute("Namespace"))
                .is_some_and(|namespace| namespace != "microsoft.graph")
            {
                continue;
            }
            match node.tag_name().name() {
                "EntityType" | "ComplexType" => {
                    csdl.types.insert(name(), Type::read(node));
                }
                "Action" => {
                    let bound =
                        node.children().find(|child| child.tag_name().name() == "Parameter");
                    let bound = bound.and_then(|parameter| parameter.attribute("Type"));
                    csdl.actions.insert((short(bound.unwrap_or_default()), name()));
                    for parameter in node.children().filter(|one| one.has_tag_name("Parameter")) {
                        let held = TypeRef::of(parameter, false);
                        if let (Some(own), Some(held)) = (parameter.attribute("Name"), held) {
                            csdl.parameters.insert((name(), own.to_owned()), held);
                        }
                    }
                }
                "EnumType" => {
                    csdl.enums.insert(name(), Enum::read(node));
                }
                "EntitySet" => {
                    let entity = node.attribute("EntityType").unwrap_or_default();
                    csdl.root.insert(name(), TypeRef::place(entity, true));
                }
                "Singleton" => {
                    let entity = node.attribute("Type").unwrap_or_default();
                    csdl.root.insert(name(), TypeRef::place(entity, false));
                }
                _ => {}
            }
        }
        Ok(csdl)
    }

    /// What a path below the service root holds; the error is the segment that is not there.
    pub(super) fn resolve<'a>(&self, path: &'a str) -> Result<TypeRef, &'a str> {
        let mut segments = path.trim_start_matches('/').split('/');
        let first = segments.next().unwrap_or_default();
        let mut at = self.root.get(first).cloned().ok_or(first)?;
        for segment in segments {
            at = match segment {
                item if item.starts_with('{') && at.collection => {
                    TypeRef { collection: false, ..at }
                }
                cast if cast.starts_with("microsoft.graph.") => {
                    let name = short(cast);
                    let derives = self.is_a(&name, &at.name);
                    derives.then_some(TypeRef { name, ..at }).ok_or(cast)?
                }
                name if !at.collection => self.property(&at.name, name).cloned().ok_or(name)?,
                other => return Err(other),
            };
        }
        Ok(at)
    }

    /// A property or navigation property of a type or of what it derives from.
    pub(super) fn property(&self, of: &str, name: &str) -> Option<&TypeRef> {
        let found = self.types.get(of)?;
        found.properties.get(name).or_else(|| self.property(found.base.as_deref()?, name))
    }

    /// As [`Self::property`], of the types that derive from this one too.
    pub(super) fn property_below(&self, of: &str, name: &str) -> Option<&TypeRef> {
        self.property(of, name).or_else(|| {
            let below = self.types.keys().filter(|below| self.is_a(below, of));
            below.filter_map(|below| self.property(below, name)).next()
        })
    }

    /// Whether a type has an action of its own.
    pub(super) fn has_action(&self, of: &str, name: &str) -> bool {
        self.actions.contains(&(of.to_owned(), name.to_owned()))
    }

    /// What a parameter of an action holds.
    pub(super) fn parameter(&self, action: &str, name: &str) -> Option<&TypeRef> {
        self.parameters.get(&(action.to_owned(), name.to_owned()))
    }

    /// Whether a type is another one or derives from it.
    pub(super) fn is_a(&self, name: &str, ancestor: &str) -> bool {
        self.types.get(name).is_some_and(|found| {
            name == ancestor || found.base.as_deref().is_some_and(|base| self.is_a(base, ancestor))
        })
    }

    /// Whether there is such an entity type or complex type.
    pub(super) fn is_type(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// An enum type.
    pub(super) fn members(&self, name: &str) -> Option<&Enum> {
        self.enums.get(name)
    }
}

impl Type {
    fn read(node: Node<'_, '_>) -> Self {
        let properties = node.children().filter_map(|child| {
            let navigation = match child.tag_name().name() {
                "Property" => false,
                "NavigationProperty" => true,
                _ => return None,
            };
            Some((child.attribute("Name")?.to_owned(), TypeRef::of(child, navigation)?))
        });
        Self { base: node.attribute("BaseType").map(short), properties: properties.collect() }
    }
}

impl Enum {
    fn read(node: Node<'_, '_>) -> Self {
        let members =
            node.children().filter_map(|child| child.attribute("Name")).map(str::to_owned);
        Self { flags: node.attribute("IsFlags") == Some("true"), members: members.collect() }
    }
}

impl TypeRef {
    /// What a property or a parameter is declared to hold.
    fn of(node: Node<'_, '_>, navigation: bool) -> Option<Self> {
        let declared = node.attribute("Type")?;
        let inner = declared.strip_prefix("Collection(").and_then(|inner| inner.strip_suffix(')'));
        Some(Self {
            name: short(inner.unwrap_or(declared)),
            collection: inner.is_some(),
            nullable: node.attribute("Nullable") != Some("false"),
            navigation,
        })
    }

    fn place(entity: &str, collection: bool) -> Self {
        Self { name: short(entity), collection, nullable: false, navigation: true }
    }
}

fn short(name: &str) -> String {
    name.trim_start_matches("microsoft.graph.").trim_start_matches("graph.").to_owned()
}
