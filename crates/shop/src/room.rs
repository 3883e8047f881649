//! The waiting room of a sale: who waits, whose turn it is, and that nobody buys without it.
//!
//! Its ledger decides ([`frontrow_ledger::room`]). Here its terms are read and set ([`organise`]), fans join and come
//! in ([`visit`]), what everybody polls is written and signed ([`board`]), and somebody sees to it that turns come
//! ([`caretaker`]). Whoever holds places or pays proves by an [`Admitted`] that they may.

mod beacons;
mod board;
mod caretaker;
mod codes;
mod door;
mod draw;
mod elsewhere;
mod gate;
mod history;
mod organise;
pub mod pulse;
mod register;
mod visit;
mod wishes;
mod work;

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use arc_swap::ArcSwap;
use frontrow_ledger::{
    CommandId, Request, Time,
    room::{self, draw::Tree},
};
use frontrow_log::{Handle, Registry, Stream};
use tokio::sync::Mutex;
use uuid::Uuid;

pub use board::{Board, Boards};
pub use door::{Ask, Door, Entry, Shut};
pub use draw::{Proven, PublishedRoot};
pub use gate::{Admitted, Device, Purpose};
pub use organise::RoomChange;
pub use visit::{Entered, Joined, Own, Visit};

use crate::{Error, Result, Shop, fingerprint::fingerprint, pace::Pace};
use caretaker::Care;
use pulse::Pulse;

/// All waiting rooms as one replica knows them.
pub(crate) struct Rooms {
    sequencers: Registry<room::Room>,
    /// Performances that have a room, as the tables said a moment ago, and what its door asks for.
    known: RwLock<HashMap<Uuid, Arc<Door>>>,
    cares: Mutex<HashMap<Uuid, Care>>,
    boards: ArcSwap<Boards>,
    /// Of draws that were made.
    trees: Mutex<HashMap<Uuid, Arc<Tree>>>,
    pulse: Pulse,
    /// How fast codes go to each mailbox.
    mailboxes: Pace,
}

impl Rooms {
    pub(crate) fn new(sequencers: Registry<room::Room>) -> Self {
        Self {
            sequencers,
            known: RwLock::default(),
            cares: Mutex::default(),
            boards: ArcSwap::default(),
            trees: Mutex::default(),
            pulse: Pulse::default(),
            mailboxes: Pace::default(),
        }
    }

    pub(crate) async fn shutdown(&self) {
        self.sequencers.shutdown().await;
    }
}

impl Shop {
    /// How this replica feels; whoever answers requests tells it.
    pub fn pulse(&self) -> &Pulse {
        &self.inner.rooms.pulse
    }

    /// A payment provider answered what it was asked then.
    pub(crate) fn provider_answered(&self, asked: Time, failed: bool) {
        let now = self.now();
        let took = u64::try_from(now.ms_since(asked)).unwrap_or(0);
        self.pulse().provider_asked(now, Duration::from_millis(took), failed);
    }

    /// What waiting fans poll, for all rooms.
    pub fn boards(&self) -> arc_swap::Guard<Arc<Boards>> {
        self.inner.rooms.boards.load()
    }

    /// Whether a sale has a waiting room that may keep somebody waiting.
    pub fn has_room(&self, performance: Uuid) -> bool {
        // Nothing panics while it is locked.
        let known = self.inner.rooms.known.read();
        known.is_ok_and(|known| known.contains_key(&performance))
    }

    /// The sequencer of a room, one that has ended included. Not found if the performance never had one: a made-up id
    /// loads nothing.
    async fn room_of(&self, performance: Uuid) -> Result<Handle<room::Room>> {
        if !self.has_room(performance) && !self.inner.store.had_room(performance).await? {
            return Err(Error::NotFound("waiting room"));
        }
        let stream = Stream::room(performance.as_u128());
        Ok(self.inner.rooms.sequencers.open(stream).await?)
    }

    /// Asks the ledger of a room for a decision.
    async fn ask_room(
        &self,
        handle: &Handle<room::Room>,
        id: CommandId,
        command: room::Command,
    ) -> Result<room::Record> {
        let fingerprint = fingerprint(&command)?;
        let answer = handle.submit(Request { id, fingerprint, command }).await?;
        answer.map_err(Error::Room)
    }
}
