//! `frontrow api-key create`: a key for an organiser, shown once.

use anyhow::{Context, Result, bail};
use frontrow_shop::Shop;

/// Makes a key for an organisation that exists.
pub async fn create(shop: &Shop, organisation: &str, name: &str) -> Result<()> {
    let known = shop.store().organisations().await.context("cannot read the tables")?;
    let Some(found) = known.iter().find(|known| known.name == organisation) else {
        let names: Vec<_> = known.iter().map(|known| known.name.as_str()).collect();
        bail!("there is no organisation {organisation:?}; there are: {}", names.join(", "));
    };
    let key = shop.create_api_key(found.id, name).await?;
    println!("{key}");
    eprintln!("Keep it: it is not shown again.");
    Ok(())
}
