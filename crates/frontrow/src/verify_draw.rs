//! `frontrow verify-draw`: checks a draw that anybody published, with nothing but its file.
//!
//! It needs no configuration, no database and no network: who does not trust a shop runs this
//! elsewhere. `docs/fair-queue.md` says what it proves and what it cannot.

use std::{
    fmt::Display,
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal as _, Read as _, Write as _},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use frontrow_ledger::{
    limits::DRAW_HEADER_BYTES_MAX,
    room::draw::{Draw, DrawFault, FanDigest, Hash, Permutation, Tree, leaf, unhex_array},
};

/// Places between two words about progress.
const PROGRESS_EVERY: u64 = 1 << 20;

/// What is checked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The draw file (docs/fair-queue.md)
    file: PathBuf,
    /// A place, as on its receipt: says which position it drew
    #[arg(long, value_name = "N")]
    place: Option<u64>,
    /// The fan key that took this place, 32 hexadecimal digits: proves that it did
    #[arg(long, requires = "place", value_parser = digits::<16>)]
    key: Option<[u8; 16]>,
    /// The commitment as it was published ahead, to compare
    #[arg(long, value_name = "HASH", value_parser = digits::<32>)]
    commitment: Option<Hash>,
    /// The root as it was published when the sale started, to compare
    #[arg(long, value_name = "HASH", value_parser = digits::<32>)]
    root: Option<Hash>,
}

/// What was found, one line for each check.
#[derive(Debug, Default)]
struct Findings {
    lines: Vec<String>,
    wrong: usize,
}

/// Checks a draw file and says what was found. Returns whether all of it is as it must be.
pub fn run(args: &Args) -> Result<bool> {
    let findings =
        check(args).with_context(|| format!("{} cannot be checked", args.file.display()))?;
    for line in &findings.lines {
        println!("{line}");
    }
    if findings.wrong > 0 {
        println!("NOT A FAIR DRAW: {} of the checks failed", findings.wrong);
    }
    Ok(findings.wrong == 0)
}

fn check(args: &Args) -> Result<Findings> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(&args.file)?);
    let draw = header(&mut file)?;
    let order = Permutation::new(&draw.key, draw.places).context("too many places")?;
    let (root, owner) = places(&mut file, &draw, args.place)?;

    let mut findings = Findings::default();
    findings.say(format!(
        "       a draw of {} places, sale {}",
        draw.places,
        hex::encode(draw.sale)
    ));
    let published = hex::encode(draw.root);
    findings.check(
        root == draw.root,
        &format!("the places, one by one, have the root {published}"),
        &format!(
            "the places have the root {} and not {published}: some were changed",
            hex::encode(root)
        ),
    );
    findings.opened(&draw);
    findings.check(
        is_permutation(&order),
        &format!("the key {} draws each position once", hex::encode(draw.key)),
        "some position is drawn twice: this program is broken",
    );
    findings.noted("commitment", args.commitment, draw.commitment);
    findings.noted("root", args.root, draw.root);
    if let Some(place) = args.place {
        findings.place(args, &draw, owner, order.position(place));
    }
    if let Some(beacon) = &draw.beacon {
        let value = beacon.value.as_ref().map_or_else(|| "never".to_owned(), hex::encode);
        findings.say(format!(
            "       compare with the beacon's own word: {} round {} gave {value}",
            beacon.name, beacon.round
        ));
    }
    Ok(findings)
}

impl Findings {
    fn say(&mut self, line: String) {
        self.lines.push(line);
    }

    fn check(&mut self, holds: bool, good: &str, wrong: &str) {
        if holds { self.say(format!("ok     {good}")) } else { self.wrong(wrong) }
    }

    /// Compares with what the reader noted before the draw, or asks them to.
    fn noted(&mut self, what: &str, noted: Option<Hash>, found: Hash) {
        let found_hex = hex::encode(found);
        match noted {
            Some(noted) => self.check(
                noted == found,
                &format!("the {what} is the one that you noted"),
                &format!("the {what} is {found_hex}, not the one that you noted"),
            ),
            None => {
                self.say(format!("       compare with the {what} that was published: {found_hex}"));
            }
        }
    }

    fn wrong(&mut self, problem: impl Display) {
        self.say(format!("WRONG  {problem}"));
        self.wrong += 1;
    }

    fn opened(&mut self, draw: &Draw) {
        let faults = draw.faults();
        for fault in &faults {
            self.wrong(fault);
        }
        if !faults.contains(&DrawFault::Commitment) {
            self.say(match &draw.seed {
                Some(_) => "ok     the seed opens the commitment".to_owned(),
                None => "       the seed was withheld: this is the announced fallback".to_owned(),
            });
        }
        if !faults.contains(&DrawFault::Key) {
            self.say("ok     the key follows from sale, places, root, seed and beacon".to_owned());
        }
    }

    fn place(&mut self, args: &Args, draw: &Draw, owner: Option<FanDigest>, position: Option<u64>) {
        let (Some(place), Some(owner), Some(position)) = (args.place, owner, position) else {
            self.wrong("this place did not take part: it came later, and waits behind the draw");
            return;
        };
        if let Some(key) = args.key {
            let yours = FanDigest::new(&draw.sale, u128::from_be_bytes(key)) == owner;
            self.check(
                yours,
                &format!("your fan key took place {place}"),
                &format!("place {place} was taken by another fan key"),
            );
        }
        self.say(format!("       place {place} drew position {position}: so many come before it"));
    }
}

/// The lines before the digests.
fn header(file: &mut impl BufRead) -> Result<Draw> {
    let mut text = Vec::new();
    let mut lines = file.take(u64::try_from(DRAW_HEADER_BYTES_MAX)?);
    while !text.ends_with(b"\n\n") {
        if lines.read_until(b'\n', &mut text)? == 0 {
            // Whatever it is, the first line that is wrong says more than that the end is missing.
            break;
        }
    }
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    Ok(Draw::from_text(&String::from_utf8_lossy(text))?)
}

/// Reads who took each place: the root over all of them, and the owner of one.
fn places(
    file: &mut impl BufRead,
    draw: &Draw,
    wanted: Option<u64>,
) -> Result<(Hash, Option<FanDigest>)> {
    let terminal = io::stderr().is_terminal();
    let (mut tree, mut owner) = (Tree::default(), None);
    let mut digest = [0; 16];
    for place in 0..draw.places {
        file.read_exact(&mut digest).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => anyhow::anyhow!(
                "it ends after {place} of its {} places: it is damaged or cut off",
                draw.places
            ),
            _ => error.into(),
        })?;
        let fan = FanDigest(digest);
        if wanted == Some(place) {
            owner = Some(fan);
        }
        tree.push(leaf(place, &fan));
        if terminal && place % PROGRESS_EVERY == PROGRESS_EVERY - 1 {
            eprint!("\r{} of {} places", place + 1, draw.places);
            io::stderr().flush().ok();
        }
    }
    if terminal && draw.places >= PROGRESS_EVERY {
        eprintln!();
    }
    if file.read(&mut digest)? > 0 {
        bail!("there is more after its {} places: somebody was added or left out", draw.places);
    }
    Ok((tree.root(), owner))
}

/// Whether each position is drawn once. It follows from how the order is computed; here it is
/// counted.
fn is_permutation(order: &Permutation) -> bool {
    let Ok(places) = usize::try_from(order.places()) else { return false };
    let mut drawn = vec![0_u64; places.div_ceil(64)];
    (0..order.places()).all(|place| {
        let Some(position) = order.position(place) else { return false };
        let Some(word) = usize::try_from(position / 64).ok().and_then(|index| drawn.get_mut(index))
        else {
            return false;
        };
        let bit = 1 << (position % 64);
        let free = *word & bit == 0;
        *word |= bit;
        free
    })
}

fn digits<const N: usize>(text: &str) -> Result<[u8; N], String> {
    unhex_array(&text.to_lowercase()).ok_or_else(|| format!("not {} hexadecimal digits", 2 * N))
}
