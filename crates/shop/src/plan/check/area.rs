//! The areas of a plan: outlines and labels.

use frontrow_ledger::sale::Point;

use super::{Check, Offset};
use crate::{
    fault::{At, Problem},
    limits::PLAN_POINTS_MAX,
    plan::{
        Colour, Label, PlanArea, Shape,
        file::{AreaFile, CircleFile, EllipseFile, PolygonFile, PositionFile, TextFile},
        loose::{Loose, Object},
    },
};

impl Check {
    pub(super) fn area(&mut self, at: &At<'_>, zone: Offset, area: AreaFile) -> Option<PlanArea> {
        let id = self.optional_text(&at.key("uuid"), area.uuid)?;
        let kind = self.text(&at.key("shape"), area.shape)?;
        let origin = zone.plus(self.offset(&at.key("position"), area.position)?);
        let rotation = match area.rotation {
            Loose::Missing => 0.0,
            given => self.required(&at.key("rotation"), given, "a number")?,
        };
        let shape = match kind.as_str() {
            "rectangle" => {
                let size = self.size(&at.key("rectangle"), area.rectangle);
                let at = self.absolute(&at.key("position"), origin);
                at.zip(size).map(|(at, size)| Shape::Rectangle { at, size })
            }
            "circle" => self.circle(at, origin, area.circle),
            "ellipse" => self.ellipse(at, origin, area.ellipse),
            "polygon" => self.polygon(at, origin, area.polygon),
            "text" => self.absolute(&at.key("position"), origin).map(Shape::Text),
            _ => {
                let shapes = "rectangle, circle, ellipse, polygon or text";
                self.faults.push(at.key("shape"), Problem::MustBe(shapes));
                None
            }
        };
        let label = match area.text {
            Loose::Missing => None,
            given => self.area_label(&at.key("text"), origin, given),
        };
        Some(PlanArea {
            id,
            shape: shape?,
            rotation: (rotation % 360.0).round() as i32,
            fill: colour(area.color),
            stroke: colour(area.border_color),
            label,
        })
    }

    fn absolute(&mut self, at: &At<'_>, origin: Offset) -> Option<Point> {
        let point = self.tenths(at, origin.x).zip(self.tenths(at, origin.y));
        point.map(|(x, y)| Point { x, y })
    }

    fn circle(
        &mut self,
        at: &At<'_>,
        origin: Offset,
        circle: Loose<Object<CircleFile>>,
    ) -> Option<Shape> {
        let circle = self.object(&at.key("circle"), circle)?;
        let radius = self.length(&at.key("circle").key("radius"), circle.radius);
        let at = self.absolute(&at.key("position"), origin);
        at.zip(radius).map(|(at, radius)| Shape::Circle { at, radius })
    }

    fn ellipse(
        &mut self,
        at: &At<'_>,
        origin: Offset,
        ellipse: Loose<Object<EllipseFile>>,
    ) -> Option<Shape> {
        let ellipse_at = at.key("ellipse");
        let radius_at = ellipse_at.key("radius");
        let ellipse = self.object(&ellipse_at, ellipse)?;
        let radius = self.object(&radius_at, ellipse.radius)?;
        let x = self.length(&radius_at.key("x"), radius.x);
        let y = self.length(&radius_at.key("y"), radius.y);
        let at = self.absolute(&at.key("position"), origin);
        at.zip(x.zip(y)).map(|(at, radii)| Shape::Ellipse { at, radii })
    }

    fn polygon(
        &mut self,
        at: &At<'_>,
        origin: Offset,
        polygon: Loose<Object<PolygonFile>>,
    ) -> Option<Shape> {
        let polygon_at = at.key("polygon");
        let points_at = polygon_at.key("points");
        let polygon = self.object(&polygon_at, polygon)?;
        let list: Vec<Loose<Object<PositionFile>>> =
            self.list(&points_at, polygon.points, PLAN_POINTS_MAX)?;
        if list.len() < 3 {
            self.faults.push(points_at, Problem::MustBe("at least three points"));
        }
        let points = list.into_iter().enumerate().map(|(index, point)| match point {
            Loose::Missing => self.object(&points_at.index(index), point).and(None),
            given => self.point(&points_at.index(index), origin, given),
        });
        points.collect::<Option<_>>().map(Shape::Polygon)
    }

    /// Nothing for a label without text: the editor writes one for every area.
    fn area_label(
        &mut self,
        at: &At<'_>,
        origin: Offset,
        text: Loose<Object<TextFile>>,
    ) -> Option<Label> {
        const USUAL_SIZE: f64 = 16.0;
        let label = self.object(at, text)?;
        let text = self.optional_text(&at.key("text"), label.text)?;
        let size = match label.size {
            Loose::Missing => Loose::Given(USUAL_SIZE),
            given => given,
        };
        if text.trim().is_empty() {
            return None;
        }
        let size = self.length(&at.key("size"), size);
        let point = self.point(&at.key("position"), origin, label.position);
        Some(Label { text, at: point?, size: size?, colour: colour(label.color) })
    }
}

impl Shape {
    /// Points that the size of a plan must include.
    pub(in crate::plan) fn corners(&self) -> Vec<Point> {
        let far = |at: Point, (x, y): (i32, i32)| Point { x: at.x + x, y: at.y + y };
        match self {
            Self::Rectangle { at, size } => vec![*at, far(*at, *size)],
            Self::Circle { at, radius } => vec![far(*at, (*radius, *radius))],
            Self::Ellipse { at, radii } => vec![far(*at, *radii)],
            Self::Polygon(points) => points.clone(),
            Self::Text(at) => vec![*at],
        }
    }
}

/// The editor allows any CSS colour for areas; what is not plain hex is drawn in the page's own colours.
fn colour(text: Loose<String>) -> Option<Colour> {
    text.given().and_then(|text| Colour::parse(&text))
}
