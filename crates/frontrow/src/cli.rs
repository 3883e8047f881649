//! The command line.

use crate::config::Settings;

/// The ticket shop that stays open when everyone arrives at once.
#[derive(Debug, clap::Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do; without one, `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings that every command shares.
    #[command(flatten)]
    pub settings: Settings,
}

/// What the binary can do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check the configuration and end
    CheckConfig,
    /// Measure the shop on this machine
    Bench(crate::bench::Args),
}
