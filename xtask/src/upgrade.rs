//! Builds what was released before, and lets it serve beside what is here.

use std::{fs, path::PathBuf};

use anyhow::Result;

use crate::{
    command::{cargo, command, read, root, run},
    packages,
    postgres::Postgres,
};

/// Builds the release before (the newest tag; the last commit while there is none) or a commit that is named, and runs
/// both builds on one database under fans.
pub fn drill(commit: Option<&str>) -> Result<()> {
    packages::install()?;
    let commit = match commit {
        Some(commit) => commit.to_owned(),
        None => newest_tag().unwrap_or_else(|| "HEAD~1".to_owned()),
    };
    let previous = build(&commit)?;
    let postgres = Postgres::start(false)?;
    let mut test = cargo();
    test.args(["test", "-p", "frontrow", "--test", "fleet", "--", "--ignored", "--nocapture"]);
    test.env("TEST_DATABASE_URL", postgres.url()).env("TEST_PREVIOUS_FRONTROW", previous);
    run(&mut test)
}

fn newest_tag() -> Option<String> {
    let tag = read(command("git").args(["describe", "--tags", "--abbrev=0"])).ok()?;
    Some(tag.trim().to_owned())
}

/// Builds in the same target directory, so that what both use is built once, and keeps the binary.
fn build(commit: &str) -> Result<PathBuf> {
    let target = root().join("target");
    let folder = target.join("previous");
    let source = folder.join("source");
    fs::create_dir_all(&folder)?;
    // Left over from a drill that was interrupted.
    remove(&source);
    run(command("git").args(["worktree", "add", "--detach", "--force"]).arg(&source).arg(commit))?;
    let built = run(cargo()
        .args(["build", "-p", "frontrow", "--target-dir"])
        .arg(fs::canonicalize(&target)?)
        .current_dir(&source));
    let kept = folder.join("frontrow");
    let kept = built.and_then(|()| {
        fs::copy(target.join("debug/frontrow"), &kept)?;
        Ok(fs::canonicalize(&kept)?)
    });
    remove(&source);
    kept
}

fn remove(source: &std::path::Path) {
    if source.exists() {
        let removed = command("git").args(["worktree", "remove", "--force"]).arg(source).status();
        if !removed.is_ok_and(|status| status.success()) {
            fs::remove_dir_all(source).ok();
        }
    }
}
