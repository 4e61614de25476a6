//! Whether one planned change takes away what emergency access or policies rest on
//! (L-05, L-07, L-08, L-18, L-24; the rules of their own are in modules of their own).

use super::activation::{self, asks_for};
use super::change::Change;
use super::finding::Finding;
use super::{Scene, consistency, federation, location, methods};
use crate::policy::ca::{Policy, State, User, Users};
use crate::policy::roles::GLOBAL_ADMINISTRATOR;

/// What `change`, made to the tenant of `scene` as it is, would lock out.
pub fn guard(change: &Change, scene: &Scene) -> Vec<Finding> {
    let scene = &scene.prepared();
    match change {
        Change::UserDeleted(id) => account(scene, id, "is deleted"),
        Change::UserChanged { id, properties } => {
            let mut findings = Vec::new();
            if properties.get("accountEnabled").is_some_and(|enabled| enabled == false) {
                findings.extend(account(scene, id, "is disabled"));
            }
            findings.extend(renamed(scene, id, properties));
            findings
        }
        Change::GroupDeleted(id) => group(scene, id, "is deleted"),
        Change::GroupReplaced(id) => group(scene, id, "is replaced by one with a new id"),
        Change::GroupMadeDynamic(id) => group(scene, id, BY_RULE),
        Change::MemberRemoved { group, member } => member_removed(scene, group, member),
        Change::RoleRemoved { principal, role } => role_removed(scene, principal, role),
        Change::RoleActivation(rules) => activation::findings(scene, rules),
        Change::Location { before, after } => location::findings(scene, before, after.as_ref()),
        Change::StrengthDeleted(id) => {
            referenced(scene, "authentication strength", |policy| methods::demands(policy, id))
        }
        Change::ContextDeleted(id) => {
            referenced(scene, "authentication context", |policy| asks_for(policy, id))
        }
        Change::TermsDeleted(id) => referenced(scene, "agreement (terms of use)", |policy| {
            let mut terms = policy.grant_controls.iter().flat_map(|grant| &grant.terms_of_use);
            terms.any(|own| own.eq_ignore_ascii_case(id))
        }),
        Change::StrengthChanged(strength) => methods::strength_changed(scene, strength),
        Change::MethodDisabled { method, modes, users } => {
            methods::disabled(scene, method, modes, users.as_deref())
        }
        Change::SecurityDefaults { enabled } => consistency::defaults(scene, *enabled),
        Change::DomainFederated(domain) => federation::federated(scene, domain),
        Change::DomainManaged(domain) => federation::managed(scene, domain),
        Change::ApplicationDeleted(id) => own(scene, id, "is deleted"),
        Change::ServicePrincipalDeleted(id) => own(scene, id, "is deleted or disabled"),
        Change::ApplicationWeakened { id, what } => own(scene, id, &format!("loses {what}")),
    }
}

/// A user that emergency access rests on, or the last administrator.
fn account(scene: &Scene, id: &str, what: &str) -> Vec<Finding> {
    let name = name_of(scene, id);
    if scene.is_emergency_user(id) {
        return vec![
            Finding::error("L-08", format!("Emergency access account {name} {what}"))
                .would("In an emergency there is one account fewer, or none, to repair the tenant.")
                .to([name])
                .fix(
                    "keep the account; to retire it, declare its successor in emergency_access \
                     first and take it out of there",
                ),
        ];
    }
    last_administrator(scene, id, what)
}

/// Renaming to a custom domain, or a password that expires.
fn renamed(
    scene: &Scene,
    id: &str,
    properties: &serde_json::Map<String, serde_json::Value>,
) -> Vec<Finding> {
    if !scene.is_emergency_user(id) {
        return Vec::new();
    }
    let name = name_of(scene, id);
    let mut findings = Vec::new();
    let renamed = properties.get("userPrincipalName").and_then(serde_json::Value::as_str);
    if let Some((_, domain)) = renamed.and_then(|name| name.rsplit_once('@')) {
        let initial = scene.tenant.initial_domain.as_deref();
        let away = initial
            .map_or(!domain.to_lowercase().ends_with(".onmicrosoft.com"), |initial| {
                !initial.eq_ignore_ascii_case(domain)
            });
        if away {
            findings.push(
                Finding::error("L-08", format!("Emergency access account {name} leaves the initial domain"))
                    .would(format!(
                        "When {domain} is federated, lost or misconfigured, the account is lost with it."
                    ))
                    .to([name.clone()])
                    .fix("keep its user principal name on the initial domain, ….onmicrosoft.com"),
            );
        }
    }
    if let Some(policies) = properties.get("passwordPolicies")
        && !policies.as_str().is_some_and(|set| set.contains("DisablePasswordExpiration"))
    {
        findings.push(
            Finding::warning(
                "L-08",
                format!("The password of emergency access account {name} expires"),
            )
            .would("Nobody notices, because nobody uses it, until it is needed.")
            .to([name])
            .fix("keep DisablePasswordExpiration in its password policies"),
        );
    }
    findings
}

/// A group that emergency access, an exclusion or a policy itself rests on.
fn group(scene: &Scene, id: &str, what: &str) -> Vec<Finding> {
    let name = group_name(scene, id);
    let naming = |list: fn(&Users) -> &Vec<String>| {
        scene.referring(|policy| {
            let mut groups = policy.conditions.users.iter().flat_map(list);
            policy.state != State::Disabled && groups.any(|own| own.eq_ignore_ascii_case(id))
        })
    };
    let excluding = naming(|users| &users.exclude_groups);
    let including = naming(|users| &users.include_groups);
    let mut findings = Vec::new();
    if !including.is_empty() && what != BY_RULE {
        findings.push(
            Finding::error("L-24", format!("Group {name}, which policies are for, {what}"))
                .would(
                    "The policies keep the old id, by which they are for nobody: what they demand of \
                     its members is demanded of them no more.",
                )
                .to(including)
                .fix("take it out of the policies first, or put another group in its place"),
        );
    }
    let protected = scene.is_emergency_group(id);
    if !protected && excluding.is_empty() {
        return findings;
    }
    let finding = if protected {
        Finding::error("L-07", format!("Emergency access group {name} {what}"))
    } else {
        Finding::warning("L-07", format!("Group {name}, which policies exclude, {what}"))
    };
    findings.push(
        finding
            .would(
                "The exclusion stays in the policies by the old id and protects nobody, or others \
                 than it was made for.",
            )
            .to(excluding)
            .fix(
                "keep the group (prevent_destroy), or change the policies first; a deleted group \
                 can be restored with its id within 30 days",
            ),
    );
    findings
}

/// What happens to a group whose members a rule finds from now on.
const BY_RULE: &str = "gets its members by a rule";

fn member_removed(scene: &Scene, group: &str, member: &str) -> Vec<Finding> {
    if !scene.is_emergency_group(group) || !scene.is_emergency_user(member) {
        return Vec::new();
    }
    let name = name_of(scene, member);
    vec![
        Finding::error(
            "L-07",
            format!("Emergency access account {name} leaves group {}", group_name(scene, group)),
        )
        .would("Every policy that excludes the group is for the account from then on.")
        .to([name])
        .fix("keep the membership, or exclude the account itself in exclude_users first"),
    ]
}

fn role_removed(scene: &Scene, principal: &str, role: &str) -> Vec<Finding> {
    if !role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR) {
        return Vec::new();
    }
    if scene.is_emergency_user(principal) || scene.is_emergency_group(principal) {
        let name = name_of(scene, principal);
        return vec![
            Finding::error(
                "L-05",
                format!("Emergency access account {name} loses Global Administrator"),
            )
            .would("It can sign in, but no longer repair the tenant.")
            .to([name])
            .fix("keep the role assigned actively and permanently, for the whole tenant"),
        ];
    }
    last_administrator(scene, principal, "loses Global Administrator")
}

/// Whether a global administrator is among the last that can be relied on: enabled, of the cloud,
/// no guest, assigned actively.
fn last_administrator(scene: &Scene, id: &str, what: &str) -> Vec<Finding> {
    let holds = |user: &User| {
        user.roles.iter().flatten().any(|role| role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR))
    };
    let relied = |user: &&User| {
        holds(user)
            && user.account_enabled != Some(false)
            && user.on_premises_sync_enabled != Some(true)
            && user.user_type.as_deref() != Some("Guest")
    };
    let administrators: Vec<&User> = scene.directory.users.iter().filter(relied).collect();
    if !administrators.iter().any(|user| user.id.eq_ignore_ascii_case(id)) {
        return Vec::new();
    }
    let left = administrators.len() - 1;
    if left >= 2 {
        return Vec::new();
    }
    let summary = match left {
        0 => format!("{} {what}, the last global administrator that is known", name_of(scene, id)),
        _ => format!("{} {what}, and one global administrator is left", name_of(scene, id)),
    };
    let finding =
        if left == 0 { Finding::error("L-05", summary) } else { Finding::warning("L-05", summary) };
    vec![
        finding
            .would(
                "A tenant needs two accounts of the cloud that hold Global Administrator actively. \
                 Synchronised accounts, guests and eligible ones do not count.",
            )
            .to([name_of(scene, id)])
            .fix("assign the role to another account first"),
    ]
}

/// Something that policies refer to is deleted.
fn referenced(scene: &Scene, what: &str, refers: impl Fn(&Policy) -> bool) -> Vec<Finding> {
    let policies = scene.referring(refers);
    if policies.is_empty() {
        return Vec::new();
    }
    vec![
        Finding::error("L-24", format!("An {what} that policies refer to is deleted"))
            .would("Entra refuses the deletion, or the policies no longer do what they are for.")
            .to(policies)
            .fix("take it out of the policies first, or remove them"),
    ]
}

/// What carries out the plan itself.
fn own(scene: &Scene, id: &str, what: &str) -> Vec<Finding> {
    let automation = &scene.automation;
    let mine = [&automation.application_id, &automation.service_principal_id];
    if !mine.into_iter().flatten().any(|own| own.eq_ignore_ascii_case(id)) {
        return Vec::new();
    }
    vec![
        Finding::error("L-18", format!("The application that runs this plan {what}"))
            .would("Neither the rest of the plan nor its repair could be carried out.")
            .to([id])
            .fix("let another identity, such as one of a separate bootstrap, make this change"),
    ]
}

pub(super) fn name_of(scene: &Scene, id: &str) -> String {
    let found = scene.directory.users.iter().find(|user| user.id.eq_ignore_ascii_case(id));
    found.map_or(id, User::name).to_owned()
}

fn group_name(scene: &Scene, id: &str) -> String {
    let groups = &scene.directory.groups;
    let found = groups.iter().find(|g| g.id.eq_ignore_ascii_case(id) && !g.display_name.is_empty());
    found.map_or(id, |group| &group.display_name).to_owned()
}
