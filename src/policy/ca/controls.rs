//! What a policy demands and how it limits the session, in the shape of Graph's types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{list, or_default};

/// `conditionalAccessGrantControls`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GrantControls {
    /// `AND` or `OR`. Graph answers `OR` where there is one control, whatever was written.
    #[serde(deserialize_with = "or_default")]
    pub operator: String,
    /// `block`, `mfa`, `compliantDevice`, `domainJoinedDevice`, `approvedApplication`,
    /// `compliantApplication`, `passwordChange`, `riskRemediation`.
    #[serde(deserialize_with = "list")]
    pub built_in_controls: Vec<String>,
    /// Ids of custom controls.
    #[serde(deserialize_with = "list")]
    pub custom_authentication_factors: Vec<String>,
    /// Ids of terms of use.
    #[serde(deserialize_with = "list")]
    pub terms_of_use: Vec<String>,
    /// The strength that the authentication is to have.
    pub authentication_strength: Option<AuthenticationStrength>,
    /// Properties newer than this code.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// `authenticationStrengthPolicy`: the combinations of methods that are strong enough.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationStrength {
    /// The id; three are built in.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// The name shown in the portal.
    #[serde(deserialize_with = "or_default")]
    pub display_name: String,
    /// Each one method or several with commas, such as `password,sms`. Empty where it is not
    /// known; then it is looked up by id.
    #[serde(deserialize_with = "list")]
    pub allowed_combinations: Vec<String>,
    /// Which keys and certificates the combinations stand for; all where there is none.
    #[serde(deserialize_with = "list")]
    pub combination_configurations: Vec<CombinationConfiguration>,
}

/// `authenticationCombinationConfiguration` and its two derived types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CombinationConfiguration {
    /// The combinations that it is about.
    #[serde(deserialize_with = "list")]
    pub applies_to_combinations: Vec<String>,
    /// The models of security keys and passkeys that are allowed; empty where it is about
    /// certificates.
    #[serde(rename = "allowedAAGUIDs", deserialize_with = "list")]
    pub allowed_aaguids: Vec<String>,
}

/// `conditionalAccessSessionControls`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionControls {
    /// Lets Exchange and SharePoint limit what the session may do.
    pub application_enforced_restrictions: Option<Switch>,
    /// Routes the session through Defender for Cloud Apps.
    pub cloud_app_security: Option<CloudAppSecurity>,
    /// How often to sign in again.
    pub sign_in_frequency: Option<SignInFrequency>,
    /// Whether the browser stays signed in.
    pub persistent_browser: Option<PersistentBrowser>,
    /// Beta: how continuous access evaluation works.
    pub continuous_access_evaluation: Option<ContinuousAccessEvaluation>,
    /// Binds tokens to the device.
    pub secure_sign_in_session: Option<Switch>,
    /// Denies access in an outage where the policy cannot be evaluated anew.
    pub disable_resilience_defaults: Option<bool>,
    /// Properties newer than this code.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl SessionControls {
    /// Whether any control is set.
    pub fn any(&self) -> bool {
        self.application_enforced_restrictions.is_some()
            || self.cloud_app_security.is_some()
            || self.sign_in_frequency.is_some()
            || self.persistent_browser.is_some()
            || self.continuous_access_evaluation.is_some()
            || self.secure_sign_in_session.is_some()
            || self.disable_resilience_defaults == Some(true)
            || self.other.iter().any(|(name, value)| !name.contains('@') && !value.is_null())
    }
}

/// A session control that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Switch {
    /// Whether it is on; on where Graph leaves it out.
    pub is_enabled: Option<bool>,
}

impl Switch {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.is_enabled != Some(false)
    }
}

/// `cloudAppSecuritySessionControl`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CloudAppSecurity {
    /// Whether it is on.
    pub is_enabled: Option<bool>,
    /// `mcasConfigured`, `monitorOnly` or `blockDownloads`.
    pub cloud_app_security_type: Option<String>,
}

/// `signInFrequencySessionControl`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SignInFrequency {
    /// Whether it is on.
    pub is_enabled: Option<bool>,
    /// `timeBased` or `everyTime`; time-based where it is left out.
    pub frequency_interval: Option<String>,
    /// How many of the unit.
    pub value: Option<i64>,
    /// `hours` or `days`.
    #[serde(rename = "type")]
    pub unit: Option<String>,
    /// `primaryAndSecondaryAuthentication` or `secondaryAuthentication`.
    pub authentication_type: Option<String>,
}

/// `persistentBrowserSessionControl`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PersistentBrowser {
    /// Whether it is on.
    pub is_enabled: Option<bool>,
    /// `always` or `never`.
    pub mode: Option<String>,
}

/// Beta's `continuousAccessEvaluationSessionControl`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContinuousAccessEvaluation {
    /// `strictEnforcement`, `disabled` or `strictLocation`.
    pub mode: Option<String>,
}
