//! What somebody enters to buy: every fault by its field.

use crate::{
    buyer::Email,
    fault::{At, Faults, Problem, has_control},
    limits::{PERSON_BYTES_MAX, PHONE_BYTES_MAX},
};

/// Contact data, as entered.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CheckoutForm {
    /// Who buys.
    pub name: String,
    /// Where the tickets go.
    pub email: String,
    /// May be empty.
    pub phone: String,
    /// Names on tickets in the order of the places; may be empty if the sale does not ask for them.
    pub attendees: Vec<String>,
    /// Whether the terms were accepted.
    pub terms_accepted: bool,
}

/// Personal data stays out of logs.
impl std::fmt::Debug for CheckoutForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CheckoutForm(..)")
    }
}

impl CheckoutForm {
    /// The address of the buyer, or everything that is wrong.
    pub(super) fn check(&self, places: usize, names_required: bool) -> Result<Email, Faults> {
        let root = At::ROOT;
        let mut faults = Faults::default();
        let email = Email::parse(&self.email);
        if email.is_none() {
            let problem = if self.email.trim().is_empty() {
                Problem::Missing
            } else {
                Problem::MustBe("an e-mail address")
            };
            faults.push(root.key("email"), problem);
        }
        let mut text = |at: &At<'_>, text: &str, limit: usize, required: bool| {
            if required && text.trim().is_empty() {
                faults.push(at, Problem::Missing);
            } else if text.len() > limit {
                faults.push(at, Problem::TooLong { limit });
            } else if has_control(text) {
                faults.push(at, Problem::ControlCharacters);
            }
        };
        text(&root.key("name"), &self.name, PERSON_BYTES_MAX, true);
        text(&root.key("phone"), &self.phone, PHONE_BYTES_MAX, false);
        let list = root.key("attendees");
        for index in 0..places {
            let name = self.attendees.get(index).map_or("", String::as_str);
            text(&list.index(index), name, PERSON_BYTES_MAX, names_required);
        }
        if self.attendees.len() > places {
            let count = self.attendees.len();
            faults.push(list, Problem::TooMany { count, limit: places });
        }
        if !self.terms_accepted {
            faults.push(root.key("terms"), Problem::MustBe("accepted"));
        }
        faults.or(email)
    }
}

#[cfg(test)]
mod tests {
    use super::CheckoutForm;

    fn good() -> CheckoutForm {
        CheckoutForm {
            name: "Jana Nováková".to_owned(),
            email: "jana@example.com".to_owned(),
            phone: String::new(),
            attendees: vec!["Jana".to_owned(), "Petr".to_owned()],
            terms_accepted: true,
        }
    }

    #[test]
    fn every_fault_is_named_by_its_field() {
        assert!(good().check(2, true).is_ok());
        assert!(CheckoutForm { attendees: Vec::new(), ..good() }.check(2, false).is_ok());
        let form = CheckoutForm {
            email: "jana@".to_owned(),
            phone: "1".repeat(41),
            attendees: vec!["a\u{0}".to_owned(), " ".to_owned(), "c".to_owned()],
            terms_accepted: false,
            name: String::new(),
        };
        let faults = form.check(2, true).unwrap_err();
        let at: Vec<&str> = faults.list().iter().map(|fault| fault.at.as_str()).collect();
        let expected =
            ["/email", "/name", "/phone", "/attendees/0", "/attendees/1", "/attendees", "/terms"];
        assert_eq!(at, expected);
    }
}
