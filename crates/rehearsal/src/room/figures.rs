//! What a drill of a room comes to: whether it was fair, whether it told the truth, what it cost.

use frontrow_ledger::room::{Phase, admission::Ceiling};
use hdrhistogram::Histogram;
use serde::Serialize;

use super::{
    Comes, LoggedTick, RoomLog, RoomMode, RoomOutcome, SoldOut, WaitStory,
    correlation::{Correlation, correlation},
};
use crate::{
    fan::Story,
    limits::{
        JUDGED_MIN, KNOWN_WITHIN, TOLD_AFTER, TOLD_AFTER_MIN, TOLD_COMPRESSION_MAX, TOLD_PERCENT,
        TURNS_JUDGED,
    },
    sweep::Check,
    tally::{Counts, Kept, Step, histogram},
    usage::Used,
};

/// Whether places and turns went by the rules.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Fairness {
    /// Between who came first and who was drawn first: nothing, as far as chance allows.
    pub joined_and_drawn: Option<Correlation>,
    /// Between the queue and who saw that it was their turn: the same, but for when phones ask.
    pub queue_and_turn: Option<Correlation>,
    /// So long it took until most of these had seen their turn, in seconds: without the first and the last tenth.
    pub turns_seconds: f64,
    /// Between the queue and who came in, of those who came in time: the same, but for how quick people are.
    pub queue_and_entry: Option<Correlation>,
}

/// Whether what waiting fans were told came true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Told {
    /// How often somebody was told who waited for a turn that came, from some minutes after the first turn.
    pub promises: u64,
    /// So many of those were right: the turn came within the range.
    pub right: u64,
    /// So many came earlier.
    pub early: u64,
    /// And so many later.
    pub late: u64,
    /// Times that nothing could be told, because the queue stood still.
    pub nothing: u64,
    /// Half of the ranges were at most so long, in seconds.
    pub median_range_seconds: f64,
    /// Half of the turns were at most so far away, in seconds.
    pub median_wait_seconds: f64,
}

/// When those who waited knew that all was sold, in seconds after it was, or after their phone was in the net again.
/// Every time that all was sold, for as long as they have to be told at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Knew {
    /// How often that was.
    pub times: u64,
    /// So many waited then, all in all.
    pub fans: u64,
    /// So many of them never heard of it: they count as if they had at the end of their waiting.
    pub never: u64,
    /// Half of them.
    pub p50: f64,
    /// 99 % of them.
    pub p99: f64,
}

/// What limited how many were let in, in seconds of the drill by ceiling.
pub type Ceilings = Vec<(String, f64)>;

/// What the room cost.
#[derive(Debug, Clone, Serialize)]
pub struct Cost {
    /// Places taken in the busiest second.
    pub joins_peak: f64,
    /// Polls in the busiest second.
    pub polls_peak: f64,
    /// Requests about the room, by step, for each fan who had a place.
    pub per_fan: Vec<(String, f64)>,
    /// All of them, without the polls: those a cache answers, the others the shop.
    pub per_fan_uncached: f64,
    /// Until turns came and with nobody in the shop: seconds, places taken, polls.
    pub before_turns: (f64, u64, u64),
    /// Processor time of each process until then, in seconds; empty if they cannot be seen.
    pub before_turns_cpu: Vec<Used>,
}

/// Everything about the room in figures.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// `draw` or `automatic`.
    pub mode: String,
    /// People in the shop on average, and ever.
    pub target: u32,
    /// See [`Self::target`].
    pub cap: u32,
    /// From the start until the room was there for everybody: turns were drawn, or the shop was busy. In seconds.
    pub opened_seconds: Option<f64>,
    /// When a room that opened by itself closed again, from then on, in seconds.
    pub closed_after_seconds: Option<f64>,
    /// Places that were drawn.
    pub drawn: u64,
    /// All places.
    pub joined: u64,
    /// The most that waited at once.
    pub waiting_most: u64,
    /// Turns that came.
    pub turns: u64,
    /// Fans who came in.
    pub entered: u64,
    /// Of them after their turn was over.
    pub entered_late: u64,
    /// Fans who did not come.
    pub no_shows: u64,
    /// Times that somebody whose turn it was found the shop full.
    pub found_full: u64,
    /// The most people that were in the shop, by its log; nothing if that cannot be read.
    pub in_shop_most: Option<u32>,
    /// People in the shop on average while it had to be full: more than the target waited.
    pub in_shop_mean: Option<f64>,
    /// What limited admission, by the log.
    pub ceilings: Ceilings,
    /// See there.
    pub fairness: Fairness,
    /// See there.
    pub told: Told,
    /// See there.
    pub knew_sold_out: Option<Knew>,
    /// See there.
    pub cost: Cost,
}

impl Figures {
    /// Sums up. The log may not be readable.
    pub fn of(
        room: &RoomOutcome,
        stories: &[Story],
        kept: &Kept,
        log: Option<&RoomLog>,
        before_turns_cpu: Vec<Used>,
        compression: f64,
    ) -> Self {
        let waits: Vec<&WaitStory> = stories.iter().flat_map(|story| &story.waits).collect();
        let watched = &room.watched;
        let last = watched.last();
        let opened_ms = watched.first(0, Phase::Queue);
        let closed_ms = opened_ms
            .filter(|_| room.plan.mode == RoomMode::Automatic)
            .and_then(|opened| watched.first(opened, Phase::Off).map(|closed| closed - opened));
        let count =
            |is: fn(&WaitStory) -> bool| waits.iter().filter(|wait| is(wait)).count() as u64;
        let waiting = watched.looks.iter().map(|look| look.joined.saturating_sub(look.cursor));
        let from_ms = opened_ms.unwrap_or(0) + scaled_ms(compression);
        Self {
            mode: room.plan.mode.to_string(),
            target: room.plan.target,
            cap: room.plan.cap,
            opened_seconds: opened_ms.map(seconds),
            closed_after_seconds: closed_ms.map(seconds),
            drawn: drawn(&waits).len() as u64,
            joined: last.map_or(0, |look| look.joined),
            waiting_most: waiting.max().unwrap_or(0),
            turns: last.map_or(0, |look| look.cursor),
            entered: count(|wait| wait.entered_ms.is_some()),
            entered_late: count(|wait| wait.entered_ms.is_some() && wait.comes == Comes::Late),
            no_shows: count(|wait| wait.turn_ms.is_some() && wait.comes == Comes::Never),
            found_full: waits.iter().map(|wait| u64::from(wait.full)).sum(),
            in_shop_most: log.map(|log| log.in_shop_most),
            in_shop_mean: log.and_then(|log| mean_when_full(log, room.plan.target)),
            ceilings: log.map(ceilings).unwrap_or_default(),
            fairness: fairness(&waits),
            told: told(&waits, from_ms, |position| watched.turn_ms(position)),
            knew_sold_out: knew(&waits, &sold_out(room, log)),
            cost: cost(&waits, kept, room.starts_ms, before_turns_cpu),
        }
    }

    /// What must be true of these figures, where there are enough of them to judge by.
    pub fn checks(&self, compression: f64) -> Vec<Check> {
        let mut fair = Check::new(
            "outside",
            "who came first and who was drawn first have nothing to do with each other",
        );
        // Four standard errors: a fair draw is beyond them once in sixteen thousand.
        if let Some(found) = self.fairness.joined_and_drawn.filter(|it| it.count >= JUDGED_MIN) {
            let unfair = found.value.abs() > 4.0 * found.standard_error;
            fair.examine(unfair.then(|| format!("{:.4}, of {}", found.value, found.count)));
        }
        let mut turns = Check::new("outside", "turns come in the order of the queue");
        // Where all turns came within a few polls, who saw theirs first is chance.
        let took_long = self.fairness.turns_seconds >= TURNS_JUDGED.as_secs_f64();
        let enough = |it: &Correlation| it.count >= JUDGED_MIN && took_long;
        if let Some(found) = self.fairness.queue_and_turn.filter(enough) {
            turns.examine((found.value < 0.95).then(|| format!("{:.4}", found.value)));
        }
        let mut told = Check::new(
            "outside",
            "nine of ten who were told how long it takes were told the truth",
        );
        let Told { promises, right, early, late, .. } = self.told;
        if promises >= JUDGED_MIN as u64 && compression <= TOLD_COMPRESSION_MAX {
            let wrong = right * 100 < promises * TOLD_PERCENT;
            told.examine(wrong.then(|| {
                format!("{right} of {promises}; {early} turns came earlier, {late} later")
            }));
        }
        let mut knew = Check::new("outside", "whoever waits knows soon that all is sold");
        if let Some(found) = self.knew_sold_out.filter(|it| it.fans >= JUDGED_MIN as u64) {
            let late = found.p99 > KNOWN_WITHIN.as_secs_f64();
            let text = || format!("{:.1} s at the 99th percentile of {}", found.p99, found.fans);
            if compression <= TOLD_COMPRESSION_MAX {
                knew.examine(late.then(text));
            }
        }
        [fair, turns, told, knew].into_iter().filter(|check| check.examined > 0).collect()
    }
}

/// Who took part in the draw: place and position. Who came later stands at their own place.
fn drawn(waits: &[&WaitStory]) -> Vec<(u64, u64)> {
    let known = waits.iter().filter_map(|wait| Some((u64::from(wait.place), wait.position?)));
    let known: Vec<(u64, u64)> = known.collect();
    let last = known.iter().filter(|(place, position)| place != position).map(|pair| pair.0).max();
    known.into_iter().filter(|(place, _)| last.is_some_and(|last| *place <= last)).collect()
}

fn fairness(waits: &[&WaitStory]) -> Fairness {
    let by = |moment: fn(&WaitStory) -> Option<u64>| {
        let pairs: Vec<(u64, u64)> =
            waits.iter().filter_map(|wait| Some((wait.position?, moment(wait)?))).collect();
        correlation(&pairs)
    };
    let mut turns: Vec<u64> = waits.iter().filter_map(|wait| wait.turn_ms).collect();
    turns.sort_unstable();
    let tenth = |of: usize| turns.get(turns.len() * of / 10).copied().unwrap_or(0);
    let turns_ms = tenth(9) - tenth(1);
    Fairness {
        joined_and_drawn: correlation(&drawn(waits)),
        turns_seconds: seconds(turns_ms),
        queue_and_turn: by(|wait| wait.turn_ms),
        queue_and_entry: by(|wait| wait.entered_ms.filter(|_| wait.comes == Comes::InTime)),
    }
}

/// Judges every promise from a moment on by when the turn really came.
fn told(waits: &[&WaitStory], from_ms: u64, turn: impl Fn(u64) -> Option<u64>) -> Told {
    let mut told = Told::default();
    let (mut ranges, mut distances) = (histogram(), histogram());
    for wait in waits {
        let Some(came_ms) = wait.position.and_then(&turn) else { continue };
        for promise in wait.told.iter().filter(|promise| promise.at_ms >= from_ms) {
            let Some(to_ms) = promise.to_ms else {
                told.nothing += 1;
                continue;
            };
            told.promises += 1;
            // What the fan read was on its way a moment before.
            let took_ms = came_ms.saturating_sub(promise.at_ms);
            match took_ms {
                took_ms if took_ms < promise.from_ms => told.early += 1,
                took_ms if took_ms > to_ms => told.late += 1,
                _ => told.right += 1,
            }
            ranges.saturating_record(to_ms - promise.from_ms.min(to_ms));
            distances.saturating_record(took_ms);
        }
    }
    let median = |of: &Histogram<u64>| seconds(of.value_at_percentile(50.0));
    (told.median_range_seconds, told.median_wait_seconds) = (median(&ranges), median(&distances));
    told
}

/// From when until when all was sold, in milliseconds of the drill: by the log, or else as it could be seen.
fn sold_out(room: &RoomOutcome, log: Option<&RoomLog>) -> Vec<(u64, u64)> {
    let Some(log) = log else {
        let seen = room.watched.first(0, Phase::SoldOut);
        return seen.map(|from| (from, u64::MAX)).into_iter().collect();
    };
    let drill = |ms: i64| room.starts_ms.saturating_add_signed(ms);
    let span = |all: &SoldOut| (drill(all.from_ms), all.until_ms.map_or(u64::MAX, drill));
    log.sold_out.iter().map(span).collect()
}

fn knew(waits: &[&WaitStory], sold_out: &[(u64, u64)]) -> Option<Knew> {
    let mut late = histogram();
    let (mut times, mut never) = (0, 0);
    // What is undone before everybody has to know it is nothing that all must be told.
    let known_ms = u64::try_from(KNOWN_WITHIN.as_millis()).unwrap_or(u64::MAX);
    for (from, until) in sold_out.iter().filter(|(from, until)| until - from > known_ms) {
        times += 1;
        for wait in waits.iter().filter(|wait| wait.joined_ms < *from) {
            let end = wait.waited_until_ms.unwrap_or(u64::MAX).min(*until);
            let heard = wait.sold_out.iter().find(|heard| (*from..*until).contains(&heard.at_ms));
            match heard {
                Some(heard) => {
                    let since = heard.online_ms.max(*from);
                    late.saturating_record(heard.at_ms.saturating_sub(since));
                }
                // They went home or were called before they could be late.
                None if end < from + known_ms => {}
                None => {
                    never += 1;
                    late.saturating_record(end - from);
                }
            }
        }
    }
    let at = |percent| seconds(late.value_at_percentile(percent));
    let fans = late.len();
    (fans > 0).then(|| Knew { times, fans, never, p50: at(50.0), p99: at(99.0) })
}

fn cost(waits: &[&WaitStory], kept: &Kept, starts_ms: u64, cpu: Vec<Used>) -> Cost {
    let fans = waits.len().max(1) as f64;
    let steps = [Step::Room, Step::Join, Step::Poll, Step::Draw, Step::Enter, Step::Leave];
    let asked = |step: Step| kept.steps.get(step as usize).map_or(0, Histogram::len) as f64;
    let before = kept.ticks.get(..ticks(starts_ms).min(kept.ticks.len())).unwrap_or_default();
    let sum = |count: fn(&Counts) -> u64| before.iter().map(count).sum::<u64>();
    let uncached = steps.into_iter().filter(|step| !matches!(step, Step::Poll | Step::Draw));
    Cost {
        joins_peak: peak(kept, |counts| counts.joins),
        polls_peak: peak(kept, |counts| counts.polls),
        per_fan: steps.map(|step| (step.name().to_owned(), asked(step) / fans)).to_vec(),
        per_fan_uncached: uncached.map(asked).sum::<f64>() / fans,
        before_turns: (seconds(starts_ms), sum(|counts| counts.joins), sum(|counts| counts.polls)),
        before_turns_cpu: cpu,
    }
}

fn peak(kept: &Kept, count: fn(&Counts) -> u64) -> f64 {
    let second = ticks(1_000);
    let sums = kept.ticks.chunks(second).map(|second| second.iter().map(count).sum::<u64>());
    sums.max().unwrap_or(0) as f64
}

fn ticks(ms: u64) -> usize {
    usize::try_from(ms / crate::limits::TICK_MS).unwrap_or(usize::MAX)
}

/// How long each ceiling was the least, longest first.
fn ceilings(log: &RoomLog) -> Ceilings {
    let mut sums: Vec<(Ceiling, i64)> = Vec::new();
    for pair in log.ticks.windows(2) {
        let [tick, next] = pair else { continue };
        let took = next.at_ms - tick.at_ms;
        match sums.iter_mut().find(|(known, _)| *known == tick.limited_by) {
            Some((_, sum)) => *sum += took,
            None => sums.push((tick.limited_by, took)),
        }
    }
    sums.sort_by_key(|(_, sum)| -sum);
    let name = |ceiling: Ceiling| format!("{ceiling:?}").to_lowercase();
    sums.into_iter().map(|(ceiling, ms)| (name(ceiling), ms as f64 / 1_000.0)).collect()
}

/// People in the shop, averaged over the ticks at which it was to be full, as places were left; the first that fill it
/// are left out.
fn mean_when_full(log: &RoomLog, target: u32) -> Option<f64> {
    let filled = log.ticks.iter().position(|tick| tick.in_shop >= target)?;
    let full =
        |tick: &&LoggedTick| tick.waiting > u64::from(target) && tick.limited_by != Ceiling::Places;
    let busy = log.ticks.get(filled..)?.iter().filter(full);
    let (count, sum) =
        busy.fold((0_u32, 0.0), |(count, sum), tick| (count + 1, sum + f64::from(tick.in_shop)));
    (count >= 100).then(|| sum / f64::from(count))
}

fn scaled_ms(compression: f64) -> u64 {
    let after = TOLD_AFTER.div_f64(compression).max(TOLD_AFTER_MIN);
    u64::try_from(after.as_millis()).unwrap_or(u64::MAX)
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Heard, Promise},
        *,
    };

    fn wait(place: u32, position: u64) -> WaitStory {
        let mut wait = WaitStory::new(place, [0; 16], 0, Comes::InTime);
        wait.position = Some(position);
        wait
    }

    #[test]
    fn who_came_after_the_draw_is_not_part_of_it() {
        let waits = [wait(0, 2), wait(1, 0), wait(2, 1), wait(3, 3), wait(4, 4)];
        assert_eq!(drawn(&waits.iter().collect::<Vec<_>>()), [(0, 2), (1, 0), (2, 1)]);
    }

    #[test]
    fn a_wave_and_a_few_after_it_are_not_turns_one_after_the_other() {
        let seconds = |moments: &[u64]| {
            let turn = |(place, at): (u32, &u64)| {
                let mut wait = wait(place, place.into());
                wait.turn_ms = Some(*at);
                wait
            };
            let waits: Vec<WaitStory> = (0..).zip(moments).map(turn).collect();
            fairness(&waits.iter().collect::<Vec<_>>()).turns_seconds
        };
        let steady: Vec<u64> = (0..100).map(|number| number * 1_000).collect();
        assert!((seconds(&steady) - 80.0).abs() < 1e-9);
        let mut wave = vec![5_000; 95];
        wave.extend([100_000, 200_000, 300_000, 400_000, 500_000]);
        assert!(seconds(&wave).abs() < 1e-9);
        assert!(seconds(&[]).abs() < 1e-9);
    }

    #[test]
    fn a_promise_is_right_within_its_range_and_is_not_judged_before_its_time() {
        let mut one = wait(0, 7);
        let promise = |at_ms, from_ms, to_ms| Promise { at_ms, from_ms, to_ms: Some(to_ms) };
        one.told = vec![
            promise(1_000, 0, 1),
            promise(10_000, 5_000, 20_000),
            promise(10_000, 11_000, 20_000),
            promise(10_000, 1_000, 9_000),
            Promise { at_ms: 11_000, from_ms: 0, to_ms: None },
        ];
        let found = told(&[&one], 5_000, |position| (position == 7).then_some(20_000));
        assert_eq!((found.promises, found.right), (3, 1));
        assert_eq!((found.early, found.late, found.nothing), (1, 1, 1));
        assert_eq!(told(&[&one], 5_000, |_| None), Told::default(), "the turn never came");
    }

    #[test]
    fn whoever_waits_is_looked_at_every_time_that_all_is_sold() {
        let fan = |heard: &[(u64, u64)], until_ms| {
            let mut fan = wait(0, 0);
            fan.waited_until_ms = until_ms;
            fan.sold_out = heard
                .iter()
                .map(|(at_ms, online_ms)| Heard { at_ms: *at_ms, online_ms: *online_ms })
                .collect();
            fan
        };
        let spans = [(100_000, 130_000), (150_000, 155_000), (200_000, u64::MAX)];
        let of = |fans: &[WaitStory]| knew(&fans.iter().collect::<Vec<_>>(), &spans);
        let found = of(&[fan(&[(104_000, 0), (206_000, 205_000)], None)]).unwrap();
        assert_eq!((found.times, found.fans, found.never), (2, 2, 0));
        assert!((found.p99 - 4.0).abs() < 0.1, "{found:?}");
        // Called before they could be late; called too early to hear of it; never told.
        assert_eq!(of(&[fan(&[], Some(105_000)), fan(&[], Some(90_000))]), None);
        let found = of(&[fan(&[(104_000, 0)], Some(240_000))]).unwrap();
        assert_eq!((found.fans, found.never), (2, 1));
        assert!((found.p99 - 40.0).abs() < 0.1, "{found:?}");
    }
}
