//! How the session is limited when several policies limit it.
//!
//! Microsoft does not document how session controls merge; the strictest of each wins here, which
//! is what the field observes. Frequency: `everyTime`, else the shortest. Cloud Apps:
//! `blockDownloads`, `mcasConfigured`, `monitorOnly`. Persistence: `never`.

use serde::Serialize;

use super::controls::{SessionControls, SignInFrequency};

/// The session controls of all enforced policies that apply, merged.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Exchange and SharePoint may limit what the session may do.
    pub application_enforced_restrictions: bool,
    /// `monitorOnly`, `mcasConfigured` or `blockDownloads`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_app_security: Option<String>,
    /// How often to sign in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_frequency: Option<Frequency>,
    /// `always` or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_browser: Option<String>,
    /// `disabled`, `strictEnforcement` or `strictLocation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous_access_evaluation: Option<String>,
    /// Tokens are bound to the device.
    pub secure_sign_in_session: bool,
    /// Access is denied in an outage.
    pub resilience_defaults_disabled: bool,
}

/// How often to sign in again. Ordered from the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Frequency {
    /// At every evaluation of the session.
    EveryTime,
    /// After so many hours.
    Hours(i64),
}

impl Frequency {
    /// What a control says; nothing where it is off or says nothing.
    pub fn of(control: &SignInFrequency) -> Option<Self> {
        if control.is_enabled == Some(false) {
            return None;
        }
        if control.frequency_interval.as_deref() == Some("everyTime") {
            return Some(Self::EveryTime);
        }
        let hours = match control.unit.as_deref()? {
            "days" => control.value?.saturating_mul(24),
            _ => control.value?,
        };
        Some(Self::Hours(hours))
    }
}

impl Session {
    /// Adds the controls of one more policy.
    pub fn merge(&mut self, controls: &SessionControls) {
        self.application_enforced_restrictions |=
            controls.application_enforced_restrictions.is_some_and(|switch| switch.is_on());
        self.secure_sign_in_session |=
            controls.secure_sign_in_session.is_some_and(|switch| switch.is_on());
        self.resilience_defaults_disabled |= controls.disable_resilience_defaults == Some(true);
        if let Some(new) = controls.sign_in_frequency.as_ref().and_then(Frequency::of) {
            self.sign_in_frequency = Some(self.sign_in_frequency.map_or(new, |old| old.min(new)));
        }
        if let Some(control) = &controls.cloud_app_security
            && control.is_enabled != Some(false)
        {
            stricter(
                &mut self.cloud_app_security,
                control.cloud_app_security_type.as_deref().unwrap_or("mcasConfigured"),
                &["monitorOnly", "mcasConfigured", "blockDownloads"],
            );
        }
        if let Some(control) = &controls.persistent_browser
            && control.is_enabled != Some(false)
            && let Some(mode) = &control.mode
        {
            stricter(&mut self.persistent_browser, mode, &["always", "never"]);
        }
        if let Some(mode) =
            controls.continuous_access_evaluation.as_ref().and_then(|c| c.mode.as_ref())
        {
            stricter(
                &mut self.continuous_access_evaluation,
                mode,
                &["disabled", "strictEnforcement", "strictLocation"],
            );
        }
    }
}

/// Keeps of two values the one further on in `order`; one that is not in it is kept as strictest,
/// and of two such the greater, so that the order of policies does not matter.
fn stricter(kept: &mut Option<String>, new: &str, order: &[&str]) {
    let rank = |value: &str| order.iter().position(|known| *known == value).unwrap_or(order.len());
    let better = kept.as_deref().is_none_or(|old| (rank(old), old) < (rank(new), new));
    if better {
        *kept = Some(new.to_owned());
    }
}
