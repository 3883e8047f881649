//! A ticket as wide as a phone: the symbol is on the first screen, the page as long as it takes.

use super::{
    flow::{Column, FactStyle},
    sheet::{Align, Area, Colour, Sheet},
    text::Style,
};
use crate::{limits::SMALL_PRINT_MAX, qr::Matrix, view::TicketView};

const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 90.0 * MM;
const MARGIN: f32 = 6.0 * MM;
/// With its quiet zone.
const SYMBOL: f32 = 70.0 * MM;

const PLACE: FactStyle = FactStyle {
    label: Style::regular(8.5).down_to(7.0).lines(2),
    value: Style::bold(26.0).down_to(17.0).lines(3),
    gap: 18.0,
    row_gap: 8.0,
};
const DETAILS: FactStyle = FactStyle {
    label: Style::regular(8.0).down_to(7.0).lines(2),
    value: Style::bold(10.5).down_to(8.5).lines(3),
    gap: 12.0,
    row_gap: 9.0,
};

/// Lays out a page and gives it the height that it needs.
pub(super) fn lay_out(ticket: &TicketView, matrix: &Matrix) -> Sheet {
    let mut sheet = Sheet::new(WIDTH, WIDTH);
    let mut page = Column { x: MARGIN, y: 14.0, width: WIDTH - 2.0 * MARGIN, scale: 1.0 };
    head(&mut sheet, &mut page, ticket);
    page.skip(4.0);
    symbol(&mut sheet, &mut page, ticket, matrix);
    page.skip(12.0);
    place(&mut sheet, &mut page, ticket);
    page.skip(14.0);
    sheet.facts(page.grid(&ticket.details, 2, DETAILS));
    small_print(&mut sheet, &mut page, ticket);
    sheet.set_height(page.y + MARGIN);
    sheet
}

/// Who sells, what and when, on the accent.
fn head(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView) {
    let mut left = Column { width: page.width * 0.65, ..*page };
    let mut right = Column { x: page.x + left.width, width: page.width - left.width, ..*page };
    let seller = Style::bold(9.0).down_to(7.5);
    let counter = Style::regular(9.0).down_to(7.5);
    let soft = Colour::MUTED_ON_ACCENT;
    sheet.paragraph(left.text(&ticket.seller, seller, Align::Left, soft));
    sheet.paragraph(right.text(&ticket.counter, counter, Align::Right, soft));
    page.y = left.y.max(right.y);
    page.skip(10.0);
    let title = Style::bold(20.0).down_to(13.0).lines(4);
    sheet.heading(page.text(&ticket.event, title, Align::Left, Colour::WHITE));
    let plain = Style::regular(10.0).down_to(8.5).lines(3);
    sheet.paragraph(page.text(&ticket.subtitle, plain, Align::Left, soft));
    page.skip(6.0);
    let strong = Style::bold(11.0).down_to(9.0).lines(3);
    sheet.paragraph(page.text(&ticket.starts, strong, Align::Left, Colour::WHITE));
    sheet.paragraph(page.text(&ticket.doors, plain, Align::Left, soft));
    page.skip(12.0);
    let band = Area { x: 0.0, y: 0.0, width: WIDTH, height: page.y };
    sheet.panel(band, 0.0, Colour::ACCENT);
}

fn symbol(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView, matrix: &Matrix) {
    let x = (WIDTH - SYMBOL) / 2.0;
    let area = Area { x, y: page.y, width: SYMBOL, height: SYMBOL };
    sheet.symbol(matrix.clone(), area, super::face::clean(&ticket.barcode_alt));
    page.y += SYMBOL;
    let hint = Style::regular(9.0).down_to(8.0).lines(4);
    sheet.paragraph(page.text(&ticket.barcode_hint, hint, Align::Centre, Colour::MUTED));
}

/// Section, row and seat on a card, and the venue beneath.
fn place(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView) {
    let padding = 12.0;
    let top = page.y;
    let mut inner = Column {
        x: page.x + padding,
        y: top + padding,
        width: page.width - 2.0 * padding,
        ..*page
    };
    let facts = inner.row(&ticket.place, PLACE);
    if !facts.is_empty() {
        let height = inner.y + padding - top;
        sheet.panel(Area { x: page.x, y: top, width: page.width, height }, 8.0, Colour::CARD);
        sheet.facts(facts);
        page.y = top + height;
        page.skip(14.0);
    }
    let strong = Style::bold(11.0).down_to(9.0).lines(3);
    let plain = Style::regular(10.0).down_to(8.5).lines(3);
    sheet.paragraph(page.text(&ticket.venue, strong, Align::Left, Colour::INK));
    sheet.paragraph(page.text(&ticket.address, plain, Align::Left, Colour::MUTED));
}

fn small_print(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView) {
    if ticket.small_print.is_empty() {
        return;
    }
    page.skip(14.0);
    sheet.dashes((0.0, page.y), (WIDTH, page.y));
    page.skip(12.0);
    let style = Style::regular(7.5).lines(16);
    for paragraph in ticket.small_print.iter().take(SMALL_PRINT_MAX) {
        sheet.paragraph(page.text(paragraph, style, Align::Left, Colour::MUTED));
        page.skip(4.0);
    }
}
