//! Whether the circumstances of a sign-in are those of a policy. A condition that is not set
//! always holds; values inside of one are alternatives, and an exclusion beats an inclusion.

use super::compile::{Names, Ready, Sieve};
use super::filter::{Fact, Subject as Filtered};
use super::location::Origin;
use super::outcome::{Doubt, Reason};
use super::sign_in::{DeviceInfo, Facts, SignIn};
use crate::policy::truth::Truth;

/// The circumstances, made ready to be asked many times.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    pub(super) sign_in: &'a SignIn,
    pub(super) origin: Origin<'a>,
    platform: Option<String>,
    client_type: Option<String>,
    sign_in_risk: Option<String>,
    user_risk: Option<String>,
    workload_risk: Option<String>,
    insider_risk: Option<String>,
    flows: Option<Vec<String>>,
}

impl<'a> Circumstances<'a> {
    pub(super) fn new(sign_in: &'a SignIn, origin: Origin<'a>) -> Self {
        let given = &sign_in.sign_in_conditions;
        let lower = |value: &Option<String>| value.as_ref().map(|value| value.to_lowercase());
        let now = given.authentication_flow.as_ref().map(|flow| &flow.transfer_method);
        let earlier = &sign_in.facts.session_flows;
        let flows = (now.is_some() || !earlier.is_empty()).then(|| {
            now.into_iter().flatten().chain(earlier).map(|flow| flow.to_lowercase()).collect()
        });
        Self {
            sign_in,
            origin,
            platform: lower(&given.device_platform),
            client_type: lower(&given.client_app_type),
            sign_in_risk: lower(&given.sign_in_risk_level),
            user_risk: lower(&given.user_risk_level),
            workload_risk: lower(&given.service_principal_risk_level),
            insider_risk: lower(&given.insider_risk_level),
            flows,
        }
    }

    /// Whether the sign-in, or the session it belongs to, came by a device code.
    pub(super) fn by_device_code(&self) -> bool {
        self.flows.iter().flatten().any(|flow| flow == "devicecodeflow")
    }

    /// Whether the client speaks an old protocol, which can meet no demand.
    pub(super) fn is_legacy_client(&self) -> bool {
        matches!(self.client_type.as_deref(), Some("exchangeactivesync" | "eassupported" | "other"))
    }

    pub(super) fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }
}

/// The conditions in the order in which they are asked, with the reason to give where one fails.
pub(super) fn matches(
    ready: &Ready<'_>,
    circumstances: &Circumstances<'_>,
    is_workload: bool,
    doubts: &mut Vec<Doubt>,
) -> (Truth, Reason) {
    let given = circumstances;
    let mut answer = Truth::Yes;
    let mut test = |reason: Reason, truth: Truth| {
        answer = answer.and(truth);
        truth.is_no().then_some((Truth::No, reason))
    };
    let failed = test(Reason::DevicePlatform, platform(ready, given, doubts))
        .or_else(|| test(Reason::Devices, device(ready, given, doubts)))
        .or_else(|| {
            let about = "signInConditions.clientAppType";
            let listed = listed(&ready.client_types, given.client_type.as_deref(), about, doubts);
            test(Reason::ClientApps, listed)
        })
        .or_else(|| test(Reason::Location, location(ready, given, doubts)))
        .or_else(|| {
            let (about, level) = ("signInConditions.signInRiskLevel", &given.sign_in_risk);
            test(Reason::SignInRisk, listed(&ready.sign_in_risk, level.as_deref(), about, doubts))
        })
        .or_else(|| {
            let (about, level) = ("signInConditions.userRiskLevel", &given.user_risk);
            test(Reason::UserRisk, listed(&ready.user_risk, level.as_deref(), about, doubts))
        })
        .or_else(|| {
            // Levels of workload risk say nothing in a policy for users.
            if !is_workload {
                return None;
            }
            let (about, level) =
                ("signInConditions.servicePrincipalRiskLevel", &given.workload_risk);
            test(Reason::SignInRisk, listed(&ready.workload_risk, level.as_deref(), about, doubts))
        })
        .or_else(|| {
            let (about, level) = ("signInConditions.insiderRiskLevel", &given.insider_risk);
            test(Reason::InsiderRisk, listed(&ready.insider_risk, level.as_deref(), about, doubts))
        })
        .or_else(|| test(Reason::AuthenticationFlow, flow(ready, given, doubts)));
    if let Some(failed) = failed {
        return failed;
    }
    if !ready.unrecognised.is_empty() {
        let planned = &ready.policy.unknown;
        doubts.extend(ready.unrecognised.iter().map(|path| {
            if planned.contains(path) {
                Doubt::Planned(path.clone())
            } else {
                Doubt::Unrecognised(path.clone())
            }
        }));
        return (Truth::Maybe, Reason::NotEnoughInformation);
    }
    (answer, Reason::NotSet)
}

/// Whether `value` is one of `names`; `all` and an empty list hold for every value, given or not.
fn listed(
    names: &Names,
    value: Option<&str>,
    about: &'static str,
    doubts: &mut Vec<Doubt>,
) -> Truth {
    if names.is_empty() || names.has("all") {
        return Truth::Yes;
    }
    match value {
        Some(value) if names.has(value) => Truth::Yes,
        _ if names.unknown => {
            doubts.push(Doubt::Planned(about.replace("signInConditions", "conditions")));
            Truth::Maybe
        }
        Some(_) => Truth::No,
        None => {
            doubts.push(Doubt::Missing(about));
            Truth::Maybe
        }
    }
}

/// A platform that Entra cannot tell is in no list but is one of `all`.
fn platform(ready: &Ready<'_>, given: &Circumstances<'_>, doubts: &mut Vec<Doubt>) -> Truth {
    let Some((include, exclude)) = &ready.platforms else { return Truth::Yes };
    let about = "signInConditions.devicePlatform";
    let value = given.platform();
    let included = listed(include, value, about, doubts);
    if included.is_no() || exclude.is_empty() {
        return included;
    }
    included.and(listed(exclude, value, about, doubts).not())
}

fn flow(ready: &Ready<'_>, given: &Circumstances<'_>, doubts: &mut Vec<Doubt>) -> Truth {
    let about = "signInConditions.authenticationFlow";
    let listed_none =
        ready.flows.is_empty() || ready.flows.has("none") && ready.flows.names.len() == 1;
    if listed_none {
        return Truth::Yes;
    }
    let Some(flows) = &given.flows else { return listed(&ready.flows, None, about, doubts) };
    if flows.iter().any(|flow| ready.flows.has(flow)) {
        Truth::Yes
    } else if ready.flows.unknown {
        doubts.push(Doubt::Planned("conditions.authenticationFlows".to_owned()));
        Truth::Maybe
    } else {
        Truth::No
    }
}

fn location(ready: &Ready<'_>, given: &Circumstances<'_>, doubts: &mut Vec<Doubt>) -> Truth {
    let Some((include, exclude)) = &ready.locations else { return Truth::Yes };
    if include.is_empty() && exclude.is_empty() {
        return Truth::Yes;
    }
    let included =
        if include.is_empty() { Truth::Yes } else { given.origin.is_among(include, doubts) };
    if included.is_no() {
        return Truth::No;
    }
    included.and(given.origin.is_among(exclude, doubts).not())
}

fn device(ready: &Ready<'_>, given: &Circumstances<'_>, doubts: &mut Vec<Doubt>) -> Truth {
    let Some(Sieve { excludes, rule }) = &ready.device_filter else { return Truth::Yes };
    let rule = match rule {
        Ok(rule) => rule,
        Err(None) => {
            doubts.push(Doubt::Planned("conditions.devices.deviceFilter".to_owned()));
            return Truth::Maybe;
        }
        Err(Some(error)) => {
            doubts.push(Doubt::Filter(error.to_string()));
            return Truth::Maybe;
        }
    };
    let Some(info) = &given.sign_in.sign_in_conditions.device_info else {
        doubts.push(Doubt::Missing("signInConditions.deviceInfo"));
        return Truth::Maybe;
    };
    let holds = rule.holds(&Device { info, facts: &given.sign_in.facts });
    if *excludes { holds.not() } else { holds }
}

/// A device as filters see it.
struct Device<'a> {
    info: &'a DeviceInfo,
    facts: &'a Facts,
}

impl Device<'_> {
    /// Extension attributes are seen only of devices that are managed, compliant or hybrid joined.
    fn shows_extensions(&self) -> bool {
        self.facts.managed_device == Some(true)
            || self.info.is_compliant == Some(true)
            || self.info.is_hybrid_joined()
    }
}

impl Filtered for Device<'_> {
    fn property(&self, name: &str) -> Fact<'_> {
        let info = self.info;
        if !info.is_registered() {
            return Fact::Null;
        }
        let text = match name {
            "deviceId" => &info.device_id,
            "displayName" => &info.display_name,
            "deviceOwnership" | "ownership" => &info.ownership,
            "enrollmentProfileName" => &info.enrollment_profile_name,
            "manufacturer" => &info.manufacturer,
            "mdmAppId" => &info.mdm_app_id,
            "model" => &info.model,
            "operatingSystem" => &info.operating_system,
            "operatingSystemVersion" => &info.operating_system_version,
            "profileType" => &info.profile_type,
            "trustType" => &info.trust_type,
            "isCompliant" => {
                return match info.is_compliant {
                    Some(true) => Fact::Text("True"),
                    Some(false) => Fact::Text("False"),
                    None => Fact::Null,
                };
            }
            "physicalIds" => return many(&info.physical_ids),
            "systemLabels" => return many(&info.system_labels),
            extension if self.shows_extensions() => {
                let value = info.other.get(extension).and_then(serde_json::Value::as_str);
                return value.map_or(Fact::Null, Fact::Text);
            }
            _ => return Fact::Null,
        };
        text.as_deref().map_or(Fact::Null, Fact::Text)
    }
}

fn many(values: &[String]) -> Fact<'_> {
    Fact::Many(values.iter().map(String::as_str).collect())
}
