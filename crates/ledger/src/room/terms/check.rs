//! What may be wrong with the terms of a room, each fault with its place as a JSON pointer.

use super::{DrawTerms, Terms};
use crate::{
    limits::{DRAW_FALLBACK_MS_MAX, PASS_MS_MAX},
    room::{Refusal, draw::is_beacon_name},
    sale::Fault,
};

impl Terms {
    /// Everything that contradicts itself or the [`limits`](crate::limits).
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut unless = |right: bool, field: &str, problem: &'static str| {
            if !right {
                faults.push(Fault { field: field.to_owned(), problem });
            }
        };
        unless(self.opens <= self.starts, "/opens", "must not be after the start");
        let ends = self.ends.is_none_or(|ends| ends > self.starts);
        unless(ends, "/ends", "must be after the start");
        if let Some(DrawTerms { commitment: _, beacon, fallback_after_ms }) = &self.draw {
            let soon = (0..=DRAW_FALLBACK_MS_MAX).contains(fallback_after_ms);
            unless(soon, "/draw/fallback_after_ms", "must be at most an hour");
            let named = beacon.as_ref().is_none_or(|beacon| is_beacon_name(&beacon.name));
            unless(named, "/draw/beacon/name", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
        }
        let (valid, extension) = (self.pass.valid_ms, self.pass.extension_ms);
        unless((1..=PASS_MS_MAX).contains(&valid), "/pass/valid_ms", "must be 1 ms to 4 hours");
        let together = (0..=PASS_MS_MAX).contains(&extension) && valid <= PASS_MS_MAX - extension;
        unless(together, "/pass/extension_ms", "must be at most 4 hours with the pass");
        faults.extend(self.policy.fault().map(|_| Fault {
            field: "/policy".to_owned(),
            problem: "contradicts itself or the limits",
        }));
        faults
    }

    /// Refuses with the first fault.
    pub(in crate::room) fn check(&self) -> Result<(), Refusal> {
        match self.faults().into_iter().next() {
            Some(Fault { field, problem }) => Err(Refusal::BadTerms { field, problem }),
            None => Ok(()),
        }
    }
}
