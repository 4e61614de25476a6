//! What the provider block says about lockout protection.

use serde_json::Value as Json;

use crate::declare::{Attribute, UNKNOWN, ids, object, string};
use crate::policy::lockout::EmergencyAccess;

/// Who is to stay able to sign in.
pub(in crate::catalogue) const EMERGENCY_ACCESS: Attribute = object(
    "emergency_access",
    "The emergency access (break-glass) accounts, which are to stay able to sign in whatever is \
     applied. Plans are judged by what they do to these accounts, and the accounts and groups \
     themselves are guarded.",
)
.of(&[
    ids("user_ids", "The object ids of the accounts. At least two."),
    ids(
        "group_ids",
        "The object ids of the groups that policies exclude. Where `user_ids` is not set, their \
         members are the accounts.",
    ),
]);

/// What becomes of a plan that locks somebody out.
pub(in crate::catalogue) const LOCKOUT_PROTECTION: Attribute = string(
    "lockout_protection",
    "What becomes of a plan that would lock emergency access or the last administrators out: \
     `error` stops it, `warn` tells, `off` does not look, neither at what policies refer to. Defaults to `error` where \
     `emergency_access` is configured, else to `warn`.",
)
.one_of(&["error", "warn", "off"])
.env(&["M365_LOCKOUT_PROTECTION"]);

/// What becomes of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Protection {
    #[default]
    Error,
    Warn,
}

/// The settings; nothing where protection is off.
pub(super) fn read(provider: &Json) -> Option<(Protection, EmergencyAccess)> {
    let declared = &provider["emergencyAccess"];
    let ids = |name: &str| -> Vec<String> {
        let ids = declared[name].as_array().into_iter().flatten();
        ids.filter_map(Json::as_str).filter(|id| *id != UNKNOWN).map(str::to_lowercase).collect()
    };
    let emergency = EmergencyAccess { user_ids: ids("userIds"), group_ids: ids("groupIds") };
    let protection = match provider["lockoutProtection"].as_str() {
        Some("off") => return None,
        Some("error") => Protection::Error,
        Some("warn") => Protection::Warn,
        _ if declared.is_null() => Protection::Warn,
        _ => Protection::Error,
    };
    Some((protection, emergency))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plans_are_stopped_where_somebody_said_who_must_stay() {
        let protection = |provider: Json| read(&provider).map(|(protection, _)| protection);
        let declared = json!({"userIds": ["A", UNKNOWN], "groupIds": null});
        assert_eq!(protection(json!({})), Some(Protection::Warn));
        assert_eq!(protection(json!({"emergencyAccess": declared})), Some(Protection::Error));
        assert_eq!(
            protection(json!({"emergencyAccess": declared, "lockoutProtection": "warn"})),
            Some(Protection::Warn)
        );
        assert_eq!(protection(json!({"lockoutProtection": "off"})), None);
        let (_, emergency) = read(&json!({"emergencyAccess": declared})).unwrap();
        assert_eq!(emergency.user_ids, ["a"]);
    }
}
