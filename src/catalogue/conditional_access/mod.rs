//! Conditional Access: who may sign in, from where, to what, and on which terms.

mod authentication_context;
mod authentication_strength;
mod bounds;
mod conditions;
mod contradictions;
mod controls;
mod evaluate;
mod evaluated;
pub(in crate::catalogue) mod methods;
mod named_location;
mod policy;
mod prerequisites;
mod references;
pub(in crate::catalogue) mod registration;
mod sign_in;
mod template;
pub(in crate::catalogue) mod tenant;
mod terms_of_use;
mod what_if;
mod written_by_microsoft;

pub use authentication_context::AUTHENTICATION_CONTEXT;
pub use authentication_strength::AUTHENTICATION_STRENGTH_POLICY;
pub use evaluate::EVALUATE_SIGN_IN;
pub use named_location::NAMED_LOCATION;
pub use policy::CONDITIONAL_ACCESS_POLICY;
pub(in crate::catalogue) use policy::PLANNED;
pub use template::CONDITIONAL_ACCESS_TEMPLATES;
pub use terms_of_use::TERMS_OF_USE;
pub use what_if::CONDITIONAL_ACCESS_WHAT_IF;
pub(in crate::catalogue) use what_if::together;

/// The section of the documentation.
pub(in crate::catalogue) const AREA: &str = "Conditional Access";
