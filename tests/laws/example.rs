//! The example of a resource, which every law starts from.

use std::path::{Path, PathBuf};

use m365::declare::Resource;
use m365::engine::Model;

use super::Outcome;

/// `examples/resources/m365_x/resource.tf`, whose main resource is called `example`.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// The configuration.
    pub(crate) text: String,
    /// The address of the main resource, such as `m365_group.example`.
    pub(crate) address: String,
}

/// Where examples are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/resources")
}

/// Copies what the example of a resource refers to, such as images.
pub(crate) fn copy_files(model: &Model, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder().join(&model.name))? {
        let path = entry?.path();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if let (Some(name), false) = (path.file_name(), ["tf", "sh"].contains(&&*extension)) {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

impl Example {
    /// The example of `resource` in `folder`.
    pub(crate) fn of(folder: &Path, resource: &'static Resource) -> Outcome<Self> {
        let name = Model::new(resource).name;
        let file = Path::new(&name).join("resource.tf");
        let text = std::fs::read_to_string(folder.join(&file)).map_err(|error| {
            format!("{name} has no example ({error}): write examples/resources/{}", file.display())
        })?;
        if !text.contains(&format!("resource \"{name}\" \"example\"")) {
            let wanted = format!("resource \"{name}\" \"example\"");
            return Err(format!("the example of {name} has no `{wanted}`, from which laws start"));
        }
        Ok(Self { text, address: format!("{name}.example") })
    }
}
