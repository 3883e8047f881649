//! What must hold before a commit: formatting, lints, documentation links, tidy.

use anyhow::Result;

use crate::{
    command::{self, cargo},
    tidy,
};

/// Runs every check; stops at the first that fails.
pub fn run() -> Result<()> {
    tidy::run()?;
    run_cargo(&["fmt", "--all", "--check"])?;
    run_cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    command::run(
        cargo()
            .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"])
            // Private items are documented here, so links to them lead somewhere.
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
    )
}

fn run_cargo(args: &[&str]) -> Result<()> {
    command::run(cargo().args(args))
}
