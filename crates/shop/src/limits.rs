//! Every bound of the application layer, each with its reason.

use crate::pace::Burst;

/// Faults reported of one file; who repairs fifty sees the rest next time.
pub const FAULTS_MAX: usize = 50;

/// Bytes of a seating plan. 150,000 seats as the editor writes them are some 24 MB.
pub const PLAN_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Zones of a plan; an arena has a hundred.
pub const PLAN_ZONES_MAX: usize = 2_000;
/// Areas of a plan, those that are only drawn included.
pub const PLAN_AREAS_MAX: usize = 1_000;
/// Corners of one drawn area.
pub const PLAN_POINTS_MAX: usize = 2_000;
/// Furthest that anything stands from the origin, in the plan's unit: tenths of it fit an `i32` many times over.
pub const PLAN_POSITION_MAX: f64 = 100_000.0;
/// Bytes of a name or label in a plan; longer ones cannot be drawn.
pub const PLAN_TEXT_BYTES_MAX: usize = 200;

/// Bytes of a sale file; the samples have five thousand.
pub const SALE_FILE_BYTES_MAX: usize = 256 * 1024;
/// Performances of one event in one sale file: two a day for half a year.
pub const PERFORMANCES_MAX: usize = 400;
/// Blocks in one sale file.
pub const SALE_FILE_BLOCKS_MAX: usize = 500;
/// Bytes of a name or a one-line text.
pub const NAME_BYTES_MAX: usize = 200;
/// Bytes of an event's description.
pub const DESCRIPTION_BYTES_MAX: usize = 8_000;
/// How far ahead a relative date may lie, in days.
pub const DAYS_AHEAD_MAX: i64 = 3_660;

/// Performances whose announcement is kept at hand.
pub const FACTS_KEPT_MAX: usize = 1_000;
/// How old an announcement at hand may be: another replica may have changed it.
pub const FACTS_MS_MAX: i64 = 5_000;
/// How long somebody waits for an announcement that another one is reading, before they read it themselves.
pub const FACTS_TURN: std::time::Duration = std::time::Duration::from_millis(250);
/// States of one seat map that are remembered, so that a reader gets only what changed: some seconds of a rush.
pub const STATUSES_KEPT: usize = 64;
/// How long somebody waits until this replica has read what another one wrote: many times longer than reading takes.
pub const CATCH_UP: std::time::Duration = std::time::Duration::from_secs(2);
/// How long a reader of a seat map, who has already seen a later one elsewhere, waits for this replica.
pub const STATUS_WAIT: std::time::Duration = std::time::Duration::from_millis(500);
/// Holds that one cart may have had in one sale, one after the other: bought, lapsed, and the next.
pub const HOLDS_PER_CART_MAX: u32 = 32;
/// Bytes of a person's name.
pub const PERSON_BYTES_MAX: usize = 120;
/// Bytes of a telephone number.
pub const PHONE_BYTES_MAX: usize = 40;
/// How long somebody waits for their own purchase to reach the tables before the page says "any moment".
pub const PROJECT_WAIT: std::time::Duration = std::time::Duration::from_secs(2);

/// How long before the doors open a ticket becomes valid at a gate: early doors happen.
pub const TICKET_VALID_BEFORE_MS: i64 = 3 * 60 * 60 * 1_000;
/// How long after the start it stays valid: a festival day, a party until morning.
pub const TICKET_VALID_AFTER_MS: i64 = 14 * 60 * 60 * 1_000;
/// How long a mail server may take for one mail.
pub const SMTP_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);
/// Mails of the outbox that are listed; it is for looking, not for keeping.
pub const OUTBOX_LISTED_MAX: usize = 100;
/// Bytes of one mail that is shown: fifty tickets as PDF stay far below.
pub const OUTBOX_MAIL_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Faults that an audit lists; whoever repairs a hundred sees the rest next time.
pub const VERIFY_FAULTS_MAX: usize = 100;
/// Entries between two checks of every invariant, each of which looks at every place.
pub const VERIFY_ENTRIES_PER_CHECK: u64 = 5_000;
/// How often one sale is compared while its tables move.
pub const VERIFY_TRIES_MAX: u32 = 5;

/// When a new payment is first asked about, if its provider says nothing before.
pub const PAYMENT_FIRST_CHECK_MS: i64 = 10_000;
/// Shortest and longest wait between two questions about one open payment.
pub const PAYMENT_CHECKS_MS: (i64, i64) = (5_000, 5 * 60_000);
/// Ages at which a failed payment is asked about once more, for money that comes late all the same.
pub const CHECKS_AFTER_FAILURE_MS: [i64; 5] =
    [20 * 60_000, 60 * 60_000, 6 * 3_600_000, 24 * 3_600_000, 3 * 24 * 3_600_000];
/// How much earlier than the hold a payment ends.
pub const PAYMENT_MARGIN_MS: i64 = 30_000;
/// How long a payment that is being opened is given before it counts as never opened: providers are slow.
pub const PAYMENT_OPENING_MS: i64 = 20_000;
/// How long whoever has made a payment `paid` has it for itself, and so how long a buyer waits at most whose shop was
/// killed at that moment: just longer than [`LEDGER_ANSWER_MS`]. Who is held up renews it before asking the ledger.
pub const SETTLE_LEASE_MS: i64 = 10_000;
/// Longer than the ledger takes for an answer, whatever happens to it.
pub const LEDGER_ANSWER_MS: i64 = 8_000;
/// How long a refund may take before somebody is told; each time that passes.
pub const REFUND_OVERDUE_MS: i64 = 60 * 60_000;
/// How long after its hold an unpaid order is given up.
pub const ORDER_EXPIRY_MARGIN_MS: i64 = 60_000;
/// PDFs that are drawn at once: each keeps a processor busy for some milliseconds, and selling comes first.
pub const DRAWN_AT_ONCE: usize = 1;
/// Jobs, payments or events that a worker takes at once.
pub const WORK_AT_ONCE: u32 = 20;
/// How long a worker has a job for itself, and so how long a job waits whose worker was killed.
pub const JOB_LEASE_MS: i64 = 15_000;
/// How often a worker says that it is still at a job, for mail servers and providers are slow: often enough that two
/// of these may fail.
pub const JOB_RENEWAL: std::time::Duration = std::time::Duration::from_secs(4);
/// How long a job that is done waits for others, to be written down with them. A worker's jobs together keep one waiting
/// for a fraction of its lease.
pub const JOBS_WRITTEN_WITHIN: std::time::Duration = std::time::Duration::from_millis(200);
/// How often an idle worker looks for what is due.
pub const WORK_INTERVAL: std::time::Duration = std::time::Duration::from_millis(500);
/// How often every stream is compared with the tables, for what a crash or another replica left.
pub const SWEEP_INTERVAL: std::time::Duration = std::time::Duration::from_secs(20);
/// How often sales that nobody asked for lately are taken out of memory.
pub const UNLOAD_INTERVAL_MS: i64 = 60_000;
/// How often finished jobs, old calls, old carts, messages that were dealt with and mails of the outbox are thrown away.
pub const PURGE_INTERVAL_MS: i64 = 60 * 60_000;
/// Portions ([`PURGE_MAX`](frontrow_store::limits::PURGE_MAX) rows) of each that one purge throws away at most; the
/// next one goes on. That is 2.4 million a day, some days' worth of the largest on-sale.
pub const PURGE_PORTIONS_MAX: usize = 100;
/// Mails of the outbox that one purge deletes at most.
pub const OUTBOX_PURGE_MAX: usize = 10_000;
/// For how long they are kept.
pub const KEPT_MS: i64 = 30 * 24 * 60 * 60_000;
/// How old an event of a provider is before the worker takes it from whoever received it, and how often it is tried.
pub const EVENT_PATIENCE_MS: i64 = 5_000;
/// How old an event that names no payment of ours may get before it is put aside.
pub const EVENT_GIVEN_UP_MS: i64 = 24 * 60 * 60_000;

/// Above this 99th percentile of its answers a shop lets in fewer people from its waiting room, in milliseconds: a
/// page that takes longer feels slow.
pub const ROOM_P99_MS_MAX: u32 = 800;
/// Failed requests, or failed questions to a payment provider, in a million, above which it does the same.
pub const ROOM_ERRORS_PPM_MAX: u32 = 10_000;
/// How old what a shop measured of itself may be before it says nothing any more, in milliseconds.
pub const ROOM_STALE_MS: i64 = 5_000;
/// Places that one person in the shop takes on average, in thousandths, those who buy nothing included.
pub const ROOM_PLACES_EACH_MILLI: u32 = 1_600;
/// How long after the start a beacon's round comes at the earliest, in milliseconds: by then it is published who takes
/// part. The tree of ten million takes three seconds.
pub const ROOM_ROOT_MS: i64 = 10_000;
/// How often each waiting room is looked at: twice for each of its ticks.
pub const ROOM_LOOK: std::time::Duration = std::time::Duration::from_millis(50);
/// For how long whoever polls a room that has ended is told so, in milliseconds: longer than anybody waits between two
/// questions, and than a telephone sleeps in a pocket during a short ride.
pub const ROOM_ENDED_MS: i64 = 10 * 60_000;
/// How often the tables are asked which rooms there are.
pub const ROOMS_INTERVAL: std::time::Duration = std::time::Duration::from_secs(1);
/// How often it is noted how a room stands, for the organiser's picture, in milliseconds.
pub const ROOM_SAMPLE_MS: i64 = 10_000;
/// For how long these notes are kept, in milliseconds.
pub const ROOM_HISTORY_MS: i64 = 30 * 60_000;
/// How often those whose turn came are looked for who wished for a mail, in milliseconds.
pub const ROOM_MAIL_MS: i64 = 1_000;
/// Positions that are looked at for that at once.
pub const ROOM_CALLED_MAX: usize = 400;
/// So many positions a replica looks back that begins to look after a room, for what another one left: more than are
/// called within a turn at the highest rate that a shop bears.
pub const ROOM_CALLED_BACK: u64 = 10_000;
/// How often a room is told what is left to buy, in milliseconds.
pub const ROOM_OFFER_MS: i64 = 1_000;
/// How long a replica that did not give the last tick waits for the one that did, beyond the tick itself, in
/// milliseconds.
pub const ROOM_TICK_PATIENCE_MS: i64 = 300;
/// Ticks that one replica gives before it leaves a gap for another one that suffers more: a second of them.
pub const ROOM_TICKS_BETWEEN_GAPS: u32 = 10;
/// How long such a gap is, in milliseconds: whoever takes it looks at least twice in it.
pub const ROOM_GAP_MS: i64 = 120;
/// How long after the end of a pass what it held may still be paid: a hold has a limit of its own.
pub const PASS_PAYS_MS: i64 = 15 * 60_000;
/// Access codes of a waiting room that are made at once.
pub const ACCESS_CODES_MAX: u32 = 10_000;
/// Series of access codes whose codes are told that they were called back; older ones are unknown. Each costs a hash for
/// every wrong code.
pub const CODE_SERIES_KNOWN: u32 = 8;
/// Codes that are mailed to one mailbox at once, and how far apart after that: whoever asks for somebody else's does not
/// fill it.
pub const CODE_MAILS: Burst = Burst { at_once: 2, every_ms: 60_000 };
/// Visitors, networks or mailboxes whose pace is remembered; each takes some forty bytes.
pub const PACED_MAX: usize = 100_000;
/// Zero bits that a proof of work may be asked to begin with: some million tries, seconds on a phone.
pub const WORK_BITS_MAX: u8 = 20;
/// Bytes of what a proof of work found: a number, or a few letters.
pub const WORK_CHARS_MAX: usize = 32;
/// Bytes of the address of a shop that a waiting room stands before.
pub const GATE_BYTES_MAX: usize = 500;
/// Places in a waiting room that one network takes in a minute if the organiser says nothing: a campus or a carrier's
/// phones behind one address, not a farm of scripts.
pub const NETWORK_JOINS_PER_MINUTE: u32 = 1_200;
/// The most that an organiser may say; 0 is no limit.
pub const NETWORK_JOINS_PER_MINUTE_MAX: u32 = 60_000;
