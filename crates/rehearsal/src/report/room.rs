//! The waiting room in the report: lines for the terminal, tables and curves for the page.

use super::{charts, svg::put};
use crate::{
    Outcome,
    live::grouped,
    room::{Correlation, Cost, Figures, Knew, RoomLog, Told},
};

/// A finding and what it comes to.
pub(super) fn lines(room: &Figures) -> Vec<(&'static str, String)> {
    let mut lines = vec![("waiting room", queue(room)), ("in the shop", shop(room))];
    if !room.ceilings.is_empty() {
        let total: f64 = room.ceilings.iter().map(|(_, seconds)| seconds).sum();
        let shares = room
            .ceilings
            .iter()
            .map(|(name, seconds)| format!("{name} {:.0} %", seconds / total.max(0.001) * 100.0));
        lines.push(("limited by", shares.collect::<Vec<_>>().join(", ")));
    }
    lines.push(("fairness", fairness(room)));
    lines.push(("time told", told(&room.told)));
    if let Some(Knew { times, fans, never, p50, p99 }) = room.knew_sold_out {
        let text = format!(
            "{} who waited knew it after {p50:.1} s (half), {p99:.1} s (99 %); all was sold {times} times; {never} never heard of it",
            grouped(fans)
        );
        lines.push(("sold out", text));
    }
    lines.push(("cost", cost(&room.cost, room.joined)));
    lines
}

fn queue(room: &Figures) -> String {
    let opened = match (room.opened_seconds, room.closed_after_seconds) {
        (Some(opened), Some(closed)) => {
            format!("opened by itself after {opened:.1} s and closed {closed:.1} s later")
        }
        (Some(opened), None) => format!("turns from {opened:.1} s on"),
        (None, _) => "no turns".to_owned(),
    };
    format!(
        "{} places ({} of them drawn), {} waited at most; {opened}; {} turns, {} came in ({} of them late), {} did not come",
        grouped(room.joined),
        grouped(room.drawn),
        grouped(room.waiting_most),
        grouped(room.turns),
        grouped(room.entered),
        grouped(room.entered_late),
        grouped(room.no_shows),
    )
}

fn shop(room: &Figures) -> String {
    let most = room.in_shop_most.map_or_else(String::new, |most| format!("{most} at most, "));
    let mean = room
        .in_shop_mean
        .map_or_else(String::new, |mean| format!("{mean:.1} on average while more waited, "));
    format!(
        "{most}{mean}target {}, cap {}; {} times somebody found it full",
        room.target,
        room.cap,
        grouped(room.found_full)
    )
}

fn fairness(room: &Figures) -> String {
    let with_error = |found: Correlation| {
        format!("{:+.4} (standard error {:.4})", found.value, found.standard_error)
    };
    let plain = |found: Correlation| format!("{:.4}", found.value);
    let mut parts = Vec::new();
    let all = room.fairness;
    parts.extend(all.joined_and_drawn.map(|it| format!("joined and drawn {}", with_error(it))));
    parts.extend(all.queue_and_turn.map(|it| format!("queue and turn {}", plain(it))));
    parts.extend(all.queue_and_entry.map(|it| format!("queue and coming in {}", plain(it))));
    format!("correlation of {}", parts.join(", "))
}

fn told(told: &Told) -> String {
    if told.promises == 0 {
        return "nobody waited that long".to_owned();
    }
    format!(
        "{:.1} % of {} were right ({} turns came earlier, {} later; {} times nothing was told); half of the ranges up to {:.0} s, half of the turns up to {:.0} s away",
        told.right as f64 / told.promises as f64 * 100.0,
        grouped(told.promises),
        grouped(told.early),
        grouped(told.late),
        grouped(told.nothing),
        told.median_range_seconds,
        told.median_wait_seconds,
    )
}

fn cost(cost: &Cost, joined: u64) -> String {
    let asked: Vec<String> =
        cost.per_fan.iter().map(|(step, count)| format!("{step} {count:.1}")).collect();
    let (seconds, joins, polls) = cost.before_turns;
    let cpu: f64 = cost
        .before_turns_cpu
        .iter()
        .filter(|used| used.name != "the fans")
        .map(|used| used.cpu_seconds)
        .sum();
    let before = if cost.before_turns_cpu.is_empty() || joined == 0 {
        String::new()
    } else {
        format!(
            "; the set used {cpu:.2} s of processor time for {} joins and {} polls in the {seconds:.0} s before the first turn",
            grouped(joins),
            grouped(polls)
        )
    };
    format!(
        "requests for each place: {} ({:.1} that no cache answers); {:.0} joins and {:.0} polls in the busiest second{before}",
        asked.join(", "),
        cost.per_fan_uncached,
        cost.joins_peak,
        cost.polls_peak
    )
}

/// The section of the page.
pub(super) fn section(room: &Figures, outcome: &Outcome, log: Option<&RoomLog>) -> String {
    let mut text = String::from("<section><h2>The waiting room</h2>");
    text.push_str(&charts::room(outcome, log));
    text.push_str("<table class=\"details\"><tbody>");
    for (name, line) in lines(room) {
        put(&mut text, format_args!("<tr><th>{name}</th><td>{line}</td></tr>"));
    }
    text.push_str("</tbody></table></section>");
    text
}
