//! Every bound of the log and of the sequencer, each with its reason.

use std::time::Duration;

/// Bytes of one frame. The largest record, the terms of a stadium with 150,000 seats, takes about
/// 1.5 MB.
pub const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of one record, so that one more record always fits into an entry that is not full.
pub const RECORD_BYTES_MAX: usize = FRAME_BYTES_MAX - BATCH_BYTES_MAX - 64;
/// Bytes of one snapshot: a stadium with all of its remembered answers takes some 60 MB, a waiting
/// room of ten million fans 160 MB.
pub const SNAPSHOT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Snapshots kept per stream: the newest, and one before it in case the newest cannot be read.
pub const SNAPSHOTS_KEPT: usize = 2;

/// Entries of one page of [`Log::read`](crate::Log::read).
pub const READ_ENTRIES_MAX: usize = 1_024;
/// A page of [`Log::read`](crate::Log::read) ends with the entry that reaches this many bytes.
pub const READ_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Streams of one page of [`Log::streams`](crate::Log::streams).
pub const STREAMS_PAGE_MAX: usize = 1_000;

/// Connections that read one SQLite file at the same time.
pub const SQLITE_READERS: usize = 4;
/// Writes that wait for the one connection that writes.
pub const SQLITE_WRITES_QUEUED: usize = 1_024;
/// Writes of one SQLite transaction.
pub const SQLITE_WRITES_TOGETHER: usize = 256;
/// Bytes of a page of a new SQLite file. What is larger than a quarter of a page is cut into several, each of which is
/// written and synced; an entry of a busy stream is one or two kilobytes.
pub const SQLITE_PAGE_BYTES: u32 = 8 * 1024;
/// Pages after which SQLite folds its write-ahead log into the file: 16 MB.
pub const SQLITE_FOLD_PAGES: u32 = 2_000;
/// A snapshot is written to SQLite in parts of this size, so that appends wait for one of them at
/// most.
pub const SQLITE_SNAPSHOT_PART_BYTES: usize = 1024 * 1024;

/// Connections of one replica's log to PostgreSQL: appends of so many streams at a time, and reads
/// between them.
pub const POSTGRES_CONNECTIONS: u32 = 16;
/// An operation waits this long for one of them.
pub const POSTGRES_ACQUIRE: Duration = Duration::from_secs(1);
/// PostgreSQL gives up on a statement of the log after this.
pub const POSTGRES_STATEMENT: Duration = Duration::from_secs(2);
/// The log gives up on PostgreSQL after this, still before the sequencer gives up on the log.
pub const POSTGRES_ANSWER: Duration = Duration::from_millis(2_500);

/// Commands that wait for one sequencer; at 100,000 a second this is 80 ms of patience. More are
/// shed.
pub const QUEUE_COMMANDS_MAX: usize = 8_192;
/// Commands decided in one entry: more would hold up the first of them for longer than a disk needs
/// to sync.
pub const BATCH_COMMANDS_MAX: usize = 1_024;
/// An entry that reached this many bytes takes no further command.
pub const BATCH_BYTES_MAX: usize = 1024 * 1024;
/// How often in a row one batch may lose its position to another replica before its commands are
/// shed.
pub const CONFLICTS_MAX: u32 = 24;
/// Batches after a conflict that first read what others wrote, and give way to them.
pub const WARY_BATCHES: u32 = 32;
/// A batch gives way for a random time of up to so many times what the last append took: about as
/// many replicas as may fight for one stream.
pub const GIVE_WAY_APPENDS: u32 = 4;
/// A batch gives way for this long at the most.
pub const GIVE_WAY_MAX: Duration = Duration::from_millis(8);
/// The longest pause between two attempts to reach a log that does not answer.
pub const RELOAD_PAUSE_MAX: Duration = Duration::from_millis(500);

/// A command that waited this long is answered even if it could not be decided.
pub const COMMAND_DEADLINE: Duration = Duration::from_secs(5);
/// How long the log may take for one operation before the sequencer calls its outcome doubtful.
pub const LOG_TIMEOUT: Duration = Duration::from_secs(4);
/// How often a sequencer without commands looks for entries of other replicas; people see them
/// within a second.
pub const FOLLOW_INTERVAL: Duration = Duration::from_millis(250);
/// Records after which a snapshot is taken: replaying the rest takes less than a fifth of a second
/// (`docs/bench.md`).
pub const SNAPSHOT_RECORDS: u64 = 250_000;
/// A snapshot of twice this size is taken half as often, and so on: ten million waiting fans are 160
/// MB, and are replayed from the log in some seconds.
pub const SNAPSHOT_BYTES_LIGHT: usize = 32 * 1024 * 1024;
/// Entries after which a snapshot is taken, however few records they have: reading them takes about
/// as long.
pub const SNAPSHOT_ENTRIES: u64 = 5_000;
/// At the very least this lies between two snapshots of a stream, so that a busy one does not write
/// more of them than of entries.
pub const SNAPSHOT_INTERVAL: Duration = Duration::from_secs(20);

/// Records that a sequencer's two copies of a state have each written by themselves before they share their pieces again:
/// few beside a million who wait, and many beside what it costs to share (a copy of each piece that is written to next).
pub const RECORDS_APART_MAX: u64 = 100_000;

/// Streams that one registry keeps in memory.
pub const STREAMS_LOADED_MAX: usize = 1_024;
/// Streams that one registry loads at the same time: loading is work for the processor.
pub const STREAMS_LOADING_MAX: usize = 4;
/// A stream that nobody asked for during this time is unloaded.
pub const STREAM_IDLE: Duration = Duration::from_mins(10);
