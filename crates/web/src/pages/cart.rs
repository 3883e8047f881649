//! What this visitor holds, and for how long.

use askama::Template;

use frontrow_words::Money;

use crate::{
    pages::{
        frame::Frame,
        parts::{CategoryLabel, Countdown, PlaceLabel},
        performance::Heading,
    },
    urls::Url,
};

/// The cart.
#[derive(Debug, Template)]
#[template(path = "cart.html")]
pub struct CartPage {
    /// Around it.
    pub frame: Frame,
    /// One per performance.
    pub holds: Vec<CartHold>,
}

/// Places of one performance; they are paid together.
#[derive(Debug, Clone)]
pub struct CartHold {
    /// Which performance: goes back in the forms.
    pub performance: String,
    /// What and when.
    pub heading: Heading,
    /// Where more can be chosen.
    pub url: Url,
    /// Where it is paid.
    pub checkout: Url,
    /// What.
    pub items: Vec<CartItem>,
    /// To pay.
    pub total: Money,
    /// How it stands.
    pub state: HoldState,
}

/// How a hold stands.
#[derive(Debug, Clone)]
pub enum HoldState {
    /// Held until then.
    Live {
        /// Until when.
        countdown: Countdown,
        /// Whether more time may be asked for.
        can_extend: bool,
    },
    /// A payment is open, so its places are fixed.
    Paying {
        /// Until when.
        countdown: Countdown,
        /// Where it goes on.
        order: Url,
    },
    /// It lapsed.
    Expired,
}

impl HoldState {
    /// Whether its places may be changed.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. })
    }
}

/// One place.
#[derive(Debug, Clone)]
pub struct CartItem {
    /// Its index in the hold: goes back in the form.
    pub index: u16,
    /// Where.
    pub place: PlaceLabel,
    /// Its category.
    pub category: CategoryLabel,
    /// Adult, student, ...
    pub ticket_type: String,
    /// As charged.
    pub price: Money,
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{CartHold, CartItem, CartPage, HoldState};
    use frontrow_words::Language;

    use crate::{
        pages::{
            frame::Frame,
            gallery::Sample,
            parts::{CategoryLabel, Countdown, PlaceLabel, sample_id, sample_money, sample_time},
            performance::samples::heading,
        },
        urls::Url,
    };

    pub(crate) fn countdown(minutes: i64) -> Countdown {
        Countdown { until: sample_time(minutes), left_seconds: minutes * 60 - 7 }
    }

    pub(crate) fn items() -> Vec<CartItem> {
        let seat = |seat: &str| PlaceLabel::Seat {
            section: "101".to_owned(),
            row: "5".to_owned(),
            seat: seat.to_owned(),
        };
        let item = |index, place, name: &str, colour: &str, ticket_type: &str, minor| CartItem {
            index,
            place,
            category: CategoryLabel { name: name.to_owned(), colour: colour.to_owned() },
            ticket_type: ticket_type.to_owned(),
            price: sample_money(minor),
        };
        vec![
            item(0, seat("11"), "Front", "#b3123c", "Adult", 349_000),
            item(1, seat("12"), "Front", "#b3123c", "Student", 174_500),
            item(
                2,
                PlaceLabel::Area { name: "Golden circle".to_owned() },
                "Standing",
                "#333333",
                "Adult",
                279_000,
            ),
        ]
    }

    pub(crate) fn hold(state: HoldState) -> CartHold {
        CartHold {
            performance: sample_id().to_string(),
            heading: heading(),
            url: Url::Performance(sample_id()),
            checkout: Url::Checkout(sample_id()),
            items: items(),
            total: sample_money(802_500),
            state,
        }
    }

    impl Sample for CartPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |holds| Self { frame: Frame::sample(language), holds };
            let live = HoldState::Live { countdown: countdown(14), can_extend: true };
            let last = HoldState::Live { countdown: countdown(1), can_extend: false };
            let paying = HoldState::Paying {
                countdown: countdown(9),
                order: Url::Order("secret".to_owned()),
            };
            let mut second = hold(live.clone());
            second.heading.title = "The Cherry Orchard".to_owned();
            let mut empty = page(Vec::new());
            empty.frame.cart = None;
            vec![
                ("live", page(vec![hold(live.clone())])),
                ("last-minute", page(vec![hold(last)])),
                ("expired", page(vec![hold(HoldState::Expired)])),
                ("paying-and-live", page(vec![hold(paying), second])),
                ("empty", empty),
            ]
        }
    }
}
