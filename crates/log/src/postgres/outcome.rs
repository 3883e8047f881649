//! What a failed append means: written, not written, or unknown.

use crate::{AppendError, LogError};

/// An error of the statement that appends, which commits by itself.
pub(super) fn of_append(error: sqlx::Error) -> AppendError {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) => of_code(&code)(error.into()),
        None if was_not_sent(&error) => AppendError::Failed(error.into()),
        None => AppendError::Doubtful(error.into()),
    }
}

/// The server reports an error instead of committing, except when it is about to end: then the
/// report may have overtaken the commit, for example one that waits for a standby.
fn of_code(code: &str) -> fn(LogError) -> AppendError {
    const UNIQUE_VIOLATION: &str = "23505";
    const QUERY_CANCELED: &str = "57014";
    const CANNOT_CONNECT_NOW: &str = "57P03";
    let class = code.get(..2).unwrap_or_default();
    match (code, class) {
        (UNIQUE_VIOLATION, _) => |_| AppendError::Taken,
        (QUERY_CANCELED | CANNOT_CONNECT_NOW, _) => AppendError::Failed,
        // Bad data or constraint, invalid state (also: read-only), rolled back, no rights, no such
        // table, no resources, a limit, a lock.
        (_, "22" | "23" | "25" | "28" | "3D" | "3F" | "40" | "42" | "53" | "54" | "55") => {
            AppendError::Failed
        }
        _ => AppendError::Doubtful,
    }
}

/// The connection that said so is of no use any more.
pub(super) fn is_lost_connection(error: &sqlx::Error) -> bool {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) => matches!(&*code, "57P01" | "57P02" | "57P05" | "25P03"),
        None => matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_)),
    }
}

/// We could not write it down.
fn was_not_sent(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Encode(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_whether_the_entry_was_written() {
        let outcome = |code| match of_code(code)(LogError::Closed) {
            AppendError::Taken => "taken",
            AppendError::Failed(_) => "failed",
            AppendError::Doubtful(_) => "doubtful",
            AppendError::Gap => "gap",
        };
        let expected = [
            ("23505", "taken"),
            ("23514", "failed"),   // check violation
            ("25006", "failed"),   // read-only: a standby after a failover
            ("40001", "failed"),   // serialization failure
            ("42P01", "failed"),   // no such table
            ("53100", "failed"),   // disk full
            ("55P03", "failed"),   // lock not available
            ("57014", "failed"),   // statement timeout
            ("57P01", "doubtful"), // the server is told to end
            ("57P02", "doubtful"), // another backend crashed
            ("58030", "doubtful"), // input or output error
            ("08006", "doubtful"), // connection failure
            ("XX000", "doubtful"), // internal error
            ("", "doubtful"),
        ];
        for (code, meaning) in expected {
            assert_eq!(outcome(code), meaning, "{code}");
        }
    }

    #[test]
    fn what_was_not_sent_was_not_written() {
        let encode = sqlx::Error::Encode("not a number".into());
        assert!(matches!(of_append(encode), AppendError::Failed(_)));
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert!(matches!(of_append(sqlx::Error::Io(reset)), AppendError::Doubtful(_)));
    }
}
