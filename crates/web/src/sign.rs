//! Signatures of cookies and forms.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Bytes of a signature: 2^128 guesses.
const SIGNATURE_BYTES: usize = 16;

/// What a signature is for: one for a cookie is not believed in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The visitor's cookie.
    Visit,
    /// A form of this visitor's page.
    Form,
    /// A message for the next page.
    Flash,
    /// An organiser who showed an API key.
    Office,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Visit => b"visit",
            Self::Form => b"form",
            Self::Flash => b"flash",
            Self::Office => b"office",
        }
    }
}

/// Signs a text: in hex.
pub fn sign(key: &SecretBox<[u8; 32]>, purpose: Purpose, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret())
        .expect("HMAC takes a key of any length");
    mac.update(purpose.label());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    hex::encode(&mac.finalize().into_bytes()[..SIGNATURE_BYTES])
}

/// Whether a signature is ours; takes the same time whatever is wrong with it.
pub fn is_genuine(
    key: &SecretBox<[u8; 32]>,
    purpose: Purpose,
    text: &str,
    signature: &str,
) -> bool {
    let expected = sign(key, purpose, text);
    expected.as_bytes().ct_eq(signature.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::{Purpose, is_genuine, sign};

    #[test]
    fn only_the_same_text_for_the_same_purpose_is_genuine() {
        let key = SecretBox::new(Box::new([7; 32]));
        let signature = sign(&key, Purpose::Visit, "abc");
        assert!(is_genuine(&key, Purpose::Visit, "abc", &signature));
        assert!(!is_genuine(&key, Purpose::Form, "abc", &signature));
        assert!(!is_genuine(&key, Purpose::Visit, "abd", &signature));
        assert!(!is_genuine(&key, Purpose::Visit, "abc", ""));
        assert!(!is_genuine(&key, Purpose::Visit, "abc", &signature[1..]));
        let other = SecretBox::new(Box::new([8; 32]));
        assert!(!is_genuine(&other, Purpose::Visit, "abc", &signature));
    }
}
