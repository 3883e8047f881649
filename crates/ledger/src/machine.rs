//! What the log needs to know of a ledger: decide, apply, advance.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{CommandId, Time};

/// A deterministic state machine that is rebuilt by replaying its records.
///
/// A command that is accepted becomes exactly one record, and the record is the answer: whoever
/// asks again with the same [`CommandId`] gets the same record. A refusal changes nothing and is
/// not recorded.
pub trait Machine: Clone + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The layout of the serialised state. Whoever changes a field of the state raises it; a
    /// snapshot of another layout is thrown away and the log is replayed instead.
    const LAYOUT: u32 = 1;
    /// The highest [`Machine::record_version`] that this release can read. Whoever adds a kind of
    /// record, or a field to one, raises it: above those of all ledgers, for replicas tell each other one number, which
    /// is [`RECORDS`](crate::RECORDS).
    const RECORDS: u32 = 1;

    /// What is asked.
    type Command: Clone + std::fmt::Debug + Send + Sync + 'static;
    /// What was decided; the only way a state changes, beside the passing of time.
    type Record: Clone
        + std::fmt::Debug
        + PartialEq
        + Serialize
        + DeserializeOwned
        + Send
        + Sync
        + 'static;
    /// Why not.
    type Refusal: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static;

    /// The latest moment this state has seen.
    fn now(&self) -> Time;

    /// Lets time pass: whatever is due by `now` has expired afterwards. A `now` before
    /// [`Machine::now`] changes nothing.
    ///
    /// It does not matter in how many steps time passes: `advance(a)` and then a later `advance(b)`
    /// leaves exactly the state that `advance(b)` alone leaves.
    fn advance(&mut self, now: Time);

    /// The earliest moment at which [`Machine::advance`] would change more than the clock; `None`
    /// if nothing is pending. When it comes and nobody asks for anything, the log gets an entry
    /// that says only that time passed, so that a position of the log always means one state,
    /// expiry included.
    fn next_due(&self) -> Option<Time> {
        None
    }

    /// Since which version of the records this one can be read. It is written only once every live
    /// replica can read it; until then its command is answered as not available.
    fn record_version(record: &Self::Record) -> u32 {
        let _ = record;
        1
    }

    /// Decides a request at [`Machine::now`]. Pure.
    fn decide(
        &self,
        request: &Request<Self::Command>,
    ) -> Result<Decision<Self::Record>, Self::Refusal>;

    /// Applies what was decided and remembers it as the answer to its command. Replaying everything
    /// that was ever applied, with its times, rebuilds the state.
    fn apply(&mut self, applied: &Applied<Self::Record>);
}

/// What an accepted request leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision<R> {
    /// New: append this, apply it, then answer with it.
    Record(R),
    /// Decided before: answer with what was recorded then; nothing is appended.
    Again(R),
}

/// A command with the client's idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<C> {
    /// Chosen by the client; the same for every retry.
    pub id: CommandId,
    /// Hash of what was asked, so that one id used for two different commands is noticed.
    pub fingerprint: u64,
    /// What is asked.
    pub command: C,
}

/// One record with the command it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied<R> {
    /// The command that was accepted.
    pub id: CommandId,
    /// The fingerprint of its [`Request`].
    pub fingerprint: u64,
    /// The decision.
    pub record: R,
}

/// What one append writes: a moment and everything decided at it, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry<R> {
    /// Taken once per batch; never goes backwards within a stream.
    pub now: Time,
    /// Empty when something expired and nobody asked for anything.
    pub applied: Vec<Applied<R>>,
}

impl<R> Entry<R> {
    /// Replays this entry on a machine.
    pub fn replay<M: Machine<Record = R>>(&self, machine: &mut M) {
        machine.advance(self.now);
        for applied in &self.applied {
            machine.apply(applied);
        }
    }
}
