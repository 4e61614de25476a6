//! What a licence takes of the tenant: that it has the product, that some are free (INV-11), where the
//! user is (INV-10), and that no guests are in the group (INV-12).

use serde_json::Value as Json;

use crate::declare::{Answers, Asking, Finding, Inquiry, Question, Read};
use crate::terraform::Path;

/// How many members of a group are looked at: a page of them.
const MEMBERS: u16 = 999;

/// How many guests are named.
const NAMED: usize = 10;

/// What is wrong with a licence of a user.
pub(super) fn of_user(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let Some((id, sku)) = assigned(question, "userId") else { return ask.conclude(Vec::new()) };
    let mut found = Vec::new();
    found.extend(no_place(question, &ask, id));
    match product(&ask, sku) {
        Some(Ok(product)) if product.free < 1 => found.push(Finding::error(
            Path::attribute("sku_id"),
            format!("INV-11: no licence of {} is free", product.name),
            format!("{} Get more, or take one from somebody else first.", product.use_of()),
        )),
        Some(Err(missing)) => found.push(missing),
        _ => {}
    }
    ask.conclude(found)
}

/// What is wrong with a licence of a group.
pub(super) fn of_group(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let Some((id, sku)) = assigned(question, "groupId") else { return ask.conclude(Vec::new()) };
    let mut found = Vec::new();
    let members = match ask.is_made(id) {
        true => &[],
        false => members(&ask, id),
    };
    found.extend(guests(members));
    match product(&ask, sku) {
        Some(Ok(product)) if usize::try_from(product.free).unwrap_or(0) < members.len() => {
            let many = members.len();
            found.push(Finding::warning(
                Path::attribute("sku_id"),
                format!("INV-11: there may be fewer licences of {} than members", product.name),
                format!(
                    "{} The group has {many} members, some of whom may have one already. Who gets none \
                     is told by the group's membersWithLicenseErrors.",
                    product.use_of()
                ),
            ));
        }
        Some(Err(missing)) => found.push(missing),
        _ => {}
    }
    ask.conclude(found)
}

/// Whom a product is assigned to anew, and which one, as far as both are known.
fn assigned<'a>(question: &Question<'a>, whom: &str) -> Option<(&'a str, &'a str)> {
    let planned = question.planned;
    let is_new = question.prior.is_null() || question.is_replaced;
    let known =
        |name: &str| planned[name].as_str().filter(|text| uuid::Uuid::try_parse(text).is_ok());
    Some((known(whom)?, known("skuId")?)).filter(|_| is_new)
}

/// A user without a location can have no licence: what may be offered depends on it.
fn no_place(question: &Question<'_>, ask: &Asking<'_>, id: &str) -> Option<Finding> {
    let planned = question.elsewhere.get(&("user", id.to_lowercase()));
    let planned = planned.filter(|planned| !planned.is_null());
    let read = Read::one(format!("/users/{id}"), "User.Read.All").select("id,usageLocation");
    let user = planned.or_else(|| ask.known(&read))?;
    user["usageLocation"].is_null().then(|| {
        Finding::error(
            Path::attribute("user_id"),
            "INV-10: the user has no usage location",
            "Graph assigns licences only to users whose country is known. Set usage_location of the \
             m365_user first, such as \"CH\".",
        )
    })
}

struct Product<'a> {
    name: &'a str,
    all: i64,
    used: i64,
    free: i64,
}

impl Product<'_> {
    fn use_of(&self) -> String {
        format!("{} of {} licences are in use.", self.used, self.all)
    }
}

/// The product that a tenant has, or that it has none; nothing where nobody may look.
fn product<'a>(ask: &Asking<'a>, sku: &str) -> Option<Result<Product<'a>, Finding>> {
    let bought = ask.objects(&Read::all("/subscribedSkus", "LicenseAssignment.Read.All"))?;
    let is_it = |one: &&Json| one["skuId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(sku));
    let Some(found) = bought.iter().find(is_it) else {
        let names: Vec<String> = bought
            .iter()
            .filter_map(|one| {
                Some(format!("{} ({})", one["skuPartNumber"].as_str()?, one["skuId"].as_str()?))
            })
            .collect();
        let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return Some(Err(Finding::error(
            Path::attribute("sku_id"),
            format!("The tenant has no product {sku}"),
            format!("Those that it has: {has}."),
        )));
    };
    let all = found["prepaidUnits"]["enabled"].as_i64()?;
    let used = found["consumedUnits"].as_i64()?;
    let name = found["skuPartNumber"].as_str().unwrap_or_default();
    Some(Ok(Product { name, all, used, free: all - used }))
}

/// The users who are in a group directly, as many as a page has.
fn members<'a>(ask: &Asking<'a>, group: &str) -> &'a [Json] {
    let path = format!("/groups/{group}/members/microsoft.graph.user");
    let read = Read::one(path, "GroupMember.Read.All + User.Read.All")
        .select("id,userPrincipalName,userType")
        .top(MEMBERS);
    let told = ask.known(&read).and_then(|told| told["value"].as_array());
    told.map_or(&[], Vec::as_slice)
}

fn guests(members: &[Json]) -> Option<Finding> {
    let guests: Vec<&str> = members
        .iter()
        .filter(|user| user["userType"] == "Guest")
        .filter_map(|user| user["userPrincipalName"].as_str().or(user["id"].as_str()))
        .collect();
    let more = match guests.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named: Vec<&str> = guests.iter().take(NAMED).copied().collect();
    (!guests.is_empty()).then(|| {
        Finding::warning(
            Path::attribute("group_id"),
            "INV-12: guests are in a group that gives licences",
            format!(
                "They take licences of the tenant, or fail for want of a usage location: {}{more}. Keep \
                 them in a group of their own.",
                named.join(", ")
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere};

    const ID: &str = "11111111-2222-3333-4444-555555555555";
    const SKU: &str = "84a661c4-e949-4bd2-a560-ed7766fcaf2b";

    /// What is said of a new licence, where Graph tells this of the subject and of how many licences of
    /// `SKU` are in use, of 5; an error begins with `!`.
    fn said(
        inquiry: fn(&Question<'_>, &Answers) -> Inquiry<Vec<Finding>>,
        subject: &Json,
        used: i64,
        elsewhere: &Elsewhere,
        sku: &str,
    ) -> Vec<String> {
        let planned = json!({ "userId": ID, "groupId": ID, "skuId": sku });
        let question = Question {
            prior: &Json::Null,
            planned: &planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere,
        };
        let mut answers = Answers::default();
        loop {
            match inquiry(&question, &answers) {
                Inquiry::Needs(reads) => {
                    for read in reads {
                        let sku = json!([{ "skuId": SKU, "skuPartNumber": "P2",
                            "prepaidUnits": { "enabled": 5 }, "consumedUnits": used }]);
                        let told = if read.many { sku } else { subject.clone() };
                        answers.insert(read, Answer::Found(told));
                    }
                }
                Inquiry::Concluded(found) => {
                    let say = |one: Finding| {
                        let mark = if one.severity == crate::terraform::Severity::Error {
                            "!"
                        } else {
                            ""
                        };
                        format!("{mark}{} {}", one.summary, one.detail)
                    };
                    return found.into_iter().map(say).collect();
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
    }

    #[track_caller]
    fn check(said: &[String], expected: &[&str]) {
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (said, words) in said.iter().zip(expected) {
            assert!(said.starts_with(words), "{said}");
        }
    }

    #[test]
    fn a_user_has_a_place_and_a_licence_is_free() {
        let nothing = Elsewhere::new();
        let here = json!({ "usageLocation": "CH" });
        let nowhere = json!({ "usageLocation": null });
        check(&said(of_user, &here, 4, &nothing, SKU), &[]);
        check(
            &said(of_user, &here, 5, &nothing, SKU),
            &["!INV-11: no licence of P2 is free 5 of 5"],
        );
        check(&said(of_user, &nowhere, 4, &nothing, SKU), &["!INV-10"]);
        let mut planned = Elsewhere::new();
        planned.insert(("user", ID.to_owned()), here.clone());
        check(&said(of_user, &nowhere, 4, &planned, SKU), &[]);
        check(&said(of_user, &here, 4, &nothing, ID), &["!The tenant has no product"]);
    }

    #[test]
    fn a_group_has_no_guests_and_enough_licences() {
        let nothing = Elsewhere::new();
        let users = |kinds: &[&str]| {
            let users = kinds.iter().map(|kind| json!({ "id": "u", "userType": kind }));
            json!({ "value": users.collect::<Vec<_>>() })
        };
        check(&said(of_group, &users(&["Member"]), 4, &nothing, SKU), &[]);
        check(
            &said(of_group, &users(&["Member"]), 5, &nothing, SKU),
            &["INV-11: there may be fewer"],
        );
        check(&said(of_group, &users(&[]), 5, &nothing, SKU), &[]);
        check(&said(of_group, &users(&["Member", "Guest"]), 0, &nothing, SKU), &["INV-12: guests"]);
        check(&said(of_group, &users(&[]), 0, &nothing, ID), &["!The tenant has no product"]);
    }
}
