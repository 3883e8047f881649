//! Whether the ledger's sums are what a count of the flat list gives.

use frontrow_ledger::{
    AllocationId, AreaId, SeatId,
    sale::{Book, Place, Sale, Status, Totals},
};

use super::{By, Model, Taken};
use crate::{Broken, must};

impl Model {
    /// Every seat, area, limit and live hold.
    pub(crate) fn compare(&self, sale: &Sale) -> Result<(), Broken> {
        let Some(book) = sale.book() else {
            must!(self.terms.is_none(), "the ledger has forgotten its terms");
            return Ok(());
        };
        self.compare_seats(book)?;
        for (area, index) in book.areas().iter().zip(0..) {
            let here = |taken: &&Taken| taken.place == Place::Area(AreaId(index));
            let counted = self.sums(here, area.capacity);
            must!(*area == counted, "area {index} is {area:?}, counted {counted:?}");
        }
        let all = self.sums(|_| true, book.totals().capacity);
        must!(book.totals() == all, "the sale is {:?}, counted {all:?}", book.totals());
        for (allocation, index) in self.terms()?.allocations.iter().zip(0..) {
            let left = book.allocation_left(AllocationId(index));
            let counted = allocation.limit.saturating_sub(self.in_allocation(allocation));
            must!(left == Some(counted), "allocation {index}: {left:?} left, counted {counted}");
        }
        let live = book.live_holds_count();
        must!(live == self.live.len(), "{live} live holds, counted {}", self.live.len());
        for (hold, until) in &self.live {
            let known = book.hold(*hold).map(|known| (known.is_live(), known.until));
            must!(known == Some((true, *until)), "{hold} until {until} is {known:?}");
        }
        Ok(())
    }

    fn compare_seats(&self, book: &Book) -> Result<(), Broken> {
        let mut seats = vec![Status::Free; book.seats_count()];
        for taken in &self.taken {
            let Place::Seat(seat) = taken.place else { continue };
            let index = usize::try_from(seat.0).expect("a simulated sale is small");
            seats[index] = status(taken.by);
        }
        for (counted, index) in seats.iter().zip(0..) {
            let status = book.seat(SeatId(index));
            must!(status == Some(*counted), "seat {index} is {status:?}, counted {counted:?}");
        }
        Ok(())
    }

    fn sums(&self, which: impl Fn(&&Taken) -> bool, capacity: u32) -> Totals {
        let mut sums = Totals { capacity, ..Totals::default() };
        for taken in self.taken.iter().filter(which) {
            match taken.by {
                By::Hold(_) => sums.held += 1,
                By::Order(_) => sums.sold += 1,
                By::Block(_) => sums.blocked += 1,
            }
        }
        sums
    }
}

const fn status(by: By) -> Status {
    match by {
        By::Hold(_) => Status::Held,
        By::Order(_) => Status::Sold,
        By::Block(_) => Status::Blocked,
    }
}
