//! Pure domain logic: what Conditional Access does to a sign-in, and who could still get in.
//!
//! Nothing here reads a file, sends a request or waits: facts are handed in as data, in the shapes
//! in which Microsoft Graph gives them, and a judgement comes back as data.
//!
//! - [`ca`]: evaluates Conditional Access policies, saved or only planned, for a sign-in.
//! - [`emergency`]: whether emergency access accounts are what they have to be.
//! - [`identity`]: the identity model, and what has to hold before it changes.
//! - [`lockout`]: who could still sign in and repair the tenant after a change.
//! - [`roles`]: the built-in roles that decisions depend on.
//! - [`truth`]: yes, no and not known, with which everything here is judged.

pub mod ca;
pub mod emergency;
pub mod identity;
pub mod lockout;
pub mod roles;
pub mod truth;
