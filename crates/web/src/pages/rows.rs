//! Seats as lists: sections, the rows of one, and the ticket types of those chosen. Works without
//! scripts and reads well aloud.

use askama::Template;

use frontrow_words::Money;

use crate::{
    pages::{
        frame::Frame,
        parts::{CategoryLabel, PlaceLabel},
        performance::{Heading, TypePrice},
    },
    urls::Url,
};

/// All sections of a hall.
#[derive(Debug, Template)]
#[template(path = "sections.html")]
pub struct SectionsPage {
    /// Around it.
    pub frame: Frame,
    /// What and when.
    pub heading: Heading,
    /// Back to the map.
    pub back: Url,
    /// In the order of the plan; those without seats are left out.
    pub sections: Vec<SectionLine>,
}

/// One section among others.
#[derive(Debug, Clone)]
pub struct SectionLine {
    /// Its rows.
    pub url: Url,
    /// Its name.
    pub name: String,
    /// Seats left.
    pub left: usize,
    /// The lowest price of a seat in it.
    pub from: Option<Money>,
}

/// The rows of one section.
#[derive(Debug, Template)]
#[template(path = "rows.html")]
pub struct RowsPage {
    /// Around it.
    pub frame: Frame,
    /// What and when.
    pub heading: Heading,
    /// The section's name.
    pub section: String,
    /// All sections.
    pub back: Url,
    /// Where the chosen seats go to get their ticket types.
    pub types: Url,
    /// Seats of one order at most.
    pub per_order: u16,
    /// Categories that occur here, with the price of each.
    pub categories: Vec<(CategoryLabel, Option<Money>)>,
    /// In the order of the plan.
    pub rows: Vec<RowLine>,
}

impl RowsPage {
    /// The category that begins with a seat of a row, where a section has more than one.
    pub fn begins(&self, row: &RowLine, seat: usize) -> Option<&CategoryLabel> {
        let category = row.seats.get(seat)?.category;
        let before = seat.checked_sub(1).and_then(|before| row.seats.get(before));
        let told = before.is_some_and(|before| before.category == category);
        let (label, _) = self.categories.get(category)?;
        (self.categories.len() > 1 && !told).then_some(label)
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct RowLine {
    /// Its label.
    pub label: String,
    /// In order along the row.
    pub seats: Vec<SeatBox>,
}

/// One seat of a row.
#[derive(Debug, Clone)]
pub struct SeatBox {
    /// Its number in the sale.
    pub id: u32,
    /// Its label.
    pub label: String,
    /// Index into the page's categories.
    pub category: usize,
    /// Whether it can be chosen.
    pub state: SeatState,
}

/// Whose a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// Nobody's.
    Free,
    /// In this visitor's cart.
    Own,
    /// Somebody else's.
    Taken,
}

impl RowLine {
    /// Seats that can be chosen.
    pub fn left(&self) -> usize {
        self.seats.iter().filter(|seat| seat.state == SeatState::Free).count()
    }
}

/// Ticket types of the seats that were chosen.
#[derive(Debug, Template)]
#[template(path = "types.html")]
pub struct TypesPage {
    /// Around it.
    pub frame: Frame,
    /// What and when.
    pub heading: Heading,
    /// Back to the list.
    pub back: Url,
    /// Where the form goes.
    pub hold: Url,
    /// What was chosen and is free.
    pub seats: Vec<ChosenSeat>,
    /// What was chosen and is this visitor's already: they went back, or reloaded.
    pub own: Vec<PlaceLabel>,
    /// What was chosen and is somebody else's by now.
    pub gone: Vec<PlaceLabel>,
}

/// One seat that was chosen.
#[derive(Debug, Clone)]
pub struct ChosenSeat {
    /// Its number in the sale.
    pub id: u32,
    /// Where it is.
    pub place: PlaceLabel,
    /// Its category.
    pub category: CategoryLabel,
    /// What it costs as which type; never empty.
    pub types: Vec<TypePrice>,
}

#[cfg(test)]
mod samples {
    use super::{
        ChosenSeat, RowLine, RowsPage, SeatBox, SeatState, SectionLine, SectionsPage, TypesPage,
    };
    use frontrow_words::Language;

    use crate::{
        pages::{
            frame::Frame,
            gallery::Sample,
            parts::{CategoryLabel, PlaceLabel, sample_id, sample_money},
            performance::samples::{heading, types},
        },
        urls::Url,
    };

    fn category(name: &str, colour: &str) -> CategoryLabel {
        CategoryLabel { name: name.to_owned(), colour: colour.to_owned() }
    }

    impl Sample for SectionsPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let sections = (0..100_usize)
                .map(|index| SectionLine {
                    url: Url::Rows(sample_id(), Some(index)),
                    name: (101 + index).to_string(),
                    left: index * 37 % 180,
                    from: Some(sample_money(89_000 + [0, 50_000, 100_000, 150_000][index % 4])),
                })
                .collect();
            let page = Self {
                frame: Frame::sample(language),
                heading: heading(),
                back: Url::Performance(sample_id()),
                sections,
            };
            vec![("arena", page)]
        }
    }

    impl Sample for RowsPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let rows = (0..24_u32)
                .map(|row| RowLine {
                    label: (row + 1).to_string(),
                    seats: (0..34_u32)
                        .map(|seat| SeatBox {
                            id: row * 34 + seat,
                            label: (seat + 1).to_string(),
                            category: usize::from(row > 9),
                            state: match (row * 7 + seat * 3) % 11 {
                                0..=3 => SeatState::Taken,
                                5 if row == 4 => SeatState::Own,
                                _ => SeatState::Free,
                            },
                        })
                        .collect(),
                })
                .collect();
            let page = Self {
                frame: Frame::sample(language),
                heading: heading(),
                section: "Stalls".to_owned(),
                back: Url::Rows(sample_id(), None),
                types: Url::Types(sample_id()),
                per_order: 6,
                categories: vec![
                    (category("I", "#b3123c"), Some(sample_money(119_000))),
                    (category("II", "#d9822b"), Some(sample_money(89_000))),
                ],
                rows,
            };
            vec![("stalls", page)]
        }
    }

    impl Sample for TypesPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let seat = |id: u32| ChosenSeat {
                id,
                place: PlaceLabel::Seat {
                    section: "Stalls".to_owned(),
                    row: "4".to_owned(),
                    seat: id.to_string(),
                },
                category: category("I", "#b3123c"),
                types: types(119_000),
            };
            let page = |seats: Vec<ChosenSeat>, own: Vec<PlaceLabel>, gone: Vec<PlaceLabel>| Self {
                frame: Frame::sample(language),
                heading: heading(),
                back: Url::Rows(sample_id(), Some(0)),
                hold: Url::Hold(sample_id()),
                seats,
                own,
                gone,
            };
            vec![
                ("three", page(vec![seat(11), seat(13), seat(15)], Vec::new(), Vec::new())),
                ("one-gone", page(vec![seat(11)], Vec::new(), vec![seat(13).place])),
                ("none", page(Vec::new(), Vec::new(), vec![seat(13).place])),
                ("held", page(Vec::new(), vec![seat(11).place, seat(13).place], Vec::new())),
            ]
        }
    }
}
