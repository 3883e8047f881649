//! One page: shapes behind, texts in reading order, and the tags of both.

use std::num::NonZeroU16;

use krilla::{
    color::rgb,
    geom::{Path, PathBuilder, Point, Rect, Transform},
    num::NormalizedF32,
    paint::{Fill, FillRule, LineCap, Stroke, StrokeDash},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, BBox, ContentTag, ListNumbering, Node, SpanTag, Tag, TagGroup,
    },
};

use super::text::Block;
use crate::qr::{Matrix, QUIET_ZONE};

/// A colour; every pair of text and ground that is used has a contrast of at least 4.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(u8, u8, u8);

impl Colour {
    pub(super) const INK: Self = Self(0x16, 0x1a, 0x26);
    pub(super) const MUTED: Self = Self(0x55, 0x5d, 0x70);
    pub(super) const ACCENT: Self = Self(0x2f, 0x3c, 0xa8);
    pub(super) const LINE: Self = Self(0xd3, 0xd7, 0xe2);
    pub(super) const CARD: Self = Self(0xf4, 0xf5, 0xfa);
    pub(super) const WHITE: Self = Self(0xff, 0xff, 0xff);
    pub(super) const BLACK: Self = Self(0, 0, 0);
    /// On the accent.
    pub(super) const MUTED_ON_ACCENT: Self = Self(0xd9, 0xdd, 0xf7);

    fn rgb(self) -> rgb::Color {
        rgb::Color::new(self.0, self.1, self.2)
    }

    fn fill(self) -> Fill {
        Fill { paint: self.rgb().into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
    }
}

/// Where a line stands in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// A rectangle in points, from the top left corner of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A text in its place.
pub(super) struct Placed {
    pub(super) block: Block,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) align: Align,
    pub(super) colour: Colour,
}

enum Shape {
    Panel { area: Area, radius: f32, colour: Colour },
    Dashes { from: Point, to: Point },
}

enum Element {
    Heading(Placed),
    Paragraph(Placed),
    Facts(Vec<(Placed, Placed)>),
    Symbol { matrix: Matrix, area: Area, alt: String },
}

/// A page that is laid out.
pub(super) struct Sheet {
    width: f32,
    height: f32,
    behind: Vec<Shape>,
    elements: Vec<Element>,
}

impl Sheet {
    pub(super) fn new(width: f32, height: f32) -> Self {
        Self { width, height, behind: Vec::new(), elements: Vec::new() }
    }

    pub(super) fn size(&self) -> (f32, f32) {
        (self.width, self.height)
    }

    pub(super) fn set_height(&mut self, height: f32) {
        self.height = height;
    }

    /// A filled box behind the texts; the later covers the earlier.
    pub(super) fn panel(&mut self, area: Area, radius: f32, colour: Colour) {
        self.behind.push(Shape::Panel { area, radius, colour });
    }

    /// Where to fold or tear.
    pub(super) fn dashes(&mut self, from: (f32, f32), to: (f32, f32)) {
        let (from, to) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
        self.behind.push(Shape::Dashes { from, to });
    }

    pub(super) fn heading(&mut self, text: Placed) {
        self.elements.push(Element::Heading(text));
    }

    /// A text of its own; nothing if it is empty.
    pub(super) fn paragraph(&mut self, text: Placed) {
        if !text.block.is_empty() {
            self.elements.push(Element::Paragraph(text));
        }
    }

    /// Labels and values that are read as a list; nothing if there are none.
    pub(super) fn facts(&mut self, facts: Vec<(Placed, Placed)>) {
        if !facts.is_empty() {
            self.elements.push(Element::Facts(facts));
        }
    }

    /// A QR symbol that fills a square, quiet zone included.
    pub(super) fn symbol(&mut self, matrix: Matrix, area: Area, alt: String) {
        self.elements.push(Element::Symbol { matrix, area, alt });
    }

    /// Draws everything; gives the page's part of the tag tree.
    pub(super) fn draw(self, surface: &mut Surface<'_>, page: usize) -> TagGroup {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        for shape in &self.behind {
            shape.draw(surface);
        }
        surface.end_tagged();
        surface.set_stroke(None);
        let mut section = TagGroup::new(Tag::Section);
        for element in self.elements {
            section.push(element.draw(surface, page));
        }
        section
    }
}

impl Shape {
    fn draw(&self, surface: &mut Surface<'_>) {
        let (path, fill, stroke) = match self {
            Self::Panel { area, radius, colour } => {
                (rounded(*area, *radius), Some(colour.fill()), None)
            }
            Self::Dashes { from, to } => {
                let mut path = PathBuilder::new();
                path.move_to(from.x, from.y);
                path.line_to(to.x, to.y);
                (path.finish(), None, Some(dashed()))
            }
        };
        surface.set_fill(fill);
        surface.set_stroke(stroke);
        if let Some(path) = path {
            surface.draw_path(&path);
        }
    }
}

fn dashed() -> Stroke {
    Stroke {
        paint: Colour::LINE.rgb().into(),
        width: 0.75,
        line_cap: LineCap::Butt,
        dash: Some(StrokeDash { array: vec![3.0, 3.0], offset: 0.0 }),
        ..Stroke::default()
    }
}

impl Element {
    fn draw(self, surface: &mut Surface<'_>, page: usize) -> TagGroup {
        match self {
            Self::Heading(text) => {
                let title = text.block.lines.concat();
                let tag = Tag::Hn(NonZeroU16::MIN, Some(title));
                TagGroup::with_children(tag, text.draw(surface))
            }
            Self::Paragraph(text) => TagGroup::with_children(Tag::P, text.draw(surface)),
            Self::Facts(facts) => {
                let mut list = TagGroup::new(Tag::L(ListNumbering::None));
                for (label, value) in facts {
                    let mut item = TagGroup::new(Tag::LI);
                    item.push(TagGroup::with_children(Tag::Lbl, label.draw(surface)));
                    item.push(TagGroup::with_children(Tag::LBody, value.draw(surface)));
                    list.push(item);
                }
                list
            }
            Self::Symbol { matrix, area, alt } => {
                surface.set_fill(Some(Colour::BLACK.fill()));
                let id = surface.start_tagged(ContentTag::Other);
                draw_symbol(surface, &matrix, area);
                surface.end_tagged();
                let bounds = Rect::from_xywh(area.x, area.y, area.width, area.height);
                let bounds = bounds.map(|rect| BBox::new(page, rect));
                let figure = Tag::Figure(Some(alt)).with_bbox(bounds);
                TagGroup::with_children(figure, vec![id.into()])
            }
        }
    }
}

impl Placed {
    fn draw(self, surface: &mut Surface<'_>) -> Vec<Node> {
        surface.set_fill(Some(self.colour.fill()));
        let face = self.block.face;
        let mut baseline = self.y + face.ascent_ems() * self.block.size;
        let mut nodes = Vec::new();
        for line in &self.block.lines {
            let shaped = face.shape(line);
            let (size, width) = self.size_of(shaped.ems(line.trim_end().len()));
            let spare = self.width - width;
            let indent = match self.align {
                Align::Left => 0.0,
                Align::Centre => spare / 2.0,
                Align::Right => spare,
            };
            let at = Point::from_xy(self.x + indent, baseline);
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            surface.draw_glyphs(at, &shaped.glyphs(), face.font(), line, size, false);
            surface.end_tagged();
            nodes.push(id.into());
            baseline += self.block.leading();
        }
        nodes
    }

    /// A line's size and width. Where scripts mix, a line of its own may be wider than its part of
    /// the text was: then it is set smaller.
    fn size_of(&self, ems: f32) -> (f32, f32) {
        let size = self.block.size;
        if ems * size <= self.width { (size, ems * size) } else { (self.width / ems, self.width) }
    }
}

fn rounded(area: Area, radius: f32) -> Option<Path> {
    /// How far the handles of a cubic quarter circle lie from its ends, for radius one.
    const HANDLE: f32 = 0.552_284_8;
    let Area { x, y, width, height } = area;
    let (right, bottom) = (x + width, y + height);
    let inner = radius * (1.0 - HANDLE);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - inner, y, right, y + inner, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - inner, right - inner, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + inner, bottom, x, bottom - inner, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + inner, x + inner, y, x + radius, y);
    path.close();
    path.finish()
}

/// All dark modules in one path, so that no hairline shows between neighbours. One unit a module: whole numbers are
/// short, and an order of some tickets is many thousand of them.
fn draw_symbol(surface: &mut Surface<'_>, matrix: &Matrix, area: Area) {
    let side = matrix.size() + 2 * QUIET_ZONE;
    let module = area.width / side as f32;
    let mut path = PathBuilder::new();
    for run in matrix.runs() {
        let (x, y) = ((run.x + QUIET_ZONE) as f32, (run.y + QUIET_ZONE) as f32);
        if let Some(rect) = Rect::from_xywh(x, y, run.length as f32, 1.0) {
            path.push_rect(rect);
        }
    }
    let Some(path) = path.finish() else { return };
    surface.push_transform(&Transform::from_row(module, 0.0, 0.0, module, area.x, area.y));
    surface.draw_path(&path);
    surface.pop();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::{
        pdf::{Paper, lay_out},
        view::{Fact, TicketView},
    };

    fn texts(element: &Element) -> Vec<&Placed> {
        match element {
            Element::Heading(text) | Element::Paragraph(text) => vec![text],
            Element::Facts(facts) => facts.iter().flat_map(|(a, b)| [a, b]).collect(),
            Element::Symbol { .. } => Vec::new(),
        }
    }

    fn boxes(sheet: &Sheet) -> Vec<Area> {
        let texts = sheet.elements.iter().flat_map(texts).filter(|text| !text.block.is_empty());
        let texts = texts.map(|text| Area {
            x: text.x,
            y: text.y,
            width: text.width,
            height: text.block.height(),
        });
        let symbols = sheet.elements.iter().filter_map(|element| match element {
            Element::Symbol { area, .. } => Some(*area),
            _ => None,
        });
        texts.chain(symbols).collect()
    }

    fn overlap(a: &Area, b: &Area) -> bool {
        /// Rounding.
        const HAIR: f32 = 0.01;
        let apart = a.x + a.width <= b.x + HAIR
            || b.x + b.width <= a.x + HAIR
            || a.y + a.height <= b.y + HAIR
            || b.y + b.height <= a.y + HAIR;
        !apart
    }

    proptest! {
        #[test]
        fn everything_is_on_the_page_and_nothing_on_top_of_another(
            texts in prop::collection::vec("[a-zžťůŘ –,-]{0,200}", 12),
            places in 0..9_usize,
            details in 0..9_usize,
            phone in any::<bool>(),
        ) {
            let text = |n: usize| texts.get(n % 12).cloned().unwrap_or_default();
            let facts = |from: usize, count| {
                (from..from + count).map(|n| Fact::new(text(n), text(n + 1))).collect()
            };
            let ticket = TicketView {
                seller: text(0),
                counter: text(1),
                event: format!("a{}", text(2)),
                subtitle: text(3),
                starts: text(4),
                doors: text(5),
                venue: text(6),
                address: text(7),
                place: facts(8, places),
                details: facts(9, details),
                barcode: "V50%*0C6J7MQM20%20".to_owned(),
                barcode_alt: "QR".to_owned(),
                barcode_hint: text(10),
                small_print: vec![text(11); 6],
            };
            let paper = if phone { Paper::Phone } else { Paper::A4 };
            let sheet = lay_out(&ticket, paper).expect("a ticket");
            let boxes = boxes(&sheet);
            for area in &boxes {
                prop_assert!(area.x >= 0.0 && area.x + area.width <= sheet.width, "{area:?}");
                prop_assert!(area.y >= 0.0 && area.y + area.height <= sheet.height, "{area:?}");
                let covered = boxes.iter().filter(|other| overlap(area, other)).count();
                prop_assert_eq!(covered, 1, "only by itself: {:?}", area);
            }
        }
    }
}
