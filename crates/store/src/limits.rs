//! Every bound of the tables, each with its reason.

use std::time::Duration;

/// Rows of one page, whatever is asked for: a screen or an API page, never a table.
pub const PAGE_MAX: u32 = 200;
/// Rows of one page when nothing is asked for.
pub const PAGE_DEFAULT: u32 = 50;
/// Rows of one page of an audit, which reads everything and is read by nobody.
pub const AUDIT_PAGE_MAX: u64 = 500;
/// Rows of one multi-row insert, a power of two: 31 columns of it stay below SQLite's 32,766 parameters.
pub const INSERT_ROWS_MAX: usize = 1_024;
/// Up to so many rows are inserted by one statement, whatever their number: the places of one order.
pub const INSERT_ROWS_ANY: usize = 10;
/// Ids of one `IN` list.
pub const IN_LIST_MAX: usize = 1_000;
/// Distinct values of one facet: cities or genres that a person can look through.
pub const FACET_MAX: u64 = 200;
/// Words of one text search; more do not narrow it.
pub const SEARCH_WORDS_MAX: usize = 8;
/// Characters of one text search.
pub const SEARCH_CHARS_MAX: usize = 120;
/// Performances read to find the first of each event of a page: some of them start at the same moment.
pub const SEARCH_FIRSTS_MAX: u64 = 50 * PAGE_MAX as u64;
/// Order codes tried before creating an order gives up. Codes are drawn from 2^40: two collisions in a row do not
/// happen, eight mean that the randomness is broken.
pub const ORDER_CODES_MAX: usize = 8;
/// Payments of one order: somebody who failed so often will not succeed.
pub const PAYMENTS_PER_ORDER_MAX: u64 = 50;
/// Carts that one visitor may have open: one per sale, so more is not a visitor.
pub const CARTS_PER_VISITOR_MAX: u64 = 50;
/// Jobs, payments or events that one worker claims at once.
pub const CLAIM_MAX: u32 = 100;
/// Times that a job is tried before it is left for a person to look at. With the backoff below: about a day.
pub const JOB_ATTEMPTS_MAX: i32 = 30;
/// First pause between two tries of a job; it doubles.
pub const JOB_BACKOFF_FIRST_MS: i64 = 2_000;
/// Longest pause between two tries of a job.
pub const JOB_BACKOFF_MAX_MS: i64 = 60 * 60 * 1_000;
/// Characters kept of a job's last error.
pub const JOB_ERROR_CHARS_MAX: usize = 500;
/// Rows that one purge deletes at most, so that it never holds the writer for long.
pub const PURGE_MAX: u64 = 1_000;
/// Records that one transaction of the projector takes, and then to the end of the entry: some tenths of a second.
pub const PROJECT_RECORDS_MAX: usize = 2_000;
/// A connection that was used this recently is handed out without asking whether it still works: asking would be a
/// round trip for every statement.
pub const TRUSTED_IDLE: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that writes. Writers of one process queue in it and do not need this.
pub const SQLITE_BUSY: Duration = Duration::from_secs(10);
/// First pause between two tries to write to a file to which another process writes; it doubles.
pub const SQLITE_PAUSE_FIRST: Duration = Duration::from_millis(1);
/// Longest pause between two tries: another process' commit takes some milliseconds.
pub const SQLITE_PAUSE_MAX: Duration = Duration::from_millis(10);
/// Values of a statement to SQLite that takes some tens of microseconds and so may run on a thread of the runtime: the
/// places of one order. One of more values lets the thread's other tasks go first.
pub const SQLITE_VALUES_SHORT: usize = 200;
/// How long a migration on PostgreSQL waits for a table lock. Queries pile up behind a waiting migration, so it gives
/// up soon and is tried again.
pub const MIGRATION_LOCK: Duration = Duration::from_secs(5);
/// How long a replica waits for another that is migrating.
pub const MIGRATION_TURN: Duration = Duration::from_mins(2);
/// Longest statement on PostgreSQL; pages are bounded, so a longer one is stuck.
pub const STATEMENT: Duration = Duration::from_secs(30);
/// How long a transaction on PostgreSQL may wait for its replica's next statement. They follow within milliseconds; one that waits longer belongs to a replica that hangs, and keeps others from the rows that it has locked.
pub const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(2);
/// How long a replica waits for its turn to do what one of them does alone: longer than an import takes.
pub const TURN: Duration = Duration::from_mins(2);
/// Replicas that are looked at: many more than one database serves.
pub const REPLICAS_MAX: u64 = 1_000;
/// Waiting rooms that are looked after at once: each is asked ten times a second.
pub const ROOMS_MAX: u64 = 200;
/// Notes of how one waiting room stood that are read at once: half an hour, one every ten seconds.
pub const ROOM_SAMPLES_MAX: u64 = 180;
/// A replica that was not heard of for so long is forgotten: a person has had time to see that it died.
pub const REPLICA_FORGOTTEN_MS: i64 = 10 * 60_000;
/// How long a connection to PostgreSQL whose last user hung up may take to say that it is well.
pub const PING: Duration = Duration::from_millis(250);
/// A connection to PostgreSQL is replaced after this: server processes only grow.
pub const CONNECTION_AGE_MAX: Duration = Duration::from_mins(30);
/// First pause between two tries to connect to a server that is not there yet; it doubles.
pub const CONNECT_PAUSE_FIRST: Duration = Duration::from_millis(10);
/// Longest pause between two tries to connect.
pub const CONNECT_PAUSE_MAX: Duration = Duration::from_secs(1);
/// Prepared statements that one connection keeps: all that there are, with those that differ by the number of their rows.
/// One that is thrown out is parsed and planned anew.
pub const STATEMENTS_KEPT: usize = 500;
/// Tasks that ask PostgreSQL the same for all who wait: one whose connection hangs does not keep the others waiting.
pub const ASKED_BY_MAX: usize = 2;
/// For how many one statement asks: a tenth of a millisecond's work, so that nobody waits long for the others' answers.
pub const ASKED_AT_ONCE_MAX: usize = 64;
/// One in so many connections to PostgreSQL is for what many ask together: one statement of theirs does the work of ten.
pub const TOGETHER_ONE_IN: u32 = 4;
