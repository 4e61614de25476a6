//! A configuration and the real terraform.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

/// A folder with a configuration.
pub(crate) struct Workspace {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Workspace {
    /// A configuration that uses the provider built beside this program.
    pub(crate) fn new(configuration: &str, environment: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-m365"));
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{ \"registry.terraform.io/m365/m365\" = {:?} }}\n  direct {{}}\n}}\n",
            binary.parent().unwrap()
        );
        std::fs::write(folder.path().join("terraformrc"), overrides).unwrap();
        let workspace = Self { folder, environment };
        workspace.write(configuration);
        workspace
    }

    /// Replaces the configuration.
    pub(crate) fn write(&self, configuration: &str) {
        let required =
            "terraform {\n  required_providers {\n    m365 = { source = \"m365/m365\" }\n  }\n}\n";
        std::fs::write(self.folder.path().join("main.tf"), format!("{required}{configuration}"))
            .unwrap();
    }

    /// The state, as it is on the disk.
    pub(crate) fn state(&self) -> Json {
        let text = std::fs::read_to_string(self.folder.path().join("terraform.tfstate")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Replaces the state.
    pub(crate) fn write_state(&self, state: &Json) {
        std::fs::write(self.folder.path().join("terraform.tfstate"), state.to_string()).unwrap();
    }

    /// Runs terraform and says how long it took.
    pub(crate) fn run(&self, arguments: &[&str]) -> Duration {
        let start = Instant::now();
        let output = Command::new("terraform")
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("terraformrc"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("terraform is on the PATH");
        let took = start.elapsed();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "terraform {arguments:?}: {said}");
        took
    }

    /// Applies without asking.
    pub(crate) fn apply(&self) -> Duration {
        self.run(&["apply", "-auto-approve", "-no-color"])
    }

    /// Plans, refreshing.
    pub(crate) fn plan(&self) -> Duration {
        self.run(&["plan", "-no-color"])
    }

    /// Destroys without asking.
    pub(crate) fn destroy(&self) -> Duration {
        self.run(&["destroy", "-auto-approve", "-no-color"])
    }
}
