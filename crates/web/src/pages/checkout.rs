//! Who buys: contact data, names on tickets, terms, and what will be charged.

use askama::Template;

use frontrow_words::{Language, Money};

use crate::{
    pages::{
        cart::CartItem,
        frame::Frame,
        parts::{Countdown, PlaceLabel},
        performance::Heading,
    },
    urls::Url,
};

/// The checkout.
#[derive(Debug, Template)]
#[template(path = "checkout.html")]
pub struct CheckoutPage {
    /// Around it.
    pub frame: Frame,
    /// What and when.
    pub heading: Heading,
    /// Where the form goes: this page.
    pub action: Url,
    /// What will be bought.
    pub items: Vec<CartItem>,
    /// What will be charged.
    pub total: Money,
    /// Until when it is held.
    pub countdown: Countdown,
    /// What was entered.
    pub form: CheckoutForm,
    /// What is wrong with it, in the order of the fields.
    pub errors: Vec<FieldError>,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct CheckoutForm {
    /// Where tickets go.
    pub email: String,
    /// Who buys.
    pub name: String,
    /// Names on tickets; empty if none are asked for, else one per place.
    pub attendees: Vec<Attendee>,
    /// Whether the terms were accepted.
    pub terms: bool,
}

/// A name on a ticket.
#[derive(Debug, Clone)]
pub struct Attendee {
    /// Whose place.
    pub place: PlaceLabel,
    /// As entered.
    pub name: String,
}

/// One thing to mend.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The `id` of the field.
    pub field: String,
    /// In the visitor's language.
    pub text: String,
}

impl CheckoutForm {
    /// What is wrong with it, in the order of the fields; nothing if it may be sent to the shop.
    pub fn faults(&self, language: Language) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |field: String, key: &str| {
            faults.push(FieldError { field, text: language.t(key).into_owned() });
        };
        if !looks_like_email(&self.email) {
            fault("email".to_owned(), "error-email");
        }
        if self.name.trim().is_empty() {
            fault("name".to_owned(), "error-name");
        }
        for (index, attendee) in self.attendees.iter().enumerate() {
            if attendee.name.trim().is_empty() {
                fault(attendee_field(index), "error-attendee");
            }
        }
        if !self.terms {
            fault("terms".to_owned(), "error-terms");
        }
        faults
    }
}

/// The `id` and name of an attendee's field.
pub fn attendee_field(index: usize) -> String {
    format!("attendee.{index}")
}

/// Catches slips of the finger; whether mail arrives only mail can tell.
fn looks_like_email(text: &str) -> bool {
    let Some((mailbox, host)) = text.trim().rsplit_once('@') else { return false };
    let labels_are_sound = host.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.contains(|c: char| c.is_ascii_punctuation() && c != '-')
    });
    !mailbox.is_empty()
        && !text.trim().contains(char::is_whitespace)
        && host.contains('.')
        && labels_are_sound
}

impl CheckoutPage {
    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.text.as_str())
    }

    /// The `id` and name of an attendee's field.
    pub fn attendee_field(&self, index: usize) -> String {
        attendee_field(index)
    }
}

#[cfg(test)]
mod samples {
    use super::{Attendee, CheckoutForm, CheckoutPage};
    use frontrow_words::Language;

    use crate::{
        pages::{
            cart::samples::{countdown, items},
            frame::Frame,
            gallery::Sample,
            parts::sample_money,
            performance::samples::heading,
        },
        urls::Url,
    };

    impl Sample for CheckoutPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |form, errors| Self {
                frame: Frame::sample(language),
                heading: heading(),
                action: Url::Checkout("p1".to_owned()),
                items: items(),
                total: sample_money(802_500),
                countdown: countdown(12),
                form,
                errors,
            };
            let attendees = items()
                .into_iter()
                .map(|item| Attendee { place: item.place, name: String::new() })
                .collect();
            let wrong = CheckoutForm {
                email: "jana.novakova@".to_owned(),
                name: "Jana Nováková".to_owned(),
                attendees,
                terms: false,
            };
            let faults = wrong.faults(language);
            vec![
                ("blank", page(CheckoutForm::default(), Vec::new())),
                ("wrong", page(wrong, faults)),
            ]
        }
    }

    #[test]
    fn an_address_needs_a_mailbox_and_a_host() {
        for good in ["a@b.cz", " jana.nováková+x@mail.example.org ", "o'neil@a-b.co"] {
            assert!(super::looks_like_email(good), "{good}");
        }
        for bad in
            ["", "a", "@b.cz", "a@", "a@b", "a@b..cz", "a b@c.cz", "a@.cz", "a@b.cz.", "a@b,cz"]
        {
            assert!(!super::looks_like_email(bad), "{bad}");
        }
    }
}
