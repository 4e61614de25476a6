//! What comes of a sign-in, as data that serialises in Graph's spelling.

use std::fmt;

use serde::Serialize;

use super::requirement::Requirement;
use super::session::Session;
use crate::policy::truth::Truth;

/// What comes of a sign-in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What happens.
    pub decision: Decision,
    /// What happens if every policy that may apply does, and every demand that may fail does.
    pub worst: Decision,
    /// What the enforced policies demand together.
    pub required: Requirement,
    /// How far the demands are met.
    pub standing: Standing,
    /// Why the sign-in does not pass, one sentence a cause.
    pub because: Vec<String>,
    /// How the session is limited, once every demand is met.
    pub session: Session,
    /// What each policy has to do with it, in the order in which they were given.
    pub policies: Vec<PolicyResult>,
    /// What would have to be known to be certain.
    pub uncertain: Vec<String>,
    /// What was taken for granted where Microsoft does not say.
    pub notes: Vec<String>,
}

impl Outcome {
    /// The enforced policies that apply.
    pub fn applied(&self) -> impl Iterator<Item = &PolicyResult> {
        self.policies.iter().filter(|result| result.applies.is_yes() && !result.report_only)
    }

    /// The enforced policies that apply, or may.
    pub fn possible(&self) -> impl Iterator<Item = &PolicyResult> {
        self.policies.iter().filter(|result| !result.applies.is_no() && !result.report_only)
    }
}

/// What happens. Ordered from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// The token is issued, with nothing further to do.
    Granted,
    /// It is issued once the demands are met.
    Needs,
    /// It cannot be told from what is known.
    Indeterminate,
    /// It is refused: by a block, or by a demand that cannot be met here.
    Blocked,
}

/// How far a demand is met. Ordered from the worst, so that "all" is the least and "any" the
/// greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// It cannot be met in this sign-in.
    Impossible,
    /// It is not known whether it can be met.
    Unclear,
    /// It can be met after a method has been registered, if that is let.
    AfterRegistration,
    /// The user can meet it when prompted.
    Possible,
    /// It is met already.
    Met,
}

/// What a policy has to do with a sign-in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyResult {
    /// The object id; empty for one that is only planned.
    pub id: String,
    /// The name.
    pub display_name: String,
    /// Whether the policy only reports.
    pub report_only: bool,
    /// Whether it applies.
    pub applies: Truth,
    /// The first test that failed; `notSet` for one that applies.
    #[serde(rename = "analysisReasons")]
    pub reason: Reason,
    /// What it demands where it applies.
    pub required: Requirement,
    /// How far that is met, where it applies or may.
    pub standing: Option<Standing>,
    /// What would have to be known to be certain whether it applies.
    pub uncertain: Vec<Doubt>,
}

impl PolicyResult {
    /// What to call the policy in messages: its name, else its id.
    pub fn name(&self) -> &str {
        if self.display_name.is_empty() { &self.id } else { &self.display_name }
    }
}

/// Why a policy does not apply (`whatIfAnalysisReasons`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are Graph's and say it")]
pub enum Reason {
    NotSet,
    NotEnoughInformation,
    InvalidCondition,
    Users,
    WorkloadIdentities,
    Application,
    UserActions,
    AuthenticationContext,
    DevicePlatform,
    Devices,
    ClientApps,
    Location,
    SignInRisk,
    EmptyPolicy,
    PolicyNotEnabled,
    UserRisk,
    InsiderRisk,
    AuthenticationFlow,
}

/// Something that would have to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A property of the sign-in that was not given.
    Missing(&'static str),
    /// Who is in a group.
    Group(String),
    /// Which roles the user holds.
    Roles,
    /// Whether the user is a guest, and of which tenant.
    Guest,
    /// Where a named location is.
    Location(String),
    /// The custom security attributes of an application or service principal.
    Attributes(String),
    /// A part of the policy that is known after apply only.
    Planned(String),
    /// A property of the policy that this code does not know.
    Unrecognised(String),
    /// A filter that cannot be read, and why.
    Filter(String),
    /// Whether the service principal is of a kind that policies cover.
    Workload,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(property) => write!(f, "{property} is not given"),
            Self::Group(id) => write!(f, "the members of group {id} are not known"),
            Self::Roles => f.write_str("the roles of the user are not known"),
            Self::Guest => f.write_str("the kind or home tenant of the guest is not known"),
            Self::Location(id) => write!(f, "named location {id} is not known"),
            Self::Attributes(id) => {
                write!(f, "the custom security attributes of {id} are not known")
            }
            Self::Planned(path) => write!(f, "{path} is known after apply only"),
            Self::Unrecognised(path) => write!(f, "{path} is newer than this evaluator"),
            Self::Filter(error) => write!(f, "the filter cannot be read: {error}"),
            Self::Workload => f.write_str("the kind of the service principal is not known"),
        }
    }
}

impl Serialize for Doubt {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
