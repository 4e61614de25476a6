//! How users may authenticate: the authentication methods policy, and each method in it.

mod configuration;
mod methods;
mod policy;

pub use configuration::AUTHENTICATION_METHOD_CONFIGURATION;
pub use policy::AUTHENTICATION_METHODS_POLICY;

use crate::declare::{Attribute, Form, Literal::Str, Permissions, string};

/// The section of the documentation.
const AREA: &str = "Authentication methods";

const PERMISSIONS: Permissions = Permissions {
    read: "Policy.Read.AuthenticationMethod",
    write: "Policy.ReadWrite.AuthenticationMethod",
};

/// Where Graph keeps what holds for a feature until somebody decides: the members of
/// `advancedConfigState`.
const STATES: &[&str] = &["default", "enabled", "disabled"];

/// Whom a target is: its id and its kind.
const TARGET: [Attribute; 2] = [
    string("id", "The object id of a group, or `all_users`.").form(Form::IdOrKeyword).required(),
    string("target_type", "`group` or `user`. Defaults to `group`.")
        .one_of(&["user", "group"])
        .or(Str("group")),
];
