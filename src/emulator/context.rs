//! What a side effect may see and touch while a request is answered.

use std::time::Instant;

use serde_json::Value;

use super::links::Relation;
use super::model::{Model, Version};
use super::refusal::{Outcome, Refusal};
use super::set::{Properties, Service, Set};
use super::store::{Key, Object, Place, State, key, text};

/// Who asks: the application that the token was issued to.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) object_id: String,
    /// Application permissions; none: every one.
    pub(crate) roles: Option<Vec<String>>,
}

/// One request on its way through the tenant.
pub(crate) struct Context<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) version: Version,
    pub(crate) now: Instant,
    /// The address of this Graph, without a trailing slash.
    pub(crate) base: &'a str,
    pub(crate) caller: &'a Caller,
    /// `Prefer: include-unknown-enum-members`
    pub(crate) newer_members: bool,
    /// `ConsistencyLevel: eventual`
    pub(crate) eventual: bool,
    /// The id of the parent, where the set is contained in another object.
    pub(crate) parent: String,
}

impl Context<'_> {
    pub(crate) fn model(&self) -> &'static Model {
        self.version.model()
    }

    pub(crate) fn tenant_id(&self) -> &str {
        &self.state.tenant_id
    }

    /// An object of this set that readers see.
    pub(crate) fn find(&self, set: &'static Set, id: &str) -> Outcome<&Object> {
        let place = Place { set: set.ty, parent: &self.parent };
        let by_id = self.state.get(place, id);
        let found = match (by_id, set.alternate_key) {
            (None, Some("userPrincipalName")) => self.state.user_named(id),
            (None, Some(property)) => self.state.collection(place).and_then(|c| {
                c.after(0)
                    .map(|(_, o)| o)
                    .find(|o| text(&o.properties, property).eq_ignore_ascii_case(id))
            }),
            (found, _) => found,
        };
        found.filter(|o| o.seen(self.now).is_some()).ok_or_else(|| not_found(set, id))
    }

    /// What readers see of an object in another set.
    pub(crate) fn seen(&self, set: &'static str, id: &str) -> Option<&Properties> {
        self.state.get(set, id)?.seen(self.now)
    }

    /// What readers see of a directory object, and its set.
    pub(crate) fn directory_object(&self, id: &str) -> Option<(&'static str, &Properties)> {
        let (set, object) = self.state.directory_object(id)?;
        Some((set, object.seen(self.now)?))
    }

    /// The id that an `@odata.id` or `@odata.bind` address names.
    ///
    /// Graph takes any address whose path ends in a directory object; what the address says of its type
    /// must be true.
    pub(crate) fn referred(&self, address: &str) -> Outcome<(&'static str, Key)> {
        let malformed =
            || Refusal::directory("Invalid URL format specified in the payload.".to_owned());
        let path = match address.split_once("://") {
            Some((_, rest)) => rest.split_once('/').ok_or_else(malformed)?.1,
            None => return Err(malformed()),
        };
        let mut segments = path.trim_end_matches('/').split('/');
        if !segments.next().is_some_and(|v| Version::of(v).is_some() || v == "v2") {
            return Err(malformed());
        }
        let segments: Vec<&str> = segments.collect();
        let (kind, id) = match segments.as_slice() {
            [.., kind, id] => (*kind, *id),
            [one] => {
                one.strip_suffix("')").and_then(|s| s.split_once("('")).ok_or_else(malformed)?
            }
            [] => return Err(malformed()),
        };
        let (set, properties) = match self.directory_object(id) {
            Some(found) => found,
            None if kind == "users" => self
                .state
                .user_named(id)
                .and_then(|o| Some(("user", o.seen(self.now)?)))
                .ok_or_else(|| Refusal::no_such_object(id))?,
            None => return Err(Refusal::no_such_object(id)),
        };
        let expected = match kind {
            "users" => "user",
            "groups" => "group",
            "servicePrincipals" => "servicePrincipal",
            "devices" => "device",
            "contacts" => "orgContact",
            "applications" => "application",
            "administrativeUnits" => "administrativeUnit",
            "directoryObjects" => set,
            _ => return Err(malformed()),
        };
        if expected != set {
            return Err(Refusal::no_such_object(id));
        }
        Ok((set, key(text(properties, "id"))))
    }

    /// Makes a link; what is there already is refused in Graph's words.
    pub(crate) fn link(
        &mut self,
        relation: Relation,
        from: &Key,
        to: &Key,
        name: &str,
    ) -> Outcome<()> {
        let since = self.state.lagged();
        if self.state.links.add(relation, from, to, since) {
            return Ok(());
        }
        Err(Refusal::directory(format!(
            "One or more added object references already exist for the following modified properties: '{name}'."
        )))
    }

    pub(crate) fn unlink(&mut self, relation: Relation, from: &Key, to: &Key) -> Outcome<()> {
        let until = self.state.lagged();
        if self.state.links.remove(relation, from, to, until) {
            return Ok(());
        }
        Err(Refusal::no_such_object(to))
    }

    /// The domain of an address, when the tenant has it and it is verified.
    pub(crate) fn verified_domain(&self, name: &str) -> Option<&Properties> {
        let (_, domain) = name.rsplit_once('@')?;
        let domain = self.seen("domain", domain)?;
        (domain.get("isVerified") == Some(&Value::Bool(true))).then_some(domain)
    }
}

/// What each service says of an id that it does not know.
pub(crate) fn not_found(set: &Set, id: &str) -> Refusal {
    match set.service {
        // These have no other names.
        _ if ["group", "administrativeUnit"].contains(&set.ty)
            && uuid::Uuid::try_parse(id).is_err() =>
        {
            Refusal::directory(format!("Invalid object identifier '{id}'."))
        }
        Service::Directory | Service::Roles => Refusal::no_such_object(id),
        Service::ConditionalAccess => {
            Refusal::new(404, "NotFound", format!("{id} does not exist in the directory."))
        }
        Service::Other => {
            Refusal::new(404, "ResourceNotFound", format!("Resource '{id}' does not exist."))
        }
    }
}
