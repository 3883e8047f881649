//! Reading how a waiting room works.

use frontrow_ledger::{
    limits::{
        ADMISSION_RATE_MAX, BEACON_NAME_BYTES_MAX, DRAW_FALLBACK_MS_MAX, PASS_MS_MAX,
        SHOP_PEOPLE_MAX, TURN_MS_MAX, TURN_MS_MIN,
    },
    room::{Beacon, Mode},
};
use http::Uri;
use serde_json::Value;

use super::catalogue::{optional_moment, read_whole};
use crate::{
    document::Table,
    fault::{Faults, Problem},
    limits::{
        GATE_BYTES_MAX, NETWORK_JOINS_PER_MINUTE, NETWORK_JOINS_PER_MINUTE_MAX, WORK_BITS_MAX,
    },
    moment::Moment,
    room::Entry,
};

/// How a waiting room works, as an organiser says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSpec {
    /// Whether people wait.
    pub mode: Mode,
    /// When turns begin to come.
    pub starts: Starts,
    /// How long before that fans may join.
    pub opens_before_ms: i64,
    /// From when on nobody waits any more.
    pub ends: Option<Moment>,
    /// Whether those who came before the start are drawn; otherwise they are served as they came.
    pub draw: Option<DrawSpec>,
    /// How long a pass is valid.
    pub pass_ms: i64,
    /// What its one extension adds.
    pub extension_ms: i64,
    /// How long a turn is open.
    pub turn_ms: i64,
    /// People in the shop at once on average.
    pub target: u32,
    /// People in the shop at once, ever.
    pub cap: u32,
    /// Turns a minute.
    pub rate_per_minute: u32,
    /// Who may join.
    pub entry: Entry,
    /// From when on anybody may.
    pub anyone_from: Option<Moment>,
    /// How much work a place costs; see [`Door`](crate::room::Door::work_bits).
    pub work_bits: u8,
    /// The address of somebody else's shop, if the room stands before it.
    pub gate: Option<String>,
    /// Places that one network may take in a minute.
    pub network_joins_per_minute: u32,
}

/// When turns begin to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// At a moment of the venue's time.
    At(Moment),
    /// So many milliseconds after the room is set up: to try it out.
    In(i64),
}

/// How the draw is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawSpec {
    /// Public randomness that goes into it.
    pub beacon: Option<Beacon>,
    /// So long after the start it does without a seed or beacon that did not come.
    pub fallback_ms: i64,
}

const MINUTE_MS: i64 = 60_000;
/// What an organiser gets who says nothing: half an hour to come, ten minutes to buy and five more, two minutes to
/// notice the own turn.
const OPENS_BEFORE_MINUTES: i64 = 30;
const PASS_MINUTES: i64 = 10;
const EXTENSION_MINUTES: i64 = 5;
const TURN_SECONDS: i64 = 120;
const FALLBACK_MINUTES: i64 = 5;
/// People in the shop at once, and turns a minute: what one small machine serves at its ease.
const TARGET: u32 = 500;
const RATE_PER_MINUTE: u32 = 600;
/// Room between the target and the cap, in percent of the target.
const ABOVE_TARGET_PERCENT: u32 = 20;
const OPENS_BEFORE_MINUTES_MAX: i64 = 7 * 24 * 60;
const STARTS_IN_MINUTES_MAX: i64 = 30 * 24 * 60;

impl RoomSpec {
    /// Reads a waiting room, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, Self::table)
    }

    pub(crate) fn table(table: &mut Table<'_>, faults: &mut Faults) -> Option<Self> {
        let mode = mode(table, faults);
        let starts = starts(table, faults);
        let opens_before_ms =
            minutes(table, "opens_before_minutes", (0, OPENS_BEFORE_MINUTES_MAX), faults);
        let ends = optional_moment(table, "ends", faults);
        let draw = draw(table, faults);
        let pass_max = PASS_MS_MAX / MINUTE_MS;
        let pass_ms = minutes(table, "pass_minutes", (1, pass_max), faults);
        let extension_ms = minutes(table, "extension_minutes", (0, pass_max), faults);
        let turn = ((TURN_MS_MIN + 999) / 1_000, TURN_MS_MAX / 1_000);
        let turn_seconds =
            table.number("turn_seconds", turn, "seconds that a turn may be open", faults);
        let people = (1, i64::from(SHOP_PEOPLE_MAX));
        let target = table.number("target", people, "people in the shop", faults).unwrap_or(TARGET);
        let cap = table.number("cap", people, "people in the shop", faults);
        let rate = (1, i64::from(ADMISSION_RATE_MAX));
        let rate_per_minute = table.number("rate_per_minute", rate, "turns a minute", faults);
        let above = target.saturating_mul(ABOVE_TARGET_PERCENT) / 100 + 1;
        let cap = cap.unwrap_or(target.saturating_add(above).min(SHOP_PEOPLE_MAX));
        if cap < target {
            faults.push(table.at("cap"), Problem::MustBe("at least the target"));
        }
        let entry = entry(table, faults);
        let anyone_from = optional_moment(table, "anyone_from", faults);
        let bits = (0, i64::from(WORK_BITS_MAX));
        let work_bits = table.number("work_bits", bits, "bits from 0 to 20", faults);
        let gate = gate(table, faults);
        let network = (0, i64::from(NETWORK_JOINS_PER_MINUTE_MAX));
        let what = "places a minute, from 0 to 60,000";
        let network = table.number("network_joins_per_minute", network, what, faults);
        Some(Self {
            mode: mode?,
            starts: starts?,
            opens_before_ms: opens_before_ms.unwrap_or(OPENS_BEFORE_MINUTES * MINUTE_MS),
            ends,
            draw,
            pass_ms: pass_ms.unwrap_or(PASS_MINUTES * MINUTE_MS),
            extension_ms: extension_ms.unwrap_or(EXTENSION_MINUTES * MINUTE_MS),
            turn_ms: turn_seconds.unwrap_or(TURN_SECONDS) * 1_000,
            target,
            cap,
            rate_per_minute: rate_per_minute.unwrap_or(RATE_PER_MINUTE),
            entry: entry?,
            anyone_from,
            work_bits: work_bits.unwrap_or(0),
            gate,
            network_joins_per_minute: network.unwrap_or(NETWORK_JOINS_PER_MINUTE),
        })
    }
}

fn entry(table: &mut Table<'_>, faults: &mut Faults) -> Option<Entry> {
    let Some(value) = table.value("entry") else { return Some(Entry::Anyone) };
    let entry = serde_json::from_value(value.clone()).ok();
    if entry.is_none() {
        faults.push(table.at("entry"), Problem::MustBe("`anyone`, `code` or `email`"));
    }
    entry
}

/// Passes travel there in the address, so it has to be encrypted; on the own machine it need not.
fn gate(table: &mut Table<'_>, faults: &mut Faults) -> Option<String> {
    let address = table.optional_text("gate", faults)?;
    let parsed = address.parse::<Uri>().ok();
    let fits = parsed.is_some_and(|uri| {
        let own = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let scheme = uri.scheme_str();
        scheme == Some("https") || (own && scheme == Some("http"))
    });
    if address.len() > GATE_BYTES_MAX {
        faults.push(table.at("gate"), Problem::TooLong { limit: GATE_BYTES_MAX });
    } else if !fits {
        faults.push(table.at("gate"), Problem::MustBe("an address that begins with `https://`"));
    }
    fits.then_some(address)
}

fn mode(table: &mut Table<'_>, faults: &mut Faults) -> Option<Mode> {
    let Some(value) = table.value("mode") else { return Some(Mode::On) };
    let mode = match value.as_str() {
        Some("on") => Some(Mode::On),
        Some("automatic") => Some(Mode::Automatic),
        Some("off") => Some(Mode::Off),
        _ => None,
    };
    if mode.is_none() {
        faults.push(table.at("mode"), Problem::MustBe("`on`, `automatic` or `off`"));
    }
    mode
}

fn starts(table: &mut Table<'_>, faults: &mut Faults) -> Option<Starts> {
    let at = optional_moment(table, "starts", faults);
    let what = "minutes from 0 to 43,200";
    let minutes =
        table.number::<i64>("starts_in_minutes", (0, STARTS_IN_MINUTES_MAX), what, faults);
    let seconds = (0, STARTS_IN_MINUTES_MAX * 60);
    let seconds =
        table.number::<i64>("starts_in_seconds", seconds, "seconds from 0 to 2,592,000", faults);
    let said = [
        ("starts", at.map(Starts::At)),
        ("starts_in_minutes", minutes.map(|minutes| Starts::In(minutes * MINUTE_MS))),
        ("starts_in_seconds", seconds.map(|seconds| Starts::In(seconds * 1_000))),
    ];
    let mut said = said.into_iter().filter_map(|(key, starts)| Some((key, starts?)));
    match (said.next(), said.next()) {
        (Some((_, starts)), None) => Some(starts),
        (Some(_), Some((again, _))) => {
            let problem = Problem::Contradiction("says again when it starts");
            faults.push(table.at(again), problem);
            None
        }
        (None, _) => {
            if faults.is_empty() {
                faults.push(table.at("starts"), Problem::Missing);
            }
            None
        }
    }
}

/// A draw is the rule; `draw = false` leaves it out.
fn draw(table: &mut Table<'_>, faults: &mut Faults) -> Option<DrawSpec> {
    let wanted = table.flag("draw", faults).unwrap_or(true);
    let most = DRAW_FALLBACK_MS_MAX / MINUTE_MS;
    let fallback = minutes(table, "fallback_minutes", (0, most), faults);
    let beacon = beacon(table, faults);
    wanted
        .then(|| DrawSpec { beacon, fallback_ms: fallback.unwrap_or(FALLBACK_MINUTES * MINUTE_MS) })
}

fn beacon(table: &mut Table<'_>, faults: &mut Faults) -> Option<Beacon> {
    let value = table.value("beacon")?;
    let mut inner = Table::new(table.at("beacon"), value, faults)?;
    let name = inner.text("name", faults).filter(|name| {
        let fits = name.len() <= BEACON_NAME_BYTES_MAX;
        if !fits {
            let limit = BEACON_NAME_BYTES_MAX;
            faults.push(inner.at("name"), Problem::TooLong { limit });
        }
        fits
    });
    inner.required("round", faults);
    let round = inner.number("round", (0, i64::MAX), "the number of a round", faults);
    inner.end(faults);
    Some(Beacon { name: name?, round: round? })
}

fn minutes(
    table: &mut Table<'_>,
    key: &'static str,
    bounds: (i64, i64),
    faults: &mut Faults,
) -> Option<i64> {
    let minutes = table.number::<i64>(key, bounds, "minutes within its bounds", faults);
    minutes.map(|minutes| minutes * MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Beacon, Entry, Mode, RoomSpec, Starts};

    #[test]
    fn who_says_only_when_it_starts_gets_a_room_with_a_draw() {
        let spec = RoomSpec::read(&json!({ "starts_in_minutes": 5 })).unwrap();
        assert_eq!((spec.mode, spec.starts), (Mode::On, Starts::In(300_000)));
        assert_eq!((spec.target, spec.cap, spec.rate_per_minute), (500, 601, 600));
        assert_eq!(spec.draw.map(|draw| draw.fallback_ms), Some(300_000));
        let soon = RoomSpec::read(&json!({ "starts_in_seconds": 7 })).unwrap();
        assert_eq!(soon.starts, Starts::In(7_000));
        let twice = json!({ "starts_in_minutes": 5, "starts_in_seconds": 7 });
        let faults = RoomSpec::read(&twice).unwrap_err();
        assert_eq!(faults.list()[0].at, "/starts_in_seconds");
    }

    #[test]
    fn everything_can_be_said() {
        let spec = RoomSpec::read(&json!({
            "mode": "automatic", "starts": "2027-06-12T10:00", "opens_before_minutes": 60, "ends": "2027-06-12T22:00",
            "draw": true, "fallback_minutes": 1, "beacon": { "name": "drand quicknet", "round": 7 },
            "pass_minutes": 8, "extension_minutes": 4, "turn_seconds": 60, "target": 10, "cap": 12,
            "rate_per_minute": 30, "entry": "code", "anyone_from": "2027-06-12T09:45", "work_bits": 12,
            "gate": "https://tickets.example.org/buy"
        }))
        .unwrap();
        let beacon = Beacon { name: "drand quicknet".to_owned(), round: 7 };
        assert_eq!(spec.draw.unwrap().beacon, Some(beacon));
        assert_eq!((spec.turn_ms, spec.cap, spec.opens_before_ms), (60_000, 12, 3_600_000));
        assert_eq!((spec.entry, spec.work_bits), (Entry::Code, 12));
        assert!(spec.anyone_from.is_some());
        assert_eq!(spec.gate.as_deref(), Some("https://tickets.example.org/buy"));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let body = json!({
            "mode": "maybe", "starts_in_minutes": -1, "target": 10, "cap": 3, "beacon": { "name": "x" }, "rte": 1,
            "entry": "friends", "work_bits": 21, "gate": "http://tickets.example.org"
        });
        let faults = RoomSpec::read(&body).unwrap_err();
        let at: Vec<&str> = faults.list().iter().map(|fault| fault.at.as_str()).collect();
        let expected = [
            "/mode",
            "/starts_in_minutes",
            "/beacon/round",
            "/cap",
            "/entry",
            "/work_bits",
            "/gate",
            "/rte",
        ];
        assert_eq!(at, expected);
    }
}
