//! What was sold, and what of it was cancelled.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    BuyerKey, ChannelId, HoldId, OrderId, Time,
    limits::PLACES_PER_HOLD_MAX,
    sale::{Hold, Position},
    table::Table,
};

/// A purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The hold it was.
    pub hold: HoldId,
    /// Whose.
    pub buyer: BuyerKey,
    /// Through which door it came.
    pub channel: ChannelId,
    /// When it was sold.
    pub confirmed: Time,
    /// All that was sold, cancelled since or not.
    pub positions: Arc<[Position]>,
    /// One bit per position.
    cancelled: u64,
}

impl Order {
    pub(crate) fn new(id: HoldId, buyer: BuyerKey, hold: &Hold, confirmed: Time) -> Self {
        let positions = Arc::clone(&hold.positions);
        Self { hold: id, buyer, channel: hold.channel, confirmed, positions, cancelled: 0 }
    }

    /// Whether a position is there and was not cancelled.
    pub fn is_valid(&self, position: u16) -> bool {
        usize::from(position) < self.positions.len() && self.cancelled & bit(position) == 0
    }

    /// The indexes of the positions that are not cancelled, ascending.
    pub fn valid(&self) -> impl Iterator<Item = u16> {
        (0..PLACES).filter(|position| self.is_valid(*position))
    }

    /// The positions that are not cancelled.
    pub fn valid_positions(&self) -> impl Iterator<Item = &Position> + Clone {
        self.positions
            .iter()
            .zip(0..PLACES)
            .filter(|(_, index)| self.cancelled & bit(*index) == 0)
            .map(|(position, _)| position)
    }

    pub(crate) fn cancel(&mut self, position: u16) {
        assert!(self.is_valid(position), "a position is cancelled once");
        self.cancelled |= bit(position);
    }
}

/// All orders. They are never forgotten: each was paid for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Orders {
    by_id: Table<OrderId, Order>,
    by_hold: Table<HoldId, OrderId>,
}

impl Orders {
    pub(crate) fn get(&self, id: OrderId) -> Option<&Order> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: OrderId) -> Option<&mut Order> {
        self.by_id.get_mut(&id)
    }

    /// What a hold became.
    pub(crate) fn of_hold(&self, hold: HoldId) -> Option<OrderId> {
        self.by_hold.get(&hold).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn holds_count(&self) -> usize {
        self.by_hold.len()
    }

    /// In no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (OrderId, &Order)> {
        self.by_id.iter().map(|(id, order)| (*id, order))
    }

    pub(crate) fn insert(&mut self, id: OrderId, order: Order) {
        let hold = self.by_hold.insert(order.hold, id);
        let order = self.by_id.insert(id, order);
        assert!(hold.is_none() && order.is_none(), "an order and its hold are sold once");
    }
}

const fn bit(position: u16) -> u64 {
    1 << (position % 64)
}

/// [`PLACES_PER_HOLD_MAX`] as the type of an index.
const PLACES: u16 = 50;
const _: () = assert!(PLACES_PER_HOLD_MAX == 50 && PLACES <= 64);
