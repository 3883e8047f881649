//! Small builders: terms that sell nothing but seats.

use frontrow_ledger::{
    CategoryId,
    sale::{Access, Category, Currency, HoldTimes, OrderLimits, Point, Price, Row, Seat, Terms},
};

/// Terms for these rows; every category is sold as the only ticket type.
pub fn terms(access: &[Access], rows: Vec<Row>, focus: Point) -> Terms {
    Terms {
        currency: Currency(*b"CZK"),
        categories: access.iter().map(|&access| Category { access }).collect(),
        ticket_types: 1,
        prices: (0..access.len())
            .map(|category| Price {
                category: category_id(category),
                ticket_type: frontrow_ledger::TicketTypeId(0),
                amount_minor: 100,
            })
            .collect(),
        rows,
        areas: Vec::new(),
        focus,
        allocations: Vec::new(),
        windows: Vec::new(),
        limits: OrderLimits { per_order: 10, per_buyer: None },
        hold: HoldTimes {
            hold_ms: 600_000,
            jitter_ms: 60_000,
            extension_ms: 300_000,
            extensions: 1,
            payment_ms: 900_000,
            ceiling_ms: 3_600_000,
        },
    }
}

pub fn category_id(category: usize) -> CategoryId {
    CategoryId(u16::try_from(category).unwrap())
}

/// A row from `(category, x, y)` in tenths.
pub fn row(section: u16, seats: &[(usize, i32, i32)]) -> Row {
    let seat = |&(category, x, y): &(usize, i32, i32)| Seat {
        category: category_id(category),
        at: Point { x, y },
    };
    Row { section, seats: seats.iter().map(seat).collect() }
}
