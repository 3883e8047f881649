//! What everybody polls: small, the same everywhere, and honest.

use frontrow_ledger::{
    Place, Time,
    room::{
        BadStatus, Command, Offer, Phase, Room, Status,
        admission::{Ceiling, Pace, Rate},
    },
};
use proptest::prelude::*;

use crate::fixtures::{MINUTE, OPENS, STARTS, World, gauges, terms};

fn status(world: &World) -> Status {
    world.room.status().unwrap()
}

#[test]
fn a_room_of_ten_million_takes_sixty_bytes() {
    let busy = Status {
        phase: Phase::Queue,
        paused: false,
        at: STARTS,
        next: None,
        joined: 10_000_000,
        cursor: 1_234_567,
        drawn: 9_500_000,
        pace: Pace {
            soon: 1_000,
            now: Rate::per_minute(10_000),
            low: Rate::per_minute(1_000),
            high: Rate::per_minute(3_000),
            slower: Some(Ceiling::Provider),
        },
        message: 3,
        polls: status(&World::drawn(1)).polls,
        prices_minor: Some((49_000, 590_000)),
        left: vec![15; 24],
    };
    assert_eq!(Status::decode(&busy.encode()), Ok(busy.clone()));
    assert!(busy.encode().len() <= 60, "{}", busy.encode().len());
}

#[test]
fn joins_do_not_change_it_until_the_next_tick() {
    let mut world = World::drawn(100);
    world.tick().unwrap();
    let before = status(&world).encode();
    world.join(100).unwrap();
    assert_eq!(status(&world).encode(), before);
    let place = world.place_at(0);
    world.enter(place).unwrap();
    assert_eq!(status(&world).encode(), before);
    world.tick().unwrap();
    assert_eq!(status(&world).joined, 101);
}

#[test]
fn it_says_what_comes_next_and_how_often_to_ask() {
    let mut world = World::new(terms());
    assert_eq!(Room::default().status(), None);
    let (closed, next) = (status(&world), Some(OPENS));
    assert_eq!((closed.phase, closed.next), (Phase::Closed, next));
    world.pass_to(OPENS);
    let gathering = status(&world);
    assert_eq!((gathering.phase, gathering.next), (Phase::PreQueue, Some(STARTS)));
    let mut world = World::drawn(10);
    let offer = Offer { prices_minor: Some((100, 200)), left: vec![0, 3, 9, 90_000] };
    world.pass(100);
    let mut sold_out = gauges(world.now());
    let tick = |gauges, offer| Command::Tick { gauges: Some(gauges), offer };
    world.ask(tick(sold_out, Some(offer))).unwrap();
    let queue = status(&world);
    assert_eq!((queue.phase, queue.next, queue.drawn), (Phase::Queue, None, 10));
    assert_eq!((queue.prices_minor, &queue.left[..]), (Some((100, 200)), &[0, 3, 5, 15][..]));
    sold_out.places_free = 0;
    world.pass(100);
    world.ask(tick(sold_out, None)).unwrap();
    let over = status(&world);
    assert_eq!(over.phase, Phase::SoldOut);
    assert_eq!(over.left, queue.left, "what did not change is not said again");
    assert!(over.polls.far >= queue.polls.far * 5, "polling falls five-fold");
    assert!(over.polls.near >= queue.polls.near * 5, "polling falls five-fold");
}

#[test]
fn levels_say_the_least_that_is_left() {
    let mut before = 0;
    for left in 0..100_000 {
        let level = Status::level(left);
        assert!(level <= 15 && level >= before && Status::least(level) <= left, "{left}");
        assert_eq!(level == 0, left == 0);
        before = level;
    }
    assert_eq!(Status::level(u32::MAX), 15);
}

#[test]
fn a_message_has_a_number_and_pausing_shows_at_once() {
    let mut world = World::drawn(3);
    world.ask(Command::Say(Some("Za chvíli".to_owned()))).unwrap();
    assert_eq!((status(&world).message, world.line().message()), (1, (1, Some("Za chvíli"))));
    world.ask(Command::Say(None)).unwrap();
    assert_eq!((status(&world).message, world.line().message()), (2, (2, None)));
    world.ask(Command::Pause).unwrap();
    assert!(status(&world).paused);
    assert_eq!(world.tick(), Ok(0));
    world.ask(Command::Resume).unwrap();
    assert_eq!(world.tick(), Ok(3));
}

#[test]
fn a_receipt_can_be_written_again_at_any_time() {
    let mut world = World::new(terms());
    world.pass_to(OPENS);
    for number in 0..2_000 {
        world.pass(i64::from(number % 700));
        world.join(number).unwrap();
        let second = u32::try_from(world.now().0 / 1_000).unwrap();
        assert_eq!(world.line().joined_second(Place(number)), second);
    }
    assert_eq!(world.line().joined_second(Place(0)), u32::try_from(OPENS.0 / 1_000).unwrap());
    world.pass(60 * MINUTE);
    let again: Vec<u32> =
        (0..2_000).map(|place| world.line().joined_second(Place(place))).collect();
    assert!(again.is_sorted());
}

proptest! {
    #[test]
    fn every_status_reads_back(
        numbers in prop::array::uniform8(0..1u64 << 40),
        small in prop::array::uniform4(any::<u32>()),
        flags in prop::array::uniform4(any::<bool>()),
        phase in 0..7usize,
        left in prop::collection::vec(0..16u8, 0..12).prop_map(|half| [half.clone(), half].concat()),
    ) {
        let [at, next, joined, cursor, now, low, high, _] = numbers;
        let time = |ms: u64| Time(i64::try_from(ms).unwrap());
        let written = Status {
            phase: Phase::ALL[phase],
            paused: flags[0],
            at: time(at),
            next: flags[1].then(|| time(next)),
            joined,
            cursor,
            drawn: small[0],
            pace: Pace {
                soon: small[1],
                now: Rate(now),
                low: Rate(low),
                high: Rate(high),
                slower: flags[2].then_some(Ceiling::Demand),
            },
            message: small[2],
            polls: status(&World::drawn(0)).polls,
            prices_minor: flags[3].then(|| (small[2].min(small[3]), small[2].max(small[3]))),
            left,
        };
        let bytes = written.encode();
        prop_assert_eq!(Status::decode(&bytes), Ok(written));
    }

    #[test]
    fn strange_bytes_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Err(error) = Status::decode(&bytes) {
            prop_assert_eq!(error, BadStatus);
        }
    }
}
