//! The authentication methods that a user has registered.

use super::super::set::{Permissions, Set};

const READ: Permissions =
    &[&["UserAuthenticationMethod.Read.All"], &["UserAuthenticationMethod.ReadWrite.All"]];

/// Registered by the user, not made through this collection.
pub(super) static METHODS: Set = Set {
    ty: "authenticationMethod",
    paths: &["users/{user}/authentication/methods"],
    read: READ,
    typed: true,
    ..Set::COLLECTION
};
