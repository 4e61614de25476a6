//! The real `terraform` on a configuration of its own, with the provider that was just built.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use m365::declare::Resource;
use m365::engine::Model;
use m365::terraform::{Value, json};
use serde_json::Value as Json;
use tokio::process::Command;

use super::example::{self, Example};
use super::tenant::Tenant;
use super::{Outcome, SECRET, remote};

/// A folder with a configuration and its state, and the tenant that it is about.
pub(crate) struct Workspace {
    /// The tenant.
    pub(crate) tenant: Tenant,
    /// The resource whose example is deployed.
    pub(crate) model: Model,
    /// The address of the main resource.
    pub(crate) address: String,
    folder: tempfile::TempDir,
}

/// An object in the state.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// The address, such as `m365_user.this["1"]`.
    pub(crate) address: String,
    /// The type, such as `m365_user`.
    pub(crate) kind: String,
    /// The attributes.
    pub(crate) attributes: Json,
    /// The addresses of the resources that it refers to.
    pub(crate) dependencies: Vec<String>,
}

/// What a plan is going to do with a resource.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The address.
    pub(crate) address: String,
    /// `create`, `update`, `delete`, ..
    pub(crate) actions: Vec<String>,
    /// The attributes that change.
    pub(crate) attributes: Vec<String>,
}

impl Workspace {
    /// A configuration that is not deployed yet.
    pub(crate) async fn new(resource: &'static Resource) -> Outcome<Self> {
        let example = Example::of(&example::folder(), resource)?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-m365"));
        let provider = provider.parent().unwrap_or(provider).display();
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"m365/m365\" = \"{provider}\"\n  }}\n}}\n"
        );
        let needs = "terraform {\n  required_providers {\n    m365 = {\n      source = \"m365/m365\"\n    }\n  }\n}\n";
        let files = [
            ("terraformrc", overrides.as_str()),
            ("resource.tf", &example.text),
            ("needs.tf", needs),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).map_err(|error| error.to_string())?;
        }
        let model = Model::new(resource);
        example::copy_files(&model, folder.path()).map_err(|error| error.to_string())?;
        let tenant = Tenant::new().await;
        remote::unsettle(&tenant, &model).await?;
        Ok(Self { tenant, model, address: example.address, folder })
    }

    /// A configuration that is deployed.
    pub(crate) async fn deployed(resource: &'static Resource) -> Outcome<Self> {
        let workspace = Self::new(resource).await?;
        workspace.apply(&[]).await?;
        Ok(workspace)
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `terraform`.
    pub(crate) async fn run(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Outcome<Output> {
        let mut command = Command::new("terraform");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.file("terraformrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_VAR_initial_password", SECRET)
            .envs(self.tenant.environment())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(super::DEADLINE, command.output());
        match output.await {
            Err(_) => Err(format!("terraform {arguments:?} does not end")),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Err(
                "the laws are tested with the real terraform (1.11 or later), and there is none \
                     on PATH: install it"
                    .to_owned(),
            ),
            Ok(output) => output.map_err(|error| format!("terraform cannot be run: {error}")),
        }
    }

    /// Runs `terraform`, which must succeed.
    pub(crate) async fn ok(&self, arguments: &[&str]) -> Outcome<String> {
        let output = self.run(arguments, &[]).await?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(format!("terraform {}: {}", arguments.join(" "), told(&output)))
    }

    /// `terraform apply`
    pub(crate) async fn apply(&self, more: &[&str]) -> Outcome<String> {
        self.ok(&[&["apply", "-input=false", "-auto-approve"], more].concat()).await
    }

    /// `terraform plan`: what it is going to do.
    pub(crate) async fn plan(&self) -> Outcome<Vec<Change>> {
        let arguments = ["plan", "-input=false", "-detailed-exitcode", "-out=plan"];
        let output = self.run(&arguments, &[]).await?;
        match output.status.code() {
            Some(0) => Ok(Vec::new()),
            Some(2) => Ok(changes(&self.show_plan().await?)),
            _ => Err(format!("terraform plan: {}", told(&output))),
        }
    }

    /// `terraform plan`, which must find nothing to do.
    pub(crate) async fn plan_is_empty(&self) -> Outcome {
        let changes = self.plan().await?;
        if changes.is_empty() { Ok(()) } else { Err(format!("the plan is not empty: {changes:?}")) }
    }

    /// The plan made last, as JSON.
    pub(crate) async fn show_plan(&self) -> Outcome<Json> {
        let shown = self.ok(&["show", "-json", "plan"]).await?;
        serde_json::from_str(&shown).map_err(|error| error.to_string())
    }

    /// The objects in the state.
    pub(crate) fn instances(&self) -> Outcome<Vec<Instance>> {
        let text = std::fs::read(self.file("terraform.tfstate")).map_err(|e| e.to_string())?;
        let state: Json = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
        let array = |json: &Json| json.as_array().cloned().unwrap_or_default();
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        let mut found = Vec::new();
        for resource in array(&state["resources"]) {
            let kind = text(&resource["type"]);
            for instance in array(&resource["instances"]) {
                let key = match &instance["index_key"] {
                    Json::Null => String::new(),
                    key => format!("[{key}]"),
                };
                found.push(Instance {
                    address: format!("{kind}.{}{key}", text(&resource["name"])),
                    kind: kind.clone(),
                    attributes: instance["attributes"].clone(),
                    dependencies: array(&instance["dependencies"]).iter().map(text).collect(),
                });
            }
        }
        Ok(found)
    }

    /// The state of the main resource.
    pub(crate) fn main(&self) -> Outcome<Value> {
        let instances = self.instances()?;
        let main = instances.iter().find(|one| one.address == self.address);
        let main = main.ok_or_else(|| format!("the state has no {}", self.address))?;
        value(&self.model, &main.attributes)
    }
}

/// The attributes of an object as a value.
pub(crate) fn value(model: &Model, attributes: &Json) -> Outcome<Value> {
    json::from_json(attributes, &model.schema.ty()).map_err(|error| error.to_string())
}

/// What a run printed, the notice about development overrides left out.
pub(crate) fn told(output: &Output) -> String {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&all).replace("Provider development overrides are in effect", "")
}

fn changes(plan: &Json) -> Vec<Change> {
    let texts = |json: &Json| -> Vec<String> {
        json.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let all = plan["resource_changes"].as_array().into_iter().flatten().map(|one| {
        let change = &one["change"];
        let (before, after) = (&change["before"], &change["after"]);
        let mut names: Vec<String> = [before, after, &change["after_unknown"]]
            .iter()
            .filter_map(|object| object.as_object())
            .flat_map(|object| object.keys().cloned())
            .collect();
        names.sort();
        names.dedup();
        names.retain(|name| before[name] != after[name] || change["after_unknown"][name] == true);
        Change {
            address: one["address"].as_str().unwrap_or_default().to_owned(),
            actions: texts(&change["actions"]),
            attributes: names,
        }
    });
    all.filter(|change| change.actions != ["no-op"] && change.actions != ["read"]).collect()
}
