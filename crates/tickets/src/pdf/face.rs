//! The two type faces, their measures, and texts made safe for them.

use std::sync::{Arc, LazyLock};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{GlyphBuffer, Script, ShapePlan, UnicodeBuffer, script};

use super::{kept::Kept, text::Measured};
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
    /// How Latin is shaped, and what belongs to no script: nearly every text of a ticket. Making a plan costs more than
    /// shaping a line by it.
    latin: ShapePlan,
    common: ShapePlan,
    shaped: Kept<Shaped>,
    measured: Kept<Measured>,
}

/// A text set in one em: its glyphs from left to right.
pub(super) struct Shaped {
    glyphs: GlyphBuffer,
    /// Units of the font in an em.
    em: f32,
    /// Bytes of the text.
    len: usize,
}

static REGULAR: LazyLock<Loaded> = LazyLock::new(|| load(dejavu::sans_condensed::regular()));
static BOLD: LazyLock<Loaded> = LazyLock::new(|| load(dejavu::sans_condensed::bold()));

fn load(bytes: &'static [u8]) -> Loaded {
    let shaper = rustybuzz::Face::from_slice(bytes, 0).expect("the embedded font is one");
    let plan = |script: Option<Script>| {
        ShapePlan::new(&shaper, rustybuzz::Direction::LeftToRight, script, None, &[])
    };
    Loaded {
        font: Font::new(bytes.into(), 0).expect("the embedded font is one"),
        latin: plan(Some(script::LATIN)),
        common: plan(None),
        shaped: Kept::new(),
        measured: Kept::new(),
        shaper,
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
        self.shape(text).ems(text.len())
    }

    /// A text as it was given, made clean and measured.
    pub(super) fn measured(self, text: &str) -> Arc<Measured> {
        self.loaded().measured.of(text, || Measured::of(text, self))
    }

    /// Chooses and places the glyphs of one line.
    pub(super) fn shape(self, text: &str) -> Arc<Shaped> {
        self.loaded().shaped.of(text, || self.shape_anew(text))
    }

    fn shape_anew(self, text: &str) -> Shaped {
        let Loaded { shaper, latin, common, .. } = self.loaded();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let left_to_right = buffer.direction() == rustybuzz::Direction::LeftToRight;
        let glyphs = match buffer.script() {
            script::LATIN if left_to_right => rustybuzz::shape_with_plan(shaper, latin, buffer),
            script::UNKNOWN if left_to_right => rustybuzz::shape_with_plan(shaper, common, buffer),
            _ => rustybuzz::shape(shaper, &[], buffer),
        };
        Shaped { glyphs, em: shaper.units_per_em() as f32, len: text.len() }
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

impl Shaped {
    /// Advance of what belongs to the first so many bytes.
    pub(super) fn ems(&self, bytes: usize) -> f32 {
        let glyphs = self.glyphs.glyph_infos().iter().zip(self.glyphs.glyph_positions());
        let within = glyphs.filter(|(glyph, _)| (glyph.cluster as usize) < bytes);
        within.map(|(_, at)| at.x_advance as f32 / self.em).sum()
    }

    /// From the start of the text to each of its bytes and to its end. Within what is shaped as one, the whole of it
    /// comes first.
    pub(super) fn offsets(&self) -> Vec<f32> {
        let mut offsets = vec![0.0; self.len + 1];
        for (glyph, at) in self.glyphs.glyph_infos().iter().zip(self.glyphs.glyph_positions()) {
            if let Some(advance) = offsets.get_mut(glyph.cluster as usize + 1) {
                *advance += at.x_advance as f32 / self.em;
            }
        }
        let mut sum = 0.0;
        for offset in &mut offsets {
            sum += *offset;
            *offset = sum;
        }
        offsets
    }

    /// As the PDF library draws them, each with the part of the text that it stands for.
    pub(super) fn glyphs(&self) -> Vec<KrillaGlyph> {
        let infos = self.glyphs.glyph_infos();
        let mut starts: Vec<usize> = infos.iter().map(|glyph| glyph.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end = |start: usize| {
            let next = starts.partition_point(|other| *other <= start);
            starts.get(next).copied().unwrap_or(self.len)
        };
        let ems = |units: i32| units as f32 / self.em;
        let glyphs = infos.iter().zip(self.glyphs.glyph_positions());
        let glyph = |(glyph, at): (&rustybuzz::GlyphInfo, &rustybuzz::GlyphPosition)| {
            let start = glyph.cluster as usize;
            KrillaGlyph::new(
                GlyphId::new(glyph.glyph_id),
                ems(at.x_advance),
                ems(at.x_offset),
                ems(at.y_offset),
                ems(at.y_advance),
                start..end(start),
                None,
            )
        };
        glyphs.map(glyph).collect()
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
        let known = c.is_ascii_graphic() || (Face::Regular.has(c) && Face::Bold.has(c));
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
