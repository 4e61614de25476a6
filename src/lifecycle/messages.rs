//! What an RPC asks of the provider and what it answers, in our own types.
//!
//! Names follow the protocol's messages (`ReadResource`, `PlanResourceChange`, ..); `private` is the
//! provider's own opaque note that Terraform keeps beside the state.

use serde_json::Value as Json;

use crate::terraform::{Diagnostics, Path, Value};

/// `ReadResource.Request`.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The resource type, such as `m365_group`.
    pub resource: String,
    /// The state as it was last seen.
    pub state: Value,
    /// The identity as it was last seen.
    pub identity: Option<Value>,
    /// The provider's note.
    pub private: Vec<u8>,
}

/// `ReadResource.Response`.
#[derive(Clone, Debug, Default)]
pub struct ReadBack {
    /// The state as it is; null where the object is gone.
    pub state: Value,
    /// The identity.
    pub identity: Option<Value>,
    /// The provider's note.
    pub private: Vec<u8>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// `PlanResourceChange.Request`.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The resource type.
    pub resource: String,
    /// The state; null for a create.
    pub prior: Value,
    /// Prior state and configuration as Terraform merges them; null for a destroy.
    pub proposed: Value,
    /// The configuration; null for a destroy.
    pub config: Value,
    /// The identity as it was last seen.
    pub identity: Option<Value>,
    /// The provider's note.
    pub private: Vec<u8>,
}

/// `PlanResourceChange.Response`.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The state that apply shall reach.
    pub state: Value,
    /// The attributes whose change needs a new object.
    pub requires_replace: Vec<Path>,
    /// The identity.
    pub identity: Option<Value>,
    /// The provider's note, handed to apply.
    pub private: Vec<u8>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// `ApplyResourceChange.Request`.
#[derive(Clone, Debug, Default)]
pub struct Apply {
    /// The resource type.
    pub resource: String,
    /// The state; null for a create.
    pub prior: Value,
    /// The planned state; null for a destroy.
    pub planned: Value,
    /// The configuration, which alone holds the write-only values.
    pub config: Value,
    /// The identity as planned.
    pub identity: Option<Value>,
    /// The note that the plan left.
    pub private: Vec<u8>,
}

/// `ApplyResourceChange.Response`.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The state that was reached, also where an error stopped it half way.
    pub state: Value,
    /// The identity.
    pub identity: Option<Value>,
    /// The provider's note.
    pub private: Vec<u8>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// `ImportResourceState.Request`.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The resource type.
    pub resource: String,
    /// What the user gave: an id, a Graph path or a natural key; empty where an identity was given.
    pub id: String,
    /// The identity of an `import` block, where one was given.
    pub identity: Option<Value>,
}

/// `ImportResourceState.Response`.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The state, enough of it for a read to complete; null with errors.
    pub state: Value,
    /// The identity.
    pub identity: Option<Value>,
    /// The provider's note.
    pub private: Vec<u8>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// `UpgradeResourceState.Response` and `UpgradeResourceIdentity.Response`.
#[derive(Clone, Debug, Default)]
pub struct Upgraded {
    /// The state or identity in today's shape.
    pub value: Value,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// `MoveResourceState.Request`.
#[derive(Clone, Debug, Default)]
pub struct Move {
    /// The address of the provider that wrote the state.
    pub source_provider: String,
    /// The resource type that the state was written under.
    pub source_type: String,
    /// The schema version that the state was written under.
    pub source_version: i64,
    /// The state, in the source's shape.
    pub source_state: Json,
    /// The source's note.
    pub source_private: Vec<u8>,
    /// The resource type to move to.
    pub target_type: String,
}

/// `MoveResourceState.Response`.
#[derive(Clone, Debug, Default)]
pub struct Moved {
    /// The state in the target's shape.
    pub state: Value,
    /// The identity.
    pub identity: Option<Value>,
    /// The provider's note.
    pub private: Vec<u8>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// One `ListResource.Event`.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The identity of the object found.
    pub identity: Value,
    /// How the object is shown to a person.
    pub display_name: String,
    /// The object, where it was asked for.
    pub state: Option<Value>,
    /// What to tell.
    pub diagnostics: Diagnostics,
}

/// Why a function has no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong and what to do.
    pub text: String,
    /// The argument at fault, counted from 0.
    pub argument: Option<i64>,
}
