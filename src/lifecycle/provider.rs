//! The provider as Terraform sees it: one method an RPC.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    Applied, Apply, FunctionError, Import, Imported, Listed, Move, Moved, Plan, Planned, Read,
    ReadBack, Upgraded,
};
use crate::terraform::{Diagnostics, Schema, Type, Value};

/// Every schema that the provider has, made once from the declarations.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    /// The provider block.
    pub provider: Schema,
    /// Resources by type name, such as `m365_group`.
    pub resources: BTreeMap<String, Schema>,
    /// Resource identities by type name.
    pub identities: BTreeMap<String, Schema>,
    /// Data sources by type name.
    pub data_sources: BTreeMap<String, Schema>,
    /// List resources by type name: the schema of their `config` block.
    pub list_resources: BTreeMap<String, Schema>,
    /// Functions by name.
    pub functions: BTreeMap<String, Function>,
}

/// A provider function's signature.
#[derive(Clone, Debug)]
pub struct Function {
    /// One sentence.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// Name, type and Markdown of each parameter; no parameter takes null or unknown values.
    pub parameters: Vec<(String, Type, String)>,
    /// The type of the answer.
    pub returns: Type,
}

/// The provider: all that an RPC can ask.
#[derive(Debug, Default)]
pub struct Provider {}

impl Provider {
    /// A provider that is not configured yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every schema.
    pub fn schemas(&self) -> &'static Schemas {
        static SCHEMAS: std::sync::OnceLock<Schemas> = std::sync::OnceLock::new();
        SCHEMAS.get_or_init(Schemas::default)
    }

    /// `ValidateProviderConfig`.
    pub fn validate_provider(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// `ConfigureProvider`.
    pub async fn configure(&self, _config: &Value, _terraform_version: &str) -> Diagnostics {
        Diagnostics::new()
    }

    /// `ValidateResourceConfig`.
    pub fn validate_resource(
        &self,
        _name: &str,
        _config: &Value,
        _write_only: bool,
    ) -> Diagnostics {
        Diagnostics::new()
    }

    /// `ValidateDataResourceConfig`.
    pub fn validate_data_source(&self, _name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// `UpgradeResourceState`: `raw` is in the shape of `version`, which may be today's.
    pub fn upgrade_state(&self, _name: &str, _version: i64, _raw: Json) -> Upgraded {
        Upgraded::default()
    }

    /// `UpgradeResourceIdentity`.
    pub fn upgrade_identity(&self, _name: &str, _version: i64, _raw: Json) -> Upgraded {
        Upgraded::default()
    }

    /// `ReadResource`.
    pub async fn read(&self, _request: Read) -> ReadBack {
        ReadBack::default()
    }

    /// `PlanResourceChange`.
    pub async fn plan(&self, _request: Plan) -> Planned {
        Planned::default()
    }

    /// `ApplyResourceChange`.
    pub async fn apply(&self, _request: Apply) -> Applied {
        Applied::default()
    }

    /// `ImportResourceState`.
    pub async fn import(&self, _request: Import) -> Imported {
        Imported::default()
    }

    /// `MoveResourceState`.
    pub async fn move_state(&self, _request: Move) -> Moved {
        Moved::default()
    }

    /// `ReadDataSource`.
    pub async fn read_data_source(&self, _name: &str, _config: &Value) -> Upgraded {
        Upgraded::default()
    }

    /// `CallFunction`.
    ///
    /// # Errors
    ///
    /// What is wrong with which argument.
    pub fn call(&self, _function: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        Err(FunctionError::default())
    }

    /// `ValidateListResourceConfig`.
    pub fn validate_list(&self, _name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// `ListResource`: at most `limit` objects, each with its state where `whole` asks for it.
    pub async fn list(
        &self,
        _name: &str,
        _config: &Value,
        _whole: bool,
        _limit: usize,
    ) -> Vec<Listed> {
        Vec::new()
    }

    /// `StopProvider`: running operations end soon and keep their state.
    pub fn stop(&self) {}
}
