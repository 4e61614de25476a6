//! What a judgement of Conditional Access has to know of the tenant, as reads and as the directory
//! that `policy::ca` evaluates against.
//!
//! Each fact is asked for only where a policy depends on it, so that a tenant without named
//! locations, roles or custom strengths in its policies costs none of these reads. What cannot be
//! read stays not known, which the evaluation says.

use serde_json::{Value as Json, json};

use super::methods::{self, Methods};
use crate::declare::{Asking, Read};
use crate::policy::ca::{
    Directory, NamedLocation, Policy, ServicePrincipal, State, UNKNOWN, User, Users,
};

const POLICIES: &str = "Policy.Read.All";

/// Every policy.
pub(in crate::catalogue) fn policies() -> Read {
    Read::all("/identity/conditionalAccess/policies", POLICIES)
}

/// Every named location.
pub(in crate::catalogue) fn locations() -> Read {
    Read::all("/identity/conditionalAccess/namedLocations", POLICIES)
}

/// Every authentication strength.
pub(super) fn strengths() -> Read {
    Read::all("/policies/authenticationStrengthPolicies", "Policy.Read.AuthenticationMethod")
}

/// The properties of a user that judgements look at.
pub(in crate::catalogue) const USER: &str =
    "id,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled,passwordPolicies";

/// A user.
pub(in crate::catalogue) fn user(id: &str) -> Read {
    Read::one(format!("/users/{id}"), "User.Read.All").select(USER)
}

/// The groups that a user is in, directly or through others.
pub(in crate::catalogue) fn memberships(id: &str) -> Read {
    Read::all(format!("/users/{id}/transitiveMemberOf"), "GroupMember.Read.All")
        .select("id,isAssignableToRole")
        .top(999)
}

/// The roles that a principal holds now.
fn roles_of(id: &str) -> Read {
    Read::all("/roleManagement/directory/roleAssignments", "RoleManagement.Read.Directory")
        .filter(format!("principalId eq '{id}'"))
}

/// What policies ask of the tenant that is not about anyone in particular.
pub(in crate::catalogue) fn directory(ask: &Asking<'_>, policies: &[Policy]) -> Directory {
    let mut directory = Directory::default();
    let active = || policies.iter().filter(|policy| policy.state != State::Disabled);
    if active().any(|policy| policy.conditions.locations.is_some())
        && let Some(told) = ask.objects(&locations())
    {
        directory.locations = read_all::<NamedLocation>(told);
        // One of a kind that is newer than this code is there, and not known.
        directory.complete.locations = directory.locations.len() == told.len();
    }
    let looked_up = |policy: &Policy| {
        let grant = policy.grant_controls.as_ref();
        let strength = grant.and_then(|grant| grant.authentication_strength.as_ref());
        strength.is_some_and(|strength| {
            let built_in = strength.id.starts_with("00000000-0000-0000-0000-");
            strength.allowed_combinations.is_empty() && !built_in && strength.id != UNKNOWN
        })
    };
    if active().any(looked_up)
        && let Some(told) = ask.objects(&strengths())
    {
        directory.strengths = read_all(told);
    }
    directory
}

/// A user with what policies ask of it: groups where one names groups or roles, roles where one
/// names roles, methods where they are wanted.
pub(in crate::catalogue) fn person(
    ask: &Asking<'_>,
    policies: &[Policy],
    id: &str,
    with_methods: bool,
) -> User {
    let told = ask.known(&user(id));
    let mut person: User =
        told.and_then(|told| serde_json::from_value(told.clone()).ok()).unwrap_or_default();
    id.clone_into(&mut person.id);
    let by_role = names(policies, |users| [&users.include_roles, &users.exclude_roles]);
    let by_group = names(policies, |users| [&users.include_groups, &users.exclude_groups]);
    if by_group || by_role {
        let groups = ask.objects(&memberships(id));
        person.groups = groups.map(|groups| groups.iter().filter_map(id_of).collect());
        if by_role && let Some(groups) = groups {
            person.roles = roles(ask, id, groups);
        }
    }
    if with_methods {
        register(ask, &mut person);
    }
    person
}

/// Puts in what a user can sign in with.
pub(in crate::catalogue) fn register(ask: &Asking<'_>, user: &mut User) {
    if let Some(Methods { names, passkeys }) = methods::of(ask, &user.id) {
        user.is_mfa_registered = Some(names.iter().any(|method| method != "password"));
        (user.methods, user.passkeys) = (Some(names), passkeys);
    }
}

/// The built-in roles that a user holds for the whole tenant, itself or by its groups.
fn roles(ask: &Asking<'_>, id: &str, groups: &[Json]) -> Option<Vec<String>> {
    let assignable = groups.iter().filter(|group| group["isAssignableToRole"] == true);
    let principals = std::iter::once(id.to_owned()).chain(assignable.filter_map(id_of));
    let mut held = Some(Vec::new());
    for principal in principals {
        let assignments = ask.objects(&roles_of(&principal));
        held = held.zip(assignments).map(|(mut held, assignments)| {
            let whole = assignments.iter().filter(|one| one["directoryScopeId"] == "/");
            let role = |one: &Json| Some(one["roleDefinitionId"].as_str()?.to_owned());
            held.extend(whole.filter_map(role));
            held
        });
    }
    held
}

/// A service principal, where policies are for such.
pub(in crate::catalogue) fn service_principal(
    ask: &Asking<'_>,
    policies: &[Policy],
    id: &str,
) -> Option<ServicePrincipal> {
    let for_them = |policy: &Policy| {
        policy.state != State::Disabled && policy.conditions.client_applications.is_some()
    };
    if !policies.iter().any(for_them) {
        return None;
    }
    let read = Read::one(format!("/servicePrincipals/{id}"), "Application.Read.All")
        .select("id,appId,displayName,appOwnerOrganizationId,servicePrincipalType,signInAudience");
    serde_json::from_value(ask.known(&read)?.clone()).ok()
}

/// Whether a policy that does anything names somebody in one of these lists.
fn names(policies: &[Policy], lists: fn(&Users) -> [&Vec<String>; 2]) -> bool {
    let active = policies.iter().filter(|policy| policy.state != State::Disabled);
    active
        .flat_map(|policy| &policy.conditions.users)
        .any(|users| lists(users).into_iter().any(|list| !list.is_empty()))
}

fn id_of(object: &Json) -> Option<String> {
    Some(object["id"].as_str()?.to_owned())
}

/// The objects that this code can read.
fn read_all<T: serde::de::DeserializeOwned>(told: &[Json]) -> Vec<T> {
    told.iter().filter_map(|one| serde_json::from_value(one.clone()).ok()).collect()
}

/// Lays what is planned over what is saved: a plan writes properties whole. A policy that is to be
/// made has no id yet.
pub(in crate::catalogue) fn laid_over(saved: &Json, planned: &Json) -> Json {
    let mut policy = if saved.is_object() { saved.clone() } else { json!({}) };
    for (property, value) in planned.as_object().into_iter().flatten() {
        if property != "id" || value != UNKNOWN {
            policy[property] = value.clone();
        }
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Answer, Answers};

    #[test]
    fn only_what_policies_depend_on_is_asked_for() {
        #[track_caller]
        fn check(conditions: Json, expected: &[&str]) {
            let policy = json!({"state": "enabled", "conditions": conditions});
            let policy = Policy::from_graph(&policy).unwrap();
            let answers = Answers::default();
            let ask = answers.asking();
            directory(&ask, std::slice::from_ref(&policy));
            person(&ask, &[policy], "1", false);
            let crate::declare::Inquiry::Needs(reads) = ask.conclude(()) else { panic!() };
            let paths: Vec<_> = reads.iter().map(|read| read.path.as_str()).collect();
            assert_eq!(paths, expected);
        }
        check(json!({"users": {"includeUsers": ["All"]}}), &["/users/1"]);
        check(
            json!({"users": {"includeUsers": ["All"], "excludeGroups": ["2"]}}),
            &["/users/1", "/users/1/transitiveMemberOf"],
        );
        check(
            json!({"locations": {"includeLocations": ["All"]}}),
            &["/identity/conditionalAccess/namedLocations", "/users/1"],
        );
    }

    #[test]
    fn roles_of_groups_count() {
        let policy = json!({"state": "enabled", "conditions": {"users": {"includeRoles": ["r"]}}});
        let policy = Policy::from_graph(&policy).unwrap();
        let assigned = |role: &str, scope: &str| {
            Answer::Found(json!([{"roleDefinitionId": role, "directoryScopeId": scope}]))
        };
        let mut answers = Answers::default();
        answers.insert(user("1"), Answer::Found(json!({"id": "1"})));
        answers.insert(
            memberships("1"),
            Answer::Found(json!([{"id": "2", "isAssignableToRole": true}, {"id": "3"}])),
        );
        answers.insert(roles_of("1"), assigned("elsewhere", "/administrativeUnits/4"));
        answers.insert(roles_of("2"), assigned("r", "/"));
        let ask = answers.asking();
        let user = person(&ask, &[policy], "1", false);
        assert_eq!(user.roles, Some(vec!["r".to_owned()]));
        assert!(ask.is_complete());
    }
}
