//! What must be true of a room, as anybody can see it.

use std::collections::HashMap;

use frontrow_ledger::room::draw::{Draw, FanDigest, Permutation, Tree, leaf};
use tokio::time::Instant;

use super::{RoomMode, RoomOutcome};
use crate::{
    browser::{Ask, Browser, Jar},
    fan::Story,
    sweep::Check,
    tally::Step,
    target::Target,
};

/// Judges what the fans were told and what was published. `whole` says that every place was taken by a fan who tells of
/// it.
pub(crate) async fn outside(
    browser: &Browser,
    target: &Target,
    room: &RoomOutcome,
    stories: &[Story],
    whole: bool,
) -> Vec<Check> {
    let joined = room.watched.last().map_or(0, |look| look.joined);
    let mut checks = vec![places(stories, whole.then_some(joined)), crowd(room, stories)];
    if room.plan.mode == RoomMode::Draw {
        checks.push(drawn(browser, target, stories).await);
    }
    checks
}

/// One key, one place; and nobody else has it.
fn places(stories: &[Story], joined: Option<u64>) -> Check {
    let mut check = Check::new("outside", "each fan who joined has a place of their own");
    let mut owners: HashMap<u32, [u8; 16]> = HashMap::new();
    for story in stories {
        for wait in &story.waits {
            let other = owners.insert(wait.place, wait.digest);
            check.examine(
                other
                    .is_some_and(|other| other != wait.digest)
                    .then(|| format!("place {} of fan {}", wait.place, story.fan)),
            );
        }
    }
    let known = owners.len() as u64;
    if let Some(joined) = joined {
        check.examine(
            (joined != known).then(|| format!("{joined} places were taken by {known} fans")),
        );
    }
    check
}

/// The fans who know that they are in the shop are never more than it takes.
fn crowd(room: &RoomOutcome, stories: &[Story]) -> Check {
    let mut check =
        Check::new("outside", "no more fans know that they are in the shop than it takes");
    let pass_ms = u64::try_from(room.plan.pass.as_millis()).unwrap_or(u64::MAX);
    let mut moments = Vec::new();
    for wait in stories.iter().flat_map(|story| &story.waits) {
        let (Some(asked), Some(entered)) = (wait.asked_ms, wait.entered_ms) else { continue };
        let left = wait.left_ms.unwrap_or(u64::MAX).min(asked.saturating_add(pass_ms));
        if left > entered {
            moments.extend([(entered, 1_i64), (left, -1)]);
        }
    }
    // Who leaves goes first.
    moments.sort_unstable();
    let mut inside = 0;
    for (at_ms, more) in moments {
        inside += more;
        let over = inside > i64::from(room.plan.cap);
        check.examine(over.then(|| format!("{inside} at {at_ms} ms, {} fit", room.plan.cap)));
    }
    check
}

/// The draw as everybody can check it: its file in itself, and each fan's place and position in it.
async fn drawn(browser: &Browser, target: &Target, stories: &[Story]) -> Check {
    let mut check = Check::new("outside", "the published draw is right, and each fan is in it");
    let ask = Ask::get(Step::Draw, format!("{}.txt", target.draw_path()));
    let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await;
    let file = answer.ok().filter(|answer| answer.status.is_success()).map(|answer| answer.body);
    let took_part = stories.iter().any(|story| story.waits.iter().any(|w| w.position.is_some()));
    let Some(file) = file else {
        check.examine(took_part.then(|| "there is no draw".to_owned()));
        return check;
    };
    match read(&file) {
        Err(problem) => check.examine(Some(problem)),
        Ok((draw, order, fans)) => {
            check.examine(None);
            for wait in stories.iter().flat_map(|story| &story.waits) {
                let place = u64::from(wait.place);
                if place >= draw.places {
                    continue;
                }
                let fan = usize::try_from(place).ok().and_then(|place| fans.get(place));
                let theirs = fan.is_some_and(|fan| fan.0 == wait.digest);
                let right = wait.position.is_none_or(|at| order.position(place) == Some(at));
                check.examine((!theirs || !right).then(|| format!("place {place}")));
            }
        }
    }
    check
}

/// Reads and checks a draw file: `docs/fair-queue.md`.
fn read(file: &[u8]) -> Result<(Draw, Permutation, Vec<FanDigest>), String> {
    let end = memchr::memmem::find(file, b"\n\n").ok_or("the file has no header")?;
    let (head, digests) = (&file[..=end], &file[end + 2..]);
    let text = std::str::from_utf8(head).map_err(|error| error.to_string())?;
    let draw = Draw::from_text(text).map_err(|fault| fault.to_string())?;
    if let Some(fault) = draw.faults().first() {
        return Err(fault.to_string());
    }
    let fans: Vec<FanDigest> =
        digests.as_chunks::<16>().0.iter().map(|digest| FanDigest(*digest)).collect();
    let root = Tree::build(fans.iter().zip(0..).map(|(fan, place)| leaf(place, fan))).root();
    if fans.len() as u64 != draw.places || root != draw.root {
        return Err("the places have another root".to_owned());
    }
    let order = Permutation::new(&draw.key, draw.places).ok_or("too many places")?;
    Ok((draw, order, fans))
}
