//! Template ids of Entra's built-in roles that decisions depend on.
//!
//! Source: Entra's reference of built-in roles.

/// Can do everything.
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
/// Can assign every role.
pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
/// Can change Conditional Access policies.
pub const CONDITIONAL_ACCESS_ADMINISTRATOR: &str = "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9";
/// Can change Conditional Access policies, among much else.
pub const SECURITY_ADMINISTRATOR: &str = "194ae4cb-b126-40b2-bd5b-6091b380977d";
/// Held by the account that Entra Connect signs in with.
pub const DIRECTORY_SYNCHRONIZATION_ACCOUNTS: &str = "d29b2b05-8046-44ba-8758-1e26182fcf32";
/// Held by the account of newer versions of Entra Connect.
pub const ON_PREMISES_DIRECTORY_SYNC_ACCOUNT: &str = "a92aed5d-d78a-4d16-b381-09adb37eb3b0";

/// The roles whose holders can repair Conditional Access.
pub const REPAIRERS: [&str; 4] = [
    GLOBAL_ADMINISTRATOR,
    PRIVILEGED_ROLE_ADMINISTRATOR,
    CONDITIONAL_ACCESS_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
];

/// The roles of accounts that synchronise the directory.
pub const SYNCHRONISERS: [&str; 2] =
    [DIRECTORY_SYNCHRONIZATION_ACCOUNTS, ON_PREMISES_DIRECTORY_SYNC_ACCOUNT];
