//! How fast one visitor may send forms: far faster than any thumb, slower than a script in a hurry.
//!
//! Counted by the visitor's signed cookie and not by address: a stadium's worth of phones may share
//! one. The ledger's limits hold whatever happens here; this keeps one cart from crowding the queue.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use frontrow_ledger::Time;
use frontrow_shop::cart::CartId;

use crate::limits::{FORM_EVERY_MS, FORMS_AT_ONCE, VISITORS_PACED_MAX};

/// When each visitor's forms are all worked off, by cart.
#[derive(Debug, Default)]
pub struct Pace(Mutex<HashMap<u128, Time>>);

impl Pace {
    /// Lets a form in, or says in how many seconds the next one may come.
    pub fn admit(&self, cart: CartId, now: Time) -> Result<(), u32> {
        let mut busy_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if busy_until.len() >= VISITORS_PACED_MAX {
            busy_until.retain(|_, until| *until > now);
        }
        if busy_until.len() >= VISITORS_PACED_MAX {
            // Everybody is busy at once: forget rather than grow.
            busy_until.clear();
        }
        let until = busy_until.entry(cart.0).or_insert(now);
        let burst_ms = FORMS_AT_ONCE * FORM_EVERY_MS;
        // A clock that goes back does not lock anybody out.
        let behind_ms = until.ms_since(now).clamp(0, burst_ms);
        let next = now.plus_ms(behind_ms + FORM_EVERY_MS);
        let ahead_ms = next.ms_since(now) - burst_ms;
        if ahead_ms > 0 {
            return Err(u32::try_from(ahead_ms / 1_000 + 1).unwrap_or(u32::MAX));
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::Time;
    use frontrow_shop::cart::CartId;

    use super::Pace;
    use crate::limits::{FORM_EVERY_MS, FORMS_AT_ONCE};

    #[test]
    fn a_burst_passes_and_a_flood_waits() {
        let pace = Pace::default();
        let (one, other, now) = (CartId(1), CartId(2), Time(1_000_000));
        for _ in 0..FORMS_AT_ONCE {
            assert_eq!(pace.admit(one, now), Ok(()));
        }
        assert_eq!(pace.admit(one, now), Err(1));
        assert_eq!(pace.admit(other, now), Ok(()), "another visitor is not held up");
        assert_eq!(pace.admit(one, now.plus_ms(FORM_EVERY_MS)), Ok(()));
        assert_eq!(pace.admit(one, now.plus_ms(FORM_EVERY_MS)), Err(1));
        assert_eq!(pace.admit(one, Time(0)), Err(1), "a clock that goes back locks nobody out");
    }
}
