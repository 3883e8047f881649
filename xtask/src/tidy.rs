//! The rules of ARCHITECTURE.md that no compiler checks: which crate may use which, how long a
//! file may grow, which words are not for this repository.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{
    command::{command, read, root},
    migrations,
};

/// Lines of one source file; beyond that it is two rooms in one.
const FILE_LINES_MAX: usize = 500;

/// The one direction of the arrows: each crate and what it may use of ours.
const EDGES: [(&str, &[&str]); 11] = [
    ("ledger", &[]),
    ("log", &["ledger"]),
    ("store", &["ledger", "log"]),
    ("payments", &["ledger"]),
    ("tickets", &[]),
    ("shop", &["ledger", "log", "store", "payments", "tickets", "words"]),
    ("web", &["ledger", "log", "store", "payments", "tickets", "words", "shop"]),
    ("rehearsal", &["ledger", "log", "shop"]),
    (
        "frontrow",
        &["ledger", "log", "store", "payments", "tickets", "words", "shop", "web", "rehearsal"],
    ),
    ("words", &["ledger"]),
    ("sim", &["ledger", "log"]),
];

/// What must not be left behind in a source file. Split so that this file does not find itself.
const BANNED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX:"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];

/// Reports every fault, not only the first.
pub fn run() -> Result<()> {
    let mut faults = edges()?;
    faults.extend(migrations::faults()?);
    for path in
        read(command("git").args(["ls-files", "--", "*.rs", "*.js", "*.html", "*.css"]))?.lines()
    {
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        faults.extend(file(path, &text));
    }
    if faults.is_empty() {
        return Ok(());
    }
    bail!("tidy found {}:\n  {}", faults.len(), faults.join("\n  "))
}

fn file(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        faults.push(format!("{path}: {lines} lines, at most {FILE_LINES_MAX}"));
    }
    if Path::new(path).extension().is_some_and(|kind| kind == "rs") && !text.starts_with("//!") {
        faults.push(format!("{path}: its first line does not say what it is for (//!)"));
    }
    for word in BANNED.iter().filter(|word| text.contains(**word)) {
        faults.push(format!("{path}: contains {word}"));
    }
    faults
}

fn edges() -> Result<Vec<String>> {
    let allowed: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let mut faults = Vec::new();
    for entry in root().join("crates").read_dir()? {
        let folder = entry?.path();
        let name = folder.file_name().and_then(|name| name.to_str()).context("crate name")?;
        let Some(allowed) = allowed.get(name) else {
            faults.push(format!("crates/{name}: not in the map of crates (xtask/src/tidy.rs)"));
            continue;
        };
        for used in ours(&folder)? {
            if !allowed.contains(&used.as_str()) {
                faults.push(format!("crates/{name} must not use {used}"));
            }
        }
    }
    Ok(faults)
}

/// Our crates among the ordinary dependencies of one; tests may use what they like.
fn ours(folder: &Path) -> Result<Vec<String>> {
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml"))?.parse()?;
    let Some(dependencies) = manifest.get("dependencies").and_then(toml::Value::as_table) else {
        return Ok(Vec::new());
    };
    Ok(dependencies
        .keys()
        .filter_map(|key| Some(key.strip_prefix("frontrow-")?.to_owned()))
        .collect())
}
