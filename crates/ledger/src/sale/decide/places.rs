//! What is asked of places by holds, blocks and late money alike.

use crate::{
    AreaId, SeatId,
    sale::{Access, Book, Hold, Place, Position, Refusal, Status, book::kinds},
};

/// Refuses with the lowest seat that is there twice.
pub(super) fn refuse_twice(sorted: &[SeatId]) -> Result<(), Refusal> {
    match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => pair.first().map_or(Ok(()), |seat| Err(Refusal::DuplicateSeat(*seat))),
        None => Ok(()),
    }
}

/// Refuses with exactly those seats that are not free, in the order asked.
pub(super) fn refuse_gone(book: &Book, seats: impl Iterator<Item = SeatId>) -> Result<(), Refusal> {
    let gone: Vec<_> = seats.filter(|seat| book.stock.seat(*seat) != Some(Status::Free)).collect();
    if gone.is_empty() { Ok(()) } else { Err(Refusal::SeatsGone(gone)) }
}

/// Refuses with the first area that has less than is asked. Each area is listed once.
pub(super) fn refuse_full(book: &Book, areas: &[(AreaId, u32)]) -> Result<(), Refusal> {
    for (area, places) in areas {
        let left = book.stock.area(*area).map_or(0, crate::sale::Totals::free);
        if *places > left {
            return Err(Refusal::AreaFull { area: *area, left });
        }
    }
    Ok(())
}

/// Refuses if a lapsed hold cannot have its places again: somebody has them, or a limit has no room
/// any more.
pub(super) fn refuse_taken(book: &Book, hold: &Hold) -> Result<(), Refusal> {
    book.allocations.refuse_overfull(hold.channel, &kinds(hold.positions.iter()))?;
    refuse_gone(book, seats(&hold.positions))?;
    refuse_full(book, &areas(&hold.positions))
}

/// Refuses with the first of `asked` that is a companion's and whose wheelchair place is not in the
/// party.
pub(super) fn refuse_lone_companion(
    book: &Book,
    asked: impl Iterator<Item = SeatId>,
    party: &[SeatId],
) -> Result<(), Refusal> {
    for seat in asked {
        let category = book.stock.seat_category(seat);
        if category.and_then(|category| book.access(category)) != Some(Access::Companion) {
            continue;
        }
        if !book.stock.seating.partner(seat).is_some_and(|partner| party.contains(&partner)) {
            return Err(Refusal::CompanionAlone(seat));
        }
    }
    Ok(())
}

/// Refuses with the first area of which a party would not have whole multiples.
pub(super) fn refuse_uneven(book: &Book, areas: &[(AreaId, u32)]) -> Result<(), Refusal> {
    for (area, places) in areas {
        let terms = book.terms.areas.get(usize::from(area.0));
        let multiple = terms.map_or(1, |area| area.multiple.max(1));
        if places % u32::from(multiple) != 0 {
            return Err(Refusal::NotAMultiple { area: *area, multiple });
        }
    }
    Ok(())
}

/// The seats among positions, in their order.
pub(super) fn seats(positions: &[Position]) -> impl Iterator<Item = SeatId> {
    positions.iter().filter_map(|position| match position.place {
        Place::Seat(seat) => Some(seat),
        Place::Area(_) => None,
    })
}

/// The areas among positions and how many places of each, in the order of their first mention.
pub(super) fn areas(positions: &[Position]) -> Vec<(AreaId, u32)> {
    let areas = positions.iter().filter_map(|position| match position.place {
        Place::Area(area) => Some((area, 1)),
        Place::Seat(_) => None,
    });
    sums(areas)
}

/// Adds up what is asked of each area, in the order of their first mention.
pub(super) fn sums(places: impl Iterator<Item = (AreaId, u32)>) -> Vec<(AreaId, u32)> {
    let mut sums: Vec<(AreaId, u32)> = Vec::new();
    for (area, places) in places {
        match sums.iter_mut().find(|(known, _)| *known == area) {
            Some((_, sum)) => *sum = sum.saturating_add(places),
            None => sums.push((area, places)),
        }
    }
    sums
}
