//! Conditional Access, evaluated offline: policies, saved or planned, against a sign-in.
//!
//! Graph's own What If API (`POST /identity/conditionalAccess/evaluate`) sees saved policies only.
//! [`evaluate()`] answers the same question for policies that are planned, in the same vocabulary,
//! so that the answers can be compared:
//!
//! ```
//! use m365::policy::ca::{Decision, Directory, Mode, Policy, SignIn, evaluate};
//!
//! let policy = Policy::from_graph(&serde_json::json!({
//!     "displayName": "Multifactor authentication for all",
//!     "state": "enabled",
//!     "conditions": {
//!         "users": {"includeUsers": ["All"]},
//!         "applications": {"includeApplications": ["All"]},
//!     },
//!     "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
//! }))?;
//! let sign_in = SignIn::of_user("alice", "00000003-0000-0ff1-ce00-000000000000");
//! let outcome = evaluate(&[policy], &Directory::default(), &sign_in, Mode::Strict);
//! assert_eq!(outcome.decision, Decision::Needs);
//! assert_eq!(outcome.required.to_string(), "multifactor authentication");
//! # Ok::<(), m365::policy::ca::NotAPolicy>(())
//! ```

mod compile;
mod condition;
mod contradiction;
mod controls;
mod directory;
mod evaluate;
pub mod filter;
mod grant;
mod identity;
mod index;
pub mod known;
mod lenient;
mod location;
mod outcome;
mod policy;
mod requirement;
mod session;
mod sign_in;
mod strength;
mod subject;
mod target;

pub use contradiction::{Contradiction, contradictions};
pub use controls::{
    AuthenticationStrength, CloudAppSecurity, CombinationConfiguration, ContinuousAccessEvaluation,
    GrantControls, PersistentBrowser, SessionControls, SignInFrequency, Switch,
};
pub use directory::{
    Assumptions, BaselineScopes, Complete, Directory, Group, InboundTrust, NamedLocation,
    ServicePrincipal, User,
};
pub use evaluate::{Compiled, Mode, evaluate};
pub use outcome::{Decision, Doubt, Outcome, PolicyResult, Reason, Standing};
pub use policy::{
    Applications, AuthenticationFlows, ClientApplications, Conditions, Devices, ExternalTenants,
    Filter, GuestsOrExternalUsers, Locations, NotAPolicy, Platforms, Policy, State, UNKNOWN, Users,
};
pub use requirement::{Control, Requirement};
pub use session::{Frequency, Session};
pub use sign_in::{
    AuthenticationFlow, Context, DeviceInfo, Facts, Identity, SignIn, SignInConditions,
};
