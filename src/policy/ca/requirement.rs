//! What policies demand, as an algebra of controls under "all" and "any".

use std::fmt;

use serde::Serialize;

use super::controls::GrantControls;
use super::known::STRENGTH_MFA;
use super::policy::{Policy, UNKNOWN};

/// What is demanded before a token is issued.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Requirement {
    /// One control.
    Control(Control),
    /// Every one; nothing at all where there is none.
    All(Vec<Requirement>),
    /// At least one.
    Any(Vec<Requirement>),
}

/// One control.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Control {
    /// No access.
    Block,
    /// Multifactor authentication by any method.
    Mfa,
    /// Authentication of a strength, by its id.
    Strength(String),
    /// A device marked as compliant.
    CompliantDevice,
    /// A hybrid joined device.
    DomainJoinedDevice,
    /// One of the approved client applications.
    ApprovedApplication,
    /// A client application under an app protection policy.
    CompliantApplication,
    /// A change of the password.
    PasswordChange,
    /// Remediation of the user's risk.
    RiskRemediation,
    /// Acceptance of terms of use, by their id.
    TermsOfUse(String),
    /// A custom control, by its id.
    Custom(String),
    /// A control newer than this code, by its name, or one not known before apply.
    Other(String),
}

impl Requirement {
    /// Nothing is demanded.
    pub const NOTHING: Self = Self::All(Vec::new());

    /// What `policy` demands of those that it applies to.
    pub fn of(policy: &Policy) -> Self {
        let unknown = || Self::Control(Control::Other(UNKNOWN.to_owned()));
        let not_known = |path: &str| policy.unknown.iter().any(|unknown| unknown == path);
        if not_known("grantControls") {
            return unknown();
        }
        let Some(grant) = &policy.grant_controls else { return Self::NOTHING };
        let mut controls: Vec<Self> = controls(grant).map(Self::Control).collect();
        if not_known("grantControls.authenticationStrength") {
            controls.push(unknown());
        }
        if controls.contains(&Self::Control(Control::Block)) {
            return Self::Control(Control::Block);
        }
        if grant.operator.eq_ignore_ascii_case("OR") && !controls.is_empty() {
            Self::Any(controls)
        } else {
            Self::All(controls)
        }
        .simplified()
    }

    /// Whether nothing is demanded.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// All of `parts`.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::All(parts.into_iter().collect()).simplified()
    }

    /// Whether `control` stands anywhere in it.
    pub fn mentions(&self, control: &Control) -> bool {
        match self {
            Self::Control(own) => own == control,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.mentions(control)),
        }
    }

    /// Whether an authentication strength stands anywhere in it.
    pub fn mentions_strength(&self) -> bool {
        match self {
            Self::Control(control) => matches!(control, Control::Strength(_)),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::mentions_strength),
        }
    }

    /// The same demand without `control`.
    #[must_use]
    pub fn without(self, control: &Control) -> Self {
        let rest = |parts: Vec<Self>| -> Vec<Self> {
            parts
                .into_iter()
                .filter(|part| !matches!(part, Self::Control(own) if own == control))
                .map(|part| part.without(control))
                .collect()
        };
        match self {
            Self::Control(own) if own == *control => Self::NOTHING,
            Self::Control(_) => self,
            Self::All(parts) => Self::All(rest(parts)).simplified(),
            Self::Any(parts) => Self::Any(rest(parts)).simplified(),
        }
    }

    /// The same demand, flattened, sorted, and without what the rest implies: any strength implies
    /// multifactor authentication, and a demand implies every choice that contains it.
    #[must_use]
    pub fn simplified(self) -> Self {
        let (parts, all) = match self {
            Self::Control(Control::Strength(id)) if id == STRENGTH_MFA => {
                return Self::Control(Control::Mfa);
            }
            Self::Control(_) => return self,
            Self::All(parts) => (parts, true),
            Self::Any(parts) => (parts, false),
        };
        let mut flat = Vec::new();
        for part in parts.into_iter().map(Self::simplified) {
            match part {
                Self::All(inner) if all => flat.extend(inner),
                Self::Any(inner) if !all => flat.extend(inner),
                other => flat.push(other),
            }
        }
        flat.sort();
        flat.dedup();
        if all {
            absorb(&mut flat);
        } else if flat.contains(&Self::NOTHING) {
            return Self::NOTHING;
        }
        match flat.pop() {
            Some(only) if flat.is_empty() => only,
            last => {
                flat.extend(last);
                if all { Self::All(flat) } else { Self::Any(flat) }
            }
        }
    }
}

/// Drops from a conjunction what another of its parts implies.
fn absorb(parts: &mut Vec<Requirement>) {
    let strong = parts.iter().any(|p| matches!(p, Requirement::Control(Control::Strength(_))));
    let simple: Vec<Requirement> =
        parts.iter().filter(|part| matches!(part, Requirement::Control(_))).cloned().collect();
    let mfa = Requirement::Control(Control::Mfa);
    parts.retain(|part| match part {
        Requirement::Control(Control::Mfa) => !strong,
        Requirement::Any(choices) => {
            !choices.iter().any(|choice| simple.contains(choice) || (strong && *choice == mfa))
        }
        _ => true,
    });
}

fn controls(grant: &GrantControls) -> impl Iterator<Item = Control> {
    let built_in = grant.built_in_controls.iter().map(|name| match name.as_str() {
        "block" => Control::Block,
        "mfa" => Control::Mfa,
        "compliantDevice" => Control::CompliantDevice,
        "domainJoinedDevice" => Control::DomainJoinedDevice,
        "approvedApplication" => Control::ApprovedApplication,
        "compliantApplication" => Control::CompliantApplication,
        "passwordChange" => Control::PasswordChange,
        "riskRemediation" => Control::RiskRemediation,
        other => Control::Other(other.to_owned()),
    });
    let strength = grant.authentication_strength.iter().map(|strength| {
        if strength.id == UNKNOWN {
            Control::Other(UNKNOWN.to_owned())
        } else {
            Control::Strength(strength.id.to_lowercase())
        }
    });
    let terms = grant.terms_of_use.iter().map(|id| Control::TermsOfUse(id.to_lowercase()));
    let custom = grant.custom_authentication_factors.iter().map(|id| Control::Custom(id.clone()));
    built_in.chain(strength).chain(terms).chain(custom)
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block => f.write_str("no access"),
            Self::Mfa => f.write_str("multifactor authentication"),
            Self::Strength(id) => write!(f, "authentication strength {id}"),
            Self::CompliantDevice => f.write_str("a compliant device"),
            Self::DomainJoinedDevice => f.write_str("a hybrid joined device"),
            Self::ApprovedApplication => f.write_str("an approved client application"),
            Self::CompliantApplication => f.write_str("an app protection policy"),
            Self::PasswordChange => f.write_str("a password change"),
            Self::RiskRemediation => f.write_str("risk remediation"),
            Self::TermsOfUse(id) => write!(f, "terms of use {id}"),
            Self::Custom(id) => write!(f, "custom control {id}"),
            Self::Other(name) => write!(f, "control {name}"),
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Control(control) => return control.fmt(f),
            Self::All(parts) if parts.is_empty() => return f.write_str("nothing"),
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                f.write_str(word)?;
            }
            match part {
                Self::Control(control) => control.fmt(f)?,
                nested => write!(f, "({nested})")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Policy, Requirement};

    #[track_caller]
    fn check(grants: &[Value], expected: &str) {
        let demands = grants.iter().map(|grant| {
            let policy = Policy::from_graph(&json!({"grantControls": grant}));
            Requirement::of(&policy.unwrap_or_else(|error| panic!("{grant}: {error}")))
        });
        assert_eq!(Requirement::all(demands).to_string(), expected);
    }

    #[test]
    fn demands_are_combined_and_simplified() {
        let mfa = json!({"operator": "OR", "builtInControls": ["mfa"]});
        let either = json!({"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]});
        let both = json!({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]});
        let strength = |last: u8| {
            json!({"operator": "AND", "authenticationStrength":
            {"id": format!("00000000-0000-0000-0000-00000000000{last}")}})
        };
        check(&[], "nothing");
        check(&[json!(null)], "nothing");
        check(std::slice::from_ref(&either), "multifactor authentication or a compliant device");
        check(&[either.clone(), mfa.clone()], "multifactor authentication");
        check(&[both, either.clone()], "multifactor authentication and a compliant device");
        check(&[strength(2), mfa.clone()], "multifactor authentication");
        check(
            &[strength(4), mfa, either],
            "authentication strength 00000000-0000-0000-0000-000000000004",
        );
        check(&[json!({"operator": "OR", "builtInControls": ["block"]})], "no access");
        check(&[json!("(known after apply)")], "control (known after apply)");
    }
}
