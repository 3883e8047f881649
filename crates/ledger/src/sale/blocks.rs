//! Seat blocks: places that somebody keeps out of sale.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    AreaId, BlockId, SeatId,
    sale::{BlockKind, Places},
};

/// Places out of sale, whose, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Whose.
    pub kind: BlockKind,
    /// A note for colleagues.
    pub reason: String,
    /// Which; ascending, each area once, never empty.
    pub places: Places,
}

/// All blocks that still have places, by id.
pub(crate) type Blocks = BTreeMap<BlockId, Arc<Block>>;

impl Places {
    /// No place at all.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty() && self.areas.is_empty()
    }

    /// The same places, ascending, each area once and never with zero places. Twice the same seat
    /// stays.
    pub(crate) fn sorted(&self) -> Self {
        let mut seats = self.seats.clone();
        seats.sort_unstable();
        let mut areas: BTreeMap<AreaId, u32> = BTreeMap::new();
        for (area, places) in self.areas.iter().filter(|(_, places)| *places > 0) {
            let sum = areas.entry(*area).or_default();
            *sum = sum.saturating_add(*places);
        }
        Self { seats, areas: areas.into_iter().collect() }
    }

    pub(crate) fn of_area(&self, area: AreaId) -> u32 {
        match self.areas.binary_search_by_key(&area, |(area, _)| *area) {
            Ok(index) => self.areas.get(index).map_or(0, |(_, places)| *places),
            Err(_) => 0,
        }
    }

    pub(crate) fn has_seat(&self, seat: SeatId) -> bool {
        self.seats.binary_search(&seat).is_ok()
    }

    /// These places without `others`, which are among them. Both are sorted.
    pub(crate) fn without(&self, others: &Self) -> Self {
        let seats = self.seats.iter().copied().filter(|seat| !others.has_seat(*seat)).collect();
        let areas = self
            .areas
            .iter()
            .map(|(area, places)| (*area, places - others.of_area(*area)))
            .filter(|(_, places)| *places > 0)
            .collect();
        Self { seats, areas }
    }
}
