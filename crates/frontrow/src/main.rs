//! The `frontrow` binary: reads its configuration, starts what was asked for, stops in order.

mod api_key;
mod bench;
mod cli;
mod config;
mod fleet;
mod import;
mod logging;
mod open;
mod rehearse;
mod samples;
mod secret;
mod serve;
mod system;
mod verify;
mod verify_draw;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use cli::{ApiKey, Cli, Command};
use config::Config;

/// A sale lives in many small pieces; this allocator keeps them close, which replay and holds feel. It
/// takes no huge pages: filling one holds up whoever touches it first, up to six milliseconds where
/// the machine is virtual.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    match run(cli.command.unwrap_or(Command::Serve), &config) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("frontrow: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, config: &Config) -> Result<ExitCode> {
    match command {
        Command::CheckConfig => {
            println!("the configuration is valid");
            Ok(ExitCode::SUCCESS)
        }
        // It starts a runtime of its own for each contestant.
        Command::Bench(args) => bench::run(args, &config.data).map(|()| ExitCode::SUCCESS),
        Command::Rehearse(args) => rehearse::run(&args, config),
        Command::VerifyDraw(args) => verify_draw::run(&args).map(exit_code),
        command => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(system::workers(config.database_url.is_none()))
                .enable_all()
                .build()?;
            runtime.block_on(with_shop(command, config))
        }
    }
}

async fn with_shop(command: Command, config: &Config) -> Result<ExitCode> {
    if matches!(command, Command::Serve) {
        return serve::run(config).await.map(|()| ExitCode::SUCCESS);
    }
    if let Command::Status { json } = command {
        let sells = fleet::status(&open::store(config).await?, json).await?;
        return Ok(exit_code(sells));
    }
    let shop = open::shop(config).await?;
    let sound = match command {
        Command::Import { files } => import::run(&shop, &files).await.map(|()| true),
        Command::Verify => verify::run(&shop).await,
        Command::ApiKey(ApiKey::Create { organisation, name }) => {
            api_key::create(&shop, &organisation, &name).await.map(|()| true)
        }
        // Opening the shop has brought the databases up to date; the rest never comes here.
        Command::Migrate
        | Command::Serve
        | Command::Status { .. }
        | Command::CheckConfig
        | Command::Bench(_)
        | Command::Rehearse(_)
        | Command::VerifyDraw(_) => Ok(true),
    };
    shop.stop().await;
    sound.map(exit_code)
}

fn exit_code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
