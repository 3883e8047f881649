//! What a buyer does with a hold that is there: more time, fewer places, none, or all of them
//! again.

use crate::{
    HoldId,
    sale::{
        Book, Record, Refusal, buyers,
        decide::{Moment, known, live, places, times, wants},
    },
};

pub(super) fn extend(book: &Book, id: HoldId) -> Result<Record, Refusal> {
    let hold = live(book, id)?;
    let until = times::extended(&book.terms.hold, hold);
    if until <= hold.until {
        return Err(Refusal::NoMoreExtensions);
    }
    Ok(Record::Extended { hold: id, until })
}

pub(super) fn remove(book: &Book, id: HoldId, positions: &[u16]) -> Result<Record, Refusal> {
    let hold = live(book, id)?;
    if hold.payment.is_some() {
        return Err(Refusal::HoldInPayment);
    }
    let removed = ascending(positions, |position| usize::from(position) < hold.positions.len())?;
    if removed.is_empty() {
        return Err(Refusal::NothingAsked);
    }
    let indexed = hold.positions.iter().zip(0u16..);
    let kept: Vec<_> =
        indexed.filter(|(_, index)| !removed.contains(index)).map(|(kept, _)| *kept).collect();
    places::refuse_uneven(book, &places::areas(&kept))?;
    let seats: Vec<_> = places::seats(&kept).collect();
    places::refuse_lone_companion(book, seats.iter().copied(), &seats)?;
    Ok(Record::Removed { hold: id, positions: removed })
}

/// Also while it is being paid: who empties the cart in another tab wants the places gone at once.
/// Money that comes all the same takes them again if they are still free; see
/// [`confirm`](super::orders::confirm).
pub(super) fn release(book: &Book, id: HoldId) -> Result<Record, Refusal> {
    live(book, id)?;
    Ok(Record::Released { hold: id })
}

pub(super) fn reacquire(at: &Moment<'_>, id: HoldId) -> Result<Record, Refusal> {
    let book = at.book;
    if !book.open {
        return Err(Refusal::SaleClosed);
    }
    let hold = known(book, id)?;
    if hold.is_live() {
        return Err(Refusal::HoldLive);
    }
    let ticket_types = hold.positions.iter().map(|position| position.ticket_type);
    wants::refuse_off_sale(at, hold.channel, ticket_types)?;
    wants::refuse_over_order_limit(book, hold.positions.len())?;
    if let Some(payment) = hold.payment {
        let has = book.buyers.get(payment.buyer);
        buyers::refuse_over_limit(book.terms.limits, has, hold.positions.len())?;
    }
    if times::ceiling(&book.terms.hold, hold.created) <= at.now {
        return Err(Refusal::NoMoreExtensions);
    }
    places::refuse_taken(book, hold)?;
    let until = times::held(&book.terms.hold, at.now, hold.created, at.salt);
    Ok(Record::Reacquired { hold: id, until })
}

/// The same indexes ascending; refuses the first that is not there, or is there twice.
pub(super) fn ascending(
    positions: &[u16],
    is_there: impl Fn(u16) -> bool,
) -> Result<Vec<u16>, Refusal> {
    let mut seen = 0u64;
    for position in positions {
        let bit = 1u64.checked_shl(u32::from(*position)).unwrap_or(0);
        if !is_there(*position) || seen & bit != 0 {
            return Err(Refusal::UnknownPosition(*position));
        }
        seen |= bit;
    }
    let mut ascending = positions.to_vec();
    ascending.sort_unstable();
    Ok(ascending)
}
