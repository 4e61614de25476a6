//! Following relationships: members and owners, what is a member of what, and by ids in properties.

use std::collections::HashSet;

use super::context::Context;
use super::links::Relation;
use super::refusal::{Outcome, Refusal};
use super::set::{Direction, Navigation, Properties, Way};
use super::store::{Key, Object, key, text};

type Target<'c> = Outcome<(&'static str, &'c Object)>;

/// The objects at the other end, each with a number by which the next page begins; those after the one
/// numbered `after`.
pub(crate) fn targets<'c>(
    cx: &'c Context,
    navigation: &'static Navigation,
    from: &'c Properties,
    after: u64,
) -> Box<dyn Iterator<Item = (u64, Target<'c>)> + 'c> {
    let start = key(text(from, "id"));
    let keys: Box<dyn Iterator<Item = (u64, Key)> + 'c> = match navigation.way {
        Way::Property(property, set) => {
            return Box::new(
                by_property(cx, property, set, from).into_iter().filter(move |_| after == 0),
            );
        }
        Way::Links(relation, Direction::Forward) => {
            let found = cx.state.links.targets(relation, &start, after, cx.now);
            Box::new(found.map(|(number, key)| (number, key.clone())))
        }
        Way::Links(_, direction) => {
            let found = closure(cx, navigation.way, &start, direction);
            Box::new((1..).zip(found).filter(move |(n, _)| *n > after))
        }
    };
    Box::new(keys.filter_map(move |(number, key)| {
        let (set, object) = cx.state.directory_object(&key)?;
        object.seen(cx.now)?;
        let fits = navigation.targets.is_empty() || navigation.targets.contains(&set);
        fits.then_some((number, Ok((set, object))))
    }))
}

fn by_property<'c>(
    cx: &'c Context,
    property: &str,
    set: &'static str,
    from: &Properties,
) -> Option<(u64, Target<'c>)> {
    let id = text(from, property);
    if id.is_empty() {
        return None;
    }
    let found = match set {
        "directoryObject" => cx.state.directory_object(id),
        set => cx.state.get(set, id).map(|o| (set, o)),
    };
    let found = found.filter(|(_, o)| o.seen(cx.now).is_some());
    Some((1, found.ok_or_else(|| Refusal::no_such_object(id))))
}

/// What is reached by one step, or by any number of steps through groups.
fn closure(cx: &Context, way: Way, start: &Key, direction: Direction) -> Vec<Key> {
    let Way::Links(relation, _) = way else { return Vec::new() };
    let step = |from: &Key| match direction {
        Direction::Forward | Direction::Onwards => {
            cx.state.links.targets(relation, from, 0, cx.now).map(|(_, k)| k.clone()).collect()
        }
        Direction::Backward | Direction::Upwards => {
            let mut found = cx.state.links.sources(relation, from, cx.now);
            // Units hold users and groups beside the groups that they are members of.
            if relation == Relation::Member {
                found.extend(cx.state.links.sources(Relation::UnitMember, from, cx.now));
            }
            found
        }
    };
    let once = matches!(direction, Direction::Forward | Direction::Backward);
    let mut found: Vec<Key> = step(start);
    let mut known: HashSet<Key> = found.iter().cloned().collect();
    let mut next = 0;
    while !once && next < found.len() {
        for further in step(&found[next]) {
            if known.insert(further.clone()) {
                found.push(further);
            }
        }
        next += 1;
    }
    found
}
