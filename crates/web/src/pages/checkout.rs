//! Who buys: contact data, names on tickets, terms, and what will be charged.

use askama::Template;

use frontrow_words::Money;

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

/// The `id` and name of an attendee's field.
pub fn attendee_field(index: usize) -> String {
    format!("attendee.{index}")
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
    use super::{Attendee, CheckoutForm, CheckoutPage, FieldError};
    use frontrow_words::Language;

    use crate::{
        pages::{
            cart::samples::{countdown, items},
            frame::Frame,
            gallery::Sample,
            parts::{sample_id, sample_money},
            performance::samples::heading,
        },
        urls::Url,
    };

    impl Sample for CheckoutPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |form, errors| Self {
                frame: Frame::sample(language),
                heading: heading(),
                action: Url::Checkout(sample_id()),
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
            let error = |field: &str, key| FieldError {
                field: field.to_owned(),
                text: language.t(key).into_owned(),
            };
            let faults = vec![
                error("email", "error-email"),
                error("attendee.1", "error-attendee"),
                error("terms", "error-terms"),
            ];
            vec![
                ("blank", page(CheckoutForm::default(), Vec::new())),
                ("wrong", page(wrong, faults)),
            ]
        }
    }
}
