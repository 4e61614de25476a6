//! Relationships between objects, both ways, in the order in which they were made.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use super::store::Key;

/// What a link means, read from its source: "user *has manager* user".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    /// A group's members.
    Member,
    /// A group's, application's or service principal's owners.
    Owner,
    /// A user's manager.
    Manager,
    /// An administrative unit's members.
    UnitMember,
    /// The groups that a staged rollout is for.
    Rollout,
}

/// All links of a tenant.
#[derive(Default)]
pub(crate) struct Links {
    rows: HashMap<(Relation, Key), Row>,
    back: HashMap<(Relation, Key), HashSet<Key>>,
    serial: u64,
}

#[derive(Default)]
struct Row {
    order: BTreeMap<u64, Edge>,
    index: HashMap<Key, u64>,
}

struct Edge {
    target: Key,
    /// When readers begin, and cease, to see it; none: always.
    since: Option<Instant>,
    until: Option<Instant>,
}

impl Edge {
    fn is_seen(&self, now: Instant) -> bool {
        self.since.is_none_or(|t| now >= t) && self.until.is_none_or(|t| now < t)
    }
}

impl Links {
    /// Makes a link that readers see from `since` on; false when it is there already.
    pub(crate) fn add(
        &mut self,
        relation: Relation,
        from: &Key,
        to: &Key,
        since: Option<Instant>,
    ) -> bool {
        if self.holds(relation, from, to) {
            return false;
        }
        self.cut(relation, from, to);
        self.serial += 1;
        let row = self.rows.entry((relation, from.clone())).or_default();
        row.index.insert(to.clone(), self.serial);
        row.order.insert(self.serial, Edge { target: to.clone(), since, until: None });
        self.back.entry((relation, to.clone())).or_default().insert(from.clone());
        true
    }

    /// Removes a link that readers see until `until`; false when there is none.
    pub(crate) fn remove(
        &mut self,
        relation: Relation,
        from: &Key,
        to: &Key,
        until: Option<Instant>,
    ) -> bool {
        if !self.holds(relation, from, to) {
            return false;
        }
        if until.is_none() {
            self.cut(relation, from, to);
        } else if let Some(edge) = self.edge(relation, from, to) {
            edge.until = until;
        }
        true
    }

    /// Whether the link is there, whatever readers see.
    pub(crate) fn holds(&self, relation: Relation, from: &Key, to: &Key) -> bool {
        self.rows.get(&(relation, from.clone())).is_some_and(|row| {
            row.index.get(to).and_then(|n| row.order.get(n)).is_some_and(|e| e.until.is_none())
        })
    }

    /// The targets that readers see, after the one numbered `after`, each with its number.
    pub(crate) fn targets<'a>(
        &'a self,
        relation: Relation,
        from: &Key,
        after: u64,
        now: Instant,
    ) -> impl Iterator<Item = (u64, &'a Key)> + use<'a> {
        let row = self.rows.get(&(relation, from.clone()));
        row.into_iter()
            .flat_map(move |row| row.order.range(after + 1..))
            .filter(move |(_, edge)| edge.is_seen(now))
            .map(|(number, edge)| (*number, &edge.target))
    }

    /// How many targets there are, whatever readers see.
    pub(crate) fn count(&self, relation: Relation, from: &Key) -> usize {
        self.rows
            .get(&(relation, from.clone()))
            .map_or(0, |row| row.order.values().filter(|e| e.until.is_none()).count())
    }

    /// The sources that readers see.
    pub(crate) fn sources(&self, relation: Relation, to: &Key, now: Instant) -> Vec<Key> {
        let sources = self.back.get(&(relation, to.clone()));
        let mut sources: Vec<Key> = sources
            .into_iter()
            .flatten()
            .filter(|from| {
                let row = self.rows.get(&(relation, (*from).clone()));
                row.and_then(|row| row.order.get(row.index.get(to)?))
                    .is_some_and(|e| e.is_seen(now))
            })
            .cloned()
            .collect();
        sources.sort();
        sources
    }

    /// Forgets an object that is gone for good.
    pub(crate) fn forget(&mut self, key: &Key) {
        for relation in [
            Relation::Member,
            Relation::Owner,
            Relation::Manager,
            Relation::UnitMember,
            Relation::Rollout,
        ] {
            if let Some(row) = self.rows.remove(&(relation, key.clone())) {
                for target in row.index.keys() {
                    if let Some(back) = self.back.get_mut(&(relation, target.clone())) {
                        back.remove(key);
                    }
                }
            }
            for source in self.back.remove(&(relation, key.clone())).into_iter().flatten() {
                self.cut(relation, &source, key);
            }
        }
    }

    fn edge(&mut self, relation: Relation, from: &Key, to: &Key) -> Option<&mut Edge> {
        let row = self.rows.get_mut(&(relation, from.clone()))?;
        let number = row.index.get(to)?;
        row.order.get_mut(number)
    }

    fn cut(&mut self, relation: Relation, from: &Key, to: &Key) {
        if let Some(row) = self.rows.get_mut(&(relation, from.clone()))
            && let Some(number) = row.index.remove(to)
        {
            row.order.remove(&number);
        }
        if let Some(back) = self.back.get_mut(&(relation, to.clone())) {
            back.remove(from);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn links_are_seen_when_their_time_has_come() {
        let (mut links, now) = (Links::default(), Instant::now());
        let later = now + Duration::from_secs(5);
        let (group, user): (Key, Key) = ("g".into(), "u".into());
        let seen = |links: &Links, at| links.targets(Relation::Member, &group, 0, at).count();
        assert!(links.add(Relation::Member, &group, &user, Some(later)));
        assert!(!links.add(Relation::Member, &group, &user, None));
        assert_eq!((seen(&links, now), seen(&links, later)), (0, 1));
        assert!(links.remove(
            Relation::Member,
            &group,
            &user,
            Some(later + Duration::from_secs(5))
        ));
        assert!(!links.remove(Relation::Member, &group, &user, None));
        assert_eq!(
            (seen(&links, later), links.sources(Relation::Member, &user, later).len()),
            (1, 1)
        );
        assert!(links.add(Relation::Member, &group, &user, None));
        links.forget(&user);
        assert_eq!((seen(&links, later), links.count(Relation::Member, &group)), (0, 0));
    }
}
