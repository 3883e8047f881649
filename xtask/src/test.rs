//! Runs every test on the real things: SQLite, PostgreSQL, a browser.

use anyhow::Result;

use crate::{
    axe,
    command::{cargo, run},
    packages,
    postgres::Postgres,
};

/// Installs what is missing, starts PostgreSQL, runs the tests whose name contains `filter`.
pub fn run_all(filter: Option<&str>) -> Result<()> {
    packages::install()?;
    let axe = axe::script()?;
    let postgres = Postgres::start(false)?;
    let mut tests = cargo();
    tests.args(["test", "--workspace"]);
    tests.args(filter);
    tests.env("TEST_DATABASE_URL", postgres.url()).env("TEST_AXE_SCRIPT", axe);
    run(&mut tests)
}
