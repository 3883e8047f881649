//! The command line.

use std::path::PathBuf;

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
    /// Open the shop (the default)
    Serve,
    /// Bring sale files and their seating plans into the shop
    Import {
        /// Sale files (docs/sale-file.md)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Replay every log from zero and check everything against it; exits with 1 if anything is wrong
    Verify,
    /// Check a published draw: its file proves who stands where; exits with 1 if anything is wrong
    VerifyDraw(crate::verify_draw::Args),
    /// Bring the databases up to date and end; safe while replicas of this and the last release serve
    Migrate,
    /// Show the replicas that serve; exits with 1 if none does
    Status {
        /// For machines
        #[arg(long)]
        json: bool,
    },
    /// Keys for the organiser API
    #[command(subcommand)]
    ApiKey(ApiKey),
    /// Check the configuration and end
    CheckConfig,
    /// Measure the shop on this machine
    Bench(crate::bench::Args),
    /// The on-sale drill: virtual fans, a sweep that proves what must be true, a report with pictures
    Rehearse(crate::rehearse::Args),
}

/// What can be done with keys.
#[derive(Debug, clap::Subcommand)]
pub enum ApiKey {
    /// Make a key and show it once
    Create {
        /// Name of the organisation, as in the sale file
        #[arg(long)]
        organisation: String,
        /// What the key is for
        #[arg(long)]
        name: String,
    },
}
