//! `m365_authentication_context`.

use serde_json::Value as Json;

use super::AREA;
use crate::catalogue::lockout;
use crate::declare::{Call, Check, Literal::Bool, Lookup, Permissions, Resource, boolean, string};

/// A label that applications ask for and policies answer.
pub static AUTHENTICATION_CONTEXT: Resource = Resource {
    name: "authentication_context",
    area: AREA,
    doc: "A label for sensitive data and actions that Conditional Access policies refer to. \
        SharePoint sites, Privileged Identity Management, protected actions and applications ask for \
        it by its id, and a policy that names it in \
        `include_authentication_context_class_references` says what signing in then takes.\n\n\
        An id that is in use is not taken over silently: import it. Graph refuses to delete a context \
        that is available to applications, so destroy withdraws it first, and refuses to delete one \
        that a policy still uses.",
    reference: "https://learn.microsoft.com/graph/api/resources/authenticationcontextclassreference",
    path: "/identity/conditionalAccess/authenticationContextClassReferences",
    entity: "authenticationContextClassReference",
    permissions: Permissions {
        read: "AuthenticationContext.Read.All",
        write: "AuthenticationContext.ReadWrite.All",
    },
    selects: false,
    filters: false,
    attributes: &[
        string("id", "The id, `c1` to `c99`, which applications ask for in the claim `acrs`.")
            .required()
            .replace("the id of an authentication context is its name")
            .checks(&[Check::Pattern("^c[1-9][0-9]?$", "c1 to c99")]),
        string("display_name", "The name that administrators and owners of sites see.").required(),
        string("description", "What it protects, and what policies ask for."),
        boolean(
            "is_available",
            "Whether applications and owners of sites are offered it (published). Policies can \
             refer to it before. Defaults to `false`.",
        )
        .or(Bool(false)),
    ],
    keys: &["display_name"],
    data: Some(Lookup { plural: Some("authentication_contexts") }),
    // PATCH of an id that is not in use makes it.
    create: Some(Call::patch()),
    before_delete: Some(withdraw),
    guard: Some(lockout::authentication_context),
    ..Resource::MEMBER
};

/// Graph refuses to delete a context that is available, so it is withdrawn first.
fn withdraw(remote: &Json) -> Option<Call> {
    (remote["isAvailable"] == true).then_some(Call::patch().with(&[("isAvailable", Bool(false))]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_available_context_is_withdrawn() {
        let expected = Call::patch().with(&[("isAvailable", Bool(false))]);
        assert_eq!(withdraw(&json!({ "isAvailable": true })), Some(expected));
        assert_eq!(withdraw(&json!({ "isAvailable": false })), None);
    }
}
