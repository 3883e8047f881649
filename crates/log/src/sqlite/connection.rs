//! How the file is opened, and what SQLite says when it cannot do something.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use crate::{
    LogError,
    limits::{SQLITE_FOLD_PAGES, SQLITE_PAGE_BYTES},
};

/// How long a statement waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
const OPEN_ATTEMPTS: u32 = 50;
const OPEN_PAUSE: Duration = Duration::from_millis(20);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It cannot change anything.
    Reader,
    Writer,
}

/// Opens the file; creates it if it is missing.
pub(super) fn open(path: &Path, role: Role) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Of a file that exists already they stay as they are.
    connection.pragma_update(None, "page_size", SQLITE_PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Without it, macOS acknowledges what is still in the disk's cache.
    connection.pragma_update(None, "fullfsync", "ON")?;
    // Folding the write-ahead log into the file holds up whoever appends, however little there is
    // to fold.
    connection.pragma_update(None, "wal_autocheckpoint", SQLITE_FOLD_PAGES)?;
    if role == Role::Reader {
        connection.pragma_update(None, "query_only", "ON")?;
    }
    Ok(connection)
}

/// Opens a file that another process may create at the same moment. That may be refused at once:
/// switching to the write-ahead log does not wait for locks.
pub(super) async fn open_patiently(path: &Path, role: Role) -> Result<Connection, LogError> {
    let mut attempts = 0;
    loop {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || open(&path, role)).await;
        match opened.map_err(|_| LogError::Closed)? {
            Err(error) if was_refused(&error) && attempts < OPEN_ATTEMPTS => {
                attempts += 1;
                tokio::time::sleep(OPEN_PAUSE).await;
            }
            opened => return Ok(opened?),
        }
    }
}

/// SQLite said no before it wrote anything that counts.
pub(super) fn was_refused(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::TooBig
                | ErrorCode::ConstraintViolation
        )
    )
}
