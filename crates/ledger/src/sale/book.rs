//! The book of a sale that is defined: its terms and everything that was ever held, sold or
//! blocked.

use std::sync::Arc;

use crate::sale::{
    Position, Terms, allocations::Allocations, allocations::Kind, blocks::Blocks, buyers::Buyers,
    holds::Holds, orders::Orders, prices::Prices, stock::Stock,
};

/// What a defined sale knows; see the methods for what can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    pub(crate) terms: Arc<Terms>,
    pub(crate) prices: Prices,
    pub(crate) open: bool,
    pub(crate) stock: Stock,
    pub(crate) holds: Holds,
    pub(crate) orders: Orders,
    pub(crate) blocks: Blocks,
    pub(crate) allocations: Allocations,
    pub(crate) buyers: Buyers,
}

impl Book {
    /// Everything is free and selling has not started. The terms have been checked.
    pub(crate) fn new(terms: Arc<Terms>) -> Self {
        Self {
            prices: Prices::new(&terms),
            open: false,
            stock: Stock::new(&terms),
            holds: Holds::default(),
            orders: Orders::default(),
            blocks: Blocks::new(),
            allocations: Allocations::new(&terms.allocations),
            buyers: Buyers::default(),
            terms,
        }
    }
}

/// What the limits count, for each position.
pub(crate) fn kinds<'a>(
    positions: impl Iterator<Item = &'a Position> + Clone,
) -> impl Iterator<Item = Kind> + Clone {
    positions.map(Position::kind)
}

impl Position {
    pub(crate) fn kind(&self) -> Kind {
        Kind { category: self.category, ticket_type: self.ticket_type }
    }
}
