//! A room as it is saved: what cannot be derived. It may be thrown away.
//!
//! Fan keys are nearly all of it, 16 bytes each in the order of their places. They are written as
//! raw bytes, so that ten million are copied and not counted out one by one; the index that finds
//! them is built anew.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    line::{Automatic, Message, Order, Shown},
    selling::Selling,
    visitors::{Visitor, Visitors},
};
use crate::{
    Applied, FanKey, Place, Time,
    memory::Memory,
    room::{
        Drawn, Line, Record, Room, Terms,
        admission::Admission,
        draw::Hash,
        places::{Joins, Places, SavedPlaces},
    },
};

/// The number of the layout below: whoever changes [`Snapshot`], or what is in it, raises it.
pub(super) const LAYOUT: u32 = 3;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    now: Time,
    applied: u64,
    memory: Vec<Applied<Record>>,
    line: Option<Saved>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    terms: Arc<Terms>,
    frozen: Option<u32>,
    published: Option<(Time, Hash)>,
    drawn: Option<Arc<Drawn>>,
    cursor: u64,
    visitors: Vec<(Place, Visitor)>,
    admission: Admission,
    automatic: Automatic,
    selling: Selling,
    ended: bool,
    message: Message,
    shown: Shown,
    salt: u128,
    joins: Vec<Joins>,
    entered: Vec<u64>,
    fans: Vec<Piece>,
}

/// Fan keys one after the other.
struct Piece(Arc<Vec<FanKey>>);

impl Serialize for Room {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let snapshot = Snapshot {
            now: self.now,
            applied: self.applied,
            memory: self.memory.iter().cloned().collect(),
            line: self.line.as_ref().map(Saved::of),
        };
        snapshot.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Room {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let snapshot = Snapshot::deserialize(deserializer)?;
        let mut memory = Memory::default();
        for applied in &snapshot.memory {
            memory.remember(applied);
        }
        let line = snapshot.line.map(Saved::read).transpose().map_err(de::Error::custom)?;
        Ok(Self { now: snapshot.now, applied: snapshot.applied, memory, line })
    }
}

impl Saved {
    fn of(line: &Line) -> Self {
        let mut visitors: Vec<_> = line.visitors.iter().map(|(at, it)| (at, *it)).collect();
        visitors.sort_unstable_by_key(|(place, _)| *place);
        let SavedPlaces { salt, fans, joins, entered } = line.places.save();
        Self {
            terms: Arc::clone(&line.terms),
            frozen: line.frozen,
            published: line.published,
            drawn: line.order.as_ref().map(|order| Arc::clone(&order.drawn)),
            cursor: line.cursor,
            visitors,
            admission: line.admission.clone(),
            automatic: line.automatic,
            selling: line.selling.clone(),
            ended: line.ended,
            message: line.message.clone(),
            shown: line.shown.clone(),
            salt,
            joins,
            entered,
            fans: fans.into_iter().map(Piece).collect(),
        }
    }

    fn read(self) -> Result<Line, &'static str> {
        self.terms.check().map_err(|_| "a snapshot with impossible terms")?;
        let fans = self.fans.into_iter().map(|piece| piece.0).collect();
        let saved = SavedPlaces { salt: self.salt, fans, joins: self.joins, entered: self.entered };
        let places = Places::restore(saved).ok_or("a snapshot with impossible places")?;
        let mut visitors = Visitors::default();
        for (place, visitor) in self.visitors {
            visitors.add(place, visitor);
        }
        Ok(Line {
            entered: places.entered_count(),
            order: self.drawn.map(|drawn| Order::new(&self.terms, drawn)),
            places,
            terms: self.terms,
            frozen: self.frozen,
            published: self.published,
            cursor: self.cursor,
            visitors,
            admission: self.admission,
            automatic: self.automatic,
            selling: self.selling,
            ended: self.ended,
            message: self.message,
            shown: self.shown,
        })
    }
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(self.0.len() * size_of::<FanKey>());
        for fan in &*self.0 {
            bytes.extend_from_slice(&fan.0.to_le_bytes());
        }
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl de::Visitor<'_> for Bytes {
    type Value = Piece;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("fan keys of 16 bytes each")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Piece, E> {
        let (keys, rest) = bytes.as_chunks::<{ size_of::<FanKey>() }>();
        if !rest.is_empty() {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        let fans = keys.iter().map(|key| FanKey(u128::from_le_bytes(*key))).collect();
        Ok(Piece(Arc::new(fans)))
    }
}
