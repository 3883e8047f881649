//! Pieces of pictures: scales, axes, paths. Nothing but text in, text out.

use std::fmt::Write as _;

use crate::whole::{count, whole};

/// A scale from values to places, straight or logarithmic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    logarithmic: bool,
}

impl Scale {
    pub(super) fn linear((from, to): (f64, f64), (start, end): (f64, f64)) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self { from, to, start, end, logarithmic: false }
    }

    pub(super) fn logarithmic((from, to): (f64, f64), (start, end): (f64, f64)) -> Self {
        Self { from: from.ln(), to: to.ln(), start, end, logarithmic: true }
    }

    pub(super) fn at(self, value: f64) -> f64 {
        let value = if self.logarithmic { value.max(1e-9).ln() } else { value };
        let part = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.start + part * (self.end - self.start)
    }
}

/// A filled curve over points, down to a base line.
pub(super) fn area(points: &[(f64, f64)], base: f64) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let mut path = format!("M{:.1} {base:.1}", first.0);
    for (x, y) in points {
        put(&mut path, format_args!("L{x:.1} {y:.1}"));
    }
    put(&mut path, format_args!("L{:.1} {base:.1}Z", last.0));
    path
}

/// A line through points.
pub(super) fn line(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        put(&mut path, format_args!("{letter}{x:.1} {y:.1}"));
    }
    path
}

/// A round number not below another, for the end of an axis.
pub(super) fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|end| *end >= value).unwrap_or(10.0 * power)
}

/// Moments for a time axis, in seconds: round ones, about so many.
pub(super) fn moments(seconds: f64, about: f64) -> Vec<f64> {
    const STEPS: [f64; 15] = [
        0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
        7_200.0,
    ];
    let step = STEPS.into_iter().find(|step| seconds / step <= about).unwrap_or(14_400.0);
    let count = count(seconds / step);
    (0..=count).map(|index| index as f64 * step).collect()
}

/// A moment as an axis writes it.
pub(super) fn moment(seconds: f64) -> String {
    match seconds {
        s if s < 60.0 && s.fract() > 0.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7_200.0 => format!("{}:{:02}", whole(s / 60.0), whole(s % 60.0)),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

/// A number as an axis writes it.
pub(super) fn short(value: f64) -> String {
    match value {
        v if v >= 1_000_000.0 => format!("{}M", trimmed(v / 1_000_000.0)),
        v if v >= 10_000.0 => format!("{}k", trimmed(v / 1_000.0)),
        v if v >= 1_000.0 => crate::live::grouped(whole(v)),
        v => trimmed(v),
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Text that cannot be taken for markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(super) fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_and_axes_are_round() {
        let scale = Scale::linear((0.0, 10.0), (100.0, 200.0));
        assert!((scale.at(5.0) - 150.0).abs() < 1e-9 && (scale.at(99.0) - 200.0).abs() < 1e-9);
        let scale = Scale::logarithmic((1.0, 100.0), (0.0, 2.0));
        assert!((scale.at(10.0) - 1.0).abs() < 1e-9);
        assert_eq!(
            [0.0, 3.0, 47.0, 180.0].map(|end| short(round_up(end))),
            ["1", "5", "50", "200"]
        );
        let ticks: Vec<String> = moments(30.0, 8.0).into_iter().map(moment).collect();
        assert_eq!(ticks, ["0 s", "5 s", "10 s", "15 s", "20 s", "25 s", "30 s"]);
        assert_eq!(
            ["15 s", "1.5 s", "2:05"],
            [15.0, 1.5, 125.0].map(moment).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["7", "1,500", "12.5k", "2M"],
            [7.0, 1_500.0, 12_500.0, 2e6].map(short).each_ref().map(String::as_str)
        );
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
