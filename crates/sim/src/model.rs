//! The same sale kept by hand: a flat list of who has what, counted anew for every question.
//!
//! It shares no code with the ledger. It is slow and obvious, so where the two disagree the ledger is wrong. It does
//! not decide; it checks what was decided, record by record, in the order of the log.

mod check;
mod compare;
mod holding;

use std::sync::Arc;

use frontrow_ledger::{
    BlockId, BuyerKey, CategoryId, ChannelId, HoldId, OrderId, TicketTypeId, Time,
    sale::{Command, Place, Places, Position, Record, Terms},
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Broken, must};

/// One place that is not free.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) place: Place,
    pub(crate) by: By,
    /// What limits look at; nothing for a blocked place.
    pub(crate) sold_as: Option<SoldAs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Hold(HoldId),
    Order(OrderId),
    Block(BlockId),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct SoldAs {
    pub(crate) category: CategoryId,
    pub(crate) ticket_type: TicketTypeId,
    pub(crate) channel: ChannelId,
    /// Known from checkout on.
    pub(crate) buyer: Option<BuyerKey>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) channel: ChannelId,
    pub(crate) positions: Vec<Position>,
    pub(crate) created: Time,
    pub(crate) until: Time,
    pub(crate) live: bool,
    pub(crate) extended: u8,
    pub(crate) payment: Option<(OrderId, BuyerKey)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Purchase {
    pub(crate) positions: Vec<Position>,
    pub(crate) cancelled: Vec<bool>,
}

/// A sale as far as its log has been read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) now: Option<Time>,
    pub(crate) terms: Option<Terms>,
    pub(crate) open: bool,
    pub(crate) taken: Vec<Taken>,
    pub(crate) carts: FxHashMap<HoldId, Cart>,
    pub(crate) orders: FxHashMap<OrderId, Purchase>,
    /// Live carts, in no order.
    live: Vec<(HoldId, Time)>,
    /// Holds that were sold; their ids are not used again.
    sold_holds: FxHashSet<HoldId>,
}

impl Model {
    /// Time passes: holds lapse at the very moment they are due.
    pub(crate) fn advance(&mut self, now: Time) -> Result<(), Broken> {
        must!(self.now.is_none_or(|before| before <= now), "time went back to {now}");
        self.now = Some(now);
        while let Some(index) = self.live.iter().position(|(_, until)| *until <= now) {
            let (hold, _) = self.live.swap_remove(index);
            self.taken.retain(|taken| taken.by != By::Hold(hold));
            self.carts.get_mut(&hold).expect("a live cart is a cart").live = false;
        }
        Ok(())
    }

    /// One record of the log with the command that it answers.
    pub(crate) fn record(&mut self, asked: &Command, record: &Record) -> Result<(), Broken> {
        match record {
            Record::Defined(terms) => self.define(asked, terms)?,
            record => self.organise(asked, record)?,
        }
        self.check_room()
    }

    fn define(&mut self, asked: &Command, terms: &Arc<Terms>) -> Result<(), Broken> {
        must!(self.terms.is_none(), "the sale was defined twice");
        must!(*asked == Command::Define(Arc::clone(terms)), "{asked:?} defined something else");
        self.terms = Some(Terms::clone(terms));
        Ok(())
    }

    /// What organisers do; the rest is what fans do.
    fn organise(&mut self, asked: &Command, record: &Record) -> Result<(), Broken> {
        let Some(terms) = &mut self.terms else {
            return Err(Broken(format!("{record:?} before the sale was defined")));
        };
        match (asked, record) {
            (Command::Reprice(asked), Record::Repriced(prices)) if asked == prices => {
                terms.prices.clone_from(prices);
            }
            (Command::SetAllocation(asked, wanted), Record::AllocationSet(id, allocation))
                if asked == id && wanted == allocation =>
            {
                let index = usize::from(id.0);
                must!(index <= terms.allocations.len(), "allocation {id} leaves a gap");
                if index == terms.allocations.len() {
                    terms.allocations.push(allocation.clone());
                } else {
                    terms.allocations[index].clone_from(allocation);
                }
            }
            (Command::SetWindows(asked), Record::WindowsSet(windows)) if asked == windows => {
                terms.windows.clone_from(windows);
            }
            (Command::SetLimits(asked), Record::LimitsSet(limits)) if asked == limits => {
                terms.limits = *limits;
            }
            (Command::SetAreaCapacity(asked), Record::AreaCapacitySet(change))
                if asked == change =>
            {
                let area = terms.areas.get_mut(usize::from(change.area.0));
                let Some(area) = area else { return Err(Broken("no such area".to_owned())) };
                area.capacity = change.capacity;
            }
            (Command::Open, Record::Opened) => self.open = true,
            (Command::Close, Record::Closed) => self.open = false,
            (
                Command::Block { block: asked, places: wanted, .. },
                Record::Blocked { block, places, .. },
            ) if asked == block && same_places(wanted, places) => {
                let known = self.taken.iter().any(|taken| taken.by == By::Block(*block));
                must!(!known, "block {block} was made twice");
                self.block(*block, places)?;
            }
            (
                Command::Unblock { block: asked, places: wanted },
                Record::Unblocked { block, places },
            ) if asked == block && wanted.as_ref().is_none_or(|w| same_places(w, places)) => {
                self.unblock(*block, places, wanted.is_none())?;
            }
            (asked, record) => self.fan(asked, record)?,
        }
        Ok(())
    }

    fn block(&mut self, block: BlockId, places: &Places) -> Result<(), Broken> {
        for place in one_by_one(places) {
            must!(!self.is_taken(place), "taken place {place:?} was blocked");
            self.taken.push(Taken { place, by: By::Block(block), sold_as: None });
        }
        Ok(())
    }

    fn unblock(&mut self, block: BlockId, places: &Places, all: bool) -> Result<(), Broken> {
        for place in one_by_one(places) {
            self.free_one(By::Block(block), place, None)?;
        }
        let left = self.taken.iter().any(|taken| taken.by == By::Block(block));
        must!(!all || !left, "block {block} was not released whole");
        Ok(())
    }

    /// Seats must be free and limits have room; areas are counted after every record.
    fn take(
        &mut self,
        by: By,
        channel: ChannelId,
        buyer: Option<BuyerKey>,
        positions: &[Position],
    ) -> Result<(), Broken> {
        for position in positions {
            let place = position.place;
            must!(!self.is_taken(place), "{place:?} went to {by:?} but was taken");
            self.put(by, channel, buyer, &[*position]);
        }
        self.check_allocations(channel, positions)
    }

    fn put(&mut self, by: By, channel: ChannelId, buyer: Option<BuyerKey>, positions: &[Position]) {
        for Position { place, category, ticket_type, .. } in positions.iter().copied() {
            let sold_as = Some(SoldAs { category, ticket_type, channel, buyer });
            self.taken.push(Taken { place, by, sold_as });
        }
    }

    fn free(&mut self, by: By) {
        self.taken.retain(|taken| taken.by != by);
    }

    /// Somebody gives one place back; as which ticket type, if it was sold.
    fn free_one(
        &mut self,
        by: By,
        place: Place,
        ticket_type: Option<TicketTypeId>,
    ) -> Result<(), Broken> {
        let theirs = |taken: &Taken| {
            let sold_as = taken.sold_as.map(|sold_as| sold_as.ticket_type);
            (taken.by, taken.place, sold_as) == (by, place, ticket_type)
        };
        let Some(index) = self.taken.iter().position(theirs) else {
            return Err(Broken(format!("{place:?} was given back by {by:?}, who did not have it")));
        };
        self.taken.swap_remove(index);
        Ok(())
    }

    fn sold_by(&mut self, by: By) -> impl Iterator<Item = &mut SoldAs> {
        let taken = self.taken.iter_mut().filter(move |taken| taken.by == by);
        taken.filter_map(|taken| taken.sold_as.as_mut())
    }

    /// Whether somebody has this very seat; an area has many places.
    fn is_taken(&self, place: Place) -> bool {
        matches!(place, Place::Seat(_)) && self.taken.iter().any(|taken| taken.place == place)
    }
}

/// Each blocked place for itself.
fn one_by_one(places: &Places) -> Vec<Place> {
    let seats = places.seats.iter().map(|seat| Place::Seat(*seat));
    let areas = places.areas.iter();
    let standing = areas.flat_map(|(area, count)| (0..*count).map(move |_| Place::Area(*area)));
    seats.chain(standing).collect()
}

/// In any order, and each area in one part or in many.
fn same_places(wanted: &Places, recorded: &Places) -> bool {
    let sorted = |places| {
        let mut places = one_by_one(places);
        places.sort_unstable();
        places
    };
    sorted(wanted) == sorted(recorded)
}
