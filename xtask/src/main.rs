//! What a developer runs. `cargo xtask` lists the commands.

mod axe;
mod check;
mod command;
mod migrations;
mod mutants;
mod packages;
mod postgres;
mod test;
mod tidy;
mod upgrade;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask test [FILTER]           install what the tests need (Debian packages), then run them all
cargo xtask check                   formatting, clippy, documentation links and tidy
cargo xtask mutants                 plants bugs and sees that the simulation finds them
cargo xtask tidy                    the rules of ARCHITECTURE.md that a compiler does not know
cargo xtask upgrade-drill [COMMIT]  the build before beside this one on one database, under fans
cargo xtask postgres                a throw-away PostgreSQL for development; prints its URL, ends with Ctrl-C";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["test"] => test::run_all(None),
        ["test", filter] => test::run_all(Some(filter)),
        ["check"] => check::run(),
        ["mutants"] => mutants::run(),
        ["tidy"] => tidy::run(),
        ["upgrade-drill"] => upgrade::drill(None),
        ["upgrade-drill", commit] => upgrade::drill(Some(commit)),
        ["postgres"] => postgres::run_until_interrupted(),
        _ => bail!("usage:\n{USAGE}"),
    }
}
