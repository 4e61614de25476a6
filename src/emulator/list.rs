//! Lists: pages, order, search, counts; of collections, relationships and deleted objects.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::answer::{Body, Reply, context, refuse_listing};
use super::context::{Context, not_found};
use super::query::{Query, Term};
use super::refusal::{Outcome, Refusal};
use super::relations;
use super::route::Related;
use super::set::{Navigation, Paging, Properties, Set};
use super::sets;
use super::store::{Collection, Object, Place};
use super::tell;

/// An object on its way into a list: its number, the set whose rules tell it, and itself.
type Found<'c> = (u64, &'static Set, &'c Object, &'c Properties);

pub(crate) fn collection(
    cx: &Context,
    set: &'static Set,
    query: &Query,
    path: &str,
) -> Outcome<Reply> {
    query.check(cx.model(), set, cx.eventual, true)?;
    let place = Place { set: set.ty, parent: &cx.parent };
    let objects = |after| seen(cx, set, cx.state.collection(place), after);
    let list = List { cx, query, path, page: page(set, query), exact: true };
    let told = list.told(&context(cx, set.context(), query, ""), objects)?;
    Ok(Reply::json(200, told))
}

pub(crate) fn deleted(
    cx: &Context,
    set: &'static Set,
    query: &Query,
    path: &str,
) -> Outcome<Reply> {
    query.check(cx.model(), set, cx.eventual, true)?;
    let objects = |after| seen(cx, set, cx.state.bin(set.ty), after);
    let page =
        if let Paging::Pages(_) = set.paging { query.top.unwrap_or(100) } else { page(set, query) };
    let list = List { cx, query, path, page, exact: true };
    let mut told = list.told(&context(cx, set.context(), query, ""), objects)?;
    if query.select.is_none() {
        for told in told["value"].as_array_mut().into_iter().flatten() {
            let id = told["id"].as_str().unwrap_or_default();
            let object = cx.state.bin(set.ty).and_then(|b| b.get(id));
            let deleted = object.and_then(|o| o.properties.get("deletedDateTime").cloned());
            told["deletedDateTime"] = deleted.unwrap_or_default();
        }
    }
    Ok(Reply::json(200, told))
}

pub(crate) fn count(cx: &Context, set: &'static Set, query: &Query) -> Outcome<Reply> {
    refuse_count(cx)?;
    let counting = Query { count: true, ..Query::parse("")? };
    counting.check(cx.model(), set, cx.eventual, true)?;
    let objects = seen(cx, set, cx.state.collection(Place { set: set.ty, parent: &cx.parent }), 0);
    let count = objects.filter(|(.., o)| passes(o, query)).count();
    Ok(number(count))
}

pub(crate) fn related(
    cx: &Context,
    set: &'static Set,
    id: &str,
    navigation: &'static Navigation,
    what: &Related,
    query: &Query,
    path: &str,
) -> Outcome<Reply> {
    let object = cx.find(set, id)?;
    let from = object.seen(cx.now).ok_or_else(|| not_found(set, id))?;
    let cast = match what {
        Related::Objects(cast) => *cast,
        _ => None,
    };
    let rules = cast.or_else(|| sets::of_type("user")).ok_or_else(Refusal::method_not_allowed)?;
    query.check(cx.model(), rules, cx.eventual, cast.is_some())?;
    let is_plain = query.raw.iter().all(|(name, _)| name.eq_ignore_ascii_case("$skiptoken"));
    if navigation.is_indexed && !is_plain && !(cx.eventual && query.count) {
        return Err(Refusal::unsupported_query(format!(
            "The query parameters of '{}' are supported only with advanced query parameters.",
            navigation.name
        )));
    }
    let objects = |after| -> Box<dyn Iterator<Item = Found>> {
        let found = relations::targets(cx, navigation, from, after);
        Box::new(found.filter_map(move |(number, target)| {
            let (set, object) = target.ok()?;
            let fits = cast.is_none_or(|cast| cast.ty == set);
            fits.then_some((number, sets::of_type(set)?, object, object.seen(cx.now)?))
        }))
    };
    match what {
        Related::Objects(_) if navigation.single => {
            refuse_listing(query)?;
            let found =
                objects(0).next().ok_or_else(|| Refusal::no_such_object(navigation.name))?;
            let (_, set, object, seen) = found;
            let mut told = Map::new();
            told.insert(
                "@odata.context".into(),
                context(cx, "directoryObjects", query, "/$entity").into(),
            );
            told.extend(tell::any_object(cx, set.ty, object.ty, seen, query)?);
            Ok(Reply::json(200, Value::Object(told)))
        }
        Related::Objects(cast) => {
            let name = cast.map_or("directoryObjects", Set::context);
            let page = query.top.unwrap_or(100);
            let list = List { cx, query, path, page, exact: cast.is_some() };
            Ok(Reply::json(200, list.told(&context(cx, name, query, ""), objects)?))
        }
        Related::Count => {
            refuse_count(cx)?;
            Ok(number(objects(0).filter(|(.., o)| passes(o, query)).count()))
        }
        Related::References if navigation.single => {
            let (_, _, object, _) =
                objects(0).next().ok_or_else(|| Refusal::no_such_object(navigation.name))?;
            let context = context(cx, "$ref", &Query::default(), "");
            Ok(Reply::json(
                200,
                serde_json::json!({ "@odata.context": context, "@odata.id": reference(cx, object) }),
            ))
        }
        Related::References => {
            let value: Vec<Value> = objects(0)
                .map(|(_, _, o, _)| serde_json::json!({ "@odata.id": reference(cx, o) }))
                .collect();
            let context = context(cx, "Collection($ref)", &Query::default(), "");
            Ok(Reply::json(200, serde_json::json!({ "@odata.context": context, "value": value })))
        }
        Related::Reference(_) => Err(Refusal::method_not_allowed()),
    }
}

fn reference(cx: &Context, object: &Object) -> String {
    format!("{}/{}/directoryObjects/{}", cx.base, cx.version.as_str(), object.id())
}

fn refuse_count(cx: &Context) -> Outcome<()> {
    if cx.eventual { Ok(()) } else { Err(Refusal::directory("$count is not currently supported.")) }
}

fn number(count: usize) -> Reply {
    Reply { status: 200, body: Body::Text(count.to_string()), location: None }
}

fn page(set: &Set, query: &Query) -> usize {
    match (query.top, set.paging) {
        (Some(top), _) => top,
        (None, Paging::Pages(size)) => size,
        (None, Paging::Whole) => usize::MAX,
    }
}

fn seen<'c>(
    cx: &'c Context,
    set: &'static Set,
    collection: Option<&'c Collection>,
    after: u64,
) -> Box<dyn Iterator<Item = Found<'c>> + 'c> {
    let objects = collection.into_iter().flat_map(move |c| c.after(after));
    Box::new(objects.filter_map(move |(n, o)| Some((n, set, o, o.seen(cx.now)?))))
}

fn passes(object: &Properties, query: &Query) -> bool {
    query.filter.as_ref().is_none_or(|f| f.passes(object))
        && query.search.as_ref().is_none_or(|terms| found(object, terms))
}

/// Whether one of the alternatives, each of terms that must all be there, is met.
fn found(object: &Properties, terms: &[Term]) -> bool {
    let mut all = true;
    for term in terms {
        let value =
            object.get(&term.property).and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let begins = value.starts_with(&term.text)
            || value.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(&term.text));
        all = all && begins;
        if term.or {
            if all {
                return true;
            }
            all = true;
        }
    }
    all
}

struct List<'c, 's> {
    cx: &'c Context<'s>,
    query: &'c Query,
    path: &'c str,
    page: usize,
    exact: bool,
}

impl<'c> List<'c, '_> {
    fn told<'o, I>(&self, context: &str, objects: impl Fn(u64) -> I) -> Outcome<Value>
    where
        I: Iterator<Item = Found<'o>>,
    {
        let token = self.query.skip_token.as_deref().map(read_token).transpose()?.unwrap_or(0);
        let mut told = Map::new();
        told.insert("@odata.context".into(), context.into());
        if self.query.count && token == 0 {
            let count = objects(0).filter(|(.., o)| passes(o, self.query)).count();
            told.insert("@odata.count".into(), count.into());
        }
        let (found, next) = if self.query.order.is_empty() {
            self.in_place(objects(token))
        } else {
            self.in_order(objects(0), token)
        };
        let mut value = Vec::with_capacity(found.len());
        for (_, set, object, seen) in found {
            value.push(Value::Object(if self.exact {
                tell::object(self.cx, set, object.ty, seen, self.query)?
            } else {
                tell::any_object(self.cx, set.ty, object.ty, seen, self.query)?
            }));
        }
        if let Some(next) = next {
            told.insert("@odata.nextLink".into(), self.next_link(next).into());
        }
        told.insert("value".into(), value.into());
        Ok(Value::Object(told))
    }

    /// A page in the order of creation; the token is the number of the last object told.
    fn in_place<'o>(
        &self,
        objects: impl Iterator<Item = Found<'o>>,
    ) -> (Vec<Found<'o>>, Option<u64>) {
        let mut passing = objects.filter(|(.., o)| passes(o, self.query));
        let found: Vec<_> = passing.by_ref().take(self.page).collect();
        let next = passing.next().and(found.last().map(|(n, ..)| *n));
        (found, next)
    }

    /// A page in the order asked for; the token is how many were told before.
    fn in_order<'o>(
        &self,
        objects: impl Iterator<Item = Found<'o>>,
        told: u64,
    ) -> (Vec<Found<'o>>, Option<u64>) {
        let mut found: Vec<_> = objects.filter(|(.., o)| passes(o, self.query)).collect();
        found.sort_by(|(.., a), (.., b)| self.compare(a, b));
        let before = usize::try_from(told).unwrap_or(usize::MAX);
        let rest = found.len().saturating_sub(before);
        let page: Vec<_> = found.into_iter().skip(before).take(self.page).collect();
        let next = (rest > self.page).then(|| told + page.len() as u64);
        (page, next)
    }

    fn compare(&self, a: &Properties, b: &Properties) -> Ordering {
        for (path, descending) in &self.query.order {
            let value =
                |o: &Properties| path.first().and_then(|n| o.get(n)).cloned().unwrap_or_default();
            let ordering = match (value(a), value(b)) {
                (Value::String(a), Value::String(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
                (Value::Number(a), Value::Number(b)) => {
                    a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
                }
                (a, b) => a.to_string().cmp(&b.to_string()),
            };
            if ordering.is_ne() {
                return if *descending { ordering.reverse() } else { ordering };
            }
        }
        Ordering::Equal
    }

    fn next_link(&self, next: u64) -> String {
        let mut link = format!("{}/{}{}?", self.cx.base, self.cx.version.as_str(), self.path);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.query.raw {
            if !name.eq_ignore_ascii_case("$skiptoken") {
                query.append_pair(name, value);
            }
        }
        query.append_pair("$skiptoken", &write_token(next));
        link.push_str(&query.finish());
        link
    }
}

/// Clients must take the token as it is: it looks like nothing that they could count.
fn write_token(number: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("page:{number}:graph"))
}

fn read_token(token: &str) -> Outcome<u64> {
    let wrong = || {
        Refusal::new(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let number =
        text.strip_prefix("page:").and_then(|t| t.strip_suffix(":graph")).ok_or_else(wrong)?;
    number.parse().map_err(|_| wrong())
}
