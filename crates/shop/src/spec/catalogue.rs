//! Reading what is announced: venues, events, performances.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{EventSpec, PerformanceSpec, VenueSpec, sale::windows};
use crate::{
    document::Table,
    fault::{At, Faults, Problem},
    limits::DESCRIPTION_BYTES_MAX,
    moment::Moment,
};

impl VenueSpec {
    /// Reads a venue, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, Self::table)
    }

    pub(crate) fn table(table: &mut Table<'_>, faults: &mut Faults) -> Option<Self> {
        let slug = table.slug("slug", faults);
        let name = table.text("name", faults);
        let city = table.text("city", faults);
        let country = table.text("country", faults).filter(|code| {
            let fine = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            if !fine {
                faults.push(table.at("country"), Problem::MustBe("a code of two letters like CZ"));
            }
            fine
        });
        let zone = table.text("zone", faults).filter(|zone| {
            let fine = TimeZone::get(zone).is_ok();
            if !fine {
                faults.push(table.at("zone"), Problem::MustBe("a time zone like Europe/Prague"));
            }
            fine
        });
        let address = table.optional_text("address", faults).unwrap_or_default();
        Some(Self {
            slug: slug?,
            name: name?,
            city: city?,
            country: country?,
            zone: zone?,
            address,
        })
    }
}

impl EventSpec {
    /// Reads an event, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, Self::table)
    }

    pub(crate) fn table(table: &mut Table<'_>, faults: &mut Faults) -> Option<Self> {
        let slug = table.slug("slug", faults);
        let title = table.texts("title", crate::limits::NAME_BYTES_MAX, faults);
        let summary = table.optional_texts("summary", 2 * crate::limits::NAME_BYTES_MAX, faults);
        let description = table.optional_texts("description", DESCRIPTION_BYTES_MAX, faults);
        let genre = table.slug("genre", faults);
        let image = table.value("image").is_some().then(|| table.slug("image", faults)).flatten();
        Some(Self {
            slug: slug?,
            title: title?,
            summary: summary.unwrap_or_default(),
            description: description.unwrap_or_default(),
            genre: genre?,
            image,
        })
    }
}

impl PerformanceSpec {
    /// Reads a performance, or says everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        read_whole(value, Self::table)
    }

    pub(crate) fn table(table: &mut Table<'_>, faults: &mut Faults) -> Option<Self> {
        let key = table.slug("key", faults);
        let starts = table
            .required("starts", faults)
            .and_then(|value| Moment::read(&table.at("starts"), value, faults));
        if matches!(starts, Some(Moment::DaysBefore { .. })) {
            let problem = Problem::Contradiction("cannot be relative to itself");
            faults.push(table.at("starts"), problem);
        }
        let doors = optional_moment(table, "doors", faults);
        let own_windows = table.value("windows").is_some();
        let windows = windows(table, faults);
        let open = table.flag("open", faults).unwrap_or(true);
        let windows = own_windows.then_some(windows);
        Some(Self { key: key?, starts: starts?, doors, windows, open })
    }
}

pub(super) fn optional_moment(
    table: &mut Table<'_>,
    key: &'static str,
    faults: &mut Faults,
) -> Option<Moment> {
    let value = table.value(key)?;
    Moment::read(&table.at(key), value, faults)
}

/// Reads a whole document as one table.
pub(super) fn read_whole<T>(
    value: &Value,
    read: impl FnOnce(&mut Table<'_>, &mut Faults) -> Option<T>,
) -> Result<T, Faults> {
    let mut faults = Faults::default();
    let read = Table::new(At::ROOT, value, &mut faults).and_then(|mut table| {
        let read = read(&mut table, &mut faults);
        table.end(&mut faults);
        read
    });
    faults.or(read)
}
