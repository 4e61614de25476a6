//! Every resource and data source has an example, and every example its resource.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use m365::catalogue::{ALL, DATA_SOURCES};

use super::{Offences, assert_none};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// Whether the file at `path` holds all of `wanted`.
fn holds(path: &Path, wanted: &[String], offences: &mut Offences) {
    let shown = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string();
    let Ok(text) = fs::read_to_string(path) else {
        return offences.push(format!("{shown} is missing"));
    };
    let missing = wanted.iter().filter(|wanted| !text.contains(wanted.as_str()));
    offences.extend(missing.map(|wanted| format!("{shown} does not hold {wanted}")));
}

/// The folders in `folder`, whose names are those of what they are examples of.
fn folders(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[test]
fn every_resource_has_an_example() {
    let mut offences = Vec::new();
    let mut names = BTreeSet::new();
    for resource in ALL {
        let name = format!("m365_{}", resource.name);
        let folder = examples().join("resources").join(&name);
        holds(
            &folder.join("resource.tf"),
            &[format!("resource \"{name}\" \"example\" {{")],
            &mut offences,
        );
        let import = format!("terraform import {name}.example ");
        let first = resource.path.split('{').next().unwrap_or_default();
        let mut wanted = vec![import.clone(), format!("{import}{first}")];
        wanted.extend(resource.keys.first().map(|key| format!("{import}'{key}=")));
        holds(&folder.join("import.sh"), &wanted, &mut offences);
        names.insert(name);
    }
    let orphans = folders(&examples().join("resources"));
    offences
        .extend(orphans.difference(&names).map(|name| format!("{name} is an example of nothing")));
    assert_none(&offences);
}

#[test]
fn every_data_source_has_an_example() {
    let mut offences = Vec::new();
    let mut names = BTreeSet::new();
    for resource in ALL {
        if let Some(lookup) = resource.data {
            names.insert(format!("m365_{}", resource.name));
            names.extend(lookup.plural.map(|plural| format!("m365_{plural}")));
        }
    }
    names.extend(DATA_SOURCES.iter().map(|source| format!("m365_{}", source.name)));
    for name in &names {
        let file = examples().join("data-sources").join(name).join("data-source.tf");
        holds(&file, &[format!("data \"{name}\" \"example\" {{")], &mut offences);
    }
    let orphans = folders(&examples().join("data-sources"));
    offences
        .extend(orphans.difference(&names).map(|name| format!("{name} is an example of nothing")));
    assert_none(&offences);
}

#[test]
fn the_provider_block_has_an_example() {
    let mut offences = Vec::new();
    holds(&examples().join("provider/provider.tf"), &["provider \"m365\"".into()], &mut offences);
    assert_none(&offences);
}
