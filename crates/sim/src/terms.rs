//! Random sales: small, so that everything in them is fought for.

use frontrow_ledger::{
    AllocationId, AreaId, CategoryId, ChannelId, TicketTypeId, Time,
    sale::{
        Access, Allocation, Area, AreaCapacity, Category, Currency, HoldTimes, OrderLimits, Point,
        Price, Row, Seat, Terms, Window,
    },
};
use rand::{RngExt, rngs::SmallRng, seq::IndexedRandom};

/// When every simulated sale begins.
pub(crate) const BEGINNING: Time = Time(1_800_000_000_000);
/// Times in terms are multiples of this and clocks tick by multiples of it, so that things fall due at the very
/// moment at which something else happens.
pub(crate) const TICK_MS: i64 = 250;

pub(crate) const CHANNELS: [ChannelId; 3] =
    [ChannelId::WEB, ChannelId::BOX_OFFICE, ChannelId::PRESALE];

/// Terms that a ledger accepts.
pub(crate) fn random_terms(random: &mut SmallRng) -> Terms {
    let mut categories = vec![Category { access: Access::Everyone }; random.random_range(1..=3)];
    let wheelchairs = random.random_bool(0.5);
    if wheelchairs {
        categories.push(Category { access: Access::Wheelchair });
        categories.push(Category { access: Access::Companion });
    }
    let ticket_types = random.random_range(1..=3);
    let rows = random_rows(random, &categories);
    let mut areas = Vec::new();
    let everyone = categories.len() - if wheelchairs { 2 } else { 0 };
    let areas_count = if rows.is_empty() { 1..=3 } else { 0..=3 };
    for _ in 0..random.random_range(areas_count) {
        let multiple = if random.random_bool(0.8) { 1 } else { 2 };
        areas.push(Area {
            category: category(random.random_range(0..everyone)),
            capacity: random.random_range(2..=30) * u32::from(multiple),
            multiple,
        });
    }
    let allocations = (0..random.random_range(0..=3))
        .map(|_| random_allocation(random, categories.len(), ticket_types))
        .collect();
    Terms {
        currency: Currency(*b"CZK"),
        prices: random_prices(random, categories.len(), ticket_types),
        ticket_types,
        rows,
        areas,
        focus: Point { x: 0, y: 0 },
        allocations,
        windows: random_windows(random, ticket_types, BEGINNING),
        limits: random_limits(random),
        hold: random_times(random),
        categories,
    }
}

fn random_rows(random: &mut SmallRng, categories: &[Category]) -> Vec<Row> {
    let everyone = categories.iter().filter(|known| known.access == Access::Everyone).count();
    let mut rows = Vec::new();
    for row in 0..random.random_range(0..=5) {
        let zone = category(random.random_range(0..everyone));
        let aisle = random.random_range(2..8);
        let mut seats = Vec::new();
        for place in 0..random.random_range(3..=10) {
            let x = place * 5 + if place >= aisle { 10 } else { 0 };
            seats.push(Seat { category: zone, at: Point { x: x - 25, y: 50 + row * 10 } });
        }
        rows.push(Row { section: u16::from(row > 2), seats });
    }
    if everyone < categories.len() {
        // Wheelchair places with their companions, side by side.
        let mut seats = Vec::new();
        for place in 0..random.random_range(1..=3) * 2 {
            let zone = category(everyone + usize::from(place % 2 == 1));
            seats.push(Seat { category: zone, at: Point { x: place * 5, y: 120 } });
        }
        rows.push(Row { section: 2, seats });
    }
    rows
}

/// Nearly every pair is sold; amounts differ, so that a wrong price is noticed.
pub(crate) fn random_prices(
    random: &mut SmallRng,
    categories: usize,
    ticket_types: u16,
) -> Vec<Price> {
    let mut prices = Vec::new();
    for zone in 0..categories {
        for ticket_type in 0..ticket_types {
            if ticket_type == 0 || random.random_bool(0.9) {
                prices.push(Price {
                    category: category(zone),
                    ticket_type: TicketTypeId(ticket_type),
                    amount_minor: random.random_range(0..100_000),
                });
            }
        }
    }
    prices
}

/// A limit that is easily reached.
pub(crate) fn random_allocation(
    random: &mut SmallRng,
    categories: usize,
    ticket_types: u16,
) -> Allocation {
    let all = (0..categories).map(category).collect::<Vec<_>>();
    Allocation {
        limit: random.random_range(2..=40),
        categories: some_of(random, &all),
        ticket_types: random_ticket_types(random, ticket_types),
        channels: some_of(random, &CHANNELS),
    }
}

/// Windows that open and close soon; often none.
pub(crate) fn random_windows(random: &mut SmallRng, ticket_types: u16, now: Time) -> Vec<Window> {
    if random.random_bool(0.4) {
        return Vec::new();
    }
    (0..random.random_range(1..=2))
        .map(|_| {
            let opens = random.random_range(-10..20) * TICK_MS;
            let closes = opens + random.random_range(1..60) * TICK_MS;
            Window {
                channels: some_of(random, &CHANNELS),
                ticket_types: random_ticket_types(random, ticket_types),
                opens: random.random_bool(0.7).then(|| now.plus_ms(opens)),
                closes: random.random_bool(0.7).then(|| now.plus_ms(closes)),
            }
        })
        .collect()
}

/// Limits that are easily reached.
pub(crate) fn random_limits(random: &mut SmallRng) -> OrderLimits {
    OrderLimits {
        per_order: random.random_range(2..=10),
        per_buyer: random.random_bool(0.7).then(|| random.random_range(2..=12)),
    }
}

/// A new size for one of the areas.
pub(crate) fn random_capacity(random: &mut SmallRng, areas: &[Area]) -> Option<AreaCapacity> {
    let index = random.random_range(0..areas.len().max(1));
    let area = areas.get(index)?;
    let capacity = random.random_range(0..=30) * u32::from(area.multiple);
    Some(AreaCapacity { area: AreaId(number(index)), capacity })
}

/// One of the allocations, or the next one.
pub(crate) fn random_allocation_id(random: &mut SmallRng, count: usize) -> AllocationId {
    AllocationId(number(random.random_range(0..=count.min(6))))
}

fn random_times(random: &mut SmallRng) -> HoldTimes {
    let mut ticks = |most: i64| random.random_range(1..=most) * TICK_MS;
    let hold_ms = ticks(80);
    let payment_ms = ticks(80);
    HoldTimes {
        hold_ms,
        jitter_ms: if hold_ms % 2 == 0 { ticks(8) } else { 0 },
        extension_ms: ticks(40),
        extensions: 2,
        payment_ms,
        ceiling_ms: hold_ms.max(payment_ms) + ticks(100),
    }
}

fn random_ticket_types(random: &mut SmallRng, ticket_types: u16) -> Option<Vec<TicketTypeId>> {
    let all = (0..ticket_types).map(TicketTypeId).collect::<Vec<_>>();
    some_of(random, &all)
}

/// `None`, which means all, or one or two of them.
fn some_of<T: Copy + PartialEq>(random: &mut SmallRng, all: &[T]) -> Option<Vec<T>> {
    if random.random_bool(0.4) {
        return None;
    }
    let mut some = vec![*all.choose(random)?];
    if let Some(other) = all.choose(random).filter(|other| !some.contains(other)) {
        some.push(*other);
    }
    Some(some)
}

pub(crate) fn category(index: usize) -> CategoryId {
    CategoryId(number(index))
}

fn number(index: usize) -> u16 {
    u16::try_from(index).expect("a simulated sale is small")
}
