//! Dates and times as each language writes them, in the venue's own time zone.

use jiff::{Zoned, civil::Weekday};

use crate::Language;

impl Language {
    /// `pátek 12. prosince 2026 v 20:00`, `Friday 12 December 2026, 20:00`.
    pub fn date_time(self, at: &Zoned) -> String {
        let joint = match self {
            // A preposition of one letter does not end a line.
            Self::Cs => " v\u{a0}",
            Self::En => ", ",
        };
        format!("{}{joint}{}", self.date(at), self.time(at))
    }

    /// `pátek 12. prosince 2026`, `Friday 12 December 2026`.
    pub fn date(self, at: &Zoned) -> String {
        format!("{} {}", self.weekday(at), self.day_month_year(at))
    }

    /// `12. prosince 2026`, `12 December 2026`.
    pub fn day_month_year(self, at: &Zoned) -> String {
        let month = self.month(at.month());
        match self {
            Self::Cs => format!("{}.\u{a0}{month}\u{a0}{}", at.day(), at.year()),
            Self::En => format!("{}\u{a0}{month}\u{a0}{}", at.day(), at.year()),
        }
    }

    /// `pá 12. 12. 2026`, `Fri 12 Dec 2026`.
    pub fn date_short(self, at: &Zoned) -> String {
        let weekday: String = match self {
            Self::Cs => self.weekday(at).chars().take(2).collect(),
            Self::En => self.weekday(at).chars().take(3).collect(),
        };
        format!("{weekday} {}", self.day_month_year_short(at))
    }

    /// `12. 12. 2026`, `12 Dec 2026`.
    pub fn day_month_year_short(self, at: &Zoned) -> String {
        match self {
            Self::Cs => format!("{}.\u{a0}{}.\u{a0}{}", at.day(), at.month(), at.year()),
            Self::En => {
                let month: String = self.month(at.month()).chars().take(3).collect();
                format!("{}\u{a0}{month}\u{a0}{}", at.day(), at.year())
            }
        }
    }

    /// `20:00`; both languages of the shop use 24 hours.
    pub fn time(self, at: &Zoned) -> String {
        format!("{}:{:02}", at.hour(), at.minute())
    }

    /// First and last day of a run: `12.–14. prosince 2026`, `12–14 December 2026`.
    pub fn date_range(self, first: &Zoned, last: &Zoned) -> String {
        if first.date() == last.date() {
            return self.date(first);
        }
        if first.year() == last.year() && first.month() == last.month() {
            let dot = if self == Self::Cs { "." } else { "" };
            return format!("{}{dot}\u{2013}{}", first.day(), self.day_month_year(last));
        }
        format!("{}\u{a0}\u{2013} {}", self.day_month_year(first), self.day_month_year(last))
    }

    /// The day's name, as it stands inside a sentence.
    pub fn weekday(self, at: &Zoned) -> &'static str {
        let index = match at.weekday() {
            Weekday::Monday => 0,
            Weekday::Tuesday => 1,
            Weekday::Wednesday => 2,
            Weekday::Thursday => 3,
            Weekday::Friday => 4,
            Weekday::Saturday => 5,
            Weekday::Sunday => 6,
        };
        self.weekdays()[index]
    }

    /// The month's name as it follows a day (Czech: genitive).
    pub fn month(self, month: i8) -> &'static str {
        let index = usize::try_from(month.clamp(1, 12) - 1).unwrap_or_default();
        self.months()[index]
    }

    /// `pro`, `Dec`: three letters for a calendar leaf.
    pub fn month_leaf(self, at: &Zoned) -> String {
        match self {
            // The genitive's first letters do not tell June from July.
            Self::Cs => {
                const LEAVES: [&str; 12] = [
                    "led", "úno", "bře", "dub", "kvě", "čvn", "čvc", "srp", "zář", "říj", "lis",
                    "pro",
                ];
                LEAVES[usize::try_from(at.month() - 1).unwrap_or_default()].to_owned()
            }
            Self::En => self.month(at.month()).chars().take(3).collect(),
        }
    }

    const fn weekdays(self) -> [&'static str; 7] {
        match self {
            Self::Cs => ["pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle"],
            Self::En => {
                ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            }
        }
    }

    const fn months(self) -> [&'static str; 12] {
        match self {
            Self::Cs => [
                "ledna",
                "února",
                "března",
                "dubna",
                "května",
                "června",
                "července",
                "srpna",
                "září",
                "října",
                "listopadu",
                "prosince",
            ],
            Self::En => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Language;

    fn at(text: &str) -> jiff::Zoned {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_reads_as_each_language_writes_it() {
        let gala = at("2026-12-11T20:00:00[Europe/Prague]");
        assert_eq!(Language::Cs.date_time(&gala), "pátek 11.\u{a0}prosince\u{a0}2026 v\u{a0}20:00");
        assert_eq!(Language::En.date_time(&gala), "Friday 11\u{a0}December\u{a0}2026, 20:00");
        assert_eq!(Language::Cs.date_short(&gala), "pá 11.\u{a0}12.\u{a0}2026");
        assert_eq!(Language::En.date_short(&gala), "Fri 11\u{a0}Dec\u{a0}2026");
        assert_eq!(Language::En.time(&at("2026-06-01T09:05:00[Europe/Prague]")), "9:05");
    }

    #[test]
    fn a_run_names_what_its_days_share_once() {
        let first = at("2026-12-11T20:00:00[Europe/Prague]");
        let same_month = at("2026-12-13T20:00:00[Europe/Prague]");
        let later = at("2027-01-02T20:00:00[Europe/Prague]");
        assert_eq!(
            Language::Cs.date_range(&first, &same_month),
            "11.\u{2013}13.\u{a0}prosince\u{a0}2026"
        );
        assert_eq!(
            Language::En.date_range(&first, &same_month),
            "11\u{2013}13\u{a0}December\u{a0}2026"
        );
        assert_eq!(
            Language::En.date_range(&first, &later),
            "11\u{a0}December\u{a0}2026\u{a0}\u{2013} 2\u{a0}January\u{a0}2027"
        );
        assert_eq!(Language::En.date_range(&first, &first), "Friday 11\u{a0}December\u{a0}2026");
    }
}
