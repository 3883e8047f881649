//! Every bound of the product that a ledger enforces, each with its reason.

/// Seats of one sale. The largest halls and stadiums with numbered seats stay below 120,000.
pub const SEATS_MAX: usize = 150_000;
/// Rows of one sale (a table or a box is a row).
pub const ROWS_MAX: usize = 20_000;
/// How far from the origin a seat may be drawn, in tenths of the plan's unit: 100 km if the unit is
/// a centimetre; the square of any distance fits 64 bits with room to sum.
pub const COORDINATE_MAX: i32 = 100_000_000;
/// Seats of one row; more than any real row, few enough for small fixed tables.
pub const ROW_SEATS_MAX: usize = 255;
/// Standing areas of one sale.
pub const AREAS_MAX: usize = 200;
/// Places of one standing area: an open-air field takes some 100,000.
pub const AREA_CAPACITY_MAX: u32 = 1_000_000;
/// Price categories of one sale; people cannot tell more apart.
pub const CATEGORIES_MAX: usize = 64;
/// Ticket types of one sale.
pub const TICKET_TYPES_MAX: usize = 64;
/// Allocations of one sale: all that apply are checked for every place.
pub const ALLOCATIONS_MAX: usize = 256;
/// Sale windows of one sale.
pub const WINDOWS_MAX: usize = 256;
/// Places of one hold, whatever the organiser allows: a coach party.
pub const PLACES_PER_HOLD_MAX: usize = 50;
/// Adjacent seats that best available keeps an index for; a larger party is stacked over rows.
pub const PARTY_ADJACENT_MAX: usize = 10;
/// Price of one place in minor units: ten million in a currency of two decimals.
pub const PRICE_MAX: i64 = 1_000_000_000;
/// Longest that a hold may be configured to live, extensions and payment included: a hold is not a
/// reservation.
pub const HOLD_CEILING_MS_MAX: i64 = 24 * 60 * 60 * 1_000;
/// Commands whose answer a sale remembers, so that a retry gets the same one. A long answer
/// (blocks, prices, terms) counts as several.
pub const COMMANDS_REMEMBERED: usize = 200_000;
/// Lapsed holds that a sale remembers, so that late money can take the same places if they are
/// still free.
pub const LAPSED_HOLDS_REMEMBERED: usize = 100_000;
/// Faults that are listed when terms contradict themselves; whoever has more reads them after
/// mending these.
pub const FAULTS_LISTED: usize = 100;
/// Live seat blocks of one sale.
pub const BLOCKS_MAX: usize = 10_000;
/// Bytes of a block's reason: a note for colleagues.
pub const BLOCK_REASON_BYTES_MAX: usize = 200;
/// Between two ticks of a waiting room's admission, in milliseconds: ten a second feel continuous,
/// and cost ten small entries of the log.
pub const TICK_MS: i64 = 100;
/// People in one shop at once. One machine serves some thousands; this is many machines.
pub const SHOP_PEOPLE_MAX: u32 = 1_000_000;
/// Turns a minute that may be configured: a stadium within a minute.
pub const ADMISSION_RATE_MAX: u32 = 1_000_000;
/// Turns, in thousandths a minute, that come even while the shop suffers: one in ten seconds, so that
/// it shows when it is better.
pub const ADMISSION_RATE_MIN: crate::room::admission::Rate =
    crate::room::admission::Rate::per_minute(6);
/// A turn is open at least this long: a phone must wake up.
pub const TURN_MS_MIN: i64 = 10_000;
/// A turn is open at most this long: nobody else can have the place meanwhile.
pub const TURN_MS_MAX: i64 = 60 * 60 * 1_000;
/// Of a million people whose turn comes, at least so many are expected to come, however few came
/// before: at most twenty turns are opened for each place in the shop.
pub const SHOW_RATE_PPM_MIN: u64 = 50_000;
/// Turns that came within this time are remembered as one.
pub const COHORT_MS: i64 = 1_000;
/// How many cases the estimates of admission rest on; more than twice as many are halved.
pub const WITNESSES: u32 = 400;
/// How often estimates of who comes are halved.
pub const WITNESSES_HALVED_MS: i64 = 30_000;
/// How often estimates of how long people stay are halved.
pub const STAYS_HALVED_MS: i64 = 120_000;
/// In which time the whole of what is missing in the shop is added to what admission aims at.
pub const TRIM_MS: i64 = 150_000;
/// Between two changes of a rate because of what was measured.
pub const RATE_STEP_MS: i64 = 1_000;
/// How often is looked ahead who leaves the shop when, in milliseconds: some ten thousand steps.
pub const STAYS_LOOKED_MS: i64 = 2_000;
/// Why the queue became slower is said so long: everyone who waits has asked since.
pub const SLOWER_SAID_MS: i64 = 120_000;
/// Between two marks of how many places were free, in milliseconds.
pub const SELLING_MARK_MS: i64 = 2_000;
/// For so long they are remembered, in milliseconds.
pub const SELLING_SEEN_MS: i64 = 60_000;
/// So long somebody needs at least to take the last places and to pay for them, in milliseconds.
pub const SELLING_SLOWEST_MS: u64 = 10_000;
/// When all is sold, so many who stand first in the queue ask more often than the others: should
/// places come back, they know before their turn is over.
pub const SOLD_OUT_NEAR: u64 = 200;
/// Places of one draw: ten times the largest crowd planned for, and a proof of inclusion (32 bytes
/// for each doubling) stays below a kilobyte.
pub const DRAW_PLACES_MAX: u64 = 100_000_000;
/// Bytes of a public beacon's value: drand's are 32, NIST's 64, a BLS signature 96.
pub const BEACON_BYTES_MAX: usize = 128;
/// Fans of one waiting room: ten million who wait for one sale, and room for those who come late.
/// A place fits in 24 bits, which keeps the index of fans small.
pub const ROOM_PLACES_MAX: u32 = 16_000_000;
/// Answers that a waiting room remembers, beside those to joins, which the places themselves
/// remember: some minutes of a busy one.
pub const ROOM_COMMANDS_REMEMBERED: usize = 10_000;
/// Bytes of a message to waiting fans: one line on a phone, twice.
pub const MESSAGE_BYTES_MAX: usize = 200;
/// Categories of which waiting fans see how much is left; a longer list has no room in the public
/// status.
pub const OFFER_CATEGORIES_MAX: usize = 24;
/// Bytes of a public beacon's name.
pub const BEACON_NAME_BYTES_MAX: usize = 64;
/// Longest that a draw waits for its seed before the announced fallback holds.
pub const DRAW_FALLBACK_MS_MAX: i64 = 60 * 60 * 1_000;
/// Longest that a pass may be valid, extension included.
pub const PASS_MS_MAX: i64 = 4 * 60 * 60 * 1_000;
/// In automatic mode the room opens when the shop has suffered for so long: not at the first slow
/// answer.
pub const BUSY_MS: i64 = 3_000;
/// In automatic mode the room closes when nobody has waited and the shop has been well for so long.
pub const CALM_MS: i64 = 60_000;
/// Keys that open receipts and passes at a time: the one in use, and those before it until nothing
/// that they sealed is around.
pub const SEAL_KEYS_MAX: usize = 8;
/// Bytes of a draw file before its digests: twice what the longest beacon leads to.
pub const DRAW_HEADER_BYTES_MAX: usize = 2_048;
