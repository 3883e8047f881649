//! Coming into the shop, staying a little longer, leaving.

use subtle::ConstantTimeEq;

use super::refused_by;
use crate::{
    Decision, Place, Time,
    room::{DeviceDigest, Line, Phase, Record, Refusal, Turn, draw::FanDigest},
};

pub(super) fn enter(
    line: &Line,
    now: Time,
    place: Place,
    fan: FanDigest,
    device: DeviceDigest,
) -> Result<Decision<Record>, Refusal> {
    let known = line.fan_digest(place).ok_or(Refusal::UnknownPlace)?;
    if !bool::from(known.0.ct_eq(&fan.0)) {
        return Err(Refusal::UnknownPlace);
    }
    if let Some(visitor) = line.visitors.get(place) {
        if !bool::from(visitor.device.0.ct_eq(&device.0)) {
            return Err(Refusal::OtherDevice);
        }
        return Ok(Decision::Again(Record::Entered { place, device, until: visitor.until }));
    }
    if line.places.has_entered(place) {
        return Err(Refusal::TurnOver);
    }
    match line.phase(now) {
        Phase::Queue => {}
        Phase::PreQueue | Phase::Draw => return Err(Refusal::NotYourTurn),
        other => return Err(refused_by(line, other)),
    }
    match line.turn(place, now) {
        Some(Turn::Open { .. } | Turn::Missed) => {}
        _ => return Err(Refusal::NotYourTurn),
    }
    if line.visitors.len() >= line.terms.policy.cap {
        return Err(Refusal::ShopFull);
    }
    let until = now.plus_ms(line.terms.pass.valid_ms);
    Ok(Decision::Record(Record::Entered { place, device, until }))
}

pub(super) fn extend(line: &Line, place: Place) -> Result<Record, Refusal> {
    line.places.fan(place).ok_or(Refusal::UnknownPlace)?;
    let visitor = line.visitors.get(place).ok_or(Refusal::NotInShop)?;
    if visitor.extended {
        return Err(Refusal::NoMoreExtensions);
    }
    let until = visitor.until.plus_ms(line.terms.pass.extension_ms);
    Ok(Record::Extended { place, until })
}

pub(super) fn leave(line: &Line, place: Place) -> Result<Record, Refusal> {
    line.places.fan(place).ok_or(Refusal::UnknownPlace)?;
    line.visitors.get(place).ok_or(Refusal::NotInShop)?;
    Ok(Record::Left { place })
}
