//! The waiting room as a fan sees it: one slim page for every state, which is useful without
//! scripts and needs nothing else of the shop.
//!
//! The page carries the sections of all states that may come next, hidden: a script that learns
//! from the room's public status that something changed shows another section, and nobody has to
//! ask the shop for a page. Without scripts the page asks again by itself.

use askama::Template;
use frontrow_words::{Language, Money};
use jiff::Zoned;

use crate::{
    pages::{
        frame::Frame,
        parts::{CategoryLabel, Countdown},
    },
    urls::Url,
};

mod wait;
mod watch;

pub use wait::WaitRange;
pub use watch::{Watch, WatchPlace, Watched};

/// The page of one room for one fan.
#[derive(Debug, Template)]
#[template(path = "room.html")]
pub struct RoomPage {
    /// Of the frame only the language, the tokens, the name of the shop and the flashes are shown.
    pub frame: Frame,
    /// What people wait for.
    pub showing: Showing,
    /// How this fan stands.
    pub state: RoomState,
    /// What a fan who has a place can hold on to.
    pub place: Option<OwnPlace>,
    /// Whether those who join before the start are drawn, and from when on people are let in.
    pub start: Start,
    /// The organiser has stopped the queue for now.
    pub paused: bool,
    /// What the organiser tells everybody.
    pub message: Option<String>,
    /// What is asked of somebody who wants a place.
    pub door: DoorAsks,
    /// What can still be bought, and at which prices.
    pub offers: Vec<RoomOffer>,
    /// Where the forms and links go.
    pub links: RoomLinks,
    /// When a browser without scripts asks again; not where nothing will change.
    pub refresh: Option<Refresh>,
    /// What the script watches; without it the page stays as it is.
    pub watch: Option<Watch>,
}

/// What people wait for.
#[derive(Debug, Clone)]
pub struct Showing {
    /// The event's name.
    pub title: String,
    /// When.
    pub starts: Zoned,
    /// Where, in one line: venue and city.
    pub venue: String,
}

/// How the order of those who come early is found.
#[derive(Debug, Clone)]
pub struct Start {
    /// Whoever has joined until then takes part in the draw; from then on people are let in.
    pub at: Zoned,
    /// Whether there is a draw; if not, whoever comes first is first.
    pub drawn: bool,
}

/// How a fan stands.
#[derive(Debug, Clone, PartialEq)]
pub enum RoomState {
    /// The room is not open yet.
    Closed {
        /// Until it opens.
        opens: Countdown,
    },
    /// Before the start, without a place.
    Gathering {
        /// Until the start.
        countdown: Countdown,
    },
    /// Before the start, with a place.
    Gathered {
        /// Until the start.
        countdown: Countdown,
    },
    /// The start has come, the draw not yet.
    Drawing,
    /// After the start, without a place.
    Queue {
        /// How many wait.
        waiting: u64,
        /// How long somebody who joins now would wait; none while that cannot be told.
        wait: Option<WaitRange>,
    },
    /// After the start, with a place.
    Waiting(Waiting),
    /// It is this fan's turn: come in.
    Turn {
        /// Until the turn is missed.
        countdown: Countdown,
    },
    /// It is this fan's turn or they missed it, and the shop is full at this moment.
    OneMoment,
    /// The turn was missed; they may still come in when there is room.
    Missed,
    /// In the shop.
    Inside(Inside),
    /// They were in the shop and left it, or their time is over.
    Over,
    /// Nothing is left.
    SoldOut,
    /// The room was closed for good.
    Ended,
    /// Nobody has to wait.
    Open,
}

/// Somebody waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// People ahead.
    pub ahead: u64,
    /// Of a hundred that were ahead when people were first let in, so many are gone.
    pub percent: u8,
    /// How long it takes; none while that cannot be told.
    pub wait: Option<WaitRange>,
    /// What the queue's speed depends on now.
    pub pace: PaceReason,
    /// Whether it will take longer than this visitor was told before, by the clock.
    pub longer: bool,
}

/// Why the queue is not faster: from the ceiling that limits admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceReason {
    /// The shop is as full as it should be, or takes everybody who comes.
    Full,
    /// The organiser set a rate.
    Rate,
    /// The shop is slow at the moment.
    Shop,
    /// Payments are slow or fail at the moment.
    Payments,
    /// Nobody measures the shop at the moment, so the queue does not become faster.
    Unmeasured,
    /// The places left are in the carts of people who are in already.
    Places,
}

/// Somebody is in the shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Inside {
    /// Until their time in the shop is over.
    pub countdown: Countdown,
    /// Whether they may still ask for more time.
    pub can_extend: bool,
    /// Where they buy: here, or in somebody else's shop.
    pub shop: String,
}

/// What a fan can hold on to.
#[derive(Debug, Clone)]
pub struct OwnPlace {
    /// The receipt's short code, to read out on the telephone.
    pub receipt: String,
    /// Where the proof can be had that this place took part in the draw; none for those who came
    /// later, and where nothing is drawn.
    pub proof: Option<Url>,
    /// Whether the draw was made, so that there is something to check.
    pub drawn: bool,
    /// The rules of the draw, for people.
    pub rules: Option<String>,
    /// What they are written to about; none while nobody can tell.
    pub mail: Option<RoomMail>,
}

/// What a fan who waits is written to about, once each.
#[derive(Debug, Clone)]
pub struct RoomMail {
    /// POST: `about` (`turn` or `places`) and `email`; or `stop`.
    pub action: Url,
    /// When it is their turn.
    pub turn: bool,
    /// When places come back: the waiting list. Offered to those whose chance is small and where
    /// everything is sold.
    pub places: bool,
}

/// What is still there of one category or area.
#[derive(Debug, Clone)]
pub struct RoomOffer {
    /// Name and colour.
    pub category: CategoryLabel,
    /// The lowest and the highest price.
    pub prices: Option<(Money, Money)>,
    /// Places left; none if that is not known here.
    pub left: Option<u32>,
    /// Its index in the list of the public status, if it is in it.
    pub index: Option<u16>,
}

/// What is asked of somebody who wants a place.
#[derive(Debug, Clone, Default)]
pub struct DoorAsks {
    /// The field for an access code, and what is in it already.
    pub code: Option<String>,
    /// POST: have a code sent to an address.
    pub register: Option<Url>,
    /// Where a script learns which work a place costs.
    pub work: Option<Url>,
}

/// Where the forms and links of the page go.
#[derive(Debug, Clone)]
pub struct RoomLinks {
    /// Who takes part in a draw that waits for a beacon.
    pub root: Option<Url>,
    /// POST: take a place.
    pub join: Url,
    /// POST: come in.
    pub enter: Url,
    /// POST: more time in the shop.
    pub extend: Url,
    /// POST: go out of the shop.
    pub leave: Url,
    /// The performance, to look around meanwhile.
    pub performance: Url,
}

/// When and what a browser without scripts asks again.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// So many seconds after it was shown.
    pub seconds: u32,
    /// The page with what it told last, so that the next one can say if it got worse.
    pub address: String,
    /// The same page, which does not ask by itself.
    pub still_address: String,
    /// Whether this one does not: whoever types an address, or is read to, wants no page to go away.
    pub still: bool,
}

impl RoomState {
    /// The state's name, in the page and its script.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "closed",
            Self::Gathering { .. } => "gathering",
            Self::Gathered { .. } => "gathered",
            Self::Drawing => "drawing",
            Self::Queue { .. } => "queue",
            Self::Waiting(_) => "waiting",
            Self::Turn { .. } => "turn",
            Self::OneMoment => "one-moment",
            Self::Missed => "missed",
            Self::Inside(_) => "inside",
            Self::Over => "over",
            Self::SoldOut => "sold-out",
            Self::Ended => "ended",
            Self::Open => "open",
        }
    }

    /// Names of the states that may follow without the fan doing anything.
    pub const fn next(&self) -> &'static [&'static str] {
        match self {
            Self::Closed { .. } => &["gathering", "queue", "sold-out", "ended", "open"],
            Self::Gathering { .. } => &["queue", "sold-out", "ended", "open"],
            Self::Gathered { .. } => {
                &["drawing", "waiting", "turn", "missed", "sold-out", "ended", "open"]
            }
            Self::Drawing => &["waiting", "turn", "missed", "sold-out", "ended", "open"],
            Self::Waiting(_) => &["turn", "missed", "sold-out", "ended", "open"],
            Self::Turn { .. } | Self::OneMoment => &["missed", "sold-out", "ended", "open"],
            Self::Queue { .. } | Self::Missed => &["sold-out", "ended", "open"],
            // What somebody gives back starts the queue again.
            Self::SoldOut => &["queue", "waiting", "turn", "missed", "ended", "open"],
            Self::Inside(_) | Self::Over | Self::Ended | Self::Open => &[],
        }
    }
}

impl RoomState {
    /// Whether the page changes while it is looked at: something may follow, or a time is counted down.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Inside(_)) || !self.next().is_empty()
    }
}

impl RoomPage {
    /// Whether the page has a section of this name.
    pub fn has(&self, state: &str) -> bool {
        let fits = match state {
            "closed" | "gathering" | "queue" => self.place.is_none(),
            "gathered" | "drawing" | "waiting" | "turn" | "missed" => self.place.is_some(),
            _ => true,
        };
        self.is(state) || (fits && self.watch.is_some() && self.state.next().contains(&state))
    }

    /// Whether this is how the fan stands.
    pub fn is(&self, state: &str) -> bool {
        self.state.name() == state
    }

    /// `hidden`, unless this is how the fan stands.
    pub fn hidden(&self, state: &str) -> &'static str {
        if self.is(state) { "" } else { " hidden" }
    }

    /// The heading of a state.
    pub fn title(&self, state: &str) -> String {
        let text = |key: &str| self.frame.t(key).into_owned();
        let drawn = self.start.drawn;
        match state {
            "closed" => text("room-closed"),
            "gathering" => text("room-gathering"),
            "gathered" if drawn => text("room-gathered"),
            "gathered" => text("room-gathered-fifo"),
            "drawing" => text("room-drawing"),
            "queue" => text("room-queue"),
            "waiting" => text("room-waiting"),
            "turn" => text("room-turn"),
            "one-moment" => text("room-one-moment"),
            "missed" => text("room-missed"),
            "inside" => text("room-inside"),
            "over" => text("room-over"),
            "sold-out" => text("room-sold-out"),
            "ended" => text("room-ended"),
            _ => text("room-open"),
        }
    }

    /// What the browser's tab says.
    pub fn tab(&self) -> String {
        match &self.state {
            RoomState::Waiting(waiting) => {
                self.frame.t1("room-tab-ahead", "count", self.count(waiting.ahead)).into_owned()
            }
            state => self.title(state.name()),
        }
    }

    /// The waiting fan's numbers; zeros where the script will fill them in.
    pub fn waiting(&self) -> Waiting {
        match &self.state {
            RoomState::Waiting(waiting) => waiting.clone(),
            _ => {
                Waiting { ahead: 0, percent: 0, wait: None, pace: PaceReason::Full, longer: false }
            }
        }
    }

    /// How many wait, for those who have no place.
    pub fn queue(&self) -> String {
        match &self.state {
            RoomState::Queue { waiting, .. } => self.count(*waiting),
            _ => String::new(),
        }
    }

    /// For how long somebody waits, or who joins now would.
    pub fn wait(&self) -> String {
        let wait = match &self.state {
            RoomState::Queue { wait, .. } => wait.as_ref(),
            RoomState::Waiting(waiting) => waiting.wait.as_ref(),
            _ => None,
        };
        match wait {
            Some(range) => range.text(self.frame.language),
            None => self.frame.t("room-wait-unknown").into_owned(),
        }
    }

    /// If everybody ahead takes one place, none is left.
    pub fn chance_is_small(&self) -> bool {
        let RoomState::Waiting(waiting) = &self.state else { return false };
        let left: Option<u64> = self.offers.iter().map(|offer| offer.left.map(u64::from)).sum();
        !self.offers.is_empty() && left.is_some_and(|left| waiting.ahead >= left)
    }

    /// Whether it is worth explaining how places are given: before they are.
    pub fn explains(&self) -> bool {
        matches!(
            self.state,
            RoomState::Closed { .. }
                | RoomState::Gathering { .. }
                | RoomState::Gathered { .. }
                | RoomState::Drawing
                | RoomState::Queue { .. }
        )
    }

    /// Whether it is worth offering a mail when it is one's turn.
    pub fn writes(&self) -> bool {
        matches!(
            self.state,
            RoomState::Gathered { .. } | RoomState::Drawing | RoomState::Waiting(_)
        )
    }

    /// Whether it is worth saying that the place is kept.
    pub fn keeps(&self) -> bool {
        !matches!(
            self.state,
            RoomState::Inside(_) | RoomState::Over | RoomState::Ended | RoomState::Open
        )
    }

    /// Until the turn is missed, where that is known.
    pub fn turn_countdown(&self) -> Option<&Countdown> {
        match &self.state {
            RoomState::Turn { countdown } => Some(countdown),
            _ => None,
        }
    }

    /// Until the room opens or starts, where that is to come.
    pub fn countdown(&self) -> Option<&Countdown> {
        match &self.state {
            RoomState::Closed { opens } => Some(opens),
            RoomState::Gathering { countdown } | RoomState::Gathered { countdown } => {
                Some(countdown)
            }
            _ => None,
        }
    }

    /// A count with its groups.
    pub fn count(&self, count: u64) -> String {
        self.frame.number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// How many are ahead.
    pub fn ahead(&self) -> String {
        self.count(self.waiting().ahead)
    }

    /// Why the queue is not faster.
    pub fn pace(&self) -> String {
        self.waiting().pace.text(self.frame.language)
    }

    /// The price, or from the lowest to the highest.
    pub fn prices(&self, offer: &RoomOffer) -> String {
        match &offer.prices {
            Some((low, high)) if low == high => self.frame.money(low),
            Some((low, high)) => {
                format!("{}\u{a0}\u{2013} {}", self.frame.money(low), self.frame.money(high))
            }
            None => String::new(),
        }
    }

    /// Seconds after which a page asks again without scripts; a page that counts down is back when
    /// it is over.
    pub fn refresh_seconds(&self, refresh: &Refresh) -> u32 {
        let left = self.countdown().map(|countdown| countdown.left_seconds.max(0) + 1);
        let left = left.and_then(|left| u32::try_from(left).ok());
        left.map_or(refresh.seconds, |left| left.clamp(1, refresh.seconds.max(1)))
    }
}

impl PaceReason {
    /// In words.
    pub fn text(self, language: Language) -> String {
        let text = match self {
            Self::Full => language.t("room-pace-full"),
            Self::Rate => language.t("room-pace-rate"),
            Self::Shop => language.t("room-pace-shop"),
            Self::Payments => language.t("room-pace-payments"),
            Self::Unmeasured => language.t("room-pace-unmeasured"),
            Self::Places => language.t("room-pace-places"),
        };
        text.into_owned()
    }
}

#[cfg(test)]
pub(crate) mod samples;
