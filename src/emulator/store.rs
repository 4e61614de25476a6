//! What a tenant holds: objects by id, in the order of their creation, with what replication lag
//! still hides from readers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::links::Links;
use super::set::Properties;

/// An id, in lower case: paths may write a GUID in any case.
pub(crate) type Key = Arc<str>;

pub(crate) fn key(id: &str) -> Key {
    if id.bytes().any(|b| b.is_ascii_uppercase()) {
        id.to_ascii_lowercase().into()
    } else {
        id.into()
    }
}

/// A tenant.
pub(crate) struct State {
    pub(crate) tenant_id: String,
    pub(crate) default_domain: String,
    collections: HashMap<&'static str, Collection>,
    nested: HashMap<(&'static str, Key), Collection>,
    deleted: HashMap<&'static str, Collection>,
    /// Which collection holds a directory object.
    directory: HashMap<Key, &'static str>,
    /// Users by userPrincipalName.
    names: HashMap<String, Key>,
    pub(crate) links: Links,
    pub(crate) random: fastrand::Rng,
    pub(crate) lag: Duration,
    /// Set while the tenant is filled, and for changes that come from outside.
    pub(crate) immediate: bool,
    /// How far the clock of assignments is ahead of the world's.
    pub(crate) ahead: jiff::SignedDuration,
    /// How old an assignment must be to be changed or ended.
    pub(crate) shortest: jiff::SignedDuration,
    /// How long a request for an assignment waits before it is carried out, or fails.
    pub(crate) provisioning: jiff::SignedDuration,
    pub(crate) provisioning_fails: bool,
    /// Whether an assignment is still listed after its end.
    pub(crate) keeps_ended: bool,
    /// How many more proofs of a domain find no DNS record.
    pub(crate) unpublished: u64,
}

/// Objects of one type.
#[derive(Default)]
pub(crate) struct Collection {
    objects: HashMap<Key, Object>,
    order: BTreeMap<u64, Key>,
    serial: u64,
}

/// An object, and what readers see in its place for a while.
pub(crate) struct Object {
    /// The type, which may be derived from the collection's.
    pub(crate) ty: &'static str,
    pub(crate) properties: Properties,
    serial: u64,
    lag: Option<Lag>,
}

struct Lag {
    until: Instant,
    /// What readers see until then; none: nothing.
    before: Option<Properties>,
    is_deleted: bool,
}

impl Object {
    /// What a reader sees at this moment.
    pub(crate) fn seen(&self, now: Instant) -> Option<&Properties> {
        match &self.lag {
            Some(lag) if now < lag.until => lag.before.as_ref(),
            Some(lag) if lag.is_deleted => None,
            _ => Some(&self.properties),
        }
    }

    /// Whether readers came to see it some time after it was made.
    pub(crate) fn came_late(&self) -> bool {
        self.lag.as_ref().is_some_and(|lag| lag.before.is_none() && !lag.is_deleted)
    }

    /// What is true, whatever readers see.
    pub(crate) fn current(&self) -> Option<&Properties> {
        let is_deleted = self.lag.as_ref().is_some_and(|lag| lag.is_deleted);
        (!is_deleted).then_some(&self.properties)
    }

    pub(crate) fn id(&self) -> &str {
        text(&self.properties, "id")
    }
}

/// A text property, empty when it is not set.
pub(crate) fn text<'a>(properties: &'a Properties, name: &str) -> &'a str {
    properties.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A Boolean property, false when it is not set.
pub(crate) fn flag(properties: &Properties, name: &str) -> bool {
    properties.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// The texts of a collection property.
pub(crate) fn texts<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a str> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

impl Collection {
    pub(crate) fn get(&self, id: &str) -> Option<&Object> {
        self.objects.get(&key(id))
    }

    /// The objects after the one numbered `after`, with their numbers.
    pub(crate) fn after(&self, after: u64) -> impl DoubleEndedIterator<Item = (u64, &Object)> {
        self.order.range(after + 1..).filter_map(|(n, key)| Some((*n, self.objects.get(key)?)))
    }

    fn put(&mut self, ty: &'static str, properties: Properties, lag: Option<Lag>) {
        let key = key(text(&properties, "id"));
        self.serial += 1;
        let object = Object { ty, properties, serial: self.serial, lag };
        if let Some(old) = self.objects.insert(key.clone(), object) {
            self.order.remove(&old.serial);
        }
        self.order.insert(self.serial, key);
    }

    fn take(&mut self, key: &Key) -> Option<Object> {
        let object = self.objects.remove(key)?;
        self.order.remove(&object.serial);
        Some(object)
    }
}

/// Where an object lives: its collection, and the id of the parent it is contained in.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) set: &'static str,
    pub(crate) parent: &'a str,
}

impl From<&'static str> for Place<'_> {
    fn from(set: &'static str) -> Self {
        Place { set, parent: "" }
    }
}

/// Types whose ids share one space, behind `/directoryObjects`.
pub(crate) const DIRECTORY: &[&str] = &[
    "user",
    "group",
    "servicePrincipal",
    "application",
    "administrativeUnit",
    "device",
    "orgContact",
];

impl State {
    pub(crate) fn new(tenant_id: &str, default_domain: &str, seed: u64) -> State {
        State {
            tenant_id: tenant_id.to_owned(),
            default_domain: default_domain.to_owned(),
            collections: HashMap::new(),
            nested: HashMap::new(),
            deleted: HashMap::new(),
            directory: HashMap::new(),
            names: HashMap::new(),
            links: Links::default(),
            random: fastrand::Rng::with_seed(seed),
            lag: Duration::ZERO,
            immediate: true,
            ahead: jiff::SignedDuration::ZERO,
            shortest: jiff::SignedDuration::ZERO,
            provisioning: jiff::SignedDuration::ZERO,
            provisioning_fails: false,
            keeps_ended: false,
            unpublished: 0,
        }
    }

    /// The moment, for what begins and ends.
    pub(crate) fn clock(&self) -> jiff::Timestamp {
        jiff::Timestamp::now() + self.ahead
    }

    pub(crate) fn new_id(&mut self) -> String {
        let bytes: [u8; 16] = std::array::from_fn(|_| self.random.u8(..));
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// When readers will see what is written now; none: at once.
    pub(crate) fn lagged(&self) -> Option<Instant> {
        (!self.lag.is_zero() && !self.immediate).then(|| Instant::now() + self.lag)
    }

    pub(crate) fn collection(&self, place: Place) -> Option<&Collection> {
        if place.parent.is_empty() {
            self.collections.get(place.set)
        } else {
            self.nested.get(&(place.set, key(place.parent)))
        }
    }

    fn collection_mut(&mut self, place: Place) -> &mut Collection {
        if place.parent.is_empty() {
            self.collections.entry(place.set).or_default()
        } else {
            self.nested.entry((place.set, key(place.parent))).or_default()
        }
    }

    pub(crate) fn bin(&self, set: &'static str) -> Option<&Collection> {
        self.deleted.get(set)
    }

    pub(crate) fn get<'a>(&self, place: impl Into<Place<'a>>, id: &str) -> Option<&Object> {
        self.collection(place.into())?.get(id)
    }

    /// All objects that are, whatever readers see.
    pub(crate) fn all(
        &self,
        set: &'static str,
    ) -> impl Iterator<Item = (&'static str, &Properties)> {
        self.collections
            .get(set)
            .into_iter()
            .flat_map(|c| c.after(0))
            .filter_map(|(_, o)| Some((o.ty, o.current()?)))
    }

    /// A directory object, whatever its type, and the set that holds it.
    pub(crate) fn directory_object(&self, id: &str) -> Option<(&'static str, &Object)> {
        let set = *self.directory.get(&key(id))?;
        Some((set, self.get(set, id)?))
    }

    pub(crate) fn user_named(&self, name: &str) -> Option<&Object> {
        let key = self.names.get(&name.to_lowercase())?;
        self.collections.get("user")?.objects.get(key)
    }

    /// Adds an object whose properties are complete.
    pub(crate) fn insert<'a>(
        &mut self,
        place: impl Into<Place<'a>>,
        ty: &'static str,
        properties: Properties,
    ) {
        let place = place.into();
        let lag = self.lagged().map(|until| Lag { until, before: None, is_deleted: false });
        self.index(place.set, &properties);
        self.collection_mut(place).put(ty, properties, lag);
    }

    /// Replaces the properties of an object.
    pub(crate) fn replace<'a>(
        &mut self,
        place: impl Into<Place<'a>>,
        id: &str,
        properties: Properties,
    ) {
        let place = place.into();
        let lagged = self.lagged();
        if place.set == "user"
            && let Some(old) = self
                .get(place.set, id)
                .map(|o| text(&o.properties, "userPrincipalName").to_lowercase())
        {
            self.names.remove(&old);
        }
        self.index(place.set, &properties);
        let Some(object) = self.collection_mut(place).objects.get_mut(&key(id)) else { return };
        let seen = object.seen(Instant::now()).cloned();
        object.lag = match (object.lag.take(), lagged) {
            // What was not seen yet stays hidden no longer than it would have been.
            (Some(lag), Some(_)) if lag.before.is_none() && Instant::now() < lag.until => Some(lag),
            (_, Some(until)) => Some(Lag { until, before: seen, is_deleted: false }),
            (lag, None) => lag.filter(|lag| lag.before.is_none()),
        };
        object.properties = properties;
    }

    /// Removes an object; with `keep` it goes where deleted objects are kept.
    pub(crate) fn remove<'a>(&mut self, place: impl Into<Place<'a>>, id: &str, keep: bool) {
        let place = place.into();
        let lagged = self.lagged();
        let key = key(id);
        let Some(object) = self.collection_mut(place).objects.get(&key) else { return };
        let (ty, mut properties) = (object.ty, object.properties.clone());
        self.names.remove(&text(&properties, "userPrincipalName").to_lowercase());
        match lagged {
            None => {
                self.collection_mut(place).take(&key);
                self.directory.remove(&key);
            }
            Some(until) => {
                if let Some(object) = self.collection_mut(place).objects.get_mut(&key) {
                    let before = object.seen(Instant::now()).cloned();
                    object.lag = Some(Lag { until, before, is_deleted: true });
                }
            }
        }
        if keep {
            properties.insert("deletedDateTime".into(), now().into());
            self.deleted.entry(place.set).or_default().put(ty, properties, None);
        } else if place.parent.is_empty() && DIRECTORY.contains(&place.set) {
            self.links.forget(&key);
        }
    }

    /// Takes an object from where deleted ones are kept: back, or away for good.
    pub(crate) fn take_deleted(
        &mut self,
        set: &'static str,
        id: &str,
        restore: bool,
    ) -> Option<Properties> {
        let key = key(id);
        let mut object = self.deleted.get_mut(set)?.take(&key)?;
        object.properties.remove("deletedDateTime");
        if restore {
            self.insert(set, object.ty, object.properties.clone());
        } else {
            self.links.forget(&key);
        }
        Some(object.properties)
    }

    /// How many objects of each type there are, and how many are deleted.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let current = |c: &Collection| c.objects.values().filter(|o| o.current().is_some()).count();
        let live = self.collections.iter().map(|(set, c)| ((*set).to_owned(), current(c)));
        let gone = self.deleted.iter().map(|(set, c)| (format!("deleted {set}"), current(c)));
        live.chain(gone).collect()
    }

    fn index(&mut self, set: &'static str, properties: &Properties) {
        if DIRECTORY.contains(&set) {
            self.directory.insert(key(text(properties, "id")), set);
        }
        if set == "user" {
            let name = text(properties, "userPrincipalName").to_lowercase();
            self.names.insert(name, key(text(properties, "id")));
        }
    }
}

/// The moment, as Graph writes it.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
