//! Reading what is sold: categories, types, prices, areas, limits, windows.

use frontrow_ledger::{
    limits::{
        ALLOCATIONS_MAX, AREA_CAPACITY_MAX, AREAS_MAX, BLOCK_REASON_BYTES_MAX, CATEGORIES_MAX,
        PLACES_PER_HOLD_MAX, ROWS_MAX, SEATS_MAX, TICKET_TYPES_MAX, WINDOWS_MAX,
    },
    sale::{Access, BlockKind, Currency, HoldTimes, OrderLimits},
};
use serde_json::Value;

use super::{
    AllocationSpec, AreaSpec, BlockSpec, CategorySpec, PriceSpec, SaleSpec, TicketTypeSpec,
    WindowSpec,
    catalogue::{optional_moment, read_whole},
    read::{channels, currency, money, name, tables, unique},
};
use crate::{
    document::Table,
    fault::{Faults, Problem},
    limits::{NAME_BYTES_MAX, SALE_FILE_BLOCKS_MAX},
    plan::Colour,
};

impl SaleSpec {
    /// Reads what is sold, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, Self::table)
    }

    pub(crate) fn table(table: &mut Table<'_>, faults: &mut Faults) -> Option<Self> {
        let currency = currency(table, faults);
        let names_required = table.flag("names_required", faults).unwrap_or(false);
        let limits = limits(table, faults);
        let hold = hold(table, faults);
        let categories = tables(table, "categories", CATEGORIES_MAX, faults, category);
        unique(&table.at("categories"), categories.iter().map(|c| c.key.as_str()), faults);
        let types = tables(table, "ticket_types", TICKET_TYPES_MAX, faults, ticket_type);
        unique(&table.at("ticket_types"), types.iter().map(|t| t.key.as_str()), faults);
        if types.is_empty() && faults.is_empty() {
            faults.push(table.at("ticket_types"), Problem::MustBe("at least one ticket type"));
        }
        let prices = prices(table, currency, faults);
        let areas = tables(table, "areas", AREAS_MAX, faults, area);
        unique(&table.at("areas"), areas.iter().map(|a| a.key.as_str()), faults);
        let allocations = tables(table, "allocations", ALLOCATIONS_MAX, faults, allocation);
        unique(&table.at("allocations"), allocations.iter().map(|a| a.key.as_str()), faults);
        let blocks = tables(table, "blocks", SALE_FILE_BLOCKS_MAX, faults, block);
        unique(&table.at("blocks"), blocks.iter().map(|b| b.key.as_str()), faults);
        let windows = windows(table, faults);
        Some(Self {
            currency: currency?,
            names_required,
            limits: limits?,
            hold,
            categories,
            ticket_types: types,
            prices,
            areas,
            allocations,
            blocks,
            windows,
        })
    }
}

impl PriceSpec {
    /// Reads a table of prices by category and ticket type, or says everything that is wrong with it.
    pub fn read_all(value: &Value, currency: Currency) -> Result<Vec<Self>, Faults> {
        read_whole(value, |table, faults| Some(prices(table, Some(currency), faults)))
    }
}

impl AllocationSpec {
    /// Reads an allocation, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, allocation)
    }
}

impl BlockSpec {
    /// Reads a seat block, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, block)
    }
}

pub(super) fn windows(table: &mut Table<'_>, faults: &mut Faults) -> Vec<WindowSpec> {
    tables(table, "windows", WINDOWS_MAX, faults, |table, faults| {
        Some(WindowSpec {
            channels: channels(table, faults),
            ticket_types: table.words("ticket_types", TICKET_TYPES_MAX, faults),
            opens: optional_moment(table, "opens", faults),
            closes: optional_moment(table, "closes", faults),
        })
    })
}

fn limits(table: &mut Table<'_>, faults: &mut Faults) -> Option<OrderLimits> {
    const { assert!(PLACES_PER_HOLD_MAX == 50) };
    table.required("per_order", faults);
    let per_order = table.number("per_order", (1, 50), "places from 1 to 50", faults);
    let per_buyer = table.number("per_buyer", (1, 10_000), "places from 1 to 10,000", faults);
    Some(OrderLimits { per_order: per_order?, per_buyer })
}

/// How long places are held when the organiser says nothing: a quarter of an hour, once half of that more, and time
/// to pay.
const HOLD: HoldTimes = HoldTimes {
    hold_ms: 15 * MINUTE_MS,
    jitter_ms: 20_000,
    extension_ms: 7 * MINUTE_MS,
    extensions: 1,
    payment_ms: 15 * MINUTE_MS,
    ceiling_ms: 45 * MINUTE_MS,
};
const MINUTE_MS: i64 = 60_000;

/// Minutes, seconds for the jitter.
fn hold(table: &mut Table<'_>, faults: &mut Faults) -> HoldTimes {
    let Some(value) = table.value("hold") else { return HOLD };
    let at = table.at("hold");
    let Some(mut hold) = Table::new(at, value, faults) else { return HOLD };
    let minutes = |hold: &mut Table<'_>, key, usual: i64, faults: &mut Faults| {
        let minutes = hold.number::<i64>(key, (1, 1_440), "minutes from 1 to 1,440", faults);
        minutes.map_or(usual, |minutes| minutes * MINUTE_MS)
    };
    let times = HoldTimes {
        hold_ms: minutes(&mut hold, "minutes", HOLD.hold_ms, faults),
        extension_ms: minutes(&mut hold, "extension_minutes", HOLD.extension_ms, faults),
        payment_ms: minutes(&mut hold, "payment_minutes", HOLD.payment_ms, faults),
        ceiling_ms: minutes(&mut hold, "ceiling_minutes", HOLD.ceiling_ms, faults),
        extensions: hold
            .number("extensions", (0, 10), "a number from 0 to 10", faults)
            .unwrap_or(HOLD.extensions),
        jitter_ms: hold
            .number::<i64>("jitter_seconds", (0, 600), "seconds from 0 to 600", faults)
            .map_or(HOLD.jitter_ms, |seconds| seconds * 1_000),
    };
    hold.end(faults);
    if times.ceiling_ms < times.hold_ms + times.jitter_ms {
        let problem = Problem::Contradiction("ends (ceiling_minutes) before it begins to lapse");
        faults.push(at, problem);
    }
    times
}

fn category(table: &mut Table<'_>, faults: &mut Faults) -> Option<CategorySpec> {
    let key = table.text("key", faults);
    let label = table.optional_texts("name", NAME_BYTES_MAX, faults);
    let access = match table.optional_text("for", faults).as_deref() {
        None | Some("everyone") => Some(Access::Everyone),
        Some("wheelchair") => Some(Access::Wheelchair),
        Some("companion") => Some(Access::Companion),
        Some(_) => None,
    };
    if access.is_none() {
        faults.push(table.at("for"), Problem::MustBe("everyone, wheelchair or companion"));
    }
    let colour = table.optional_text("colour", faults).and_then(|text| {
        let colour = Colour::parse(&text);
        if colour.is_none() {
            faults.push(table.at("colour"), Problem::MustBe("a colour like #1a2b3c"));
        }
        colour
    });
    Some(CategorySpec { key: key?, name: label, access: access?, colour })
}

fn ticket_type(table: &mut Table<'_>, faults: &mut Faults) -> Option<TicketTypeSpec> {
    let key = table.slug("key", faults);
    let label = table.texts("name", NAME_BYTES_MAX, faults);
    let note = table.optional_texts("note", NAME_BYTES_MAX, faults).unwrap_or_default();
    Some(TicketTypeSpec { key: key?, name: label?, note })
}

/// Category by ticket type.
fn prices(
    table: &mut Table<'_>,
    currency: Option<Currency>,
    faults: &mut Faults,
) -> Vec<PriceSpec> {
    let mut prices = Vec::new();
    let Some(value) = table.required("prices", faults) else { return prices };
    let (Value::Object(categories), Some(currency)) = (value, currency) else {
        if !value.is_object() {
            faults.push(table.at("prices"), Problem::MustBe("a table"));
        }
        return prices;
    };
    let at = table.at("prices");
    for (category, types) in categories {
        let at = at.key(category);
        let Value::Object(types) = types else {
            faults.push(at, Problem::MustBe("a table of ticket types and prices"));
            continue;
        };
        for (ticket_type, amount) in types {
            let amount_minor = money(&at.key(ticket_type), amount, currency, faults);
            prices.extend(amount_minor.map(|amount_minor| PriceSpec {
                category: category.clone(),
                ticket_type: ticket_type.clone(),
                amount_minor,
            }));
        }
    }
    prices
}

fn area(table: &mut Table<'_>, faults: &mut Faults) -> Option<AreaSpec> {
    const { assert!(AREA_CAPACITY_MAX == 1_000_000) };
    let key = table.text("key", faults);
    let label = table.optional_texts("name", NAME_BYTES_MAX, faults);
    let category = table.text("category", faults);
    table.required("capacity", faults);
    let bounds = (1, i64::from(AREA_CAPACITY_MAX));
    let capacity = table.number("capacity", bounds, "people from 1 to 1,000,000", faults);
    let multiple = table.number("multiple", (1, 50), "a number from 1 to 50", faults);
    Some(AreaSpec {
        key: key?,
        name: label,
        category: category?,
        capacity: capacity?,
        multiple: multiple.unwrap_or(1),
    })
}

fn allocation(table: &mut Table<'_>, faults: &mut Faults) -> Option<AllocationSpec> {
    let key = table.slug("key", faults);
    let label = table.optional_texts("name", NAME_BYTES_MAX, faults);
    table.required("limit", faults);
    let limit = table.number("limit", (0, 1_000_000_000), "places from 0 on", faults);
    let categories = table.words("categories", CATEGORIES_MAX, faults);
    let ticket_types = table.words("ticket_types", TICKET_TYPES_MAX, faults);
    let channels = channels(table, faults);
    let name =
        label.unwrap_or_else(|| frontrow_store::Texts::same(key.clone().unwrap_or_default()));
    Some(AllocationSpec { key: key?, name, limit: limit?, categories, ticket_types, channels })
}

fn block(table: &mut Table<'_>, faults: &mut Faults) -> Option<BlockSpec> {
    let key = table.slug("key", faults);
    let kind = table.text("kind", faults).and_then(|word| {
        let kind = block_kind(&word);
        if kind.is_none() {
            let kinds = "house, promoter, kill or production";
            faults.push(table.at("kind"), Problem::MustBe(kinds));
        }
        kind
    });
    let reason = table.optional_text("reason", faults).unwrap_or_default();
    if reason.len() > BLOCK_REASON_BYTES_MAX {
        let limit = BLOCK_REASON_BYTES_MAX;
        faults.push(table.at("reason"), Problem::TooLong { limit });
    }
    let seats = table.words("seats", SEATS_MAX, faults).unwrap_or_default();
    let rows = tables(table, "rows", ROWS_MAX, faults, |row, faults| {
        Some((row.text("zone", faults)?, row.text("row", faults)?))
    });
    let areas = tables(table, "areas", AREAS_MAX, faults, |area, faults| {
        let key = area.required("key", faults);
        let key = key.and_then(|value| name(&area.at("key"), value, faults));
        area.required("places", faults);
        let bounds = (1, i64::from(AREA_CAPACITY_MAX));
        let places = area.number("places", bounds, "people from 1 to 1,000,000", faults);
        Some((key?, places?))
    });
    Some(BlockSpec { key: key?, kind: kind?, reason, seats, rows, areas })
}

/// Whose a block is, by its word.
pub fn block_kind(word: &str) -> Option<BlockKind> {
    match word {
        "house" => Some(BlockKind::House),
        "promoter" => Some(BlockKind::Promoter),
        "kill" => Some(BlockKind::Kill),
        "production" => Some(BlockKind::Production),
        _ => None,
    }
}
