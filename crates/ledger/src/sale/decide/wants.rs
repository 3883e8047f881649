//! What is wrong with a list of wants, before anybody looks for a place.

use crate::{
    AreaId, ChannelId, SeatId, TicketTypeId,
    limits::PLACES_PER_HOLD_MAX,
    sale::{
        Access, Book, OnSale, Position, Refusal, Want,
        allocations::Kind,
        decide::{Moment, places},
        windows::on_sale,
    },
};

/// What a hold has and what it wants beside that.
pub(super) struct Wanted<'a> {
    pub(super) book: &'a Book,
    pub(super) held: &'a [Position],
    pub(super) wants: &'a [Want],
}

impl<'a> Wanted<'a> {
    /// Places that are asked for now.
    pub(super) fn asked(&self) -> usize {
        let asked = self.wants.iter().map(|want| match want {
            Want::Seats(seats) => seats.len(),
            Want::Best { category, ticket_types, .. } if self.book.is_in_pairs(*category) => {
                ticket_types.len().saturating_mul(2)
            }
            Want::Area { ticket_types, .. } | Want::Best { ticket_types, .. } => ticket_types.len(),
        });
        asked.fold(0, usize::saturating_add)
    }

    /// Places of the whole hold afterwards.
    pub(super) fn count(&self) -> usize {
        self.held.len().saturating_add(self.asked())
    }

    pub(super) fn has_pairs(&self) -> bool {
        self.wants.iter().any(|want| match want {
            Want::Best { category, .. } => self.book.is_in_pairs(*category),
            _ => false,
        })
    }

    /// The seats asked for by number, in order.
    pub(super) fn picked(&self) -> impl Iterator<Item = SeatId> + use<'a> {
        self.wants
            .iter()
            .flat_map(|want| match want {
                Want::Seats(seats) => seats.as_slice(),
                _ => &[],
            })
            .map(|(seat, _)| *seat)
    }

    /// How many places of each area are asked for.
    pub(super) fn areas(&self) -> Vec<(AreaId, u32)> {
        places::sums(self.wants.iter().filter_map(|want| match want {
            Want::Area { area, ticket_types } => Some((*area, count(ticket_types.len()))),
            _ => None,
        }))
    }

    /// What limits, windows and prices look at, one for each ticket type listed. Of a pair this is
    /// the wheelchair place: which companion place comes along is not known before it is found.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> + Clone + use<'a> {
        let book = self.book;
        self.wants.iter().flat_map(move |want| {
            let (seats, category, ticket_types) = match want {
                Want::Seats(seats) => (seats.as_slice(), None, [].as_slice()),
                Want::Best { category, ticket_types, .. } => {
                    ([].as_slice(), Some(*category), ticket_types.as_slice())
                }
                Want::Area { area, ticket_types } => {
                    ([].as_slice(), book.stock.area_category(*area), ticket_types.as_slice())
                }
            };
            let picked = seats.iter().filter_map(move |(seat, ticket_type)| {
                let category = book.stock.seat_category(*seat)?;
                Some(Kind { category, ticket_type: *ticket_type })
            });
            let others = ticket_types.iter().filter_map(move |ticket_type| {
                Some(Kind { category: category?, ticket_type: *ticket_type })
            });
            picked.chain(others)
        })
    }

    pub(super) fn refuse_nothing(&self) -> Result<(), Refusal> {
        let empty = |want: &Want| match want {
            Want::Seats(seats) => seats.is_empty(),
            Want::Best { ticket_types, .. } | Want::Area { ticket_types, .. } => {
                ticket_types.is_empty()
            }
        };
        if self.wants.is_empty() || self.wants.iter().any(empty) {
            return Err(Refusal::NothingAsked);
        }
        Ok(())
    }

    pub(super) fn refuse_too_many(&self) -> Result<(), Refusal> {
        if self.count() > PLACES_PER_HOLD_MAX {
            return Err(Refusal::TooManyPlaces { limit: PLACES_PER_HOLD_MAX });
        }
        Ok(())
    }

    pub(super) fn refuse_unknown(&self) -> Result<(), Refusal> {
        let stock = &self.book.stock;
        if let Some(seat) = self.picked().find(|seat| stock.seat(*seat).is_none()) {
            return Err(Refusal::UnknownSeat(seat));
        }
        for want in self.wants {
            if let Want::Area { area, .. } = want
                && stock.area(*area).is_none()
            {
                return Err(Refusal::UnknownArea(*area));
            }
        }
        for want in self.wants {
            if let Want::Best { category, .. } = want
                && self.book.access(*category).is_none()
            {
                return Err(Refusal::UnknownCategory(*category));
            }
        }
        Ok(())
    }

    /// A seat that the hold already has is asked for twice, too.
    pub(super) fn refuse_twice(&self) -> Result<(), Refusal> {
        let mut seats: Vec<SeatId> = self.picked().collect();
        if seats.is_empty() {
            return Ok(());
        }
        seats.extend(places::seats(self.held));
        seats.sort_unstable();
        places::refuse_twice(&seats)
    }

    /// Companion places are not for sale by themselves, whatever they cost.
    pub(super) fn refuse_unpriced(&self) -> Result<(), Refusal> {
        for Kind { category, ticket_type } in self.kinds() {
            if self.book.prices.get(Kind { category, ticket_type }).is_none() {
                return Err(Refusal::NotForSale { category, ticket_type });
            }
        }
        for want in self.wants {
            if let Want::Best { category, ticket_types, .. } = want
                && self.book.access(*category) == Some(Access::Companion)
                && let Some(ticket_type) = ticket_types.first()
            {
                let (category, ticket_type) = (*category, *ticket_type);
                return Err(Refusal::NotForSale { category, ticket_type });
            }
        }
        Ok(())
    }

    pub(super) fn refuse_uneven(&self) -> Result<(), Refusal> {
        places::refuse_uneven(self.book, &self.areas())
    }

    pub(super) fn refuse_lone_companion(&self) -> Result<(), Refusal> {
        let party: Vec<SeatId> = self.picked().chain(places::seats(self.held)).collect();
        places::refuse_lone_companion(self.book, self.picked(), &party)
    }

    /// Refuses with the first category that has fewer free seats than are asked of it.
    pub(super) fn refuse_too_few(&self) -> Result<(), Refusal> {
        let seating = &self.book.stock.seating;
        let mut asked: Vec<(crate::CategoryId, u32)> = Vec::new();
        for want in self.wants {
            let Want::Best { category, ticket_types, .. } = want else { continue };
            let left = seating.free_in(*category);
            let picked = self
                .picked()
                .filter(|seat| self.book.stock.seat_category(*seat) == Some(*category));
            let earlier: u32 =
                asked.iter().filter(|(known, _)| known == category).map(|(_, n)| n).sum();
            let asked_now = count(ticket_types.len());
            if count(picked.count()) + earlier + asked_now > left {
                return Err(Refusal::CategoryFull { category: *category, left });
            }
            asked.push((*category, asked_now));
        }
        Ok(())
    }
}

/// Refuses if any of the ticket types is not sold through this channel now. Of several that open
/// later, the last opening is named: then all of it can be had.
pub(super) fn refuse_off_sale(
    at: &Moment<'_>,
    channel: ChannelId,
    ticket_types: impl Iterator<Item = TicketTypeId>,
) -> Result<(), Refusal> {
    let windows = &at.book.terms.windows;
    if windows.is_empty() {
        return Ok(());
    }
    let (mut opens, mut no_longer) = (None, false);
    for ticket_type in ticket_types {
        match on_sale(windows, channel, ticket_type, at.now) {
            OnSale::Now => {}
            OnSale::From(time) => opens = opens.max(Some(time)),
            OnSale::NoLonger => no_longer = true,
        }
    }
    match opens {
        Some(opens) => Err(Refusal::NotYetOnSale { opens }),
        None if no_longer => Err(Refusal::NoLongerOnSale),
        None => Ok(()),
    }
}

pub(super) fn refuse_over_order_limit(book: &Book, places: usize) -> Result<(), Refusal> {
    let limit = book.terms.limits.per_order;
    if places > usize::from(limit) { Err(Refusal::OverOrderLimit { limit }) } else { Ok(()) }
}

fn count(places: usize) -> u32 {
    u32::try_from(places).unwrap_or(u32::MAX)
}
