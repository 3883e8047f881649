//! The two type faces, their measures, and texts made safe for them.

use std::sync::LazyLock;

use krilla::text::Font;
use rustybuzz::UnicodeBuffer;

use crate::limits::TEXT_CHARS_MAX;

/// `DejaVu` Sans Condensed: free, on board, and it covers Latin with every accent, Greek, Cyrillic,
/// Arabic, Hebrew, Armenian and Georgian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

struct Loaded {
    font: Font,
    shaper: rustybuzz::Face<'static>,
}

static REGULAR: LazyLock<Loaded> = LazyLock::new(|| load(dejavu::sans_condensed::regular()));
static BOLD: LazyLock<Loaded> = LazyLock::new(|| load(dejavu::sans_condensed::bold()));

fn load(bytes: &'static [u8]) -> Loaded {
    Loaded {
        font: Font::new(bytes.into(), 0).expect("the embedded font is one"),
        shaper: rustybuzz::Face::from_slice(bytes, 0).expect("the embedded font is one"),
    }
}

impl Face {
    fn loaded(self) -> &'static Loaded {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }

    pub(super) fn font(self) -> Font {
        self.loaded().font.clone()
    }

    /// Advance of a text that is set in one em.
    pub(super) fn ems(self, text: &str) -> f32 {
        self.offsets(text).last().copied().unwrap_or_default()
    }

    /// From the start of a text to each of its bytes and to its end, set in one em. Within what is
    /// shaped as one, the whole of it comes first.
    pub(super) fn offsets(self, text: &str) -> Vec<f32> {
        let shaper = &self.loaded().shaper;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let glyphs = rustybuzz::shape(shaper, &[], buffer);
        let mut offsets = vec![0.0; text.len() + 1];
        for (glyph, at) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
            if let Some(advance) = offsets.get_mut(glyph.cluster as usize + 1) {
                *advance += at.x_advance as f32 / shaper.units_per_em() as f32;
            }
        }
        let mut sum = 0.0;
        for offset in &mut offsets {
            sum += *offset;
            *offset = sum;
        }
        offsets
    }

    /// From the top of a line to its baseline, in ems.
    pub(super) fn ascent_ems(self) -> f32 {
        let shaper = &self.loaded().shaper;
        f32::from(shaper.ascender()) / shaper.units_per_em() as f32
    }

    fn has(self, c: char) -> bool {
        self.loaded().shaper.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }
}

/// One line of text that both faces can set: spaces are single, what is invisible is gone, what has
/// no glyph is U+FFFD, and what is far too long ends in an ellipsis.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::new();
    for (c, n) in text.chars().filter(|&c| !is_invisible(c)).zip(0_usize..) {
        if n == TEXT_CHARS_MAX {
            clean.push('…');
            break;
        }
        let c = if c.is_control() || (c.is_whitespace() && c != '\u{a0}') { ' ' } else { c };
        if c == ' ' && (clean.is_empty() || clean.ends_with(' ')) {
            continue;
        }
        let known = Face::Regular.has(c) && Face::Bold.has(c);
        clean.push(if known { c } else { char::REPLACEMENT_CHARACTER });
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Marks that steer layout: direction overrides could make a ticket say something else, and the
/// others have no glyph.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
