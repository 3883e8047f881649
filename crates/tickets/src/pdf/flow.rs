//! Stacking texts down a column, and setting facts in rows.

use std::collections::VecDeque;

use super::{
    sheet::{Align, Colour, Placed},
    text::{Block, Style},
};
use crate::{limits::FACTS_MAX, view::Fact};

/// A column that fills from the top; `y` is where the next text goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    /// Of every size and gap; below one where a page would overflow.
    pub(super) scale: f32,
}

/// How facts are set.
#[derive(Debug, Clone, Copy)]
pub(super) struct FactStyle {
    pub(super) label: Style,
    pub(super) value: Style,
    /// Between neighbours.
    pub(super) gap: f32,
    /// Between rows.
    pub(super) row_gap: f32,
}

/// A fact with the room that it takes on one line.
struct Natural<'a> {
    fact: &'a Fact,
    label: f32,
    value_ems: f32,
}

impl<'a> Natural<'a> {
    fn of(fact: &'a Fact, style: FactStyle) -> Self {
        let label = style.label.face.measured(&fact.label).ems() * style.label.size;
        let value_ems = style.value.face.measured(&fact.value).ems();
        Self { fact, label, value_ems }
    }
}

/// The facts of each row with their widths.
type Rows<'a> = VecDeque<Vec<(&'a Fact, f32)>>;

impl Column {
    pub(super) fn skip(&mut self, points: f32) {
        self.y += points * self.scale;
    }

    /// Sets a text; one that is empty takes no room.
    pub(super) fn text(
        &mut self,
        text: &str,
        style: Style,
        align: Align,
        colour: Colour,
    ) -> Placed {
        let block = Block::fit(text, self.width, style.scaled(self.scale));
        let Self { x, y, width, .. } = *self;
        self.y += block.height();
        Placed { block, x, y, width, align, colour }
    }

    /// Sets facts side by side, each as wide as it is: in one row if any size of the style allows
    /// it, else in as few as it takes, the last rows the fullest (the section above, row and seat
    /// beneath).
    pub(super) fn row(&mut self, facts: &[Fact], style: FactStyle) -> Vec<(Placed, Placed)> {
        let style = style.scaled(self.scale);
        let facts: Vec<&Fact> = shown(facts).collect();
        let (rows, style) = self.arrange(&facts, style);
        let mut placed = Vec::new();
        for row in rows {
            if !placed.is_empty() {
                self.y += style.row_gap;
            }
            let mut cell = *self;
            let mut bottom = self.y;
            for (fact, width) in row {
                cell = Self { y: self.y, width, ..cell };
                placed.push(cell.fact(fact, style));
                bottom = bottom.max(cell.y);
                cell.x += width + style.gap;
            }
            self.y = bottom;
        }
        placed
    }

    /// Sets facts in columns of equal width.
    pub(super) fn grid(
        &mut self,
        facts: &[Fact],
        columns: usize,
        style: FactStyle,
    ) -> Vec<(Placed, Placed)> {
        let style = style.scaled(self.scale);
        let facts: Vec<&Fact> = shown(facts).collect();
        let width = (self.width + style.gap) / columns as f32 - style.gap;
        let mut placed = Vec::new();
        for row in facts.chunks(columns) {
            if !placed.is_empty() {
                self.y += style.row_gap;
            }
            let mut cell = Self { width, ..*self };
            let mut bottom = self.y;
            for fact in row {
                cell.y = self.y;
                placed.push(cell.fact(fact, style));
                bottom = bottom.max(cell.y);
                cell.x += width + style.gap;
            }
            self.y = bottom;
        }
        placed
    }

    /// The fewest rows, and the largest size that allows them.
    fn arrange<'a>(&self, facts: &[&'a Fact], style: FactStyle) -> (Rows<'a>, FactStyle) {
        let facts: Vec<Natural<'_>> = facts.iter().map(|fact| Natural::of(fact, style)).collect();
        for rows_max in 1..=facts.len() {
            let mut size = style.value.size;
            while size >= style.value.size_min {
                let style = style.at(size);
                let (rows, fits) = self.rows(&facts, style);
                if fits && rows.len() <= rows_max {
                    return (rows, style);
                }
                size -= 1.0;
            }
        }
        // Some fact is wider than the column at any size: it wraps in a row of its own.
        let style = style.at(style.value.size_min);
        (self.rows(&facts, style).0, style)
    }

    /// Rows filled from the last fact to the first, and whether each value is on one line.
    fn rows<'a>(&self, facts: &[Natural<'a>], style: FactStyle) -> (Rows<'a>, bool) {
        let mut rows: Rows<'a> = VecDeque::new();
        let mut used = 0.0;
        let mut fits = true;
        for fact in facts.iter().rev() {
            // A hair more than measured, so that the text fits the width that it asked for.
            let value = fact.value_ems * style.value.size + 0.1;
            fits &= value <= self.width;
            let width = value.max(fact.label + 0.1).min(self.width);
            match rows.front_mut() {
                Some(row) if used + style.gap + width <= self.width => {
                    used += style.gap + width;
                    row.insert(0, (fact.fact, width));
                }
                _ => {
                    used = width;
                    rows.push_front(vec![(fact.fact, width)]);
                }
            }
        }
        (rows, fits)
    }

    fn fact(&mut self, fact: &Fact, style: FactStyle) -> (Placed, Placed) {
        let mut inner = Self { scale: 1.0, ..*self };
        let label = inner.text(&fact.label, style.label, Align::Left, Colour::MUTED);
        let value = inner.text(&fact.value, style.value, Align::Left, Colour::INK);
        self.y = inner.y;
        (label, value)
    }
}

impl FactStyle {
    fn scaled(self, scale: f32) -> Self {
        Self {
            label: self.label.scaled(scale),
            value: self.value.scaled(scale),
            gap: self.gap * scale,
            row_gap: self.row_gap * scale,
        }
    }

    /// With values of exactly one size.
    fn at(self, size: f32) -> Self {
        Self { value: Style { size, size_min: size, ..self.value }, ..self }
    }
}

fn shown(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    facts.iter().filter(|fact| !fact.value.trim().is_empty()).take(FACTS_MAX)
}
