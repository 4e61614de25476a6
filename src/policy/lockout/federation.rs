//! Whether a change of how a domain authenticates locks its users out (L-06, L-21).

use super::Scene;
use super::finding::Finding;
use crate::policy::ca::User;
use crate::policy::roles::GLOBAL_ADMINISTRATOR;

/// The domain is handed to another identity provider.
pub(super) fn federated(scene: &Scene, domain: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let named =
        |name: &Option<String>| name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(domain));
    if named(&scene.tenant.initial_domain) || named(&scene.tenant.default_domain) {
        findings.push(
            Finding::error("L-06", format!("Domain {domain} is the initial or default domain"))
                .would("Entra refuses to federate it, and it is what emergency access stands on.")
                .fix("federate another domain, and make that of the emergency accounts no default"),
        );
    }
    let emergency: Vec<&str> =
        scene.emergency_users().filter(|user| is_of(user, domain)).map(User::name).collect();
    if !emergency.is_empty() {
        findings.push(
            Finding::error("L-06", format!("Emergency access accounts are of domain {domain}"))
                .would(
                    "They would sign in at the other identity provider: when that is down or its \
                     certificate has expired, they are locked out with everyone else.",
                )
                .to(emergency)
                .fix("rename the accounts to the initial domain, ….onmicrosoft.com, first"),
        );
    }
    let administrator = |user: &&User| {
        user.roles.iter().flatten().any(|role| role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR))
            && user.account_enabled != Some(false)
    };
    let administrators: Vec<&User> = scene.directory.users.iter().filter(administrator).collect();
    if !administrators.is_empty() && administrators.iter().all(|user| is_of(user, domain)) {
        findings.push(
            Finding::error("L-06", format!("Every global administrator is of domain {domain}"))
                .would("When the other identity provider fails, nobody can take the domain back.")
                .to(administrators.iter().map(|user| user.name()))
                .fix("make an account of the initial domain a global administrator first"),
        );
    }
    findings
}

/// The domain's users are to have a password in the cloud again.
pub(super) fn managed(scene: &Scene, domain: &str) -> Vec<Finding> {
    let summary = format!("Users of domain {domain} have no password in the cloud");
    let finding = match scene.tenant.password_hash_sync {
        Some(true) => return Vec::new(),
        Some(false) => Finding::error("L-21", summary),
        None => Finding::warning("L-21", format!("{summary}, as far as is known")),
    };
    vec![
        finding
            .would("Without synchronised hashes of their passwords they cannot sign in any more.")
            .to([format!("all users of {domain}")])
            .fix("turn password hash synchronisation on and let it complete a full cycle first"),
    ]
}

fn is_of(user: &User, domain: &str) -> bool {
    user.user_principal_name
        .as_deref()
        .and_then(|name| name.rsplit_once('@'))
        .is_some_and(|(_, own)| own.eq_ignore_ascii_case(domain))
}
