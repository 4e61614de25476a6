//! A Conditional Access policy in the shape of Graph's `conditionalAccessPolicy`.
//!
//! Source of the shape: Graph v1.0 metadata, `microsoft.graph.conditionalAccessPolicy`. Lists stay
//! open: a value newer than this code is kept as it is. A property newer than this code is kept in
//! `other`, and [`Policy::unrecognised`] names it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::controls::{GrantControls, SessionControls};
use super::lenient::{flags, list, or_default};

/// What a planned policy carries in place of a value that is not known before apply.
///
/// In place of a list, an element, a text or an object; everything that depends on it is judged as
/// not known.
pub const UNKNOWN: &str = "(known after apply)";

/// A policy, saved or planned.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// The object id; empty for one that is only planned.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// The name shown in the portal.
    #[serde(deserialize_with = "or_default")]
    pub display_name: String,
    /// Whether it is enforced.
    #[serde(deserialize_with = "or_default")]
    pub state: State,
    /// Whom it is for, for what and under which circumstances.
    #[serde(deserialize_with = "or_default")]
    pub conditions: Conditions,
    /// What it demands before a token is issued.
    pub grant_controls: Option<GrantControls>,
    /// How it limits the session that follows.
    pub session_controls: Option<SessionControls>,
    /// Paths of objects that are not known before apply, such as `conditions.users`.
    #[serde(skip)]
    pub unknown: Vec<String>,
    /// Properties that say nothing about evaluation, or that are newer than this code.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Why a value is not a policy.
#[derive(Debug, thiserror::Error)]
#[error("this is not a Conditional Access policy as Graph has them: {0}")]
pub struct NotAPolicy(#[from] serde_json::Error);

impl Policy {
    /// Reads a policy from Graph's JSON, in which [`UNKNOWN`] may stand anywhere.
    ///
    /// # Errors
    ///
    /// A property has a type that Graph's metadata does not give it.
    pub fn from_graph(json: &Value) -> Result<Self, NotAPolicy> {
        let mut json = json.clone();
        let mut unknown = Vec::new();
        take_unknown_objects(&mut json, "", &mut unknown);
        let mut policy: Self = serde_json::from_value(json)?;
        policy.unknown = unknown;
        Ok(policy)
    }

    /// What to call it in messages: its name, else its id.
    pub fn name(&self) -> &str {
        if self.display_name.is_empty() { &self.id } else { &self.display_name }
    }

    /// The same policy in another state.
    #[must_use]
    pub fn in_state(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// Paths of the properties with a value that this code does not know and hence cannot judge.
    pub fn unrecognised(&self) -> Vec<String> {
        let conditions = &self.conditions;
        let mut found = Vec::new();
        let mut look = |at: &str, other: &Map<String, Value>| {
            found.extend(significant(other).map(|name| format!("{at}.{name}")));
        };
        look("conditions", &conditions.other);
        if let Some(users) = &conditions.users {
            look("conditions.users", &users.other);
        }
        if let Some(applications) = &conditions.applications {
            look("conditions.applications", &applications.other);
        }
        if let Some(clients) = &conditions.client_applications {
            look("conditions.clientApplications", &clients.other);
        }
        if let Some(grant) = &self.grant_controls {
            look("grantControls", &grant.other);
        }
        if let Some(session) = &self.session_controls {
            look("sessionControls", &session.other);
        }
        found
    }
}

/// The names in `other` that hold something: neither annotations nor empty values.
fn significant(other: &Map<String, Value>) -> impl Iterator<Item = &str> {
    other
        .iter()
        .filter(|(name, value)| {
            !name.contains("@odata.")
                && match value {
                    Value::Null => false,
                    Value::Array(elements) => !elements.is_empty(),
                    Value::Object(properties) => !properties.is_empty(),
                    _ => true,
                }
        })
        .map(|(name, _)| name.as_str())
}

/// The properties that hold objects, and so cannot hold [`UNKNOWN`] itself.
const OBJECTS: [&str; 23] = [
    "conditions",
    "users",
    "applications",
    "clientApplications",
    "includeGuestsOrExternalUsers",
    "excludeGuestsOrExternalUsers",
    "externalTenants",
    "applicationFilter",
    "servicePrincipalFilter",
    "platforms",
    "locations",
    "devices",
    "deviceFilter",
    "authenticationFlows",
    "grantControls",
    "authenticationStrength",
    "sessionControls",
    "applicationEnforcedRestrictions",
    "cloudAppSecurity",
    "signInFrequency",
    "persistentBrowser",
    "continuousAccessEvaluation",
    "secureSignInSession",
];

/// Takes the objects that are not known out of `json`, and notes where they were.
fn take_unknown_objects(json: &mut Value, at: &str, unknown: &mut Vec<String>) {
    let Value::Object(properties) = json else { return };
    for (name, value) in properties {
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        if value == UNKNOWN && OBJECTS.contains(&name.as_str()) {
            *value = Value::Null;
            unknown.push(path);
        } else {
            take_unknown_objects(value, &path, unknown);
        }
    }
}

/// Whether a policy is enforced (`conditionalAccessPolicyState`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum State {
    /// It is enforced.
    #[serde(rename = "enabled")]
    Enabled,
    /// It is evaluated and logged, never enforced.
    #[serde(rename = "enabledForReportingButNotEnforced")]
    ReportOnly,
    /// It does nothing.
    #[default]
    #[serde(rename = "disabled")]
    Disabled,
    /// A state newer than this code, or not known before apply.
    #[serde(untagged)]
    Other(String),
}

/// Whom a policy is for, for what and when (`conditionalAccessConditionSet`); all are to hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Conditions {
    /// The users that it is for.
    pub users: Option<Users>,
    /// The service principals that it is for; set for workload identities only.
    pub client_applications: Option<ClientApplications>,
    /// What is signed in to.
    pub applications: Option<Applications>,
    /// The kinds of client: `browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync`,
    /// `easSupported`, `other`, `all`.
    #[serde(deserialize_with = "list")]
    pub client_app_types: Vec<String>,
    /// The platforms that the client says it runs on.
    pub platforms: Option<Platforms>,
    /// The networks that the sign-in comes from.
    pub locations: Option<Locations>,
    /// The devices, by a filter.
    pub devices: Option<Devices>,
    /// The levels of user risk, as a list and not as a threshold.
    #[serde(deserialize_with = "list")]
    pub user_risk_levels: Vec<String>,
    /// The levels of sign-in risk, as a list and not as a threshold.
    #[serde(deserialize_with = "list")]
    pub sign_in_risk_levels: Vec<String>,
    /// The levels of risk of a service principal.
    #[serde(deserialize_with = "list")]
    pub service_principal_risk_levels: Vec<String>,
    /// The levels of insider risk.
    #[serde(deserialize_with = "flags")]
    pub insider_risk_levels: Vec<String>,
    /// The flows by which the sign-in came about.
    pub authentication_flows: Option<AuthenticationFlows>,
    /// Conditions newer than this code.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `conditionalAccessUsers`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the names are Graph's and say it")]
pub struct Users {
    #[serde(deserialize_with = "list")]
    pub include_users: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub exclude_users: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub include_groups: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub exclude_groups: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub include_roles: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub exclude_roles: Vec<String>,
    pub include_guests_or_external_users: Option<GuestsOrExternalUsers>,
    pub exclude_guests_or_external_users: Option<GuestsOrExternalUsers>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `conditionalAccessGuestsOrExternalUsers`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GuestsOrExternalUsers {
    /// `internalGuest`, `b2bCollaborationGuest`, `b2bCollaborationMember`, `b2bDirectConnectUser`,
    /// `otherExternalUser`, `serviceProvider`.
    #[serde(deserialize_with = "flags")]
    pub guest_or_external_user_types: Vec<String>,
    /// Of which tenants; all where it is not set.
    pub external_tenants: Option<ExternalTenants>,
}

/// `conditionalAccessExternalTenants` and its two derived types.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExternalTenants {
    /// `all` or `enumerated`.
    #[serde(deserialize_with = "or_default")]
    pub membership_kind: String,
    /// The tenant ids, where they are enumerated.
    #[serde(deserialize_with = "list")]
    pub members: Vec<String>,
}

/// `conditionalAccessClientApplications`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientApplications {
    /// Object ids of service principals, or `ServicePrincipalsInMyTenant`.
    #[serde(deserialize_with = "list")]
    pub include_service_principals: Vec<String>,
    /// Object ids of service principals.
    #[serde(deserialize_with = "list")]
    pub exclude_service_principals: Vec<String>,
    /// By custom security attributes of the service principal.
    pub service_principal_filter: Option<Filter>,
    /// Properties newer than this code.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `conditionalAccessApplications`: applications, user actions or authentication contexts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Applications {
    /// Application ids, `All`, `None`, `Office365`, `MicrosoftAdminPortals`.
    #[serde(deserialize_with = "list")]
    pub include_applications: Vec<String>,
    /// Application ids, `Office365`, `MicrosoftAdminPortals`.
    #[serde(deserialize_with = "list")]
    pub exclude_applications: Vec<String>,
    /// `urn:user:registersecurityinfo`, `urn:user:registerdevice`.
    #[serde(deserialize_with = "list")]
    pub include_user_actions: Vec<String>,
    /// `c1` to `c99`.
    #[serde(deserialize_with = "list")]
    pub include_authentication_context_class_references: Vec<String>,
    /// By custom security attributes of the application's service principal.
    pub application_filter: Option<Filter>,
    /// Properties newer than this code.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `conditionalAccessFilter`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// `include` or `exclude`.
    #[serde(deserialize_with = "or_default")]
    pub mode: String,
    /// The rule; its language is that of [`filter`](super::filter).
    #[serde(deserialize_with = "or_default")]
    pub rule: String,
}

/// `conditionalAccessPlatforms`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the names are Graph's and say it")]
pub struct Platforms {
    #[serde(deserialize_with = "list")]
    pub include_platforms: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub exclude_platforms: Vec<String>,
}

/// `conditionalAccessLocations`: ids of named locations, `All`, `AllTrusted`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the names are Graph's and say it")]
pub struct Locations {
    #[serde(deserialize_with = "list")]
    pub include_locations: Vec<String>,
    #[serde(deserialize_with = "list")]
    pub exclude_locations: Vec<String>,
}

/// `conditionalAccessDevices`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the name is Graph's and says it")]
pub struct Devices {
    pub device_filter: Option<Filter>,
}

/// `conditionalAccessAuthenticationFlows`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationFlows {
    /// `deviceCodeFlow`, `authenticationTransfer`.
    #[serde(deserialize_with = "flags")]
    pub transfer_methods: Vec<String>,
}
