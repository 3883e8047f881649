//! The `frontrow` binary: reads its configuration, starts what was asked for, stops in order.

mod bench;
mod cli;
mod config;
mod logging;
mod system;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use config::Config;

/// A configuration that cannot be used, as `sysexits.h` names it.
const EXIT_USAGE: u8 = 64;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load(cli.settings) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("frontrow: {error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    logging::start(config.log_format);
    match cli.command {
        Some(Command::CheckConfig) => println!("the configuration is valid"),
        Some(Command::Bench(args)) => {
            if let Err(error) = bench::run(args, &config.data) {
                eprintln!("frontrow: {error:#}");
                return ExitCode::FAILURE;
            }
        }
        None => println!("{config:?}"),
    }
    ExitCode::SUCCESS
}
