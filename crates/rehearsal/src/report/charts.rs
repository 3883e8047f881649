//! The timeline and the latencies.

use hdrhistogram::Histogram;

use super::svg::{Scale, area, escaped, line, moment, moments, put, round_up, short};
use crate::{
    Outcome,
    limits::TICK_MS,
    room::RoomLog,
    tally::{Counts, Kept, Step},
    whole,
};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 92.0;
const RIGHT: f64 = 14.0;
/// Points that a curve has at most: one every three pixels.
const POINTS_MAX: usize = 280;
/// Between two strips: the title of the lower one.
const GAP: f64 = 27.0;

/// One strip of the timeline.
struct Strip {
    title: &'static str,
    class: &'static str,
    height: f64,
    points: Vec<(f64, f64)>,
}

/// Arrivals, holds, orders, trouble and what is left, over one time axis, with marks for what was done to the shop.
pub(super) fn timeline(outcome: &Outcome) -> String {
    let kept = &outcome.kept;
    let seconds = end_of_interest(kept, outcome);
    let rate = |count: fn(&Counts) -> u64| rates(kept, seconds, count);
    let left = outcome.watched.left.iter().map(|(ms, left)| (*ms as f64 / 1_000.0, *left as f64));
    let slowness = kept.seconds.iter();
    let slowness = slowness.map(|(ms, _, p99)| (*ms as f64 / 1_000.0, *p99 as f64 / 1_000_000.0));
    let strips = [
        Strip {
            title: "fans arriving",
            class: "arrivals",
            height: 62.0,
            points: rate(|c| c.arrivals),
        },
        Strip { title: "holds", class: "holds", height: 62.0, points: rate(|c| c.holds) },
        Strip { title: "orders", class: "orders", height: 82.0, points: rate(|c| c.orders) },
        Strip {
            title: "failed requests",
            class: "errors",
            height: 40.0,
            points: rate(|c| c.errors),
        },
        Strip {
            title: "retried, told to wait",
            class: "waits",
            height: 40.0,
            points: rate(|c| c.retries + c.waits),
        },
        Strip {
            title: "99th percentile of all requests, in seconds",
            class: "ridge",
            height: 50.0,
            points: slowness.filter(|(at, _)| *at <= seconds).collect(),
        },
        Strip {
            title: "places left",
            class: "left",
            height: 82.0,
            points: left.filter(|(at, _)| *at <= seconds).collect(),
        },
    ];
    over_time(&strips, seconds, kept, "Timeline")
}

/// The waiting room over the same time axis: who waits, who is let in, who is in the shop.
pub(super) fn room(outcome: &Outcome, log: Option<&RoomLog>) -> String {
    let Some(room) = &outcome.room else { return String::new() };
    let kept = &outcome.kept;
    let last = room.watched.last().map_or(0, |look| look.at_ms);
    let seconds = end_of_interest(kept, outcome).max(last as f64 / 1_000.0);
    let rate = |count: fn(&Counts) -> u64| rates(kept, seconds, count);
    let waiting = room.watched.looks.iter().map(|look| {
        let waiting = look.joined.saturating_sub(look.cursor);
        (look.at_ms as f64 / 1_000.0, waiting as f64)
    });
    let starts = room.starts_ms as f64 / 1_000.0;
    let in_shop = log.into_iter().flat_map(|log| &log.ticks);
    let in_shop = in_shop
        .map(|tick| (starts + tick.at_ms as f64 / 1_000.0, f64::from(tick.in_shop)))
        .filter(|(at, _)| (0.0..=seconds).contains(at));
    let strip = |title, class, height, points| Strip { title, class, height, points };
    let strips = [
        strip("places taken", "arrivals", 62.0, rate(|c| c.joins)),
        strip("polls", "ridge", 50.0, rate(|c| c.polls)),
        strip("fans waiting", "left", 82.0, waiting.collect()),
        strip("coming in", "holds", 62.0, rate(|c| c.entries)),
        strip("in the shop", "left", 62.0, in_shop.collect()),
    ];
    over_time(&strips, seconds, kept, "The waiting room")
}

/// Strips above each other, with marks for what was done to the shop.
fn over_time(strips: &[Strip], seconds: f64, kept: &Kept, label: &str) -> String {
    let top = if kept.marks.is_empty() { 18.0 } else { 58.0 };
    let height = top + strips.iter().map(|strip| strip.height + GAP).sum::<f64>() + 6.0;
    let x = Scale::linear((0.0, seconds), (LEFT, WIDTH - RIGHT));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{label}\" class=\"chart\">"
    );
    let bottom = height - 26.0;
    for at in moments(seconds, 10.0) {
        let x = x.at(at);
        put(
            &mut svg,
            format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"/><text class=\"tick mid\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                bottom + 16.0,
                moment(at)
            ),
        );
    }
    let mut y = top;
    for strip in strips {
        draw_strip(&mut svg, strip, x, y);
        y += strip.height + GAP;
    }
    marks(&mut svg, kept, x, (top, bottom));
    svg.push_str("</svg>");
    svg
}

fn draw_strip(svg: &mut String, strip: &Strip, x: Scale, top: f64) {
    let base = top + strip.height;
    let most = round_up(strip.points.iter().map(|(_, value)| *value).fold(0.0, f64::max));
    let is_rate = !matches!(strip.class, "left" | "ridge");
    let y = Scale::linear((0.0, most), (base, top + 2.0));
    let points: Vec<_> = strip.points.iter().map(|(at, value)| (x.at(*at), y.at(*value))).collect();
    let right = WIDTH - RIGHT;
    put(svg, format_args!("<path class=\"axis\" d=\"M{LEFT} {base:.1}H{right}\"/>"));
    put(
        svg,
        format_args!(
            "<path class=\"fill {}\" d=\"{}\"/><path class=\"line {}\" d=\"{}\"/>",
            strip.class,
            area(&points, base),
            strip.class,
            line(&points)
        ),
    );
    let unit = if is_rate { "/s" } else { "" };
    put(
        svg,
        format_args!(
            "<text class=\"tick end\" x=\"{:.1}\" y=\"{:.1}\">{}{unit}</text>",
            LEFT - 8.0,
            top + 10.0,
            short(most)
        ),
    );
    put(
        svg,
        format_args!(
            "<text class=\"title {}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            strip.class,
            LEFT,
            top - 5.0,
            strip.title
        ),
    );
}

fn marks(svg: &mut String, kept: &Kept, x: Scale, (top, bottom): (f64, f64)) {
    /// Rows of labels above the strips, so that neighbours do not cover each other.
    const ROWS: usize = 3;
    for (index, mark) in kept.marks.iter().enumerate() {
        let at = x.at(mark.at_ms as f64 / 1_000.0);
        let y = 11.0 + (index % ROWS) as f64 * 13.0;
        let (class, to) = if at > WIDTH * 0.75 { ("end", at - 4.0) } else { ("", at + 4.0) };
        put(
            svg,
            format_args!(
                "<path class=\"mark\" d=\"M{at:.1} {:.1}V{bottom:.1}\"/><text class=\"mark {class}\" x=\"{to:.1}\" y=\"{y:.1}\">{}</text>",
                (y - 8.0).min(top),
                escaped(&mark.what)
            ),
        );
    }
}

/// Everything that happened, without the long wait for late money and lapsed holds at the end if nothing happens then.
fn end_of_interest(kept: &Kept, outcome: &Outcome) -> f64 {
    let happens =
        |counts: &Counts| counts.arrivals + counts.holds + counts.orders + counts.errors > 0;
    let last = kept.ticks.iter().rposition(happens).map_or(0, |tick| tick + 1);
    let last_mark = kept.marks.last().map_or(0, |mark| mark.at_ms);
    let ms = (last as f64 * TICK_MS as f64).max(last_mark as f64);
    (ms / 1_000.0 * 1.03).clamp(1.0, outcome.took.as_secs_f64().max(1.0))
}

/// How many a second, over time.
fn rates(kept: &Kept, seconds: f64, count: impl Fn(&Counts) -> u64) -> Vec<(f64, f64)> {
    let ticks = whole::count(seconds * 1_000.0 / TICK_MS as f64).max(1);
    let per_point = ticks.div_ceil(POINTS_MAX).max(2);
    let over = per_point as f64 * TICK_MS as f64 / 1_000.0;
    (0..ticks.div_ceil(per_point))
        .map(|point| {
            let from = (point * per_point).min(kept.ticks.len());
            let to = (from + per_point).min(kept.ticks.len());
            let sum: u64 = kept.ticks[from..to].iter().map(&count).sum();
            ((point as f64 + 0.5) * over, sum as f64 / over)
        })
        .collect()
}

/// One ridge a step: how its latencies are spread, on a logarithmic scale.
pub(super) fn latencies(kept: &Kept) -> String {
    const ROW: f64 = 46.0;
    const TOP: f64 = 12.0;
    const PLOT_LEFT: f64 = 118.0;
    const PLOT_RIGHT: f64 = 640.0;
    const COLUMNS: [(f64, &str); 4] =
        [(716.0, "count"), (790.0, "p50"), (864.0, "p99"), (946.0, "slowest")];
    let mut rows: Vec<(&str, &Histogram<u64>)> = Step::ALL
        .iter()
        .zip(&kept.steps)
        .filter(|(_, histogram)| !histogram.is_empty())
        .map(|(step, histogram)| (step.name(), histogram))
        .collect();
    if !kept.purchases.is_empty() {
        rows.push(("whole purchase", &kept.purchases));
    }
    let slowest = rows.iter().map(|(_, histogram)| histogram.max()).max().unwrap_or(1);
    let fastest =
        rows.iter().map(|(_, histogram)| histogram.value_at_percentile(0.5)).min().unwrap_or(1);
    let from = 10_f64.powf((fastest.max(100) as f64).log10().floor());
    let to = 10_f64.powf((slowest.max(10_000) as f64).log10().ceil());
    let x = Scale::logarithmic((from, to), (PLOT_LEFT, PLOT_RIGHT));
    let bottom = TOP + 18.0 + rows.len() as f64 * ROW;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"Latencies by step\" class=\"chart\">",
        bottom + 24.0
    );
    let mut at = from;
    while at <= to * 1.01 {
        let place = x.at(at);
        put(
            &mut svg,
            format_args!(
                "<path class=\"grid\" d=\"M{place:.1} {TOP}V{bottom:.1}\"/><text class=\"tick mid\" x=\"{place:.1}\" y=\"{:.1}\">{}</text>",
                bottom + 16.0,
                round_duration(at)
            ),
        );
        at *= 10.0;
    }
    for (place, name) in COLUMNS {
        put(
            &mut svg,
            format_args!("<text class=\"tick end\" x=\"{place}\" y=\"{TOP}\">{name}</text>"),
        );
    }
    for (index, (name, histogram)) in rows.iter().enumerate() {
        let base = TOP + 18.0 + (index + 1) as f64 * ROW - 8.0;
        let ridge = ridge(histogram, (from, to), x, base, ROW - 14.0);
        put(
            &mut svg,
            format_args!(
                "<path class=\"axis\" d=\"M{PLOT_LEFT} {base:.1}H{PLOT_RIGHT}\"/><path class=\"fill ridge\" d=\"{}\"/><path class=\"line ridge\" d=\"{}\"/>",
                area(&ridge, base),
                line(&ridge)
            ),
        );
        for (percent, class) in [(50.0, "p50"), (99.0, "p99")] {
            let place = x.at(histogram.value_at_percentile(percent) as f64);
            put(
                &mut svg,
                format_args!(
                    "<path class=\"{class}\" d=\"M{place:.1} {:.1}V{:.1}\"/>",
                    base + 3.0,
                    base - ROW + 16.0
                ),
            );
        }
        put(
            &mut svg,
            format_args!(
                "<text class=\"row end\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
                PLOT_LEFT - 10.0,
                base - 4.0
            ),
        );
        let texts = [
            crate::live::grouped(histogram.len()),
            super::duration(histogram.value_at_percentile(50.0)),
            super::duration(histogram.value_at_percentile(99.0)),
            super::duration(histogram.max()),
        ];
        for ((place, _), text) in COLUMNS.iter().zip(texts) {
            put(
                &mut svg,
                format_args!(
                    "<text class=\"figure end\" x=\"{place}\" y=\"{:.1}\">{text}</text>",
                    base - 4.0
                ),
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// How many latencies fall into each of many slices of the scale; the highest fills the row.
fn ridge(
    histogram: &Histogram<u64>,
    (from, to): (f64, f64),
    x: Scale,
    base: f64,
    height: f64,
) -> Vec<(f64, f64)> {
    const SLICES: usize = 90;
    let width = (to / from).ln() / SLICES as f64;
    let edge = |slice: usize| from * (width * slice as f64).exp();
    let count = |slice: usize| {
        let (low, high) = (whole::whole(edge(slice)), whole::whole(edge(slice + 1)));
        if high > low { histogram.count_between(low, high - 1) } else { 0 }
    };
    let counts: Vec<u64> = (0..SLICES).map(count).collect();
    let smooth = |slice: usize| {
        let near = counts[slice.saturating_sub(1)..(slice + 2).min(SLICES)].iter();
        near.clone().sum::<u64>() as f64 / near.count() as f64
    };
    let values: Vec<f64> = (0..SLICES).map(smooth).collect();
    let most = values.iter().copied().fold(1e-9, f64::max);
    values
        .iter()
        .enumerate()
        .map(|(slice, value)| {
            (x.at(edge(slice) * (width / 2.0).exp()), base - value / most * height)
        })
        .collect()
}

fn round_duration(us: f64) -> String {
    match us {
        us if us < 1_000.0 => format!("{:.1} ms", us / 1_000.0),
        us if us < 999_999.0 => format!("{:.0} ms", us / 1_000.0),
        us => format!("{:.0} s", us / 1_000_000.0),
    }
}
