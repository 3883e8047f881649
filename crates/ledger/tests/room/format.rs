//! The bytes of every record, as they were written the first time. Records are written for ever: if
//! this goes red, the format changed, and logs that exist could not be read. A new variant adds a
//! line; no line ever changes.

use std::{fmt::Write as _, sync::Arc};

use frontrow_ledger::{
    Place,
    room::{
        Beacon, DrawTerms, Drawn, Mode, Offer, Record, Steering, Terms,
        admission::{Ceiling, Pace, Rate, Tick},
    },
};

use crate::fixtures::{MINUTE, SEED, STARTS, device, gauges, terms};

const FIXTURES: &str = include_str!("../fixtures/room_records_v1.txt");

fn records() -> Vec<Record> {
    let until = STARTS.plus_ms(MINUTE);
    let beacon = Some(Beacon { name: "drand-quicknet".to_owned(), round: 12_345_678 });
    let draw = terms().draw.map(|draw| DrawTerms { beacon, ..draw });
    let rich = Terms { draw, ends: Some(until), ..terms() };
    let plain = Terms { draw: None, mode: Mode::Automatic, ..terms() };
    let mut limited = gauges(STARTS);
    limited.provider.per_minute = Some(600);
    let told = Pace {
        soon: 40,
        now: Rate::per_minute(600),
        low: Rate::per_minute(90),
        high: Rate::per_minute(140),
        slower: Some(Ceiling::Provider),
    };
    let ticked = |limited_by| Record::Ticked {
        gauges: Some(limited),
        offer: Some(Offer { prices_minor: Some((49_000, 590_000)), left: vec![0, 80_000] }),
        tick: Tick {
            admit: 17,
            limited_by,
            rate: Rate::per_minute(600),
            show_permille: 912,
            expected: 31,
            pace: told,
        },
    };
    let quiet = Tick {
        admit: 0,
        limited_by: Ceiling::Demand,
        rate: Rate(0),
        show_permille: 1_000,
        expected: 0,
        pace: Pace::default(),
    };
    let place = Place(10_000_000);
    let drawn =
        |seed, beacon| Record::Drawn(Drawn { places: 9_999_999, root: [9; 32], seed, beacon });
    vec![
        Record::Defined(Arc::new(rich)),
        Record::Defined(Arc::new(plain)),
        Record::Joined { place },
        drawn(Some(SEED), Some(vec![1, 2, 3])),
        drawn(None, None),
        ticked(Ceiling::Paused),
        ticked(Ceiling::Places),
        ticked(Ceiling::Rate),
        ticked(Ceiling::Shop),
        ticked(Ceiling::Provider),
        ticked(Ceiling::Telemetry),
        ticked(Ceiling::People),
        Record::Ticked { gauges: None, offer: None, tick: quiet },
        Record::Entered { place, device: device(7), until },
        Record::Extended { place, until },
        Record::Left { place },
        Record::Paused,
        Record::Resumed,
        Record::Ended,
        Record::Said(Some("Za chvíli".to_owned())),
        Record::Said(None),
        Record::Steered(Steering { rate_per_minute: 600, target: 400, cap: 500 }),
        Record::Published { places: 9_999_999, root: [9; 32] },
    ]
}

fn line(record: &Record) -> String {
    let text = format!("{record:?}");
    let name = text.split([' ', '(']).next().unwrap();
    let mut line = format!("{name} ");
    for byte in postcard::to_stdvec(record).unwrap() {
        write!(line, "{byte:02x}").unwrap();
    }
    line
}

#[test]
fn records_are_written_and_read_as_ever() {
    let written: Vec<String> = records().iter().map(line).collect();
    let fixtures: Vec<&str> = FIXTURES.lines().collect();
    assert_eq!(written, fixtures, "\n\n{}\n", written.join("\n"));
    for (record, fixture) in records().iter().zip(fixtures) {
        let digits = fixture.split_once(' ').unwrap().1.as_bytes();
        let byte =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        assert_eq!(postcard::from_bytes::<Record>(&bytes).unwrap(), *record);
    }
}
