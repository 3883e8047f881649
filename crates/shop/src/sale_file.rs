//! The sale file: one event, where and when it happens and what it costs, in TOML (`docs/sale-file.md`).

use serde_json::{Map, Value};

use crate::{
    document::Table,
    fault::{At, Faults, Problem},
    limits::{PERFORMANCES_MAX, SALE_FILE_BYTES_MAX},
    spec::{EventSpec, PerformanceSpec, SaleSpec, VenueSpec},
};

/// What a sale file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleFile {
    /// Path of the seating plan, relative to the sale file.
    pub plan: String,
    /// What the hall is called; the plan's own name if nothing is said.
    pub hall: Option<String>,
    /// Who sells.
    pub organisation: String,
    /// Where.
    pub venue: VenueSpec,
    /// What.
    pub event: EventSpec,
    /// Under which conditions.
    pub sale: SaleSpec,
    /// When; at least one.
    pub performances: Vec<PerformanceSpec>,
}

/// Why a sale file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaleFileError {
    /// Refused unread.
    #[error("the sale file has {bytes} bytes, at most {limit} are read")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// [`SALE_FILE_BYTES_MAX`].
        limit: usize,
    },
    /// Not TOML.
    #[error("the sale file is not valid TOML: {0}")]
    Syntax(String),
    /// TOML, but not a sale.
    #[error("the sale file cannot be used:\n{0}")]
    Faults(Faults),
}

impl SaleFile {
    /// Reads a sale file, or says everything that is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, SaleFileError> {
        if bytes.len() > SALE_FILE_BYTES_MAX {
            let limit = SALE_FILE_BYTES_MAX;
            return Err(SaleFileError::TooLarge { bytes: bytes.len(), limit });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| SaleFileError::Syntax("it is not UTF-8 text".to_owned()))?;
        let table: toml::Table =
            text.parse().map_err(|e: toml::de::Error| SaleFileError::Syntax(syntax(text, &e)))?;
        let document = json(toml::Value::Table(table));
        let mut faults = Faults::default();
        let file = Table::new(At::ROOT, &document, &mut faults).and_then(|mut table| {
            let file = Self::table(&mut table, &mut faults);
            table.end(&mut faults);
            file
        });
        faults.or(file).map_err(SaleFileError::Faults)
    }

    fn table(table: &mut Table<'_>, faults: &mut Faults) -> Option<Self> {
        let plan = table.text("plan", faults);
        let hall = table.optional_text("hall", faults);
        let organisation = table.text("organisation", faults);
        let venue = part(table, "venue", faults, VenueSpec::table);
        let event = part(table, "event", faults, EventSpec::table);
        let sale = SaleSpec::table(table, faults);
        let performances = performances(table, faults);
        Some(Self {
            plan: plan?,
            hall,
            organisation: organisation?,
            venue: venue?,
            event: event?,
            sale: sale?,
            performances,
        })
    }
}

fn part<T>(
    table: &mut Table<'_>,
    key: &'static str,
    faults: &mut Faults,
    read: impl Fn(&mut Table<'_>, &mut Faults) -> Option<T>,
) -> Option<T> {
    let value = table.required(key, faults)?;
    let mut part = Table::new(table.at(key), value, faults)?;
    let read = read(&mut part, faults);
    part.end(faults);
    read
}

fn performances(table: &mut Table<'_>, faults: &mut Faults) -> Vec<PerformanceSpec> {
    table.required("performances", faults);
    let performances = crate::spec::tables(
        table,
        "performances",
        PERFORMANCES_MAX,
        faults,
        PerformanceSpec::table,
    );
    let keys = performances.iter().map(|performance| performance.key.as_str());
    crate::spec::unique(&table.at("performances"), keys, faults);
    if performances.is_empty() && faults.is_empty() {
        faults.push(table.at("performances"), Problem::MustBe("at least one performance"));
    }
    performances
}

/// The parser's words on one line; its own report quotes the file over several.
fn syntax(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| 1 + before.bytes().filter(|byte| *byte == b'\n').count());
    format!("line {line}: {}", error.message())
}

/// A TOML document as JSON. Moments become text; numbers that JSON does not have become nothing, which no key takes.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(list) => Value::Array(list.into_iter().map(json).collect()),
        toml::Value::Table(table) => Value::Object(
            table.into_iter().map(|(key, value)| (key, json(value))).collect::<Map<_, _>>(),
        ),
    }
}
