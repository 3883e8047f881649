//! Writes sample tickets as PDF, to look at: `cargo run -p frontrow-tickets --example sheets -- DIR`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::{error::Error, fs, path::PathBuf};

use frontrow_tickets::pdf::{Paper, render};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    let documents = [
        ("czech", samples::czech()),
        ("english", samples::english()),
        ("long", samples::long_names()),
        ("extreme", samples::extreme()),
    ];
    for (name, document) in documents {
        for (paper, size) in [(Paper::A4, "a4"), (Paper::Phone, "phone")] {
            fs::write(folder.join(format!("{name}-{size}.pdf")), render(&document, paper)?)?;
        }
    }
    Ok(())
}
