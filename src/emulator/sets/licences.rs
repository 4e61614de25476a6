//! Licences: what groups and users have, and how the number of those in use follows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::links::Relation;
use super::super::refusal::{Outcome, Refusal};
use super::super::set::{Acted, Action, Permissions, Properties};
use super::super::store::{key, now, text, texts};

const ASSIGN_TO_GROUP: Permissions =
    &[&["LicenseAssignment.ReadWrite.All"], &["Group.ReadWrite.All"], &["Directory.ReadWrite.All"]];
const ASSIGN_TO_USER: Permissions =
    &[&["LicenseAssignment.ReadWrite.All"], &["User.ReadWrite.All"], &["Directory.ReadWrite.All"]];

/// Answered before it is done, as far as members are concerned.
pub(super) const OF_GROUP: Action = Action {
    name: "assignLicense",
    method: "POST",
    permissions: ASSIGN_TO_GROUP,
    run: |cx, group, sent| {
        let (adds, removes) = parameters(cx, sent)?;
        let licences = changed(group, "assignedLicenses", &adds, &removes)?;
        finish(cx, "group", group, &[("assignedLicenses", licences)], 202)
    },
};

pub(super) const OF_USER: Action = Action {
    name: "assignLicense",
    method: "POST",
    permissions: ASSIGN_TO_USER,
    run: |cx, user, sent| {
        let (adds, removes) = parameters(cx, sent)?;
        if !adds.is_empty() && text(user, "usageLocation").is_empty() {
            return Err(Refusal::directory(
                "License assignment cannot be done for user with invalid usage location.",
            ));
        }
        for sku in adds.iter().map(|one| text_of(one, "skuId")) {
            if !own(user).any(|has| same(text_of(has, "skuId"), sku)) {
                consume(cx, sku, 1)?;
            }
        }
        let states = changed(user, "licenseAssignmentStates", &adds, &removes)?;
        for sku in &removes {
            consume(cx, sku, -1)?;
        }
        finish(cx, "user", user, &[("licenseAssignmentStates", states)], 200)
    },
};

fn finish(
    cx: &mut Context,
    set: &'static str,
    object: &Properties,
    changes: &[(&str, Value)],
    status: u16,
) -> Acted {
    let mut next = object.clone();
    for (name, value) in changes {
        next.insert((*name).to_owned(), value.clone());
    }
    cx.state.replace(set, &key(text(object, "id")), next.clone());
    let told = json!({ "id": next["id"], "displayName": next.get("displayName") });
    Ok((status, Some(told)))
}

/// What comes and what goes, of products that the tenant has.
fn parameters(cx: &Context, sent: &Properties) -> Outcome<(Vec<Value>, Vec<String>)> {
    let (Some(adds), Some(removes)) = (
        sent.get("addLicenses").and_then(Value::as_array),
        sent.get("removeLicenses").and_then(Value::as_array),
    ) else {
        return Err(Refusal::directory(
            "One or more parameters of the function import 'assignLicense' are missing from the request payload.",
        ));
    };
    for add in adds {
        if product(cx, text_of(add, "skuId")).is_none() {
            return Err(Refusal::directory(format!(
                "License {} does not correspond to a valid company License.",
                text_of(add, "skuId")
            )));
        }
    }
    let removes = removes.iter().filter_map(Value::as_str).map(str::to_owned);
    Ok((adds.clone(), removes.collect()))
}

/// The licences in a property once these came and those went.
fn changed(
    object: &Properties,
    property: &str,
    adds: &[Value],
    removes: &[String],
) -> Outcome<Value> {
    let kept = object.get(property).and_then(Value::as_array).cloned().unwrap_or_default();
    let goes = |sku: &str| removes.iter().any(|gone| same(gone, sku));
    if let Some(missing) =
        removes.iter().find(|gone| !kept.iter().any(|one| same(text_of(one, "skuId"), gone)))
    {
        return Err(Refusal::directory(format!(
            "The object does not have a corresponding license {missing}."
        )));
    }
    let comes = |sku: &str| adds.iter().any(|add| same(text_of(add, "skuId"), sku));
    let stay = kept.into_iter().filter(|one| {
        let sku = text_of(one, "skuId");
        !goes(sku) && !comes(sku)
    });
    let is_state = property == "licenseAssignmentStates";
    let added = adds.iter().map(|add| {
        let plans = texts(add, "disabledPlans").collect::<Vec<_>>();
        let mut one = json!({ "skuId": text_of(add, "skuId"), "disabledPlans": plans });
        if is_state {
            one["assignedByGroup"] = Value::Null;
            one["state"] = "Active".into();
            one["error"] = "None".into();
            one["lastUpdatedDateTime"] = now().into();
        }
        one
    });
    Ok(stay.chain(added).collect())
}

/// Uses so many licences of a product, or gives them back.
fn consume(cx: &mut Context, sku: &str, many: i64) -> Outcome<()> {
    let Some(mut product) = product(cx, sku).cloned() else { return Ok(()) };
    let used = product.get("consumedUnits").and_then(Value::as_i64).unwrap_or(0) + many;
    let all = product.get("prepaidUnits").and_then(|units| units["enabled"].as_i64()).unwrap_or(0);
    if many > 0 && used > all {
        return Err(Refusal::directory(format!(
            "Subscription with SKU {sku} does not have any available licenses."
        )));
    }
    let id = key(text(&product, "id"));
    product.insert("consumedUnits".into(), used.into());
    cx.state.replace("subscribedSku", &id, product);
    Ok(())
}

fn product<'a>(cx: &'a Context, sku: &str) -> Option<&'a Properties> {
    let mut all = cx.state.all("subscribedSku").map(|(_, product)| product);
    all.find(|product| same(text(product, "skuId"), sku))
}

/// The licences that were assigned to a user itself.
fn own(user: &Properties) -> impl Iterator<Item = &Value> {
    user.get("licenseAssignmentStates").and_then(Value::as_array).into_iter().flatten()
}

/// All that a user has: its own, and those of the groups that it is in directly.
pub(super) fn states(cx: &Context, user: &Properties) -> Value {
    let mut all: Vec<Value> = own(user).cloned().collect();
    let id = key(text(user, "id"));
    for group in cx.state.links.sources(Relation::Member, &id, cx.now) {
        let Some(group) = cx.seen("group", &group) else { continue };
        let given = group.get("assignedLicenses").and_then(Value::as_array).into_iter().flatten();
        all.extend(given.map(|licence| {
            let mut state = licence.clone();
            state["assignedByGroup"] = group.get("id").cloned().unwrap_or_default();
            state["state"] = "Active".into();
            state["error"] = "None".into();
            state
        }));
    }
    Value::Array(all)
}

/// The same, a product once.
pub(super) fn licences(cx: &Context, user: &Properties) -> Value {
    let states = states(cx, user);
    let mut seen = BTreeSet::new();
    let all = states.as_array().into_iter().flatten();
    all.filter(|state| seen.insert(text_of(state, "skuId").to_lowercase()))
        .map(|state| json!({ "skuId": state["skuId"], "disabledPlans": state["disabledPlans"] }))
        .collect()
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
