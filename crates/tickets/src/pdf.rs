//! The tickets of an order as PDF/UA-1: tagged, titled, in a language, readable by anybody.

use krilla::{
    Document as Pdf, SerializeSettings,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    page::PageSettings,
    text::{Font, TextDirection},
};

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
    /// Longer than a QR symbol holds.
    #[error("a ticket's barcode does not fit a QR symbol")]
    Barcode,
    /// The PDF library refused.
    #[error("the PDF cannot be written: {0}")]
    Library(String),
}

const MM: f32 = 72.0 / 25.4;

/// Draws the tickets, one page each. Equal documents give equal bytes.
pub fn render(document: &Document, paper: Paper) -> Result<Vec<u8>, PdfError> {
    let count = document.tickets.len();
    if !(1..=TICKETS_PER_DOCUMENT_MAX).contains(&count) {
        return Err(PdfError::Count(count));
    }
    let mut pdf = Pdf::new_with(SerializeSettings::default());
    let metadata = Metadata::new().title(document.title.clone());
    pdf.set_metadata(metadata.language(document.language.clone()));
    for ticket in &document.tickets {
        draw(&mut pdf, ticket, paper)?;
    }
    pdf.finish().map_err(|error| PdfError::Library(format!("{error:?}")))
}

fn draw(pdf: &mut Pdf, ticket: &TicketView, paper: Paper) -> Result<(), PdfError> {
    let matrix = Matrix::of(&ticket.barcode).map_err(|_| PdfError::Barcode)?;
    let (width, height) = match paper {
        Paper::A4 => (210.0 * MM, 297.0 * MM),
        Paper::Phone => (90.0 * MM, 180.0 * MM),
    };
    let settings = PageSettings::from_wh(width, height).expect("the papers have a size");
    let font = Font::new(dejavu::sans::regular().to_vec().into(), 0).expect("DejaVu is a font");
    let mut page = pdf.start_page_with(settings);
    let mut surface = page.surface();
    let module = 45.0 * MM / matrix.size() as f32;
    let mut symbol = PathBuilder::new();
    for run in matrix.runs() {
        let (x, y) = (run.x as f32 * module + 40.0, run.y as f32 * module + 40.0);
        symbol.push_rect(
            Rect::from_xywh(x, y, run.length as f32 * module, module).expect("runs have a size"),
        );
    }
    if let Some(symbol) = symbol.finish() {
        surface.draw_path(&symbol);
    }
    let facts = ticket.place.iter().chain(&ticket.details);
    let facts = facts.map(|fact| format!("{}: {}", fact.label, fact.value));
    let head = [&ticket.event, &ticket.subtitle, &ticket.starts, &ticket.venue, &ticket.address];
    let lines = head.into_iter().cloned().chain(facts).chain(ticket.small_print.iter().cloned());
    for (line, n) in lines.filter(|line| !line.is_empty()).zip(0_u8..) {
        let at = Point::from_xy(40.0, 45.0 * MM + 70.0 + f32::from(n) * 14.0);
        surface.draw_text(at, font.clone(), 10.0, &line, false, TextDirection::Auto);
    }
    surface.finish();
    page.finish();
    Ok(())
}
