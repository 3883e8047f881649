//! What each record changes. Nothing is decided here: a record says all there is to know.

use std::sync::Arc;

use crate::{
    HoldId, Time,
    sale::{
        Position, Record,
        allocations::Allocations,
        blocks::Block,
        book::{Book, kinds},
        holds::{Hold, HoldState, Payment},
        orders::Order,
        prices::Prices,
        stock::Shift,
    },
};

/// Ids in a record were checked when it was decided.
const KNOWN: &str = "a record names only what is there";

impl Book {
    /// Applies a record of a sale that is defined.
    pub(crate) fn apply(&mut self, record: &Record, now: Time) {
        match record {
            Record::Defined(_) => panic!("a sale is defined once"),
            Record::Repriced(prices) => {
                Arc::make_mut(&mut self.terms).prices.clone_from(prices);
                self.prices = Prices::new(&self.terms);
            }
            Record::AllocationSet(id, allocation) => {
                let allocations = &mut Arc::make_mut(&mut self.terms).allocations;
                match allocations.get_mut(usize::from(id.0)) {
                    Some(changed) => changed.clone_from(allocation),
                    None => allocations.push(allocation.clone()),
                }
                self.recount_allocations();
            }
            Record::WindowsSet(windows) => {
                Arc::make_mut(&mut self.terms).windows.clone_from(windows);
            }
            Record::LimitsSet(limits) => Arc::make_mut(&mut self.terms).limits = *limits,
            Record::AreaCapacitySet(change) => {
                let areas = &mut Arc::make_mut(&mut self.terms).areas;
                areas.get_mut(usize::from(change.area.0)).expect(KNOWN).capacity = change.capacity;
                self.stock.set_area_capacity(change.area, change.capacity);
            }
            Record::Opened => self.open = true,
            Record::Closed => self.open = false,
            Record::Blocked { block, kind, reason, places } => {
                self.shift_places(places, Shift::BLOCK);
                let new = Block { kind: *kind, reason: reason.clone(), places: places.clone() };
                let known = self.blocks.insert(*block, Arc::new(new));
                assert!(known.is_none(), "a block is made once");
            }
            Record::Unblocked { block, places } => self.unblock(*block, places),
            Record::Held { hold, channel, positions, until } => {
                self.grow(*hold, *channel, positions, (now, *until));
            }
            Record::Extended { hold, until } => {
                self.holds.change(*hold, |hold| {
                    hold.until = *until;
                    hold.extended += 1;
                });
            }
            Record::Removed { hold, positions } => self.remove(*hold, positions),
            Record::Released { hold } => self.release(*hold, now),
            Record::Reacquired { hold, until } => self.reacquire(*hold, *until),
            Record::CheckedOut { hold, order, buyer, until } => {
                let payment = Payment { order: *order, buyer: *buyer };
                self.check_out(*hold, payment, *until);
            }
            Record::Confirmed { hold, order, positions: _ } => self.confirm(*hold, *order, now),
            Record::Cancelled { order, positions } => self.cancel(*order, positions),
        }
    }

    /// Lets one live hold lapse at a moment: its places return to sale, the hold is remembered.
    pub(crate) fn lapse(&mut self, id: HoldId, at: Time) {
        let hold = self.holds.lapse(id, at);
        self.give_back(&hold);
    }

    /// Counts all limits anew, after one changed what it counts.
    pub(crate) fn recount_allocations(&mut self) {
        let mut allocations = Allocations::new(&self.terms.allocations);
        for (_, hold) in self.holds.iter().filter(|(_, hold)| hold.is_live()) {
            allocations.add(hold.channel, &kinds(hold.positions.iter()));
        }
        for (_, order) in self.orders.iter() {
            allocations.add(order.channel, &kinds(order.valid_positions()));
        }
        self.allocations = allocations;
    }

    pub(crate) fn shift_places(&mut self, places: &crate::sale::Places, shift: Shift) {
        self.stock.shift_seats(&places.seats, shift);
        for (area, count) in &places.areas {
            self.stock.shift_area(*area, *count, shift);
        }
    }

    fn unblock(&mut self, id: crate::BlockId, places: &crate::sale::Places) {
        self.shift_places(places, Shift::UNBLOCK);
        let block = self.blocks.get_mut(&id).expect(KNOWN);
        let left = block.places.without(places);
        if left.is_empty() {
            self.blocks.remove(&id);
        } else {
            Arc::make_mut(block).places = left;
        }
    }

    /// A new hold, or more places of one.
    fn grow(
        &mut self,
        id: HoldId,
        channel: crate::ChannelId,
        added: &Arc<[Position]>,
        (now, until): (Time, Time),
    ) {
        self.stock.shift_all(added.iter(), Shift::HOLD);
        self.allocations.add(channel, &kinds(added.iter()));
        if self.holds.get(id).is_some() {
            self.holds.change(id, |hold| {
                hold.positions = hold.positions.iter().chain(added.iter()).copied().collect();
                hold.until = until;
            });
        } else {
            let new = Hold {
                channel,
                positions: Arc::clone(added),
                created: now,
                until,
                extended: 0,
                payment: None,
                state: HoldState::Live,
            };
            self.holds.add(id, new);
        }
    }

    fn remove(&mut self, id: HoldId, removed: &[u16]) {
        let hold = self.holds.get(id).expect(KNOWN).clone();
        let (mut kept, mut gone) = (Vec::new(), Vec::new());
        for (position, index) in hold.positions.iter().zip(0u16..) {
            let part = if removed.contains(&index) { &mut gone } else { &mut kept };
            part.push(*position);
        }
        self.stock.shift_all(&gone, Shift::RELEASE);
        self.allocations.subtract(hold.channel, &kinds(gone.iter()));
        if kept.is_empty() {
            self.holds.remove(id);
        } else {
            self.holds.change(id, |hold| hold.positions = kept.into());
        }
    }

    fn release(&mut self, id: HoldId, now: Time) {
        if self.holds.get(id).expect(KNOWN).payment.is_some() {
            // Money may be on its way: remember what it would be for.
            return self.lapse(id, now);
        }
        let hold = self.holds.remove(id);
        self.give_back(&hold);
    }

    fn give_back(&mut self, hold: &Hold) {
        self.stock.shift_all(hold.positions.iter(), Shift::RELEASE);
        self.allocations.subtract(hold.channel, &kinds(hold.positions.iter()));
        if let Some(payment) = hold.payment {
            self.buyers.subtract(payment.buyer, hold.positions.len());
        }
    }

    fn reacquire(&mut self, id: HoldId, until: Time) {
        let hold = self.holds.get(id).expect(KNOWN).clone();
        self.take_again(&hold, Shift::HOLD);
        self.holds.change(id, |hold| {
            hold.until = until;
            hold.state = HoldState::Live;
        });
    }

    /// Counts the places of a lapsed hold as taken again.
    fn take_again(&mut self, hold: &Hold, shift: Shift) {
        self.stock.shift_all(hold.positions.iter(), shift);
        self.allocations.add(hold.channel, &kinds(hold.positions.iter()));
        if let Some(payment) = hold.payment {
            self.buyers.add(payment.buyer, hold.positions.len());
        }
    }

    fn check_out(&mut self, id: HoldId, payment: Payment, until: Time) {
        let (mut places, mut before) = (0, None);
        self.holds.change(id, |hold| {
            places = hold.positions.len();
            before = hold.payment.replace(payment);
            hold.until = until;
        });
        if let Some(before) = before {
            self.buyers.subtract(before.buyer, places);
        }
        self.buyers.add(payment.buyer, places);
    }

    fn confirm(&mut self, id: HoldId, order: crate::OrderId, now: Time) {
        let hold = self.holds.remove(id);
        if hold.is_live() {
            self.stock.shift_all(hold.positions.iter(), Shift::SELL);
        } else {
            self.take_again(&hold, Shift::SELL_LATE);
        }
        let payment = hold.payment.expect("what is paid was checked out");
        self.orders.insert(order, Order::new(id, payment.buyer, &hold, now));
    }

    fn cancel(&mut self, id: crate::OrderId, cancelled: &[u16]) {
        let order = self.orders.get_mut(id).expect(KNOWN);
        let mut returned = Vec::with_capacity(cancelled.len());
        for index in cancelled {
            order.cancel(*index);
            returned.extend(order.positions.get(usize::from(*index)));
        }
        let (channel, buyer) = (order.channel, order.buyer);
        self.stock.shift_all(&returned, Shift::CANCEL);
        self.allocations.subtract(channel, &kinds(returned.iter()));
        self.buyers.subtract(buyer, returned.len());
    }
}
