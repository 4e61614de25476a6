//! Whether what a policy refers to is there: Graph refuses to write a policy that names an object
//! that is not, and says so during apply at the earliest; and it keeps the id of an object that is
//! deleted later, which then includes nobody and protects nobody.
//!
//! Only ids that the plan knows are looked up: what is made by the same plan has none yet. An id that
//! the policy had before is a warning, since the policy stands and Graph keeps it; a new one is an
//! error. Most of it is read for all policies at once: objects of the directory by `getByIds`,
//! locations, strengths, contexts and terms of use as lists.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::tenant;
use crate::catalogue::roles;
use crate::declare::{Answer, Answers, Asking, Finding, Inquiry, Question, Read, UNKNOWN};
use crate::terraform::Path;

/// What a policy refers to and is not there.
pub(super) fn references(question: &Question<'_>, answers: &Answers) -> Inquiry<Vec<Finding>> {
    // Whoever wants no judgement of the tenant, as in tests of policies that are to be, plans without.
    if question.provider["lockoutProtection"] == "off" {
        return Inquiry::Concluded(Vec::new());
    }
    let ask = answers.asking();
    let mut found = Vec::new();
    for set in SETS {
        let before: Vec<&str> = ids(question.prior, set).collect();
        let references = ids(question.planned, set).filter(|id| set.of.is_reference(id));
        for id in references.filter(|id| !ask.is_made(id)) {
            let wrong = match set.of.standing(&ask, question, id) {
                Standing::There => continue,
                Standing::Wrong(what) => what,
            };
            let is_new = !before.iter().any(|one| one.eq_ignore_ascii_case(id));
            found.push(finding(set, id, &wrong, is_new));
        }
    }
    found.extend(unchecked(&ask));
    ask.conclude(found)
}

/// A set of references in a policy.
struct Set {
    /// The attribute, from the root.
    attribute: &'static str,
    /// Where it is in Graph's shape, as a JSON pointer.
    pointer: &'static str,
    of: Of,
}

/// What a set refers to.
#[derive(Clone, Copy)]
enum Of {
    User,
    Group,
    ServicePrincipal,
    Role,
    Application,
    Location,
    Context,
    Strength,
    Terms,
}

enum Standing {
    There,
    /// What is wrong, as a sentence.
    Wrong(String),
}

macro_rules! sets {
    ($($attribute:literal $pointer:literal $of:ident)*) => {
        &[$(Set { attribute: $attribute, pointer: $pointer, of: Of::$of }),*]
    };
}

static SETS: &[Set] = sets! {
    "conditions.users.include_users" "/conditions/users/includeUsers" User
    "conditions.users.exclude_users" "/conditions/users/excludeUsers" User
    "conditions.users.include_groups" "/conditions/users/includeGroups" Group
    "conditions.users.exclude_groups" "/conditions/users/excludeGroups" Group
    "conditions.users.include_roles" "/conditions/users/includeRoles" Role
    "conditions.users.exclude_roles" "/conditions/users/excludeRoles" Role
    "conditions.applications.include_applications"
        "/conditions/applications/includeApplications" Application
    "conditions.applications.exclude_applications"
        "/conditions/applications/excludeApplications" Application
    "conditions.applications.include_authentication_context_class_references"
        "/conditions/applications/includeAuthenticationContextClassReferences" Context
    "conditions.client_applications.include_service_principals"
        "/conditions/clientApplications/includeServicePrincipals" ServicePrincipal
    "conditions.client_applications.exclude_service_principals"
        "/conditions/clientApplications/excludeServicePrincipals" ServicePrincipal
    "conditions.locations.include_locations" "/conditions/locations/includeLocations" Location
    "conditions.locations.exclude_locations" "/conditions/locations/excludeLocations" Location
    "grant_controls.authentication_strength_id" "/grantControls/authenticationStrength/id" Strength
    "grant_controls.terms_of_use" "/grantControls/termsOfUse" Terms
};

/// The ids in a set that are known.
fn ids<'a>(policy: &'a Json, set: &Set) -> impl Iterator<Item = &'a str> {
    let at = policy.pointer(set.pointer);
    let one = at.and_then(Json::as_str);
    let many = at.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    one.into_iter().chain(many).filter(|id| *id != UNKNOWN)
}

impl Of {
    /// Whether a text is the id of an object rather than a word of Graph's.
    fn is_reference(self, text: &str) -> bool {
        match self {
            Of::Context => true,
            // The addresses that multifactor authentication trusts, and the built-in strengths.
            Of::Location | Of::Strength if text.starts_with("00000000-0000-0000-0000-") => false,
            Of::Role if roles::is_built_in(text) => false,
            _ => uuid::Uuid::try_parse(text).is_ok(),
        }
    }

    fn standing(self, ask: &Asking<'_>, question: &Question<'_>, id: &str) -> Standing {
        match self {
            Of::User => in_directory(ask, id, "user"),
            Of::Group => in_directory(ask, id, "group"),
            Of::ServicePrincipal => in_directory(ask, id, "servicePrincipal"),
            Of::Role => role(ask, id),
            Of::Application => application(ask, id),
            Of::Location => location(ask, id),
            Of::Context => {
                let planned =
                    question.elsewhere.get(&("authentication_context", id.to_lowercase()));
                match planned {
                    Some(planned) if !planned.is_null() => Standing::There,
                    _ => listed(ask, &contexts(), id, "authentication context"),
                }
            }
            Of::Strength => listed(ask, &tenant::strengths(), id, "authentication strength"),
            Of::Terms => {
                let all =
                    Read::all("/identityGovernance/termsOfUse/agreements", "Agreement.Read.All");
                listed(ask, &all, id, "agreement (terms of use)")
            }
        }
    }
}

fn contexts() -> Read {
    Read::all(
        "/identity/conditionalAccess/authenticationContextClassReferences",
        "AuthenticationContext.Read.All",
    )
}

/// An object of the directory, of a type.
fn in_directory(ask: &Asking<'_>, id: &str, ty: &str) -> Standing {
    let name =
        |ty: &str| if ty == "servicePrincipal" { "service principal" } else { ty }.to_owned();
    match ask.answer(&Read::object(id)) {
        Some(Answer::Found(object)) => {
            let found = object["@odata.type"].as_str().unwrap_or_default();
            let found = found.trim_start_matches("#microsoft.graph.");
            let is_other = ["user", "group", "servicePrincipal"].contains(&found) && found != ty;
            match is_other {
                true => Standing::Wrong(format!("It is a {}, not a {}.", name(found), name(ty))),
                false => Standing::There,
            }
        }
        Some(Answer::Absent) => {
            let deleted = Read::one(format!("/directory/deletedItems/{id}"), "Directory.Read.All");
            gone(ask, &deleted, &name(ty))
        }
        _ => Standing::There,
    }
}

/// What is not there, and may be among the deleted items.
fn gone(ask: &Asking<'_>, deleted: &Read, name: &str) -> Standing {
    let Some(object) = ask.known(deleted) else {
        return Standing::Wrong(format!("There is no {name} with this id in the tenant."));
    };
    let called = object["displayName"].as_str().map(|text| format!(" {text:?}"));
    let when = object["deletedDateTime"].as_str().map(|text| format!(" on {text}"));
    Standing::Wrong(format!(
        "The {name}{} was deleted{}. It can be restored for 30 days, and counts for nothing until then.",
        called.unwrap_or_default(),
        when.unwrap_or_default(),
    ))
}

/// A role that the provider's list of built-in roles does not have: newer than it, or a custom one.
fn role(ask: &Asking<'_>, id: &str) -> Standing {
    let path = format!("/roleManagement/directory/roleDefinitions/{id}");
    match ask.answer(&Read::one(path, "RoleManagement.Read.Directory")) {
        Some(Answer::Found(role)) if role["isBuiltIn"] == false => Standing::Wrong(format!(
            "{} is a custom role, and policies know built-in roles only (INV-23). Use a group for its \
             members.",
            role["displayName"].as_str().unwrap_or("It")
        )),
        Some(Answer::Absent) => {
            Standing::Wrong("There is no built-in role with this template id.".to_owned())
        }
        _ => Standing::There,
    }
}

fn application(ask: &Asking<'_>, id: &str) -> Standing {
    let path = format!("/servicePrincipals(appId='{id}')");
    match ask.answer(&Read::one(path, "Application.Read.All").select("id")) {
        Some(Answer::Absent) => Standing::Wrong(
            "No enterprise application (service principal) in the tenant has this client id. An \
             object id, of an application or of a service principal, does not work here."
                .to_owned(),
        ),
        _ => Standing::There,
    }
}

fn location(ask: &Asking<'_>, id: &str) -> Standing {
    match listed(ask, &tenant::locations(), id, "named location") {
        Standing::There => Standing::There,
        Standing::Wrong(_) => {
            let bin = format!("/identity/conditionalAccess/deletedItems/namedLocations/{id}");
            gone(ask, &Read::one(bin, "Policy.Read.All"), "named location")
        }
    }
}

/// One of a list.
fn listed(ask: &Asking<'_>, all: &Read, id: &str, name: &str) -> Standing {
    let Some(all) = ask.objects(all) else { return Standing::There };
    let same = |one: &Json| one["id"].as_str().is_some_and(|other| other.eq_ignore_ascii_case(id));
    match all.iter().any(same) {
        true => Standing::There,
        false => Standing::Wrong(format!("There is no {name} with this id in the tenant.")),
    }
}

fn finding(set: &Set, id: &str, wrong: &str, is_new: bool) -> Finding {
    let path = set.attribute.split('.').fold(Path::root(), |path, name| path.at(name));
    let name = set.attribute.rsplit('.').next().unwrap_or_default();
    let summary = format!("{name} refers to {id}, which is not there");
    let excludes = name.starts_with("exclude");
    match is_new {
        true => Finding::error(
            path,
            summary,
            format!("{wrong} Graph refuses policies that name it. Correct the id, or remove it."),
        ),
        false => {
            let effect = if excludes { "protects nobody" } else { "matches nothing" };
            let detail = format!(
                "{wrong} The policy keeps the id, which {effect}, and Graph may refuse to change the \
                 policy as long as it does. Remove it."
            );
            Finding::warning(path, summary, detail)
        }
    }
}

/// One word about all that could not be looked up.
fn unchecked(ask: &Asking<'_>) -> Option<Finding> {
    let unread = ask.unread();
    let permissions: BTreeSet<&str> = unread.iter().map(|one| one.read.permission).collect();
    let first = unread.first()?;
    let permissions: Vec<&str> = permissions.into_iter().collect();
    Some(Finding::warning(
        Path::root(),
        "Not everything that policies refer to could be checked",
        format!(
            "{} could not be read: {}\n\nLooking references up takes {}. Without it, Graph tells \
             during apply that something is not there.",
            first.read.path,
            first.why,
            permissions.join(" and "),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declare::Elsewhere;
    use crate::terraform::Severity;

    const ID: &str = "11111111-2222-3333-4444-555555555555";

    /// The findings about a policy, `told` being all that there is.
    fn found(prior: &Json, planned: &Json, told: &[(Read, Answer)]) -> Vec<Finding> {
        let mut elsewhere = Elsewhere::new();
        elsewhere.insert(("authentication_context", "c7".to_owned()), json!({ "id": "c7" }));
        let question = Question {
            prior,
            planned,
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere: &elsewhere,
        };
        let mut answers = Answers::default();
        loop {
            match references(&question, &answers) {
                Inquiry::Concluded(found) => return found,
                Inquiry::Without(unread) => panic!("{unread:?}"),
                Inquiry::Needs(reads) => {
                    for read in reads {
                        let answer = told.iter().find(|(one, _)| *one == read);
                        let nothing =
                            || if read.many { Answer::Found(json!([])) } else { Answer::Absent };
                        let answer = answer.map_or_else(nothing, |(_, answer)| answer.clone());
                        answers.insert(read, answer);
                    }
                }
            }
        }
    }

    /// The attribute, the severity and a word of the detail of the only finding; none: no finding.
    #[track_caller]
    fn check(planned: Json, told: &[(Read, Answer)], expected: Option<(&str, &str)>) {
        let found = found(&Json::Null, &planned, told);
        let shown: Vec<_> = found
            .iter()
            .map(|one| (one.path.to_string(), format!("{} {}", one.summary, one.detail)))
            .collect();
        match (shown.as_slice(), expected) {
            ([], None) => {}
            ([(path, said)], Some((at, word))) => {
                assert_eq!(path, at);
                assert!(said.contains(word), "{said}");
            }
            _ => panic!("{shown:?}"),
        }
    }

    fn users(set: &str, id: &str) -> Json {
        json!({ "conditions": { "users": { set: [id] } } })
    }

    #[test]
    fn objects_of_the_directory_are_of_their_type() {
        let object = |ty: &str| {
            let object = json!({ "@odata.type": format!("#microsoft.graph.{ty}"), "id": ID });
            [(Read::object(ID), Answer::Found(object))]
        };
        let at = "conditions.users.exclude_groups";
        check(users("excludeGroups", ID), &object("group"), None);
        check(users("excludeGroups", ID), &object("user"), Some((at, "is a user, not a group")));
        check(users("excludeGroups", ID), &[], Some((at, ID)));
        check(users("includeUsers", "All"), &[], None);
        check(users("includeUsers", UNKNOWN), &[], None);
        let deleted = Read::one(format!("/directory/deletedItems/{ID}"), "Directory.Read.All");
        let bin = [(deleted, Answer::Found(json!({ "displayName": "Emergency" })))];
        check(users("excludeGroups", ID), &bin, Some((at, "\"Emergency\" was deleted")));
    }

    #[test]
    fn roles_are_built_in() {
        let at = "conditions.users.include_roles";
        let administrator = "62e90394-69f5-4237-9190-012177145e10";
        check(users("includeRoles", administrator), &[], None);
        check(users("includeRoles", ID), &[], Some((at, "no built-in role")));
        let path = format!("/roleManagement/directory/roleDefinitions/{ID}");
        let custom = Answer::Found(json!({ "displayName": "Mine", "isBuiltIn": false }));
        let custom = [(Read::one(path, "RoleManagement.Read.Directory"), custom)];
        check(users("includeRoles", ID), &custom, Some((at, "Mine is a custom role")));
    }

    #[test]
    fn everything_else_is_looked_up_where_it_is_kept() {
        let policy = |pointer: [&str; 3], id: Json| {
            let [outer, middle, name] = pointer;
            json!({ outer: { middle: { name: id } } })
        };
        let locations = policy(["conditions", "locations", "includeLocations"], json!([ID, "All"]));
        check(locations.clone(), &[], Some(("conditions.locations.include_locations", ID)));
        let there = [(tenant::locations(), Answer::Found(json!([{ "id": ID.to_uppercase() }])))];
        check(locations, &there, None);
        let context = |id: &str| {
            let name = "includeAuthenticationContextClassReferences";
            policy(["conditions", "applications", name], json!([id]))
        };
        check(context("c7"), &[], None);
        let at = "conditions.applications.include_authentication_context_class_references";
        check(context("c8"), &[], Some((at, "c8")));
        let strength =
            |id: &str| policy(["grantControls", "authenticationStrength", "id"], json!(id));
        check(strength("00000000-0000-0000-0000-000000000004"), &[], None);
        check(strength(ID), &[], Some(("grant_controls.authentication_strength_id", ID)));
        let terms = json!({ "grantControls": { "termsOfUse": [ID] } });
        check(terms, &[], Some(("grant_controls.terms_of_use", ID)));
        let applications =
            policy(["conditions", "applications", "includeApplications"], json!([ID, "Office365"]));
        let at = "conditions.applications.include_applications";
        check(applications, &[], Some((at, "client id")));
    }

    #[test]
    fn what_the_policy_had_is_a_warning_and_what_may_not_be_read_another() {
        let policy = users("includeGroups", ID);
        let [only] = found(&policy, &policy, &[]).try_into().unwrap();
        let only: Finding = only;
        assert_eq!(only.severity, Severity::Warning);
        let refused = [(Read::object(ID), Answer::Refused("no".to_owned()))];
        let [only] = found(&Json::Null, &policy, &refused).try_into().unwrap();
        let only: Finding = only;
        assert_eq!(only.severity, Severity::Warning);
        assert!(only.detail.contains("Directory.Read.All"), "{}", only.detail);
        assert!(found(&policy, &Json::Null, &[]).is_empty());
    }

    #[test]
    fn what_was_made_moments_ago_is_not_looked_up() {
        let question = Question {
            prior: &Json::Null,
            planned: &users("includeGroups", ID),
            is_replaced: false,
            is_writing: false,
            provider: &Json::Null,
            token: &Json::Null,
            elsewhere: &Elsewhere::new(),
        };
        let made = Answers::default().with_made([ID.to_uppercase()]);
        assert_eq!(references(&question, &made), Inquiry::Concluded(Vec::new()));
    }
}
