//! The bytes of a status, before the signature that is put behind them.
//!
//! | what | how |
//! |---|---|
//! | version and flags | a byte: version 1 in the low half; 16 paused, 32 a next moment, 64 prices |
//! | phase | a byte |
//! | when it was counted, when the next thing happens | varints: milliseconds; the second as the distance from the first, zigzag |
//! | joined, cursor, drawn | varints |
//! | turns that come soon, and how fast; how fast all others come at least and at most | varints: turns; thousandths of turns a minute |
//! | what made it slower than was told before | a byte: 0 nothing, 1 paused, 2 places, 3 rate, 4 shop, 5 provider, 6 telemetry, 7 people, 8 demand |
//! | message | varint |
//! | polls | three bytes: seconds |
//! | prices, lowest and highest less lowest | varints |
//! | left by category | two categories a byte, the first in the low half; the last half is 0 if their number is odd |
//!
//! A varint has seven bits a byte, the lowest first, and the high bit on all bytes but the last. The
//! number of categories is what remains: twice the bytes that are left. A catalogue knows how many
//! there are.

use super::{Polls, Status};
use crate::{
    Time,
    room::{
        Phase,
        admission::{Ceiling, Pace, Rate},
    },
};

const VERSION: u8 = 1;
const PAUSED: u8 = 16;
const NEXT: u8 = 32;
const PRICES: u8 = 64;

/// These bytes are no status, or one of a newer release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no status that is known")]
pub struct BadStatus;

impl Status {
    /// The bytes that are signed and served: some fifty.
    pub fn encode(&self) -> Vec<u8> {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = flag(self.paused, PAUSED)
            | flag(self.next.is_some(), NEXT)
            | flag(self.prices_minor.is_some(), PRICES);
        let mut bytes = vec![VERSION | flags, self.phase as u8];
        let at = self.at.0.max(0);
        write(&mut bytes, at.unsigned_abs());
        if let Some(next) = self.next {
            let after = next.0.saturating_sub(at);
            write(&mut bytes, after.unsigned_abs() << 1 | u64::from(after < 0));
        }
        let Pace { soon, now, low, high, slower } = self.pace;
        let counts = [self.joined, self.cursor, self.drawn.into()];
        for number in counts.into_iter().chain([soon.into(), now.0, low.0, high.0]) {
            write(&mut bytes, number);
        }
        bytes.push(slower.map_or(0, code));
        write(&mut bytes, self.message.into());
        bytes.extend([self.polls.near, self.polls.middle, self.polls.far]);
        if let Some((lowest, highest)) = self.prices_minor {
            write(&mut bytes, lowest.into());
            write(&mut bytes, highest.saturating_sub(lowest).into());
        }
        let halves = |pair: &[u8]| pair[0] & 15 | pair.get(1).map_or(0, |second| second << 4);
        bytes.extend(self.left.chunks(2).map(halves));
        bytes
    }

    /// What [`Status::encode`] wrote. An odd number of categories comes back with one more, of which
    /// nothing is left.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadStatus> {
        let mut rest = bytes;
        let first = byte(&mut rest)?;
        let phase = byte(&mut rest)?;
        let phase = Phase::ALL.into_iter().find(|known| *known as u8 == phase).ok_or(BadStatus)?;
        if first & 15 != VERSION {
            return Err(BadStatus);
        }
        let at = i64::try_from(read(&mut rest)?).map_err(|_| BadStatus)?;
        let next = (first & NEXT != 0).then(|| read(&mut rest)).transpose()?;
        let next = next.map(|distance| {
            let ms = i64::try_from(distance >> 1).unwrap_or(i64::MAX);
            Time(at.saturating_add(if distance & 1 == 0 { ms } else { -ms }))
        });
        let [joined, cursor, drawn, soon, now, low, high] = numbers(&mut rest)?;
        let slower = match byte(&mut rest)? {
            0 => None,
            told => Some(CEILINGS.into_iter().find(|it| code(*it) == told).ok_or(BadStatus)?),
        };
        let [message] = numbers(&mut rest)?;
        let polls = [byte(&mut rest)?, byte(&mut rest)?, byte(&mut rest)?];
        let prices = (first & PRICES != 0).then(|| numbers(&mut rest)).transpose()?;
        let prices_minor = prices.map(|[lowest, more]| {
            let highest = lowest.checked_add(more).ok_or(BadStatus)?;
            Ok((short(lowest)?, short(highest)?))
        });
        Ok(Self {
            phase,
            paused: first & PAUSED != 0,
            at: Time(at),
            next,
            joined,
            cursor,
            drawn: short(drawn)?,
            pace: Pace {
                soon: short(soon)?,
                now: Rate(now),
                low: Rate(low),
                high: Rate(high),
                slower,
            },
            message: short(message)?,
            polls: Polls { near: polls[0], middle: polls[1], far: polls[2] },
            prices_minor: prices_minor.transpose()?,
            left: rest.iter().flat_map(|pair| [pair & 15, pair >> 4]).collect(),
        })
    }
}

const CEILINGS: [Ceiling; 8] = [
    Ceiling::Paused,
    Ceiling::Places,
    Ceiling::Rate,
    Ceiling::Shop,
    Ceiling::Provider,
    Ceiling::Telemetry,
    Ceiling::People,
    Ceiling::Demand,
];

/// The number of a ceiling.
fn code(ceiling: Ceiling) -> u8 {
    match ceiling {
        Ceiling::Paused => 1,
        Ceiling::Places => 2,
        Ceiling::Rate => 3,
        Ceiling::Shop => 4,
        Ceiling::Provider => 5,
        Ceiling::Telemetry => 6,
        Ceiling::People => 7,
        Ceiling::Demand => 8,
    }
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(0x80 | u8::try_from(number & 0x7f).unwrap_or_default());
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

fn read(rest: &mut &[u8]) -> Result<u64, BadStatus> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let next = byte(rest)?;
        number |= u64::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(BadStatus)
}

fn numbers<const COUNT: usize>(rest: &mut &[u8]) -> Result<[u64; COUNT], BadStatus> {
    let mut numbers = [0; COUNT];
    for number in &mut numbers {
        *number = read(rest)?;
    }
    Ok(numbers)
}

fn byte(rest: &mut &[u8]) -> Result<u8, BadStatus> {
    let (first, others) = rest.split_first().ok_or(BadStatus)?;
    *rest = others;
    Ok(*first)
}

fn short(number: u64) -> Result<u32, BadStatus> {
    u32::try_from(number).map_err(|_| BadStatus)
}
