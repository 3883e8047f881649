//! `frontrow verify-draw` as a stranger runs it: a sound file passes, and whatever is changed in it
//! is named.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use frontrow_ledger::room::draw::{Beacon, Draw, FanDigest, Permutation, Tree, commitment, leaf};

const SALE: [u8; 16] = *b"a sale of a show";
const SEED: [u8; 32] = *b"nobody knows this before the day";

/// A draw file in a folder of its own.
struct World {
    folder: tempfile::TempDir,
    draw: Draw,
    bytes: Vec<u8>,
}

impl World {
    fn new(places: u64) -> Self {
        let fans: Vec<_> = (0..places).map(|place| FanDigest::new(&SALE, fan_key(place))).collect();
        let tree = Tree::build((0..).zip(&fans).map(|(place, fan)| leaf(place, fan)));
        let value = Some(vec![7; 32]);
        let mut draw = Draw {
            sale: SALE,
            places,
            root: tree.root(),
            commitment: commitment(&SEED),
            seed: Some(SEED),
            beacon: Some(Beacon { name: "drand-quicknet".to_owned(), round: 4_811_111, value }),
            key: [0; 32],
        };
        draw.key = draw.derived_key().unwrap();
        let mut bytes = draw.to_text().into_bytes();
        bytes.extend(fans.iter().flat_map(|fan| fan.0));
        Self { folder: tempfile::tempdir().unwrap(), draw, bytes }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("draw")
    }

    fn verify(&self, bytes: &[u8], options: &[&str]) -> Output {
        std::fs::write(self.file(), bytes).unwrap();
        let program = env!("CARGO_BIN_EXE_frontrow");
        Command::new(program).arg("verify-draw").arg(self.file()).args(options).output().unwrap()
    }

    fn passes(&self, options: &[&str]) -> String {
        let output = self.verify(&self.bytes, options);
        let text = text(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(!text.contains("WRONG"), "{text}");
        text
    }

    #[track_caller]
    fn fails(&self, bytes: &[u8], options: &[&str], because: &str) {
        let output = self.verify(bytes, options);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        assert!(text(&output).contains(because), "{}", text(&output));
    }

    /// The file with another line.
    fn with(&self, from: &str, to: &str) -> Vec<u8> {
        let lines = self.draw.to_text();
        let changed = lines.replace(from, to);
        assert_ne!(changed, lines);
        [changed.as_bytes(), &self.bytes[lines.len()..]].concat()
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn fan_key(place: u64) -> u128 {
    u128::from(place) << 64 | 7
}

#[test]
fn a_sound_draw_passes_and_says_where_a_place_stands() {
    let world = World::new(100_000);
    let position = Permutation::new(&world.draw.key, 100_000).unwrap().position(4_711).unwrap();
    let key = format!("{:032x}", fan_key(4_711));
    let text = world.passes(&["--place", "4711", "--key", &key]);
    assert!(text.contains("your fan key took place 4711"), "{text}");
    assert!(text.contains(&format!("drew position {position}:")), "{text}");
    assert!(text.contains("drand-quicknet round 4811111"), "{text}");
    let (commitment, root) = (hex::encode(world.draw.commitment), hex::encode(world.draw.root));
    let text = world.passes(&["--commitment", &commitment, "--root", &root]);
    assert!(text.contains("the commitment is the one that you noted"), "{text}");
}

#[test]
fn nobody_at_all_and_somebody_alone_are_drawn_too() {
    World::new(0).passes(&[]);
    let text = World::new(1).passes(&["--place", "0"]);
    assert!(text.contains("drew position 0:"), "{text}");
}

#[test]
fn whatever_is_changed_is_named() {
    let world = World::new(2_000);
    let header = world.draw.to_text().len();
    for at in [header, header + 16 * 999 + 5, world.bytes.len() - 1] {
        let mut bytes = world.bytes.clone();
        bytes[at] ^= 1;
        world.fails(&bytes, &[], "some were changed");
    }
    let mut swapped = world.bytes.clone();
    swapped[header..header + 32].rotate_left(16);
    world.fails(&swapped, &[], "some were changed");

    let other = hex::encode(commitment(&[1; 32]));
    world.fails(&world.with(&hex::encode(world.draw.root), &other), &[], "some were changed");
    world.fails(
        &world.with(&hex::encode(SEED), &other),
        &[],
        "the seed does not open the commitment",
    );
    world.fails(&world.with(&hex::encode([7; 32]), &other), &[], "the key does not follow");
    world.fails(&world.with(&hex::encode(world.draw.key), &other), &[], "the key does not follow");
    world.fails(
        &world.with(&hex::encode(SALE), &hex::encode([1; 16])),
        &[],
        "the key does not follow",
    );
    world.fails(&world.with(&hex::encode(SEED), "withheld"), &[], "the key does not follow");
}

#[test]
fn a_file_that_is_cut_off_or_longer_or_another_is_named() {
    let world = World::new(300);
    let end = world.bytes.len();
    world.fails(&world.bytes[..end - 1], &[], "ends after 299 of its 300 places");
    world.fails(&world.bytes[..world.draw.to_text().len()], &[], "ends after 0 of its 300 places");
    world.fails(&[&world.bytes[..], &[0]].concat(), &[], "more after its 300 places");
    world.fails(&world.with("places: 300", "places: 299"), &[], "more after its 299 places");
    world.fails(&world.with("root: ", "roots: "), &[], "line 4 of the file is not \"root: ...\"");
    world.fails(b"", &[], "does not begin with");
    world.fails(&vec![b'x'; 100_000], &[], "does not begin with");
    world.fails(&world.bytes[..40], &[], "line 2");
}

#[test]
fn another_fan_key_place_or_note_is_named() {
    let world = World::new(300);
    let key = format!("{:032x}", fan_key(7));
    world.fails(&world.bytes, &["--place", "8", "--key", &key], "taken by another fan key");
    world.fails(&world.bytes, &["--place", "300", "--key", &key], "did not take part");
    let other = hex::encode([1; 32]);
    world.fails(&world.bytes, &["--commitment", &other], "not the one that you noted");
    world.fails(&world.bytes, &["--root", &other], "not the one that you noted");
    let usage = world.verify(&world.bytes, &["--place", "8", "--key", "12"]);
    assert_eq!(usage.status.code(), Some(2), "{}", text(&usage));
}
