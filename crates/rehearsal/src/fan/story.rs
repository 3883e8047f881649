//! What a fan tells when it is over: everything that the shop acknowledged, for the sweep.

use crate::{browser::Jar, room::WaitStory};

/// One fan's day.
#[derive(Debug)]
pub struct Story {
    /// Who.
    pub fan: u32,
    /// Bought as.
    pub email: String,
    /// Every hold that was acknowledged.
    pub holds: Vec<HoldStory>,
    /// Every order whose link they were given.
    pub orders: Vec<OrderStory>,
    /// Every place that they had in a waiting room.
    pub waits: Vec<WaitStory>,
    /// What they saw that must not be.
    pub violations: Vec<String>,
    /// How it ended.
    pub end: End,
}

/// How a fan's day ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With tickets.
    Bought,
    /// As they intended: looked, gave back, went away.
    AsIntended,
    /// Nothing was left for them.
    SoldOut,
    /// The shop said no: others were faster again and again, or a limit.
    Refused,
    /// A request failed for good.
    Lost,
    /// Paid, and went to bed before the tickets were there.
    Waiting,
    /// It was their turn in the waiting room, and they did not come.
    NoShow,
    /// They still waited in the room when the drill was over.
    Queueing,
}

/// A hold that was acknowledged.
#[derive(Debug, Clone)]
pub struct HoldStory {
    /// Whose.
    pub name: HoldName,
    /// How many places.
    pub places: u16,
    /// How it ended, as far as the fan knows.
    pub end: HoldEnd,
}

/// How a hold is found again.
#[derive(Debug, Clone)]
pub enum HoldName {
    /// By the cookies of the browser that holds it.
    Cart(Jar),
    /// By its id.
    Id(String),
}

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldEnd {
    /// It was left alone, and lapses.
    Left,
    /// It was given back.
    GivenBack,
    /// It became an order.
    Ordered,
}

/// An order whose link was given out.
#[derive(Debug, Clone)]
pub struct OrderStory {
    /// The secret part of its link.
    pub token: String,
    /// How many places.
    pub places: u16,
    /// What the bank was told.
    pub money: Money,
    /// Whether the fan saw its tickets.
    pub seen_tickets: bool,
}

/// What the bank was told about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// Nothing, or no.
    None,
    /// To pay.
    Paid,
}

impl Story {
    /// Holds that did not become an order that is paid for. Orders are told in the order of their holds.
    pub fn unpaid(&self) -> impl Iterator<Item = &HoldStory> {
        let mut orders = self.orders.iter();
        self.holds.iter().filter(move |hold| {
            let order = if hold.end == HoldEnd::Ordered { orders.next() } else { None };
            order.is_none_or(|order| order.money == Money::None)
        })
    }

    pub(super) const fn new(fan: u32, email: String) -> Self {
        Self {
            fan,
            email,
            holds: Vec::new(),
            orders: Vec::new(),
            waits: Vec::new(),
            violations: Vec::new(),
            end: End::Lost,
        }
    }

    #[cfg(test)]
    pub(crate) fn told(fan: u32, holds: Vec<HoldStory>, orders: Vec<OrderStory>) -> Self {
        Self { holds, orders, end: End::Bought, ..Self::new(fan, String::new()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_hold_of_somebody_who_paid_is_not_forgotten() {
        let hold = |places, end| HoldStory { name: HoldName::Id(String::new()), places, end };
        let order =
            |money| OrderStory { token: String::new(), places: 1, money, seen_tickets: true };
        let holds = vec![
            hold(1, HoldEnd::GivenBack),
            hold(2, HoldEnd::Ordered),
            hold(3, HoldEnd::Ordered),
            hold(4, HoldEnd::Left),
        ];
        let story = Story::told(7, holds, vec![order(Money::Paid), order(Money::None)]);
        let unpaid: Vec<u16> = story.unpaid().map(|hold| hold.places).collect();
        assert_eq!(unpaid, [1, 3, 4]);
    }
}
