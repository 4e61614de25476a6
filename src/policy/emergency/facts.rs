//! What the properties of emergency access are judged by, in Graph's names where Graph has it.

use serde::Deserialize;

use crate::policy::ca::Policy;

/// What is known of an account; `None` where nobody looked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Account {
    /// The object id.
    pub id: String,
    /// Whether there is no such account; it is not enabled then.
    pub is_missing: bool,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `accountEnabled`.
    pub account_enabled: Option<bool>,
    /// `onPremisesSyncEnabled`, where null is `false`.
    pub on_premises_sync_enabled: Option<bool>,
    /// `passwordPolicies`, empty where it is null.
    pub password_policies: Option<String>,
    /// Assignments of roles, active ones as well as eligible ones.
    pub roles: Option<Vec<RoleAssignment>>,
    /// Ids of the groups that the account is in, directly or through others.
    pub groups: Option<Vec<String>>,
    /// The methods registered, as `authenticationMethodModes` names them; one entry a key.
    pub methods: Option<Vec<String>>,
    /// The models of the passkeys registered (`aaGuid`).
    pub keys: Option<Vec<String>>,
    /// Days since the last successful sign-in (`signInActivity.lastSuccessfulSignInDateTime`);
    /// `Some(None)` for an account that never signed in.
    pub days_since_sign_in: Option<Option<i64>>,
}

/// How an account holds a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleAssignment {
    /// The template id of the role.
    pub role: String,
    /// `/` for the whole tenant.
    pub directory_scope_id: String,
    /// Whether it is held now, rather than to be activated.
    pub is_active: bool,
    /// Whether it ends by itself.
    pub expires: bool,
}

/// What is known of an emergency access group; `None` where nobody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProtectedGroup {
    /// The object id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// `isAssignableToRole`.
    pub is_assignable_to_role: Option<bool>,
    /// `isManagementRestricted`: it is in a restricted management administrative unit.
    pub is_management_restricted: Option<bool>,
    /// How many members it has, directly or through others.
    pub members: Option<u64>,
}

/// What a user declares, because Graph does not give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attestations {
    /// The accounts belong to no person and the keys to no employee.
    pub impersonal: Option<bool>,
    /// Every use raises an alert.
    pub monitored: Option<bool>,
    /// They are used from a privileged workstation.
    pub privileged_workstation: Option<bool>,
    /// No access review, lifecycle workflow or cleanup of inactive accounts touches them.
    pub retained: Option<bool>,
}

/// Who may use passkeys, and of which models (`fido2AuthenticationMethodConfiguration`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passkeys {
    /// Whether the method is enabled at all.
    pub enabled: bool,
    /// Groups that may use it; `all_users` for everybody.
    pub include: Vec<String>,
    /// Groups that may not.
    pub exclude: Vec<String>,
    /// Models that are allowed (`true`) or blocked (`false`), where that is enforced.
    pub keys: Option<(bool, Vec<String>)>,
}

/// All that the properties are judged by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmergencyFacts {
    /// The accounts declared.
    pub accounts: Vec<Account>,
    /// The groups declared.
    pub groups: Vec<ProtectedGroup>,
    /// Every policy of the tenant; `None` where nobody looked.
    pub policies: Option<Vec<Policy>>,
    /// Who may use passkeys; `None` where nobody looked.
    pub passkeys: Option<Passkeys>,
    /// The initial domain.
    pub initial_domain: Option<String>,
    /// Whether the initial domain is managed by Entra.
    pub initial_domain_managed: Option<bool>,
    /// The method that administrators use from day to day.
    pub usual_method: Option<String>,
    /// What is declared.
    pub attestations: Attestations,
}
