//! Every bound of a rehearsal, each with its reason.

use std::time::Duration;

/// Fans of one drill: a stadium's on-sale; each is a task of some kilobytes.
pub const FANS_MAX: u32 = 2_000_000;
/// Bytes of an answer that are read: the drawing of the largest hall stays below.
pub const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long a fan waits for one answer before the browser gives up: longer than the shop's own limit.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a fan comes back when told to come back later, before going home.
pub const WAITS_MAX: u32 = 10;
/// The longest wait that a fan puts up with at once.
pub const WAIT_MAX: Duration = Duration::from_secs(20);
/// How often a fan chooses anew after others were faster.
pub const TRIES_MAX: u32 = 12;
/// How often somebody who only watches what is free looks, from and to.
pub const WATCH_LOOKS: std::ops::Range<u32> = 14..27;
/// After so many of those looks the page is loaded anew.
pub const WATCH_RELOADS_AFTER: u32 = 8;
/// How often a buyer looks at an order that waits for its payment or its tickets.
pub const LOOKS_MAX: u32 = 60;
/// Between two such looks, as the page's own script has it.
pub const LOOK_EVERY: Duration = Duration::from_secs(3);
/// The sweep asks so many things at once; the shop is at rest by then.
pub const SWEEP_AT_ONCE: usize = 32;
/// How long the sweep waits for orders to settle: longer than the test bank's late money.
pub const SETTLE_WITHIN: Duration = Duration::from_secs(90);
/// How often the sweep looks again for places whose hold has lapsed and that are not free yet, and how far apart: longer
/// than holds of a set are spread.
pub const LAPSE_LOOKS: u32 = 4;
/// See [`LAPSE_LOOKS`].
pub const LAPSE_LOOK_EVERY: Duration = Duration::from_secs(3);
/// Violations of one kind that are listed by name; more are counted.
pub const VIOLATIONS_LISTED: usize = 20;
/// Length of one tick of the timeline, in milliseconds.
pub const TICK_MS: u64 = 100;
/// Ticks that are kept: a day. What comes later is added to the last.
pub const TICKS_MAX: usize = 24 * 60 * 60 * 10;
/// Seconds whose latencies are kept apart, some kilobytes each: four hours. What comes later is added to the last.
pub const SECONDS_MAX: usize = 4 * 60 * 60;
/// How often the seat map is looked at for the picture.
pub const WATCH_EVERY: Duration = Duration::from_millis(500);
/// Latencies up to an hour, in microseconds, with three digits.
pub const LATENCY_US_MAX: u64 = 3_600_000_000;
/// Marks on the timeline: more could not be told apart.
pub const MARKS_MAX: usize = 400;
/// Between setting up a waiting room and the start of the drill: every replica knows it by then.
pub const ROOM_LEAD: Duration = Duration::from_secs(4);
/// How often in a row the status of a waiting room must be there before every replica counts as knowing it.
pub const ROOM_KNOWN_LOOKS: u32 = 30;
/// How long replicas may take to know it.
pub const ROOM_KNOWN_WITHIN: Duration = Duration::from_secs(20);
/// How often the status of a waiting room is looked at to see when which turn came: as often as it changes.
pub const ROOM_WATCH_EVERY: Duration = Duration::from_millis(100);
/// How long a waiting room that opened by itself may take to close after everybody went home: longer than the minute of
/// calm that the ledger wants to see.
pub const ROOM_LINGER: Duration = Duration::from_secs(150);
/// How often a fan tries to get a place, or to come in, before they give up.
pub const ROOM_TRIES_MAX: u32 = 60;
/// Who tries to get past the room is told that their turn is at least so far away: it must not come meanwhile.
pub const SNEAKS_AHEAD_MS: u64 = 10_000;
/// Of all that a drill tells about how long it takes, what came so long after the first turn is judged: before, nobody
/// can know how long people stay.
pub const TOLD_AFTER: Duration = Duration::from_mins(3);
/// However fast life is, the room finds out how long people stay from how many came in every ten seconds: two of those.
pub const TOLD_AFTER_MIN: Duration = Duration::from_secs(20);
/// A pass is valid for a minute at least, so in a drill that is faster people who just close the window stay longer, in
/// the time of the others, than they could in life: what was told is shown and not judged.
pub const TOLD_COMPRESSION_MAX: f64 = 10.0;
/// The share of them, in percent, that must have told the truth.
pub const TOLD_PERCENT: u64 = 90;
/// Within this time whoever waits must know that all is sold, at the 99th percentile; by the shop's clock, as phones ask,
/// whatever the compression.
pub const KNOWN_WITHIN: Duration = Duration::from_secs(10);
/// The order in which fans see their turn is judged where turns came for at least so long: ten times what phones wait
/// between two polls.
pub const TURNS_JUDGED: Duration = Duration::from_mins(1);
/// So many fans or promises are needed to judge by them.
pub const JUDGED_MIN: usize = 200;
