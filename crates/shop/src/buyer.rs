//! Who buys: one key per mailbox, however its address is written.
//!
//! A limit per buyer is dodged with aliases: capitals, `name+tag@`, dots in a Gmail name. They are one mailbox, so
//! they are one buyer. The ledger sees only a keyed hash.

use frontrow_ledger::BuyerKey;
use lettre::Address;
use unicode_normalization::UnicodeNormalization;

use crate::keys::{Keys, half};

/// Longest address that SMTP carries.
const EMAIL_BYTES_MAX: usize = 254;

/// An e-mail address that mail can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// As it was written.
    address: Address,
    /// Equal for all aliases of one mailbox.
    mailbox: String,
}

impl Email {
    /// Reads an address; nothing if mail could not be sent there.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().nfc().collect();
        if text.len() > EMAIL_BYTES_MAX || crate::fault::has_control(&text) {
            return None;
        }
        let (user, domain) = text.rsplit_once('@')?;
        // Mail servers speak ASCII: the domain goes out as they know it.
        let domain = idna::domain_to_ascii_strict(domain).ok()?;
        let known = domain.contains('.') && !domain.ends_with('.');
        let address = Address::new(user, &domain).ok().filter(|_| known)?;
        let mailbox = mailbox(user, &domain);
        Some(Self { address, mailbox })
    }

    /// Where mail is sent.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Equal for all aliases of one mailbox.
    pub(crate) fn mailbox(&self) -> &str {
        &self.mailbox
    }

    /// Who buys, as the ledger knows them.
    pub(crate) fn buyer(&self, keys: &Keys) -> BuyerKey {
        BuyerKey(half(&keys.buyer_mac(&[self.mailbox.as_bytes()])))
    }
}

/// Personal data stays out of logs.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(..)")
    }
}

fn mailbox(user: &str, domain: &str) -> String {
    let domain = match domain {
        "googlemail.com" => "gmail.com",
        domain => domain,
    };
    let user = user.nfkc().collect::<String>().to_lowercase();
    let user = user.trim_matches('"');
    let user = user.split_once('+').map_or(user, |(name, _)| name);
    let user = if domain == "gmail.com" { user.replace('.', "") } else { user.to_owned() };
    format!("{user}@{domain}")
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::Email;
    use crate::keys::Keys;

    fn key(text: &str) -> u128 {
        let keys = Keys::derive(&SecretBox::new(Box::new([1; 32])));
        Email::parse(text).unwrap_or_else(|| panic!("{text}")).buyer(&keys).0
    }

    #[test]
    fn aliases_of_one_mailbox_are_one_buyer() {
        for (one, other) in [
            ("jana@example.com", "JANA@EXAMPLE.COM"),
            ("jana@example.com", " jana+tickets@example.com "),
            ("jana.novakova@gmail.com", "j.a.n.a.novakova+x@googlemail.com"),
            ("jana@žluťák.cz", "jana@ŽLUŤÁK.cz"),
            ("ján@example.com", "ja\u{301}n@example.com"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        let ascii = idna::domain_to_ascii("žluťák.cz").unwrap();
        assert_eq!(key("jana@žluťák.cz"), key(&format!("jana@{ascii}")));
        assert_ne!(key("jana@example.com"), key("hana@example.com"));
        assert_ne!(key("ja.na@example.com"), key("jana@example.com"), "dots count elsewhere");
    }

    #[test]
    fn what_no_mail_reaches_is_no_address() {
        for text in [
            "",
            "@",
            "jana",
            "jana@",
            "@example.com",
            "a b@example.com",
            "jana@example",
            "a@b.c\nx@b.c",
            "jana@example..com",
            "jana@-example.com",
            "a@b@example.com",
            "jana@example.com.",
        ] {
            assert!(Email::parse(text).is_none(), "{text}");
        }
        assert!(Email::parse(&format!("{}@example.com", "x".repeat(250))).is_none());
        assert_eq!(
            Email::parse("jana@example.com").unwrap().address().to_string(),
            "jana@example.com"
        );
    }
}
