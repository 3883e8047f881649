//! The ordered log: what was decided, durably, in one order, for every replica.
//!
//! A [`Log`] keeps numbered entries per [`Stream`] and has one conditional write: [`Log::append`]
//! puts an entry at a [`Position`] and is refused if that position is taken. Everything else
//! follows from it. A [`Sequencer`] gathers the commands that arrive while the last append is in
//! flight, decides them all on its copy of a [`Machine`](frontrow_ledger::Machine), appends one
//! entry and then answers everybody; if another replica was faster it reads what is new and decides
//! again. So every replica can serve every request and none is special.
//!
//! - [`log`]: the trait and its errors. [`memory`], [`sqlite`], [`postgres`]: its engines.
//! - [`format`](mod@format): the bytes of an entry and of a snapshot.
//! - [`sequencer`]: one stream of one replica. [`registry`]: all streams of one replica.
//! - [`fleet`]: which records may be written while releases are mixed. [`limits`]: every bound.
//!
//! What is absent: seats, orders, HTTP; a clock (a [`Clock`] is handed in); leader election.

pub mod clock;
pub mod entries;
pub mod fleet;
pub mod format;
pub mod limits;
pub mod log;
pub mod memory;
pub mod position;
pub mod postgres;
pub mod registry;
pub mod sequencer;
pub mod sqlite;
pub mod stream;

pub use clock::{Clock, ManualClock};
pub use fleet::Writable;
pub use log::{AppendError, Follower, Following, Log, LogError, Stored};
pub use memory::MemoryLog;
pub use position::Position;
pub use postgres::{PostgresConfig, PostgresLog};
pub use registry::Registry;
pub use sequencer::{Handle, Sequencer, SequencerConfig, Unavailable};
pub use sqlite::SqliteLog;
pub use stream::{Stream, StreamKind};
