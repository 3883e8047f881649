//! The carts: what each hold has, until when, and which have lapsed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    BuyerKey, ChannelId, HoldId, OrderId, Time, expiry::Expiry, fifo::Fifo,
    limits::LAPSED_HOLDS_REMEMBERED, sale::Position, table::Table,
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
#[derive(Debug, Clone, Default)]
pub(crate) struct Holds {
    by_id: Table<HoldId, Hold>,
    live: usize,
    /// Live holds in the order they lapse.
    expiry: Expiry<HoldId>,
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

    /// How many are live.
    pub(crate) fn live(&self) -> usize {
        self.live
    }

    pub(crate) fn lapses(&self) -> u64 {
        self.lapses
    }

    pub(crate) fn lapsed(&self) -> &Fifo<(HoldId, u64)> {
        &self.lapsed
    }

    /// The live hold that lapses first, and when.
    pub(crate) fn next_due(&self) -> Option<(Time, HoldId)> {
        self.expiry.first()
    }

    /// The live hold that lapses first, if it is due.
    pub(crate) fn due(&self, now: Time) -> Option<(Time, HoldId)> {
        self.next_due().filter(|(until, _)| *until <= now)
    }

    /// The moments at which live holds will lapse, in no order.
    pub(crate) fn queued(&self) -> impl Iterator<Item = (Time, HoldId)> {
        self.expiry.iter().filter(|(until, id)| lapses_at(&self.by_id, *id, *until))
    }

    /// Adds a live hold.
    pub(crate) fn add(&mut self, id: HoldId, hold: Hold) {
        assert!(hold.is_live(), "hold {id:?} is added as live");
        self.live += 1;
        self.expiry.push(hold.until, id);
        let known = self.by_id.insert(id, hold);
        assert!(known.is_none(), "hold {id:?} is added once");
    }

    /// Changes a hold, which is live afterwards.
    pub(crate) fn change(&mut self, id: HoldId, change: impl FnOnce(&mut Hold)) {
        let hold = self.by_id.get_mut(&id).expect("only a known hold changes");
        let (was_live, was_until) = (hold.is_live(), hold.until);
        change(hold);
        assert!(hold.is_live(), "hold {id:?} is changed while it lives");
        if was_live && hold.until == was_until {
            return;
        }
        self.live += usize::from(!was_live);
        self.expiry.push(hold.until, id);
        self.tidy(id);
    }

    /// Forgets a hold: it was released or sold.
    pub(crate) fn remove(&mut self, id: HoldId) -> Hold {
        let hold = self.by_id.remove(&id).expect("only a known hold is removed");
        self.live -= usize::from(hold.is_live());
        self.tidy(id);
        hold
    }

    /// Marks a live hold as lapsed and forgets the oldest if there are too many. Returns it as it
    /// was.
    pub(crate) fn lapse(&mut self, id: HoldId, at: Time) -> Hold {
        self.lapses += 1;
        let lapse = self.lapses;
        let hold = self.by_id.get_mut(&id).expect("only a known hold lapses");
        assert!(hold.is_live(), "only a live hold lapses");
        let before = hold.clone();
        hold.until = at;
        hold.state = HoldState::Lapsed { lapse };
        self.live -= 1;
        self.tidy(id);
        self.lapsed.push((id, lapse));
        while self.lapsed.len() > LAPSED_HOLDS_REMEMBERED {
            self.forget_oldest();
        }
        before
    }

    fn tidy(&mut self, changed: HoldId) {
        let by_id = &self.by_id;
        self.expiry.tidy(changed, self.live, |until, id| lapses_at(by_id, id, until));
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
                restored.add(id, hold);
            } else {
                restored.by_id.insert(id, hold);
            }
        }
        for entry in queue {
            restored.lapsed.push(entry);
        }
        restored
    }
}

/// Equal when the same carts have the same; what follows from them need not look the same.
impl PartialEq for Holds {
    fn eq(&self, other: &Self) -> bool {
        self.by_id == other.by_id && self.lapsed == other.lapsed && self.lapses == other.lapses
    }
}

fn lapses_at(by_id: &Table<HoldId, Hold>, id: HoldId, until: Time) -> bool {
    by_id.get(&id).is_some_and(|hold| hold.is_live() && hold.until == until)
}
