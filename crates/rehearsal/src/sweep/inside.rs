//! Judges the log itself: `frontrow verify`, and everything that was acknowledged held against the records.

use std::collections::HashMap;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use frontrow_ledger::{
    ChannelId, HoldId, OrderId, SeatId,
    sale::{Place, Record, Totals},
};
use frontrow_log::{
    Log, Position, Stream,
    entries::{ReadError, read_page},
};
use frontrow_shop::{Shop, cart::CartId};

use super::Check;
use crate::{
    fan::{HoldName, Story},
    target::Target,
};

/// Why the log could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum InsideError {
    /// The audit ended early.
    #[error("the audit ended early")]
    Audit(#[source] frontrow_shop::Error),
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Read(#[source] ReadError),
    /// The database is another shop's.
    #[error("this database does not have the performance that was drilled")]
    OtherShop(#[source] frontrow_shop::Error),
}

/// What a log says, counted anew without the ledger's own state.
#[derive(Debug, Default)]
struct Replay {
    /// Places that a hold ever had at once.
    holds: HashMap<HoldId, usize>,
    /// Orders that a payment was opened for.
    opened: HashMap<OrderId, HoldId>,
    /// Places of each order that was sold, by index; empty once cancelled.
    sold: HashMap<OrderId, Vec<Option<Place>>>,
    /// Who has each place.
    owners: HashMap<Place, OrderId>,
    twice: Vec<String>,
}

/// Audits the shop, and looks up in its log everything that was acknowledged.
pub async fn inside(
    shop: &Shop,
    log: &dyn Log,
    target: &Target,
    stories: &[Story],
) -> Result<Vec<Check>, InsideError> {
    let (totals, free) = counts(shop, target).await.map_err(InsideError::OtherShop)?;
    let audit = audit(shop).await?;
    let replay = Replay::of(log, Stream::sale(target.performance.as_u128())).await?;
    let mut once = Check::new("inside", "no place is sold twice");
    once.examined = replay.owners.len() as u64;
    for twice in &replay.twice {
        once.examine(Some(twice.clone()));
    }
    let mut sums = Check::new("inside", "sold + held + free + blocked = capacity");
    let sold = replay.places_sold() as u64;
    let sum = sold + u64::from(totals.held) + u64::from(totals.blocked) + free;
    let right = sum == u64::from(totals.capacity);
    sums.examine((!right).then(|| {
        format!("{sold} + {} + {free} + {} is not {}", totals.held, totals.blocked, totals.capacity)
    }));
    Ok(vec![audit, once, sums, holds(shop, target, stories, &replay), orders(stories, &replay)])
}

/// What the ledger has counted, and what counting the map gives, at one moment of the log.
async fn counts(shop: &Shop, target: &Target) -> Result<(Totals, u64), frontrow_shop::Error> {
    /// Holds lapse meanwhile, a few a second.
    const TRIES_MAX: u32 = 100;
    let (mut tries, performance) = (0, target.performance);
    loop {
        let before = shop.snapshot(performance).await?;
        let totals = shop.performance(performance, ChannelId::WEB).await?.sale.totals;
        let after = shop.snapshot(performance).await?;
        tries += 1;
        if before.version() == after.version() || tries == TRIES_MAX {
            let seats = u32::try_from(target.drawing.seats()).unwrap_or(u32::MAX);
            let seats = (0..seats).map(SeatId).filter(|seat| after.is_free(*seat)).count() as u64;
            let areas: u64 = after.areas.iter().map(|left| u64::from(*left)).sum();
            return Ok((totals, seats + areas));
        }
    }
}

async fn audit(shop: &Shop) -> Result<Check, InsideError> {
    let report = shop.verify(|_| {}).await.map_err(InsideError::Audit)?;
    let mut check =
        Check::new("inside", "replay, invariants, snapshots, orders, tickets and money agree");
    check.examined = report.records + report.orders + report.tickets;
    for fault in &report.faults {
        check.examine(Some(format!("{}: {}", fault.stream, fault.problem)));
    }
    Ok(check)
}

fn holds(shop: &Shop, target: &Target, stories: &[Story], replay: &Replay) -> Check {
    let mut check = Check::new("inside", "every acknowledged hold is in the log");
    for story in stories {
        for hold in &story.holds {
            let ids = match &hold.name {
                HoldName::Id(id) => u128::from_str_radix(id, 16).map(HoldId).into_iter().collect(),
                HoldName::Cart(jar) => {
                    let visit = jar.get("visit").and_then(|value| value.split('.').next());
                    let cart = visit.and_then(|id| u128::from_str_radix(id, 16).ok());
                    let of = |cart| shop.holds_of(CartId(cart), target.performance);
                    cart.map(of).unwrap_or_default()
                }
            };
            let most = ids.iter().filter_map(|id| replay.holds.get(id)).max();
            let there = most.is_some_and(|most| *most >= usize::from(hold.places));
            check.examine((!there).then(|| format!("{} places of fan {}", hold.places, story.fan)));
        }
    }
    check
}

fn orders(stories: &[Story], replay: &Replay) -> Check {
    let mut check = Check::new("inside", "every acknowledged order is in the log");
    for story in stories {
        for order in &story.orders {
            let id = order_id(&order.token);
            let opened = id.is_some_and(|id| replay.opened.contains_key(&id));
            let sold = id.and_then(|id| replay.sold.get(&id)).map(Vec::len);
            let there = if order.seen_tickets {
                sold == Some(usize::from(order.places))
            } else {
                opened || sold.is_some()
            };
            check
                .examine((!there).then(|| format!("{} places of fan {}", order.places, story.fan)));
        }
    }
    check
}

/// A link's secret begins with the order's id.
fn order_id(token: &str) -> Option<OrderId> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    bytes.first_chunk::<16>().map(|id| OrderId(u128::from_be_bytes(*id)))
}

impl Replay {
    async fn of(log: &dyn Log, stream: Stream) -> Result<Self, InsideError> {
        let (mut replay, mut at) = (Self::default(), Position::START);
        loop {
            let page = read_page::<Record>(log, stream, at).await.map_err(InsideError::Read)?;
            for (position, entry) in page.entries {
                at = position;
                for applied in &entry.applied {
                    replay.record(&applied.record);
                }
            }
            if !page.more {
                return Ok(replay);
            }
        }
    }

    fn record(&mut self, record: &Record) {
        match record {
            Record::Held { hold, positions, .. } => {
                *self.holds.entry(*hold).or_default() += positions.len();
            }
            Record::CheckedOut { hold, order, .. } => {
                self.opened.insert(*order, *hold);
            }
            Record::Confirmed { order, positions, .. } => {
                for position in positions.iter() {
                    let Place::Seat(seat) = position.place else { continue };
                    if let Some(other) = self.owners.insert(position.place, *order)
                        && other != *order
                    {
                        self.twice.push(format!("seat {seat}: orders {} and {}", other.0, order.0));
                    }
                }
                let places = positions.iter().map(|position| Some(position.place)).collect();
                self.sold.insert(*order, places);
            }
            Record::Cancelled { order, positions } => {
                let places = self.sold.entry(*order).or_default();
                for index in positions {
                    let gone = places.get_mut(usize::from(*index)).and_then(Option::take);
                    if let Some(place) = gone {
                        self.owners.remove(&place);
                    }
                }
            }
            _ => {}
        }
    }

    fn places_sold(&self) -> usize {
        self.sold.values().flatten().flatten().count()
    }
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::{CategoryId, TicketTypeId, sale::Position};

    use super::*;
    use crate::fan::{HoldEnd, HoldStory, Money, OrderStory};

    fn sold(order: u128, seats: &[u32]) -> Record {
        let position = |seat: &u32| Position {
            place: Place::Seat(SeatId(*seat)),
            category: CategoryId(0),
            ticket_type: TicketTypeId(0),
            price_minor: 1,
        };
        let positions = seats.iter().map(position).collect();
        Record::Confirmed { hold: HoldId(order), order: OrderId(order), positions }
    }

    fn story(order: OrderStory) -> Story {
        let hold = HoldStory {
            name: HoldName::Id(format!("{:032x}", 7)),
            places: 2,
            end: HoldEnd::Ordered,
        };
        Story::told(1, vec![hold], vec![order])
    }

    fn token(order: u128) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([order.to_be_bytes(), [0; 16]].concat())
    }

    #[test]
    fn a_seat_that_two_orders_have_is_found_and_a_cancelled_one_is_not() {
        let mut replay = Replay::default();
        replay.record(&sold(1, &[1, 2]));
        replay.record(&Record::Cancelled { order: OrderId(1), positions: vec![1] });
        replay.record(&sold(2, &[2]));
        assert_eq!((replay.twice.len(), replay.places_sold()), (0, 2));
        replay.record(&sold(3, &[1]));
        assert_eq!(replay.twice.len(), 1);
    }

    #[test]
    fn an_order_that_is_not_in_the_log_is_found() {
        let mut replay = Replay::default();
        replay.record(&sold(1, &[1, 2]));
        let order = |id, seen_tickets| OrderStory {
            token: token(id),
            places: 2,
            money: Money::Paid,
            seen_tickets,
        };
        assert!(orders(&[story(order(1, true))], &replay).holds());
        assert!(!orders(&[story(order(2, true))], &replay).holds());
        assert!(!orders(&[story(order(2, false))], &replay).holds());
        replay.opened.insert(OrderId(2), HoldId(2));
        assert!(orders(&[story(order(2, false))], &replay).holds());
        assert!(!orders(&[story(order(2, true))], &replay).holds(), "tickets that were never sold");
    }
}
