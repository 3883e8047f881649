//! How long somebody waits, as a range that is honest and short to read.

use frontrow_words::Language;

/// Between so many and so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRange {
    /// At least.
    pub from_seconds: u64,
    /// At most.
    pub to_seconds: u64,
}

impl WaitRange {
    /// In words, rounded outwards: the shorter down, the longer up. The page's script writes it in
    /// the same way (`assets/js/room/wait.js`).
    pub fn text(&self, language: Language) -> String {
        let to = round_up(self.to_seconds.div_ceil(60));
        let from = round_down(self.from_seconds / 60).min(to);
        if to <= 1 {
            return language.t("room-wait-moment").into_owned();
        }
        if from == to {
            return clock(to);
        }
        if from == 0 {
            return language.t1("room-wait-most", "wait", clock(to)).into_owned();
        }
        // One unit is enough if both have it.
        let from = if to < 60 { from.to_string() } else { clock(from) };
        let dash = if to < 60 { "\u{2013}" } else { "\u{a0}\u{2013} " };
        format!("{from}{dash}{}", clock(to))
    }
}

/// Minutes as hours and minutes; the signs are the same in both languages.
fn clock(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}\u{a0}min"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes}\u{a0}min"),
    }
}

/// Nobody can tell minutes after a quarter of an hour, nor after an hour fives.
const fn step(minutes: u64) -> u64 {
    match minutes {
        0..=15 => 1,
        16..=60 => 5,
        _ => 10,
    }
}

fn round_up(minutes: u64) -> u64 {
    minutes.next_multiple_of(step(minutes))
}

fn round_down(minutes: u64) -> u64 {
    minutes - minutes % step(minutes)
}

#[cfg(test)]
mod tests {
    use frontrow_words::Language;

    use super::WaitRange;

    fn check(from_seconds: u64, to_seconds: u64, expected: &str) {
        let text = WaitRange { from_seconds, to_seconds }.text(Language::En);
        assert_eq!(text.replace('\u{a0}', " ").replace('\u{2013}', "-"), expected);
    }

    #[test]
    fn a_range_is_rounded_outwards() {
        check(0, 59, "less than a minute");
        check(0, 61, "at most 2 min");
        check(190, 419, "3-7 min");
        check(700, 1_000, "11-20 min");
        check(1_199, 1_201, "15-25 min");
        check(600, 600, "10 min");
        check(3_000, 3_601, "50 min - 1 h 10 min");
        check(7_200, 7_200, "2 h");
        check(7_500, 10_800, "2 h - 3 h");
    }
}
