//! Who could still sign in and repair the tenant after a change, and what to do where nobody could.
//!
//! Two questions are answered. [`judge`] looks at policies as they would be after a plan, saved and
//! planned ones together. [`guard()`] looks at one planned change of something that policies or
//! emergency access rest on: a user, a group, a role, a location, a domain. Both are pure, take
//! what is known, say what they do not know, and answer with [`Finding`]s: what would happen, to
//! whom, and how to fix it. The identifiers are those of the guide on lockout protection.

mod access;
mod activation;
mod automation;
mod change;
mod consistency;
mod federation;
mod finding;
mod guard;
mod location;
mod methods;
mod registration;
mod scenario;
mod survivors;
mod synchronisation;
mod trials;

pub use change::{Change, RoleActivation};
pub use consistency::enabling;
pub use finding::{Finding, Severity};
pub use guard::guard;
pub use methods::demands;
pub use survivors::{Survivor, Survivors, survivors};

use std::collections::BTreeSet;

use super::ca::{AuthenticationStrength, Compiled, Directory, Policy, State, User};
use super::roles::GLOBAL_ADMINISTRATOR;
use trials::Trials;

/// The accounts and groups that are to stay able to sign in, whatever happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmergencyAccess {
    /// Object ids of users.
    pub user_ids: Vec<String>,
    /// Object ids of groups. A user above of whom nobody knows the groups is taken to be in them.
    pub group_ids: Vec<String>,
}

/// What carries out the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Automation {
    /// The object id of its service principal.
    pub service_principal_id: Option<String>,
    /// Its application id.
    pub application_id: Option<String>,
    /// The object id of its user, where it signs in as one.
    pub user_id: Option<String>,
    /// The address that it is seen to come from.
    pub address: Option<std::net::IpAddr>,
}

/// Facts of the tenant beyond its directory; `None` is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tenant {
    /// How many devices are compliant.
    pub compliant_devices: Option<u64>,
    /// How many devices are hybrid joined.
    pub hybrid_devices: Option<u64>,
    /// How many app protection policies are assigned.
    pub app_protection_policies: Option<u64>,
    /// Whether temporary access passes can be issued.
    pub temporary_access_pass: Option<bool>,
    /// Whether security defaults are on.
    pub security_defaults: Option<bool>,
    /// Whether users are synchronised from on premises.
    pub synchronised: Option<bool>,
    /// Whether hashes of passwords are synchronised.
    pub password_hash_sync: Option<bool>,
    /// The initial domain, `….onmicrosoft.com`.
    pub initial_domain: Option<String>,
    /// The default domain.
    pub default_domain: Option<String>,
}

/// The tenant as it would be after the plan.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Every policy, planned ones in place of those they replace.
    pub policies: Vec<Policy>,
    /// Policies as they are until they are changed, where a change may come too late: an object is
    /// removed before what referred to it is changed.
    pub until_then: Vec<Policy>,
    /// Users, groups and so on, as far as they are known.
    pub directory: Directory,
    /// Who is to stay able to sign in.
    pub emergency: EmergencyAccess,
    /// What carries out the plan.
    pub automation: Automation,
    /// Further facts.
    pub tenant: Tenant,
}

impl Scene {
    /// The same scene, with what can be taken for granted of the emergency accounts put in: that
    /// they exist, are members, hold the role they are for, and are in the emergency groups,
    /// wherever nobody looked.
    fn prepared(&self) -> Self {
        let mut scene = self.clone();
        let directory = &mut scene.directory;
        for id in &self.emergency.user_ids {
            let known = directory.users.iter().position(|user| user.id.eq_ignore_ascii_case(id));
            let at = known.unwrap_or_else(|| {
                directory.users.push(User { id: id.clone(), ..User::default() });
                directory.users.len() - 1
            });
            let Some(user) = directory.users.get_mut(at) else { continue };
            user.user_type.get_or_insert_with(|| "Member".to_owned());
            user.roles.get_or_insert_with(|| vec![GLOBAL_ADMINISTRATOR.to_owned()]);
            if user.groups.is_none() {
                let unread = self.emergency.group_ids.iter().filter(|id| !self.members_read(id));
                let unread: Vec<String> = unread.cloned().collect();
                for group in unread {
                    join(directory, &group, id);
                }
            }
        }
        scene
    }

    /// Puts a strength in the place of the one with its id, also where policies carry it as it is.
    pub fn put_strength(&mut self, strength: &AuthenticationStrength) {
        let is_it = |id: &str| strength.id.eq_ignore_ascii_case(id);
        self.directory.strengths.retain(|one| !is_it(&one.id));
        self.directory.strengths.push(strength.clone());
        let grants = self.policies.iter_mut().filter_map(|one| one.grant_controls.as_mut());
        for carried in grants.filter_map(|grant| grant.authentication_strength.as_mut()) {
            if is_it(&carried.id) {
                *carried = strength.clone();
            }
        }
    }

    /// The names of the policies that refer to something, after the change or until then.
    fn referring(&self, refers: impl Fn(&Policy) -> bool) -> Vec<String> {
        let referring = self.policies.iter().chain(&self.until_then).filter(|one| refers(one));
        let names: BTreeSet<&str> = referring.map(Policy::name).collect();
        names.into_iter().map(|name| format!("policy \"{name}\"")).collect()
    }

    /// Whether somebody looked who is in the group.
    fn members_read(&self, group: &str) -> bool {
        let found = self.directory.groups.iter().find(|g| g.id.eq_ignore_ascii_case(group));
        found.map_or(self.directory.complete.groups, |group| group.members.is_some())
    }

    fn is_emergency_user(&self, id: &str) -> bool {
        self.emergency.user_ids.iter().any(|own| own.eq_ignore_ascii_case(id))
    }

    fn is_emergency_group(&self, id: &str) -> bool {
        self.emergency.group_ids.iter().any(|own| own.eq_ignore_ascii_case(id))
    }

    /// The emergency accounts, as the directory knows them.
    fn emergency_users(&self) -> impl Iterator<Item = &User> {
        self.directory.users.iter().filter(|user| self.is_emergency_user(&user.id))
    }

    fn compiled(&self) -> Compiled<'_> {
        Compiled::new(&self.policies, &self.directory)
    }
}

/// Puts `member` into `group`, which stays open for others.
fn join(directory: &mut Directory, group: &str, member: &str) {
    // A second entry of the same id adds to what the first one says.
    directory.groups.push(super::ca::Group {
        id: group.to_owned(),
        members: Some(vec![member.to_owned()]),
        ..super::ca::Group::default()
    });
    let read =
        directory.groups.iter().any(|g| g.id.eq_ignore_ascii_case(group) && g.members.is_none());
    if !read {
        directory
            .groups
            .push(super::ca::Group { id: group.to_owned(), ..super::ca::Group::default() });
    }
}

/// What the policies of `scene` would do that locks somebody out.
///
/// With `planned`, only what that policy (by id, else by name) is a cause of.
pub fn judge(scene: &Scene, planned: Option<&str>) -> Vec<Finding> {
    let scene = &scene.prepared();
    let subjects: Vec<&Policy> =
        scene.policies.iter().filter(|policy| is_planned(policy, planned)).collect();
    let compiled = Compiled::new(subjects.iter().copied(), &scene.directory);
    let trials = Trials::new(scene, &compiled);
    let mut findings = Vec::new();
    for (at, policy) in subjects.into_iter().enumerate() {
        findings.extend(consistency::findings(policy, scene));
        if matches!(policy.state, State::Disabled | State::ReportOnly) {
            continue;
        }
        findings.extend(access::findings(policy, &trials, at, scene));
        findings.extend(registration::findings(policy, trials.registering(at), scene));
        findings.extend(synchronisation::findings(policy, trials.synchronising(at), scene));
        findings.extend(automation::findings(policy, trials.automation(at), scene));
    }
    // What stops nobody has no part in what all do together.
    if planned.is_none() || survivors::stops_somebody(scene, &compiled) {
        findings.extend(survivors::findings(scene, &scene.compiled(), planned));
    }
    findings.sort_by(|a, b| (a.severity, &a.id, &a.policy).cmp(&(b.severity, &b.id, &b.policy)));
    findings
}

/// Whether the policies of `scene` stop anyone, or anything, by which survival is tried. Where one
/// alone does not, it takes no other policy to say that nobody is locked out because of it.
pub fn stops_somebody(scene: &Scene) -> bool {
    let scene = &scene.prepared();
    survivors::stops_somebody(scene, &scene.compiled())
}

fn is_planned(policy: &Policy, planned: Option<&str>) -> bool {
    planned.is_none_or(|planned| {
        policy.id.eq_ignore_ascii_case(planned) || policy.display_name == planned
    })
}
