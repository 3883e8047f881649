//! What is shown while a drill runs.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use hdrhistogram::Histogram;

use crate::{Plan, tally::Counts, target::Target, whole::whole};

/// How it goes, once a second.
#[derive(Debug)]
pub struct Look {
    /// Since the start.
    pub at: Duration,
    /// So far.
    pub counts: Counts,
    /// Latencies since the last look, in microseconds.
    pub lately: Histogram<u64>,
    /// Places that nobody has.
    pub left: u64,
    /// Fans who are there now.
    pub there: u64,
}

/// Somebody who is shown how it goes.
pub trait View {
    /// It begins.
    fn begin(&mut self, plan: &Plan, target: &Target);
    /// Once a second.
    fn look(&mut self, look: &Look);
    /// Everybody is home; the sweep begins.
    fn sweeping(&mut self);
}

/// Shows nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl View for Silent {
    fn begin(&mut self, _: &Plan, _: &Target) {}
    fn look(&mut self, _: &Look) {}
    fn sweeping(&mut self) {}
}

/// A terminal that is drawn anew every second, or plain lines where it is none.
#[derive(Debug)]
pub struct Terminal {
    redraws: bool,
    drawn: usize,
    before: Counts,
    before_at: Duration,
    places: u64,
    fans: u32,
    /// Orders of each second lately.
    orders: Vec<u64>,
}

/// Plain lines come this far apart.
const PLAIN_EVERY: u64 = 5;
/// Seconds in the little picture.
const BARS: usize = 50;

impl Default for Terminal {
    fn default() -> Self {
        Self {
            redraws: std::io::stderr().is_terminal(),
            drawn: 0,
            before: Counts::default(),
            before_at: Duration::ZERO,
            places: 0,
            fans: 0,
            orders: Vec::new(),
        }
    }
}

impl View for Terminal {
    fn begin(&mut self, plan: &Plan, target: &Target) {
        self.fans = plan.crowd.fans;
        self.places = u64::try_from(target.capacity).unwrap_or(0);
        eprintln!(
            "{} at {}, {} places; {} fans, curve {}, {} times as fast as life, seed {}\n{}",
            target.title,
            target.venue,
            grouped(self.places),
            grouped(u64::from(self.fans)),
            plan.crowd.curve,
            plan.crowd.compression,
            plan.crowd.seed,
            plan.base
        );
    }

    fn look(&mut self, look: &Look) {
        let rates =
            Rates::between(&self.before, &look.counts, look.at.saturating_sub(self.before_at));
        self.before = look.counts;
        self.before_at = look.at;
        self.orders.push(whole(rates.orders));
        if self.redraws {
            let text = self.picture(look, &rates);
            let up =
                if self.drawn > 0 { format!("\x1b[{}F\x1b[J", self.drawn) } else { String::new() };
            self.drawn = text.lines().count();
            eprint!("{up}{text}");
            std::io::stderr().flush().ok();
        } else if look.at.as_secs().is_multiple_of(PLAIN_EVERY) {
            eprintln!("{}", line(look, &rates));
        }
    }

    fn sweeping(&mut self) {
        eprintln!("everybody is home; sweeping");
    }
}

impl Terminal {
    fn picture(&self, look: &Look, rates: &Rates) -> String {
        let Counts { arrivals, holds, orders, errors, retries, waits, refusals, requests, .. } =
            look.counts;
        let (p50, p99) = (ms(&look.lately, 50.0), ms(&look.lately, 99.0));
        let sold = self.places.saturating_sub(look.left);
        format!(
            "\n  {:>6}  fans {} of {}, {} there now\n\
             \x20         holds   {:>9}  {:>7.0}/s    refused {}\n\
             \x20         orders  {:>9}  {:>7.0}/s    {}\n\
             \x20         requests{:>9}  {:>7.0}/s    p50 {p50}  p99 {p99}\n\
             \x20         errors  {:>9}             retried {}, told to wait {}\n\
             \x20         left    {:>9}  {}\n",
            clock(look.at),
            grouped(arrivals),
            grouped(u64::from(self.fans)),
            grouped(look.there),
            grouped(holds),
            rates.holds,
            grouped(refusals),
            grouped(orders),
            rates.orders,
            bars(&self.orders),
            grouped(requests),
            rates.requests,
            grouped(errors),
            grouped(retries),
            grouped(waits),
            grouped(look.left),
            gauge(sold, self.places),
        )
    }
}

struct Rates {
    holds: f64,
    orders: f64,
    requests: f64,
}

impl Rates {
    fn between(before: &Counts, now: &Counts, over: Duration) -> Self {
        let seconds = over.as_secs_f64().max(0.001);
        let rate = |before: u64, now: u64| now.saturating_sub(before) as f64 / seconds;
        Self {
            holds: rate(before.holds, now.holds),
            orders: rate(before.orders, now.orders),
            requests: rate(before.requests, now.requests),
        }
    }
}

fn line(look: &Look, rates: &Rates) -> String {
    let counts = &look.counts;
    format!(
        "{} arrived {} there {} holds {} orders {} ({:.0}/s) refused {} errors {} retried {} waits {} p50 {} p99 {} left {}",
        clock(look.at),
        counts.arrivals,
        look.there,
        counts.holds,
        counts.orders,
        rates.orders,
        counts.refusals,
        counts.errors,
        counts.retries,
        counts.waits,
        ms(&look.lately, 50.0),
        ms(&look.lately, 99.0),
        look.left
    )
}

fn clock(at: Duration) -> String {
    format!("{}:{:02}", at.as_secs() / 60, at.as_secs() % 60)
}

fn ms(histogram: &Histogram<u64>, percent: f64) -> String {
    if histogram.is_empty() {
        return "-".to_owned();
    }
    crate::report::duration(histogram.value_at_percentile(percent))
}

/// 12345 as 12,345.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bars(values: &[u64]) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let lately = values.get(values.len().saturating_sub(BARS)..).unwrap_or_default();
    let most = lately.iter().copied().max().unwrap_or(0).max(1);
    lately.iter().map(|value| LEVELS[usize::try_from(value * 7 / most).unwrap_or(7)]).collect()
}

fn gauge(sold: u64, places: u64) -> String {
    const WIDTH: u64 = 40;
    let full = (sold * WIDTH).checked_div(places).unwrap_or(0).min(WIDTH);
    let full = usize::try_from(full).unwrap_or(0);
    format!("{}{}", "█".repeat(full), "░".repeat(WIDTH as usize - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_pictures_are_as_wide_as_they_are() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0, 999, 1_000, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(bars(&[0, 5, 10]), "▁▄█");
        assert_eq!(gauge(50, 100).chars().filter(|c| *c == '█').count(), 20);
        assert_eq!(gauge(0, 0).chars().count(), 40);
    }
}
