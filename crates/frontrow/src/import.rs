//! `frontrow import`: sale files and their seating plans into the shop.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use frontrow_shop::{Shop, catalogue::Outcome, limits::PLAN_BYTES_MAX, sale_file::SaleFile};

/// Imports every file, in order; stops at the first that cannot be used, with everything that is
/// wrong with it.
pub async fn run(shop: &Shop, files: &[PathBuf]) -> Result<()> {
    for path in files {
        import(shop, path).await.with_context(|| format!("{} is not imported", path.display()))?;
    }
    Ok(())
}

async fn import(shop: &Shop, path: &Path) -> Result<()> {
    let bytes = std::fs::read(path).context("cannot read the file")?;
    let file = SaleFile::parse(&bytes)?;
    let plan_path = path.parent().unwrap_or(Path::new(".")).join(&file.plan);
    let plan =
        read_plan(&plan_path).with_context(|| format!("cannot read {}", plan_path.display()))?;
    let imported = shop.import(&file, &plan).await?;
    println!("{}: /events/{}", path.display(), imported.slug);
    for (key, id, outcome) in imported.performances {
        let outcome = match outcome {
            Outcome::Created => "created",
            Outcome::Changed => "changed",
            Outcome::Unchanged => "unchanged",
        };
        println!("  {key}: {outcome} (/performances/{id})");
    }
    Ok(())
}

/// Refuses a file that is too large before reading it.
fn read_plan(path: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::metadata(path)?.len();
    anyhow::ensure!(
        bytes <= PLAN_BYTES_MAX as u64,
        "it has {bytes} bytes, at most {PLAN_BYTES_MAX} are read"
    );
    Ok(std::fs::read(path)?)
}
