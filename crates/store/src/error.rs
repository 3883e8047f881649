//! What can go wrong with the tables, sorted by what the caller can do about it.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError, sqlx::error::ErrorKind};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the tables did not answer. Something that is not there is no error but `None`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection, a timeout, a lock, a failover: nothing is wrong with the request; ask again. If it was to write,
    /// it may have been written: what is asked again has the same ids.
    #[error("the database is not available")]
    Unavailable(#[source] Source),
    /// A row with this unique value exists, or a row that this one refers to does not.
    #[error("the row conflicts with another one")]
    Conflict(#[source] Source),
    /// A row that this code cannot have written.
    #[error("{table} has a row with an unreadable {column}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// What.
        column: &'static str,
    },
    /// An address, a statement or a value that the database does not accept: our fault.
    #[error("the database did not accept what it was given")]
    Bug(#[source] Source),
}

impl Error {
    /// Whether the same call may succeed later.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    pub(crate) const fn corrupt(table: &'static str, column: &'static str) -> Self {
        Self::Corrupt { table, column }
    }

    pub(crate) fn timeout(what: &'static str) -> Self {
        Self::Unavailable(what.into())
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if conflicts(&error) {
            return Self::Conflict(Box::new(error));
        }
        if unavailable(&error) {
            return Self::Unavailable(Box::new(error));
        }
        Self::Bug(Box::new(error))
    }
}

fn conflicts(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    error.as_database_error().is_some_and(|error| {
        matches!(error.kind(), ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation)
    })
}

fn unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
            true
        }
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => is_unavailable(error),
        _ => false,
    }
}

/// Whether the database is away, or its answer was.
pub(crate) fn is_unavailable(error: &SqlxError) -> bool {
    match error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        // What is not the protocol is the end of a connection in the middle of a word: a proxy lets clients in
        // whose server has just died.
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => true,
        SqlxError::Database(error) => error.code().is_some_and(|code| unavailable_code(&code)),
        _ => false,
    }
}

/// PostgreSQL speaks five characters, SQLite a number whose low byte is the primary code.
fn unavailable_code(code: &str) -> bool {
    if code.len() == 5 {
        // Connection lost, out of resources, shutting down, serialisation and deadlock, lock timeout, cancelled by
        // the statement timeout, a standby that was promoted away from under us, and a transaction that we left alone.
        return ["08", "53", "57P", "40", "55P03", "57014", "25006", "25P03"]
            .iter()
            .any(|prefix| code.starts_with(prefix));
    }
    // Busy, locked, read-only, disk I/O, full, cannot open, shared-memory lock.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14 | 15))
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbErr, RuntimeErr, SqlxError};

    use super::{Error, unavailable_code};

    #[test]
    fn a_connection_that_ends_while_it_is_made_is_an_outage() {
        let cut_off = SqlxError::Protocol("unexpected response from SSLRequest: 0x00".to_owned());
        let error = DbErr::Conn(RuntimeErr::SqlxError(cut_off.into()));
        assert!(Error::from(error).is_retryable());
    }

    #[test]
    fn codes_that_pass_by_themselves_are_told_from_faults() {
        // A deadlock, a shutdown, too many connections, a standby, our own pause; SQLite's busy snapshot and full disk.
        for code in ["40P01", "57P01", "53300", "25006", "25P03", "517", "13"] {
            assert!(unavailable_code(code), "{code}");
        }
        // A syntax error, a bad value, a wrong password; SQLite's constraint and plain error.
        for code in ["42601", "22021", "28P01", "2067", "1"] {
            assert!(!unavailable_code(code), "{code}");
        }
    }
}
