//! Plants bugs, one at a time, in a copy of the sources, and sees that the simulation finds each.
//!
//! A simulation that passes proves something only if it would have failed. Each row of [`table::MUTANTS`] is a mistake
//! that somebody could make; its text must be there exactly once, so that the table cannot rot.

mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{cargo, read, root};

/// What the simulation runs, and itself.
const CRATES: [&str; 3] = ["ledger", "log", "sim"];
/// Commands within which a planted bug must show; most show within the first thousand.
const OPERATIONS: &str = "1000000";
/// Of what was found; the rest is for whoever replays the seed.
const FOUND_CHARS_MAX: usize = 140;

/// One planted bug.
struct Mutant {
    /// What goes wrong.
    name: &'static str,
    /// Where, under `crates/`.
    file: &'static str,
    /// What is there, exactly once.
    before: &'static str,
    /// What somebody writes by mistake.
    after: &'static str,
}

/// Builds and runs the simulation once as it is and once for each mutant.
pub fn run() -> Result<()> {
    let workspace = Workspace::copy()?;
    eprintln!("mutants: the sources as they are");
    workspace.build()?;
    for rooms in [false, true] {
        if let Some(broken) = workspace.simulate(rooms)? {
            bail!("the simulation fails without any planted bug: {broken}");
        }
    }
    let mut survivors = Vec::new();
    for (mutant, number) in table::MUTANTS.iter().zip(1..) {
        let count = table::MUTANTS.len();
        eprint!("mutants: {number} of {count}: {} ... ", mutant.name);
        workspace.plant(mutant)?;
        workspace.build()?;
        match workspace.simulate(mutant.is_of_rooms())? {
            Some(broken) => eprintln!("found: {broken}"),
            None => {
                eprintln!("NOT FOUND");
                survivors.push(mutant.name);
            }
        }
        workspace.restore(mutant.file)?;
    }
    ensure!(survivors.is_empty(), "planted bugs were not found: {}", survivors.join("; "));
    Ok(())
}

impl Mutant {
    /// Everything else is found while something is sold.
    fn is_of_rooms(&self) -> bool {
        self.file.starts_with("ledger/src/room/")
    }

    /// The source with the bug in it.
    fn planted(&self) -> Result<String> {
        let path = root().join("crates").join(self.file);
        let text = fs::read_to_string(&path).with_context(|| format!("no {}", self.file))?;
        let times = text.matches(self.before).count();
        ensure!(times == 1, "{}: the text of this mutant is there {times} times", self.name);
        Ok(text.replace(self.before, self.after))
    }
}

/// A copy of what is simulated, with a target directory of its own.
struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    fn copy() -> Result<Self> {
        let folder = root().join("target/mutants");
        let sources = folder.join("crates");
        if sources.exists() {
            fs::remove_dir_all(&sources)?;
        }
        for name in CRATES {
            copy_folder(&root().join("crates").join(name), &sources.join(name))?;
        }
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
        fs::write(folder.join("Cargo.toml"), smaller(&manifest)?)?;
        Ok(Self { folder })
    }

    fn plant(&self, mutant: &Mutant) -> Result<()> {
        let path = self.folder.join("crates").join(mutant.file);
        Ok(fs::write(path, mutant.planted()?)?)
    }

    fn restore(&self, file: &str) -> Result<()> {
        let original = fs::read(root().join("crates").join(file))?;
        Ok(fs::write(self.folder.join("crates").join(file), original)?)
    }

    /// A mutant that does not compile proves nothing.
    fn build(&self) -> Result<()> {
        let mut build = cargo();
        build.args(["build", "--quiet", "--package", "frontrow-sim"]).current_dir(&self.folder);
        build
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("RUSTFLAGS", "--cap-lints=allow");
        read(&mut build).map(drop)
    }

    /// What the simulation of sales, or of waiting rooms, found, if it found anything.
    fn simulate(&self, rooms: bool) -> Result<Option<String>> {
        let mut simulation = Command::new(self.folder.join("target/debug/frontrow-sim"));
        simulation.args(["--operations", OPERATIONS]).args(rooms.then_some("--room"));
        let output = simulation.output()?;
        if output.status.success() {
            return Ok(None);
        }
        ensure!(output.status.code() == Some(1), "the simulation died: {}", output.status);
        let said = String::from_utf8_lossy(&output.stderr);
        let found = said.lines().find(|line| line.starts_with("seed "));
        Ok(Some(found.unwrap_or("it does not say what").chars().take(FOUND_CHARS_MAX).collect()))
    }
}

/// The workspace's manifest for [`CRATES`] alone, built for a short run rather than a fast one.
fn smaller(manifest: &str) -> Result<String> {
    let mut manifest: toml::Table = manifest.parse()?;
    let workspace = manifest.get_mut("workspace").and_then(toml::Value::as_table_mut);
    let workspace = workspace.context("the manifest has a workspace")?;
    workspace.insert("members".to_owned(), vec!["crates/*"].into());
    workspace.remove("default-members");
    let mut profile =
        manifest.get_mut("profile").and_then(|all| all.get_mut("dev")?.get_mut("package"));
    for name in CRATES {
        let ours = profile.as_mut().and_then(|all| all.get_mut(format!("frontrow-{name}")));
        let ours = ours.and_then(toml::Value::as_table_mut).context("our crates have profiles")?;
        ours.insert("opt-level".to_owned(), 1.into());
    }
    Ok(manifest.to_string())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Mutant, table};

    #[test]
    fn every_mutant_still_has_its_place_in_the_sources() {
        let lost: Vec<_> =
            table::MUTANTS.iter().map(Mutant::planted).filter_map(Result::err).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}
