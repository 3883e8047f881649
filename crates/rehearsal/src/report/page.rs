//! The page with the pictures: one file that needs nothing else, light and dark.

use super::{
    Report,
    charts::{latencies, timeline},
    hall::{SHADES, hall},
    room,
    svg::{escaped, moment, put},
};
use crate::{Outcome, live::grouped, room::RoomLog, tally::Counts, whole::whole};

/// One file that needs nothing else.
pub fn html(report: &Report, outcome: &Outcome, log: Option<&RoomLog>) -> String {
    let title = escaped(&report.shop.title);
    let mut body = String::new();
    put(
        &mut body,
        format_args!(
            "<header><p class=\"kicker\">Rehearsal</p><h1>{title}</h1><p class=\"quiet\">{}, {} places · {} fans ({}), curve <b>{}</b>, {} times as fast as life, seed {}</p></header>",
            escaped(&report.shop.venue),
            grouped(u64::try_from(report.shop.capacity).unwrap_or(0)),
            grouped(u64::from(report.plan.fans)),
            report.plan.mix,
            report.plan.curve,
            report.plan.compression,
            report.plan.seed
        ),
    );
    body.push_str(&verdict(report));
    body.push_str(&tiles(report));
    put(
        &mut body,
        format_args!("<section><h2>What happened when</h2>{}</section>", timeline(outcome)),
    );
    if let Some(figures) = &report.room {
        body.push_str(&room::section(figures, outcome, log));
    }
    put(
        &mut body,
        format_args!("<section><h2>How the hall filled</h2>{}</section>", hall(outcome)),
    );
    put(
        &mut body,
        format_args!(
            "<section><h2>How long fans waited for each step</h2><p class=\"quiet\">From the moment a fan wanted something until it was there, so that a slow shop is not flattered. The thin line is the median, the dashed one the 99th percentile.</p>{}</section>",
            latencies(&outcome.kept)
        ),
    );
    body.push_str(&checks(report));
    body.push_str(&details(report));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>Rehearsal: {title}</title><style>{}{}</style></head>\n<body><main>{body}</main><script>{}</script></body></html>\n",
        include_str!("page.css"),
        shades(),
        include_str!("page.js"),
    )
}

fn verdict(report: &Report) -> String {
    let broken: u64 = report.checks.iter().map(|check| check.broken).sum();
    let errors = report.counts.errors;
    let (class, word) = if report.passed { ("good", "Passed") } else { ("bad", "Not passed") };
    let mut facts = vec![match report.sold_out_seconds {
        Some(seconds) => format!("sold out after {}", moment((seconds * 10.0).round() / 10.0)),
        None => format!("{} places left", grouped(report.left.1)),
    }];
    facts.push(match broken {
        0 => "nothing oversold, nothing lost".to_owned(),
        broken => format!("{} things are not as they must be", grouped(broken)),
    });
    facts.push(match errors {
        0 => "no request failed".to_owned(),
        errors => format!("{} requests failed", grouped(errors)),
    });
    if report.cut {
        facts.push("fans had to be carried out after the time limit".to_owned());
    }
    format!("<p class=\"verdict {class}\"><b>{word}</b> {}</p>", facts.join(" · "))
}

fn tiles(report: &Report) -> String {
    let Counts { orders, requests, errors, retries, waits, holds, refusals, .. } = report.counts;
    let mut tiles = vec![
        ("orders", grouped(orders), format!("{} places", grouped(report.sold))),
        (
            "orders a second",
            grouped(whole(report.orders.sustained)),
            format!("{} at the peak", grouped(whole(report.orders.peak))),
        ),
        ("holds", grouped(holds), format!("{} times somebody was faster", grouped(refusals))),
        (
            "requests",
            grouped(requests),
            format!("{} a second at the peak", grouped(whole(report.requests.peak))),
        ),
        (
            "failed",
            grouped(errors),
            format!("{} retried, {} told to wait", grouped(retries), grouped(waits)),
        ),
    ];
    if let Some(cpu) = report.cpu_seconds_per_order {
        let memory: f64 = report.usage.iter().map(|used| used.memory_mib).sum();
        tiles.push((
            "CPU per order",
            format!("{:.2} ms", cpu * 1_000.0),
            format!("{memory:.0} MiB of memory in all"),
        ));
    }
    let mut text = String::from("<div class=\"tiles\">");
    for (name, figure, note) in tiles {
        put(
            &mut text,
            format_args!("<div><span>{name}</span><b>{figure}</b><small>{note}</small></div>"),
        );
    }
    text.push_str("</div>");
    text
}

fn checks(report: &Report) -> String {
    let mut text =
        String::from("<section><h2>What must be true</h2><table class=\"checks\"><tbody>");
    for check in &report.checks {
        let (class, sign) = if check.holds() { ("good", "✓") } else { ("bad", "✗") };
        put(
            &mut text,
            format_args!("<tr class=\"{class}\"><td class=\"sign\">{sign}</td><td>{}", check.what),
        );
        if !check.violations.is_empty() {
            text.push_str("<ul>");
            for violation in &check.violations {
                put(&mut text, format_args!("<li>{}</li>", escaped(violation)));
            }
            text.push_str("</ul>");
        }
        put(
            &mut text,
            format_args!(
                "</td><td class=\"quiet\">{}</td><td class=\"number quiet\">{}</td></tr>",
                check.from,
                grouped(check.examined)
            ),
        );
    }
    text.push_str("</tbody></table></section>");
    text
}

fn details(report: &Report) -> String {
    let mut rows: Vec<(String, String)> = vec![
        ("shop".into(), report.shop.base.clone()),
        ("performance".into(), report.shop.performance.clone()),
        ("connections".into(), report.plan.connections.to_string()),
        ("until everybody was home".into(), moment(report.seconds.round())),
    ];
    rows.extend(report.setting.iter().cloned());
    let ends = &report.ends;
    let ends = [
        ("went home with tickets", ends.bought),
        ("did what they came for and left", ends.as_intended),
        ("found nothing left", ends.sold_out),
        ("were refused", ends.refused),
        ("lost a request for good", ends.lost),
        ("paid and were still waiting", ends.waiting),
        ("did not come when it was their turn", ends.no_show),
        ("still waited in the room", ends.queueing),
    ];
    rows.extend(
        ends.into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| (format!("fans who {what}"), grouped(count))),
    );
    rows.extend(report.failures.iter().map(|failure| {
        (format!("failed: {}", failure.step), format!("{} × {}", failure.count, failure.cause))
    }));
    rows.extend(report.usage.iter().map(|used| {
        (
            used.name.clone(),
            format!("{:.1} s of processor time, {:.0} MiB", used.cpu_seconds, used.memory_mib),
        )
    }));
    rows.extend(
        report
            .recoveries
            .iter()
            .map(|recovery| (format!("after {}", recovery.mark.what), super::recovered(recovery))),
    );
    if let Some(comparison) = &report.comparison {
        rows.push(("all requests".into(), comparison.text()));
    }
    let mut text = String::from("<section><h2>Details</h2><table class=\"details\"><tbody>");
    for (name, value) in rows {
        put(
            &mut text,
            format_args!("<tr><th>{}</th><td>{}</td></tr>", escaped(&name), escaped(&value)),
        );
    }
    text.push_str("</tbody></table></section>");
    text
}

/// From a deep blue over green to a warm yellow, equally far apart for the eye; each theme has its own lightness.
fn shades() -> String {
    let mut css = String::new();
    for shade in 0..SHADES {
        let part = shade as f64 / (SHADES - 1) as f64;
        let hue = 280.0 - 200.0 * part;
        let lightness = 42.0 + 40.0 * part;
        put(
            &mut css,
            format_args!(
                ".s{shade},.hall .seat.s{shade}{{--c:oklch({lightness:.0}% .14 {hue:.0})}}"
            ),
        );
    }
    css
}
