//! The vocabulary in which the emulator states what each collection of objects is.
//!
//! What a type *holds* comes from Graph's metadata (`model`); what Graph *does* with it, and
//! metadata does not say, is a [`Set`]: paths, permissions, what must be sent, what may not, and the
//! side effects as plain functions.

use serde_json::{Map, Value};

use super::context::Context;
use super::links::Relation;
use super::refusal::Outcome;

/// The properties of an object; those that are null or an empty collection are not kept.
pub(crate) type Properties = Map<String, Value>;

/// Alternatives, each a list of permissions that are needed together.
pub(crate) type Permissions = &'static [&'static [&'static str]];

/// Works a property out when it is told.
pub(crate) type Compute = fn(&Context, &Properties) -> Value;

/// What an action answers: a status, and a body if there is one.
pub(crate) type Acted = Outcome<(u16, Option<Value>)>;

/// A collection of objects, or the one object of its kind.
pub(crate) struct Set {
    /// The type, as the metadata names it; also the name of the set.
    pub(crate) ty: &'static str,
    /// Where it is found; `{}` stands for the id of a parent.
    pub(crate) paths: &'static [&'static str],
    pub(crate) singleton: bool,
    /// The id of the one object, where it may be missing until it is written.
    pub(crate) only: &'static str,
    /// Whether PUT writes the object as a whole, and makes it where it is missing.
    pub(crate) put: bool,
    /// Whether PATCH is taken where it may be updated.
    pub(crate) patches: bool,
    /// Whether requests must say a language.
    pub(crate) speaks: bool,
    /// Streams: written by PUT at an address of their own, told as another.
    pub(crate) streams: &'static [Stream],
    pub(crate) service: Service,
    pub(crate) read: Permissions,
    pub(crate) create: Option<Permissions>,
    pub(crate) update: Option<Permissions>,
    pub(crate) delete: Option<Permissions>,
    pub(crate) required: &'static [&'static str],
    /// Accepted by POST and refused by PATCH.
    pub(crate) create_only: &'static [&'static str],
    /// Never accepted; a trailing `*` stands for any ending.
    pub(crate) read_only: &'static [&'static str],
    /// Accepted, and never told.
    pub(crate) write_only: &'static [&'static str],
    /// Contained objects that may be sent within the body.
    pub(crate) inline: &'static [&'static str],
    /// Complex properties whose members PATCH merges; any other is replaced as a whole.
    pub(crate) merged: &'static [&'static str],
    /// Whether bodies must say `@odata.type`, the declared type having variants.
    pub(crate) typed: bool,
    /// Whether PATCH of an unused id creates the object.
    pub(crate) upsert: bool,
    /// Told without `$select`; none: all but the `on_demand` ones.
    pub(crate) defaults: Option<&'static [&'static str]>,
    /// Told only when `$select` names them.
    pub(crate) on_demand: &'static [&'static str],
    /// Another property that a path may give in place of the id.
    pub(crate) alternate_key: Option<&'static str>,
    /// Where deleted objects are listed, if it is a place of this set's own.
    pub(crate) bin: Option<&'static str>,
    /// Whether a deleted object is kept for 30 days.
    pub(crate) is_kept: fn(&Properties) -> bool,
    pub(crate) paging: Paging,
    pub(crate) filterable: Filterable,
    /// A list must be filtered by one of these.
    pub(crate) must_filter: &'static [&'static str],
    /// What happens before the set is read: time has gone by.
    pub(crate) on_read: fn(&mut Context),
    pub(crate) navigation: &'static [Navigation],
    pub(crate) actions: &'static [Action],
    /// Completes and checks a new object.
    pub(crate) on_create: fn(&mut Context, &mut Properties) -> Outcome<()>,
    /// Checks a change: what is, what was sent; the third is what will be.
    pub(crate) on_update:
        fn(&mut Context, &Properties, &Properties, &mut Properties) -> Outcome<()>,
    pub(crate) on_delete: fn(&mut Context, &Properties) -> Outcome<()>,
    /// Properties that are worked out when they are told.
    pub(crate) computed: &'static [(&'static str, Compute)],
    /// The code of a successful PATCH or PUT, by what was sent.
    pub(crate) patched: fn(&Properties) -> u16,
}

/// Whose words and limits apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Users, groups and the like: advanced queries, its own error codes.
    Directory,
    /// Conditional Access and named locations: one request a second, no Retry-After.
    ConditionalAccess,
    /// Role management.
    Roles,
    /// Policies and the rest.
    Other,
}

#[derive(Clone, Copy)]
pub(crate) enum Paging {
    /// The whole collection at once, or `$top` of it.
    Whole,
    /// So many objects without `$top`, 999 at most.
    Pages(usize),
}

#[derive(Clone, Copy)]
pub(crate) enum Filterable {
    No,
    Any,
    Only(&'static [&'static str]),
}

/// A relationship between objects.
pub(crate) struct Navigation {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    /// One object rather than a collection of them.
    pub(crate) single: bool,
    /// Types that may be told or added; empty: all.
    pub(crate) targets: &'static [&'static str],
    /// Whether only the index answers query options.
    pub(crate) is_indexed: bool,
    pub(crate) read: Permissions,
    pub(crate) write: Option<Permissions>,
    pub(crate) on_add: fn(&mut Context, &Properties, &Properties) -> Outcome<()>,
    pub(crate) on_remove: fn(&mut Context, &Properties, &Properties) -> Outcome<()>,
}

/// How a relationship is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By links.
    Links(Relation, Direction),
    /// By an id that this property holds, of an object in that set (`directoryObject`: in any).
    Property(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    /// Those that refer to this object.
    Backward,
    /// Forward, and onwards from groups met on the way.
    Onwards,
    /// Backward, and onwards from groups met on the way.
    Upwards,
}

/// A property that is a stream.
pub(crate) struct Stream {
    pub(crate) name: &'static str,
    /// Checks what is sent: its media type and its content.
    pub(crate) check: fn(&str, &[u8]) -> Outcome<()>,
}

/// A bound action or function: `POST /set/{id}/name`.
pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) permissions: Permissions,
    /// Gets the object and the body.
    pub(crate) run: fn(&mut Context, &Properties, &Properties) -> Acted,
}

impl Set {
    /// What most collections are; a declaration states the difference.
    pub(crate) const COLLECTION: Set = Set {
        ty: "",
        paths: &[],
        singleton: false,
        only: "",
        put: false,
        patches: true,
        speaks: false,
        streams: &[],
        service: Service::Other,
        read: &[],
        create: None,
        update: None,
        delete: None,
        required: &[],
        create_only: &[],
        read_only: &["id"],
        write_only: &[],
        inline: &[],
        merged: &[],
        typed: false,
        upsert: false,
        defaults: None,
        on_demand: &[],
        alternate_key: None,
        bin: None,
        is_kept: |_| false,
        paging: Paging::Whole,
        filterable: Filterable::Any,
        must_filter: &[],
        on_read: |_| {},
        navigation: &[],
        actions: &[],
        on_create: |_, _| Ok(()),
        on_update: |_, _, _, _| Ok(()),
        on_delete: |_, _| Ok(()),
        computed: &[],
        patched: |_| 204,
    };

    /// The one object of its kind: read and changed, never created or deleted.
    pub(crate) const SINGLETON: Set = Set { singleton: true, ..Set::COLLECTION };

    pub(crate) fn is_read_only(&self, property: &str) -> bool {
        self.read_only.iter().any(|rule| match rule.strip_suffix('*') {
            Some(start) => property.starts_with(start),
            None => *rule == property,
        })
    }

    /// The last segment of the first path, by which `@odata.context` names the set.
    pub(crate) fn context(&self) -> &'static str {
        self.paths.first().copied().unwrap_or_default()
    }
}

impl Navigation {
    pub(crate) const MANY: Navigation = Navigation {
        name: "",
        way: Way::Links(Relation::Member, Direction::Forward),
        single: false,
        targets: &[],
        is_indexed: false,
        read: &[],
        write: None,
        on_add: |_, _, _| Ok(()),
        on_remove: |_, _, _| Ok(()),
    };
}
