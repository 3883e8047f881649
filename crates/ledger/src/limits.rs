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
