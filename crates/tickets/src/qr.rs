//! QR symbols: the matrix of a text, and its drawing as SVG.

use std::fmt::Write;

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// Light modules around a symbol, as the standard asks; without them scanners lose the edge.
pub const QUIET_ZONE: usize = 4;

/// A QR symbol without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    size: usize,
    dark: Vec<bool>,
}

/// The text is longer than a QR symbol holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text does not fit a QR symbol")]
pub struct TooLong;

/// A run of dark modules in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Column of the first.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// How many.
    pub length: usize,
}

impl Matrix {
    /// The smallest symbol of a text at error correction level M (15 % of it may be unreadable).
    ///
    /// M, because the symbol is read from phones: a screen is clean and flat but small, so larger
    /// modules help more than further redundancy. A ticket's barcode becomes version 6, 41 modules.
    ///
    /// Of the eight masks it is always the same one. Scanners read them all; which one is the best is asked, and dear to
    /// find out, where the contents may have a pattern, and most of a ticket's are a signature.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::encode_segments_advanced(
            &QrSegment::make_segments(text),
            QrCodeEcc::Medium,
            Version::MIN,
            Version::MAX,
            Some(Mask::new(0)),
            false,
        );
        let code = code.map_err(|_| TooLong)?;
        let side = 0..code.size();
        let dark = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
        let dark = dark.map(|(x, y)| code.get_module(x, y)).collect();
        Ok(Self { size: usize::try_from(code.size()).map_err(|_| TooLong)?, dark })
    }

    /// Modules of one side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether a module is dark; outside of the symbol nothing is.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = x < self.size && y < self.size;
        inside && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }

    /// The dark modules, row by row, as few rectangles.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for y in 0..self.size {
            for x in (0..self.size).filter(|&x| self.is_dark(x, y)) {
                match runs.last_mut() {
                    Some(last) if last.y == y && last.x + last.length == x => last.length += 1,
                    _ => runs.push(Run { x, y, length: 1 }),
                }
            }
        }
        runs
    }

    /// An `<svg>` element with the quiet zone, one unit a module, without size, style or script:
    /// the page gives it a width. It is always dark on light, or some scanners fail on dark pages.
    ///
    /// `title` is what a screen reader says.
    pub fn svg(&self, title: &str) -> String {
        let side = self.size + 2 * QUIET_ZONE;
        let mut path = String::new();
        for Run { x, y, length } in self.runs() {
            let (x, y) = (x + QUIET_ZONE, y + QUIET_ZONE);
            write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a string takes any text");
        }
        let title = escape(title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             shape-rendering=\"crispEdges\"><title>{title}</title>\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/>\
             <path fill=\"#000\" d=\"{path}\"/></svg>"
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
