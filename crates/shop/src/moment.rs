//! Moments as organisers write them: in the venue's own time, or relative to another day.

use frontrow_ledger::Time;
use jiff::{
    Span, Timestamp,
    civil::{self, DateTime},
    tz::TimeZone,
};
use serde_json::Value;

use crate::{
    document::Table,
    fault::{At, Faults, Problem},
    limits::DAYS_AHEAD_MAX,
};

/// A moment in a venue's time, not yet bound to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// `"2027-06-12T20:00"`.
    At(DateTime),
    /// `{ in_days = 30, at = "20:00" }`: so many days after the import.
    InDays {
        /// From the day of the import, in the venue's zone.
        days: i64,
        /// Local time.
        at: civil::Time,
    },
    /// `{ days_before = 1, at = "18:00" }`: so many days before the performance.
    DaysBefore {
        /// Before the day on which the performance starts.
        days: i64,
        /// Local time.
        at: civil::Time,
    },
}

/// What relative moments refer to.
#[derive(Debug, Clone)]
pub struct Days {
    /// The venue's zone.
    pub zone: TimeZone,
    /// When the performance was first imported.
    pub imported: Time,
    /// When it starts; nothing while that is being found out.
    pub starts: Option<Time>,
}

impl Moment {
    /// The moment on the world's clock. A time that a change of the clocks skips is moved on, one that happens twice
    /// is the first. Nothing if it is relative to a performance that is not given, or off the calendar.
    pub fn on(self, days: &Days) -> Option<Time> {
        let date_of = |time: Time| {
            let timestamp = Timestamp::from_millisecond(time.0).ok()?;
            Some(timestamp.to_zoned(days.zone.clone()).date())
        };
        let (date, at) = match self {
            Self::At(moment) => (moment.date(), moment.time()),
            Self::InDays { days: n, at } => {
                (date_of(days.imported)?.checked_add(Span::new().try_days(n).ok()?).ok()?, at)
            }
            Self::DaysBefore { days: n, at } => {
                (date_of(days.starts?)?.checked_sub(Span::new().try_days(n).ok()?).ok()?, at)
            }
        };
        let zoned = date.to_datetime(at).to_zoned(days.zone.clone()).ok()?;
        Some(Time(zoned.timestamp().as_millisecond()))
    }

    pub(crate) fn read(at: &At<'_>, value: &Value, faults: &mut Faults) -> Option<Self> {
        const FORMS: &str =
            "a local time like 2027-06-12T20:00, or { in_days, at }, or { days_before, at }";
        if let Some(text) = value.as_str() {
            let moment = text.parse::<DateTime>().ok().filter(|_| text.contains(['T', ' ']));
            if moment.is_none() {
                faults.push(at, Problem::MustBe(FORMS));
            }
            return moment.map(Self::At);
        }
        if !value.is_object() {
            faults.push(at, Problem::MustBe(FORMS));
            return None;
        }
        let mut table = Table::new(*at, value, faults)?;
        let bounds = (0, DAYS_AHEAD_MAX);
        let in_days = table.number::<i64>("in_days", bounds, "days from 0 to 3,660", faults);
        let before = table.number::<i64>("days_before", bounds, "days from 0 to 3,660", faults);
        let time = table.text("at", faults).and_then(|text| {
            let time = text.parse::<civil::Time>().ok();
            if time.is_none() {
                faults.push(table.at("at"), Problem::MustBe("a time like 20:00"));
            }
            time
        });
        let known = table.value("in_days").is_some() ^ table.value("days_before").is_some();
        table.end(faults);
        if !known {
            faults.push(at, Problem::MustBe(FORMS));
        }
        match (in_days, before, time?) {
            (Some(days), None, at) => Some(Self::InDays { days, at }),
            (None, Some(days), at) => Some(Self::DaysBefore { days, at }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {

    use frontrow_ledger::Time;
    use jiff::{Timestamp, tz::TimeZone};

    use super::{Days, Moment};

    fn days() -> Days {
        let at = |text: &str| Time(text.parse::<Timestamp>().unwrap().as_millisecond());
        Days {
            zone: TimeZone::get("Europe/Prague").unwrap(),
            // Past midnight in Prague, but not in UTC.
            imported: at("2027-03-01T23:30:00Z"),
            starts: Some(at("2027-06-12T18:00:00Z")),
        }
    }

    fn check(moment: Moment, expected: &str) {
        let on = moment.on(&days()).unwrap();
        let on = Timestamp::from_millisecond(on.0).unwrap();
        assert_eq!(on, expected.parse().unwrap());
    }

    #[test]
    fn moments_are_in_the_venues_own_time() {
        let local = |text: &str| Moment::At(text.parse().unwrap());
        check(local("2027-06-12T20:00"), "2027-06-12T18:00:00Z");
        check(local("2027-01-12T20:00"), "2027-01-12T19:00:00Z");
        check(local("2027-03-28T02:30"), "2027-03-28T01:30:00Z");
        check(local("2027-10-31T02:30"), "2027-10-31T00:30:00Z");
        let at = "11:00".parse().unwrap();
        check(Moment::InDays { days: 0, at }, "2027-03-02T10:00:00Z");
        check(Moment::InDays { days: 30, at }, "2027-04-01T09:00:00Z");
        check(Moment::DaysBefore { days: 1, at }, "2027-06-11T09:00:00Z");
    }

    #[test]
    fn what_is_off_the_calendar_is_no_moment() {
        let at = "11:00".parse().unwrap();
        assert_eq!(Moment::InDays { days: i64::MAX, at }.on(&days()), None);
        let nowhere = Days { starts: None, ..days() };
        assert_eq!(Moment::DaysBefore { days: 1, at }.on(&nowhere), None);
    }
}
