//! What is free, as `docs/seat-map-format.md` has it: the whole, then what changed.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;

/// What one reader knows.
#[derive(Debug, Clone)]
pub struct Status {
    seats: usize,
    /// One bit per seat: 1 is not free.
    taken: Vec<u8>,
    /// Places left by area.
    pub areas: Vec<u32>,
    /// Whether the sale is open.
    pub selling: bool,
    /// Opaque; empty before the first answer.
    pub version: String,
}

/// An answer that is not a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not a status")]
pub struct BadStatus;

#[derive(Deserialize)]
struct Body {
    version: String,
    selling: bool,
    areas: Vec<u32>,
    seats: Option<String>,
    #[serde(default)]
    taken: Vec<usize>,
    #[serde(default)]
    freed: Vec<usize>,
}

impl Status {
    /// Nothing known yet: everything counts as free.
    pub fn new(seats: usize) -> Self {
        let taken = vec![0; seats.div_ceil(8)];
        Self { seats, taken, areas: Vec::new(), selling: false, version: String::new() }
    }

    /// Takes in an answer.
    pub fn update(&mut self, body: &[u8]) -> Result<(), BadStatus> {
        let body: Body = serde_json::from_slice(body).map_err(|_| BadStatus)?;
        if let Some(seats) = body.seats {
            let taken = BASE64_STANDARD.decode(seats).map_err(|_| BadStatus)?;
            if taken.len() != self.taken.len() {
                return Err(BadStatus);
            }
            self.taken = taken;
        }
        for seat in body.taken {
            *self.taken.get_mut(seat / 8).ok_or(BadStatus)? |= 1 << (seat % 8);
        }
        for seat in body.freed {
            *self.taken.get_mut(seat / 8).ok_or(BadStatus)? &= !(1 << (seat % 8));
        }
        self.areas = body.areas;
        self.selling = body.selling;
        self.version = body.version;
        Ok(())
    }

    /// Where to ask for what changed since.
    pub fn path(&self, base: &str) -> String {
        match self.version.as_str() {
            "" => base.to_owned(),
            version => format!("{base}?since={version}"),
        }
    }

    /// Whether nobody has a seat.
    pub fn is_free(&self, seat: usize) -> bool {
        seat < self.seats && self.taken[seat / 8] & (1 << (seat % 8)) == 0
    }

    /// Places that nobody has.
    pub fn left(&self) -> u64 {
        let taken: u64 = self.taken.iter().map(|byte| u64::from(byte.count_ones())).sum();
        let areas: u64 = self.areas.iter().map(|left| u64::from(*left)).sum();
        (self.seats as u64).saturating_sub(taken) + areas
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_and_what_changed_give_what_is_free() {
        let mut status = Status::new(26);
        let whole = br#"{"version":"1","selling":true,"seats":"AAD/AQ==","areas":[3,1]}"#;
        status.update(whole).unwrap();
        assert_eq!(status.left(), 26 - 9 + 4);
        assert!(status.is_free(15) && !status.is_free(16) && !status.is_free(24));
        assert!(!status.is_free(26), "there is no such seat");
        let change = br#"{"version":"2","since":"1","selling":true,"taken":[0],"freed":[16,17],"areas":[0,0]}"#;
        status.update(change).unwrap();
        assert!(!status.is_free(0) && status.is_free(16));
        assert_eq!((status.left(), status.version.as_str()), (26 - 8, "2"));
        assert_eq!(status.path("/s"), "/s?since=2");
        assert_eq!(
            status.update(br#"{"version":"3","selling":true,"areas":[],"taken":[99]}"#),
            Err(BadStatus)
        );
        assert_eq!(status.update(b"<html>"), Err(BadStatus));
    }
}
