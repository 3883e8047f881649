//! The seat map, coloured by when each place went, and the button that lets it fill.

use super::svg::{escaped, moment, put};
use crate::{
    Outcome,
    target::{DrawnArea, Shape},
};

/// Shades from first to last; the style sheet has a colour for each.
pub(super) const SHADES: usize = 16;

/// The hall; empty if nothing of it is drawn.
pub(super) fn hall(outcome: &Outcome) -> String {
    let drawing = &outcome.target.drawing;
    let watched = &outcome.watched;
    let Some(frame) = frame(outcome) else { return String::new() };
    let last = watched.gone_ms.iter().flatten().copied().max().unwrap_or(0);
    let last = last.max(area_ends(outcome).into_iter().flatten().max().unwrap_or(0)).max(1);
    let shade =
        |ms: u64| usize::try_from(ms * SHADES as u64 / (last + 1)).unwrap_or(0).min(SHADES - 1);
    let (left, top, width, height) = frame;
    let seat = seat_size(outcome).unwrap_or(width / 100);
    let mut svg = format!(
        "<svg viewBox=\"{left} {top} {width} {height}\" role=\"img\" aria-label=\"The hall, by when each place went\" class=\"hall\" style=\"--seat:{seat}px\">"
    );
    for shape in &drawing.shapes {
        put_shape(&mut svg, shape, "stage", "");
        if let Some(label) = &shape.label {
            let (x, y) = label.at;
            put(
                &mut svg,
                format_args!(
                    "<text class=\"stage\" x=\"{x}\" y=\"{y}\" font-size=\"{}\">{}</text>",
                    label.size.max(1),
                    escaped(&label.text)
                ),
            );
        }
    }
    let ends = area_ends(outcome);
    for (index, area) in drawing.areas.iter().enumerate() {
        put_area(&mut svg, outcome, index, area, ends.get(index).copied().flatten().map(shade));
    }
    // One path a shade: a seat is a point with a round end.
    let mut paths = vec![String::new(); SHADES + 2];
    for row in &drawing.rows {
        for (index, (x, y)) in row.at.iter().enumerate() {
            let path = match watched.gone_ms.get(row.first + index).copied().flatten() {
                None => SHADES,
                Some(0) => SHADES + 1,
                Some(ms) => shade(ms),
            };
            put(&mut paths[path], format_args!("M{x} {y}h0"));
        }
    }
    for (index, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        let class = match index {
            index if index == SHADES => "seat free".to_owned(),
            index if index > SHADES => "seat before".to_owned(),
            index => format!("seat s{index}"),
        };
        put(&mut svg, format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }
    svg.push_str("</svg>");
    format!("<div class=\"filling\">{svg}{}</div>", legend(last))
}

fn legend(last_ms: u64) -> String {
    let mut text = String::from("<div class=\"legend\"><span>first</span><span class=\"scale\">");
    for shade in 0..SHADES {
        put(&mut text, format_args!("<i class=\"s{shade}\"></i>"));
    }
    let end = moment((last_ms as f64 / 100.0).round() / 10.0);
    put(
        &mut text,
        format_args!(
            "</span><span>{end}</span><span class=\"free\"><i></i>free</span><span class=\"before\"><i></i>not on sale, or gone before</span>"
        ),
    );
    put(
        &mut text,
        format_args!(
            "<button type=\"button\" id=\"play\" data-shades=\"{SHADES}\" data-last=\"{last_ms}\">Let it fill</button><output id=\"clock\"></output></div>"
        ),
    );
    text
}

/// When each area had nothing left for good.
fn area_ends(outcome: &Outcome) -> Vec<Option<u64>> {
    let watched = &outcome.watched.areas;
    let count = watched.last().map_or(0, |(_, areas)| areas.len());
    let end = |index: usize| {
        let empty = |areas: &Vec<u32>| areas.get(index) == Some(&0);
        let since = watched.iter().rposition(|(_, areas)| !empty(areas)).map_or(0, |at| at + 1);
        watched.get(since).map(|(ms, _)| *ms)
    };
    (0..count).map(end).collect()
}

fn put_area(
    svg: &mut String,
    outcome: &Outcome,
    index: usize,
    area: &DrawnArea,
    tint: Option<usize>,
) {
    let Some(shape) = &area.shape else { return };
    let class = tint.map_or("seat free".to_owned(), |shade| format!("seat s{shade}"));
    put_shape(svg, shape, "area", &class);
    let Some((x, y, width, height)) = bounds(shape) else { return };
    let count =
        |areas: Option<&(u64, Vec<u32>)>| areas.and_then(|(_, areas)| areas.get(index).copied());
    let watched = &outcome.watched.areas;
    let (before, after) = (count(watched.first()).unwrap_or(0), count(watched.last()).unwrap_or(0));
    let size = (height / 5).min(width / 9).max(1);
    let (x, y) = (x + width / 2, y + height / 2);
    put(
        svg,
        format_args!(
            "<text class=\"area\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\"><tspan x=\"{x}\" dy=\"-.6em\">{}</tspan><tspan x=\"{x}\" dy=\"1.2em\">{} of {}</tspan></text>",
            escaped(&area.name),
            crate::live::grouped(u64::from(before.saturating_sub(after))),
            crate::live::grouped(u64::from(before))
        ),
    );
}

fn put_shape(svg: &mut String, shape: &Shape, class: &str, more: &str) {
    let Some((x, y)) = shape.at.or_else(|| first_point(shape)) else { return };
    let turn = if shape.rotation == 0 {
        String::new()
    } else {
        format!(" transform=\"rotate({} {x} {y})\"", shape.rotation)
    };
    let class = format!("class=\"{class} {more}\"{turn}");
    match shape.kind.as_str() {
        "rectangle" => {
            let (width, height) = shape.size.unwrap_or_default();
            put(
                svg,
                format_args!(
                    "<rect {class} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{}\"/>",
                    height.min(width) / 20
                ),
            );
        }
        "circle" => put(
            svg,
            format_args!(
                "<circle {class} cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>",
                shape.radius.unwrap_or(0)
            ),
        ),
        "ellipse" => {
            let (rx, ry) = shape.radii.unwrap_or_default();
            put(
                svg,
                format_args!("<ellipse {class} cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\"/>"),
            );
        }
        "polygon" => {
            let points: Vec<String> = shape
                .points
                .chunks_exact(2)
                .map(|point| format!("{},{}", point[0], point[1]))
                .collect();
            put(svg, format_args!("<polygon {class} points=\"{}\"/>", points.join(" ")));
        }
        _ => {}
    }
}

fn first_point(shape: &Shape) -> Option<(i32, i32)> {
    Some((*shape.points.first()?, *shape.points.get(1)?))
}

/// Left, top, width and height of a shape.
fn bounds(shape: &Shape) -> Option<(i32, i32, i32, i32)> {
    let around = |(x, y): (i32, i32), (rx, ry): (i32, i32)| (x - rx, y - ry, 2 * rx, 2 * ry);
    match shape.kind.as_str() {
        "rectangle" => {
            shape.at.zip(shape.size).map(|((x, y), (width, height))| (x, y, width, height))
        }
        "circle" => shape.at.zip(shape.radius).map(|(at, radius)| around(at, (radius, radius))),
        "ellipse" => shape.at.zip(shape.radii).map(|(at, radii)| around(at, radii)),
        "polygon" => {
            let xs = shape.points.iter().step_by(2);
            let ys = shape.points.iter().skip(1).step_by(2);
            let (left, right) = (*xs.clone().min()?, *xs.max()?);
            let (top, bottom) = (*ys.clone().min()?, *ys.max()?);
            Some((left, top, right - left, bottom - top))
        }
        _ => None,
    }
}

/// What is drawn, with a margin: left, top, width, height.
fn frame(outcome: &Outcome) -> Option<(i32, i32, i32, i32)> {
    let drawing = &outcome.target.drawing;
    let seats = drawing.rows.iter().flat_map(|row| row.at.iter().map(|(x, y)| (*x, *y, 0, 0)));
    let areas = drawing.areas.iter().filter_map(|area| bounds(area.shape.as_ref()?));
    let shapes = drawing.shapes.iter().filter_map(bounds);
    let all: Vec<_> = seats.chain(areas).chain(shapes).collect();
    let left = all.iter().map(|(x, ..)| *x).min()?;
    let top = all.iter().map(|(_, y, ..)| *y).min()?;
    let right = all.iter().map(|(x, _, width, _)| x + width).max()?;
    let bottom = all.iter().map(|(_, y, _, height)| y + height).max()?;
    let margin = (right - left).max(bottom - top) / 40 + 1;
    Some((left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin))
}

/// As wide as neighbours are apart, less a gap: the median of some.
fn seat_size(outcome: &Outcome) -> Option<i32> {
    let rows = outcome.target.drawing.rows.iter();
    let mut steps: Vec<i32> = rows
        .filter_map(|row| {
            let ((x1, y1), (x2, y2)) = (row.at.first()?, row.at.get(1)?);
            Some(f64::from(x2 - x1).hypot(f64::from(y2 - y1)) as i32)
        })
        .collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).map(|step| (step * 4 / 5).max(1))
}
