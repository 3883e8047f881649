//! From a cart to an order and back: checkout, confirmation, cancellation.

use std::sync::Arc;

use crate::{
    BuyerKey, Decision, HoldId, OrderId,
    sale::{
        Book, Record, Refusal, buyers,
        decide::{Moment, cart::ascending, live, places, times},
    },
};

pub(super) fn check_out(
    at: &Moment<'_>,
    id: HoldId,
    order: OrderId,
    buyer: BuyerKey,
) -> Result<Record, Refusal> {
    let book = at.book;
    let hold = live(book, id)?;
    if book.orders.get(order).is_some() {
        return Err(Refusal::OrderTaken);
    }
    let mut has = book.buyers.get(buyer);
    if hold.payment.is_some_and(|payment| payment.buyer == buyer) {
        // A second payment for the same places.
        has -= u32::try_from(hold.positions.len()).unwrap_or(0);
    }
    buyers::refuse_over_limit(book.terms.limits, has, hold.positions.len())?;
    let until = times::paying(&book.terms.hold, at.now, hold);
    Ok(Record::CheckedOut { hold: id, order, buyer, until })
}

/// The provider says that it was paid: first, twice or late. Neither windows nor a closed sale
/// stand in the way of money that was taken.
///
/// An order that is confirmed already is answered with its confirmation again, under whatever
/// command id: who settles a payment need not know what another replica, or the provider's second
/// word, has done before. What was cancelled since stays cancelled.
pub(super) fn confirm(
    book: &Book,
    id: HoldId,
    order: OrderId,
) -> Result<Decision<Record>, Refusal> {
    if let Some(known) = book.orders.get(order).filter(|known| known.hold == id) {
        let positions = Arc::clone(&known.positions);
        return Ok(Decision::Again(Record::Confirmed { hold: id, order, positions }));
    }
    let hold = super::known(book, id)?;
    let payment = hold.payment.filter(|payment| payment.order == order);
    let payment = payment.ok_or(Refusal::OrderMismatch)?;
    if book.orders.get(order).is_some() {
        return Err(Refusal::OrderTaken);
    }
    if !hold.is_live() {
        let has = book.buyers.get(payment.buyer);
        buyers::refuse_over_limit(book.terms.limits, has, hold.positions.len())?;
        places::refuse_taken(book, hold)?;
    }
    let positions = Arc::clone(&hold.positions);
    Ok(Decision::Record(Record::Confirmed { hold: id, order, positions }))
}

pub(super) fn cancel(
    book: &Book,
    id: OrderId,
    positions: Option<&[u16]>,
) -> Result<Record, Refusal> {
    let order = book.orders.get(id).ok_or(Refusal::UnknownOrder)?;
    if order.valid().next().is_none() {
        return Err(Refusal::OrderCancelled);
    }
    let positions = match positions {
        None => order.valid().collect(),
        Some(positions) => ascending(positions, |position| order.is_valid(position))?,
    };
    if positions.is_empty() {
        return Err(Refusal::NothingAsked);
    }
    Ok(Record::Cancelled { order: id, positions })
}
