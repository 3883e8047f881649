//! The mixture of behaviours, stated once: every table lists weights out of a thousand.
//!
//! Shares follow what shops publish where they do (a third of holds lapse or are given back; payments succeed nine
//! times in ten; 2 % of a provider's messages come twice, 1 % late); the rest is chosen so that in a drill of some
//! hundred fans everything happens.

use rand::{RngExt, rngs::SmallRng};

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

/// How fans reach the shop.
pub const DOORS: &[Weighted<Door>] = &[(950, Door::Pages), (50, Door::Api)];

/// How fans choose.
pub const CHOICES: &[Weighted<Choice>] =
    &[(430, Choice::Best), (340, Choice::Map), (215, Choice::Standing), (15, Choice::Wheelchair)];

/// Places that a party wants.
pub const PARTIES: &[Weighted<u16>] = &[(150, 1), (520, 2), (110, 3), (180, 4), (20, 5), (20, 6)];

/// What fans do once they hold places.
pub const ENDINGS: &[Weighted<Ending>] = &[
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
];

/// What fans do on the way.
pub const HABITS: &[Weighted<Habit>] =
    &[(890, Habit::Calm), (50, Habit::DoubleClicks), (40, Habit::SendsAgain), (20, Habit::Greedy)];

/// How many of a hundred stay and look for returned places when everything is gone.
pub const STAYS_PERCENT: u32 = 30;

/// Seconds that a fan takes over something, from and to, before time compression.
pub mod think {
    /// Looking at the page before choosing.
    pub const LOOK: (f64, f64) = (2.0, 15.0);
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
        let sums = [sum(DOORS), sum(CHOICES), sum(PARTIES), sum(ENDINGS), sum(HABITS)];
        assert_eq!(sums, [1_000; 5]);
    }
}
