//! The house is in order: who uses whom, how long files are, and what must not be left lying about.
//! A finding names the file and the line.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom, as ARCHITECTURE.md says. A room may always use itself.
const ROOMS: [(&str, &[&str]); 10] = [
    ("main", &["catalogue", "lifecycle", "plugin"]),
    ("plugin", &["lifecycle", "terraform"]),
    ("lifecycle", &["declare", "engine", "graph", "terraform"]),
    ("engine", &["declare", "terraform"]),
    ("catalogue", &["declare", "policy", "terraform"]),
    ("policy", &["terraform"]),
    ("declare", &["terraform"]),
    ("graph", &[]),
    ("terraform", &[]),
    ("emulator", &[]),
];

/// What is never left behind, and what to do about it.
const FORBIDDEN: [(&str, &str); 7] = [
    ("todo!", "write it, or an error that says what is missing"),
    ("unimplemented!", "write it, or an error that says what is missing"),
    ("TODO", "do it, or open an issue"),
    ("FIXME", "fix it, or open an issue"),
    ("dbg!", "remove it, or use tracing"),
    ("#[ignore", "a test that is not run is no test: make it fast and reliable, or remove it"),
    ("thread::sleep", "wait for what is waited for, with a bound"),
];

/// How folders of people's machines begin.
const MACHINES: [&str; 5] = ["/home/", "/Users/", "/root/", "/work/", "C:\\Users\\"];

const LONGEST: usize = 600;

/// A file of the repository: its path from the root, and its text.
struct File {
    path: String,
    text: String,
}

/// All text that was written by hand, with any of `extensions`.
fn files(folders: &[&str], extensions: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in folders {
        walk(&root.join(folder), &mut found);
    }
    found.sort();
    let wanted = |path: &PathBuf| {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        extensions.contains(&&*extension)
    };
    let file = |path: PathBuf| {
        let relative = path.strip_prefix(root).unwrap().components();
        let relative: Vec<_> =
            relative.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        Some(File { path: relative.join("/"), text: fs::read_to_string(&path).ok()? })
    };
    found.into_iter().filter(wanted).filter_map(file).collect()
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if matches!(&*name, "target" | ".git" | ".terraform" | "corpus" | "artifacts") {
        return;
    }
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| walk(&entry.path(), found)),
        Err(_) => found.push(path.to_owned()),
    }
}

fn rust() -> Vec<File> {
    files(&["src", "tests", "benches", "proto", "fuzz"], &["rs"])
}

/// Fails with every finding, each of which a file, a line and a sentence.
#[track_caller]
fn check(files: &[File], find: impl Fn(&File) -> Vec<(usize, String)>) {
    assert!(!files.is_empty(), "no files were found to look at");
    let mut findings = String::new();
    for file in files {
        for (line, says) in find(file) {
            let _ = writeln!(findings, "{}:{line}: {says}", file.path);
        }
    }
    assert!(findings.is_empty(), "\n{findings}");
}

/// What `judge` says of each line.
fn lines(file: &File, judge: impl Fn(&str) -> Option<String>) -> Vec<(usize, String)> {
    let lines = file.text.lines().enumerate();
    lines.filter_map(|(index, line)| Some((index + 1, judge(line)?))).collect()
}

/// The room that a file of `src` is in.
fn room(path: &str) -> &str {
    let path = path.strip_prefix("src/").unwrap_or(path);
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The rooms that a line of `from` uses though it may not: `may` lists those that it may.
fn trespasses(line: &str, from: &str, may: &[&str]) -> Option<String> {
    let code = line.split("//").next().unwrap_or_default();
    let used = ["crate::", "m365::"].iter().flat_map(|root| {
        code.split(root).skip(1).flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        })
    });
    let names = used.map(|rest| {
        let rest = rest.trim_start();
        rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or("")
    });
    let is_room = |name: &&str| ROOMS.iter().any(|(room, _)| room == name);
    names
        .filter(is_room)
        .find(|name| *name != from && !may.contains(name))
        .map(|name| format!("{from} may not use {name}; it may use {may:?}"))
}

#[test]
fn rooms_use_only_what_they_may() {
    let mut files = files(&["src"], &["rs"]);
    let is_test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    files.retain(|file| file.path != "src/lib.rs" && !is_test(&file.path));
    for file in &mut files {
        // Tests set up what they need.
        let product = file.text.find("#[cfg(test)]\nmod tests {").unwrap_or(file.text.len());
        file.text.truncate(product);
    }
    check(&files, |file| {
        let from = room(&file.path);
        match ROOMS.iter().find(|(room, _)| *room == from) {
            Some((_, may)) => lines(file, |line| trespasses(line, from, may)),
            None => {
                vec![(1, format!("{from} is no room of the house: ARCHITECTURE.md names them"))]
            }
        }
    });
}

#[test]
fn files_fit_on_a_few_screens() {
    check(&rust(), |file| {
        let count = file.text.lines().count();
        let says = format!("{count} lines; past {LONGEST} it is two files");
        if count > LONGEST { vec![(LONGEST + 1, says)] } else { Vec::new() }
    });
}

#[test]
fn every_file_says_what_it_is() {
    check(&rust(), |file| {
        // A script or a program may begin with attributes of the whole crate.
        let first = file.text.lines().find(|line| !line.starts_with("#!") && !line.is_empty());
        let says = first.is_some_and(|line| line.starts_with("//! "));
        let missing = "begins without a `//!` sentence on what it is".to_owned();
        if says { Vec::new() } else { vec![(1, missing)] }
    });
}

#[test]
fn nothing_is_left_lying_about() {
    let mut files = rust();
    // This file names what it looks for.
    files.retain(|file| file.path != "tests/tidy.rs");
    check(&files, |file| {
        lines(file, |line| {
            let (word, instead) = FORBIDDEN.iter().find(|(word, _)| line.contains(word))?;
            Some(format!("{word}: {instead}"))
        })
    });
}

#[test]
fn no_machine_is_named() {
    let extensions = ["rs", "md", "toml", "tf", "sh", "yml", "yaml", "json", "proto", ""];
    let mut files = files(&["."], &extensions);
    files.retain(|file| file.path != "tests/tidy.rs");
    check(&files, |file| {
        lines(file, |line| {
            let machine = MACHINES.iter().find(|machine| line.contains(**machine))?;
            Some(format!("{machine}.. is a folder of one machine"))
        })
    });
}

#[test]
fn the_rules_bite() {
    let may = &["terraform"][..];
    for (line, offends) in [
        ("use crate::graph::Client;", true),
        ("use crate::{terraform::Value, graph};", true),
        ("    let model = m365::engine::Model::new();", true),
        ("use crate::terraform::{Path, Value};", false),
        ("use crate::policy::lockout;", false),
        ("// as crate::graph does", false),
    ] {
        assert_eq!(trespasses(line, "policy", may).is_some(), offends, "{line}");
    }
}
