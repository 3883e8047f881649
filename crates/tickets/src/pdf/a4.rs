//! A ticket on A4: what and when above, a card with the place and the QR symbol, and beneath a line
//! to fold along the small print.

use super::{
    flow::{Column, FactStyle},
    sheet::{Align, Area, Colour, Sheet},
    text::Style,
};
use crate::{limits::SMALL_PRINT_MAX, qr::Matrix, view::TicketView};

const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
const MARGIN: f32 = 17.0 * MM;
/// With its quiet zone; modules of 1.2 mm are read from an arm's length, also off poor prints.
const SYMBOL: f32 = 60.0 * MM;
const PADDING: f32 = 18.0;
const COLUMN_GAP: f32 = 22.0;
/// Each further try sets everything but the symbol this much smaller.
const SHRINK: f32 = 0.9;

const PLACE: FactStyle = FactStyle {
    label: Style::regular(9.0).down_to(7.0).lines(2),
    value: Style::bold(34.0).down_to(20.0).lines(3),
    gap: 24.0,
    row_gap: 10.0,
};
const DETAILS: FactStyle = FactStyle {
    label: Style::regular(8.5).down_to(7.0).lines(2),
    value: Style::bold(11.0).down_to(9.0).lines(3),
    gap: 16.0,
    row_gap: 11.0,
};

/// Lays out a page, smaller and smaller until everything is on it.
pub(super) fn lay_out(ticket: &TicketView, matrix: &Matrix) -> Sheet {
    let mut scale = 1.0;
    loop {
        let (sheet, bottom) = lay_out_scaled(ticket, matrix, scale);
        // Texts are cut, so their height is bounded and shrinks with the scale: this ends.
        if bottom <= HEIGHT - MARGIN {
            return sheet;
        }
        scale *= SHRINK;
    }
}

fn lay_out_scaled(ticket: &TicketView, matrix: &Matrix, scale: f32) -> (Sheet, f32) {
    let mut sheet = Sheet::new(WIDTH, HEIGHT);
    let mut page = Column { x: MARGIN, y: MARGIN, width: WIDTH - 2.0 * MARGIN, scale };
    head(&mut sheet, &mut page, ticket);
    page.skip(22.0);
    card(&mut sheet, &mut page, ticket, matrix);
    page.skip(26.0);
    small_print(&mut sheet, &mut page, ticket);
    (sheet, page.y)
}

/// Who sells; what; when and where side by side.
fn head(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView) {
    let mut counter = *page;
    let seller = Style::bold(11.0).down_to(8.0);
    let mut left = Column { width: page.width * 0.7, ..*page };
    sheet.paragraph(left.text(&ticket.seller, seller, Align::Left, Colour::ACCENT));
    let small = Style::regular(11.0).down_to(8.0);
    counter.x += page.width * 0.7;
    counter.width = page.width * 0.3;
    sheet.paragraph(counter.text(&ticket.counter, small, Align::Right, Colour::MUTED));
    page.y = left.y.max(counter.y);
    page.skip(8.0);
    let bar = Area { x: page.x, y: page.y, width: page.width, height: 3.0 };
    sheet.panel(bar, 1.5, Colour::ACCENT);
    page.skip(22.0);

    let title = Style::bold(32.0).down_to(18.0).lines(3);
    sheet.heading(page.text(&ticket.event, title, Align::Left, Colour::INK));
    page.skip(2.0);
    let subtitle = Style::regular(14.0).down_to(11.0).lines(2);
    sheet.paragraph(page.text(&ticket.subtitle, subtitle, Align::Left, Colour::MUTED));
    page.skip(16.0);

    let width = (page.width - COLUMN_GAP) / 2.0;
    let mut when = Column { width, ..*page };
    let mut place = Column { width, x: page.x + width + COLUMN_GAP, ..*page };
    let strong = Style::bold(14.0).down_to(11.0).lines(3);
    let plain = Style::regular(11.5).down_to(9.0).lines(3);
    sheet.paragraph(when.text(&ticket.starts, strong, Align::Left, Colour::INK));
    sheet.paragraph(when.text(&ticket.doors, plain, Align::Left, Colour::MUTED));
    sheet.paragraph(place.text(&ticket.venue, strong, Align::Left, Colour::INK));
    sheet.paragraph(place.text(&ticket.address, plain, Align::Left, Colour::MUTED));
    page.y = when.y.max(place.y);
}

/// The place and the details on the left, the symbol on the right.
fn card(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView, matrix: &Matrix) {
    let top = page.y;
    let mut left = Column {
        x: page.x + PADDING,
        y: top + PADDING,
        width: page.width - 2.0 * PADDING - SYMBOL - COLUMN_GAP,
        scale: page.scale,
    };
    let mut right = Column {
        x: page.x + page.width - PADDING - SYMBOL,
        y: top + PADDING,
        width: SYMBOL,
        scale: page.scale,
    };
    sheet.facts(left.row(&ticket.place, PLACE));
    let rule = Area { x: left.x, y: left.y + 12.0 * left.scale, width: left.width, height: 0.75 };
    left.skip(26.0);

    let symbol = Area { x: right.x, y: right.y, width: SYMBOL, height: SYMBOL };
    right.y += SYMBOL;
    right.skip(8.0);
    let hint = Style::regular(9.5).down_to(8.0).lines(4);
    let hint = right.text(&ticket.barcode_hint, hint, Align::Centre, Colour::MUTED);
    let details = left.grid(&ticket.details, 2, DETAILS);
    let bottom = left.y.max(right.y) + PADDING;
    let area = Area { x: page.x, y: top, width: page.width, height: bottom - top };
    sheet.panel(area, 10.0, Colour::CARD);
    sheet.panel(symbol, 6.0, Colour::WHITE);
    sheet.panel(rule, 0.0, Colour::LINE);
    sheet.symbol(matrix.clone(), symbol, super::face::clean(&ticket.barcode_alt));
    sheet.paragraph(hint);
    sheet.facts(details);
    page.y = bottom;
}

fn small_print(sheet: &mut Sheet, page: &mut Column, ticket: &TicketView) {
    if ticket.small_print.is_empty() {
        return;
    }
    sheet.dashes((0.0, page.y), (WIDTH, page.y));
    page.skip(18.0);
    let style = Style::regular(8.5).lines(8);
    for paragraph in ticket.small_print.iter().take(SMALL_PRINT_MAX) {
        sheet.paragraph(page.text(paragraph, style, Align::Left, Colour::MUTED));
        page.skip(5.0);
    }
}
