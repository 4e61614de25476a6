//! A sign-in to judge, in the shape of Graph's What If API, and the facts that the API knows itself.
//!
//! Source of the shape: `POST /identity/conditionalAccess/evaluate` (`signInIdentity`,
//! `signInContext`, `signInConditions`). The API looks the rest up in the tenant; offline it is
//! given as [`Facts`].

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::lenient::{flags, list};

/// A sign-in: who, to what, under which circumstances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Who signs in.
    pub sign_in_identity: Identity,
    /// What is signed in to.
    pub sign_in_context: Context,
    /// From where, with what.
    #[serde(default)]
    pub sign_in_conditions: SignInConditions,
    /// What the API would know from the tenant or the token request.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum Identity {
    /// A user, of this tenant or from outside.
    #[serde(rename = "#microsoft.graph.userSignIn", alias = "userSignIn")]
    #[serde(rename_all = "camelCase")]
    User {
        /// The object id.
        user_id: String,
        /// The tenant that a guest comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_tenant_id: Option<String>,
        /// The kind of guest, where the directory does not tell it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_user_type: Option<String>,
    },
    /// A service principal on its own.
    #[serde(rename = "#microsoft.graph.servicePrincipalSignIn", alias = "servicePrincipalSignIn")]
    #[serde(rename_all = "camelCase")]
    ServicePrincipal {
        /// The object id.
        service_principal_id: String,
    },
}

/// What is signed in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum Context {
    /// Applications, by application id.
    #[serde(rename = "#microsoft.graph.applicationContext", alias = "applicationContext")]
    #[serde(rename_all = "camelCase")]
    Applications {
        /// Application ids; keywords such as `Office365` match nothing, as in the API.
        include_applications: Vec<String>,
    },
    /// Registering security information or a device.
    #[serde(rename = "#microsoft.graph.userActionContext", alias = "userActionContext")]
    #[serde(rename_all = "camelCase")]
    UserAction {
        /// `registerSecurityInformation` or `registerOrJoinDevices`.
        user_action: String,
    },
    /// An authentication context that an application or PIM asks for.
    #[serde(rename = "#microsoft.graph.authContext", alias = "authContext")]
    #[serde(rename_all = "camelCase")]
    AuthenticationContext {
        /// `c1` to `c99`.
        authentication_context_value: String,
    },
}

/// The circumstances; what is not set is not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignInConditions {
    /// `android`, `iOS`, `windows`, `windowsPhone`, `macOS`, `linux`; anything else is a platform
    /// that Entra does not tell apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_platform: Option<String>,
    /// `browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync`, `easSupported`, `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_app_type: Option<String>,
    /// The address as Entra sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<IpAddr>,
    /// Two letters of ISO 3166; empty where the address belongs to no known country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `none`, `low`, `medium`, `high`, `hidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_risk_level: Option<String>,
    /// `none`, `low`, `medium`, `high`, `hidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_risk_level: Option<String>,
    /// `none`, `low`, `medium`, `high`, `hidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_principal_risk_level: Option<String>,
    /// `none`, `minor`, `moderate`, `elevated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insider_risk_level: Option<String>,
    /// The flow by which the sign-in came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_flow: Option<AuthenticationFlow>,
    /// The device; empty for one that is not registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_info: Option<DeviceInfo>,
}

/// The flow by which a sign-in came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationFlow {
    /// `none`, `deviceCodeFlow`, `authenticationTransfer`.
    #[serde(deserialize_with = "flags", serialize_with = "joined")]
    pub transfer_method: Vec<String>,
}

fn joined<S: serde::Serializer>(flags: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&flags.join(","))
}

/// A device as filters see it (`deviceInfo`). A property that is not set is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the names are Graph's and say it")]
pub struct DeviceInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrollment_profile_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_compliant: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdm_app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_system_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<String>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub physical_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_type: Option<String>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    pub system_labels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_type: Option<String>,
    /// `extensionAttribute1` to `extensionAttribute15`, and what is newer than this code.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl DeviceInfo {
    /// Whether Entra knows the device at all.
    pub fn is_registered(&self) -> bool {
        self.device_id.is_some() || self.trust_type.is_some()
    }

    /// Whether it is joined to Entra and to a domain on premises.
    pub fn is_hybrid_joined(&self) -> bool {
        self.trust_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("ServerAD"))
    }
}

/// What the What If API would know itself, or leaves out of account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// Further application ids that the token is asked for, besides those of the context: the
    /// application that asks for an authentication context, or a confidential client that asks
    /// for an id token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The permissions asked for, such as `User.Read`; empty where they do not matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Whether the client can keep a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential_client: Option<bool>,
    /// Whether the sign-in comes through Global Secure Access of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compliant_network: Option<bool>,
    /// Flows by which the session came about earlier: their mark stays on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub session_flows: Vec<String>,
    /// Combinations of methods already presented, such as `password,sms`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub presented: Vec<String>,
    /// Whether the session has passed multifactor authentication, by whatever method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_done: Option<bool>,
    /// Whether the client is one of the approved applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_application: Option<bool>,
    /// Whether an app protection policy of Intune is at work in the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected_application: Option<bool>,
    /// Whether Intune manages the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_device: Option<bool>,
    /// Ids of terms of use already accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms_accepted: Vec<String>,
}

impl Facts {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl SignIn {
    /// A user who signs in to an application, with nothing more known.
    pub fn of_user(user_id: impl Into<String>, application: impl Into<String>) -> Self {
        Self {
            sign_in_identity: Identity::User {
                user_id: user_id.into(),
                external_tenant_id: None,
                external_user_type: None,
            },
            sign_in_context: Context::Applications {
                include_applications: vec![application.into()],
            },
            sign_in_conditions: SignInConditions::default(),
            facts: Facts::default(),
        }
    }

    /// A service principal that signs in to an application, with nothing more known.
    pub fn of_service_principal(id: impl Into<String>, application: impl Into<String>) -> Self {
        Self {
            sign_in_identity: Identity::ServicePrincipal { service_principal_id: id.into() },
            ..Self::of_user("", application)
        }
    }

    /// The same sign-in under other circumstances.
    #[must_use]
    pub fn under(self, sign_in_conditions: SignInConditions) -> Self {
        Self { sign_in_conditions, ..self }
    }

    /// The same sign-in with other facts.
    #[must_use]
    pub fn with(self, facts: Facts) -> Self {
        Self { facts, ..self }
    }
}
