//! The tickets of an order as their holder reads them: barcodes and printed pages.

use frontrow_ledger::{
    Time,
    sale::{Access, Currency, Place},
};
use frontrow_store::{
    orders::{OrderDetails, OrderPosition},
    tickets::{Ticket, TicketState},
};
use frontrow_tickets::{
    barcode::{self, Barcode, Flags},
    pdf::{self, Paper},
    view::{Document, Fact, TicketView},
};
use frontrow_words::{Language, Money};
use jiff::{Timestamp, Zoned};

use crate::{
    Error, Result, Shop,
    facts::{Facts, PlaceName},
    limits::{TICKET_VALID_AFTER_MS, TICKET_VALID_BEFORE_MS},
};

impl Shop {
    /// What the gate scans.
    pub fn barcode(&self, facts: &Facts, position: &OrderPosition, ticket: &Ticket) -> Barcode {
        let performance = &facts.details.performance;
        let doors =
            performance.doors_at.map_or(performance.starts_at, |d| d.min(performance.starts_at));
        self.keys().signing().sign(&barcode::Ticket {
            ticket_id: ticket.id,
            performance_id: ticket.performance_id,
            category: position.category.0,
            flags: flags(facts, position),
            valid_from: timestamp(doors.plus_ms(-TICKET_VALID_BEFORE_MS)),
            valid_until: timestamp(performance.starts_at.plus_ms(TICKET_VALID_AFTER_MS)),
        })
    }

    /// The valid tickets of an order as PDF, one page each.
    pub async fn tickets_pdf(
        &self,
        details: &OrderDetails,
        language: Language,
        paper: Paper,
    ) -> Result<Vec<u8>> {
        let facts = self.facts(details.order.performance_id).await?;
        let document = self.document(&facts, details, language);
        // Fonts and compression are work for a thread of their own, not for one that serves everybody.
        let _turn = self.inner.drawing.acquire().await;
        let pdf = tokio::task::spawn_blocking(move || pdf::render(&document, paper));
        let pdf = pdf.await.map_err(|error| Error::Broken("the PDF", error.into()))?;
        pdf.map_err(|error| Error::Broken("the PDF", error.into()))
    }

    fn document(&self, facts: &Facts, details: &OrderDetails, language: Language) -> Document {
        let starts = zoned(facts, facts.details.performance.starts_at);
        let event = facts.details.event.title.get(language.code());
        let title = language.t_with(
            "pdf-title",
            [("event", event.into()), ("date", language.day_month_year(&starts).into())],
        );
        let valid: Vec<_> = details
            .tickets
            .iter()
            .filter(|ticket| ticket.state == TicketState::Valid)
            .filter_map(|ticket| Some((ticket, details.positions.get(usize::from(ticket.index))?)))
            .collect();
        let count = valid.len();
        let pages = (1_usize..).zip(valid).map(|(number, (ticket, position))| {
            let mut view = self.page(facts, details, language, (position, ticket));
            view.seller.clone_from(&facts.seller);
            view.counter = language
                .t_with("pdf-counter", [("number", number.into()), ("count", count.into())])
                .into_owned();
            view
        });
        Document {
            title: title.into_owned(),
            language: language.code().to_owned(),
            tickets: pages.collect(),
        }
    }

    fn page(
        &self,
        facts: &Facts,
        details: &OrderDetails,
        language: Language,
        (position, ticket): (&OrderPosition, &Ticket),
    ) -> TicketView {
        let announced = &facts.details;
        let starts = zoned(facts, announced.performance.starts_at);
        let doors = announced.performance.doors_at.map(|doors| language.time(&zoned(facts, doors)));
        TicketView {
            event: announced.event.title.get(language.code()).to_owned(),
            subtitle: announced.event.summary.get(language.code()).to_owned(),
            starts: language.date_time(&starts),
            doors: doors
                .map(|time| language.t1("pdf-doors", "time", time).into_owned())
                .unwrap_or_default(),
            venue: announced.venue.name.clone(),
            address: address(facts),
            place: place(facts.place(position.place), language),
            details: printed(facts, details, position, language),
            barcode: self.barcode(facts, position, ticket).as_str().to_owned(),
            barcode_alt: language.t("pdf-barcode-alt").into_owned(),
            barcode_hint: language.t("pdf-barcode-hint").into_owned(),
            small_print: vec![language.t("pdf-small-print").into_owned()],
            ..TicketView::default()
        }
    }
}

/// What the gate should look at.
fn flags(facts: &Facts, position: &OrderPosition) -> Flags {
    let place = match position.place {
        Place::Seat(_) => Flags::default(),
        Place::Area(_) => Flags::STANDING,
    };
    let ticket_type = facts.offer.ticket_type(position.ticket_type);
    let noted = ticket_type.is_some_and(|label| !label.note.en.is_empty());
    place.with(match facts.names.access(position.category) {
        // What the note says of these needs no proof at the gate.
        Access::Wheelchair => Flags::WHEELCHAIR,
        Access::Companion => Flags::COMPANION,
        Access::Everyone if noted => Flags::REDUCED,
        Access::Everyone => Flags::default(),
    })
}

/// A moment on the venue's clock.
pub fn zoned(facts: &Facts, at: Time) -> Zoned {
    timestamp(at).to_zoned(facts.zone.clone())
}

/// Street and city.
pub(crate) fn address(facts: &Facts) -> String {
    let venue = &facts.details.venue;
    // Organisers write the city into the address; once is enough.
    let street = venue.address.trim_end_matches(venue.city.as_str()).trim_end_matches([',', ' ']);
    let parts = [street, venue.city.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// An amount as the tables keep it: in minor units, with the currency's code.
pub fn money(minor: i64, currency: &str) -> Money {
    Money { minor, currency: Currency::of_code(currency) }
}

/// The far past and future are the nearest moment that can be written.
pub fn timestamp(at: Time) -> Timestamp {
    let nearest = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at.0).unwrap_or(nearest)
}

fn place(name: PlaceName, language: Language) -> Vec<Fact> {
    let parts = match name {
        PlaceName::Seat { zone, row, seat } => {
            vec![("pdf-section", zone), ("pdf-row", row), ("pdf-seat", seat)]
        }
        PlaceName::Area(name) => vec![("pdf-area", name.get(language.code()).to_owned())],
    };
    facts_of(parts, language)
}

fn printed(
    facts: &Facts,
    details: &OrderDetails,
    position: &OrderPosition,
    language: Language,
) -> Vec<Fact> {
    let name = |texts: Option<&frontrow_store::Texts>| {
        texts.map(|texts| texts.get(language.code()).to_owned()).unwrap_or_default()
    };
    let category = facts.offer.category(position.category).map(|label| &label.name);
    let ticket_type = facts.offer.ticket_type(position.ticket_type).map(|label| &label.name);
    let price = language.money(money(position.price_minor, &details.order.currency));
    let parts = vec![
        ("pdf-category", name(category)),
        ("pdf-ticket-type", name(ticket_type)),
        ("pdf-price", price),
        ("pdf-attendee", position.attendee_name.clone()),
        ("pdf-order", details.order.code.clone()),
    ];
    facts_of(parts, language)
}

fn facts_of(parts: Vec<(&str, String)>, language: Language) -> Vec<Fact> {
    parts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| Fact::new(language.t(label), value))
        .collect()
}
