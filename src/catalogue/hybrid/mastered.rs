//! What is mastered on-premises is changed there: the judgement of plans for synchronised users and
//! groups (INV-13), but for those whose source of authority was moved to the cloud (INV-14).

use serde_json::Value as Json;

use crate::declare::{Answers, Attribute, Finding, Inquiry, Kind, Question, Read, Resource};
use crate::terraform::Path;

/// What a plan changes of a synchronised user that only on-premises can change.
pub(in crate::catalogue) fn of_user(
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    judge(
        &crate::catalogue::users::USER,
        "User-OnPremisesSyncBehavior.ReadWrite.All",
        question,
        answers,
    )
}

/// The same of a group.
pub(in crate::catalogue) fn of_group(
    question: &Question<'_>,
    answers: &Answers,
) -> Inquiry<Vec<Finding>> {
    judge(
        &crate::catalogue::groups::GROUP,
        "Group-OnPremisesSyncBehavior.ReadWrite.All",
        question,
        answers,
    )
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
    if changed.is_empty() {
        return ask.conclude(Vec::new());
    }
    // Asked for only where it decides something.
    let id = prior["id"].as_str().unwrap_or_default();
    let behaviour = Read::one(format!("{}/{id}/onPremisesSyncBehavior", resource.path), permission);
    if ask.known(&behaviour).is_some_and(|own| own["isCloudManaged"] == true) {
        return ask.conclude(Vec::new());
    }
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
    ask.conclude(found.collect())
}

fn differs(attribute: &Attribute, prior: &Json, planned: &Json) -> bool {
    let name = match attribute.kind {
        Kind::Link => attribute.name.trim_end_matches("_id"),
        _ => attribute.name,
    };
    let property = attribute.graph.map_or_else(|| camel(name), str::to_owned);
    let empty = |json: &Json| json.is_null() || json.as_array().is_some_and(Vec::is_empty);
    let (before, after) = (&prior[property.as_str()], &planned[property.as_str()]);
    before != after && !(empty(before) && empty(after))
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
    }
}
