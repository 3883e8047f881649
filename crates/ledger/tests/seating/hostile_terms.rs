//! Terms that nobody would write, through the front door: the sale refuses them or sells by them,
//! at any time, and never panics.

use std::sync::Arc;

use frontrow_ledger::{
    AreaId, BuyerKey, CategoryId, ChannelId, CommandId, HoldId, Machine, OrderId, Request, SeatId,
    TicketTypeId, Time,
    limits::{AREA_CAPACITY_MAX, COORDINATE_MAX, HOLD_CEILING_MS_MAX, PRICE_MAX, ROW_SEATS_MAX},
    machine::{Applied, Decision},
    sale::{
        Access, Allocation, Area, Category, Command, Currency, HoldTimes, OrderLimits, Point,
        Price, Refusal, Sale, Seat, Terms, Want, Window,
    },
};
use proptest::{collection::vec, option, prelude::*};

use crate::{hostile, house::category_id};

fn extreme() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => -2..3_i64,
        3 => 1..600_000_i64,
        1 => Just(i64::MIN),
        1 => Just(i64::MAX),
        1 => any::<i64>(),
    ]
}

fn category() -> impl Strategy<Value = CategoryId> {
    prop_oneof![6 => Just(0_u16), 5 => 1..4_u16, 1 => any::<u16>()].prop_map(CategoryId)
}

fn ticket_type() -> impl Strategy<Value = TicketTypeId> {
    prop_oneof![9 => Just(0_u16), 1 => any::<u16>()].prop_map(TicketTypeId)
}

fn price() -> impl Strategy<Value = Price> {
    (category(), ticket_type(), extreme()).prop_map(|(category, ticket_type, amount_minor)| Price {
        category,
        ticket_type,
        amount_minor,
    })
}

fn area() -> impl Strategy<Value = Area> {
    let capacity = prop_oneof![3 => 0..100_u32, 1 => Just(1_000_000), 1 => any::<u32>()];
    let multiple = prop_oneof![3 => 1..3_u16, 1 => any::<u16>()];
    (category(), capacity, multiple).prop_map(|(category, capacity, multiple)| Area {
        category,
        capacity,
        multiple,
    })
}

fn channels() -> impl Strategy<Value = Option<Vec<ChannelId>>> {
    option::of(vec(any::<u8>().prop_map(ChannelId), 0..4))
}

fn allocation() -> impl Strategy<Value = Allocation> {
    let types = option::of(vec(ticket_type(), 0..3));
    (any::<u32>(), option::of(vec(category(), 0..3)), types, channels()).prop_map(
        |(limit, categories, ticket_types, channels)| Allocation {
            limit,
            categories,
            ticket_types,
            channels,
        },
    )
}

fn window() -> impl Strategy<Value = Window> {
    let time = || option::of(extreme().prop_map(Time));
    (channels(), option::of(vec(ticket_type(), 0..3)), time(), time()).prop_map(
        |(channels, ticket_types, opens, closes)| Window { channels, ticket_types, opens, closes },
    )
}

fn hold_times() -> impl Strategy<Value = HoldTimes> {
    (vec(extreme(), 5), any::<u8>()).prop_map(|(ms, extensions)| HoldTimes {
        hold_ms: ms[0],
        jitter_ms: ms[1],
        extension_ms: ms[2],
        extensions,
        payment_ms: ms[3],
        ceiling_ms: ms[4],
    })
}

/// Sound but for what is listed, each with a good chance to be left as it is.
fn any_terms() -> impl Strategy<Value = Terms> {
    let limits = (any::<u16>(), option::of(any::<u16>()))
        .prop_map(|(per_order, per_buyer)| OrderLimits { per_order, per_buyer });
    let odd = (
        option::weighted(0.3, vec(price(), 0..6)),
        option::weighted(0.5, vec(area(), 0..4)),
        option::weighted(0.3, vec(allocation(), 0..4)),
        option::weighted(0.3, vec(window(), 0..4)),
        option::weighted(0.3, limits),
        option::weighted(0.3, hold_times()),
        option::weighted(0.2, any::<u16>()),
        option::weighted(0.2, any::<[u8; 3]>()),
    );
    (hostile::any_terms(), any::<bool>(), odd).prop_map(|(mut terms, no_seats, odd)| {
        if no_seats {
            terms.rows.clear();
        }
        let (prices, areas, allocations, windows, limits, hold, ticket_types, currency) = odd;
        terms.prices = prices.unwrap_or(terms.prices);
        terms.areas = areas.unwrap_or(terms.areas);
        terms.allocations = allocations.unwrap_or(terms.allocations);
        terms.windows = windows.unwrap_or(terms.windows);
        terms.limits = limits.unwrap_or(terms.limits);
        terms.hold = hold.unwrap_or(terms.hold);
        terms.ticket_types = ticket_types.unwrap_or(terms.ticket_types);
        terms.currency.0 = currency.unwrap_or(terms.currency.0);
        terms
    })
}

/// Brings everything just within the limits: still nothing that anybody would write, but sound.
fn mend(mut terms: Terms) -> Terms {
    terms.currency = Currency(*b"CZK");
    if terms.categories.is_empty() {
        terms.categories.push(Category { access: Access::Everyone });
    }
    terms.ticket_types = terms.ticket_types.clamp(1, 64);
    let (categories, types) = (terms.categories.len(), terms.ticket_types);
    let known = |category: CategoryId| category_id(usize::from(category.0) % categories);
    let near = |at: Point| Point {
        x: at.x.clamp(-COORDINATE_MAX, COORDINATE_MAX),
        y: at.y.clamp(-COORDINATE_MAX, COORDINATE_MAX),
    };
    terms.focus = near(terms.focus);
    terms.rows.retain(|row| !row.seats.is_empty());
    for row in &mut terms.rows {
        row.seats.truncate(ROW_SEATS_MAX);
        for seat in &mut row.seats {
            *seat = Seat { category: known(seat.category), at: near(seat.at) };
        }
    }
    terms.prices.retain(|price| price.category == known(price.category));
    terms.prices.retain(|price| price.ticket_type.0 < types);
    terms.prices.sort_by_key(|price| (price.category, price.ticket_type));
    terms.prices.dedup_by_key(|price| (price.category, price.ticket_type));
    for price in &mut terms.prices {
        price.amount_minor = price.amount_minor.clamp(0, PRICE_MAX);
    }
    for area in &mut terms.areas {
        area.capacity = area.capacity.min(AREA_CAPACITY_MAX);
        area.multiple = area.multiple.clamp(1, 50);
    }
    terms.areas.retain(|area| {
        let category = terms.categories.get(usize::from(area.category.0));
        category.is_some_and(|category| category.access != Access::Companion)
    });
    if terms.rows.is_empty() && terms.areas.is_empty() {
        terms.categories[0].access = Access::Everyone;
        terms.areas.push(Area { category: CategoryId(0), capacity: 0, multiple: 50 });
    }
    for allocation in &mut terms.allocations {
        *allocation = Allocation {
            limit: allocation.limit,
            categories: None,
            ticket_types: None,
            channels: allocation.channels.take().filter(|channels| !channels.is_empty()),
        };
    }
    terms.windows.retain(|window| {
        let ordered = window.opens.zip(window.closes).is_none_or(|(opens, closes)| opens < closes);
        let listed = |listed: &Vec<TicketTypeId>| {
            !listed.is_empty() && listed.iter().all(|listed| listed.0 < types)
        };
        ordered
            && window.channels.as_ref().is_none_or(|channels| !channels.is_empty())
            && window.ticket_types.as_ref().is_none_or(listed)
    });
    terms.limits.per_order = terms.limits.per_order.clamp(1, 50);
    terms.limits.per_buyer = terms.limits.per_buyer.filter(|&limit| limit > 0);
    let times = &mut terms.hold;
    times.ceiling_ms = times.ceiling_ms.clamp(1, HOLD_CEILING_MS_MAX);
    times.hold_ms = times.hold_ms.clamp(1, times.ceiling_ms);
    for ms in [&mut times.jitter_ms, &mut times.extension_ms, &mut times.payment_ms] {
        *ms = (*ms).clamp(0, times.ceiling_ms);
    }
    terms
}

fn any_want() -> impl Strategy<Value = Want> {
    let adults = vec(Just(TicketTypeId(0)), 1..12);
    let types = move || prop_oneof![6 => adults.clone(), 1 => vec(ticket_type(), 0..60)];
    let seat = prop_oneof![6 => 0..40_u32, 1 => any::<u32>()].prop_map(SeatId);
    prop_oneof![
        1 => vec((seat, ticket_type()), 0..3).prop_map(Want::Seats),
        3 => (category(), types(), any::<bool>()).prop_map(|(category, ticket_types, may_split)| {
            Want::Best { category, ticket_types, may_split }
        }),
        1 => (0..2_u16, types())
            .prop_map(|(area, ticket_types)| Want::Area { area: AreaId(area), ticket_types }),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    let hold = || (0..3_u128).prop_map(HoldId);
    prop_oneof![
        16 => (hold(), vec(any_want(), 1..3)).prop_map(|(hold, wants)| Command::Hold {
            hold,
            channel: ChannelId::WEB,
            wants,
        }),
        1 => hold().prop_map(|hold| Command::Extend { hold }),
        1 => hold().prop_map(|hold| Command::Reacquire { hold }),
        1 => hold().prop_map(|hold| Command::Checkout {
            hold,
            order: OrderId(hold.0),
            buyer: BuyerKey(1),
        }),
        1 => hold().prop_map(|hold| Command::Confirm { hold, order: OrderId(hold.0) }),
        1 => hold().prop_map(|hold| Command::Cancel { order: OrderId(hold.0), positions: None }),
    ]
}

fn submit(sale: &mut Sale, id: u128, command: Command) -> Result<(), Refusal> {
    let request = Request { id: CommandId(id), fingerprint: 0, command };
    if let Decision::Record(record) = sale.decide(&request)? {
        sale.apply(&Applied { id: request.id, fingerprint: 0, record });
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_terms_make_a_sale_panic(
        terms in any_terms(),
        mended in prop::bool::weighted(0.8),
        steps in vec((any_command(), option::weighted(0.1, extreme())), 0..30),
    ) {
        let terms = if mended { mend(terms) } else { terms };
        let sound = terms.faults().is_empty();
        prop_assert!(sound || !mended, "{:?}", terms.faults());
        let mut sale = Sale::default();
        let defined = submit(&mut sale, 0, Command::Define(Arc::new(terms)));
        prop_assert_eq!(defined.is_ok(), sound);
        prop_assert!(!sound || submit(&mut sale, 1, Command::Open).is_ok());
        for (id, (command, now)) in (2..).zip(steps) {
            if let Some(now) = now {
                sale.advance(Time(now));
            }
            let before = sale.now();
            let answer = submit(&mut sale, id, command);
            prop_assert!(sound || answer.is_err());
            prop_assert!(sale.now() >= before);
        }
    }
}

#[test]
fn unsound_terms_sell_nothing() {
    let mut sale = Sale::default();
    let want = Want::Best {
        category: category_id(0),
        ticket_types: vec![TicketTypeId(0)],
        may_split: true,
    };
    let hold = Command::Hold { hold: HoldId(1), channel: ChannelId::WEB, wants: vec![want] };
    assert_eq!(submit(&mut sale, 1, hold), Err(Refusal::NotDefined));
}
