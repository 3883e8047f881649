//! `frontrow verify`: the audit, with its progress and its verdict.

use std::io::{IsTerminal, Write as _};

use anyhow::{Context, Result};
use frontrow_shop::{Shop, verify::Report};

/// Audits the shop. Returns whether everything is as it must be.
pub async fn run(shop: &Shop) -> Result<bool> {
    let terminal = std::io::stderr().is_terminal();
    let report =
        shop.verify(|report| progress(report, terminal)).await.context("the audit ended early")?;
    if terminal {
        eprintln!();
    }
    println!("{}", summary(&report));
    if report.entries_behind > 0 {
        println!(
            "{} entries are not in the tables yet; a running shop brings them there",
            report.entries_behind
        );
    }
    for fault in &report.faults {
        println!("FAULT {}: {}", fault.stream, fault.problem);
    }
    if report.faults_cut {
        println!("... and more faults than are listed");
    }
    println!("{}", if report.is_sound() { "everything is as the logs say" } else { "NOT SOUND" });
    Ok(report.is_sound())
}

fn progress(report: &Report, terminal: bool) {
    if terminal {
        eprint!("\r{}", summary(report));
        std::io::stderr().flush().ok();
    }
}

fn summary(report: &Report) -> String {
    format!(
        "{} logs, {} entries, {} records, {} orders, {} tickets, {} places in rooms, {} faults",
        report.streams,
        report.entries,
        report.records,
        report.orders,
        report.tickets,
        report.places,
        report.faults.len()
    )
}
