//! What a ticket shows: texts, already in the reader's language.

/// The tickets of an order, one page each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Of the file, as a reader's window shows it: "Tickets for Hamlet, 12 December 2026".
    pub title: String,
    /// BCP 47 tag of every text here: `cs`, `en`.
    pub language: String,
    /// At most [`TICKETS_PER_DOCUMENT_MAX`](crate::limits::TICKETS_PER_DOCUMENT_MAX).
    pub tickets: Vec<TicketView>,
}

/// One ticket. Empty texts and lists leave no gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketView {
    /// Who sells, at the head of the page.
    pub seller: String,
    /// Which of how many: "Ticket 2 of 4".
    pub counter: String,
    /// The event's title: the largest text beside the place.
    pub event: String,
    /// Of the event: the cast, the tour, the language.
    pub subtitle: String,
    /// In the venue's zone: "Saturday 12 December 2026, 19:00".
    pub starts: String,
    /// "Doors open at 18:00".
    pub doors: String,
    /// The venue and the hall.
    pub venue: String,
    /// Where it is.
    pub address: String,
    /// Section, row, seat or the area's name, set large. At most
    /// [`FACTS_MAX`](crate::limits::FACTS_MAX).
    pub place: Vec<Fact>,
    /// Category, ticket type, price, name, order code, in this order or any other. At most
    /// [`FACTS_MAX`](crate::limits::FACTS_MAX).
    pub details: Vec<Fact>,
    /// The text of the barcode.
    pub barcode: String,
    /// What a screen reader says of the QR symbol: "QR code of this ticket".
    pub barcode_alt: String,
    /// Beneath the QR symbol: "Show this code at the entrance".
    pub barcode_hint: String,
    /// Paragraphs. At most [`SMALL_PRINT_MAX`](crate::limits::SMALL_PRINT_MAX).
    pub small_print: Vec<String>,
}

/// A value with its label: "Row", "12".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// It.
    pub value: String,
}

impl Fact {
    /// A value with its label.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}
