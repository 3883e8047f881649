//! Terms that contradict themselves are refused, each fault by its place.

use std::sync::Arc;

use frontrow_ledger::{
    CategoryId, ChannelId, TicketTypeId, Time,
    limits::{AREA_CAPACITY_MAX, COORDINATE_MAX, FAULTS_LISTED, PRICE_MAX},
    sale::{Access, Allocation, Category, Command, Currency, Price, Row, Terms, Window},
};

use crate::world::{World, at_most, terms};

type Spoil = fn(&mut Terms);

const SPOILT: [(&str, Spoil); 36] = [
    ("/currency", |terms| terms.currency = Currency(*b"eur")),
    ("/categories", |terms| terms.categories = vec![Category { access: Access::Everyone }; 65]),
    ("/ticket_types", |terms| terms.ticket_types = 65),
    ("/prices/0/category", |terms| terms.prices[0].category = CategoryId(4)),
    ("/prices/1/ticket_type", |terms| terms.prices[1].ticket_type = TicketTypeId(3)),
    ("/prices/2/amount_minor", |terms| terms.prices[2].amount_minor = PRICE_MAX + 1),
    ("/prices/2/amount_minor", |terms| terms.prices[2].amount_minor = -1),
    ("/prices/8", |terms| terms.prices.push(Price { amount_minor: 1, ..terms.prices[0] })),
    ("/rows", |terms| {
        terms.rows.clear();
        terms.areas.clear();
    }),
    ("/rows", |terms| terms.rows = vec![terms.rows[0].clone(); 20_001]),
    ("/rows", |terms| {
        let row = Row { section: 0, seats: vec![terms.rows[0].seats[0]; 250] };
        terms.rows = vec![row; 601];
    }),
    ("/rows/1/seats", |terms| terms.rows[1].seats.clear()),
    ("/rows/1/seats", |terms| terms.rows[1].seats = vec![terms.rows[0].seats[0]; 256]),
    ("/rows/0/seats/4/category", |terms| terms.rows[0].seats[4].category = CategoryId(9)),
    ("/rows/2/seats/3/at", |terms| terms.rows[2].seats[3].at.x = COORDINATE_MAX + 1),
    ("/rows/2/seats/3/at", |terms| terms.rows[2].seats[3].at.y = i32::MIN),
    ("/areas", |terms| terms.areas = vec![terms.areas[0]; 201]),
    ("/areas/1/category", |terms| terms.areas[1].category = CategoryId(9)),
    ("/areas/1/category", |terms| terms.areas[1].category = crate::world::COMPANION),
    ("/areas/0/capacity", |terms| terms.areas[0].capacity = AREA_CAPACITY_MAX + 1),
    ("/areas/0/multiple", |terms| terms.areas[0].multiple = 0),
    ("/areas/0/multiple", |terms| terms.areas[0].multiple = 51),
    ("/focus", |terms| terms.focus.x = i32::MAX),
    ("/allocations/256", |terms| terms.allocations = vec![at_most(1, TicketTypeId(0)); 257]),
    ("/allocations/0/ticket_types", |terms| {
        terms.allocations = vec![at_most(1, TicketTypeId(3))];
    }),
    ("/allocations/0/categories", |terms| {
        let categories = Some(vec![CategoryId(4)]);
        let all = Allocation { limit: 1, categories, ticket_types: None, channels: None };
        terms.allocations = vec![all];
    }),
    ("/allocations/0/channels", |terms| {
        let channels = Some(Vec::new());
        let none = Allocation { limit: 1, categories: None, ticket_types: None, channels };
        terms.allocations = vec![none];
    }),
    ("/windows", |terms| terms.windows = vec![window(None, None); 257]),
    ("/windows/0/closes", |terms| terms.windows = vec![window(Some(5), Some(5))]),
    ("/windows/1/channels", |terms| {
        let channels = Some(vec![ChannelId::WEB; 257]);
        terms.windows = vec![window(None, None), Window { channels, ..window(None, None) }];
    }),
    ("/limits/per_order", |terms| terms.limits.per_order = 0),
    ("/limits/per_order", |terms| terms.limits.per_order = 51),
    ("/limits/per_buyer", |terms| terms.limits.per_buyer = Some(0)),
    ("/hold/hold_ms", |terms| terms.hold.hold_ms = 0),
    ("/hold/jitter_ms", |terms| terms.hold.jitter_ms = -1),
    ("/hold/ceiling_ms", |terms| terms.hold.ceiling_ms = 24 * 60 * 60 * 1_000 + 1),
];

fn window(opens: Option<i64>, closes: Option<i64>) -> Window {
    Window { channels: None, ticket_types: None, opens: opens.map(Time), closes: closes.map(Time) }
}

#[test]
fn each_fault_is_told_by_its_place_and_nothing_is_defined() {
    assert_eq!(terms().faults(), []);
    for (field, spoil) in SPOILT {
        let mut spoilt = terms();
        spoil(&mut spoilt);
        let faults = spoilt.faults();
        assert_eq!(faults.first().map(|fault| fault.field.as_str()), Some(field), "{faults:?}");
        let mut world = World::empty();
        assert_eq!(world.refuse(Command::Define(Arc::new(spoilt))).code(), "bad-terms");
        assert!(world.sale.book().is_none());
    }
}

#[test]
fn all_faults_are_listed_up_to_a_bound() {
    let mut spoilt = terms();
    spoilt.currency = Currency([0; 3]);
    spoilt.focus.y = i32::MAX;
    spoilt.hold.payment_ms = -5;
    let fields: Vec<_> = spoilt.faults().into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["/currency", "/focus", "/hold/payment_ms"]);

    let mut seat = terms().rows[0].seats[0];
    seat.category = CategoryId(99);
    spoilt.rows = vec![Row { section: 0, seats: vec![seat; 200] }; 100];
    assert_eq!(spoilt.faults().len(), FAULTS_LISTED);
}

#[test]
fn the_organiser_s_changes_are_checked_alike() {
    let mut world = World::open(terms());
    let mut prices = terms().prices;
    prices[3].amount_minor = -1;
    let refusal = world.refuse(Command::Reprice(prices));
    assert_eq!(refusal.to_string(), "/prices/3/amount_minor: must be 0 to 1000000000");
    let refusal = world.refuse(Command::SetWindows(vec![window(Some(2), Some(1))]));
    assert_eq!(refusal.to_string(), "/windows/0/closes: must be after it opens");
    let allocation = crate::world::allocation(0);
    let refusal = world.refuse(Command::SetAllocation(allocation, at_most(1, TicketTypeId(9))));
    assert_eq!(refusal.to_string(), "/allocations/0/ticket_types: no such ticket type");
    assert_eq!(world.book().terms(), &terms());
}

#[test]
fn the_largest_house_is_accepted() {
    let mut largest = terms();
    let row = Row { section: 0, seats: vec![largest.rows[0].seats[0]; 250] };
    largest.rows = vec![row; 600];
    assert_eq!(largest.faults(), []);
    let world = World::defined(largest);
    assert_eq!(world.book().seats_count(), 150_000);
    assert_eq!(world.book().totals().capacity, 150_000 + 10 + 6);
    drop(world.sale.clone());
    assert_eq!(world.sale.book().unwrap().seats_taken(), vec![0; 150_000 / 8]);
}
