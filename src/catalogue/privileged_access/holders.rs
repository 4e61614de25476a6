//! Who holds a role, and which roles somebody holds: the reads, and what follows from them.
//!
//! Assignments are read as Privileged Identity Management shows them now (schedule instances). A
//! tenant without its licence refuses that; there every assignment is a plain one, and nobody is
//! eligible for anything. What is assigned to a group is held by its members, directly or through
//! other groups.

use serde_json::{Value as Json, json};

use crate::catalogue::conditional_access::tenant::memberships;
use crate::catalogue::roles::built_in;
use crate::declare::{Answer, Asking, Read, Unread};

const ROLES: &str = "RoleManagement.Read.Directory";

/// Assignments as they are listed, each with the kind that it is of.
pub(super) struct Listed<'a> {
    held: Vec<(&'static str, &'a Json)>,
}

/// The instances that `filter` lets through, active and eligible; `None` as long as that is not
/// known.
///
/// # Errors
///
/// What could not be read.
pub(super) fn listed<'a>(
    ask: &Asking<'a>,
    filter: &str,
) -> Result<Option<Listed<'a>>, Box<Unread>> {
    let all = |name: &str, permission: &'static str| {
        Read::all(format!("/roleManagement/directory/{name}"), permission)
            .filter(filter)
            .expand("principal")
    };
    let active = all("roleAssignmentScheduleInstances", "RoleAssignmentSchedule.Read.Directory");
    let eligible =
        all("roleEligibilityScheduleInstances", "RoleEligibilitySchedule.Read.Directory");
    let (first, second) = (ask.answer(&active), ask.answer(&eligible));
    let mut held = Vec::new();
    if first.is_some_and(is_unlicensed) {
        let plain = all("roleAssignments", ROLES);
        let Some(assignments) = objects(ask, &plain)? else { return Ok(None) };
        held.extend(assignments.iter().map(|one| ("assigned", one)));
        return Ok(Some(Listed { held }));
    }
    let (Some(_), Some(_)) = (first, second) else { return Ok(None) };
    for one in objects(ask, &active)?.unwrap_or_default() {
        let is_activated = one["assignmentType"]
            .as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("Activated"));
        held.push((if is_activated { "activated" } else { "assigned" }, one));
    }
    let eligible = objects(ask, &eligible)?.unwrap_or_default();
    held.extend(eligible.iter().map(|one| ("eligible", one)));
    Ok(Some(Listed { held }))
}

/// Whether Graph refuses for want of a licence (`AadPremiumLicenseRequired`).
fn is_unlicensed(answer: &Answer) -> bool {
    matches!(answer, Answer::Refused(why) if why.contains("AadPremiumLicenseRequired"))
}

/// The objects of a collection; `None` as long as nobody looked.
///
/// # Errors
///
/// That it could not be read.
pub(super) fn objects<'a>(
    ask: &Asking<'a>,
    read: &Read,
) -> Result<Option<&'a [Json]>, Box<Unread>> {
    match ask.answer(read) {
        None => Ok(None),
        Some(Answer::Found(found)) => Ok(Some(found.as_array().map_or(&[], Vec::as_slice))),
        Some(Answer::Absent) => Ok(Some(&[])),
        Some(Answer::Refused(why) | Answer::Failed(why)) => {
            Err(Box::new(Unread { read: read.clone(), why: why.clone() }))
        }
    }
}

impl<'a> Listed<'a> {
    /// Those that were made for the principal itself. Graph may also show what follows from a
    /// group; that is worked out from the group here, which can be named then.
    pub(super) fn direct(&self) -> impl Iterator<Item = (&'static str, &'a Json)> {
        let follows = |json: &Json| {
            json["memberType"].as_str().is_some_and(|kind| !kind.eq_ignore_ascii_case("Direct"))
        };
        self.held.iter().copied().filter(move |(_, json)| !follows(json))
    }
}

/// What the principal `id` holds, itself and through groups that roles can be assigned to.
///
/// # Errors
///
/// What could not be read.
pub(super) fn of_principal(
    ask: &Asking<'_>,
    principal: &Json,
) -> Result<Option<Vec<Json>>, Box<Unread>> {
    let id = principal["id"].as_str().unwrap_or_default();
    let Some(own) = listed(ask, &format!("principalId eq '{id}'"))? else { return Ok(None) };
    let mut held: Vec<Json> =
        own.direct().map(|(kind, json)| assignment(kind, json, principal, None)).collect();
    let groups = match principal["@odata.type"].as_str() {
        Some("#microsoft.graph.user") => objects(ask, &memberships(id))?,
        Some("#microsoft.graph.servicePrincipal") => objects(ask, &memberships_of_app(id))?,
        // Roles of a group are not those of the groups that it is in.
        _ => Some([].as_slice()),
    };
    let Some(groups) = groups else { return Ok(None) };
    let mut complete = true;
    for group in groups.iter().filter(|group| group["isAssignableToRole"] == true) {
        let group = group["id"].as_str().unwrap_or_default();
        match listed(ask, &format!("principalId eq '{group}'"))? {
            Some(of_group) => held.extend(
                of_group
                    .direct()
                    .map(|(kind, json)| assignment(kind, json, principal, Some(group))),
            ),
            None => complete = false,
        }
    }
    Ok(complete.then_some(held))
}

/// Who holds the role `id`, themselves and through groups.
///
/// # Errors
///
/// What could not be read.
pub(super) fn of_role(ask: &Asking<'_>, id: &str) -> Result<Option<Vec<Json>>, Box<Unread>> {
    let Some(listed) = listed(ask, &format!("roleDefinitionId eq '{id}'"))? else {
        return Ok(None);
    };
    let mut held = Vec::new();
    let mut complete = true;
    for (kind, json) in listed.direct() {
        let principal = &json["principal"];
        held.push(assignment(kind, json, principal, None));
        if principal["@odata.type"] != "#microsoft.graph.group" {
            continue;
        }
        let group = json["principalId"].as_str().unwrap_or_default();
        match objects(ask, &members(group))? {
            Some(members) => {
                let people =
                    members.iter().filter(|one| one["@odata.type"] != "#microsoft.graph.group");
                held.extend(people.map(|one| assignment(kind, json, one, Some(group))));
            }
            None => complete = false,
        }
    }
    Ok(complete.then_some(held))
}

/// Everybody in a group, directly or through others.
fn members(group: &str) -> Read {
    Read::all(format!("/groups/{group}/transitiveMembers"), "GroupMember.Read.All")
        .select("id,displayName")
        .top(999)
}

fn memberships_of_app(id: &str) -> Read {
    Read::all(format!("/servicePrincipals/{id}/transitiveMemberOf"), "Application.Read.All")
        .select("id,isAssignableToRole")
        .top(999)
}

/// An assignment as it is told: of whom, through which group.
fn assignment(kind: &str, json: &Json, principal: &Json, group: Option<&str>) -> Json {
    let ty = principal["@odata.type"].as_str().and_then(|ty| ty.rsplit('.').next());
    let role = json["roleDefinitionId"].as_str().unwrap_or_default();
    let own = if group.is_none() { &json["principalId"] } else { &principal["id"] };
    json!({
        "principalId": own,
        "principalName": principal["displayName"],
        "principalType": ty,
        "roleDefinitionId": role,
        "role": built_in::name_of(role),
        "directoryScopeId": json["directoryScopeId"],
        "appScopeId": json["appScopeId"],
        "assignmentType": kind,
        "memberType": if group.is_none() { "direct" } else { "group" },
        "groupId": group,
        "startDateTime": json["startDateTime"],
        "endDateTime": json["endDateTime"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Answers, Inquiry};

    /// What is concluded of a person from answers by path and filter, and how many reads that took.
    #[track_caller]
    fn concluded(told: &[(&str, Answer)]) -> (Vec<String>, usize) {
        let mut answers = Answers::default();
        let mut reads = 0;
        loop {
            let ask = answers.asking();
            let who =
                json!({ "@odata.type": "#microsoft.graph.user", "id": "u", "displayName": "U" });
            let held = of_principal(&ask, &who).unwrap();
            match ask.conclude(held) {
                Inquiry::Concluded(held) => {
                    let held = held.unwrap().into_iter().map(|one| {
                        let text = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
                        [text("roleDefinitionId"), text("assignmentType"), text("groupId")]
                            .join(" ")
                    });
                    return (held.collect(), reads);
                }
                Inquiry::Needs(wanted) => {
                    for read in wanted {
                        reads += 1;
                        let filter = read.query.iter().find(|(name, _)| *name == "$filter");
                        let filter = filter.map_or("", |(_, filter)| filter);
                        let key = format!("{}?{filter}", read.path);
                        let answer = told.iter().find(|(end, _)| key.ends_with(end));
                        let answer = answer.map_or(Answer::Found(json!([])), |(_, a)| a.clone());
                        answers.insert(read, answer);
                    }
                }
                Inquiry::Without(unread) => panic!("{unread:?}"),
            }
        }
    }

    #[test]
    fn what_groups_hold_their_members_hold() {
        let role = |role: &str, kind: &str| {
            Answer::Found(json!([{ "principalId": "?", "roleDefinitionId": role,
                "assignmentType": kind, "directoryScopeId": "/" }]))
        };
        let groups = json!([{ "id": "g", "isAssignableToRole": true }, { "id": "other" }]);
        let told = [
            ("AssignmentScheduleInstances?principalId eq 'u'", role("own", "Assigned")),
            ("EligibilityScheduleInstances?principalId eq 'u'", role("may", "")),
            ("AssignmentScheduleInstances?principalId eq 'g'", role("team", "Activated")),
            ("/transitiveMemberOf?", Answer::Found(groups)),
        ];
        let (held, reads) = concluded(&told);
        assert_eq!(held, ["own assigned -", "may eligible -", "team activated g"]);
        assert_eq!(reads, 5, "two of each principal, and the groups");
    }

    #[test]
    fn what_graph_shows_of_a_group_is_told_once_and_of_the_group() {
        let held = |who: &str, member: &str| {
            json!({ "principalId": who, "roleDefinitionId": "team", "assignmentType": "Assigned",
                "memberType": member })
        };
        let groups = json!([{ "id": "g", "isAssignableToRole": true }]);
        let told = [
            (
                "AssignmentScheduleInstances?principalId eq 'u'",
                Answer::Found(json!([held("u", "Group"), held("u", "direct")])),
            ),
            (
                "AssignmentScheduleInstances?principalId eq 'g'",
                Answer::Found(json!([held("g", "Direct")])),
            ),
            ("/transitiveMemberOf?", Answer::Found(groups)),
        ];
        assert_eq!(concluded(&told).0, ["team assigned -", "team assigned g"]);
    }

    #[test]
    fn without_the_licence_plain_assignments_are_all_there_is() {
        let refused = Answer::Refused("AadPremiumLicenseRequired: no licence".to_owned());
        let told = [
            ("ScheduleInstances?principalId eq 'u'", refused),
            (
                "roleAssignments?principalId eq 'u'",
                Answer::Found(json!([{ "principalId": "u", "roleDefinitionId": "own" }])),
            ),
        ];
        assert_eq!(concluded(&told).0, ["own assigned -"]);
    }
}
