//! A resource: how Graph keeps a thing, as one static value.

use serde_json::Value as Json;

use super::check::{Finding, Judge};
use super::{Also, Attribute, Call, Conclude, Element, Inquire, Lookup, Rule};
use crate::terraform::Value;

/// How Graph keeps a thing.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// The name without `m365_`.
    pub name: &'static str,
    /// The section of the documentation.
    pub area: &'static str,
    /// Markdown: what it is, and what to know before using it.
    pub doc: &'static str,
    /// The Graph reference page that the declaration states.
    pub reference: &'static str,
    /// How identity, creation and removal work.
    pub keeps: Keeps,
    /// Where it is kept. `{attribute}` is filled in from the resource's own attributes, `{tenant}`
    /// with the id of the tenant that is signed in to.
    pub path: &'static str,
    /// The Graph type, as the metadata names it.
    pub entity: &'static str,
    /// The permissions that it takes.
    pub permissions: Permissions,
    /// What takes more than that.
    pub more: &'static [More],
    /// Whether reads name the properties that are managed (`$select`): Graph answers with part of a
    /// directory object only unless asked. False where derived types or expanded properties forbid it,
    /// or where Graph documents no query options.
    pub selects: bool,
    /// Whether `$filter` finds it by its keys; where Graph filters by other properties only, all of
    /// the collection is read and searched.
    pub filters: bool,
    /// The page size to ask for (`$top`) where the collection is listed; 0 leaves it to the service.
    /// Directory collections answer in pages of 100 unless asked for up to 999.
    pub page: u16,
    /// Headers that Graph wants with every request about it, beside those of all requests.
    pub headers: &'static [(&'static str, &'static str)],
    /// The place below which streams are written, where that is another than the object's own.
    pub streams: Option<&'static str>,
    /// What is managed.
    pub attributes: &'static [Attribute],
    /// What is read besides, from collections of the object's own; `{id}` and `{attribute}` are filled
    /// in.
    pub also: &'static [Also],
    /// What attributes must satisfy together.
    pub rules: &'static [Rule],
    /// Domain knowledge about a whole plan.
    pub judge: Option<Judge>,
    /// Judgements of a plan that need facts from Graph.
    pub inquiries: &'static [Inquire],
    /// Whether a plan locks somebody out: asked at plan, removal included, and once more before
    /// anything is written, when everything is known; an error stops it there. Each finding can be
    /// acknowledged, by `acknowledge_lockout`.
    pub guard: Option<Inquire>,
    /// Attributes that name it uniquely to people; import and data sources find it by them.
    pub keys: &'static [&'static str],
    /// Whether there is a data source, and its plural.
    pub data: Option<Lookup>,
    /// Where a deleted object is kept for 30 days, such as `/directory/deletedItems/{id}`.
    pub soft_delete: Option<&'static str>,
    /// How it is changed, where requests do that ([`Keeps::Request`]).
    pub requests: Option<Requests>,
    /// How it is read and written, where it is a list of rules.
    pub ruled: Option<Ruled>,
    /// How it is read and written, where Graph replaces it as a whole and a part of it is managed.
    pub whole: Option<Whole>,
    /// How it is told from others and changed, where it is an element of a property of another object
    /// ([`Keeps::Element`]).
    pub element: Option<Element>,
    /// What is done to the object, where nothing is made ([`Keeps::Act`]).
    pub act: Option<Act>,
    /// What it refers to by name, where an attribute gives the id.
    pub named: Option<Named>,
    /// What is concluded besides, from other facts.
    pub concluded: Option<Concluded>,
    /// How it is made, where the kind does not say.
    pub create: Option<Call>,
    /// How it is changed, where the kind does not say.
    pub update: Option<Call>,
    /// How it is removed, where the kind does not say, given the object as Graph has it.
    pub remove: Option<fn(&Json) -> Call>,
    /// What Graph wants done before it removes the object, given the object as Graph has it.
    pub before_delete: Option<fn(&Json) -> Option<Call>>,
    /// The collection of the objects that keep Graph from removing it; `{id}` is filled in.
    pub held_by: Option<&'static str>,
    /// Codes of errors that pass once an object that this one refers to has been replicated.
    pub retry_on: &'static [&'static str],
    /// The version of states written under this declaration.
    pub version: i64,
    /// What brings a state from version n to n + 1, at index n.
    pub upgrades: &'static [fn(Json) -> Json],
    /// Resource types of other providers whose state can be moved here with a `moved` block: what
    /// they keep in `object_id` or `id` is our id.
    pub moved_from: &'static [&'static str],
    /// Laws that do not hold for it, and why.
    pub exceptions: &'static [(Law, &'static str)],
}

/// How Graph keeps a thing: eight kinds carry all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// An item of a collection: POST makes it, its path and id find it.
    Member,
    /// An object that is always there: PATCH changes it. What is found is kept, and put back on
    /// destroy.
    Singleton,
    /// The one object of a place, or none: `create` writes it there, DELETE empties the place.
    Slot,
    /// A `$ref` from the object that the path names to the object that the last attribute names.
    Reference,
    /// An element of a property of another object, which actions of that object add, change and remove.
    Element,
    /// A slice of another object, which is managed elsewhere.
    Part,
    /// A schedule that is only changed by sending requests to another collection.
    Request,
    /// Something that is done to an object by an action, shows in it afterwards, and cannot be undone.
    Act,
}

/// Computed attributes that are no properties of the object.
#[derive(Clone, Copy, Debug)]
pub struct Concluded {
    /// What they are, as properties that take the place of the object's own. `prior` is the object as
    /// Graph has it, `planned` the state or the plan.
    pub conclude: Conclude,
    /// The attributes.
    pub attributes: &'static [&'static str],
}

/// What is done to an object, once.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// Where the action is posted to; `{attribute}` is filled in.
    pub path: &'static str,
    /// Whether the object shows that it was done.
    pub done: fn(&Json) -> bool,
    /// What the action waits for while Graph refuses it with 400, which the words complete: "waiting
    /// for ..".
    pub until: &'static str,
    /// What a person does about it, where it does not come about in time.
    pub otherwise: &'static str,
}

/// How a schedule is changed: by requests, which are sent, carried out and forgotten.
///
/// A request names what it is about rather than a schedule, Graph deletes requests after some weeks,
/// and the portal makes schedules too; so a schedule is known by what it is of, and neither by the
/// request that made it nor by its id.
#[derive(Clone, Copy, Debug)]
pub struct Requests {
    /// The collection that requests are sent to. What is asked for and not carried out yet is found
    /// there.
    pub path: &'static str,
    /// The attributes that say what the schedule is of; there is one schedule of each.
    pub of: &'static [&'static str],
    /// Those of them that Graph filters schedules and requests by. A refresh lists by the first alone.
    pub filters: &'static [&'static str],
    /// An attribute that can stand in the place of the last of them.
    pub instead: Option<&'static str>,
    /// The policy that decides what may be asked for.
    pub policy: Option<Policed>,
}

/// A policy that a plan must satisfy.
#[derive(Clone, Copy, Debug)]
pub struct Policed {
    /// The resource that the policy is ([`Resource::ruled`]), found by attributes of the same names.
    pub by: &'static Resource,
    /// What the policy refuses of a plan, given how many seconds it lasts (`None`: it has no end) and
    /// the settings of the policy.
    pub judge: fn(&Value, Option<i64>, &Json) -> Vec<Finding>,
}

/// What a resource may refer to by a name in place of its id.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// What it is, such as `role`.
    pub what: &'static str,
    /// The attribute that gives the name.
    pub name: &'static str,
    /// The attribute that gives the id.
    pub id: &'static str,
    /// The id of a name that is known without asking.
    pub known: fn(&str) -> Option<&'static str>,
    /// The name that is nearest to one that nothing has.
    pub nearest: fn(&str) -> &'static str,
    /// The collection in which others are found, by `displayName`.
    pub path: &'static str,
    /// The permission that finding them takes.
    pub permission: &'static str,
}

/// How an object that is always there, and is a list of rules, is found, read and written. There is
/// one for each of many things, such as the policy of each role, and each rule is patched alone.
#[derive(Clone, Copy, Debug)]
pub struct Ruled {
    /// The filter of the collection of assignments that finds it; `{attribute}` is filled in.
    pub filter: &'static str,
    /// The attributes that say what it is of.
    pub of: &'static [&'static str],
    /// What an assignment with this id in Graph is of: the values of the attributes `of`.
    pub named: fn(&str) -> Option<Vec<String>>,
    /// The settings, as an object with the properties of the attributes, that the rules are.
    pub read: fn(&[Json]) -> Json,
    /// The rules that must change for the settings to be so, whole, in an order that Graph accepts.
    pub write: fn(&[Json], &Json) -> Vec<Json>,
}

/// How an object is read and written that PUT replaces as a whole, and of which only what is configured
/// is managed: all else is sent back as Graph told it.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// What a state or a plan names of the object, as an object with the properties of the attributes.
    /// What is found when it is taken over, and may have to be put back, is told besides.
    pub view: fn(&Json, &Json) -> Json,
    /// Collections that are part of it, and are read on their own where they are not told with it: to
    /// leave one out when the whole is written would empty it.
    pub parts: &'static [&'static str],
    /// What Graph has to be asked before it is written, where a path below the object answers.
    pub asks: fn(&Rewrite<'_>) -> Vec<Ask>,
    /// Where it comes from, where it is a template's until somebody changes it.
    pub template: Option<Template>,
    /// The object as it is to be, without what Graph tells of it and does not take.
    pub write: fn(&Rewrite<'_>, &[Json]) -> Result<Json, String>,
}

/// Settings by name that are as a template says until somebody changes them. From then on they are an
/// object in the collection that is the resource's path, one for each template, which is written with
/// all its values; without it the template holds again.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// The collection of the templates, which tell a name and a default of each setting.
    pub path: &'static str,
    /// The attribute that says which template it is, by its display name or its id.
    pub of: &'static str,
}

/// What an object that is replaced as a whole is to become.
#[derive(Clone, Copy, Debug)]
pub struct Rewrite<'a> {
    /// The object as Graph has it.
    pub object: &'a Json,
    /// The view of it that was found when it was taken over.
    pub found: &'a Json,
    /// What was managed of it, in Graph's shape.
    pub prior: &'a Json,
    /// What is to be so of it; null where all that was managed is put back.
    pub planned: &'a Json,
}

/// A question to an object: an action that changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The action, below the object.
    pub action: &'static str,
    /// Its parameters.
    pub body: Json,
}

/// The application permissions that a resource takes, least privileged first. Several separated by
/// ` + ` are needed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// To read it.
    pub read: &'static str,
    /// To make, change and remove it.
    pub write: &'static str,
}

/// What takes a permission beside those of the resource.
#[derive(Clone, Copy, Debug)]
pub struct More {
    /// What takes it: begins a sentence.
    pub what: &'static str,
    /// The permission.
    pub permission: &'static str,
    /// Whether a change does, as far as the state before (null for a create) and the plan (null for a
    /// destroy) say.
    pub when: fn(&Value, &Value) -> bool,
}

/// The laws that every resource is tested by; see ARCHITECTURE.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the laws are stated in one place, ARCHITECTURE.md")]
pub enum Law {
    L1,
    L2,
    L3,
    L4,
    L5,
    L6,
    L7,
    L8,
    L9,
    L10,
    L11,
    L12,
    L13,
    L14,
    L15,
}

impl Template {
    /// The template, among all of them, that a display name or an id means.
    pub fn find<'a>(templates: &'a [Json], named: &str) -> Option<&'a Json> {
        let means = |json: &Json| json.as_str().is_some_and(|own| own.eq_ignore_ascii_case(named));
        templates.iter().find(|one| means(&one["id"]) || means(&one["displayName"]))
    }
}

impl Resource {
    /// Whether it is one of many settings that are always there, which its attributes tell apart.
    pub fn is_one_of_many(&self) -> bool {
        self.ruled.is_some()
            || self.template().is_some()
            || self.path.replace("{tenant}", "").contains('{')
    }

    /// The template that it comes from, where it is a template's until somebody changes it.
    pub fn template(&self) -> Option<Template> {
        self.whole?.template
    }

    /// An item of a collection.
    pub const MEMBER: Self = Self {
        name: "",
        area: "",
        doc: "",
        reference: "",
        keeps: Keeps::Member,
        path: "",
        entity: "",
        permissions: Permissions { read: "", write: "" },
        selects: true,
        filters: true,
        page: 0,
        headers: &[],
        streams: None,
        attributes: &[],
        also: &[],
        rules: &[],
        judge: None,
        inquiries: &[],
        guard: None,
        keys: &[],
        data: None,
        soft_delete: None,
        requests: None,
        ruled: None,
        whole: None,
        element: None,
        act: None,
        named: None,
        concluded: None,
        create: None,
        update: None,
        remove: None,
        before_delete: None,
        held_by: None,
        retry_on: &[],
        version: 0,
        upgrades: &[],
        moved_from: &[],
        more: &[],
        exceptions: &[],
    };

    /// An object that is always there.
    pub const SINGLETON: Self = Self { keeps: Keeps::Singleton, ..Self::MEMBER };

    /// The one object of a place, or none. Its `create` says how it gets there.
    pub const SLOT: Self = Self { keeps: Keeps::Slot, selects: false, ..Self::MEMBER };

    /// A `$ref`.
    pub const REFERENCE: Self = Self { keeps: Keeps::Reference, ..Self::MEMBER };

    /// An element of a property of another object.
    pub const ELEMENT: Self = Self { keeps: Keeps::Element, selects: false, ..Self::MEMBER };

    /// A slice of another object.
    pub const PART: Self = Self { keeps: Keeps::Part, ..Self::MEMBER };

    /// A schedule changed by requests.
    pub const REQUEST: Self = Self { keeps: Keeps::Request, ..Self::MEMBER };

    /// Something that is done to an object.
    pub const ACT: Self = Self { keeps: Keeps::Act, ..Self::MEMBER };
}
