//! The outbox: a folder of mails for shops without a mail server, and how the demo shows it.

use std::{
    io,
    path::{Path, PathBuf},
};

use frontrow_ledger::Time;

use crate::limits::{OUTBOX_LISTED_MAX, OUTBOX_MAIL_BYTES_MAX, OUTBOX_PURGE_MAX};

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMail {
    /// Its file, without a folder; newest names come last.
    pub file: String,
    /// When it was written.
    pub written_at: Time,
}

/// Writes a mail whole or not at all: a reader never sees half of one.
pub(super) async fn write(folder: &Path, id: &str, now: Time, mail: Vec<u8>) -> io::Result<()> {
    let draft = folder.join(format!(".{id}.draft"));
    let written = folder.join(format!("{}-{id}.eml", now.0));
    let folder = folder.to_owned();
    // All on one thread: handing each step over costs more than the step.
    let write = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&draft, mail)?;
        std::fs::rename(&draft, written)
    });
    write.await?
}

/// The newest mails, newest first.
pub async fn read_outbox(folder: &Path) -> io::Result<Vec<OutboxMail>> {
    let mut mails = Vec::new();
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(mails),
        Err(error) => return Err(error),
    };
    while let Some(entry) = entries.next_entry().await? {
        let Ok(file) = entry.file_name().into_string() else { continue };
        let Some(written_at) = written_at(&file) else { continue };
        mails.push(OutboxMail { file, written_at });
    }
    mails.sort_by(|a, b| b.written_at.cmp(&a.written_at).then_with(|| a.file.cmp(&b.file)));
    mails.truncate(OUTBOX_LISTED_MAX);
    Ok(mails)
}

/// Deletes mails that were written before a moment, so many at a time; answers how many.
pub(super) async fn purge(folder: &Path, before: Time) -> io::Result<usize> {
    let mut old = Vec::new();
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    while let Some(entry) = entries.next_entry().await? {
        let written_at = entry.file_name().to_str().and_then(written_at);
        old.extend(written_at.filter(|at| *at < before).map(|_| entry.path()));
        if old.len() >= OUTBOX_PURGE_MAX {
            break;
        }
    }
    for path in &old {
        match tokio::fs::remove_file(path).await {
            // Another replica with the same folder was as quick.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(old.len())
}

/// One mail as it would be sent; `None` if there is no such file or the name is none of ours.
pub async fn read_outbox_mail(folder: &Path, file: &str) -> io::Result<Option<Vec<u8>>> {
    if written_at(file).is_none() {
        return Ok(None);
    }
    let path: PathBuf = folder.join(file);
    match tokio::fs::metadata(&path).await {
        Ok(found) if found.is_file() && found.len() <= OUTBOX_MAIL_BYTES_MAX => {
            tokio::fs::read(&path).await.map(Some)
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Only names that [`write()`] gives: no folders, nothing hidden.
fn written_at(file: &str) -> Option<Time> {
    let (millis, rest) = file.strip_suffix(".eml")?.split_once('-')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ours = !rest.is_empty() && rest.chars().all(plain);
    if ours { millis.parse().ok().map(Time) } else { None }
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::Time;

    use super::{purge, read_outbox, read_outbox_mail, write};

    #[tokio::test]
    async fn mails_are_listed_newest_first_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("outbox");
        assert_eq!(read_outbox(&folder).await.unwrap(), []);
        write(&folder, "a-confirmed", Time(1_000), b"first".to_vec()).await.unwrap();
        write(&folder, "b-refunded", Time(2_000), b"second".to_vec()).await.unwrap();
        let mails = read_outbox(&folder).await.unwrap();
        let files: Vec<_> = mails.iter().map(|mail| mail.file.as_str()).collect();
        assert_eq!(files, ["2000-b-refunded.eml", "1000-a-confirmed.eml"]);
        let read = read_outbox_mail(&folder, "1000-a-confirmed.eml").await.unwrap();
        assert_eq!(read.as_deref(), Some(b"first".as_slice()));
    }

    #[tokio::test]
    async fn old_mails_are_purged_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("outbox");
        assert_eq!(purge(&folder, Time(2_000)).await.unwrap(), 0);
        write(&folder, "a-confirmed", Time(1_000), b"first".to_vec()).await.unwrap();
        write(&folder, "b-refunded", Time(2_000), b"second".to_vec()).await.unwrap();
        std::fs::write(folder.join("1-NOTES.txt"), "a person's").unwrap();
        assert_eq!(purge(&folder, Time(2_000)).await.unwrap(), 1);
        assert_eq!(read_outbox(&folder).await.unwrap().len(), 1);
        assert!(folder.join("1-NOTES.txt").exists());
    }

    #[tokio::test]
    async fn nothing_outside_the_outbox_is_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        let outbox = folder.path().join("outbox");
        std::fs::create_dir(&outbox).unwrap();
        for name in ["../secret", "1-../../secret.eml", "/etc/passwd", "", ".eml", "1-.eml"] {
            assert_eq!(read_outbox_mail(&outbox, name).await.unwrap(), None, "{name}");
        }
    }
}
