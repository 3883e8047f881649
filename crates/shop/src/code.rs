//! Codes that people read out, and links that nobody guesses.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use frontrow_ledger::OrderId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{keys::Keys, random::Random};

/// Crockford's digits without those that sound or look like another: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh order code: eight digits in two groups, 2^40 of them.
pub(crate) fn draw(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    let mut code: String =
        bytes.iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect();
    code.insert(4, '-');
    code
}

/// An order code as somebody typed it: any case, any grouping, letters that are mistaken for digits.
pub fn parse(text: &str) -> Option<String> {
    const DIGITS_COUNT: usize = 8;
    const CHARS_MAX: usize = 40;
    let mut code = String::with_capacity(DIGITS_COUNT + 1);
    for c in text.chars().take(CHARS_MAX).filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        u8::try_from(c).ok().filter(|digit| DIGITS.contains(digit))?;
        code.push(c);
    }
    if code.len() != DIGITS_COUNT {
        return None;
    }
    code.insert(4, '-');
    Some(code)
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
