//! The bytes of every record, as they were written the first time. Records are written for ever: if
//! this goes red, the format changed, and logs that exist could not be read. A new variant adds a
//! line; no line ever changes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fmt::Write as _, sync::Arc};

use frontrow_ledger::{
    AllocationId, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, HoldId, OrderId, SeatId,
    TicketTypeId, Time,
    sale::{
        Allocation, AreaCapacity, BlockKind, OrderLimits, Place, Places, Position, Price, Record,
        Terms, Window,
    },
};

use crate::world::{at_most, terms};

const FIXTURES: &str = include_str!("../fixtures/records_v1.txt");

fn records() -> Vec<Record> {
    let (hold, order, buyer) =
        (HoldId(u128::MAX), OrderId(1 << 100), BuyerKey(0x0123_4567_89ab_cdef));
    let until = Time(1_800_000_000_000);
    let position = |place, category, ticket_type, price_minor| Position {
        place,
        category: CategoryId(category),
        ticket_type: TicketTypeId(ticket_type),
        price_minor,
    };
    let positions: Arc<[Position]> = Arc::new([
        position(Place::Seat(SeatId(70_000)), 3, 1, 159_000),
        position(Place::Area(AreaId(1)), 0, 0, 0),
    ]);
    let window = Window {
        channels: Some(vec![ChannelId::PRESALE]),
        ticket_types: None,
        opens: Some(Time(-1)),
        closes: Some(until),
    };
    let allocation = Allocation {
        limit: 500,
        categories: Some(vec![CategoryId(0), CategoryId(2)]),
        ticket_types: None,
        channels: Some(vec![ChannelId::WEB, ChannelId::API]),
    };
    let terms = Terms {
        allocations: vec![allocation.clone(), at_most(3, TicketTypeId(1))],
        windows: vec![window.clone()],
        limits: OrderLimits { per_order: 6, per_buyer: Some(8) },
        ..terms()
    };
    let price =
        Price { category: CategoryId(1), ticket_type: TicketTypeId(2), amount_minor: 25_050 };
    let places = Places { seats: vec![SeatId(5), SeatId(300)], areas: vec![(AreaId(2), 1_000)] };
    let blocked = |kind| Record::Blocked {
        block: BlockId(9),
        kind,
        reason: "kamera č. 2".to_owned(),
        places: places.clone(),
    };
    vec![
        Record::Defined(Arc::new(terms)),
        Record::Repriced(vec![price]),
        Record::AllocationSet(AllocationId(1), allocation),
        Record::WindowsSet(vec![window]),
        Record::LimitsSet(OrderLimits { per_order: 4, per_buyer: None }),
        Record::AreaCapacitySet(AreaCapacity { area: AreaId(3), capacity: 68_000 }),
        Record::Opened,
        Record::Closed,
        blocked(BlockKind::House),
        blocked(BlockKind::Promoter),
        blocked(BlockKind::Kill),
        blocked(BlockKind::Production),
        Record::Unblocked { block: BlockId(9), places: places.clone() },
        Record::Held { hold, channel: ChannelId::API, positions: Arc::clone(&positions), until },
        Record::Extended { hold, until },
        Record::Removed { hold, positions: vec![0, 300] },
        Record::Released { hold },
        Record::Reacquired { hold, until },
        Record::CheckedOut { hold, order, buyer, until },
        Record::Confirmed { hold, order, positions },
        Record::Cancelled { order, positions: vec![1] },
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| digit.to_digit(16).unwrap().try_into().unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// One line each: the name of the variant, a space, its bytes.
fn line(record: &Record) -> String {
    let text = format!("{record:?}");
    let name = text.split([' ', '(']).next().unwrap();
    format!("{name} {}", hex(&postcard::to_stdvec(record).unwrap()))
}

#[test]
fn records_are_written_as_ever() {
    let written: Vec<String> = records().iter().map(line).collect();
    let fixtures: Vec<&str> = FIXTURES.lines().collect();
    assert_eq!(written, fixtures, "\n\n{}\n", written.join("\n"));
}

#[test]
fn records_that_were_written_are_read_as_ever() {
    for (record, fixture) in records().iter().zip(FIXTURES.lines()) {
        let (_, digits) = fixture.split_once(' ').unwrap();
        let read: Record = postcard::from_bytes(&bytes(digits)).unwrap();
        assert_eq!(read, *record);
        assert_eq!(hex(&postcard::to_stdvec(&read).unwrap()), digits);
    }
}

/// Whatever the bytes, decoding ends with a record or an error.
#[test]
fn damaged_records_are_errors_not_panics() {
    for fixture in FIXTURES.lines() {
        let whole = bytes(fixture.split_once(' ').unwrap().1);
        for cut in 0..whole.len() {
            drop(postcard::from_bytes::<Record>(&whole[..cut]));
        }
        for at in 0..whole.len().min(400) {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] ^= flip;
                drop(postcard::from_bytes::<Record>(&damaged));
            }
        }
    }
}
