//! One ticket: a code that a scanner reads at arm's length.

use std::fmt::Write as _;

use askama::Template;
use frontrow_tickets::qr::{Matrix, Run};

use crate::{
    pages::{frame::Frame, parts::PlaceLabel, performance::Heading},
    urls::Url,
};

/// The page of a ticket.
#[derive(Debug, Template)]
#[template(path = "ticket.html")]
pub struct TicketPage {
    /// Around it.
    pub frame: Frame,
    /// What and when.
    pub heading: Heading,
    /// Where.
    pub place: PlaceLabel,
    /// Its category.
    pub category: String,
    /// Adult, student, ...
    pub ticket_type: String,
    /// Who comes, if asked.
    pub attendee: String,
    /// The order's code.
    pub code: String,
    /// The barcode.
    pub qr: Qr,
    /// Which ticket of the order, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
    /// The order.
    pub order: Url,
    /// The ticket before.
    pub previous: Option<Url>,
    /// The ticket after.
    pub next: Option<Url>,
}

/// A QR code as one SVG path in a square of `size` modules.
#[derive(Debug, Clone)]
pub struct Qr {
    /// Modules along a side, without the quiet zone.
    pub size: usize,
    /// Data of the path.
    pub path: String,
}

impl Qr {
    /// Draws a code.
    pub fn draw(matrix: &Matrix) -> Self {
        let mut path = String::new();
        for Run { x, y, length } in matrix.runs() {
            write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a string takes everything");
        }
        Self { size: matrix.size(), path }
    }

    /// The square with its quiet zone of four modules.
    pub fn view_box(&self) -> String {
        format!("-4 -4 {0} {0}", self.size + 8)
    }
}

#[cfg(test)]
mod samples {
    use super::{Qr, TicketPage};
    use frontrow_tickets::qr::Matrix;
    use frontrow_words::Language;

    use crate::{
        pages::{frame::Frame, gallery::Sample, parts::PlaceLabel, performance::samples::heading},
        urls::Url,
    };

    fn page(language: Language, place: PlaceLabel, number: usize, count: usize) -> TicketPage {
        let ticket = |number| Url::Ticket("secret".to_owned(), number);
        TicketPage {
            frame: Frame { cart: None, ..Frame::sample(language) },
            heading: heading(),
            place,
            category: "Front".to_owned(),
            ticket_type: "Student".to_owned(),
            attendee: if count > 1 { "Jana Nováková".to_owned() } else { String::new() },
            code: "K7XM-4QRD".to_owned(),
            qr: Qr::draw(&Matrix::of(&"FR1:SAMPLE".repeat(20)).unwrap()),
            number,
            count,
            order: Url::Order("secret".to_owned()),
            previous: (number > 1).then(|| ticket(number - 1)),
            next: (number < count).then(|| ticket(number + 1)),
        }
    }

    impl Sample for TicketPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let seat = PlaceLabel::Seat {
                section: "101".to_owned(),
                row: "5".to_owned(),
                seat: "12".to_owned(),
            };
            let area = PlaceLabel::Area { name: "Golden circle".to_owned() };
            vec![("seat", page(language, seat, 2, 3)), ("standing", page(language, area, 1, 1))]
        }
    }
}
