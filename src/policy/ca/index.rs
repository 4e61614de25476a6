//! Look-ups over a directory, made once: ids without regard to case, and nested groups flattened.

use std::collections::{HashMap, HashSet};

use super::directory::{Directory, NamedLocation, ServicePrincipal, User};
use super::known::{DEPENDENCIES, SUITES};

/// A directory with its look-ups.
#[derive(Debug)]
pub(super) struct Index<'a> {
    pub(super) directory: &'a Directory,
    users: HashMap<String, &'a User>,
    service_principals: HashMap<String, &'a ServicePrincipal>,
    by_app_id: HashMap<String, &'a ServicePrincipal>,
    locations: HashMap<String, &'a NamedLocation>,
    /// For each member of a group, user or group: every group that it is in, however deep.
    groups_of: HashMap<String, HashSet<String>>,
    /// Groups of which not every member is known.
    open: HashSet<String>,
    /// Groups that were read.
    groups: HashSet<String>,
}

impl<'a> Index<'a> {
    pub(super) fn new(directory: &'a Directory) -> Self {
        let (groups_of, open) = flatten(directory);
        Self {
            directory,
            users: directory.users.iter().map(|user| (user.id.to_lowercase(), user)).collect(),
            service_principals: by(&directory.service_principals, |sp| Some(&sp.id)),
            by_app_id: by(&directory.service_principals, |sp| sp.app_id.as_deref()),
            locations: by(&directory.locations, |location| Some(location.id())),
            groups_of,
            open,
            groups: directory.groups.iter().map(|group| group.id.to_lowercase()).collect(),
        }
    }

    pub(super) fn user(&self, id: &str) -> Option<&'a User> {
        self.users.get(id).copied()
    }

    pub(super) fn service_principal(&self, id: &str) -> Option<&'a ServicePrincipal> {
        self.service_principals.get(id).copied()
    }

    pub(super) fn application(&self, app_id: &str) -> Option<&'a ServicePrincipal> {
        self.by_app_id.get(app_id).copied()
    }

    pub(super) fn location(&self, id: &str) -> Option<&'a NamedLocation> {
        self.locations.get(id).copied()
    }

    /// Every group that a user or group is in, as far as the groups tell.
    pub(super) fn groups_of(&self, member: &str) -> Option<&HashSet<String>> {
        self.groups_of.get(member)
    }

    /// Whether `group` may have members that are not known.
    pub(super) fn is_open(&self, group: &str) -> bool {
        self.open.contains(group)
            || !(self.groups.contains(group) || self.directory.complete.groups)
    }

    /// The applications that a suite keyword stands for.
    pub(super) fn suite(&self, keyword: &str) -> impl Iterator<Item = String> {
        merged(&SUITES, &self.directory.suites, keyword)
    }

    /// The applications that `app_id` needs a token for before it opens.
    pub(super) fn dependencies(&self, app_id: &str) -> impl Iterator<Item = String> {
        merged(&DEPENDENCIES, &self.directory.dependencies, app_id)
    }
}

fn by<'a, T>(items: &'a [T], key: impl Fn(&'a T) -> Option<&'a str>) -> HashMap<String, &'a T> {
    items.iter().filter_map(|item| Some((key(item)?.to_lowercase(), item))).collect()
}

/// What is known of `key`, and what the directory adds to it.
fn merged(
    known: &'static [(&str, &[&str])],
    added: &std::collections::BTreeMap<String, Vec<String>>,
    key: &str,
) -> impl Iterator<Item = String> {
    let known = known.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(key));
    let added: Vec<String> = added
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(key))
        .flat_map(|(_, ids)| ids.iter().map(|id| id.to_lowercase()))
        .collect();
    known.flat_map(|(_, ids)| ids.iter().map(|&id| id.to_owned())).chain(added)
}

/// Turns groups with direct members into members with all their groups. Nesting may be circular.
fn flatten(directory: &Directory) -> (HashMap<String, HashSet<String>>, HashSet<String>) {
    let mut parents: HashMap<String, Vec<String>> = HashMap::new();
    let mut open: HashSet<String> = HashSet::new();
    for group in &directory.groups {
        let id = group.id.to_lowercase();
        match &group.members {
            None => {
                open.insert(id);
            }
            Some(members) => {
                for member in members {
                    parents.entry(member.to_lowercase()).or_default().push(id.clone());
                }
            }
        }
    }
    let mut groups_of = HashMap::new();
    for member in parents.keys() {
        groups_of.insert(member.clone(), reachable(&parents, member));
    }
    // A group that holds an open one is open itself.
    let inherited: Vec<String> =
        open.iter().filter_map(|group| groups_of.get(group)).flatten().cloned().collect();
    open.extend(inherited);
    (groups_of, open)
}

fn reachable(parents: &HashMap<String, Vec<String>>, member: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut next = vec![member];
    while let Some(id) = next.pop() {
        for parent in parents.get(id).into_iter().flatten() {
            if found.insert(parent.clone()) {
                next.push(parent);
            }
        }
    }
    found
}
