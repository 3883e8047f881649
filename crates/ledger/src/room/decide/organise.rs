//! What the organiser and the shop itself do: terms, the draw, ticks, steering.

use std::sync::Arc;

use super::refused_by;
use crate::{
    Decision, Time,
    limits::{BEACON_BYTES_MAX, MESSAGE_BYTES_MAX, OFFER_CATEGORIES_MAX},
    room::{
        Drawn, Line, Offer, Phase, Record, Refusal, Steering, Terms,
        admission::Gauges,
        draw::{Hash, commitment},
    },
};

/// Fans rely on when the room opens, when it starts and how the draw goes, so those do not change
/// once they have happened.
pub(super) fn redefine(line: &Line, now: Time, terms: &Arc<Terms>) -> Result<Record, Refusal> {
    terms.check()?;
    let (old, new) = (&*line.terms, &**terms);
    let opened = line.places.len() > 0 || line.phase(now).is_open();
    let fixed = [
        (true, old.sale == new.sale, "/sale"),
        (true, old.salt == new.salt, "/salt"),
        (opened, old.opens == new.opens, "/opens"),
        (opened, old.draw == new.draw, "/draw"),
        (line.frozen.is_some(), old.starts == new.starts, "/starts"),
    ];
    if let Some((.., field)) = fixed.into_iter().find(|(fixed, same, _)| *fixed && !same) {
        return Err(Refusal::TermsFixed { field });
    }
    if line.phase(now) == Phase::Ended {
        return Err(Refusal::Ended);
    }
    Ok(Record::Defined(Arc::clone(terms)))
}

/// Several replicas may do so at once: the second is answered like the first.
pub(super) fn publish(line: &Line, root: Hash) -> Result<Decision<Record>, Refusal> {
    let announced = line.terms.draw.as_ref().is_some_and(|draw| draw.beacon.is_some());
    let Some(places @ 1..) = line.frozen.filter(|_| announced) else {
        return Err(Refusal::NoDraw);
    };
    let record = Record::Published { places, root };
    match line.published {
        Some((_, published)) if published == root => Ok(Decision::Again(record)),
        Some(_) => Err(Refusal::WrongRoot),
        None if line.order.is_some() => Err(Refusal::AlreadyDrawn),
        None => Ok(Decision::Record(record)),
    }
}

/// Several replicas may open the seed at once: the second is answered like the first.
pub(super) fn draw(
    line: &Line,
    now: Time,
    seed: Option<Hash>,
    beacon: Option<&[u8]>,
    root: Hash,
) -> Result<Decision<Record>, Refusal> {
    let (Some(terms), Some(places @ 1..)) = (&line.terms.draw, line.frozen) else {
        return Err(Refusal::NoDraw);
    };
    let drawn = Drawn { places, root, seed, beacon: beacon.map(<[u8]>::to_vec) };
    match &line.order {
        Some(order) if *order.drawn == drawn => return Ok(Decision::Again(Record::Drawn(drawn))),
        Some(_) => return Err(Refusal::AlreadyDrawn),
        None => {}
    }
    if seed.is_some_and(|seed| commitment(&seed) != terms.commitment) {
        return Err(Refusal::WrongSeed);
    }
    if line.published.is_some_and(|(_, published)| published != root) {
        return Err(Refusal::WrongRoot);
    }
    if beacon.is_some() && terms.beacon.is_some() && line.published.is_none() {
        return Err(Refusal::RootUnpublished);
    }
    if beacon.is_some_and(|value| terms.beacon.is_none() || value.len() > BEACON_BYTES_MAX) {
        return Err(Refusal::WrongBeacon);
    }
    let missing = seed.is_none() || (terms.beacon.is_some() && beacon.is_none());
    let from = line.terms.starts.plus_ms(terms.fallback_after_ms);
    if missing && now < from {
        return Err(Refusal::FallbackLater { from });
    }
    Ok(Decision::Record(Record::Drawn(drawn)))
}

/// Whoever is heard first; what the others measured is not needed.
pub(super) fn tick(
    line: &Line,
    now: Time,
    gauges: Option<&Gauges>,
    offer: Option<&Offer>,
) -> Result<Record, Refusal> {
    let phase = line.phase(now);
    let listens = phase.is_open() || line.decides_by_itself();
    if !listens || phase == Phase::Ended {
        return Err(refused_by(line, phase));
    }
    if !line.admission.is_due(now) {
        return Err(Refusal::TickTooSoon);
    }
    if offer.is_some_and(|offer| offer.left.len() > OFFER_CATEGORIES_MAX) {
        return Err(Refusal::OfferTooLong);
    }
    let tick = line.admission.tick(&line.moment(now, gauges));
    Ok(Record::Ticked { gauges: gauges.copied(), offer: offer.cloned(), tick })
}

pub(super) fn say(text: Option<&str>) -> Result<Record, Refusal> {
    if text.is_some_and(|text| text.len() > MESSAGE_BYTES_MAX) {
        return Err(Refusal::MessageTooLong);
    }
    Ok(Record::Said(text.map(str::to_owned)))
}

pub(super) fn steer(line: &Line, steering: Steering) -> Result<Record, Refusal> {
    let mut terms = Terms::clone(&line.terms);
    terms.steer(steering);
    terms.check()?;
    Ok(Record::Steered(steering))
}
