//! Whether a command is accepted, and what record it becomes.
//!
//! Each command is one column of early returns, in the order of [`Refusal`]'s variants: when
//! several refusals apply, the first of that list is the answer.

mod blocks;
mod cart;
mod hold;
mod orders;
mod organise;
mod places;
mod times;
mod wants;

use std::sync::Arc;

use crate::{
    Decision, HoldId, Request, Time,
    sale::{Book, Command, Hold, Record, Refusal},
};

/// Decides a command that is not remembered.
pub(super) fn decide(
    book: Option<&Book>,
    now: Time,
    request: &Request<Command>,
) -> Result<Decision<Record>, Refusal> {
    match (book, &request.command) {
        (None, Command::Define(terms)) => {
            terms.check()?;
            Ok(Decision::Record(Record::Defined(Arc::clone(terms))))
        }
        (None, _) => Err(Refusal::NotDefined),
        (Some(book), command) => {
            let at = Moment { book, now, salt: times::salt(request.id) };
            decide_at(&at, command)
        }
    }
}

/// What a decision may look at.
struct Moment<'a> {
    book: &'a Book,
    now: Time,
    /// Drawn from the command's id: what differs between two commands of the same moment.
    salt: u64,
}

fn decide_at(at: &Moment<'_>, command: &Command) -> Result<Decision<Record>, Refusal> {
    let record = match command {
        Command::Define(_) => Err(Refusal::AlreadyDefined),
        Command::Reprice(prices) => organise::reprice(at.book, prices),
        Command::SetAllocation(id, allocation) => {
            organise::set_allocation(at.book, *id, allocation)
        }
        Command::SetWindows(windows) => organise::set_windows(at.book, windows),
        Command::SetLimits(limits) => organise::set_limits(*limits),
        Command::SetAreaCapacity(change) => organise::set_area_capacity(at.book, *change),
        Command::Open => Ok(Record::Opened),
        Command::Close => Ok(Record::Closed),
        Command::Block { block, kind, reason, places } => {
            blocks::block(at.book, *block, *kind, reason, places)
        }
        Command::Unblock { block, places } => blocks::unblock(at.book, *block, places.as_ref()),
        Command::Hold { hold, channel, wants } => hold::hold(at, *hold, *channel, wants),
        Command::Extend { hold } => cart::extend(at.book, *hold),
        Command::Remove { hold, positions } => cart::remove(at.book, *hold, positions),
        Command::Release { hold } => cart::release(at.book, *hold),
        Command::Reacquire { hold } => cart::reacquire(at, *hold),
        Command::Checkout { hold, order, buyer } => orders::check_out(at, *hold, *order, *buyer),
        Command::Confirm { hold, order } => return orders::confirm(at.book, *hold, *order),
        Command::Cancel { order, positions } => {
            orders::cancel(at.book, *order, positions.as_deref())
        }
    };
    record.map(Decision::Record)
}

/// A hold whose places are its own.
fn live(book: &Book, id: HoldId) -> Result<&Hold, Refusal> {
    match known(book, id)? {
        hold if hold.is_live() => Ok(hold),
        _ => Err(Refusal::HoldExpired),
    }
}

/// A hold that is live or lapsed, but not sold.
fn known(book: &Book, id: HoldId) -> Result<&Hold, Refusal> {
    match book.holds.get(id) {
        Some(hold) => Ok(hold),
        None if book.orders.of_hold(id).is_some() => Err(Refusal::HoldSold),
        None => Err(Refusal::UnknownHold),
    }
}
