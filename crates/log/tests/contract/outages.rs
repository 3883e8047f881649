//! Databases that are away, slow, busy or read-only: an append says truthfully what became of it,
//! and works again when the database does.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use frontrow_ledger::{Entry, Time};
use frontrow_log::{
    AppendError, Log, Position, PostgresConfig, PostgresLog, SqliteLog, Stream,
    entries::{ReadError, read_page},
    format::encode_entry,
};
use sqlx::{Connection, Executor, PgConnection};

use crate::worlds::{Postgres, Sqlite, World};

const STREAM: Stream = Stream::sale(1);

async fn append(log: &dyn Log, at: u64) -> Result<(), AppendError> {
    log.append(STREAM, Position(at), Bytes::from(at.to_string())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_lost_connections_heal() {
    let world = Postgres::new("lost_connections").await;
    let url = format!("{}&application_name=lost_connections", world.url());
    let log = Arc::new(PostgresLog::connect(&url, &PostgresConfig::default()).await.unwrap());
    append(&*log, 1).await.unwrap();
    // Many connections, all of them lost at once.
    let reads = (0..32).map(|_| {
        let log = Arc::clone(&log);
        tokio::spawn(async move { log.head(STREAM).await.unwrap() })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap(), Position(1));
    }
    let lose = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'lost_connections' AND pid <> pg_backend_pid()";
    world.run(lose.into()).await;
    // What the connection said when it broke may have come before the entry or after it.
    let doubtful = append(&*log, 2).await;
    assert!(matches!(doubtful, Err(AppendError::Doubtful(_))), "{doubtful:?}");
    // One failure is enough to weed out the others.
    assert_eq!(log.head(STREAM).await.unwrap(), Position(1));
    append(&*log, 2).await.unwrap();
    drop(log);
    world.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_gives_up_on_a_table_that_is_locked() {
    let world = Postgres::new("locked_table").await;
    let config =
        PostgresConfig { statement_timeout: Duration::from_secs(1), ..PostgresConfig::default() };
    let log = PostgresLog::connect(&world.url(), &config).await.unwrap();
    append(&log, 1).await.unwrap();
    let mut locker = PgConnection::connect(&world.url()).await.unwrap();
    let mut lock = locker.begin().await.unwrap();
    lock.execute("LOCK TABLE log_entries IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let refused = append(&log, 2).await;
    assert!(matches!(refused, Err(AppendError::Failed(_))), "{refused:?}");
    lock.rollback().await.unwrap();
    append(&log, 2).await.unwrap();
    drop((log, locker));
    world.destroy().await;
}

/// The server works, but its answers do not arrive: nobody knows, until somebody reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_that_does_not_answer_leaves_a_doubt() {
    let world = Postgres::new("no_answer").await;
    let config =
        PostgresConfig { answer_timeout: Duration::from_millis(100), ..PostgresConfig::default() };
    let impatient = PostgresLog::connect(&world.url(), &config).await.unwrap();
    let log = world.open().await;
    let mut locker = PgConnection::connect(&world.url()).await.unwrap();
    let mut lock = locker.begin().await.unwrap();
    lock.execute("LOCK TABLE log_entries IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let doubtful = append(&impatient, 1).await;
    assert!(matches!(doubtful, Err(AppendError::Doubtful(_))), "{doubtful:?}");
    assert!(impatient.head(STREAM).await.is_err());
    lock.rollback().await.unwrap();
    // It may arrive late; either way the position is taken once.
    match append(&*log, 1).await {
        Ok(()) | Err(AppendError::Taken) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(log.head(STREAM).await.unwrap(), Position(1));
    drop((log, impatient, locker));
    world.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_that_is_read_only_fails_for_sure() {
    let world = Postgres::new("read_only").await;
    let log = world.open().await;
    let url = format!("{}&options[default_transaction_read_only]=on", world.url());
    let standby = PostgresLog::connect(&url, &PostgresConfig::default()).await.unwrap();
    let refused = append(&standby, 1).await;
    assert!(matches!(refused, Err(AppendError::Failed(_))), "{refused:?}");
    assert_eq!(log.head(STREAM).await.unwrap(), Position::START);
    drop((log, standby));
    world.destroy().await;
}

#[tokio::test]
async fn postgres_that_is_not_there_is_told() {
    let url = "postgres://nobody@127.0.0.1:1/nothing";
    assert!(PostgresLog::connect(url, &PostgresConfig::default()).await.is_err());
    assert!(PostgresLog::connect("not a url", &PostgresConfig::default()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_that_start_at_once_create_the_tables_once() {
    let postgres = Postgres::new("start_at_once").await;
    let sqlite = Sqlite::new("start_at_once");
    let worlds: [Arc<dyn World>; 2] = [Arc::new(sqlite), Arc::new(postgres)];
    for world in worlds {
        let starts: Vec<_> = (0..6)
            .map(|_| {
                let world = Arc::clone(&world);
                tokio::spawn(async move { world.open().await })
            })
            .collect();
        for (at, start) in (1..).zip(starts) {
            append(&*start.await.unwrap(), at).await.unwrap();
        }
        world.destroy().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_gives_up_on_a_file_that_is_locked() {
    let world = Sqlite::new("locked_file");
    let log = world.open().await;
    append(&*log, 1).await.unwrap();
    let locker = rusqlite::Connection::open(world.path()).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = append(&*log, 2).await;
    assert!(matches!(refused, Err(AppendError::Failed(_))), "{refused:?}");
    // Readers do not wait for writers.
    assert_eq!(log.head(STREAM).await.unwrap(), Position(1));
    locker.execute_batch("ROLLBACK").unwrap();
    append(&*log, 2).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_that_is_full_fails_for_sure_and_goes_on_later() {
    let world = Sqlite::new("full");
    let log = SqliteLog::open(&world.path()).await.unwrap();
    append(&log, 1).await.unwrap();
    // The page limit belongs to a connection, so the writer is taken at its word through the file:
    // a table that refuses bodies of one size stands in for a disk that refuses pages.
    let other = rusqlite::Connection::open(world.path()).unwrap();
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON log_entries WHEN length(NEW.body) > 9
        BEGIN SELECT RAISE(ABORT, 'no room'); END";
    other.execute_batch(trigger).unwrap();
    let refused = log.append(STREAM, Position(2), Bytes::from_static(b"too much")).await;
    assert!(refused.is_ok());
    let refused = log.append(STREAM, Position(3), Bytes::from_static(b"far too much")).await;
    assert!(matches!(refused, Err(AppendError::Failed(_))), "{refused:?}");
    append(&log, 3).await.unwrap();
    assert_eq!(log.head(STREAM).await.unwrap(), Position(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_somebody_deleted_is_missed() {
    let world = Sqlite::new("deleted");
    let log = world.open().await;
    for at in 1..=3 {
        log.append(STREAM, Position(at), time_passed()).await.unwrap();
    }
    let other = rusqlite::Connection::open(world.path()).unwrap();
    other.execute_batch("DELETE FROM log_entries WHERE position = 2").unwrap();
    let page = read_page::<()>(&*log, STREAM, Position::START).await;
    assert!(matches!(page, Err(ReadError::Missing { position: Position(2), .. })), "{page:?}");
}

fn time_passed() -> Bytes {
    encode_entry(&Entry::<()> { now: Time(5), applied: vec![] }).unwrap()
}

/// One entry that fails takes those of its transaction with it, and each is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_appends_that_wait_together_fail_or_succeed_truthfully() {
    let world = Sqlite::new("together");
    let log = Arc::new(SqliteLog::open(&world.path()).await.unwrap());
    let other = rusqlite::Connection::open(world.path()).unwrap();
    let trigger = "CREATE TRIGGER bad BEFORE INSERT ON log_entries WHEN NEW.body = x'626164'
        BEGIN SELECT RAISE(ABORT, 'bad'); END";
    other.execute_batch(trigger).unwrap();
    let appends: Vec<_> = (0..200_u128)
        .map(|id| {
            let log = Arc::clone(&log);
            let body = if id % 20 == 19 { "bad" } else { "good" };
            tokio::spawn(async move {
                (id, log.append(Stream::sale(id), Position(1), body.into()).await)
            })
        })
        .collect();
    for append in appends {
        let (id, result) = append.await.unwrap();
        let written = log.head(Stream::sale(id)).await.unwrap() == Position(1);
        match result {
            Ok(()) => assert!(written, "{id}"),
            Err(AppendError::Failed(_)) => assert!(!written, "{id}"),
            other => panic!("{other:?}"),
        }
    }
}
