//! What is true of every sale at every moment, written once: tests, the simulation and `frontrow
//! verify` ask the same. What is true of every waiting room stands in
//! [`Room::audit`](crate::room::Room::audit).
//!
//! Each invariant has a name and recomputes what it checks from holds, orders and blocks, slowly
//! and plainly, without the code that keeps the sums.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    BuyerKey, ChannelId, HoldId, Machine,
    limits::{COMMANDS_REMEMBERED, LAPSED_HOLDS_REMEMBERED, PLACES_PER_HOLD_MAX},
    sale::{Access, Allocation, Book, Hold, Place, Position, Sale, Status, Totals},
};

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{invariant}: {detail}")]
pub struct Broken {
    /// Its name, one of [`names`].
    pub invariant: &'static str,
    /// Where.
    pub detail: String,
}

type Check = fn(&Sale, &Book) -> Result<(), String>;

const CHECKS: [(&str, Check); 9] = [
    ("each-place-has-one-owner", each_place_has_one_owner),
    ("places-add-up", places_add_up),
    ("best-available-sees-what-is-free", best_available_sees_what_is_free),
    ("allocations-count-what-is-taken", allocations_count_what_is_taken),
    ("buyers-count-what-is-theirs", buyers_count_what_is_theirs),
    ("holds-lapse-in-time", holds_lapse_in_time),
    ("holds-are-within-bounds", holds_are_within_bounds),
    ("a-hold-is-sold-once", a_hold_is_sold_once),
    ("memory-is-bounded", memory_is_bounded),
];

/// The names of all invariants, in the order they are checked.
pub fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(name, _)| *name)
}

/// Checks every invariant of a sale; the first that is broken is the answer.
pub fn check(sale: &Sale) -> Result<(), Broken> {
    let Some(book) = sale.book() else { return Ok(()) };
    for (invariant, check) in CHECKS {
        check(sale, book).map_err(|detail| Broken { invariant, detail })?;
    }
    Ok(())
}

/// No seat is in two carts, sold twice, or sold and blocked; each status says what its owner says.
fn each_place_has_one_owner(_: &Sale, book: &Book) -> Result<(), String> {
    let mut owners = vec![Status::Free; book.seats_count()];
    for (place, status) in owned(book) {
        let Place::Seat(seat) = place else { continue };
        match owners.get_mut(seat.index()) {
            Some(owner) if *owner == Status::Free => *owner = status,
            Some(owner) => return Err(format!("seat {seat} is {owner:?} and {status:?}")),
            None => return Err(format!("there is no seat {seat}")),
        }
    }
    equal("the status of seats", book.stock.seats(), &owners)
}

/// Sold + held + blocked + free is the capacity, in every area and every category.
fn places_add_up(_: &Sale, book: &Book) -> Result<(), String> {
    let terms = book.terms();
    let capacity = |capacity| Totals { capacity, ..Totals::default() };
    let mut areas: Vec<Totals> = terms.areas.iter().map(|area| capacity(area.capacity)).collect();
    let mut categories = vec![Totals::default(); terms.categories.len()];
    let seats = terms.rows.iter().flat_map(|row| &row.seats).map(|seat| (seat.category, 1));
    let standing = terms.areas.iter().map(|area| (area.category, area.capacity));
    for (category, places) in seats.chain(standing) {
        categories[usize::from(category.0)].capacity += places;
    }
    for (place, status) in owned(book) {
        let category = match place {
            Place::Seat(seat) => book.seat_category(seat).ok_or("a seat without a category")?,
            Place::Area(area) => {
                let index = usize::from(area.0);
                count(areas.get_mut(index).ok_or("no such area")?, status);
                terms.areas.get(index).ok_or("no such area")?.category
            }
        };
        count(&mut categories[usize::from(category.0)], status);
    }
    for totals in areas.iter().chain(&categories) {
        let taken = u64::from(totals.held) + u64::from(totals.sold) + u64::from(totals.blocked);
        if taken > u64::from(totals.capacity) {
            return Err(format!("oversold: {totals:?}"));
        }
    }
    equal("areas", book.areas(), &areas)?;
    equal("categories", book.categories(), &categories)
}

fn best_available_sees_what_is_free(_: &Sale, book: &Book) -> Result<(), String> {
    let seating = &book.stock.seating;
    let mut free_in = vec![0; book.terms().categories.len()];
    for (status, seat) in book.stock.seats().iter().zip(0..).map(|(s, n)| (*s, crate::SeatId(n))) {
        if seating.is_free(seat) != (status == Status::Free) {
            return Err(format!("seat {seat} is {status:?}"));
        }
        let category = book.seat_category(seat).ok_or("a seat without a category")?;
        free_in[usize::from(category.0)] += u32::from(status == Status::Free);
    }
    let known: Vec<u32> = (0..free_in.len())
        .map(|category| seating.free_in(crate::CategoryId(u16::try_from(category).unwrap_or(0))))
        .collect();
    equal("free seats by category", &known, &free_in)
}

fn allocations_count_what_is_taken(_: &Sale, book: &Book) -> Result<(), String> {
    for (allocation, index) in book.terms().allocations.iter().zip(0u16..) {
        let taken = taken(book)
            .filter(|(channel, position)| applies(allocation, *channel, position))
            .count();
        let taken = u32::try_from(taken).map_err(|_| "too many")?;
        let left = book.allocation_left(crate::AllocationId(index));
        let expected = Some(allocation.limit.saturating_sub(taken));
        if left != expected {
            return Err(format!("allocation {index} has {left:?} left, not {expected:?}"));
        }
    }
    Ok(())
}

fn buyers_count_what_is_theirs(_: &Sale, book: &Book) -> Result<(), String> {
    let mut expected: BTreeMap<BuyerKey, usize> = BTreeMap::new();
    for (_, hold) in live(book) {
        if let Some(payment) = hold.payment {
            *expected.entry(payment.buyer).or_default() += hold.positions.len();
        }
    }
    for (_, order) in book.orders() {
        *expected.entry(order.buyer).or_default() += order.valid().count();
    }
    expected.retain(|_, places| *places > 0);
    let known: BTreeMap<BuyerKey, usize> =
        book.buyers.iter().map(|(buyer, places)| (buyer, places.try_into().unwrap_or(0))).collect();
    if known == expected { Ok(()) } else { Err(format!("{known:?}, not {expected:?}")) }
}

/// The queue of expiries is that of the live holds, and nothing in it is due.
fn holds_lapse_in_time(sale: &Sale, book: &Book) -> Result<(), String> {
    let expected: BTreeSet<_> = live(book).map(|(id, hold)| (hold.until, id)).collect();
    let queued: BTreeSet<_> = book.holds.queued().collect();
    if queued != expected {
        return Err(format!("{queued:?}, not {expected:?}"));
    }
    let (next, live) = (book.holds.next_due(), book.holds.live());
    if (next, live) != (expected.first().copied(), expected.len()) {
        return Err(format!("{next:?} is next of {live}, not of {expected:?}"));
    }
    match book.next_lapse().filter(|until| *until <= sale.now()) {
        Some(until) => Err(format!("a hold should have lapsed at {until}")),
        None => Ok(()),
    }
}

fn holds_are_within_bounds(_: &Sale, book: &Book) -> Result<(), String> {
    for (id, hold) in book.holds.iter() {
        let ceiling = hold.created.plus_ms(book.terms().hold.ceiling_ms);
        let seats: Vec<_> = hold.positions.iter().map(|position| position.place).collect();
        let alone =
            hold.positions.iter().find(|position| is_lone_companion(book, position, &seats));
        let fault = match alone {
            _ if hold.positions.is_empty() => "it is empty",
            _ if hold.positions.len() > PLACES_PER_HOLD_MAX => "it has too many places",
            _ if hold.is_live() && hold.until > ceiling => "it is held beyond the ceiling",
            _ if hold.extended > book.terms().hold.extensions => "it was extended too often",
            _ if book.order_of(id).is_some() => "it is a hold and an order",
            Some(_) => "a companion place without its wheelchair place",
            None => continue,
        };
        return Err(format!("a hold made at {}: {fault}", hold.created));
    }
    Ok(())
}

fn a_hold_is_sold_once(_: &Sale, book: &Book) -> Result<(), String> {
    for (id, order) in book.orders() {
        if book.order_of(order.hold) != Some(id) {
            return Err(format!("the hold of order {id} is another order"));
        }
    }
    equal("orders and sold holds", &[book.orders.holds_count()], &[book.orders_count()])
}

fn memory_is_bounded(sale: &Sale, book: &Book) -> Result<(), String> {
    let (commands, lapsed) = (sale.commands_remembered(), book.holds.lapsed().len());
    if commands > COMMANDS_REMEMBERED || lapsed > LAPSED_HOLDS_REMEMBERED {
        return Err(format!("{commands} commands and {lapsed} lapsed holds are remembered"));
    }
    Ok(())
}

fn live(book: &Book) -> impl Iterator<Item = (HoldId, &Hold)> {
    book.holds.iter().filter(|(_, hold)| hold.is_live())
}

/// Every place that somebody holds or has bought, with the channel it came through.
fn taken(book: &Book) -> impl Iterator<Item = (ChannelId, &Position)> {
    let held = live(book)
        .flat_map(|(_, hold)| hold.positions.iter().map(|position| (hold.channel, position)));
    let sold = book
        .orders()
        .flat_map(|(_, order)| order.valid_positions().map(|position| (order.channel, position)));
    held.chain(sold)
}

/// Every place that is not free, as its owner says, one entry each.
fn owned(book: &Book) -> impl Iterator<Item = (Place, Status)> {
    let held = live(book).flat_map(|(_, hold)| hold.positions.iter());
    let sold = book.orders().flat_map(|(_, order)| order.valid_positions());
    let blocked = book.blocks().flat_map(|(_, block)| {
        let seats = block.places.seats.iter().map(|seat| Place::Seat(*seat));
        let areas = block.places.areas.iter().flat_map(|(area, places)| {
            std::iter::repeat_n(Place::Area(*area), usize::try_from(*places).unwrap_or(0))
        });
        seats.chain(areas)
    });
    let held = held.map(|position| (position.place, Status::Held));
    let sold = sold.map(|position| (position.place, Status::Sold));
    held.chain(sold).chain(blocked.map(|place| (place, Status::Blocked)))
}

fn applies(allocation: &Allocation, channel: ChannelId, position: &Position) -> bool {
    let Allocation { limit: _, categories, ticket_types, channels } = allocation;
    categories.as_ref().is_none_or(|listed| listed.contains(&position.category))
        && ticket_types.as_ref().is_none_or(|listed| listed.contains(&position.ticket_type))
        && channels.as_ref().is_none_or(|listed| listed.contains(&channel))
}

fn is_lone_companion(book: &Book, position: &Position, party: &[Place]) -> bool {
    let Place::Seat(seat) = position.place else { return false };
    let partner = book.stock.seating.partner(seat).map(Place::Seat);
    book.access(position.category) == Some(Access::Companion)
        && !partner.is_some_and(|partner| party.contains(&partner))
}

fn count(totals: &mut Totals, status: Status) {
    match status {
        Status::Free => {}
        Status::Held => totals.held += 1,
        Status::Sold => totals.sold += 1,
        Status::Blocked => totals.blocked += 1,
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    known: &[T],
    expected: &[T],
) -> Result<(), String> {
    let unequal = known.iter().zip(expected).position(|(known, expected)| known != expected);
    match unequal {
        Some(at) => {
            let (known, expected) = (known.get(at), expected.get(at));
            Err(format!("{what}, at {at}: {known:?}, not {expected:?}"))
        }
        None if known.len() != expected.len() => Err(format!("{what}: not as many")),
        None => Ok(()),
    }
}
