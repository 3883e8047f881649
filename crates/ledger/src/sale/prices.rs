//! Category x ticket type: what a place costs now.

use std::sync::Arc;

use crate::sale::{Price, Terms, allocations::Kind};

/// A table that is asked for every place of every hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prices {
    ticket_types: usize,
    by_category: Arc<[Option<i64>]>,
}

impl Prices {
    pub(crate) fn new(terms: &Terms) -> Self {
        let ticket_types = usize::from(terms.ticket_types);
        let mut by_category = vec![None; terms.categories.len() * ticket_types];
        for Price { category, ticket_type, amount_minor } in &terms.prices {
            let index = usize::from(category.0) * ticket_types + usize::from(ticket_type.0);
            by_category[index] = Some(*amount_minor);
        }
        Self { ticket_types, by_category: by_category.into() }
    }

    /// Nothing if this category is not sold as this ticket type, or if there is no such pair at
    /// all.
    pub(crate) fn get(&self, kind: Kind) -> Option<i64> {
        let ticket_type = usize::from(kind.ticket_type.0);
        if ticket_type >= self.ticket_types {
            return None;
        }
        let index = usize::from(kind.category.0) * self.ticket_types + ticket_type;
        self.by_category.get(index).copied().flatten()
    }
}
