//! Which log: every ledger has a stream of its own.

use std::{fmt, str::FromStr};

/// Which ledger a stream belongs to. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StreamKind {
    /// The selling of one performance.
    Sale = 1,
    /// The waiting room of one sale.
    Room = 2,
    /// The doors of one performance.
    Door = 3,
}

impl StreamKind {
    /// The number that is stored.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The kind with this number, if there is one.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Sale),
            2 => Some(Self::Room),
            3 => Some(Self::Door),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Room => "room",
            Self::Door => "door",
        }
    }
}

/// One ordered log. Ordered by kind and then by id; written as `sale/01989c5c-...`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// Whose rules.
    pub kind: StreamKind,
    /// Which performance or sale; a UUID as a number.
    pub id: u128,
}

impl Stream {
    /// The sale ledger of a performance.
    pub const fn sale(id: u128) -> Self {
        Self { kind: StreamKind::Sale, id }
    }

    /// The waiting room of a sale.
    pub const fn room(id: u128) -> Self {
        Self { kind: StreamKind::Room, id }
    }

    /// The doors of a performance.
    pub const fn door(id: u128) -> Self {
        Self { kind: StreamKind::Door, id }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), uuid::Uuid::from_u128(self.id))
    }
}

/// Not a stream's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stream is written as kind/uuid, with sale, room or door as its kind")]
pub struct BadStream;

impl FromStr for Stream {
    type Err = BadStream;

    fn from_str(text: &str) -> Result<Self, BadStream> {
        let (kind, id) = text.split_once('/').ok_or(BadStream)?;
        let kind = [StreamKind::Sale, StreamKind::Room, StreamKind::Door]
            .into_iter()
            .find(|known| known.name() == kind)
            .ok_or(BadStream)?;
        let id = uuid::Uuid::try_parse(id).map_err(|_| BadStream)?;
        Ok(Self { kind, id: id.as_u128() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_reads_back_what_it_writes() {
        for stream in [Stream::sale(7), Stream::room(u128::MAX), Stream::door(0)] {
            assert_eq!(stream.to_string().parse::<Stream>().unwrap(), stream);
            assert_eq!(StreamKind::from_code(stream.kind.code()), Some(stream.kind));
        }
        assert_eq!(Stream::sale(7).to_string(), "sale/00000000-0000-0000-0000-000000000007");
    }

    #[test]
    fn what_is_not_a_stream_is_refused() {
        for text in ["", "sale", "sale/", "hall/00000000-0000-0000-0000-000000000007", "sale/7"] {
            assert_eq!(text.parse::<Stream>(), Err(BadStream), "{text}");
        }
    }
}
