//! What is mastered on-premises is changed there: the judgement of plans for synchronised users and
//! groups (INV-13) and for who is in such groups (INV-15), but for those whose source of authority was
//! moved to the cloud (INV-14).

use serde_json::Value as Json;

use crate::declare::{
    Answers, Asking, Attribute, Finding, Inquiry, Kind, Question, Read, Resource, UNKNOWN,
};
use crate::terraform::Path;

/// What a plan changes of a synchronised user that only on-premises can change.
pub(in crate::catalogue) fn of_user(
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    judge(&crate::catalogue::users::USER, OF_USER, question, answers)
}

/// What reading whether the cloud is the source of authority takes.
const OF_USER: &str = "User-OnPremisesSyncBehavior.ReadWrite.All";
const OF_GROUP: &str = "Group-OnPremisesSyncBehavior.ReadWrite.All";

/// The same of a group, and what a synchronised group cannot be (INV-15).
pub(in crate::catalogue) fn of_group(
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    judge(&crate::catalogue::groups::GROUP, OF_GROUP, question, answers)
}

/// Who is in a synchronised group is decided on-premises (INV-15).
pub(in crate::catalogue) fn of_membership(
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let known =
        |json: &Json| json["groupId"].as_str().filter(|id| *id != UNKNOWN).map(str::to_owned);
    let changes = ["members", "memberId"]
        .iter()
        .any(|name| question.prior[*name] != question.planned[*name] || question.is_replaced);
    let group = known(question.planned).or_else(|| known(question.prior)).filter(|_| changes);
    let Some(group) = group.filter(|id| !ask.is_made(id)) else { return ask.conclude(Vec::new()) };
    let read = Read::one(format!("/groups/{group}"), "GroupMember.Read.All")
        .select("id,displayName,onPremisesSyncEnabled");
    let told = ask.known(&read).filter(|told| told["onPremisesSyncEnabled"] == true);
    let Some(told) = told.filter(|_| !is_cloud_managed(&ask, "/groups", &group, OF_GROUP)) else {
        return ask.conclude(Vec::new());
    };
    let name = told["displayName"].as_str().unwrap_or(&group);
    let found = Finding::error(
        Path::attribute("group_id"),
        format!("INV-15: who is in the group {name} is decided on-premises"),
        format!(
            "The group is synchronised from there, and Graph refuses to change its members. Change them in \
             Active Directory, or use a group of the cloud; to give the membership up here without a \
             change, take it out of the state (terraform state rm). The members of a group whose source \
             of authority was moved to the cloud (isCloudManaged) can be changed here (INV-14); telling \
             takes {OF_GROUP}."
        ),
    );
    ask.conclude(vec![found])
}

/// Whether the source of authority of an object was moved to the cloud.
fn is_cloud_managed(ask: &Asking<'_>, path: &str, id: &str, permission: &'static str) -> bool {
    let behaviour = Read::one(format!("{path}/{id}/onPremisesSyncBehavior"), permission);
    ask.known(&behaviour).is_some_and(|own| own["isCloudManaged"] == true)
}

/// What a synchronised group cannot become.
fn cannot_be(prior: &Json, planned: &Json) -> Vec<(&'static str, &'static str)> {
    let dynamic = |group: &Json| {
        let types = group["groupTypes"].as_array().into_iter().flatten();
        types.into_iter().any(|kind| kind == "DynamicMembership")
    };
    let mut found = Vec::new();
    if dynamic(planned) && !dynamic(prior) {
        found.push(("group_types", "get its members by a rule"));
    }
    let assignable = |group: &Json| group["isAssignableToRole"] == true;
    if assignable(planned) && !assignable(prior) {
        found.push(("is_assignable_to_role", "be assigned to roles"));
    }
    found
}

fn judge(
    resource: &Resource,
    permission: &'static str,
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    let ask = answers.asking();
    let (prior, planned) = (question.prior, question.planned);
    if prior["onPremisesSyncEnabled"] != true || planned.is_null() {
        return ask.conclude(Vec::new());
    }
    let mastered = resource.attributes.iter().filter(|attribute| attribute.mastered_on_premises);
    let changed: Vec<&Attribute> =
        mastered.filter(|attribute| differs(attribute, prior, planned)).collect();
    let wrong = cannot_be(prior, planned);
    // Asked for only where it decides something.
    let id = prior["id"].as_str().unwrap_or_default();
    if changed.is_empty() && wrong.is_empty()
        || is_cloud_managed(&ask, resource.path, id, permission)
    {
        return ask.conclude(Vec::new());
    }
    let wrong = wrong.into_iter().map(|(attribute, what)| {
        Finding::error(
            Path::attribute(attribute),
            format!("INV-15: a synchronised group cannot {what}"),
            "Its members are decided on-premises. Make a group of the cloud for this, or move the source of \
             authority of this one to the cloud first (INV-14).",
        )
    });
    let found = changed.into_iter().map(|attribute| {
        Finding::error(
            Path::attribute(attribute.name),
            format!("INV-13: {} is mastered on-premises", attribute.name),
            format!(
                "This m365_{} is synchronised from on-premises, where {} is changed; Graph refuses to \
                 change it here. Change it in Active Directory, and set it here to what it is there, or \
                 name it in lifecycle.ignore_changes. An object whose source of authority was moved to the cloud (isCloudManaged) can be \
                 changed here (INV-14); telling takes {permission}.",
                resource.name, attribute.name
            ),
        )
    });
    ask.conclude(found.chain(wrong).collect())
}

fn differs(attribute: &Attribute, prior: &Json, planned: &Json) -> bool {
    let name = match attribute.kind {
        Kind::Link => attribute.name.trim_end_matches("_id"),
        _ => attribute.name,
    };
    let property = attribute.graph.map_or_else(|| camel(name), str::to_owned);
    let empty = |json: &Json| json.is_null() || json.as_array().is_some_and(Vec::is_empty);
    let (before, after) = (&prior[property.as_str()], &planned[property.as_str()]);
    // What is known after apply only may be what it is on-premises.
    before != after && !(empty(before) && empty(after)) && !is_unknown(after)
}

fn is_unknown(json: &Json) -> bool {
    match json {
        Json::String(text) => text == UNKNOWN,
        Json::Array(elements) => elements.iter().any(is_unknown),
        Json::Object(members) => members.values().any(is_unknown),
        _ => false,
    }
}

/// `display_name` as Graph writes it.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        all + &first.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::{Answer, Elsewhere};

    /// What is refused of a change of a user that is synchronised, or managed in the cloud.
    fn refused(is_synchronised: bool, is_cloud_managed: bool, planned: &Json) -> Vec<String> {
        let prior = json!({ "id": "u", "onPremisesSyncEnabled": is_synchronised, "displayName": "Ann",
                            "usageLocation": "CH" });
        let elsewhere = Elsewhere::new();
        let question = Question {
            prior: &prior,
            planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere: &elsewhere,
        };
        let mut answers = Answers::default();
        loop {
            match of_user(&question, &answers) {
                Inquiry::Needs(reads) => {
                    let told = json!({ "isCloudManaged": is_cloud_managed });
                    reads
                        .into_iter()
                        .for_each(|read| answers.insert(read, Answer::Found(told.clone())));
                }
                Inquiry::Concluded(found) => {
                    return found.iter().map(|one| one.path.to_string()).collect();
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
    }

    #[test]
    fn what_is_mastered_on_premises_is_changed_there() {
        let renamed = json!({ "displayName": "Anna", "usageLocation": "CH" });
        let moved = json!({ "displayName": "Ann", "usageLocation": "NL" });
        assert_eq!(refused(true, false, &renamed), ["display_name"]);
        assert_eq!(refused(true, false, &moved), [""; 0]);
        assert_eq!(refused(false, false, &renamed), [""; 0]);
        assert_eq!(refused(true, true, &renamed), [""; 0]);
        let later = json!({ "displayName": UNKNOWN, "usageLocation": "CH" });
        assert_eq!(refused(true, false, &later), [""; 0]);
    }

    /// Each attribute that is marked is refused by its name, and no other is.
    #[test]
    fn every_attribute_that_is_mastered_on_premises_is_named() {
        let all = crate::catalogue::users::USER.attributes.iter();
        let changeable = all.filter(|one| one.mode != crate::declare::Mode::Computed);
        let mut mastered = 0;
        for attribute in changeable.filter(|one| one.name != "display_name" && !one.local) {
            let name = match attribute.kind {
                Kind::Link => attribute.name.trim_end_matches("_id"),
                _ => attribute.name,
            };
            let mut planned = json!({ "displayName": "Ann", "usageLocation": "CH" });
            planned[camel(name)] = "changed".into();
            let expected = attribute.mastered_on_premises.then_some(attribute.name);
            mastered += usize::from(expected.is_some());
            assert_eq!(refused(true, false, &planned), Vec::from_iter(expected));
        }
        assert!(mastered > 20, "{mastered}");
    }

    #[test]
    fn a_synchronised_group_has_the_members_that_it_has() {
        let group = |kind: &str, assignable: bool| json!({ "groupTypes": [kind], "isAssignableToRole": assignable });
        let now = json!({ "groupTypes": null });
        assert_eq!(cannot_be(&now, &group("Unified", false)), []);
        assert_eq!(cannot_be(&now, &group("DynamicMembership", false)).len(), 1);
        assert_eq!(cannot_be(&now, &group("Unified", true)).len(), 1);
    }
}
