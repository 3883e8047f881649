//! What the log decided, in the tables.

use std::sync::Arc;

use frontrow_ledger::{
    AreaId, BlockId, CategoryId, ChannelId, CommandId, Entry, HoldId, OrderId, SeatId,
    TicketTypeId, Time,
    machine::Applied,
    sale::{
        Access, Area, AreaCapacity, BlockKind, Category, Currency, HoldTimes, OrderLimits, Places,
        Point, Position as SalePosition, Price, Record, Row, Seat, Terms, Window,
    },
};
use frontrow_log::{Position, Stream};
use frontrow_store::{
    Error,
    catalogue::SaleState,
    orders::{NewOrder, OrderState},
    payments::{NewPayment, PaymentChange, PaymentState},
    projection::{JOB_ORDER_CANCELLED, JOB_ORDER_CONFIRMED, Projected},
    tickets::{TicketState, ticket_id},
};
use uuid::Uuid;

use crate::world::{NOW, World, at_once};

pub type Entries = Vec<(Position, Entry<Record>)>;

/// Entries from position 1, each with these records, a millisecond apart.
pub fn entries(records: Vec<Vec<Record>>) -> Entries {
    let mut command = 0;
    let mut applied = |record| {
        command += 1;
        Applied { id: CommandId(command), fingerprint: 0, record }
    };
    let entry = |(index, records): (u64, Vec<Record>)| {
        let now = NOW.plus_ms(i64::try_from(index).unwrap());
        let applied = records.into_iter().map(&mut applied).collect();
        (Position(index), Entry { now, applied })
    };
    (1..).zip(records).map(entry).collect()
}

/// Four seats and an area of ten, at 100 and 200 crowns.
pub fn terms() -> Terms {
    let price = |ticket_type, amount_minor| Price {
        category: CategoryId(0),
        ticket_type: TicketTypeId(ticket_type),
        amount_minor,
    };
    let at = Point { x: 0, y: 0 };
    Terms {
        currency: Currency(*b"CZK"),
        categories: vec![Category { access: Access::Everyone }],
        ticket_types: 2,
        prices: vec![price(0, 20_000), price(1, 10_000)],
        rows: vec![Row { section: 0, seats: vec![Seat { category: CategoryId(0), at }; 4] }],
        areas: vec![Area { category: CategoryId(0), capacity: 10, multiple: 1 }],
        focus: at,
        allocations: Vec::new(),
        windows: vec![
            window(Some(vec![ChannelId::PRESALE]), Some(100)),
            window(Some(vec![ChannelId::WEB]), Some(900)),
            window(None, Some(500)),
        ],
        limits: OrderLimits { per_order: 10, per_buyer: None },
        hold: HoldTimes {
            hold_ms: 1,
            jitter_ms: 0,
            extension_ms: 1,
            extensions: 0,
            payment_ms: 1,
            ceiling_ms: 9,
        },
    }
}

fn window(channels: Option<Vec<ChannelId>>, opens: Option<i64>) -> Window {
    Window { channels, ticket_types: None, opens: opens.map(Time), closes: None }
}

pub fn confirmed(order: &NewOrder) -> Record {
    let position = |position: &frontrow_store::orders::NewPosition| SalePosition {
        place: position.place,
        category: position.category,
        ticket_type: position.ticket_type,
        price_minor: position.price_minor,
    };
    Record::Confirmed {
        hold: HoldId(order.hold_id.as_u128()),
        order: OrderId(order.id.as_u128()),
        positions: order.positions.iter().map(position).collect(),
    }
}

pub fn cancelled(order: &NewOrder, positions: &[u16]) -> Record {
    Record::Cancelled { order: OrderId(order.id.as_u128()), positions: positions.to_vec() }
}

pub fn stream(performance: Uuid) -> Stream {
    Stream::sale(performance.as_u128())
}

/// Defines and opens the sale of a performance.
pub async fn define(world: &World, performance: Uuid) {
    let entries = entries(vec![vec![Record::Defined(Arc::new(terms())), Record::Opened]]);
    let done = world.store.project(stream(performance), Position::START, &entries).await.unwrap();
    assert_eq!(done, Projected::Done(Position(1)));
}

pub async fn project(world: &World, entries: &Entries) {
    let stream = stream(world.performance);
    let done = world.store.project(stream, Position::START, entries).await.unwrap();
    assert_eq!(done, Projected::Done(entries.last().unwrap().0));
}

pub async fn a_confirmed_order_gets_tickets_and_a_mail(world: World) {
    let (new, other) = (world.new_order(), world.new_order());
    world.store.create_order(new.clone()).await.unwrap();
    world.store.create_order(other.clone()).await.unwrap();
    assert!(world.store.fail_order(new.id).await.unwrap());
    let define = Record::Defined(Arc::new(terms()));
    project(&world, &entries(vec![vec![define], vec![confirmed(&new)]])).await;
    let details = world.store.order_details(new.id).await.unwrap().unwrap();
    assert_eq!(details.order.state, OrderState::Paid, "late money sells a failed order too");
    assert_eq!(details.order.paid_at, Some(NOW.plus_ms(2)));
    assert_eq!(details.order.position, Some(2));
    assert_eq!(details.positions[0].label, new.positions[0].label);
    assert_eq!(details.positions[0].attendee_name, "Jana");
    let tickets: Vec<_> =
        details.tickets.iter().map(|ticket| (ticket.id, ticket.index, ticket.serial)).collect();
    assert_eq!(tickets, [(ticket_id(new.id, 0), 0, 1), (ticket_id(new.id, 1), 1, 2)]);
    assert!(details.tickets.iter().all(|ticket| ticket.state == TicketState::Valid));
    let ticket = world.store.ticket(details.tickets[1].id).await.unwrap();
    assert_eq!(ticket.as_ref(), Some(&details.tickets[1]));
    let by_serial = world.store.tickets_of_performance(world.performance, 1).await.unwrap();
    assert_eq!(by_serial, [details.tickets[1].clone()]);
    let later = NOW.plus_ms(100);
    let jobs = world.store.claim_jobs(&[JOB_ORDER_CONFIRMED], later, later, 10).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].payload, serde_json::json!({ "order": new.id }));
    let (_, sale) = world.store.performance(world.performance).await.unwrap().unwrap();
    assert_eq!((sale.places_left, sale.position), (12, 2));
    let other = world.store.order(other.id).await.unwrap().unwrap();
    assert_eq!(other.state, OrderState::Pending);
}

pub async fn a_sold_order_settles_what_paid_for_it(world: World) {
    let mut settled = Vec::new();
    for is_paid in [true, false] {
        let mut order = world.new_order();
        let id = world.id();
        order.payment = Some(NewPayment {
            id,
            order_id: order.id,
            provider: "bank".to_owned(),
            amount_minor: 50_000,
            currency: "CZK".to_owned(),
            expires_at: NOW,
            next_check_at: NOW,
            created_at: NOW,
        });
        world.store.create_order(order.clone()).await.unwrap();
        if is_paid {
            let change = PaymentChange {
                id,
                from: vec![PaymentState::Opening],
                to: PaymentState::Paid,
                next_check_at: Some(NOW),
                jobs: Vec::new(),
                now: NOW,
            };
            assert!(world.store.change_payment(change).await.unwrap());
        }
        settled.push((order, id));
    }
    let sold = settled.iter().map(|(order, _)| confirmed(order)).collect();
    project(&world, &entries(vec![vec![Record::Defined(Arc::new(terms()))], sold])).await;
    let payment =
        async |index: usize| world.store.payment(settled[index].1).await.unwrap().unwrap();
    let paid = payment(0).await;
    assert_eq!((paid.settled_at, paid.next_check_at), (Some(NOW.plus_ms(2)), None));
    // Nobody has said yet that this one is paid, so somebody has to ask.
    let open = payment(1).await;
    assert_eq!((open.settled_at, open.next_check_at), (None, Some(NOW)));
}

pub async fn a_cancelled_order_gives_back_its_tickets(world: World) {
    let (partly, whole) = (world.new_order(), world.new_order());
    world.store.create_order(partly.clone()).await.unwrap();
    world.store.create_order(whole.clone()).await.unwrap();
    project(
        &world,
        &entries(vec![
            vec![confirmed(&partly), confirmed(&whole), cancelled(&whole, &[0])],
            vec![cancelled(&partly, &[1]), cancelled(&whole, &[1])],
        ]),
    )
    .await;
    let details = world.store.order_details(partly.id).await.unwrap().unwrap();
    assert_eq!(details.order.state, OrderState::PartlyCancelled);
    assert_eq!(details.order.cancelled_at, None);
    assert_eq!(details.positions[0].cancelled_at, None);
    assert_eq!(details.positions[1].cancelled_at, Some(NOW.plus_ms(2)));
    assert_eq!(details.tickets[0].state, TicketState::Valid);
    assert_eq!(details.tickets[1].state, TicketState::Void);
    assert_eq!(details.tickets[1].voided_at, Some(NOW.plus_ms(2)));
    let details = world.store.order_details(whole.id).await.unwrap().unwrap();
    assert_eq!(details.order.state, OrderState::Cancelled);
    assert_eq!(details.order.cancelled_at, Some(NOW.plus_ms(2)));
    assert!(details.tickets.iter().all(|ticket| ticket.state == TicketState::Void));
    let later = NOW.plus_ms(100);
    let jobs = world.store.claim_jobs(&[JOB_ORDER_CANCELLED], later, later, 10).await.unwrap();
    let mut told: Vec<_> = jobs.into_iter().map(|job| job.payload.to_string()).collect();
    told.sort();
    let mut expected = [
        serde_json::json!({ "order": partly.id, "positions": [1] }).to_string(),
        serde_json::json!({ "order": whole.id, "positions": [0] }).to_string(),
        serde_json::json!({ "order": whole.id, "positions": [1] }).to_string(),
    ];
    expected.sort();
    assert_eq!(told, expected);
    let (_, sale) = world.store.performance(world.performance).await.unwrap().unwrap();
    assert_eq!(sale.capacity - sale.places_left, 1);
}

pub async fn a_performance_shows_what_the_log_says_of_its_sale(world: World) {
    let places = Places { seats: vec![SeatId(0), SeatId(1)], areas: vec![(AreaId(0), 3)] };
    let block = BlockId(1);
    let price = Price { category: CategoryId(0), ticket_type: TicketTypeId(0), amount_minor: 500 };
    let steps = [
        (Record::Defined(Arc::new(terms())), (SaleState::Closed, 14, 14)),
        (Record::Opened, (SaleState::Open, 14, 14)),
        (
            Record::Blocked {
                block,
                kind: BlockKind::House,
                reason: String::new(),
                places: places.clone(),
            },
            (SaleState::Open, 14, 9),
        ),
        (
            Record::Unblocked { block, places: Places { seats: vec![SeatId(0)], ..places } },
            (SaleState::Open, 14, 13),
        ),
        (
            Record::AreaCapacitySet(AreaCapacity { area: AreaId(0), capacity: 7 }),
            (SaleState::Open, 11, 10),
        ),
        (
            Record::AreaCapacitySet(AreaCapacity { area: AreaId(0), capacity: 20 }),
            (SaleState::Open, 24, 23),
        ),
        (Record::Repriced(vec![price]), (SaleState::Open, 24, 23)),
        (Record::WindowsSet(vec![window(None, None)]), (SaleState::Open, 24, 23)),
        (Record::Closed, (SaleState::Closed, 24, 23)),
    ];
    let all = entries(steps.iter().map(|(record, _)| vec![record.clone()]).collect());
    for (entry, (record, expected)) in all.iter().zip(steps) {
        let after = Position(entry.0.0 - 1);
        let one = std::slice::from_ref(entry);
        let done = world.store.project(stream(world.performance), after, one).await.unwrap();
        assert_eq!(done, Projected::Done(entry.0));
        // What is announced anew does not touch it.
        let announced = world.performance(world.performance, world.event, NOW.plus_ms(1_000));
        world.store.put_performance(&announced).await.unwrap();
        let (_, sale) = world.store.performance(world.performance).await.unwrap().unwrap();
        assert_eq!((sale.state, sale.capacity, sale.places_left), expected, "{record:?}");
        assert_eq!(sale.position, entry.0.0);
        match record {
            Record::Defined(_) => {
                assert_eq!((sale.price_from, sale.price_to), (Some(10_000), Some(20_000)));
                assert_eq!(sale.on_sale_from, Some(Time(500)));
            }
            Record::Repriced(_) => assert_eq!(sale.price_to, Some(500)),
            Record::WindowsSet(_) => assert_eq!(sale.on_sale_from, None),
            _ => {}
        }
    }
}

pub async fn a_sold_order_without_a_row_is_recovered(world: World) {
    let (lost, kept) = (world.new_order(), world.new_order());
    world.store.create_order(kept.clone()).await.unwrap();
    project(&world, &entries(vec![vec![confirmed(&lost), confirmed(&kept)]])).await;
    let details = world.store.order_details(lost.id).await.unwrap().unwrap();
    assert_eq!((details.order.state, details.tickets.len()), (OrderState::Paid, 2));
    assert_eq!((details.order.total_minor, &*details.order.currency), (50_000, "CZK"));
    assert_eq!(details.order.organisation_id, world.organisation);
    assert_eq!(details.positions[0].place, lost.positions[0].place);
}

pub async fn entries_must_follow_and_have_a_performance(world: World) {
    let new = world.new_order();
    let all = entries(vec![vec![confirmed(&new)], vec![Record::Opened], vec![Record::Closed]]);
    let stream = stream(world.performance);
    let project = async |after: u64, entries: &[(Position, Entry<Record>)]| {
        world.store.project(stream, Position(after), entries).await
    };
    let gap = project(0, &all[1..]).await;
    assert!(matches!(gap, Err(Error::Bug(_))), "{gap:?}");
    let ahead = project(1, &all[1..]).await.unwrap();
    assert_eq!(ahead, Projected::Moved(Position::START));
    assert_eq!(project(0, &[]).await.unwrap(), Projected::Done(Position::START));
    assert_eq!(project(0, &all[..2]).await.unwrap(), Projected::Done(Position(2)));
    assert_eq!(project(0, &all).await.unwrap(), Projected::Moved(Position(2)));
    assert_eq!(project(2, &all[2..]).await.unwrap(), Projected::Done(Position(3)));
    assert_eq!(world.store.checkpoint(stream).await.unwrap(), Position(3));
    // The performance is written before its sale is defined; if not, its entries wait for it.
    let orphan = Stream::sale(world.id().as_u128());
    let projected = world.store.project(orphan, Position::START, &all).await.unwrap();
    assert_eq!(projected, Projected::Orphan);
    assert_eq!(world.store.checkpoint(orphan).await.unwrap(), Position::START);
}

pub async fn many_projectors_write_every_entry_once(world: World) {
    let orders: Vec<_> = (0..40).map(|_| world.new_order()).collect();
    for order in &orders {
        world.store.create_order(order.clone()).await.unwrap();
    }
    let mut records: Vec<_> = orders.iter().map(|order| vec![confirmed(order)]).collect();
    records.push(orders[..10].iter().map(|order| cancelled(order, &[0, 1])).collect());
    let all = Arc::new(entries(records));
    let stores = [world.store.clone(), world.another_store().await];
    let stream = stream(world.performance);
    let applied = at_once(8, |index| {
        let (store, all) = (stores[index % 2].clone(), Arc::clone(&all));
        async move {
            let (mut at, mut applied) = (Position::START, 0);
            while let Some(rest) = all.get(usize::try_from(at.0).unwrap()..)
                && !rest.is_empty()
            {
                // Pages of different sizes, so that projectors meet in the middle of each other's.
                let page = &rest[..rest.len().min(index + 1)];
                match store.project(stream, at, page).await.unwrap() {
                    Projected::Done(to) => {
                        applied += to.0 - at.0;
                        at = to;
                    }
                    Projected::Moved(to) => at = to,
                    Projected::Orphan => panic!("the performance is there"),
                }
            }
            applied
        }
    })
    .await;
    assert_eq!(applied.iter().sum::<u64>(), 41, "each entry by one projector: {applied:?}");
    let (_, sale) = world.store.performance(world.performance).await.unwrap().unwrap();
    assert_eq!(sale.capacity - sale.places_left, 60);
    let tickets = world.store.tickets_of_performance(world.performance, 0).await.unwrap();
    let serials: Vec<_> = tickets.iter().map(|ticket| ticket.serial).collect();
    assert_eq!(serials, (1..=80).collect::<Vec<_>>());
    let void = tickets.iter().filter(|ticket| ticket.state == TicketState::Void).count();
    assert_eq!(void, 20);
    let later = NOW.plus_ms(1_000);
    let kinds = [JOB_ORDER_CONFIRMED, JOB_ORDER_CANCELLED];
    let jobs = world.store.claim_jobs(&kinds, later, later.plus_ms(9), 100).await.unwrap();
    assert_eq!(jobs.len(), 50);
}
