//! A purchase, from waiting for the money to tickets in hand.

use askama::Template;
use jiff::Zoned;

use frontrow_words::Money;

use crate::{
    pages::{
        frame::Frame,
        parts::{CategoryLabel, Countdown, PlaceLabel},
        performance::Heading,
    },
    urls::{PdfSize, Url},
};

/// The page of an order; its address is the proof of who may see it.
#[derive(Debug, Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    /// Around it.
    pub frame: Frame,
    /// What people read out on the phone.
    pub code: String,
    /// What the address carries.
    pub secret: String,
    /// When it was placed.
    pub placed: Zoned,
    /// Where tickets go.
    pub email: String,
    /// What and when.
    pub heading: Heading,
    /// How it stands.
    pub state: OrderState,
    /// What was bought.
    pub positions: Vec<OrderLine>,
    /// What was charged, or will be.
    pub total: Money,
}

/// How an order stands.
#[derive(Debug, Clone)]
pub enum OrderState {
    /// The provider has not said anything yet.
    Pending {
        /// Where the buyer pays, if they have not.
        pay: Option<String>,
    },
    /// The payment failed or was given up; it may be tried again.
    Failed {
        /// Until when the places are held.
        countdown: Option<Countdown>,
    },
    /// Paid.
    Paid,
    /// The money came, but too late; it goes back.
    Refunding,
    /// The money went back.
    Refunded,
    /// Called off by the buyer or the organiser.
    Cancelled,
}

/// One place of an order.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// Where.
    pub place: PlaceLabel,
    /// Its category.
    pub category: CategoryLabel,
    /// Adult, student, ...
    pub ticket_type: String,
    /// Who comes, if asked.
    pub attendee: String,
    /// As charged.
    pub price: Money,
    /// Its ticket, once there is one.
    pub ticket: Option<Url>,
    /// Whether it was given back.
    pub cancelled: bool,
}

impl OrderPage {
    /// Whether there is a ticket to show.
    pub fn has_tickets(&self) -> bool {
        self.positions.iter().any(|line| line.ticket.is_some())
    }

    /// The first ticket.
    pub fn first_ticket(&self) -> Option<&Url> {
        self.positions.iter().find_map(|line| line.ticket.as_ref())
    }

    /// All tickets on paper.
    pub fn pdf_a4(&self) -> Url {
        Url::TicketsPdf(self.secret.clone(), PdfSize::A4)
    }

    /// All tickets on a phone.
    pub fn pdf_phone(&self) -> Url {
        Url::TicketsPdf(self.secret.clone(), PdfSize::Phone)
    }

    /// Where a payment is tried again.
    pub fn pay(&self) -> Url {
        Url::OrderPay(self.secret.clone())
    }

    /// Whether the page asks again by itself.
    pub fn refreshes(&self) -> bool {
        match self.state {
            OrderState::Pending { .. } | OrderState::Refunding => true,
            OrderState::Paid => !self.has_tickets(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod samples {
    use super::{OrderLine, OrderPage, OrderState};
    use frontrow_words::Language;

    use crate::{
        pages::{
            cart::samples::{countdown, items},
            frame::Frame,
            gallery::Sample,
            parts::{sample_money, sample_time},
            performance::samples::heading,
        },
        urls::Url,
    };

    fn page(language: Language, state: OrderState) -> OrderPage {
        let paid = matches!(state, OrderState::Paid);
        let cancelled = matches!(state, OrderState::Cancelled);
        let positions = items()
            .into_iter()
            .zip(1..)
            .map(|(item, number)| OrderLine {
                place: item.place,
                category: item.category,
                ticket_type: item.ticket_type,
                attendee: if number == 1 { "Jana Nováková".to_owned() } else { String::new() },
                price: item.price,
                ticket: paid.then(|| Url::Ticket("secret".to_owned(), number)),
                cancelled,
            })
            .collect();
        OrderPage {
            frame: Frame { cart: None, ..Frame::sample(language) },
            code: "K7XM-4QRD".to_owned(),
            secret: "secret".to_owned(),
            placed: sample_time(0),
            email: "jana.novakova@example.org".to_owned(),
            heading: heading(),
            state,
            positions,
            total: sample_money(802_500),
        }
    }

    impl Sample for OrderPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let mut partly = page(language, OrderState::Paid);
            if let Some(line) = partly.positions.last_mut() {
                line.cancelled = true;
                line.ticket = None;
            }
            let pending = OrderState::Pending { pay: Some("/pay/test/x".to_owned()) };
            let failed = OrderState::Failed { countdown: Some(countdown(8)) };
            vec![
                ("paid", page(language, OrderState::Paid)),
                ("partly-cancelled", partly),
                ("pending", page(language, pending)),
                ("failed", page(language, failed)),
                ("failed-late", page(language, OrderState::Failed { countdown: None })),
                ("refunding", page(language, OrderState::Refunding)),
                ("refunded", page(language, OrderState::Refunded)),
                ("cancelled", page(language, OrderState::Cancelled)),
            ]
        }
    }
}
