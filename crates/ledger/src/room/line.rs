//! All that a defined room knows; what readers look into.

use std::sync::Arc;

use crate::{
    Place, Time,
    room::{
        Drawn, Mode, Offer, Terms,
        admission::{Admission, Gauges, Tick},
        draw::{Hash, Material, Permutation, SaleBytes},
        places::Places,
        selling::Selling,
        visitors::Visitors,
    },
};

/// Everybody who waits, was called, or is in the shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub(super) terms: Arc<Terms>,
    pub(super) places: Places,
    /// Fans who have been in the shop or are.
    pub(super) entered: u32,
    /// The first so many places are drawn; known from the start on, and zero where there is no draw.
    pub(super) frozen: Option<u32>,
    /// The root of a draw that waits for a beacon, and when it was published.
    pub(super) published: Option<(Time, Hash)>,
    pub(super) order: Option<Order>,
    /// Positions whose turn has come.
    pub(super) cursor: u64,
    pub(super) visitors: Visitors,
    pub(super) admission: Admission,
    pub(super) automatic: Automatic,
    pub(super) selling: Selling,
    pub(super) ended: bool,
    pub(super) message: Message,
    pub(super) shown: Shown,
}

/// The order that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Order {
    pub(super) drawn: Arc<Drawn>,
    pub(super) permutation: Permutation,
}

/// Whether the room is needed, where it decides that by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Automatic {
    pub(super) active: bool,
    /// Since when the shop has not been as the room would have it: suffering while the room is not
    /// needed, well and without anybody who waits while it is.
    pub(super) otherwise_since: Option<Time>,
}

/// What everybody is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Message {
    /// Counts what was said; zero while nothing was.
    pub(super) number: u32,
    pub(super) text: Option<Arc<str>>,
}

/// How things stood at the last tick: what does not change between two.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Shown {
    pub(super) at: Time,
    pub(super) joined: u32,
    pub(super) in_shop: u32,
    pub(super) tick: Option<Tick>,
    /// The newest there were.
    pub(super) gauges: Option<Gauges>,
    pub(super) offer: Arc<Offer>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { at: Time(0), joined: 0, in_shop: 0, tick: None, gauges: None, offer: Arc::default() }
    }
}

impl Order {
    /// The order that follows from a draw.
    pub(super) fn new(terms: &Terms, drawn: Arc<Drawn>) -> Self {
        let key = Material {
            sale: &terms.sale_bytes(),
            places: u64::from(drawn.places),
            root: &drawn.root,
            seed: drawn.seed.as_ref(),
            beacon: drawn.beacon.as_deref(),
        }
        .key()
        .expect("a recorded beacon is short");
        let permutation = Permutation::new(&key, u64::from(drawn.places))
            .expect("a room has fewer places than a draw may have");
        Self { drawn, permutation }
    }
}

impl Terms {
    /// The sale's id as the draw hashes it.
    pub fn sale_bytes(&self) -> SaleBytes {
        self.sale.to_be_bytes()
    }
}

impl Line {
    pub(super) fn new(terms: Arc<Terms>) -> Self {
        Self {
            places: Places::new(terms.salt),
            terms,
            entered: 0,
            frozen: None,
            published: None,
            order: None,
            cursor: 0,
            visitors: Visitors::default(),
            admission: Admission::default(),
            automatic: Automatic::default(),
            selling: Selling::default(),
            ended: false,
            message: Message::default(),
            shown: Shown::default(),
        }
    }

    /// At the start it is known who takes part in the draw.
    pub(super) fn freeze_if_due(&mut self, now: Time) {
        let started = self.terms.mode == Mode::On && now >= self.terms.starts;
        if started && !self.ended && self.frozen.is_none() {
            // Where turns came before, the room has opened by itself, and then there is no draw.
            assert!(self.cursor == 0, "nobody was called before the start");
            self.frozen = Some(if self.terms.draw.is_some() { self.places.len() } else { 0 });
        }
    }

    /// Whoever's pass has ended by then is not in the shop any more.
    pub(super) fn advance(&mut self, now: Time) {
        self.freeze_if_due(now);
        while let Some((_, place)) = self.visitors.next_due().filter(|(until, _)| *until <= now) {
            self.let_out(place);
        }
    }

    pub(super) fn let_out(&mut self, place: Place) {
        let visitor = self.visitors.remove(place);
        self.admission.left(visitor.came);
    }

    /// When time alone changes something next.
    pub(super) fn next_due(&self, now: Time) -> Option<Time> {
        let Terms { mode, opens, starts, ends, .. } = *self.terms;
        let on = mode == Mode::On && !self.ended;
        let times = [
            (on && now < opens).then_some(opens),
            (on && self.frozen.is_none()).then_some(starts),
            ends.filter(|ends| !self.ended && now < *ends),
            self.visitors.next_due().map(|(until, _)| until),
        ];
        times.into_iter().flatten().min()
    }
}
