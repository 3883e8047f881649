//! How fast somebody may ask: far faster than any thumb, slower than a script in a hurry.
//!
//! Forms are counted by the visitor's signed cookie and not by address: a stadium's worth of phones may share one. The
//! ledger's limits hold whatever happens here; this keeps one cart from crowding the queue. Places in a waiting room are
//! counted by network as well, for cookies can be thrown away, and mails that anybody may ask for by mailbox. Each
//! replica counts for itself.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use frontrow_ledger::Time;

use crate::limits::PACED_MAX;

/// When all that somebody asked for is worked off.
#[derive(Debug, Default)]
pub struct Pace(Mutex<HashMap<u128, Time>>);

/// How much at once, and how far apart after that.
#[derive(Debug, Clone, Copy)]
pub struct Burst {
    /// So many at once.
    pub at_once: i64,
    /// And one more each so many milliseconds.
    pub every_ms: i64,
}

impl Pace {
    /// Lets one more in, or says in how many seconds the next one may come.
    pub fn admit(&self, who: u128, burst: Burst, now: Time) -> Result<(), u32> {
        let mut busy_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if busy_until.len() >= PACED_MAX {
            busy_until.retain(|_, until| *until > now);
        }
        if busy_until.len() >= PACED_MAX {
            // Everybody is busy at once: forget rather than grow.
            busy_until.clear();
        }
        let until = busy_until.entry(who).or_insert(now);
        let burst_ms = burst.at_once * burst.every_ms;
        // A clock that goes back does not lock anybody out.
        let behind_ms = until.ms_since(now).clamp(0, burst_ms);
        let next = now.plus_ms(behind_ms + burst.every_ms);
        let ahead_ms = next.ms_since(now) - burst_ms;
        if ahead_ms > 0 {
            return Err(u32::try_from(ahead_ms / 1_000 + 1).unwrap_or(u32::MAX));
        }
        *until = next;
        Ok(())
    }

    /// Takes one back that was let in and came to nothing, so that it may be tried again.
    pub fn forget_one(&self, who: u128, burst: Burst) {
        let mut busy_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = busy_until.get_mut(&who) {
            *until = until.plus_ms(-burst.every_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::Time;

    use super::{Burst, Pace};

    #[test]
    fn a_burst_passes_and_a_flood_waits() {
        let burst = Burst { at_once: 20, every_ms: 500 };
        let pace = Pace::default();
        let (one, other, now) = (1, 2, Time(1_000_000));
        for _ in 0..burst.at_once {
            assert_eq!(pace.admit(one, burst, now), Ok(()));
        }
        assert_eq!(pace.admit(one, burst, now), Err(1));
        assert_eq!(pace.admit(other, burst, now), Ok(()), "another visitor is not held up");
        assert_eq!(pace.admit(one, burst, now.plus_ms(burst.every_ms)), Ok(()));
        assert_eq!(pace.admit(one, burst, now.plus_ms(burst.every_ms)), Err(1));
        assert_eq!(
            pace.admit(one, burst, Time(0)),
            Err(1),
            "a clock that goes back locks nobody out"
        );
        pace.forget_one(one, burst);
        let later = now.plus_ms(burst.every_ms);
        assert_eq!(pace.admit(one, burst, later), Ok(()), "what came to nothing is not counted");
        assert_eq!(pace.admit(one, burst, later), Err(1));
    }
}
