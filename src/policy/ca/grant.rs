//! Whether a demand can be met in a sign-in.

use super::condition::Circumstances;
use super::controls::AuthenticationStrength;
use super::directory::InboundTrust;
use super::index::Index;
use super::known::{DEFENDER_MOBILE, INTUNE_ENROLLMENT, MFA, built_in_strength};
use super::outcome::Standing;
use super::policy::Policy;
use super::requirement::{Control, Requirement};
use super::sign_in::SignIn;
use super::strength::Strength;
use super::subject::{Guest, Subject};
use super::target::Resource;
use crate::policy::truth::Truth;

/// All that a demand is judged by.
pub(super) struct Grounds<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) circumstances: &'a Circumstances<'a>,
    pub(super) resource: &'a Resource,
    pub(super) index: &'a Index<'a>,
    /// Whether another policy demands that the risk be remedied, which replaces a password change.
    pub(super) remediation: bool,
}

impl Grounds<'_> {
    /// How far `required`, which `policy` demands, is met; the reasons of what fails are pushed.
    pub(super) fn standing(
        &self,
        required: &Requirement,
        policy: &Policy,
        because: &mut Vec<String>,
    ) -> Standing {
        match required {
            Requirement::Control(control) => {
                let (standing, why) = self.control(control, policy);
                if standing < Standing::AfterRegistration {
                    because.push(why.to_owned());
                }
                standing
            }
            Requirement::All(parts) => parts
                .iter()
                .map(|part| self.standing(part, policy, because))
                .min()
                .unwrap_or(Standing::Met),
            Requirement::Any(parts) => {
                let mut reasons = Vec::new();
                let best = parts
                    .iter()
                    .map(|part| self.standing(part, policy, &mut reasons))
                    .max()
                    .unwrap_or(Standing::Met);
                if best < Standing::AfterRegistration {
                    because.append(&mut reasons);
                }
                best
            }
        }
    }

    fn sign_in(&self) -> &SignIn {
        self.circumstances.sign_in
    }

    fn control(&self, control: &Control, policy: &Policy) -> (Standing, &'static str) {
        if *control == Control::Block {
            return (Standing::Impossible, "access is blocked");
        }
        if self.subject.is_workload {
            return (Standing::Impossible, "a service principal can meet no control");
        }
        if let Control::Other(_) = control {
            return (Standing::Unclear, "this control is not known");
        }
        if self.circumstances.is_legacy_client() {
            return (
                Standing::Impossible,
                "a client with legacy authentication can meet no control",
            );
        }
        match control {
            Control::Block | Control::Other(_) | Control::Mfa => self.mfa(policy),
            Control::Strength(id) => self.strength(id, policy),
            Control::CompliantDevice => self.compliant_device(),
            Control::DomainJoinedDevice => self.hybrid_device(),
            Control::ApprovedApplication => self.application(
                self.sign_in().facts.approved_application,
                "the client is not an approved application (53002)",
            ),
            Control::CompliantApplication => self.application(
                self.sign_in().facts.protected_application,
                "the client has no app protection policy (53009)",
            ),
            Control::PasswordChange => self.password_change(),
            Control::RiskRemediation if self.subject.is_guest() => {
                (Standing::Impossible, "a guest's risk can be remedied at home only")
            }
            Control::TermsOfUse(id) if self.has_accepted(id) => (Standing::Met, ""),
            Control::RiskRemediation | Control::TermsOfUse(_) | Control::Custom(_) => {
                (Standing::Possible, "")
            }
        }
    }

    fn has_accepted(&self, terms: &str) -> bool {
        self.sign_in().facts.terms_accepted.iter().any(|id| id.eq_ignore_ascii_case(terms))
    }

    fn mfa(&self, policy: &Policy) -> (Standing, &'static str) {
        let facts = &self.sign_in().facts;
        if facts.mfa_done == Some(true)
            || facts.presented.iter().any(|c| Strength::built_in(&MFA).is_met_by(c))
        {
            return (Standing::Met, "");
        }
        if let Guest::Yes { kind, .. } = &self.subject.guest {
            if self.trust().is_mfa_accepted {
                return (Standing::Possible, "");
            }
            if kind.eq_ignore_ascii_case("b2bDirectConnectUser") {
                let why = "multifactor authentication of the home tenant is not trusted, and \
                           direct connect knows no other";
                return (Standing::Impossible, why);
            }
        }
        let user = self.subject.user;
        let by_methods = user.filter(|user| user.methods.is_some()).map(|user| {
            let certificates = self.index.directory.certificates;
            !Strength::built_in(&MFA).can_be_met_by(user, certificates).is_no()
        });
        match (by_methods, user.and_then(|user| user.is_mfa_registered)) {
            (Some(true), _) | (_, Some(true)) => (Standing::Possible, ""),
            (None, None) => {
                (Standing::Unclear, "which authentication methods are registered is not known")
            }
            _ if !policy.conditions.sign_in_risk_levels.is_empty() => {
                let why = "a risky sign-in may not register for multifactor authentication (53004)";
                (Standing::Impossible, why)
            }
            _ => (Standing::AfterRegistration, ""),
        }
    }

    fn strength(&self, id: &str, policy: &Policy) -> (Standing, &'static str) {
        if let Guest::Yes { kind, .. } = &self.subject.guest
            && kind.eq_ignore_ascii_case("b2bDirectConnectUser")
            && !self.trust().is_mfa_accepted
        {
            return (Standing::Impossible, "the home tenant's authentication is not trusted");
        }
        let Some(strength) = self.demanded(id, policy) else {
            return (Standing::Unclear, "the authentication strength is not known");
        };
        if self.sign_in().facts.presented.iter().any(|c| strength.is_met_by(c)) {
            return (Standing::Met, "");
        }
        let Some(user) = self.subject.user.filter(|user| user.methods.is_some()) else {
            return (Standing::Unclear, "which authentication methods are registered is not known");
        };
        match strength.can_be_met_by(user, self.index.directory.certificates) {
            Truth::Yes => (Standing::Possible, ""),
            Truth::Maybe => (
                Standing::Unclear,
                "whether the user's certificate or security key is of the strength is not known",
            ),
            Truth::No => (
                Standing::Impossible,
                "no registered authentication method is of the strength that is demanded",
            ),
        }
    }

    /// A strength: as the policy carries it, as the tenant has it, built in.
    fn demanded<'s>(&'s self, id: &str, policy: &'s Policy) -> Option<Strength<'s>> {
        let carried =
            policy.grant_controls.iter().filter_map(|g| g.authentication_strength.as_ref());
        let named = |strength: &&AuthenticationStrength| {
            strength.id.eq_ignore_ascii_case(id) && !strength.allowed_combinations.is_empty()
        };
        let known = carried.chain(&self.index.directory.strengths).find(named);
        known.map(Strength::new).or_else(|| built_in_strength(id).map(Strength::built_in))
    }

    fn compliant_device(&self) -> (Standing, &'static str) {
        let exempt = [INTUNE_ENROLLMENT, DEFENDER_MOBILE];
        let audiences = self.resource.audiences();
        if !audiences.is_empty() && audiences.iter().all(|id| exempt.contains(&id.as_str())) {
            return (Standing::Met, "");
        }
        let trusted = self.trust().is_compliant_device_accepted;
        self.device(
            trusted,
            |device| device.is_compliant == Some(true),
            "the device is not compliant (53000)",
        )
    }

    fn hybrid_device(&self) -> (Standing, &'static str) {
        let trusted = self.trust().is_hybrid_joined_device_accepted;
        self.device(
            trusted,
            |device| device.is_hybrid_joined(),
            "the device is not hybrid joined (53001)",
        )
    }

    fn device(
        &self,
        trusted: bool,
        fits: fn(&super::sign_in::DeviceInfo) -> bool,
        why: &'static str,
    ) -> (Standing, &'static str) {
        if self.subject.is_guest() && !trusted {
            return (
                Standing::Impossible,
                "device claims of the guest's home tenant are not trusted",
            );
        }
        if self.circumstances.by_device_code() {
            return (Standing::Impossible, "a device code tells nothing of the device");
        }
        match &self.sign_in().sign_in_conditions.device_info {
            Some(device) if fits(device) => (Standing::Met, ""),
            Some(_) => (Standing::Impossible, why),
            None => (Standing::Unclear, "the device is not known"),
        }
    }

    fn application(&self, fits: Option<bool>, why: &'static str) -> (Standing, &'static str) {
        if self.subject.is_guest() {
            return (Standing::Impossible, "guests cannot meet application controls");
        }
        match (self.circumstances.platform(), fits) {
            (Some(platform), _) if !["android", "ios", "windows"].contains(&platform) => {
                (Standing::Impossible, "application controls are met on iOS and Android only")
            }
            (_, Some(true)) => (Standing::Met, ""),
            (Some("windows"), _) | (_, Some(false)) => (Standing::Impossible, why),
            (_, None) => (Standing::Unclear, "the client application is not known"),
        }
    }

    fn password_change(&self) -> (Standing, &'static str) {
        if self.remediation {
            return (Standing::Possible, "");
        }
        if self.subject.is_guest() {
            return (Standing::Impossible, "a guest's password can be changed at home only");
        }
        let Some(user) = self.subject.user else {
            return (Standing::Unclear, "whether the user can change the password is not known");
        };
        if user.is_mfa_registered == Some(false) {
            let why = "a password is changed after multifactor authentication, and none is \
                       registered";
            return (Standing::Impossible, why);
        }
        match (user.on_premises_sync_enabled, self.index.directory.password_writeback) {
            (Some(true), Some(false)) => {
                (Standing::Impossible, "the password is kept on premises, without writeback")
            }
            (Some(true), None) => {
                (Standing::Unclear, "whether passwords are written back is not known")
            }
            _ => (Standing::Possible, ""),
        }
    }

    /// What is accepted of the guest's home tenant; nothing, where nobody said so.
    fn trust(&self) -> InboundTrust {
        let trusts = &self.index.directory.inbound_trust;
        let home = match &self.subject.guest {
            Guest::Yes { home: Some(home), .. } => {
                trusts.iter().find(|(tenant, _)| tenant.eq_ignore_ascii_case(home))
            }
            _ => None,
        };
        home.map(|(_, trust)| trust).or_else(|| trusts.get("*")).copied().unwrap_or_default()
    }
}
