//! The documentation in `docs` is what the declarations say. `make docs` (`UPDATE_DOCS=1`) rewrites it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use m365::catalogue::CATALOGUE;
use m365::engine::document::{self, Function};
use m365::lifecycle::Registry;

/// The folders of `docs` whose pages are all generated; `index.md` is, and the guides are not.
const GENERATED: [&str; 4] = ["resources", "list-resources", "data-sources", "functions"];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every page by its path below `docs`.
fn rendered() -> BTreeMap<String, String> {
    let functions = Registry::new(&CATALOGUE).schemas.functions;
    let functions: Vec<_> = functions
        .iter()
        .map(|(name, function)| Function {
            name,
            description: &function.description,
            parameters: &function.parameters,
            returns: &function.returns,
        })
        .collect();
    let example = |path: &str| fs::read_to_string(repository("examples").join(path)).ok();
    let pages = document::pages(&CATALOGUE, &functions, &example);
    pages.into_iter().map(|page| (page.path, page.text)).collect()
}

/// The generated pages that are there, by their path below `docs`.
fn found() -> BTreeMap<String, String> {
    let docs = repository("docs");
    let mut paths = vec!["index.md".to_owned()];
    for folder in GENERATED {
        let entries = fs::read_dir(docs.join(folder)).into_iter().flatten().flatten();
        paths.extend(entries.map(|entry| format!("{folder}/{}", entry.file_name().display())));
    }
    let read = |path: String| Some((path.clone(), fs::read_to_string(docs.join(path)).ok()?));
    paths.into_iter().filter_map(read).collect()
}

#[test]
fn pages_are_what_the_declarations_say() {
    let rendered = rendered();
    let found = found();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return update(&rendered, &found);
    }
    let mut wrong = String::new();
    for (path, text) in &rendered {
        let _ = match found.get(path) {
            None => writeln!(wrong, "docs/{path} is missing"),
            Some(found) => match first_difference(found, text) {
                None => continue,
                Some(line) => writeln!(wrong, "docs/{path}:{line} is stale"),
            },
        };
    }
    for path in found.keys().filter(|path| !rendered.contains_key(*path)) {
        let _ = writeln!(wrong, "docs/{path} documents nothing that is declared");
    }
    assert!(wrong.is_empty(), "\n{wrong}Run `make docs` and look at what changed.");
}

/// The number of the first line that differs.
fn first_difference(found: &str, wanted: &str) -> Option<usize> {
    if found == wanted {
        return None;
    }
    let same = found.lines().zip(wanted.lines()).take_while(|(found, wanted)| found == wanted);
    Some(same.count() + 1)
}

fn update(rendered: &BTreeMap<String, String>, found: &BTreeMap<String, String>) {
    let docs = repository("docs");
    for (path, text) in rendered.iter().filter(|(path, text)| found.get(*path) != Some(text)) {
        let page = docs.join(path);
        fs::create_dir_all(page.parent().unwrap()).unwrap();
        fs::write(page, text).unwrap();
        println!("wrote docs/{path}");
    }
    for path in found.keys().filter(|path| !rendered.contains_key(*path)) {
        fs::remove_file(docs.join(path)).unwrap();
        println!("removed docs/{path}");
    }
}

/// A link to another page or file leads somewhere, in what is written by hand too.
#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = String::new();
    let root = repository("");
    let mut pages = markdown(&repository("docs"));
    pages.extend(["README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG"].map(|name| {
        let page = repository(name).with_extension("md");
        assert!(page.exists(), "{name}.md is missing");
        page
    }));
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let outside = file.contains("://") || file.starts_with("mailto:") || file.is_empty();
            if !outside && !page.parent().unwrap().join(file).exists() {
                let page = page.strip_prefix(&root).unwrap_or(&page).display();
                let _ = writeln!(broken, "{page} links to {target}");
            }
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let pages = files.into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "md"));
    pages.chain(folders.iter().flat_map(|folder| markdown(folder))).collect()
}
