//! Whether a command is accepted, and what record it becomes.
//!
//! Each command is one column of early returns, in the order of [`Refusal`]'s variants: when
//! several refusals apply, the first of that list is the answer.

mod organise;
mod turns;

use std::sync::Arc;

use crate::{
    Decision, FanKey, Request, Time,
    limits::ROOM_PLACES_MAX,
    room::{Command, Line, Phase, Record, Refusal},
};

/// Decides a command that is not remembered.
pub(super) fn decide(
    line: Option<&Line>,
    now: Time,
    request: &Request<Command>,
) -> Result<Decision<Record>, Refusal> {
    let Some(line) = line else {
        let Command::Define(terms) = &request.command else { return Err(Refusal::NotDefined) };
        terms.check()?;
        return Ok(Decision::Record(Record::Defined(Arc::clone(terms))));
    };
    let record = match &request.command {
        Command::Define(terms) => organise::redefine(line, now, terms),
        Command::Join => return join(line, now, FanKey(request.id.0)),
        Command::Draw { seed, beacon, root } => {
            return organise::draw(line, now, *seed, beacon.as_deref(), *root);
        }
        Command::Tick { gauges, offer } => {
            organise::tick(line, now, gauges.as_ref(), offer.as_ref())
        }
        Command::Enter { place, fan, device } => {
            return turns::enter(line, now, *place, *fan, *device);
        }
        Command::Extend { place } => turns::extend(line, *place),
        Command::Leave { place } => turns::leave(line, *place),
        Command::Pause => Ok(Record::Paused),
        Command::Resume => Ok(Record::Resumed),
        Command::End => Ok(Record::Ended),
        Command::Say(text) => organise::say(text.as_deref()),
        Command::Steer(steering) => organise::steer(line, *steering),
        Command::Publish { root } => return organise::publish(line, *root),
    };
    record.map(Decision::Record)
}

/// A fan who has a place keeps it, whatever the room is like by now. When all is sold one may still
/// join: places come back, and the next one stands behind everybody who hoped for them before.
fn join(line: &Line, now: Time, fan: FanKey) -> Result<Decision<Record>, Refusal> {
    if let Some(place) = line.places.find(fan) {
        return Ok(Decision::Again(Record::Joined { place }));
    }
    let phase = line.phase(now);
    if !phase.is_open() {
        return Err(refused_by(line, phase));
    }
    if line.places.len() >= ROOM_PLACES_MAX {
        return Err(Refusal::Full);
    }
    Ok(Decision::Record(Record::Joined { place: line.places.next() }))
}

/// What a phase says to those who come too early, too late, or need not come.
fn refused_by(line: &Line, phase: Phase) -> Refusal {
    match phase {
        Phase::Ended => Refusal::Ended,
        Phase::Off => Refusal::NotNeeded,
        Phase::SoldOut => Refusal::SoldOut,
        Phase::Closed | Phase::PreQueue | Phase::Draw | Phase::Queue => {
            Refusal::NotOpen { opens: line.terms.opens }
        }
    }
}
