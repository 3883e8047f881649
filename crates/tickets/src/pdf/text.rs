//! Setting a text in a box: it shrinks, wraps, and at last ends in an ellipsis. It never overflows.

use std::ops::Range;

use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;

use super::face::{Face, clean};

/// How a text is set, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) face: Face,
    /// If it fits.
    pub(super) size: f32,
    /// As small as it gets.
    pub(super) size_min: f32,
    /// More are cut.
    pub(super) lines_max: usize,
}

/// From one baseline to the next, in ems.
const LEADING: f32 = 1.22;
/// Sizes that are tried lie this far apart.
const STEP: f32 = 0.5;
const ELLIPSIS: &str = "…";

impl Style {
    pub(super) const fn regular(size: f32) -> Self {
        Self { face: Face::Regular, size, size_min: size, lines_max: 1 }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self { face: Face::Bold, ..Self::regular(size) }
    }

    pub(super) const fn down_to(self, size_min: f32) -> Self {
        Self { size_min, ..self }
    }

    pub(super) fn scaled(self, scale: f32) -> Self {
        Self { size: self.size * scale, size_min: self.size_min * scale, ..self }
    }

    pub(super) const fn lines(self, lines_max: usize) -> Self {
        Self { lines_max, ..self }
    }
}

/// A text that fits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) face: Face,
    pub(super) size: f32,
    /// With the spaces at their ends, so that a screen reader does not glue words together.
    pub(super) lines: Vec<String>,
}

impl Block {
    /// Sets a text into a width. An empty text has no lines.
    pub(super) fn fit(text: &str, width: f32, style: Style) -> Self {
        style.face.measured(text).fit(width, style)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn leading(&self) -> f32 {
        self.size * LEADING
    }

    pub(super) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.leading()
    }
}

/// A clean text with its widths, so that many sizes can be tried for the price of shaping it once.
pub(super) struct Measured {
    face: Face,
    text: String,
    /// In ems from the start to each byte.
    offsets: Vec<f32>,
    /// Where a line may end, in order; the last is the end.
    breaks: Vec<usize>,
}

struct Wrapped {
    lines: Vec<Range<usize>>,
    cut_words: bool,
}

impl Measured {
    pub(super) fn of(text: &str, face: Face) -> Self {
        let text = clean(text);
        let (offsets, breaks) = (face.shape(&text).offsets(), breaks(&text));
        Self { face, text, offsets, breaks }
    }

    /// Of the whole text on one line.
    pub(super) fn ems(&self) -> f32 {
        self.width(0..self.text.len())
    }

    pub(super) fn fit(&self, width: f32, style: Style) -> Block {
        let mut size = style.size;
        let mut wrapped = self.wrap(width / size);
        while (wrapped.lines.len() > style.lines_max || wrapped.cut_words) && size > style.size_min
        {
            size = (size - STEP).max(style.size_min);
            wrapped = self.wrap(width / size);
        }
        let too_long = wrapped.lines.len() > style.lines_max;
        wrapped.lines.truncate(style.lines_max);
        let lines = wrapped.lines.iter().map(|line| self.part(line.clone()).to_owned());
        let mut lines: Vec<String> = lines.collect();
        if too_long && let (Some(text), Some(line)) = (lines.last_mut(), wrapped.lines.last()) {
            *text = self.elide(line.clone(), width / size);
        }
        Block { face: self.face, size, lines }
    }

    /// Fills lines from the top, inside of words only where one is wider than a line.
    fn wrap(&self, width: f32) -> Wrapped {
        let mut wrapped = Wrapped { lines: Vec::new(), cut_words: false };
        let mut line = 0..0;
        for &end in &self.breaks {
            if self.width(line.start..end) > width && !line.is_empty() {
                wrapped.lines.push(line.clone());
                line.start = line.end;
            }
            if self.width(line.start..end) > width {
                wrapped.cut_words = true;
                for end in self.clusters(line.start..end) {
                    if self.width(line.start..end) > width && !line.is_empty() {
                        wrapped.lines.push(line.clone());
                        line.start = line.end;
                    }
                    line.end = end;
                }
            }
            line.end = end;
        }
        if !line.is_empty() {
            wrapped.lines.push(line);
        }
        wrapped
    }

    /// As much of a line as there is room for before an ellipsis.
    fn elide(&self, line: Range<usize>, width: f32) -> String {
        let room = width - self.face.ems(ELLIPSIS);
        let ends =
            self.clusters(line.clone()).take_while(|&end| self.width(line.start..end) <= room);
        let end = ends.last().unwrap_or(line.start);
        format!("{}{ELLIPSIS}", self.part(line.start..end).trim_end())
    }

    /// The ends of the characters as people see them.
    fn clusters(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let start = range.start;
        self.part(range).grapheme_indices(true).map(move |(at, text)| start + at + text.len())
    }

    /// Without the spaces at the end, which may hang over the edge.
    fn width(&self, range: Range<usize>) -> f32 {
        let end = range.start + self.part(range.clone()).trim_end().len();
        let offset = |at: usize| self.offsets.get(at).copied().unwrap_or_default();
        offset(end) - offset(range.start)
    }

    fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}

/// A letter that is a word of its own stays with the next one, as Czech readers expect.
fn breaks(text: &str) -> Vec<usize> {
    let mut breaks = Vec::new();
    let mut start = 0;
    for (end, _) in linebreaks(text) {
        let mut chars = text.get(start..end).unwrap_or_default().trim_end().chars();
        let lone = chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none();
        if end > start && (!lone || end == text.len()) {
            breaks.push(end);
            start = end;
        }
    }
    breaks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    const STYLE: Style = Style::regular(12.0).down_to(8.0).lines(2);

    fn check(text: &str, width: f32, size: f32, lines: &[&str]) {
        let block = Block::fit(text, width, STYLE);
        assert_eq!((block.size, block.lines), (size, lines.iter().map(|&l| l.into()).collect()));
    }

    #[test]
    fn a_text_shrinks_before_it_is_cut() {
        check("", 90.0, 12.0, &[]);
        check("Dvořák", 90.0, 12.0, &["Dvořák"]);
        check("Antonín Dvořák: Rusalka", 90.0, 12.0, &["Antonín Dvořák: ", "Rusalka"]);
        let two = ["Antonín Dvořák: ", "Rusalka – pohádka"];
        check("Antonín Dvořák: Rusalka – pohádka", 90.0, 10.5, &two);
        let long = "Antonín Dvořák: Rusalka, lyrická pohádka o třech dějstvích";
        check(long, 90.0, 8.0, &["Antonín Dvořák: ", "Rusalka, lyrická pohád…"]);
    }

    #[test]
    fn a_word_shrinks_before_it_is_broken() {
        check("Nejneobhospodařovávatelnější", 140.0, 10.0, &["Nejneobhospodařovávatelnější"]);
        let broken = ["Nejneobhospodař", "ovávatelnější"];
        check("Nejneobhospodařovávatelnější", 65.0, 8.0, &broken);
    }

    #[test]
    fn a_lone_letter_stays_with_its_word() {
        check("Z domu a z lesa", 60.0, 12.0, &["Z domu ", "a z lesa"]);
        check("Sektor a", 40.0, 12.0, &["Sektor ", "a"]);
    }

    #[test]
    fn texts_are_made_safe() {
        for (text, expected) in [
            ("  Jana\n\tNováková  ", "Jana Nováková"),
            ("100\u{a0}Kč", "100\u{a0}Kč"),
            ("Jana\u{202e}ávokáN", "JanaávokáN"),
            ("山田 \u{fffe}", "\u{fffd}\u{fffd} \u{fffd}"),
        ] {
            assert_eq!(clean(text), expected);
        }
        let long = clean(&"ab ".repeat(1_000));
        assert!(long.ends_with('…') && long.chars().count() == 401);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_box(text in "[a-zžťůŘ –,-]{0,120}", width in 30.0..300_f32) {
            let block = Block::fit(&text, width, STYLE);
            prop_assert!(block.lines.len() <= STYLE.lines_max);
            for line in &block.lines {
                let wide = block.face.ems(line.trim_end()) * block.size;
                prop_assert!(wide <= width + 0.5, "{line:?} is {wide} wide, not {width}");
            }
        }

        #[test]
        fn nothing_is_lost_where_there_is_room(text in "[a-zžťůŘ –,-]{0,120}") {
            let block = Block::fit(&text, 200.0, Style::regular(12.0).lines(200));
            prop_assert_eq!(block.lines.concat(), clean(&text));
        }
    }
}
