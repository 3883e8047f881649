//! The four sample sales, built in, so that a fresh machine has something to sell.

use anyhow::{Context, Result};
use frontrow_shop::{Shop, sale_file::SaleFile};

/// Each sale file with its seating plan.
const SAMPLES: [(&[u8], &[u8]); 4] = [
    (include_bytes!("../../../samples/field.toml"), include_bytes!("../../../samples/field.json")),
    (include_bytes!("../../../samples/arena.toml"), include_bytes!("../../../samples/arena.json")),
    (
        include_bytes!("../../../samples/theatre.toml"),
        include_bytes!("../../../samples/theatre.json"),
    ),
    (include_bytes!("../../../samples/club.toml"), include_bytes!("../../../samples/club.json")),
];

/// How far the import is.
const SETTING: &str = "samples";

/// A sample's sale file and its plan, by the slug of the event.
pub fn of_event(slug: &str) -> Option<(&'static [u8], &'static [u8])> {
    let line = format!("\nslug = \"{slug}\"\n");
    let names = |file: &[u8]| std::str::from_utf8(file).is_ok_and(|text| text.contains(&line));
    SAMPLES.into_iter().find(|(file, _)| names(file))
}

/// Imports the samples into a shop that has never had anything. Their dates are relative to the day
/// of the import, so they are not imported again: that would move them.
pub async fn import_into_empty(shop: &Shop) -> Result<usize> {
    const IMPORTED: &str = "imported";
    let store = shop.store();
    // Replicas that start together on an empty database import one after another: the first.
    let _turn = store.turn(SETTING).await.context("another replica imports for too long")?;
    let kept = store.setting(SETTING).await.context("cannot read the tables")?;
    let organisations = store.organisations().await.context("cannot read the tables")?;
    match kept.as_deref() {
        Some(IMPORTED) => return Ok(0),
        // Somebody died over it.
        Some(_) => {}
        None if !organisations.is_empty() => return Ok(0),
        None => store.put_setting(SETTING, "begun").await?,
    }
    for (file, plan) in SAMPLES {
        let file = SaleFile::parse(file).context("a sample sale file is broken")?;
        shop.import(&file, plan).await.with_context(|| format!("cannot import {}", file.plan))?;
    }
    store.put_setting(SETTING, IMPORTED).await?;
    Ok(SAMPLES.len())
}
