//! The facts that guards judge by, as reads and as the scene that `policy::lockout` looks at.

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Guard, mentions_unknown};
use crate::catalogue::conditional_access::tenant;
use crate::declare::{Answer, Read, UNKNOWN};
use crate::policy::ca::{AuthenticationStrength, Directory, Policy, User};
use crate::policy::lockout::{Automation, Scene};

/// How many administrators are looked at: a batch of reads. Where there are more, some survive.
const ADMINISTRATORS: usize = 20;

/// Who holds a role, with the principals as far as Graph tells them along.
pub(in crate::catalogue) fn holders_of(role: &str) -> Read {
    Read::all("/roleManagement/directory/roleAssignments", "RoleManagement.Read.Directory")
        .filter(format!("roleDefinitionId eq '{role}'"))
        .expand("principal")
}

/// Who is in a group, directly or through others.
fn members(group: &str) -> Read {
    Read::all(format!("/groups/{group}/transitiveMembers"), "GroupMember.Read.All")
        .select(tenant::USER)
        .top(999)
}

/// What runs the plan, as the access token says.
pub(super) fn automation(token: &Json) -> Automation {
    let text = |name: &str| token[name].as_str().map(str::to_owned);
    if token["idtyp"] == "user" || !token["scp"].is_null() {
        return Automation { user_id: text("oid"), ..Automation::default() };
    }
    Automation {
        service_principal_id: text("oid"),
        application_id: text("appid"),
        ..Automation::default()
    }
}

impl Guard<'_> {
    /// The tenant as far as no fact is needed: who is protected, and who runs the plan.
    pub(super) fn scene(&self) -> Scene {
        let mut scene = Scene {
            emergency: self.emergency.clone(),
            automation: automation(self.question.token),
            ..Scene::default()
        };
        if scene.emergency.user_ids.is_empty() {
            for group in &self.emergency.group_ids {
                let told = self.ask.objects(&members(group)).unwrap_or_default();
                let users = told.iter().filter(|one| is_user(one)).filter_map(read_user);
                for mut user in users {
                    scene.emergency.user_ids.push(user.id.to_lowercase());
                    user.groups = None;
                    scene.directory.users.push(user);
                }
            }
        }
        scene
    }

    /// Every policy, with what this process planned or wrote laid over what Graph tells; and over
    /// that `own`, where the plan is about a policy. `None` where policies cannot be read.
    pub(super) fn policies(&self, own: Option<&Json>) -> Option<Vec<Policy>> {
        let saved = self.ask.objects(&tenant::policies())?;
        let elsewhere = self.question.elsewhere.iter();
        let elsewhere: Vec<(&str, &Json)> = elsewhere
            .filter(|((resource, _), _)| *resource == "conditional_access_policy")
            .map(|((_, name), planned)| (name.as_str(), planned))
            .collect();
        let is = |policy: &Json, id: &str| {
            policy["id"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id))
        };
        let own_id = self.before("id");
        let mut all = Vec::new();
        let mut push = |json: &Json| all.extend(Policy::from_graph(json).ok());
        let mut found = false;
        for policy in saved {
            if own.is_some() && own_id.is_some_and(|id| is(policy, id)) {
                found = true;
                if let Some(own) = own {
                    push(&tenant::laid_over(policy, own));
                }
                continue;
            }
            match elsewhere.iter().find(|(id, _)| is(policy, id)) {
                Some((_, Json::Null)) => {}
                Some((_, planned)) => push(&tenant::laid_over(policy, planned)),
                None => push(policy),
            }
        }
        if let (Some(own), false) = (own, found) {
            push(&tenant::laid_over(&Json::Null, own));
        }
        // What was made or is to be made, and Graph does not list yet.
        for (name, planned) in elsewhere {
            let is_own = own.is_some_and(|own| own["displayName"] == planned["displayName"])
                || own_id.is_some_and(|id| id.eq_ignore_ascii_case(name));
            if !planned.is_null() && !is_own && !saved.iter().any(|policy| is(policy, name)) {
                push(&tenant::laid_over(&Json::Null, planned));
            }
        }
        Some(all)
    }

    /// Every policy as Graph has it, but for those that go: at plan, what may be changed later than
    /// the object that it refers to is removed.
    pub(super) fn policies_until_then(&self) -> Vec<Policy> {
        if self.question.is_writing {
            return Vec::new();
        }
        let goes = |policy: &Json| {
            let name = policy["id"].as_str().unwrap_or_default().to_lowercase();
            let planned = self.question.elsewhere.get(&("conditional_access_policy", name));
            planned.is_some_and(Json::is_null)
        };
        let saved = self.ask.objects(&tenant::policies()).unwrap_or_default().iter();
        saved.filter(|one| !goes(one)).filter_map(|one| Policy::from_graph(one).ok()).collect()
    }

    /// The policy that the plan is about, laid over what Graph has of it; `None` where policies
    /// cannot be read.
    pub(super) fn planned_policy(&self) -> Option<Policy> {
        let saved = self.ask.objects(&tenant::policies())?;
        let id = self.before("id");
        let is_it = |saved: &&Json| {
            saved["id"].as_str().zip(id).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let saved = saved.iter().find(is_it).unwrap_or(&Json::Null);
        Policy::from_graph(&tenant::laid_over(saved, self.question.planned)).ok()
    }

    /// Puts strengths as this process planned or wrote them in place of what Graph tells.
    pub(super) fn strengths_planned(&self, scene: &mut Scene) {
        for ((resource, _), planned) in self.question.elsewhere {
            let is_known = |name: &str| !mentions_unknown(&planned[name]);
            if *resource == "authentication_strength_policy"
                && ["id", "allowedCombinations", "combinationConfigurations"]
                    .into_iter()
                    .all(is_known)
                && let Ok(strength) = AuthenticationStrength::deserialize(planned)
                && !strength.id.is_empty()
            {
                scene.put_strength(&strength);
            }
        }
    }

    /// Puts in what administrators can sign in with, as far as nobody did.
    pub(super) fn with_methods(&self, scene: &mut Scene) {
        let emergency = &scene.emergency.user_ids;
        let others = scene
            .directory
            .users
            .iter_mut()
            .filter(|user| !emergency.iter().any(|id| id.eq_ignore_ascii_case(&user.id)));
        for user in others.take(ADMINISTRATORS) {
            tenant::register(&self.ask, user);
        }
    }

    /// The users who hold one of `roles` for the whole tenant, themselves or by a group, each with
    /// the roles held; `None` where that cannot be read.
    pub(super) fn administrators(&self, roles: &[&str]) -> Option<Vec<User>> {
        let mut users: Vec<User> = Vec::new();
        let mut known = true;
        // All are asked for at once.
        let assignments: Vec<_> =
            roles.iter().map(|role| self.ask.objects(&holders_of(role))).collect();
        for (role, assignments) in roles.iter().zip(assignments) {
            let Some(assignments) = assignments else {
                known = false;
                continue;
            };
            for assignment in assignments.iter().filter(|one| one["directoryScopeId"] == "/") {
                let principal = &assignment["principal"];
                let found: Vec<User> = if principal["@odata.type"] == "#microsoft.graph.group" {
                    let group = assignment["principalId"].as_str().unwrap_or_default();
                    let told = self.ask.objects(&members(group)).unwrap_or_default();
                    told.iter().filter(|one| is_user(one)).filter_map(read_user).collect()
                } else if is_user(principal) {
                    read_user(principal).into_iter().collect()
                } else {
                    Vec::new()
                };
                for user in found {
                    hold(&mut users, user, role);
                }
            }
        }
        known.then_some(users)
    }

    /// Administrators with the groups that they are in, as far as policies name groups.
    pub(super) fn with_groups(&self, policies: &[Policy], users: &mut [User]) {
        let by_group = policies
            .iter()
            .flat_map(|policy| &policy.conditions.users)
            .any(|users| !users.include_groups.is_empty() || !users.exclude_groups.is_empty());
        if !by_group {
            return;
        }
        for user in users.iter_mut().take(ADMINISTRATORS) {
            let groups = self.ask.objects(&tenant::memberships(&user.id));
            user.groups = groups.map(|groups| {
                groups.iter().filter_map(|group| Some(group["id"].as_str()?.to_owned())).collect()
            });
        }
    }

    /// The ids of the users in a group; `None` where that cannot be read.
    pub(super) fn users_in(&self, group: &str) -> Option<Vec<String>> {
        let told = self.ask.objects(&members(group))?;
        let users = told.iter().filter(|one| is_user(one));
        Some(users.filter_map(|one| Some(one["id"].as_str()?.to_owned())).collect())
    }

    /// Puts the emergency accounts into the directory, with what policies ask of them. An account
    /// that Graph does not know cannot sign in.
    pub(super) fn emergency_users(
        &self,
        scene: &mut Scene,
        policies: &[Policy],
        with_methods: bool,
    ) {
        for id in scene.emergency.user_ids.clone() {
            let mut user = tenant::person(&self.ask, policies, &id, with_methods);
            if self.ask.answer(&tenant::user(&id)) == Some(&Answer::Absent) {
                user.account_enabled = Some(false);
            }
            if let Some(groups) = &mut user.groups {
                self.memberships_planned(&id, groups);
            }
            put(&mut scene.directory, user);
        }
    }

    /// What this process plans for the groups that a user is in.
    pub(super) fn memberships_planned(&self, user: &str, groups: &mut Vec<String>) {
        for ((resource, _), planned) in self.question.elsewhere {
            let Some(group) = planned["groupId"].as_str().filter(|id| *id != UNKNOWN) else {
                continue;
            };
            let is_in = match *resource {
                "group_members" => planned["members"]
                    .as_array()
                    .is_some_and(|members| members.iter().any(|id| is_same(id, user))),
                "group_member" => is_same(&planned["memberId"], user),
                _ => false,
            };
            if is_in && !groups.iter().any(|own| own.eq_ignore_ascii_case(group)) {
                groups.push(group.to_owned());
            }
        }
    }
}

fn is_same(id: &Json, other: &str) -> bool {
    id.as_str().is_some_and(|id| id.eq_ignore_ascii_case(other))
}

fn is_user(object: &Json) -> bool {
    object["@odata.type"] == "#microsoft.graph.user"
}

fn read_user(object: &Json) -> Option<User> {
    serde_json::from_value(object.clone()).ok()
}

/// Puts a user into the directory, or what is known now in place of what was.
pub(super) fn put(directory: &mut Directory, user: User) {
    match directory.users.iter_mut().find(|known| known.id.eq_ignore_ascii_case(&user.id)) {
        Some(known) => {
            let roles = user.roles.clone().or_else(|| known.roles.clone());
            *known = User { roles, ..user };
        }
        None => directory.users.push(user),
    }
}

/// Adds a role to what a user is known to hold.
fn hold(users: &mut Vec<User>, user: User, role: &str) {
    let known = users.iter().position(|known| known.id.eq_ignore_ascii_case(&user.id));
    let at = known.unwrap_or_else(|| {
        users.push(user);
        users.len() - 1
    });
    if let Some(user) = users.get_mut(at) {
        user.roles.get_or_insert_with(Vec::new).push(role.to_owned());
    }
}
