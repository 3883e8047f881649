//! What readers ask of a line: pages, the API, room control. Reading changes nothing.

use crate::{
    FanKey, Place, Time,
    room::{
        Drawn, Line, Mode, Terms,
        admission::{Counts, Gauges, Moment, Tick},
        draw::{FanDigest, Hash, Permutation, Proof, Tree, leaf},
    },
};

/// What a room is doing. The numbers are those of the public status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Phase {
    /// Nobody needs to wait.
    Off = 0,
    /// Not open yet.
    Closed = 1,
    /// Fans gather, in no order yet.
    PreQueue = 2,
    /// The start is past and the order is being drawn.
    Draw = 3,
    /// Turns come.
    Queue = 4,
    /// Everything is sold and nothing is in a cart. If something comes back, so do the turns.
    SoldOut = 5,
    /// Over.
    Ended = 6,
}

impl Phase {
    /// All, by their numbers.
    pub const ALL: [Self; 7] = [
        Self::Off,
        Self::Closed,
        Self::PreQueue,
        Self::Draw,
        Self::Queue,
        Self::SoldOut,
        Self::Ended,
    ];

    /// Somebody may wait.
    pub fn is_open(self) -> bool {
        matches!(self, Self::PreQueue | Self::Draw | Self::Queue | Self::SoldOut)
    }
}

/// How it stands with one fan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The order is not known yet.
    Undrawn,
    /// So many come before.
    Waiting {
        /// Of all positions before this one those whose turn has not come.
        ahead: u64,
    },
    /// Now.
    Open {
        /// Until then the turn counts as theirs in time.
        until: Time,
    },
    /// The time to come in is over. They still may, before others, as soon as the shop has room.
    Missed,
    /// They came in.
    InShop {
        /// When the pass ends.
        until: Time,
        /// It was extended and will not be again.
        extended: bool,
    },
    /// They came in and left, or their pass ended.
    Over,
}

/// How many there are of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headcount {
    /// All who have a place.
    pub joined: u64,
    /// Those whose turn has not come.
    pub waiting: u64,
    /// Those whose turn came.
    pub called: u64,
    /// Those of them whose turn is open and who have not come in, as of the last tick.
    pub turns_open: u64,
    /// Those of them whose turn passed and who have not come in.
    pub missed: u64,
    /// Those of them who have come in.
    pub entered: u64,
    /// Those who are in the shop.
    pub in_shop: u32,
    /// Those who were.
    pub left: u64,
}

impl Line {
    /// How the room works.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What the room is doing at a moment that is not before the room's own.
    pub fn phase(&self, now: Time) -> Phase {
        let Terms { mode, opens, starts, ends, .. } = *self.terms;
        match mode {
            _ if self.ended || ends.is_some_and(|ends| now >= ends) => Phase::Ended,
            Mode::Off => Phase::Off,
            Mode::Automatic if !self.automatic.active => Phase::Off,
            Mode::On if now < opens => Phase::Closed,
            Mode::On if now < starts => Phase::PreQueue,
            Mode::On if self.awaits_draw() => Phase::Draw,
            Mode::Automatic | Mode::On if self.is_sold_out() => Phase::SoldOut,
            Mode::Automatic | Mode::On => Phase::Queue,
        }
    }

    /// No turns come, because the organiser wants it so.
    pub fn is_paused(&self) -> bool {
        self.terms.policy.paused
    }

    /// Whether holding and paying needs a pass.
    pub fn needs_pass(&self, now: Time) -> bool {
        self.phase(now) != Phase::Off
    }

    /// The place of a fan.
    pub fn place_of(&self, fan: FanKey) -> Option<Place> {
        self.places.find(fan)
    }

    /// Whose a place is.
    pub fn fan(&self, place: Place) -> Option<FanKey> {
        self.places.fan(place)
    }

    /// Whose a place is, as everybody may see it.
    pub fn fan_digest(&self, place: Place) -> Option<FanDigest> {
        Some(FanDigest::new(&self.terms.sale_bytes(), self.places.fan(place)?.0))
    }

    /// When a place was taken, in seconds since the Unix epoch.
    pub fn joined_second(&self, place: Place) -> u32 {
        self.places.joined_second(place)
    }

    /// The position of a place in the queue; none before the draw, and for a place that nobody has.
    pub fn position(&self, place: Place) -> Option<u64> {
        if place.0 >= self.places.len() {
            return None;
        }
        let drawn = match self.frozen {
            Some(frozen) => place.0 < frozen,
            None => self.terms.draw.is_some() && self.terms.mode == Mode::On,
        };
        if drawn { self.order()?.position(place.0.into()) } else { Some(place.0.into()) }
    }

    /// How it stands with a fan; none for a place that nobody has.
    pub fn turn(&self, place: Place, now: Time) -> Option<Turn> {
        self.places.fan(place)?;
        if let Some(visitor) = self.visitors.get(place).filter(|visitor| visitor.until > now) {
            return Some(Turn::InShop { until: visitor.until, extended: visitor.extended });
        }
        if self.places.has_entered(place) {
            return Some(Turn::Over);
        }
        let Some(position) = self.position(place) else { return Some(Turn::Undrawn) };
        if let Some(ahead) = position.checked_sub(self.cursor) {
            return Some(Turn::Waiting { ahead });
        }
        let came = self.admission.turn_came(position);
        let until = came.map(|came| came.plus_ms(self.terms.policy.turn_ms));
        Some(match until.filter(|until| *until > now) {
            Some(until) => Turn::Open { until },
            None => Turn::Missed,
        })
    }

    /// How many there are of whom.
    pub fn headcount(&self) -> Headcount {
        let (joined, entered) = (u64::from(self.places.len()), u64::from(self.entered));
        let in_shop = self.visitors.len();
        let turns_open = self.admission.turns_open();
        Headcount {
            joined,
            waiting: joined - self.cursor,
            called: self.cursor,
            turns_open,
            missed: self.cursor.saturating_sub(entered + turns_open),
            entered,
            in_shop,
            left: entered - u64::from(in_shop),
        }
    }

    /// Positions whose turn has come.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// How many places take part in the draw, from the start on.
    pub fn frozen(&self) -> Option<u32> {
        self.frozen
    }

    /// The root of a draw that waits for a beacon, and when it was published.
    pub fn published(&self) -> Option<(Time, Hash)> {
        self.published
    }

    /// The draw, once it was made.
    pub fn drawn(&self) -> Option<&Drawn> {
        self.order.as_ref().map(|order| &*order.drawn)
    }

    /// The order that was drawn.
    pub fn order(&self) -> Option<&Permutation> {
        self.order.as_ref().map(|order| &order.permutation)
    }

    /// The leaves of all places that take part in the draw, in the order of their places. Two hashes
    /// a place.
    pub fn leaves(&self) -> impl Iterator<Item = Hash> {
        self.fans().zip(0..).map(|(fan, place)| leaf(place, &fan))
    }

    /// Who takes part in the draw, in the order of their places.
    pub fn fans(&self) -> impl Iterator<Item = FanDigest> {
        let sale = self.terms.sale_bytes();
        let count = usize::try_from(self.frozen.unwrap_or(0)).unwrap_or(0);
        let fans = self.places.runs().flatten().take(count);
        fans.map(move |fan| FanDigest::new(&sale, fan.0))
    }

    /// The Merkle tree over the leaves. Seconds of work for millions: clone the room and build it
    /// elsewhere.
    pub fn tree(&self) -> Tree {
        Tree::build(self.leaves())
    }

    /// That a place took part in the draw, from the tree of this room.
    pub fn proof(&self, tree: &Tree, place: Place) -> Option<Proof> {
        tree.proof(place.0.into(), |place| {
            let place = u32::try_from(place).map_or(Place(u32::MAX), Place);
            let fan = self.fan_digest(place).expect("a place of the tree is a place of the room");
            leaf(place.0.into(), &fan)
        })
    }

    /// What the last tick decided.
    pub fn last_tick(&self) -> Option<(Time, &Tick)> {
        self.shown.tick.as_ref().map(|tick| (self.shown.at, tick))
    }

    /// See [`Selling::lasts_ms`](super::selling::Selling::lasts_ms); as of the last tick.
    pub(super) fn lasts_ms(&self) -> Option<u64> {
        let shown = &self.shown;
        let gauges = shown.gauges.as_ref()?;
        self.selling.lasts_ms(shown.at, gauges, shown.in_shop, &self.terms.policy)
    }

    /// What the shop last measured of itself.
    pub fn gauges(&self) -> Option<&Gauges> {
        self.shown.gauges.as_ref()
    }

    /// What everybody is told, and the number of that message.
    pub fn message(&self) -> (u32, Option<&str>) {
        (self.message.number, self.message.text.as_deref())
    }

    /// Bytes of memory that the fans take, without what the allocator adds.
    pub fn memory_bytes(&self) -> usize {
        self.places.memory_bytes()
    }

    /// Those whose turn has not come.
    pub(super) fn waiting(&self) -> u64 {
        u64::from(self.places.len()) - self.cursor
    }

    /// What admission looks at. Nobody is called but while the queue moves.
    pub(super) fn moment<'a>(&'a self, now: Time, gauges: Option<&'a Gauges>) -> Moment<'a> {
        let waiting = if self.phase(now) == Phase::Queue { self.waiting() } else { 0 };
        let counts = Counts { cursor: self.cursor, waiting, in_shop: self.visitors.len() };
        Moment {
            now,
            policy: &self.terms.policy,
            pass_ms: self.terms.pass.valid_ms,
            stay_ms_max: self.terms.pass.valid_ms + self.terms.pass.extension_ms,
            gauges,
            counts,
        }
    }

    /// Listens to the shop to find out whether the room is needed.
    pub(super) fn decides_by_itself(&self) -> bool {
        self.terms.mode == Mode::Automatic
    }

    fn awaits_draw(&self) -> bool {
        self.order.is_none() && self.frozen.is_some_and(|places| places > 0)
    }

    fn is_sold_out(&self) -> bool {
        self.shown.gauges.is_some_and(|it| it.places_free == 0 && it.places_held == 0)
    }
}
