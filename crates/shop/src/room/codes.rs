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

use super::Shut;
use crate::{
    Shop,
    buyer::Email,
    code::{read, spell},
    keys::Keys,
    limits::CODE_SERIES_KNOWN,
};

const PROOF_BYTES: usize = 6;
const NUMBER_BYTES: usize = 4;
const NAME_BYTES: usize = 9;

/// Whose code it is: a number, or what a name became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(Vec<u8>);

/// The codes of a room in one of its series.
#[derive(Clone, Copy)]
pub(super) struct Codes<'a> {
    pub(super) keys: &'a Keys,
    pub(super) performance: Uuid,
    /// The organiser calls back all codes of a series by going on with the next one.
    pub(super) series: u32,
}

impl Code {
    fn numbered(number: u32) -> Self {
        Self(number.to_be_bytes().to_vec())
    }
}

impl Codes<'_> {
    /// The same person however they write their name's case, or their mailbox's address.
    pub(super) fn named(&self, name: &str) -> Code {
        let name = match Email::parse(name) {
            Some(email) => email.mailbox().to_owned(),
            None => name.trim().to_lowercase(),
        };
        let parts = [&b"name"[..], self.performance.as_bytes(), name.as_bytes()];
        Code(self.keys.room_mac(&parts).iter().take(NAME_BYTES).copied().collect())
    }

    /// What somebody typed, if it is a code of this room and of this series.
    pub(super) fn read(&self, text: &str) -> Result<Code, Shut> {
        let bytes = read(text, (NAME_BYTES + PROOF_BYTES) * 8 / 5).ok_or(Shut::CodeUnknown)?;
        let who = bytes.len().checked_sub(PROOF_BYTES).ok_or(Shut::CodeUnknown)?;
        let (who, proof) = bytes.split_at(who);
        if !matches!(who.len(), NUMBER_BYTES | NAME_BYTES) {
            return Err(Shut::CodeUnknown);
        }
        let code = Code(who.to_vec());
        let is_of = |series| bool::from(Self { series, ..*self }.proof(&code).ct_eq(proof));
        let before = self.series.saturating_sub(CODE_SERIES_KNOWN)..self.series;
        match () {
            () if is_of(self.series) => Ok(code),
            () if before.rev().any(is_of) => Err(Shut::CodeCalledBack),
            () => Err(Shut::CodeUnknown),
        }
    }

    pub(super) fn text(&self, code: &Code) -> String {
        spell(&[&code.0[..], &self.proof(code)].concat())
    }

    /// From what the fan key is made. Another series is another place: whoever took the old one may not be whose code
    /// it was.
    pub(super) fn fan(&self, code: &Code) -> [u8; 32] {
        self.mac(b"code-fan", code)
    }

    fn proof(&self, code: &Code) -> [u8; PROOF_BYTES] {
        let mac = self.mac(b"code", code);
        let (proof, _) = mac.split_first_chunk().expect("a MAC is longer than its beginning");
        *proof
    }

    fn mac(&self, purpose: &[u8], code: &Code) -> [u8; 32] {
        let series = self.series.to_be_bytes();
        self.keys.room_mac(&[purpose, self.performance.as_bytes(), &series, &code.0])
    }
}

impl Shop {
    /// Numbered access codes of a room. The same numbers are always the same codes, until they are called back.
    pub fn access_codes(&self, performance: Uuid, numbers: std::ops::Range<u32>) -> Vec<String> {
        let codes = self.codes(performance);
        numbers.map(|number| codes.text(&Code::numbered(number))).collect()
    }

    /// The access code of somebody by name: of a member, an account, an address. The same name is always the same
    /// code, and one place, until it is called back.
    pub fn access_code_of(&self, performance: Uuid, name: &str) -> String {
        let codes = self.codes(performance);
        codes.text(&codes.named(name))
    }

    pub(super) fn codes(&self, performance: Uuid) -> Codes<'_> {
        let series = self.door(performance).code_series;
        Codes { keys: &self.inner.keys, performance, series }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;
    use uuid::Uuid;

    use super::{Code, Codes};
    use crate::{keys::Keys, limits::CODE_SERIES_KNOWN, room::Shut};

    const HERE: Uuid = Uuid::from_u128(7);

    fn keys(byte: u8) -> Keys {
        Keys::derive(&SecretBox::new(Box::new([byte; 32])))
    }

    fn codes(keys: &Keys, series: u32) -> Codes<'_> {
        Codes { keys, performance: HERE, series }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed_and_only_where_it_was_made() {
        let (keys, others) = (keys(1), keys(2));
        let here = codes(&keys, 0);
        for code in [Code::numbered(0), Code::numbered(u32::MAX), here.named("Jana@example.org")] {
            let text = here.text(&code);
            assert!(matches!(text.len(), 19 | 29), "{text}");
            let typed = format!(" {} ", text.to_lowercase().replace('-', " ").replace('0', "o"));
            for text in [&text, &typed] {
                assert_eq!(here.read(text).as_ref(), Ok(&code), "{text}");
            }
            let elsewhere = Codes { performance: Uuid::from_u128(8), ..here };
            assert_eq!(codes(&others, 0).read(&text), Err(Shut::CodeUnknown), "another shop's");
            assert_eq!(elsewhere.read(&text), Err(Shut::CodeUnknown), "another room's");
        }
        assert_eq!(here.named("jana@example.org"), here.named(" JANA+tickets@Example.org "));
        assert_eq!(here.named("Member 17"), here.named("member 17"));
        assert_ne!(here.named("member 17"), here.named("member 18"));
    }

    #[test]
    fn a_changed_digit_is_noticed() {
        let keys = keys(1);
        let here = codes(&keys, 3);
        let text = here.text(&Code::numbered(41));
        for at in (0..text.len()).filter(|at| text.as_bytes()[*at] != b'-') {
            for digit in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
                let mut changed = text.clone();
                changed.replace_range(at..=at, &digit.to_string());
                assert_eq!(here.read(&changed).is_ok(), changed == text, "{changed}");
            }
        }
        for text in ["", "-", "0000-0000-0000-0000", "ÄÖÜ", &"0".repeat(10_000)] {
            assert_eq!(here.read(text), Err(Shut::CodeUnknown));
        }
    }

    #[test]
    fn a_series_that_was_called_back_is_told_apart_from_none_at_all() {
        let keys = keys(1);
        let code = Code::numbered(41);
        let text = codes(&keys, 5).text(&code);
        assert_eq!(codes(&keys, 5).read(&text), Ok(code.clone()));
        let next = codes(&keys, 6);
        assert_eq!(next.read(&text), Err(Shut::CodeCalledBack));
        assert_eq!(codes(&keys, 4).read(&text), Err(Shut::CodeUnknown), "not made yet");
        let much_later = codes(&keys, 6 + CODE_SERIES_KNOWN);
        assert_eq!(much_later.read(&text), Err(Shut::CodeUnknown), "old enough to be forgotten");
        assert_ne!(codes(&keys, 5).fan(&code), next.fan(&code), "a thief keeps nobody's place");
    }
}
