//! The rules that every state must keep, counted from the flat list.

use frontrow_ledger::{
    AreaId, BuyerKey, ChannelId, HoldId, SeatId, Time,
    sale::{Access, Allocation, Place, Position, Terms, Want, Window},
};

use super::{Model, SoldAs};
use crate::{Broken, must};

impl Model {
    pub(crate) fn terms(&self) -> Result<&Terms, Broken> {
        self.terms.as_ref().ok_or_else(|| Broken("the sale is not defined".to_owned()))
    }

    pub(super) fn moment(&self) -> Time {
        self.now.expect("a record comes with its moment")
    }

    /// No area has more people than places.
    pub(super) fn check_room(&self) -> Result<(), Broken> {
        for (area, index) in self.terms()?.areas.iter().zip(0..) {
            let taken = self.in_area(AreaId(index));
            must!(taken <= area.capacity, "area {index} has {taken} of {}", area.capacity);
        }
        Ok(())
    }

    /// Places of an area that are not free.
    pub(crate) fn in_area(&self, area: AreaId) -> u32 {
        count(self.taken.iter().filter(|taken| taken.place == Place::Area(area)))
    }

    /// Every limit that counts one of these places, which are taken by now, has room for all that it counts.
    pub(super) fn check_allocations(
        &self,
        channel: ChannelId,
        positions: &[Position],
    ) -> Result<(), Broken> {
        for (allocation, index) in self.terms()?.allocations.iter().zip(0..) {
            let concerned = positions.iter().any(|position| {
                let Position { category, ticket_type, .. } = *position;
                counts(allocation, &SoldAs { category, ticket_type, channel, buyer: None })
            });
            let (taken, limit) = (self.in_allocation(allocation), allocation.limit);
            must!(!concerned || taken <= limit, "allocation {index} has {taken} of {limit}");
        }
        Ok(())
    }

    /// Places that a limit counts, held and sold.
    pub(crate) fn in_allocation(&self, allocation: &Allocation) -> u32 {
        let sold = self.taken.iter().filter_map(|taken| taken.sold_as.as_ref());
        count(sold.filter(|sold_as| counts(allocation, sold_as)))
    }

    /// One buyer has no more than the limit, in orders and in payment together.
    pub(super) fn check_buyer(&self, buyer: BuyerKey) -> Result<(), Broken> {
        let Some(limit) = self.terms()?.limits.per_buyer else { return Ok(()) };
        let sold = self.taken.iter().filter_map(|taken| taken.sold_as.as_ref());
        let has = count(sold.filter(|sold_as| sold_as.buyer == Some(buyer)));
        must!(has <= u32::from(limit), "buyer {buyer} has {has} places, more than {limit}");
        Ok(())
    }

    /// A hold ends after now, and never after the ceiling that began with its first place.
    pub(super) fn check_until(&self, hold: HoldId, until: Time) -> Result<(), Broken> {
        let now = self.moment();
        must!(until > now, "{hold} is held until {until}, which is not after {now}");
        let created = self.carts.get(&hold).map_or(now, |cart| cart.created);
        let ceiling = created.plus_ms(self.terms()?.hold.ceiling_ms);
        must!(until <= ceiling, "{hold} is held until {until}, later than {ceiling}");
        Ok(())
    }

    pub(super) fn check_order_size(&self, hold: HoldId) -> Result<(), Broken> {
        let places = self.carts.get(&hold).map_or(0, |cart| cart.positions.len());
        let limit = self.terms()?.limits.per_order;
        must!(places <= usize::from(limit), "{hold} has {places} places, more than {limit}");
        Ok(())
    }

    /// Areas in their multiples, and nobody's companion alone.
    pub(super) fn check_whole(&self, hold: HoldId) -> Result<(), Broken> {
        let terms = self.terms()?;
        let positions = self.carts.get(&hold).map_or(&[][..], |cart| &cart.positions);
        for (area, index) in terms.areas.iter().zip(0..) {
            let here = positions.iter().filter(|p| p.place == Place::Area(AreaId(index)));
            let whole = count(here).is_multiple_of(u32::from(area.multiple.max(1)));
            must!(whole, "area {index} is sold in multiples of {}", area.multiple);
        }
        let access_of = |position: &Position| {
            terms.categories.get(usize::from(position.category.0)).map(|known| known.access)
        };
        for position in positions.iter().filter(|p| access_of(p) == Some(Access::Companion)) {
            let Place::Seat(SeatId(seat)) = position.place else { continue };
            let accompanied = positions.iter().any(|other| {
                access_of(other) == Some(Access::Wheelchair)
                    && matches!(other.place, Place::Seat(beside) if beside.0.abs_diff(seat) == 1)
            });
            must!(accompanied, "companion seat {seat} of {hold} is alone");
        }
        Ok(())
    }

    /// Everything that was asked for, and nothing else.
    pub(super) fn check_wants(&self, wants: &[Want], positions: &[Position]) -> Result<(), Broken> {
        let terms = self.terms()?;
        let mut rest = positions.iter();
        for want in wants {
            match want {
                Want::Seats(seats) => {
                    for (seat, ticket_type) in seats {
                        let got = rest.next().map(|got| (got.place, got.ticket_type));
                        let asked = Some((Place::Seat(*seat), *ticket_type));
                        must!(got == asked, "{asked:?} was asked for, {got:?} was held");
                    }
                }
                Want::Area { area, ticket_types } => {
                    for ticket_type in ticket_types {
                        let got = rest.next().map(|got| (got.place, got.ticket_type));
                        let asked = Some((Place::Area(*area), *ticket_type));
                        must!(got == asked, "{asked:?} was asked for, {got:?} was held");
                    }
                }
                Want::Best { category, ticket_types, .. } => {
                    let access = terms.categories.get(usize::from(category.0));
                    let pairs = access.is_some_and(|known| known.access == Access::Wheelchair);
                    for ticket_type in ticket_types {
                        for companion in 0..if pairs { 2 } else { 1 } {
                            let got = rest.next();
                            let fits = got.is_some_and(|got| {
                                got.ticket_type == *ticket_type
                                    && matches!(got.place, Place::Seat(_))
                                    && (got.category == *category || companion == 1)
                            });
                            must!(fits, "the best of {category} was asked for, {got:?} was held");
                        }
                    }
                }
            }
        }
        must!(rest.next().is_none(), "more was held than was asked for");
        Ok(())
    }

    /// Places that exist, on sale, at the prices of the moment.
    pub(super) fn check_offer(
        &self,
        channel: ChannelId,
        positions: &[Position],
    ) -> Result<(), Broken> {
        let terms = self.terms()?;
        must!(!positions.is_empty(), "nothing was held");
        for position in positions {
            let category = match position.place {
                Place::Seat(seat) => {
                    let index = usize::try_from(seat.0).ok();
                    let mut seats = terms.rows.iter().flat_map(|row| &row.seats);
                    index.and_then(|index| seats.nth(index)).map(|seat| seat.category)
                }
                Place::Area(area) => terms.areas.get(usize::from(area.0)).map(|a| a.category),
            };
            must!(category == Some(position.category), "{position:?} has a wrong category");
            let price = terms.prices.iter().find(|price| {
                (price.category, price.ticket_type) == (position.category, position.ticket_type)
            });
            let price = price.map(|price| price.amount_minor);
            must!(price == Some(position.price_minor), "{position:?} should cost {price:?}");
        }
        self.check_on_sale(channel, positions)
    }

    /// The sale is open, and some window covers each place.
    pub(super) fn check_on_sale(
        &self,
        channel: ChannelId,
        positions: &[Position],
    ) -> Result<(), Broken> {
        must!(self.open, "places were held while the sale was closed");
        let (now, windows) = (self.moment(), &self.terms()?.windows);
        for position in positions {
            let covered = |window: &Window| {
                allows(window.channels.as_ref(), channel)
                    && allows(window.ticket_types.as_ref(), position.ticket_type)
                    && window.opens.is_none_or(|opens| opens <= now)
                    && window.closes.is_none_or(|closes| now < closes)
            };
            let on_sale = windows.is_empty() || windows.iter().any(covered);
            must!(on_sale, "{position:?} is not on sale through channel {channel}");
        }
        Ok(())
    }
}

fn counts(allocation: &Allocation, sold_as: &SoldAs) -> bool {
    allows(allocation.categories.as_ref(), sold_as.category)
        && allows(allocation.ticket_types.as_ref(), sold_as.ticket_type)
        && allows(allocation.channels.as_ref(), sold_as.channel)
}

/// `None` means all of them.
fn allows<T: PartialEq + Copy>(listed: Option<&Vec<T>>, one: T) -> bool {
    listed.is_none_or(|listed| listed.contains(&one))
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).expect("a simulated sale is small")
}
