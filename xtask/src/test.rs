//! Runs every test on the real things: SQLite, PostgreSQL, a browser.

use anyhow::Result;

use crate::{
    axe,
    command::{cargo, run},
    mutants, packages,
    postgres::Postgres,
};

/// Installs what is missing, starts PostgreSQL, runs the tests whose name contains `filter`; if all ran, sees that the
/// simulation finds planted bugs.
pub fn run_all(filter: Option<&str>) -> Result<()> {
    packages::install()?;
    let axe = axe::script()?;
    let postgres = Postgres::start(false)?;
    let mut tests = cargo();
    // A run is long: it says all that is wrong, not only the first.
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    tests.args(filter);
    tests.env("TEST_DATABASE_URL", postgres.url()).env("TEST_AXE_SCRIPT", axe);
    run(&mut tests)?;
    if filter.is_none() { mutants::run() } else { Ok(()) }
}
