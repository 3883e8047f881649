//! Names what the binary is built from, so that a fleet of mixed builds can be told apart.

use std::process::Command;

fn main() {
    let version = env!("CARGO_PKG_VERSION");
    let commit = Command::new("git").args(["rev-parse", "--short=10", "HEAD"]).output().ok();
    let commit = commit.filter(|output| output.status.success());
    let commit = commit.and_then(|output| String::from_utf8(output.stdout).ok());
    let build = match commit.as_deref().map(str::trim) {
        Some(commit) if !commit.is_empty() => format!("{version}+{commit}"),
        // Built from an archive.
        _ => version.to_owned(),
    };
    println!("cargo::rustc-env=FRONTROW_BUILD={build}");
}
