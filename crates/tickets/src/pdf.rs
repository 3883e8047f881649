//! The tickets of an order as PDF/UA-1: tagged, titled, in a language, readable by anybody.
//!
//! A layout (A4 or phone) puts texts and shapes on a sheet in reading order;
//! the sheet draws itself and grows the tag tree, so what is seen and what is read aloud cannot
//! differ. The PDF library validates the result and refuses to write anything less than PDF/UA-1.

mod a4;
mod face;
mod flow;
mod kept;
mod phone;
mod sheet;
mod text;

use krilla::{
    Document as Pdf, SerializeSettings,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::Point,
    metadata::Metadata,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    tagging::TagTree,
};

use self::{face::clean, sheet::Sheet};
use crate::{
    limits::TICKETS_PER_DOCUMENT_MAX,
    qr::Matrix,
    view::{Document, TicketView},
};

/// What the pages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paper {
    /// To print.
    A4,
    /// To show on a phone: one ticket fills the screen's width.
    Phone,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// No tickets, or more than an order has.
    #[error("{0} tickets do not make a document")]
    Count(usize),
    /// A text without which nobody could use the document.
    #[error("the {0} is empty")]
    Missing(&'static str),
    /// Longer than a QR symbol holds.
    #[error("a ticket's barcode does not fit a QR symbol")]
    Barcode,
    /// The PDF library refused: a defect of this crate.
    #[error("the PDF cannot be written: {0}")]
    Library(String),
}

/// Draws the tickets, one page each. Equal documents give equal bytes.
///
/// Every text fits: it shrinks, wraps, and at last ends in an ellipsis. Characters that the font
/// does not have become a replacement character rather than an error: a ticket with a strange name
/// on it is still a ticket.
pub fn render(document: &Document, paper: Paper) -> Result<Vec<u8>, PdfError> {
    let count = document.tickets.len();
    if !(1..=TICKETS_PER_DOCUMENT_MAX).contains(&count) {
        return Err(PdfError::Count(count));
    }
    let title = present("title", &document.title)?;
    let language = present("language", &document.language)?;
    let settings = SerializeSettings {
        configuration: ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| PdfError::Library(format!("{error:?}")))?,
        ..SerializeSettings::default()
    };
    let mut pdf = Pdf::new_with(settings);
    pdf.set_metadata(Metadata::new().title(title).language(language));
    let mut tags = TagTree::new();
    let mut outline = Outline::new();
    for (ticket, page) in document.tickets.iter().zip(0..) {
        let sheet = lay_out(ticket, paper)?;
        let (width, height) = sheet.size();
        let size = PageSettings::from_wh(width, height)
            .ok_or_else(|| PdfError::Library("a page without a size".to_owned()))?;
        let mut canvas = pdf.start_page_with(size);
        let mut surface = canvas.surface();
        tags.push(sheet.draw(&mut surface, page));
        surface.finish();
        canvas.finish();
        let top = XyzDestination::new(page, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(bookmark(ticket), top));
    }
    pdf.set_tag_tree(tags);
    pdf.set_outline(outline);
    pdf.finish().map_err(|error| PdfError::Library(format!("{error:?}")))
}

fn lay_out(ticket: &TicketView, paper: Paper) -> Result<Sheet, PdfError> {
    present("event", &ticket.event)?;
    present("barcode's description", &ticket.barcode_alt)?;
    let matrix = Matrix::of(&ticket.barcode).map_err(|_| PdfError::Barcode)?;
    Ok(match paper {
        Paper::A4 => a4::lay_out(ticket, &matrix),
        Paper::Phone => phone::lay_out(ticket, &matrix),
    })
}

fn present(name: &'static str, text: &str) -> Result<String, PdfError> {
    let text = clean(text);
    if text.is_empty() { Err(PdfError::Missing(name)) } else { Ok(text) }
}

/// "Ticket 2 of 4 – Hamlet", in the list of pages.
fn bookmark(ticket: &TicketView) -> String {
    let parts = [&ticket.counter, &ticket.event].map(|text| clean(text));
    let parts: Vec<_> = parts.into_iter().filter(|text| !text.is_empty()).collect();
    parts.join(" – ")
}
