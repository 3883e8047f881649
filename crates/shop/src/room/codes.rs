//! Access codes. Each says whose place it is and carries the proof that this shop made it, so nothing is stored and
//! nobody is asked when one is shown.
//!
//! | digits | what |
//! |---|---|
//! | 16 | a numbered code to give away: 4 bytes number, 6 bytes proof |
//! | 24 | a code for somebody by name, such as a membership number or an address: 9 bytes, 6 bytes proof |
//!
//! The proof is the beginning of an HMAC-SHA-256: whoever guesses needs 2^47 tries, each of them a request.

use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::{
    Shop,
    buyer::Email,
    code::{read, spell},
    keys::Keys,
};

const PROOF_BYTES: usize = 6;
const NUMBER_BYTES: usize = 4;
const NAME_BYTES: usize = 9;

/// Whose code it is: a number, or what a name became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(Vec<u8>);

impl Code {
    fn numbered(number: u32) -> Self {
        Self(number.to_be_bytes().to_vec())
    }

    /// The same person however they write their name's case, or their mailbox's address.
    pub(super) fn named(keys: &Keys, performance: Uuid, name: &str) -> Self {
        let name = match Email::parse(name) {
            Some(email) => email.mailbox().to_owned(),
            None => name.trim().to_lowercase(),
        };
        let mac = keys.room_mac(&[b"name", performance.as_bytes(), name.as_bytes()]);
        Self(mac.iter().take(NAME_BYTES).copied().collect())
    }

    /// What somebody typed, if it is a code of this room.
    pub(super) fn read(keys: &Keys, performance: Uuid, text: &str) -> Option<Self> {
        let bytes = read(text, (NAME_BYTES + PROOF_BYTES) * 8 / 5)?;
        let who = bytes.len().checked_sub(PROOF_BYTES)?;
        let (who, proof) = bytes.split_at(who);
        let code = matches!(who.len(), NUMBER_BYTES | NAME_BYTES).then(|| Self(who.to_vec()))?;
        bool::from(code.proof(keys, performance).ct_eq(proof)).then_some(code)
    }

    pub(super) fn text(&self, keys: &Keys, performance: Uuid) -> String {
        spell(&[&self.0[..], &self.proof(keys, performance)].concat())
    }

    /// From what the fan key is made.
    pub(super) fn fan(&self, keys: &Keys, performance: Uuid) -> [u8; 32] {
        keys.room_mac(&[b"code-fan", performance.as_bytes(), &self.0])
    }

    fn proof(&self, keys: &Keys, performance: Uuid) -> [u8; PROOF_BYTES] {
        let mac = keys.room_mac(&[b"code", performance.as_bytes(), &self.0]);
        let (proof, _) = mac.split_first_chunk().expect("a MAC is longer than its beginning");
        *proof
    }
}

impl Shop {
    /// Numbered access codes of a room. The same numbers are always the same codes.
    pub fn access_codes(&self, performance: Uuid, numbers: std::ops::Range<u32>) -> Vec<String> {
        let keys = &self.inner.keys;
        numbers.map(|number| Code::numbered(number).text(keys, performance)).collect()
    }

    /// The access code of somebody by name: of a member, an account, an address. The same name is always the same
    /// code, and one place.
    pub fn access_code_of(&self, performance: Uuid, name: &str) -> String {
        let keys = &self.inner.keys;
        Code::named(keys, performance, name).text(keys, performance)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;
    use uuid::Uuid;

    use super::Code;
    use crate::keys::Keys;

    const HERE: Uuid = Uuid::from_u128(7);

    fn keys(byte: u8) -> Keys {
        Keys::derive(&SecretBox::new(Box::new([byte; 32])))
    }

    #[test]
    fn a_code_is_read_however_it_is_typed_and_only_where_it_was_made() {
        let keys_here = keys(1);
        for code in [
            Code::numbered(0),
            Code::numbered(u32::MAX),
            Code::named(&keys_here, HERE, "Jana@example.org"),
        ] {
            let text = code.text(&keys_here, HERE);
            assert!(matches!(text.len(), 19 | 29), "{text}");
            let typed = format!(" {} ", text.to_lowercase().replace('-', " ").replace('0', "o"));
            for text in [&text, &typed] {
                assert_eq!(Code::read(&keys_here, HERE, text).as_ref(), Some(&code), "{text}");
            }
            assert_eq!(Code::read(&keys(2), HERE, &text), None, "another shop's");
            assert_eq!(Code::read(&keys_here, Uuid::from_u128(8), &text), None, "another room's");
        }
        let named = |name| Code::named(&keys_here, HERE, name);
        assert_eq!(named("jana@example.org"), named(" JANA+tickets@Example.org "));
        assert_eq!(named("Member 17"), named("member 17"));
        assert_ne!(named("member 17"), named("member 18"));
    }

    #[test]
    fn a_changed_digit_is_noticed() {
        let keys = keys(1);
        let text = Code::numbered(41).text(&keys, HERE);
        for at in (0..text.len()).filter(|at| text.as_bytes()[*at] != b'-') {
            for digit in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
                let mut changed = text.clone();
                changed.replace_range(at..=at, &digit.to_string());
                let is_read = Code::read(&keys, HERE, &changed).is_some();
                assert_eq!(is_read, changed == text, "{changed}");
            }
        }
        for text in ["", "-", "0000-0000-0000-0000", "ÄÖÜ", &"0".repeat(10_000)] {
            assert_eq!(Code::read(&keys, HERE, text), None);
        }
    }
}
