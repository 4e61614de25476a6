//! A declaration made ready: with the attributes that its kind adds, and its schema.

use crate::declare::{
    Attribute, DataSource, Form, Keeps, Kind, Literal, Mode, Resource, Source, boolean, object,
    string, strings,
};
use crate::engine::{names, schedule, schema};
use crate::terraform::Schema;

/// The prefix of every type name.
pub const PREFIX: &str = "m365_";

/// A resource with everything that follows from its declaration, made once.
#[derive(Clone, Debug)]
pub struct Model {
    /// The declaration.
    pub resource: &'static Resource,
    /// The type name, such as `m365_group`.
    pub name: String,
    /// The declared attributes and those that the kind adds.
    pub attributes: Vec<Attribute>,
    /// The schema.
    pub schema: Schema,
    /// The schema of the identity: what names the object in every tenant.
    pub identity: Schema,
}

/// A data source with everything that follows from its declaration.
#[derive(Clone, Debug)]
pub struct Data {
    /// The type name, such as `m365_users`.
    pub name: String,
    /// What it tells about each object.
    pub attributes: Vec<Attribute>,
    /// How it is read.
    pub reads: Reads,
    /// The schema.
    pub schema: Schema,
}

/// How a data source is read.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// One object of a resource, found by its id or a natural key.
    One(&'static Resource),
    /// All objects of a resource, under the attribute named.
    Many(&'static Resource, &'static str),
    /// What stands alone.
    Alone(&'static DataSource),
}

impl Model {
    /// Makes a declaration ready.
    pub fn new(resource: &'static Resource) -> Self {
        // Some objects have their key in a property of another name.
        let key = resource.create.map(|call| call.id_from).filter(|property| *property != "id");
        let id = key.map_or(ID, |property| ID.graph(property));
        let mut attributes = if names_itself(resource) { Vec::new() } else { vec![id] };
        attributes.extend_from_slice(resource.attributes);
        if resource.soft_delete.is_some() {
            attributes.push(PURGE);
        }
        match resource.keeps {
            Keeps::Singleton => attributes.push(ON_DESTROY),
            Keeps::Request => attributes.extend_from_slice(schedule::ATTRIBUTES),
            Keeps::Member
            | Keeps::Slot
            | Keeps::Reference
            | Keeps::Element
            | Keeps::Part
            | Keeps::Act => {}
        }
        if resource.guard.is_some() {
            attributes.push(ACKNOWLEDGE);
        }
        attributes.push(TIMEOUTS);
        Self {
            name: format!("{PREFIX}{}", resource.name),
            schema: schema::resource(resource, &attributes),
            identity: schema::identity(),
            attributes,
            resource,
        }
    }

    /// Whether `attribute` is given by the path rather than by a property.
    pub fn in_path(&self, attribute: &Attribute) -> bool {
        in_path(self.resource, attribute)
    }

    /// Whether it is found by listing a collection.
    pub fn is_listed(&self) -> bool {
        matches!(self.resource.keeps, Keeps::Member | Keeps::Request)
            && names::placeholders(self.resource.path).is_empty()
    }

    /// The attribute `name`.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// Whether whoever makes an object chooses its id: the declaration then has the attribute `id`.
pub fn names_itself(resource: &Resource) -> bool {
    resource.attributes.iter().any(|attribute| attribute.name == ID.name)
}

/// Whether `attribute` is given by the path of `resource`, or is the far end of a reference.
pub fn in_path(resource: &Resource, attribute: &Attribute) -> bool {
    (attribute.name == ID.name && names_itself(resource))
        || names::placeholders(resource.path).contains(&attribute.name)
        || (resource.keeps == Keeps::Reference
            && resource.attributes.last().is_some_and(|last| last.name == attribute.name))
}

impl Data {
    /// The data sources that come with a resource.
    pub fn of(resource: &'static Resource) -> Vec<Self> {
        let Some(lookup) = resource.data else { return Vec::new() };
        let attributes = told(resource);
        let one = Self {
            name: format!("{PREFIX}{}", resource.name),
            schema: schema::one(resource, &attributes),
            reads: Reads::One(resource),
            attributes: attributes.clone(),
        };
        let many = lookup.plural.map(|plural| Self {
            name: format!("{PREFIX}{plural}"),
            schema: schema::many(resource, plural, &attributes),
            reads: Reads::Many(resource, plural),
            attributes,
        });
        std::iter::once(one).chain(many).collect()
    }

    /// A data source that stands alone.
    pub fn alone(source: &'static DataSource) -> Self {
        let mut attributes = source.attributes.to_vec();
        let from_graph = matches!(source.source, Source::Collection(..) | Source::OnlyObject(_));
        if from_graph && !attributes.iter().any(|attribute| attribute.name == "id") {
            attributes.insert(0, ID);
        }
        Self {
            name: format!("{PREFIX}{}", source.name),
            schema: schema::alone(source, &attributes),
            reads: Reads::Alone(source),
            attributes,
        }
    }
}

/// What a data source tells about an object: all that the resource manages but secrets, what is
/// the provider's own, and relationships, which would cost a request each.
fn told(resource: &Resource) -> Vec<Attribute> {
    let declared = resource.attributes.iter().filter(|attribute| {
        let told = !attribute.write_only && !attribute.local && attribute.stream.is_none();
        told && !matches!(attribute.kind, Kind::Links)
    });
    let id = (!names_itself(resource)).then_some(&ID);
    id.into_iter().chain(declared).copied().collect()
}

/// The id that every resource has.
pub const ID: Attribute = string("id", "The object's id.").computed().form(Form::Id);

/// What resources that Graph deletes softly have.
const PURGE: Attribute = boolean(
    "purge_on_destroy",
    "Whether destroy also removes the object from the deleted items, where it could be restored \
     from for 30 days. Defaults to `false`.",
)
.or(Literal::Bool(false))
.local();

/// What resources have that a lockout can come from.
const ACKNOWLEDGE: Attribute = strings(
    "acknowledge_lockout",
    "Rules of lockout protection that this object may break, such as `L-01`: what they find is a \
     warning here, whatever `lockout_protection` says. Before a destroy, apply it first.",
)
.local();

/// How long operations may take.
const TIMEOUTS: Attribute = object(
    "timeouts",
    "How long operations may take, waiting and retrying included, such as `30m` or `1h30m`.",
)
.of(&[
    string("create", "How long making it may take. Defaults to `20m`.").local(),
    string("read", "How long reading it may take. Defaults to `5m`.").local(),
    string("update", "How long changing it may take. Defaults to `20m`.").local(),
    string("delete", "How long removing it may take. Defaults to `20m`.").local(),
])
.local();

/// What settings that are always there have.
const ON_DESTROY: Attribute = Attribute {
    one_of: &["restore", "keep"],
    mode: Mode::OptionalComputed,
    ..string(
        "on_destroy",
        "What destroy does: `restore` puts back the values that were found when Terraform took the \
         setting over, `keep` leaves it as it is. Defaults to `restore`.",
    )
    .or(Literal::Str("restore"))
    .local()
};
