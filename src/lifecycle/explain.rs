//! Errors as people should read them: what failed, what Graph said, where, and what to do.

use super::permission;
use crate::declare::Permissions;
use crate::engine::{Model, names};
use crate::graph::{Error, Refusal};
use crate::terraform::{Diagnostic, Path};

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Creating,
    Updating,
    Deleting,
    Importing,
}

impl Doing {
    /// The word that begins a sentence.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Reading => "Reading",
            Self::Creating => "Creating",
            Self::Updating => "Updating",
            Self::Deleting => "Deleting",
            Self::Importing => "Importing",
        }
    }

    fn permission(self, permissions: Permissions) -> &'static str {
        match self {
            Self::Reading | Self::Importing => permissions.read,
            Self::Creating | Self::Updating | Self::Deleting => permissions.write,
        }
    }
}

/// An error about a resource.
pub(super) fn resource(model: &Model, doing: Doing, error: &Error) -> Diagnostic {
    let permissions = model.resource.permissions;
    let mut diagnostic = thing(&model.name, permissions, doing, error);
    if error.is_forbidden() && matches!(doing, Doing::Creating | Doing::Updating | Doing::Deleting)
    {
        for more in model.resource.more {
            diagnostic.detail += &format!("\n\n{} also takes {}.", more.what, more.permission);
        }
    }
    match error.refusal().and_then(|refusal| blamed(model, refusal)) {
        Some(path) => diagnostic.at(path),
        None => diagnostic,
    }
}

/// An error of a create that may have made the object all the same.
pub(super) fn uncertain(model: &Model, error: &Error) -> Diagnostic {
    let mut diagnostic = resource(model, Doing::Creating, error);
    diagnostic.detail += "\n\nIts answer did not arrive, and the object was not found since: it may \
                          exist. Look for it before you apply again, and import it if it does.";
    diagnostic
}

/// An error about a resource or a data source called `name`.
pub(super) fn thing(
    name: &str,
    permissions: Permissions,
    doing: Doing,
    error: &Error,
) -> Diagnostic {
    let summary = format!("{} {name} failed", doing.word());
    let mut detail = sentence(&error.to_string());
    if let Some(advice) = advice(error, doing.permission(permissions)) {
        detail += "\n\n";
        detail += &advice;
    }
    if let Some(refusal) = error.refusal() {
        detail += &provenance(refusal);
    }
    Diagnostic::error(summary, detail)
}

fn sentence(text: &str) -> String {
    let mut letters = text.trim_end().chars();
    let mut sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?', ']']) {
        sentence.push('.');
    }
    sentence
}

/// What to do about it.
fn advice(error: &Error, permission: &str) -> Option<String> {
    let refusal = error.refusal()?;
    if let Some(text) = of_privileged_access(&refusal.code) {
        return Some(text.to_owned());
    }
    if error.has_code("insufficient_claims") {
        return Some(
            "Conditional Access stops this application here: a policy for workload identities, or a \
             revoked session. The sign-in logs of the service principal name the policy."
                .to_owned(),
        );
    }
    let text = match refusal.status {
        401 => "Graph does not accept the access token, and a new one neither. Is it for this cloud \
                (environment) and this tenant, and is the application still enabled there?"
            .to_owned(),
        403 => format!(
            "The application needs the application {}, granted by an \
             administrator's consent. If it was granted moments ago, try again: a token keeps the \
             permissions that it was issued with. Some objects (administrators, what a restricted \
             administrative unit holds) also need a directory role.",
            with_wider(permission)
        ),
        300..400 => {
            "Graph does not redirect: something between here and there does, such as a proxy that asks \
             for a sign-in."
                .to_owned()
        }
        404 => {
            "An object that this refers to does not exist. Was it deleted outside of Terraform, \
                or is it in another tenant?"
                .to_owned()
        }
        400 if is_taken(refusal) => {
            "An object with this name exists already. Import that one, or choose another name. It may \
             have been made outside of Terraform."
                .to_owned()
        }
        409 => {
            "The object conflicts with one that exists. Import that one, or choose another name."
                .to_owned()
        }
        429 | 503 | 504 => {
            "Graph was too busy for longer than the provider waits. Try again; what was \
                            done so far is in the state."
                .to_owned()
        }
        _ => return None,
    };
    Some(text)
}

/// What to do about refusals of Privileged Identity Management, which say little by themselves.
fn of_privileged_access(code: &str) -> Option<&'static str> {
    Some(match code {
        "RoleAssignmentRequestPolicyValidationFailed" => {
            "The policy of the role or group does not allow this. ExpirationRule: it lasts too long, \
             or has no end; JustificationRule: set justification; TicketingRule: set ticket_number; \
             MfaRule: assigning takes multifactor authentication, which an application does not have. \
             The policy is m365_role_management_policy (of a role) or \
             m365_group_role_management_policy (of a group): the rules Expiration_Admin_* and \
             Enablement_Admin_* are its eligible_assignment and active_assignment."
        }
        "RoleAssignmentExists" => {
            "Graph knows of such an assignment, and lists none that was made for the principal itself: \
             it may have been activated, or be ending. Wait until it has ended, or end it, and apply \
             again."
        }
        "PendingRoleAssignmentRequest" | "RoleAssignmentRequestExists" => {
            "Another request for the same assignment is under way, or waits for approval. Let it be \
             carried out, or approve, deny or cancel it in Privileged Identity Management; then apply \
             again."
        }
        "ActiveDurationTooShort" => {
            "Privileged Identity Management takes no assignment of less than five minutes, and neither \
             changes nor ends one in its first five minutes. Apply again a few minutes later."
        }
        "InvalidRoleAssignmentRequest" | "InvalidSubject" | "SubjectNotSupported" => {
            "The principal cannot hold this here. A role takes users and role-assignable groups, and \
             service principals for active assignments only; a scope must be one that the role can be \
             assigned in; a group with dynamic membership has no assignments."
        }
        _ => return None,
    })
}

/// Whether a write was refused because another object has a value that is to be unique.
pub(super) fn is_name_taken(error: &Error) -> bool {
    error.refusal().is_some_and(is_taken)
}

fn is_taken(refusal: &Refusal) -> bool {
    let conflicts = refusal.details.iter().any(|detail| detail.code == "ObjectConflict");
    conflicts
        || ["another object with the same value", "a conflicting object"]
            .iter()
            .any(|words| refusal.message.to_lowercase().starts_with(words))
}

/// The permissions with those that are enough instead: who has one of these lacks something else.
fn with_wider(permissions: &str) -> String {
    let named = permissions.split(" + ").map(|needed| match permission::wider(needed) {
        [] => needed.to_owned(),
        wider => format!("{needed} (or {})", wider.join(" or ")),
    });
    let named: Vec<String> = named.collect();
    let word = if named.len() == 1 { "permission" } else { "permissions" };
    format!("{word} {}", named.join(" and "))
}

/// What Microsoft's support asks for.
fn provenance(refusal: &Refusal) -> String {
    let known = [
        ("request id", refusal.request_id.as_deref()),
        ("client request id", refusal.client_request_id.as_deref()),
        ("date", refusal.date.as_deref()),
    ];
    let known: Vec<String> = known
        .iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name} {value}")))
        .collect();
    if known.is_empty() { String::new() } else { format!("\n\nGraph: {}.", known.join(", ")) }
}

/// The attribute that Graph blames, where it names a property of ours.
fn blamed(model: &Model, refusal: &Refusal) -> Option<Path> {
    let named = |property: &str| {
        let attribute = model.attributes.iter().find(|attribute| {
            let (outer, inner) = names::location(attribute);
            outer.eq_ignore_ascii_case(property)
                || inner.is_some_and(|inner| inner.eq_ignore_ascii_case(property))
        })?;
        Some(Path::attribute(attribute.name))
    };
    let targets = refusal.details.iter().filter_map(|detail| detail.target.as_deref());
    let quoted = refusal.message.split(['\'', '"']).skip(1).step_by(2);
    targets.chain(quoted).find_map(|text| named(text.rsplit(['.', '/']).next().unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> String {
        let refusal = Refusal { status: 400, code: code.to_owned(), ..Refusal::default() };
        advice(&Error::Refused(Box::new(refusal)), "").unwrap_or_default()
    }

    #[test]
    fn refusals_of_privileged_access_say_what_to_do() {
        for (code, says) in [
            ("RoleAssignmentRequestPolicyValidationFailed", "Expiration_Admin_*"),
            ("RoleAssignmentExists", "activated"),
            ("PendingRoleAssignmentRequest", "cancel it"),
            ("ActiveDurationTooShort", "five minutes"),
            ("InvalidRoleAssignmentRequest", "role-assignable groups"),
        ] {
            assert!(refused(code).contains(says), "{code}: {}", refused(code));
        }
        assert_eq!(refused("Request_BadRequest"), "");
    }
}
