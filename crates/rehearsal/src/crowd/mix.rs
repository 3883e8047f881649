//! The mixture of behaviours, stated once: every table lists weights out of a thousand.
//!
//! Shares follow what shops publish where they do (a third of holds lapse or are given back; payments succeed nine
//! times in ten; 2 % of a provider's messages come twice, 1 % late); the rest is chosen so that in a drill of some
//! hundred fans everything happens.

use std::{fmt, str::FromStr};

use rand::{RngExt, rngs::SmallRng};

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// As in life.
    Everyone,
    /// Only people who come, take what they are offered and pay: what a completed order costs.
    Buyers,
    /// Mostly people who watch the seat map: very many requests, of which few need a decision.
    Onlookers,
}

impl Mix {
    const ALL: [Self; 3] = [Self::Everyone, Self::Buyers, Self::Onlookers];

    /// As `--mix` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Buyers => "buyers",
            Self::Onlookers => "onlookers",
        }
    }

    pub(super) const fn tables(self) -> Tables {
        match self {
            Self::Everyone => EVERYONE,
            Self::Buyers => BUYERS,
            Self::Onlookers => ONLOOKERS,
        }
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No mixture has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no mixture {0:?}; there are everyone, buyers and onlookers")]
pub struct UnknownMix(String);

impl FromStr for Mix {
    type Err = UnknownMix;

    fn from_str(name: &str) -> Result<Self, UnknownMix> {
        let found = Self::ALL.into_iter().find(|mix| mix.name() == name);
        found.ok_or_else(|| UnknownMix(name.to_owned()))
    }
}

/// How a fan reaches the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The pages' own forms, as a browser sends them.
    Pages,
    /// `/api/v1`, as an app does.
    Api,
}

/// How a fan chooses places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Whatever category has room, the shop picks the seats.
    Best,
    /// Seats picked on the map, near where everybody wants to sit.
    Map,
    /// A standing area.
    Standing,
    /// A wheelchair place with the companion's place beside it.
    Wheelchair,
}

/// What a fan does once places are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Pays, and it works.
    Pays,
    /// Looks at the page and the map, and holds nothing.
    LooksOnly,
    /// Keeps the page open and watches what is free, loads it anew now and then, and holds nothing.
    Watches,
    /// Goes away; the hold lapses by itself.
    Abandons,
    /// Fills in the checkout, sees the bank's page and goes away.
    AbandonsAtBank,
    /// Empties the cart.
    GivesBack,
    /// The card is declined; pays again with another one.
    DeclinedThenPays,
    /// Cancels at the bank and leaves.
    Cancels,
    /// Pays; the bank says so twice.
    PaidTwice,
    /// Pays; the bank never says so by itself and must be asked.
    PaidSilently,
    /// Pays; the money is there half a minute later.
    PaidLate,
}

/// What a fan does that the shop must cope with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Nothing odd.
    Calm,
    /// Sends every form twice at once.
    DoubleClicks,
    /// Sends a form, hears nothing, and sends the very same again: same page, same idempotency key.
    SendsAgain,
    /// Comes back with a fresh browser and the same mail address, for more than one may have.
    Greedy,
}

/// A weight and what it is for.
type Weighted<T> = (u32, T);

/// What fans are drawn from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables {
    /// How fans reach the shop.
    pub(super) doors: &'static [Weighted<Door>],
    /// How fans choose.
    pub(super) choices: &'static [Weighted<Choice>],
    /// Places that a party wants.
    pub(super) parties: &'static [Weighted<u16>],
    /// What fans do once they hold places.
    pub(super) endings: &'static [Weighted<Ending>],
    /// What fans do on the way.
    pub(super) habits: &'static [Weighted<Habit>],
    /// How many of a hundred stay and look for returned places when everything is gone.
    pub(super) stays_percent: u32,
}

const PARTIES: &[Weighted<u16>] = &[(150, 1), (520, 2), (110, 3), (180, 4), (20, 5), (20, 6)];

const EVERYONE: Tables = Tables {
    doors: &[(950, Door::Pages), (50, Door::Api)],
    choices: &[
        (430, Choice::Best),
        (340, Choice::Map),
        (215, Choice::Standing),
        (15, Choice::Wheelchair),
    ],
    parties: PARTIES,
    endings: &[
        (690, Ending::Pays),
        (60, Ending::LooksOnly),
        (40, Ending::Abandons),
        (20, Ending::AbandonsAtBank),
        (40, Ending::GivesBack),
        (60, Ending::DeclinedThenPays),
        (20, Ending::Cancels),
        (30, Ending::PaidTwice),
        (20, Ending::PaidSilently),
        (20, Ending::PaidLate),
    ],
    habits: &[
        (890, Habit::Calm),
        (50, Habit::DoubleClicks),
        (40, Habit::SendsAgain),
        (20, Habit::Greedy),
    ],
    stays_percent: 30,
};

const BUYERS: Tables = Tables {
    doors: &[(1_000, Door::Pages)],
    choices: &[(700, Choice::Best), (300, Choice::Standing)],
    parties: PARTIES,
    endings: &[(1_000, Ending::Pays)],
    habits: &[(1_000, Habit::Calm)],
    stays_percent: 0,
};

const ONLOOKERS: Tables = Tables {
    doors: &[(950, Door::Pages), (50, Door::Api)],
    choices: &[(430, Choice::Best), (355, Choice::Map), (215, Choice::Standing)],
    parties: PARTIES,
    endings: &[
        (740, Ending::Watches),
        (120, Ending::GivesBack),
        (40, Ending::Abandons),
        (100, Ending::Pays),
    ],
    habits: &[(920, Habit::Calm), (50, Habit::DoubleClicks), (30, Habit::SendsAgain)],
    stays_percent: 0,
};

/// Seconds that a fan takes over something, from and to, before time compression.
pub mod think {
    /// Looking at the page before choosing.
    pub const LOOK: (f64, f64) = (2.0, 15.0);
    /// Between two looks at what is free: the page asks every second.
    pub const WATCH: (f64, f64) = (0.9, 1.1);
    /// From the call that it is their turn until they come in.
    pub const TURN: (f64, f64) = (1.0, 30.0);
    /// Between the cart and the checkout.
    pub const CART: (f64, f64) = (1.0, 10.0);
    /// Typing name and address.
    pub const FORM: (f64, f64) = (8.0, 45.0);
    /// At the bank.
    pub const BANK: (f64, f64) = (5.0, 60.0);
    /// Choosing anew after somebody was faster.
    pub const AGAIN: (f64, f64) = (1.0, 6.0);
}

/// Draws from a table by weight.
pub fn draw<'t, T>(table: &'t [Weighted<T>], rng: &mut SmallRng) -> &'t T {
    let total: u32 = table.iter().map(|(weight, _)| weight).sum();
    let mut at = rng.random_range(0..total);
    for (weight, what) in table {
        if at < *weight {
            return what;
        }
        at -= weight;
    }
    unreachable!("a number below the sum of the weights falls on one of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_adds_up_to_a_thousand() {
        fn sum<T>(table: &[Weighted<T>]) -> u32 {
            table.iter().map(|(weight, _)| weight).sum()
        }
        for tables in Mix::ALL.map(Mix::tables) {
            let Tables { doors, choices, parties, endings, habits, .. } = tables;
            let sums = [sum(doors), sum(choices), sum(parties), sum(endings), sum(habits)];
            assert_eq!(sums, [1_000; 5]);
        }
    }
}
