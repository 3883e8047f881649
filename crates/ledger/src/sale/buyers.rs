//! How many places each buyer has, over all of their orders and open payments.

use crate::{
    BuyerKey,
    sale::{OrderLimits, Refusal},
    table::Table,
};

/// Places by buyer: of holds in payment and of orders; a cancelled position counts no more.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Buyers {
    places: Table<BuyerKey, u32>,
}

impl Buyers {
    pub(crate) fn get(&self, buyer: BuyerKey) -> u32 {
        self.places.get(&buyer).copied().unwrap_or(0)
    }

    /// In no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (BuyerKey, u32)> {
        self.places.iter().map(|(buyer, places)| (*buyer, *places))
    }

    pub(crate) fn add(&mut self, buyer: BuyerKey, places: usize) {
        if places > 0 {
            *self.places.get_or_insert(buyer, 0) += count(places);
        }
    }

    pub(crate) fn subtract(&mut self, buyer: BuyerKey, places: usize) {
        let has = self.places.get_or_insert(buyer, 0);
        *has = has.checked_sub(count(places)).expect("a buyer gives back what was theirs");
        if *has == 0 {
            self.places.remove(&buyer);
        }
    }
}

/// Refuses if a buyer who `has` places elsewhere may not have so many more.
pub(crate) fn refuse_over_limit(limits: OrderLimits, has: u32, more: usize) -> Result<(), Refusal> {
    match limits.per_buyer {
        Some(limit) if has.saturating_add(count(more)) > u32::from(limit) => {
            Err(Refusal::OverBuyerLimit { limit, has })
        }
        _ => Ok(()),
    }
}

fn count(places: usize) -> u32 {
    u32::try_from(places).unwrap_or(u32::MAX)
}
