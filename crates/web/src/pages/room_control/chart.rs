//! Curves over time as points of an SVG, drawn here once for the page and for its script.

use std::fmt::Write as _;

use frontrow_words::Language;

use super::{ControlSteering, Picture};

/// The SVG's coordinates.
const WIDTH: u64 = 600;
const HEIGHT: u64 = 160;

/// What was measured at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Joins a minute.
    pub arrivals: u32,
    /// Turns a minute that came.
    pub admitted: u32,
    /// Turns a minute that the rates allowed.
    pub rate: u32,
    /// Turns a minute that were not used in time.
    pub no_shows: u32,
    /// People waiting.
    pub waiting: u64,
    /// People in the shop.
    pub in_shop: u32,
}

/// Some curves on one scale.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Its name in the page and its script.
    pub name: &'static str,
    /// Its heading.
    pub title: String,
    /// What its upper edge stands for.
    pub top: String,
    /// From the back to the front.
    pub curves: Vec<Curve>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Curve {
    /// Its name in the page, its style and its script.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// `x,y` of each of its points.
    pub points: String,
}

/// The three pictures: people waiting, how fast they come and go, and how full the shop is.
pub(super) fn charts(
    language: Language,
    picture: &Picture,
    steering: &ControlSteering,
) -> Vec<Chart> {
    let points = &picture.points;
    let line = |read: fn(&Point) -> u64| points.iter().map(read).collect::<Vec<u64>>();
    let level = |value: u32| vec![u64::from(value); points.len()];
    let text = |key: &str| language.t(key).into_owned();
    vec![
        chart(
            language,
            ("waiting-top", text("control-chart-waiting")),
            vec![("waiting-curve", text("control-waiting"), line(|point| point.waiting))],
        ),
        chart(
            language,
            ("rates-top", text("control-chart-rates")),
            vec![
                ("ceiling", text("control-curve-rate"), line(|point| point.rate.into())),
                ("arrivals", text("control-curve-arrivals"), line(|point| point.arrivals.into())),
                ("missed", text("control-curve-missed"), line(|point| point.no_shows.into())),
                ("let-in", text("control-curve-let-in"), line(|point| point.admitted.into())),
            ],
        ),
        chart(
            language,
            ("shop-top", text("control-chart-shop")),
            vec![
                ("cap", text("control-cap"), level(steering.cap)),
                ("target", text("control-target"), level(steering.target)),
                ("inside", text("control-in-shop"), line(|point| point.in_shop.into())),
            ],
        ),
    ]
}

fn chart(
    language: Language,
    (name, title): (&'static str, String),
    curves: Vec<(&'static str, String, Vec<u64>)>,
) -> Chart {
    let highest = curves.iter().flat_map(|(_, _, values)| values).max().copied().unwrap_or(0);
    let top = round_top(highest);
    Chart {
        name,
        title,
        top: language.number(i64::try_from(top).unwrap_or(i64::MAX)),
        curves: curves
            .into_iter()
            .map(|(name, title, values)| Curve { name, title, points: draw(&values, top) })
            .collect(),
    }
}

/// The next round number: 1, 2, 5, 10, ... so that the scale seldom jumps.
fn round_top(highest: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for step in [1, 2, 5] {
            let top = unit.saturating_mul(step);
            if top >= highest {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn draw(values: &[u64], top: u64) -> String {
    let last = u64::try_from(values.len().saturating_sub(1)).unwrap_or(0).max(1);
    (0_u64..).zip(values).fold(String::new(), |mut points, (index, value)| {
        let x = index * WIDTH / last;
        let y = HEIGHT - value.saturating_mul(HEIGHT) / top;
        let gap = if points.is_empty() { "" } else { " " };
        write!(points, "{gap}{x},{y}").expect("writing to a string cannot fail");
        points
    })
}

#[cfg(test)]
mod tests {
    use super::{draw, round_top};

    #[test]
    fn the_scale_ends_at_a_round_number() {
        let tops = [0, 1, 3, 5, 6, 11, 200, 201, 123_456].map(round_top);
        assert_eq!(tops, [1, 1, 5, 5, 10, 20, 200, 500, 200_000]);
        assert_eq!(round_top(u64::MAX), u64::MAX);
    }

    #[test]
    fn curves_fill_the_width_and_stay_within_the_height() {
        assert_eq!(draw(&[0, 5, 10], 10), "0,160 300,80 600,0");
        assert_eq!(draw(&[7], 10), "0,48");
        assert_eq!(draw(&[], 10), "");
    }
}
