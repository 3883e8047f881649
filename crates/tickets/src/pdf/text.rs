//! Setting a text in a box: it shrinks, wraps, and at last ends in an ellipsis. It never overflows.

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
        let pieces = pieces(&clean(text), style.face);
        let mut size = style.size;
        while size > style.size_min {
            let wrapped = wrap(&pieces, width / size, style.face);
            if wrapped.lines.len() <= style.lines_max && !wrapped.cut_words {
                return Self { face: style.face, size, lines: wrapped.lines };
            }
            size = (size - STEP).max(style.size_min);
        }
        let mut lines = wrap(&pieces, width / size, style.face).lines;
        if lines.len() > style.lines_max {
            lines.truncate(style.lines_max);
            if let Some(last) = lines.last_mut() {
                *last = elide(last, width / size, style.face);
            }
        }
        Self { face: style.face, size, lines }
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

    /// Of the longest line.
    pub(super) fn width(&self) -> f32 {
        self.lines.iter().map(|line| self.line_width(line)).fold(0.0, f32::max)
    }

    pub(super) fn line_width(&self, line: &str) -> f32 {
        self.face.ems(line.trim_end()) * self.size
    }
}

/// What is not broken unless it is wider than a line.
struct Piece {
    text: String,
    ems: f32,
    /// Without the spaces at the end, which may hang over the edge.
    ems_visible: f32,
}

struct Wrapped {
    lines: Vec<String>,
    cut_words: bool,
}

/// A letter that is a word of its own stays with the next one, as Czech readers expect.
fn pieces(text: &str, face: Face) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (end, _) in linebreaks(text) {
        let piece = text.get(start..end).unwrap_or_default();
        let mut chars = piece.trim_end().chars();
        let lone = chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none();
        if !piece.is_empty() && (!lone || end == text.len()) {
            pieces.push(Piece::of(piece, face));
            start = end;
        }
    }
    pieces
}

impl Piece {
    fn of(text: &str, face: Face) -> Self {
        let ems_visible = face.ems(text.trim_end());
        Self { text: text.to_owned(), ems: face.ems(text), ems_visible }
    }
}

/// Fills lines from the top.
fn wrap(pieces: &[Piece], width_ems: f32, face: Face) -> Wrapped {
    let mut wrapped = Wrapped { lines: Vec::new(), cut_words: false };
    let mut line = String::new();
    let mut used = 0.0;
    for piece in pieces {
        if used + piece.ems_visible > width_ems && !line.is_empty() {
            wrapped.lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        if piece.ems_visible <= width_ems {
            line.push_str(&piece.text);
            used += piece.ems;
            continue;
        }
        wrapped.cut_words = true;
        for cluster in piece.text.graphemes(true) {
            let ems = face.ems(cluster);
            if used + ems > width_ems && !line.is_empty() {
                wrapped.lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push_str(cluster);
            used += ems;
        }
    }
    if !line.is_empty() {
        wrapped.lines.push(line);
    }
    wrapped
}

fn elide(line: &str, width_ems: f32, face: Face) -> String {
    let clusters: Vec<&str> = line.trim_end().graphemes(true).collect();
    let fits = |kept: &usize| {
        let text: String = clusters.iter().take(*kept).copied().collect();
        let text = format!("{}…", text.trim_end());
        (face.ems(&text) <= width_ems).then_some(text)
    };
    (0..=clusters.len()).rev().find_map(|kept| fits(&kept)).unwrap_or_else(|| "…".to_owned())
}
