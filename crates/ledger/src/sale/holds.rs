//! The carts: what each hold has, until when, and which have lapsed.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    BuyerKey, ChannelId, HoldId, OrderId, Time, fifo::Fifo, limits::LAPSED_HOLDS_REMEMBERED,
    sale::Position, table::Table,
};

/// What one cart holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Through which door it came.
    pub channel: ChannelId,
    /// Its places and their prices; never empty.
    pub positions: Arc<[Position]>,
    /// When its first place was held.
    pub created: Time,
    /// When it lapses, or lapsed.
    pub until: Time,
    /// How often the buyer has extended it.
    pub extended: u8,
    /// The payment that was opened last, if any; kept when the hold lapses, for money that comes
    /// late.
    pub payment: Option<Payment>,
    /// Whether its places are its own.
    pub state: HoldState,
}

/// Which order a hold is being paid as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// What the hold becomes.
    pub order: OrderId,
    /// Whose.
    pub buyer: BuyerKey,
}

/// Whether the places of a hold are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoldState {
    /// They are.
    Live,
    /// They returned to sale, by time or because the buyer gave them back during a payment.
    Lapsed {
        /// Counts the lapses of the sale, to tell one from the next of the same hold.
        lapse: u64,
    },
}

impl Hold {
    /// Its places are its own.
    pub fn is_live(&self) -> bool {
        self.state == HoldState::Live
    }
}

/// All holds but those that were sold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Holds {
    by_id: Table<HoldId, Hold>,
    /// Live holds in the order they lapse.
    expiry: BTreeSet<(Time, HoldId)>,
    /// Lapsed holds from the oldest lapse to the newest, and some that live again or were sold
    /// since.
    lapsed: Fifo<(HoldId, u64)>,
    lapses: u64,
}

impl Holds {
    pub(crate) fn get(&self, id: HoldId) -> Option<&Hold> {
        self.by_id.get(&id)
    }

    /// In no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (HoldId, &Hold)> {
        self.by_id.iter().map(|(id, hold)| (*id, hold))
    }

    pub(crate) fn expiry(&self) -> &BTreeSet<(Time, HoldId)> {
        &self.expiry
    }

    pub(crate) fn lapses(&self) -> u64 {
        self.lapses
    }

    pub(crate) fn lapsed(&self) -> &Fifo<(HoldId, u64)> {
        &self.lapsed
    }

    /// The live hold that lapses first, if it is due.
    pub(crate) fn due(&self, now: Time) -> Option<(Time, HoldId)> {
        self.expiry.first().copied().filter(|(until, _)| *until <= now)
    }

    /// Adds a live hold, or puts a changed one in the place of what it was.
    pub(crate) fn put(&mut self, id: HoldId, hold: Hold) {
        assert!(hold.is_live(), "hold {id:?} is put as live");
        let until = hold.until;
        if let Some(before) = self.by_id.insert(id, hold) {
            if before.is_live() && before.until == until {
                return;
            }
            self.expiry.remove(&(before.until, id));
        }
        self.expiry.insert((until, id));
    }

    /// Forgets a hold: it was released or sold.
    pub(crate) fn remove(&mut self, id: HoldId) -> Hold {
        let hold = self.by_id.remove(&id).expect("only a known hold is removed");
        self.expiry.remove(&(hold.until, id));
        hold
    }

    /// Marks a live hold as lapsed and forgets the oldest if there are too many. Returns it as it
    /// was.
    pub(crate) fn lapse(&mut self, id: HoldId, at: Time) -> Hold {
        self.lapses += 1;
        let lapse = self.lapses;
        let hold = self.by_id.get_mut(&id).expect("only a known hold lapses");
        let before = hold.clone();
        hold.until = at;
        hold.state = HoldState::Lapsed { lapse };
        assert!(self.expiry.remove(&(before.until, id)), "only a live hold lapses");
        self.lapsed.push((id, lapse));
        while self.lapsed.len() > LAPSED_HOLDS_REMEMBERED {
            self.forget_oldest();
        }
        before
    }

    fn forget_oldest(&mut self) {
        let Some((id, lapse)) = self.lapsed.pop() else { return };
        if self.get(id).is_some_and(|hold| hold.state == HoldState::Lapsed { lapse }) {
            self.by_id.remove(&id);
        }
    }

    /// Rebuilds what was saved. The queue of expiries follows from the holds.
    pub(crate) fn restore(
        holds: Vec<(HoldId, Hold)>,
        queue: Vec<(HoldId, u64)>,
        lapses: u64,
    ) -> Self {
        let mut restored = Self { lapses, ..Self::default() };
        for (id, hold) in holds {
            if hold.is_live() {
                restored.expiry.insert((hold.until, id));
            }
            restored.by_id.insert(id, hold);
        }
        for entry in queue {
            restored.lapsed.push(entry);
        }
        restored
    }
}
