//! The draw file says one thing in one way, and what does not fit together is named.

use frontrow_ledger::{
    limits::{BEACON_BYTES_MAX, BEACON_NAME_BYTES_MAX, DRAW_HEADER_BYTES_MAX, DRAW_PLACES_MAX},
    room::draw::{Beacon, Draw, DrawFault, commitment},
};
use proptest::{option, prelude::*};

use crate::key;

fn draw(seed: Option<[u8; 32]>, beacon: Option<Beacon>) -> Draw {
    let committed = commitment(&seed.unwrap_or([9; 32]));
    let mut draw = Draw {
        sale: crate::SALE,
        places: DRAW_PLACES_MAX,
        root: key(1),
        commitment: committed,
        seed,
        beacon,
        key: [0; 32],
    };
    draw.key = draw.derived_key().unwrap();
    draw
}

fn read(text: &str) -> Result<Draw, DrawFault> {
    Draw::from_text(text.strip_suffix('\n').unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_and_is_sound(
        seed: Option<[u8; 32]>,
        beacon in option::of((
            "[a-zA-Z0-9._-]{1,64}",
            any::<u64>(),
            option::of(proptest::collection::vec(any::<u8>(), 0..=BEACON_BYTES_MAX)),
        )),
    ) {
        let beacon = beacon.map(|(name, round, value)| Beacon { name, round, value });
        let draw = draw(seed, beacon);
        let text = draw.to_text();
        prop_assert!(text.len() <= DRAW_HEADER_BYTES_MAX);
        prop_assert_eq!(read(&text), Ok(draw.clone()));
        prop_assert_eq!(draw.faults(), []);
    }

    #[test]
    fn whatever_letter_is_changed_is_noticed(at: usize, with in "[0-9a-f: \n.-]") {
        let beacon = Beacon { name: "drand".into(), round: 7, value: Some(vec![1; 32]) };
        let draw = draw(Some([3; 32]), Some(beacon));
        let text = draw.to_text();
        let at = at % (text.len() - 1);
        let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
        prop_assume!(changed != text);
        match read(&changed) {
            Err(_) => {}
            // Which round it was is for the reader to compare with what was announced.
            Ok(found) if found.beacon != draw.beacon && found.key == draw.key => {
                let values = [&found, &draw].map(|draw| draw.beacon.clone().unwrap().value);
                prop_assert!(values[0] == values[1] || found.faults() == [DrawFault::Key]);
            }
            Ok(found) => prop_assert_ne!(found.faults(), []),
        }
    }
}

#[test]
fn nothing_is_written_in_two_ways() {
    let text = draw(Some([3; 32]), None).to_text();
    assert!(read(&text).is_ok());
    for (from, to) in [
        ("\n", "\r\n"),
        ("100000000\n", "0100000000\n"),
        ("100000000\n", "+100000000\n"),
        ("100000000\n", "100000001\n"),
        ("seed: 03", "seed:  03"),
        ("beacon: none", "beacon: None"),
        ("beacon-value: none", "beacon-value: withheld"),
        ("beacon-value: none", "beacon-value: "),
        ("frontrow draw 1", "frontrow draw 2"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        assert!(read(&changed).is_err(), "{from} as {to}");
    }
    assert!(read(&(text.clone() + "\n")).is_err());
    let upper = text.replace(&text[text.len() - 40..], &text[text.len() - 40..].to_uppercase());
    assert!(read(&upper).is_err());
    let long = Beacon { name: "n".repeat(BEACON_NAME_BYTES_MAX + 1), round: 0, value: None };
    assert!(read(&draw(None, Some(long)).to_text()).is_err());
}

#[test]
fn each_fault_is_named() {
    let sound = draw(Some([3; 32]), None);
    let other_seed = Draw { seed: Some([4; 32]), ..sound.clone() };
    assert_eq!(other_seed.faults(), [DrawFault::Commitment, DrawFault::Key]);
    let other_commitment = Draw { commitment: [4; 32], ..sound.clone() };
    assert_eq!(other_commitment.faults(), [DrawFault::Commitment]);
    let withheld = Draw { seed: None, ..sound.clone() };
    assert_eq!(withheld.faults(), [DrawFault::Key], "the fallback has a key of its own");
    let line = Draw::from_text("frontrow draw 1\nsale: x");
    assert_eq!(line, Err(DrawFault::Line { line: 2, expected: "sale" }));
    assert_eq!(Draw::from_text("PK"), Err(DrawFault::Title));
}
