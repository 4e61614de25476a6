//! The guard: whether a plan locks somebody out, asked of each resource that can.
//!
//! What would lock whom out is domain logic (`policy::lockout`). Here it meets the plan: which facts
//! it takes, who is to stay able to sign in (`emergency_access` of the provider block), what was
//! acknowledged, and how it is told. A guard reads nothing where `lockout_protection` is off, and
//! nothing for a change that cannot lock anybody out.

mod accounts;
mod facts;
mod location;
mod members;
mod methods;
mod policy;
mod policy_set;
mod referenced;
mod roles;
mod settings;

pub(super) use accounts::{domain_federation, group, user};
pub(super) use facts::holders_of;
pub(super) use location::named_location;
pub(super) use members::{group_member, group_members};
pub(super) use methods::authentication_method_configuration;
pub(super) use policy::conditional_access_policy;
pub(super) use policy_set::CONDITIONAL_ACCESS_POLICY_SET;
pub(super) use referenced::{authentication_context, authentication_strength_policy, terms_of_use};
pub(super) use roles::{role_assignment, role_management_policy, security_defaults};
pub(super) use settings::{EMERGENCY_ACCESS, LOCKOUT_PROTECTION};

use serde_json::Value as Json;
use settings::Protection;

use crate::declare::{self, Answers, Asking, Inquiry, Question, UNKNOWN};
use crate::policy::lockout::{EmergencyAccess, Finding, Severity};
use crate::terraform::Path;

/// One pass of a guard.
struct Guard<'a> {
    question: &'a Question<'a>,
    ask: Asking<'a>,
    protection: Protection,
    emergency: EmergencyAccess,
}

/// What a guard answers.
type Judged = Inquiry<Vec<declare::Finding>>;

/// What is removed although policies refer to it (L-24) is only warned of at plan. Removals are
/// planned in Terraform's order, so that a policy that goes too has gone before; but one that is
/// changed is changed after the removal, unless the object is to be created before it is destroyed,
/// which nobody tells a provider.
fn later(question: &Question<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    if !question.is_writing {
        for finding in findings.iter_mut().filter(|finding| finding.id == "L-24") {
            finding.severity = Severity::Warning;
            finding.remedy.push_str(
                ", in an apply of its own: Terraform removes an object before it changes what \
                 referred to it, and the removal is stopped then (unless the object was applied with \
                 lifecycle { create_before_destroy = true })",
            );
        }
    }
    findings
}

impl<'a> Guard<'a> {
    /// Nothing where protection is off.
    fn new(question: &'a Question<'a>, answers: &'a Answers) -> Option<Self> {
        let (protection, emergency) = settings::read(question.provider)?;
        Some(Self { question, ask: answers.asking(), protection, emergency })
    }

    /// Whether somebody declared who is to stay able to sign in.
    fn has_emergency_access(&self) -> bool {
        self.emergency != EmergencyAccess::default()
    }

    /// Whether the object is removed, for good or to be made anew.
    fn is_removed(&self) -> bool {
        !self.question.prior.is_null()
            && (self.question.planned.is_null() || self.question.is_replaced)
    }

    /// Whether the object stays as it is.
    fn is_unchanged(&self) -> bool {
        self.question.prior == self.question.planned
    }

    /// A text of the object as it was.
    fn before(&self, property: &str) -> Option<&'a str> {
        self.question.prior[property].as_str()
    }

    /// The value of a property that a change gives a new and known value.
    fn changed(&self, property: &str) -> Option<&'a Json> {
        let (before, after) = (&self.question.prior[property], &self.question.planned[property]);
        (before != after && !mentions_unknown(after)).then_some(after)
    }

    /// Findings, as the settings and acknowledgements have them.
    fn conclude(self, findings: Vec<Finding>) -> Judged {
        let of = if self.question.planned.is_null() { "prior" } else { "planned" };
        let object = if of == "prior" { self.question.prior } else { self.question.planned };
        let acknowledged = |id: &str| {
            let all = object["acknowledgeLockout"].as_array();
            all.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(id)))
        };
        let mut told: Vec<declare::Finding> = findings
            .iter()
            .map(|finding| {
                let acknowledged = acknowledged(finding.id);
                let stops = finding.severity == Severity::Error
                    && self.protection == Protection::Error
                    && !acknowledged
                    && !self.is_unchanged();
                self.told(finding, stops, acknowledged)
            })
            .collect();
        let unread = self.ask.unread();
        if !unread.is_empty() {
            told.push(not_known(&unread));
        }
        self.ask.conclude(told)
    }

    fn told(&self, finding: &Finding, stops: bool, acknowledged: bool) -> declare::Finding {
        let id = finding.id;
        let is_rule = id.starts_with("L-");
        let summary = match (is_rule, acknowledged) {
            (true, true) => format!("{} (acknowledged): {}", finding.numbers(), finding.summary),
            (true, false) => format!("{}: {}", finding.numbers(), finding.summary),
            _ => finding.summary.clone(),
        };
        let mut detail = finding.detail();
        if !detail.ends_with('.') {
            detail.push('.');
        }
        if stops && is_rule {
            let when = if self.question.is_writing { "Nothing was written. " } else { "" };
            let how = if self.question.planned.is_null() {
                format!(
                    "If it is meant to go, first apply acknowledge_lockout = [\"{id}\"] on it, then \
                     remove it."
                )
            } else {
                format!(
                    "If it is meant to be so, say acknowledge_lockout = [\"{id}\"] on this resource."
                )
            };
            detail.push_str(&format!("\n\n{when}{how}"));
        }
        if stops {
            declare::Finding::error(Path::root(), summary, detail)
        } else {
            declare::Finding::warning(Path::root(), summary, detail)
        }
    }
}

/// What could not be read, and what it means.
fn not_known(unread: &[declare::Unread]) -> declare::Finding {
    let mut permissions: Vec<&str> =
        unread.iter().flat_map(|unread| unread.read.permission.split(" + ")).collect();
    permissions.sort_unstable();
    permissions.dedup();
    let facts: Vec<String> =
        unread.iter().map(|unread| format!("  {}: {}", unread.read.path, unread.why)).collect();
    declare::Finding::warning(
        Path::root(),
        "Lockout protection could not look at everything",
        format!(
            "These facts could not be read, so that a lockout which depends on them is not seen:\n\n\
             {}\n\nTo read them the application needs {}, granted by an administrator's consent. \
             lockout_protection = \"off\" in the provider block silences this.",
            facts.join("\n"),
            permissions.join(", ")
        ),
    )
}

/// Nothing to say, and nothing to read.
const SILENT: Judged = Inquiry::Concluded(Vec::new());

/// Whether a part of it is known after apply only.
fn mentions_unknown(json: &Json) -> bool {
    match json {
        Json::String(text) => text == UNKNOWN,
        Json::Array(elements) => elements.iter().any(mentions_unknown),
        Json::Object(properties) => properties.values().any(mentions_unknown),
        _ => false,
    }
}
