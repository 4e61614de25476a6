//! Who signs in, with the facts that policies ask for.

use std::collections::HashSet;

use super::directory::{ServicePrincipal, User};
use super::index::Index;
use super::sign_in::Identity;
use crate::policy::truth::Truth;

/// Who signs in.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// The object id, in lower case.
    pub(super) id: String,
    pub(super) user: Option<&'a User>,
    pub(super) service_principal: Option<&'a ServicePrincipal>,
    pub(super) is_workload: bool,
    pub(super) guest: Guest,
    groups: HashSet<String>,
    groups_known: bool,
    roles: Option<HashSet<String>>,
}

/// Whether someone is a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Guest {
    Unknown,
    No,
    Yes { kind: String, home: Option<String> },
}

impl<'a> Subject<'a> {
    pub(super) fn new(identity: &Identity, index: &Index<'a>) -> Self {
        let (id, is_workload) = match identity {
            Identity::User { user_id, .. } => (user_id.to_lowercase(), false),
            Identity::ServicePrincipal { service_principal_id } => {
                (service_principal_id.to_lowercase(), true)
            }
        };
        let user = if is_workload { None } else { index.user(&id) };
        let listed = user.and_then(|user| user.groups.as_ref());
        let mut groups: HashSet<String> =
            listed.into_iter().flatten().map(|group| group.to_lowercase()).collect();
        let nested: Vec<String> = groups
            .iter()
            .chain([&id])
            .filter_map(|member| index.groups_of(member))
            .flatten()
            .cloned()
            .collect();
        groups.extend(nested);
        let roles = user.and_then(|user| user.roles.as_ref());
        Self {
            user,
            service_principal: if is_workload { index.service_principal(&id) } else { None },
            is_workload,
            guest: guest(identity, user),
            groups,
            groups_known: listed.is_some(),
            roles: roles.map(|roles| roles.iter().map(|role| role.to_lowercase()).collect()),
            id,
        }
    }

    /// Whether the subject is in `group`, directly or through others.
    pub(super) fn is_in(&self, group: &str, index: &Index<'_>) -> Truth {
        if self.groups.contains(group) {
            Truth::Yes
        } else if !self.groups_known && index.is_open(group) {
            Truth::Maybe
        } else {
            Truth::No
        }
    }

    /// Whether the subject holds the role now, for the whole tenant.
    pub(super) fn holds(&self, role: &str) -> Truth {
        self.roles.as_ref().map(|roles| roles.contains(role)).into()
    }

    pub(super) fn is_guest(&self) -> bool {
        matches!(self.guest, Guest::Yes { .. })
    }
}

/// The kind of guest: as the sign-in says, as the directory says, or as `userType` and the mark
/// `#EXT#` of the user principal name show.
fn guest(identity: &Identity, user: Option<&User>) -> Guest {
    let Identity::User { external_tenant_id, external_user_type, .. } = identity else {
        return Guest::No;
    };
    let home = external_tenant_id
        .as_deref()
        .or_else(|| user?.home_tenant_id.as_deref())
        .map(str::to_lowercase);
    let told = external_user_type.as_deref().or_else(|| user?.external_user_type.as_deref());
    match told {
        Some("" | "none") => return Guest::No,
        Some(kind) => return Guest::Yes { kind: kind.to_owned(), home },
        None => {}
    }
    let Some(user) = user else { return Guest::Unknown };
    let external =
        user.user_principal_name.as_deref().map(|name| name.to_ascii_uppercase().contains("#EXT#"));
    let is_guest = user.user_type.as_deref().map(|kind| kind.eq_ignore_ascii_case("Guest"));
    let kind = match (is_guest, external) {
        (Some(true), Some(false)) => "internalGuest",
        (Some(true), _) => "b2bCollaborationGuest",
        (_, Some(true)) => "b2bCollaborationMember",
        (Some(false), _) => return Guest::No,
        (None, _) => return Guest::Unknown,
    };
    Guest::Yes { kind: kind.to_owned(), home }
}
