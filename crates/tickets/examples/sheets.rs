//! Writes sample tickets as PDF into a folder, to look at:
//! `cargo run -p frontrow-tickets --example sheets -- DIR`.

#[path = "../tests/samples/barcodes.rs"]
mod barcodes;
#[path = "../tests/samples/documents.rs"]
mod documents;

use std::{error::Error, fs, path::PathBuf};

use frontrow_tickets::pdf::{Paper, render};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    let documents = [
        ("czech", documents::czech()),
        ("english", documents::english()),
        ("long", documents::long_names()),
        ("extreme", documents::extreme()),
    ];
    for (name, document) in documents {
        for (paper, size) in [(Paper::A4, "a4"), (Paper::Phone, "phone")] {
            fs::write(folder.join(format!("{name}-{size}.pdf")), render(&document, paper)?)?;
        }
    }
    Ok(())
}
