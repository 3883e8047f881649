//! What several answers of the API have in common: money, moments, ids, texts.

use frontrow_ledger::{HoldId, Time, sale::Currency};
use frontrow_store::Texts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// In minor units.
    #[schema(example = 159_000)]
    pub amount: i64,
    /// ISO 4217.
    #[schema(example = "CZK")]
    pub currency: String,
}

impl Money {
    /// An amount in minor units.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency: currency.code().to_owned() }
    }
}

/// One text in the languages of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LocalText {
    /// Czech.
    pub cs: String,
    /// English.
    pub en: String,
}

impl From<&Texts> for LocalText {
    fn from(texts: &Texts) -> Self {
        Self { cs: texts.get("cs").to_owned(), en: texts.get("en").to_owned() }
    }
}

/// A moment as the API writes it: RFC 3339, UTC.
pub fn moment(at: Time) -> String {
    let nearest = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at.0).unwrap_or(nearest).to_string()
}

/// A hold as the API writes it: 32 hexadecimal digits. Who knows it may use it.
pub fn hold_text(hold: HoldId) -> String {
    format!("{:032x}", hold.0)
}

/// Reads what [`hold_text`] wrote.
pub fn parse_hold(text: &str) -> Option<HoldId> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if digits { u128::from_str_radix(text, 16).ok().map(HoldId) } else { None }
}
