//! Which of Graph's services a path belongs to, because each is throttled on its own.
//!
//! Source: <https://learn.microsoft.com/graph/throttling-limits>.

use std::fmt;

/// A group of services that share one budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Family {
    /// Users, groups, applications, roles, domains: thousands of resource units per 10 s.
    Directory,
    /// Conditional Access and identity protection: one request a second for the whole tenant,
    /// and no word on when to come back.
    ConditionalAccess,
    /// Sign-up flows and identity providers: 200 requests a minute.
    ExternalIdentities,
    /// Sign-in and audit logs: five requests per 10 s.
    Reports,
    /// Privileged identity management, access reviews, entitlement management: not documented.
    Governance,
    /// Device management.
    Intune,
    /// Everything else.
    Other,
}

impl Family {
    /// How many there are.
    pub(super) const COUNT: usize = 7;

    /// The family of a path or address; the longest prefix that is known decides.
    pub(super) fn of(path: &str) -> Family {
        let path = relative(path).to_ascii_lowercase();
        let segments = path.split('?').next().unwrap_or_default();
        let best = PREFIXES
            .iter()
            .filter(|(prefix, _)| begins_with(segments, prefix))
            .max_by_key(|(prefix, _)| prefix.len());
        best.map_or(Family::Other, |(_, family)| *family)
    }

    pub(super) fn index(self) -> usize {
        match self {
            Family::Directory => 0,
            Family::ConditionalAccess => 1,
            Family::ExternalIdentities => 2,
            Family::Reports => 3,
            Family::Governance => 4,
            Family::Intune => 5,
            Family::Other => 6,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Directory => "the directory",
            Family::ConditionalAccess => "Conditional Access",
            Family::ExternalIdentities => "external identities",
            Family::Reports => "the sign-in and audit reports",
            Family::Governance => "identity governance",
            Family::Intune => "Intune",
            Family::Other => "Graph",
        })
    }
}

/// In lower case; a prefix ends at the end of a segment.
const PREFIXES: &[(&str, Family)] = &[
    ("users", Family::Directory),
    ("me", Family::Directory),
    ("groups", Family::Directory),
    ("groupsettings", Family::Directory),
    ("groupsettingtemplates", Family::Directory),
    ("applications", Family::Directory),
    ("serviceprincipals", Family::Directory),
    ("devices", Family::Directory),
    ("contacts", Family::Directory),
    ("contracts", Family::Directory),
    ("directory", Family::Directory),
    ("directoryobjects", Family::Directory),
    ("directoryroles", Family::Directory),
    ("directoryroletemplates", Family::Directory),
    ("domains", Family::Directory),
    ("oauth2permissiongrants", Family::Directory),
    ("organization", Family::Directory),
    ("policies", Family::Directory),
    ("subscribedskus", Family::Directory),
    ("rolemanagement/directory", Family::Directory),
    ("identity/conditionalaccess", Family::ConditionalAccess),
    ("identityprotection", Family::ConditionalAccess),
    ("identity", Family::ExternalIdentities),
    ("policies/authenticationflowspolicy", Family::ExternalIdentities),
    ("auditlogs", Family::Reports),
    ("reports", Family::Reports),
    ("identitygovernance", Family::Governance),
    ("policies/rolemanagementpolicies", Family::Governance),
    ("policies/rolemanagementpolicyassignments", Family::Governance),
    ("rolemanagement/directory/roleassignmentschedulerequests", Family::Governance),
    ("rolemanagement/directory/roleassignmentschedules", Family::Governance),
    ("rolemanagement/directory/roleeligibilityschedulerequests", Family::Governance),
    ("rolemanagement/directory/roleeligibilityschedules", Family::Governance),
    ("rolemanagement/entitlementmanagement", Family::Governance),
    ("privilegedaccess", Family::Governance),
    ("devicemanagement", Family::Intune),
    ("deviceappmanagement", Family::Intune),
];

fn begins_with(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '(', '$']))
}

/// The path after the version root, without the leading slash.
fn relative(path: &str) -> &str {
    match path.split_once("://") {
        None => path.trim_start_matches('/'),
        Some((_, rest)) => {
            let path = rest.split_once('/').map_or("", |(_, path)| path);
            let after = |root: &str| path.find(root).map(|at| &path[at + root.len()..]);
            after("v1.0/").or_else(|| after("beta/")).unwrap_or(path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Family) {
        assert_eq!(Family::of(path), expected, "{path}");
    }

    #[test]
    fn families() {
        check("/users/a@b.c?$select=id", Family::Directory);
        check("users", Family::Directory);
        check("/groups('x')/members", Family::Directory);
        check("/identity/conditionalAccess/policies", Family::ConditionalAccess);
        check("https://graph.microsoft.com/v1.0/groups?$skiptoken=x", Family::Directory);
        check("http://127.0.0.1:1/beta/identityProtection/riskyUsers", Family::ConditionalAccess);
        check("/identity/apiConnectors", Family::ExternalIdentities);
        check("/policies/authorizationPolicy", Family::Directory);
        check("/policies/roleManagementPolicies/x/rules", Family::Governance);
        check("/roleManagement/directory/roleAssignments", Family::Directory);
        check("/roleManagement/directory/roleAssignmentScheduleRequests", Family::Governance);
        check("/usersomething", Family::Other);
        check("/auditLogs/signIns", Family::Reports);
    }
}
