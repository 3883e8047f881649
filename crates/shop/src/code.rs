//! Codes that people read out, and links that nobody guesses.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use frontrow_ledger::OrderId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{keys::Keys, random::Random};

/// Crockford's digits without those that sound or look like another: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of an order code.
const ORDER_BYTES: usize = 5;

/// A fresh order code: eight digits in two groups, 2^40 of them.
pub(crate) fn draw(random: &dyn Random) -> String {
    let mut bytes = [0; ORDER_BYTES];
    random.fill(&mut bytes);
    spell(&bytes)
}

/// An order code as somebody typed it.
pub fn parse(text: &str) -> Option<String> {
    read(text, ORDER_BYTES * 8 / 5)
        .filter(|bytes| bytes.len() == ORDER_BYTES)
        .map(|bytes| spell(&bytes))
}

/// Bytes as digits in groups of four; five bytes are eight digits, and what does not fill five is left out.
pub(crate) fn spell(bytes: &[u8]) -> String {
    let (fives, _) = bytes.as_chunks::<5>();
    let mut text = String::with_capacity(fives.len() * 10);
    for [a, b, c, d, e] in fives {
        let bits = u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]);
        for group in [20, 0] {
            if !text.is_empty() {
                text.push('-');
            }
            let digits = (0..4).rev().map(|at| (bits >> (group + 5 * at)) & 31);
            text.extend(digits.map(|digit| char::from(DIGITS[digit as usize])));
        }
    }
    text
}

/// The bytes of a code as somebody typed it: any case, any grouping, letters that are mistaken for digits.
pub(crate) fn read(text: &str, digits_max: usize) -> Option<Vec<u8>> {
    let mut digits = Vec::with_capacity(digits_max);
    for c in text.chars().take(digits_max * 4).filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        let digit = u8::try_from(c).ok()?;
        digits.push(DIGITS.iter().position(|known| *known == digit)? as u64);
    }
    let (eights, rest) = digits.as_chunks::<8>();
    if !rest.is_empty() || eights.is_empty() || digits.len() > digits_max {
        return None;
    }
    let bits = eights.iter().map(|eight| eight.iter().fold(0, |bits, digit| (bits << 5) | digit));
    Some(bits.flat_map(|bits: u64| bits.to_be_bytes().into_iter().skip(3)).collect())
}

/// The secret part of an order's link: who has it sees the order. It follows from the order's id and the shop's key,
/// so that it can be mailed again and need not be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderToken(String);

impl OrderToken {
    pub(crate) fn new(keys: &Keys, order: OrderId) -> Self {
        let id = order.0.to_be_bytes();
        let mac = keys.order_link_mac(&[&id]);
        let bytes: Vec<u8> = id.iter().chain(mac.iter().take(16)).copied().collect();
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The order that a link leads to, if the link is ours.
    pub(crate) fn order(keys: &Keys, text: &str) -> Option<Uuid> {
        const TEXT_LEN: usize = 43;
        if text.len() != TEXT_LEN {
            return None;
        }
        let bytes: [u8; 32] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (id, claimed) = bytes.split_first_chunk::<16>()?;
        let genuine = keys.order_link_mac(&[id]);
        let genuine = genuine.first_chunk::<16>()?;
        bool::from(claimed.ct_eq(genuine)).then(|| Uuid::from_bytes(*id))
    }

    /// What the tables keep of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// As it stands in a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who has it sees the order, so it stays out of logs.
impl std::fmt::Debug for OrderToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrderToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::OrderId;
    use secrecy::SecretBox;

    use super::{OrderToken, draw, parse};
    use crate::{keys::Keys, random::Random};

    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_code_is_understood_however_it_is_typed() {
        for _ in 0..100 {
            let code = draw(&Counting(7.into()));
            assert_eq!(code.len(), 9);
            assert_eq!(parse(&code).as_ref(), Some(&code));
            assert_eq!(parse(&code.to_lowercase().replace('-', " ")).as_ref(), Some(&code));
        }
        assert_eq!(parse("olIL-1234").as_deref(), Some("0111-1234"));
        for text in ["", "K7XM-4QR", "K7XM-4QRDD", "K7XM-4QR!", "K7XM-4QRÉ", "U7XM-4QRD"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_link_leads_to_its_order_and_no_other_link_does() {
        let keys = |byte| Keys::derive(&SecretBox::new(Box::new([byte; 32])));
        let token = OrderToken::new(&keys(1), OrderId(7));
        let text = token.as_str();
        assert_eq!(OrderToken::order(&keys(1), text).map(|id| id.as_u128()), Some(7));
        assert_eq!(OrderToken::order(&keys(2), text), None, "another shop's");
        for index in 0..text.len() {
            let mut forged = text.to_owned();
            let c = if text.as_bytes()[index] == b'A' { "B" } else { "A" };
            forged.replace_range(index..=index, c);
            assert_eq!(OrderToken::order(&keys(1), &forged), None, "changed at {index}");
        }
        assert_eq!(format!("{token:?}"), "OrderToken(..)");
    }
}
