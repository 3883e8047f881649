//! Random commands at random moments, decided by the ledger and by the oracle: same answers, same
//! state.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use frontrow_ledger::{
    AllocationId, Applied, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, CommandId, Decision,
    Entry, HoldId, Machine, OrderId, Request, SeatId, TicketTypeId, Time, invariants,
    sale::{
        Allocation, AreaCapacity, BlockKind, Command, HoldTimes, OrderLimits, Place, Places,
        Record, Refusal, Sale, Status, Terms, Want, Window,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::subsequence};

use crate::{oracle::Oracle, world::terms};

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Ask(Command),
    /// The same request as one before.
    Retry(usize),
    /// The id of one before for something else.
    Reuse(usize, Command),
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_ledger_agrees_with_the_oracle(terms in any_terms(), steps in any_steps()) {
        run(terms, &steps);
    }
}

fn run(terms: Terms, steps: &[Step]) {
    let (mut sale, mut oracle) = (Sale::default(), Oracle::default());
    let (mut requests, mut entries) = (Vec::new(), Vec::new());
    let opening = [Step::Ask(Command::Define(Arc::new(terms))), Step::Ask(Command::Open)];
    for step in opening.iter().chain(steps) {
        let request = match step {
            Step::Wait(ms) => {
                let now = sale.now().plus_ms(*ms);
                sale.advance(now);
                oracle.wait(now.0);
                compare(&sale, &oracle);
                continue;
            }
            Step::Ask(command) => new(requests.len(), command),
            Step::Retry(index) => {
                let earlier: &Request<Command> = &requests[index % requests.len()];
                earlier.clone()
            }
            Step::Reuse(index, command) => {
                let id = requests[index % requests.len()].id;
                Request { id, ..new(usize::MAX, command) }
            }
        };
        let decision = sale.decide(&request);
        let answer =
            decision.clone().map(|(Decision::Record(record) | Decision::Again(record))| record);
        assert_eq!(answer, oracle.ask(&request, &answer), "{request:?}");
        if let Ok(Decision::Record(record)) = decision {
            let applied = Applied { id: request.id, fingerprint: request.fingerprint, record };
            sale.apply(&applied);
            entries.push(Entry { now: sale.now(), applied: vec![applied] });
        }
        compare(&sale, &oracle);
        requests.push(request);
    }
    rebuild(&sale, &entries);
}

fn new(number: usize, command: &Command) -> Request<Command> {
    let number = u64::try_from(number).unwrap();
    Request { id: CommandId(number.into()), fingerprint: number, command: command.clone() }
}

/// The log rebuilds the state, however time passes in between; and so does a snapshot.
fn rebuild(sale: &Sale, entries: &[Entry<Record>]) {
    let (mut replayed, mut strolled) = (Sale::default(), Sale::default());
    for entry in entries {
        entry.replay(&mut replayed);
        while strolled.now() < entry.now {
            strolled.advance(strolled.now().plus_ms(1));
        }
        entry.replay(&mut strolled);
    }
    replayed.advance(sale.now());
    strolled.advance(sale.now());
    assert!(replayed == *sale, "a replay differs");
    assert!(strolled == *sale, "the steps of time make a difference");
    let bytes = postcard::to_stdvec(sale).unwrap();
    let loaded: Sale = postcard::from_bytes(&bytes).unwrap();
    invariants::check(&loaded).unwrap();
    assert!(loaded == *sale, "a snapshot differs");
}

fn compare(sale: &Sale, oracle: &Oracle) {
    invariants::check(sale).unwrap();
    let Some(book) = sale.book() else { return };
    let taken = oracle.taken();
    for seat in (0..oracle.seats_count()).map(SeatId) {
        let is_taken = taken.contains(&Place::Seat(seat));
        assert_eq!(book.seat(seat) != Some(Status::Free), is_taken, "seat {seat}");
        let byte = book.seats_taken()[seat.index() / 8];
        assert_eq!(byte >> (seat.index() % 8) & 1 == 1, is_taken, "bit of seat {seat}");
    }
    for area in (0..2).map(AreaId) {
        assert_eq!(book.area_left(area), Some(oracle.area_left(area)));
    }
    let totals = book.totals();
    assert_eq!(usize::try_from(totals.taken()).unwrap(), taken.len());
    assert_eq!(totals.taken() + totals.free(), totals.capacity);
    assert_eq!(book.live_holds_count(), oracle.holds.iter().filter(|cart| cart.live).count());
    for cart in &oracle.holds {
        let hold = book.hold(cart.id).unwrap();
        assert_eq!((hold.is_live(), hold.until), (cart.live, Time(cart.until)));
        assert_eq!(hold.positions.as_ref(), cart.positions);
        assert_eq!(hold.payment.map(|p| (p.order, p.buyer)), cart.payment);
    }
    assert_eq!(book.orders_count(), oracle.orders.len());
    for purchase in &oracle.orders {
        let order = book.order(purchase.id).unwrap();
        assert_eq!(order.valid().collect::<Vec<_>>(), purchase.kept());
        assert_eq!((order.hold, order.buyer), (purchase.hold, purchase.buyer));
    }
    assert_eq!(book.blocks().count(), oracle.blocks.len());
    for kept in &oracle.blocks {
        assert_eq!(book.block(kept.id).unwrap().places.seats, kept.seats);
    }
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let limits = (1..9u16, option::of(1..6u16))
        .prop_map(|(per_order, per_buyer)| OrderLimits { per_order, per_buyer });
    let hold = (1..12i64, 0..4i64, 0..6i64, 0..3u8, 0..12i64, 12..30i64).prop_map(
        |(hold_ms, jitter_ms, extension_ms, extensions, payment_ms, ceiling_ms)| HoldTimes {
            hold_ms,
            jitter_ms,
            extension_ms,
            extensions,
            payment_ms,
            ceiling_ms,
        },
    );
    let allocations = vec(any_allocation(), 0..3);
    let windows = prop_oneof![3 => Just(Vec::new()), 1 => vec(any_window(), 1..4)];
    (limits, hold, allocations, windows).prop_map(|(limits, hold, allocations, windows)| Terms {
        limits,
        hold,
        allocations,
        windows,
        ..terms()
    })
}

fn any_allocation() -> impl Strategy<Value = Allocation> {
    let categories =
        option::weighted(0.4, subsequence((0..4).map(CategoryId).collect::<Vec<_>>(), 1..3));
    let types =
        option::weighted(0.4, subsequence((0..2).map(TicketTypeId).collect::<Vec<_>>(), 1..=2));
    let channels = option::weighted(0.2, subsequence(vec![ChannelId::WEB, ChannelId(200)], 1..=2));
    (0..12u32, categories, types, channels).prop_map(
        |(limit, categories, ticket_types, channels)| Allocation {
            limit,
            categories,
            ticket_types,
            channels,
        },
    )
}

fn any_window() -> impl Strategy<Value = Window> {
    let types =
        option::weighted(0.4, subsequence((0..2).map(TicketTypeId).collect::<Vec<_>>(), 1..=2));
    let channels = option::weighted(0.3, subsequence(vec![ChannelId::WEB, ChannelId(200)], 1..=2));
    let times = (option::of(0..60i64), option::of(1..60i64));
    (channels, types, times).prop_map(|(channels, ticket_types, (opens, lasts))| Window {
        channels,
        ticket_types,
        opens: opens.map(Time),
        closes: lasts.map(|lasts| Time(opens.unwrap_or(0) + lasts)),
    })
}

/// Single steps, and purchases that get some of the way, with whatever else happens between two of
/// them.
fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let purchase = (any_hold(), any_order(), any_buyer(), vec(any_want(), 1..3), 1..4usize);
    let purchase = purchase.prop_map(|(hold, order, buyer, wants, far)| {
        let steps = [
            Command::Hold { hold, channel: ChannelId::WEB, wants },
            Command::Checkout { hold, order, buyer },
            Command::Confirm { hold, order },
        ];
        steps.into_iter().take(far).map(Step::Ask).collect()
    });
    let part = prop_oneof![4 => any_step().prop_map(|step| vec![step]), 1 => purchase];
    vec(part, 1..60).prop_map(|parts| parts.concat())
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop_oneof![4 => 1..5i64, 1 => 5..40i64].prop_map(Step::Wait),
        20 => any_command().prop_map(Step::Ask),
        1 => any::<usize>().prop_map(Step::Retry),
        1 => (any::<usize>(), any_command()).prop_map(|(index, other)| Step::Reuse(index, other)),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        12 => (any_hold(), any_channel(), vec(any_want(), 1..3))
            .prop_map(|(hold, channel, wants)| Command::Hold { hold, channel, wants }),
        2 => any_hold().prop_map(|hold| Command::Extend { hold }),
        3 => (any_hold(), vec(0..4u16, 0..3))
            .prop_map(|(hold, positions)| Command::Remove { hold, positions }),
        2 => any_hold().prop_map(|hold| Command::Release { hold }),
        3 => any_hold().prop_map(|hold| Command::Reacquire { hold }),
        7 => (any_hold(), any_order(), any_buyer())
            .prop_map(|(hold, order, buyer)| Command::Checkout { hold, order, buyer }),
        7 => (any_hold(), any_order()).prop_map(|(hold, order)| Command::Confirm { hold, order }),
        3 => (any_order(), option::of(vec(0..4u16, 0..3)))
            .prop_map(|(order, positions)| Command::Cancel { order, positions }),
        6 => any_change(),
    ]
}

fn any_change() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (any_block(), any_places()).prop_map(|(block, places)| Command::Block {
            block,
            kind: BlockKind::Promoter,
            reason: "guests".into(),
            places,
        }),
        3 => (any_block(), option::of(any_places()))
            .prop_map(|(block, places)| Command::Unblock { block, places }),
        1 => (0..5u16, any_allocation())
            .prop_map(|(id, allocation)| Command::SetAllocation(AllocationId(id), allocation)),
        1 => vec(any_window(), 0..2).prop_map(Command::SetWindows),
        1 => (0..9u16, option::of(0..6u16)).prop_map(|(per_order, per_buyer)| {
            Command::SetLimits(OrderLimits { per_order, per_buyer })
        }),
        1 => (0..3u16, 0..12u32).prop_map(|(area, capacity)| {
            Command::SetAreaCapacity(AreaCapacity { area: AreaId(area), capacity })
        }),
        1 => (0..24usize, -1..99i64).prop_map(|(index, amount_minor)| {
            let mut prices = terms().prices;
            prices.swap_remove(index % 8);
            prices[index % 7].amount_minor = amount_minor;
            Command::Reprice(prices)
        }),
        2 => Just(Command::Open),
        1 => Just(Command::Close),
        1 => Just(Command::Define(Arc::new(terms()))),
    ]
}

fn any_want() -> impl Strategy<Value = Want> {
    prop_oneof![
        6 => some((any_seat(), any_type())).prop_map(Want::Seats),
        3 => (any_category(), some(any_type()), any::<bool>()).prop_map(
            |(category, ticket_types, may_split)| Want::Best { category, ticket_types, may_split }
        ),
        3 => (any_area(), some(any_type()))
            .prop_map(|(area, ticket_types)| Want::Area { area, ticket_types }),
    ]
}

/// Mostly a few, rarely none.
fn some<T: std::fmt::Debug>(
    one: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Vec<T>> {
    prop_oneof![1 => vec(one.clone(), 0..1), 24 => vec(one, 1..4)]
}

fn any_places() -> impl Strategy<Value = Places> {
    let areas = vec((any_area(), 0..4u32), 0..3);
    (vec(any_seat(), 0..3), areas).prop_map(|(seats, areas)| Places { seats, areas })
}

fn any_seat() -> impl Strategy<Value = SeatId> + Clone {
    prop_oneof![40 => 0..14u32, 1 => Just(14)].prop_map(SeatId)
}

fn any_category() -> impl Strategy<Value = CategoryId> {
    prop_oneof![6 => Just(0u16), 1 => Just(1), 4 => Just(2), 1 => Just(3), 1 => Just(4)]
        .prop_map(CategoryId)
}

fn any_area() -> impl Strategy<Value = AreaId> {
    prop_oneof![10 => Just(0u16), 6 => Just(1), 1 => Just(2)].prop_map(AreaId)
}

fn any_type() -> impl Strategy<Value = TicketTypeId> + Clone {
    prop_oneof![30 => Just(0u16), 20 => Just(1), 1 => Just(2), 1 => Just(3)].prop_map(TicketTypeId)
}

fn any_channel() -> impl Strategy<Value = ChannelId> {
    prop_oneof![8 => Just(ChannelId::WEB), 1 => Just(ChannelId(200))]
}

fn any_hold() -> impl Strategy<Value = HoldId> {
    (0..5u128).prop_map(HoldId)
}

fn any_order() -> impl Strategy<Value = OrderId> {
    (0..4u128).prop_map(OrderId)
}

fn any_buyer() -> impl Strategy<Value = BuyerKey> {
    (0..3u128).prop_map(BuyerKey)
}

fn any_block() -> impl Strategy<Value = BlockId> {
    (0..3u128).prop_map(BlockId)
}

/// How far the random commands get: a generator that is mostly refused would prove little.
#[test]
fn random_commands_reach_every_record_and_most_refusals() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};

    let mut runner = TestRunner::deterministic();
    let (mut accepted, mut refused) =
        (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    for _ in 0..400 {
        let steps = (any_terms(), any_steps()).new_tree(&mut runner).unwrap().current();
        for answer in answers(steps.0, &steps.1) {
            match answer {
                Ok(record) => {
                    let name = format!("{record:?}");
                    let name = name.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
                    *accepted.entry(name).or_insert(0) += 1;
                }
                Err(refusal) => *refused.entry(refusal.code()).or_insert(0) += 1,
            }
        }
    }
    assert_eq!(accepted.len(), 18, "{accepted:?}");
    assert!(refused.len() >= 37, "{}: {refused:?}", refused.len());
    let (yes, no): (i32, i32) = (accepted.values().sum(), refused.values().sum());
    assert!(yes * 4 > no, "{yes} accepted, {no} refused");
}

fn answers(terms: Terms, steps: &[Step]) -> Vec<Result<Record, Refusal>> {
    let mut sale = Sale::default();
    let mut answers = Vec::new();
    let opening = [Step::Ask(Command::Define(Arc::new(terms))), Step::Ask(Command::Open)];
    for (number, step) in opening.iter().chain(steps).enumerate() {
        let request = match step {
            Step::Wait(ms) => {
                sale.advance(sale.now().plus_ms(*ms));
                continue;
            }
            Step::Ask(command) => new(number, command),
            Step::Retry(_) => continue,
            Step::Reuse(_, command) => Request { id: CommandId(0), ..new(number, command) },
        };
        let decision = sale.decide(&request);
        if let Ok(Decision::Record(record)) = &decision {
            let record = record.clone();
            sale.apply(&Applied { id: request.id, fingerprint: request.fingerprint, record });
        }
        answers.push(decision.map(|(Decision::Record(record) | Decision::Again(record))| record));
    }
    answers
}
