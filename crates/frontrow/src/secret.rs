//! The master secret: given by configuration, or made once and kept where every replica finds it: in
//! the data directory beside SQLite, in the database on PostgreSQL.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use frontrow_shop::{keys::MASTER_BYTES, random::Random};
use frontrow_store::Store;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use crate::config::Config;

/// The master secret as bytes: the hash of its text, so that any text of enough randomness will do.
pub async fn master(
    config: &Config,
    store: &Store,
    random: &dyn Random,
) -> Result<SecretBox<[u8; MASTER_BYTES]>> {
    let file = config.data.join("secret");
    let text = match &config.secret {
        Some(text) => text.clone(),
        None if config.database_url.is_some() => shared(store, &file, random).await?,
        None => kept(&file, random)?,
    };
    Ok(SecretBox::new(Box::new(Sha256::digest(text.expose_secret().trim()).into())))
}

/// The same for every replica. A shop that has had one in its data directory goes on with it.
async fn shared(store: &Store, file: &Path, random: &dyn Random) -> Result<SecretString> {
    let draft = if file.exists() { kept(file, random)? } else { draw(random).into() };
    let agreed = store.agree_on("secret", draft.expose_secret().trim()).await;
    Ok(agreed.context("cannot read the secret")?.into())
}

fn kept(path: &Path, random: &dyn Random) -> Result<SecretString> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            ensure!(text.trim().len() >= 32, "{} is damaged: restore it", path.display());
            Ok(text.into())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => create(path, random),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Readable by nobody else, and on disk before anything is signed with it. Of two processes that
/// start at once, one creates the file and the other reads it.
fn create(path: &Path, random: &dyn Random) -> Result<SecretString> {
    let text = format!("{}\n", draw(random));
    let draft = path.with_extension(format!("{:08x}", std::process::id()));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Ok(()) => {
            File::open(path.parent().context("the data directory has no name")?)?.sync_all()?;
            Ok(text.into())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => kept(path, random),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
    }
}

/// 256 random bits as text.
fn draw(random: &dyn Random) -> String {
    let mut bytes = [0; MASTER_BYTES];
    random.fill(&mut bytes);
    let number = u128::from_le_bytes(*bytes.first_chunk().expect("32 bytes have a first half"));
    let rest = u128::from_le_bytes(*bytes.last_chunk().expect("32 bytes have a last half"));
    format!("{number:032x}{rest:032x}")
}
