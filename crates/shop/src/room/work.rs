//! Proof of work: makes many places dear for whoever asks for many, and says nothing about anybody. Off unless the
//! organiser asks for it, for it costs the batteries of honest fans as well.
//!
//! The work is done if SHA-256 of `challenge:own:found` begins with the bits that are asked for. The challenge is not
//! known before the room opens, so nobody works ahead; `own` is the fan's, so nobody works for others.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::door::Ask;
use crate::{Shop, keys::Keys, limits::WORK_CHARS_MAX};

/// Whether somebody has done the work that a door asks for.
pub(super) fn is_done(keys: &Keys, performance: Uuid, bits: u8, ask: Ask<'_>) -> bool {
    if bits == 0 {
        return true;
    }
    let Some(found) = ask.work.filter(|found| found.len() <= WORK_CHARS_MAX) else {
        return false;
    };
    let hash = Sha256::new()
        .chain_update(challenge(keys, performance))
        .chain_update(b":")
        .chain_update(ask.own)
        .chain_update(b":")
        .chain_update(found)
        .finalize();
    let (head, _) = hash.split_first_chunk::<8>().expect("a hash is longer than its beginning");
    u64::from_be_bytes(*head).leading_zeros() >= u32::from(bits)
}

fn challenge(keys: &Keys, performance: Uuid) -> String {
    let mac = keys.room_mac(&[b"work", performance.as_bytes()]);
    let (head, _) = mac.split_first_chunk::<8>().expect("a MAC is longer than its beginning");
    format!("{:016x}", u64::from_be_bytes(*head))
}

impl Shop {
    /// What the work at a room's door is about. Not for anybody before the room opens.
    pub fn work_challenge(&self, performance: Uuid) -> String {
        challenge(&self.inner.keys, performance)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;
    use uuid::Uuid;

    use super::{Ask, is_done};
    use crate::keys::Keys;

    #[test]
    fn work_counts_for_one_fan_in_one_room() {
        let keys = Keys::derive(&SecretBox::new(Box::new([1; 32])));
        let (here, there) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let done = |room, bits, own, found: &str| {
            is_done(&keys, room, bits, Ask { code: None, own, work: Some(found) })
        };
        let mut found = 0_u32;
        let mut tries = |own| {
            while !done(here, 12, own, &found.to_string()) {
                found += 1;
            }
            found.to_string()
        };
        let found = tries("jana");
        assert!(done(here, 12, "jana", &found));
        assert!(!done(here, 32, "jana", &found), "more is asked for");
        assert!(!done(there, 12, "jana", &found) || !done(there, 12, "jana", &format!("{found} ")));
        assert!(!done(here, 12, "petr", &found), "somebody else's");
        assert!(!is_done(&keys, here, 1, Ask::default()));
        assert!(is_done(&keys, here, 0, Ask::default()), "nothing is asked for");
    }
}
