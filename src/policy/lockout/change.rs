//! A planned change of something that emergency access or policies rest on.

use serde_json::Value;

use crate::policy::ca::{AuthenticationStrength, NamedLocation};

/// A planned change. Ids are object ids unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A user is deleted.
    UserDeleted(String),
    /// A user is changed: the properties that are written, by Graph's names and with their new
    /// values, for instance `accountEnabled`, `userPrincipalName`, `passwordPolicies`.
    UserChanged {
        /// The user.
        id: String,
        /// The properties, only those that change.
        properties: serde_json::Map<String, Value>,
    },
    /// A group is deleted.
    GroupDeleted(String),
    /// A group becomes dynamic: its members are those that a rule finds.
    GroupMadeDynamic(String),
    /// A group is replaced by a new one with a new id.
    GroupReplaced(String),
    /// A member is taken out of a group.
    MemberRemoved {
        /// The group.
        group: String,
        /// The member.
        member: String,
    },
    /// An active assignment of a role for the whole tenant ends.
    RoleRemoved {
        /// Who holds the role.
        principal: String,
        /// The template id of the role.
        role: String,
    },
    /// The rules for activating a role by PIM become these.
    RoleActivation(RoleActivation),
    /// A named location is changed, or deleted where there is nothing after.
    Location {
        /// As it is.
        before: NamedLocation,
        /// As it would be.
        after: Option<NamedLocation>,
    },
    /// An authentication strength is deleted.
    StrengthDeleted(String),
    /// An authentication strength becomes this one.
    StrengthChanged(AuthenticationStrength),
    /// An authentication context is deleted, by its id `c1` to `c99`.
    ContextDeleted(String),
    /// Terms of use are deleted.
    TermsDeleted(String),
    /// A method can no longer be used.
    MethodDisabled {
        /// What it is called, for instance `Fido2`.
        method: String,
        /// Its names among `authenticationMethodModes`, for instance `fido2`.
        modes: Vec<String>,
        /// Whom it is taken from; `None` for everyone.
        users: Option<Vec<String>>,
    },
    /// Security defaults are turned on or off.
    SecurityDefaults {
        /// Whether they are on afterwards.
        enabled: bool,
    },
    /// A domain is federated with another identity provider.
    DomainFederated(String),
    /// A domain's users are authenticated by Entra again.
    DomainManaged(String),
    /// An application, by object id or application id, is deleted.
    ApplicationDeleted(String),
    /// A service principal is deleted or disabled.
    ServicePrincipalDeleted(String),
    /// A credential or a permission of an application or service principal is taken away.
    ApplicationWeakened {
        /// Its object id or application id.
        id: String,
        /// What is taken away, in words.
        what: String,
    },
}

/// The rules for activating a role by PIM.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoleActivation {
    /// The template id of the role.
    pub role: String,
    /// Whether an activation has to be approved.
    pub is_approval_required: bool,
    /// Ids of the users who may approve, groups resolved; `None` where nobody looked. Where there
    /// are none, holders of the two highest roles may.
    pub approvers: Option<Vec<String>>,
    /// The authentication context that an activation asks for, `c1` to `c99`.
    pub authentication_context: Option<String>,
    /// Ids of the users who are eligible for the role.
    pub eligible: Vec<String>,
}
