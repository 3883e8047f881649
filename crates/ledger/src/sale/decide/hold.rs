//! Holding places: all that is wanted, or none.

use std::sync::Arc;

use crate::{
    CategoryId, ChannelId, HoldId, SeatId, TicketTypeId,
    sale::{
        Book, Hold, Place, Position, Record, Refusal, Seating, Want,
        allocations::Kind,
        book::kinds,
        decide::{Moment, known, places, times, wants, wants::Wanted},
    },
};

pub(super) fn hold(
    at: &Moment<'_>,
    id: HoldId,
    channel: ChannelId,
    wants: &[Want],
) -> Result<Record, Refusal> {
    let book = at.book;
    if !book.open {
        return Err(Refusal::SaleClosed);
    }
    let growing = growing(book, id, channel)?;
    let wanted = Wanted { book, held: growing.map_or(&[], |hold| &hold.positions), wants };
    wanted.refuse_nothing()?;
    wanted.refuse_too_many()?;
    wanted.refuse_unknown()?;
    wanted.refuse_twice()?;
    wanted.refuse_unpriced()?;
    wanted.refuse_uneven()?;
    wanted.refuse_lone_companion()?;
    wants::refuse_off_sale(at, channel, wanted.kinds().map(|kind| kind.ticket_type))?;
    wants::refuse_over_order_limit(book, wanted.count())?;
    book.allocations.refuse_overfull(channel, &wanted.kinds())?;
    places::refuse_gone(book, wanted.picked())?;
    places::refuse_full(book, &wanted.areas())?;
    wanted.refuse_too_few()?;

    let positions = choose(&wanted)?;
    if wanted.has_pairs() {
        // Which companion places come along is known only now.
        book.allocations.refuse_overfull(channel, &kinds(positions.iter()))?;
    }
    let until = match growing {
        Some(hold) => hold.until,
        None => times::held(&book.terms.hold, at.now, at.now, at.salt),
    };
    Ok(Record::Held { hold: id, channel, positions, until })
}

/// The live hold that grows, or nothing if this is a new one.
fn growing(book: &Book, id: HoldId, channel: ChannelId) -> Result<Option<&Hold>, Refusal> {
    match known(book, id) {
        Err(Refusal::UnknownHold) => Ok(None),
        Err(refusal) => Err(refusal),
        Ok(hold) if !hold.is_live() => Err(Refusal::HoldExpired),
        Ok(hold) if hold.payment.is_some() => Err(Refusal::HoldInPayment),
        Ok(hold) if hold.channel != channel => Err(Refusal::OtherChannel),
        Ok(hold) => Ok(Some(hold)),
    }
}

/// Finds a place for everybody, in the order of the wants.
fn choose(wanted: &Wanted<'_>) -> Result<Arc<[Position]>, Refusal> {
    let book = wanted.book;
    let mut seating = Free::of(wanted);
    let mut positions = Vec::with_capacity(wanted.asked());
    for want in wanted.wants {
        match want {
            Want::Seats(seats) => {
                for (seat, ticket_type) in seats {
                    positions.push(seat_position(book, *seat, *ticket_type)?);
                }
            }
            Want::Area { area, ticket_types } => {
                let category = book.stock.area_category(*area);
                let category = category.ok_or(Refusal::UnknownArea(*area))?;
                for ticket_type in ticket_types {
                    let kind = Kind { category, ticket_type: *ticket_type };
                    positions.push(position(book, Place::Area(*area), kind)?);
                }
            }
            Want::Best { category, ticket_types, may_split } => {
                let pairs = book.is_in_pairs(*category);
                let seats = seating.best(*category, ticket_types.len(), *may_split, pairs)?;
                let each = if pairs { 2 } else { 1 };
                for (party, ticket_type) in seats.chunks(each).zip(ticket_types) {
                    for seat in party {
                        positions.push(seat_position(book, *seat, *ticket_type)?);
                    }
                }
            }
        }
    }
    Ok(positions.into())
}

fn seat_position(
    book: &Book,
    seat: SeatId,
    ticket_type: TicketTypeId,
) -> Result<Position, Refusal> {
    let category = book.stock.seat_category(seat).ok_or(Refusal::UnknownSeat(seat))?;
    position(book, Place::Seat(seat), Kind { category, ticket_type })
}

fn position(book: &Book, place: Place, kind: Kind) -> Result<Position, Refusal> {
    let Kind { category, ticket_type } = kind;
    let price = book.prices.get(kind);
    let price_minor = price.ok_or(Refusal::NotForSale { category, ticket_type })?;
    Ok(Position { place, category, ticket_type, price_minor })
}

/// What is free while the wants of one hold are met one by one.
enum Free<'a> {
    /// There is one search and nothing was picked: the sale's own seating answers.
    Sale(&'a Seating),
    /// Each search must not see what the others took.
    Copy(Box<Seating>),
}

impl<'a> Free<'a> {
    fn of(wanted: &Wanted<'a>) -> Self {
        let seating = &wanted.book.stock.seating;
        let searches = wanted.wants.iter().filter(|want| matches!(want, Want::Best { .. })).count();
        let picked: Vec<SeatId> = wanted.picked().collect();
        if searches == 0 || (searches == 1 && picked.is_empty()) {
            return Self::Sale(seating);
        }
        let mut copy = Box::new(seating.clone());
        copy.take_all(&picked);
        Self::Copy(copy)
    }

    /// The best seats for a party; in pairs, each wheelchair seat is followed by its companion
    /// seat.
    fn best(
        &mut self,
        category: CategoryId,
        people: usize,
        may_split: bool,
        pairs: bool,
    ) -> Result<Vec<SeatId>, Refusal> {
        let seating = match self {
            Self::Sale(seating) => *seating,
            Self::Copy(copy) => copy,
        };
        let found = if pairs {
            let pairs = seating.best_pairs(category, people);
            pairs.map(|pairs| pairs.into_iter().flat_map(|(own, beside)| [own, beside]).collect())
        } else {
            seating.best(category, people, may_split)
        };
        let left = seating.free_in(category);
        let found: Vec<SeatId> = found.ok_or(Refusal::NotTogether { category, left })?;
        if let Self::Copy(copy) = self {
            copy.take_all(&found);
        }
        Ok(found)
    }
}
