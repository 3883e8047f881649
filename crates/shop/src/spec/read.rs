//! Values that several specs share: channels, colours, money, lists of tables.

use frontrow_ledger::{ChannelId, limits::PRICE_MAX, sale::Currency};
use serde_json::Value;

use crate::{
    document::{Table, text},
    fault::{At, Faults, Problem},
    limits::NAME_BYTES_MAX,
};

/// Reads each table of a list; those with faults are left out.
pub(crate) fn tables<T>(
    table: &mut Table<'_>,
    key: &'static str,
    limit: usize,
    faults: &mut Faults,
    read: impl Fn(&mut Table<'_>, &mut Faults) -> Option<T>,
) -> Vec<T> {
    let list = table.list(key, limit, faults);
    let at = table.at(key);
    let read = |(index, value)| {
        let at = at.index(index);
        let mut item = Table::new(at, value, faults)?;
        let read = read(&mut item, faults);
        item.end(faults);
        read
    };
    list.iter().enumerate().filter_map(read).collect()
}

/// Refuses a key that an earlier one of the list has.
pub(crate) fn unique<'k>(at: &At<'_>, keys: impl Iterator<Item = &'k str>, faults: &mut Faults) {
    let mut seen = std::collections::BTreeSet::new();
    for (index, key) in keys.enumerate() {
        if !seen.insert(key) {
            faults.push(at.index(index), Problem::repeats(key));
        }
    }
}

pub(super) fn channels(table: &mut Table<'_>, faults: &mut Faults) -> Option<Vec<ChannelId>> {
    let words = table.words("channels", 16, faults)?;
    let list = table.at("channels");
    let channels = words.iter().enumerate().filter_map(|(index, word)| {
        let channel = channel(word);
        if channel.is_none() {
            let known = "web, box-office, api or presale";
            faults.push(list.index(index), Problem::MustBe(known));
        }
        channel
    });
    Some(channels.collect())
}

/// A door to the shop by its word.
pub fn channel(word: &str) -> Option<ChannelId> {
    match word {
        "web" => Some(ChannelId::WEB),
        "box-office" => Some(ChannelId::BOX_OFFICE),
        "api" => Some(ChannelId::API),
        "presale" => Some(ChannelId::PRESALE),
        _ => None,
    }
}

/// Currencies whose minor unit is a hundredth, which is all that the shop's pages can write.
const CURRENCIES: [&str; 12] =
    ["CZK", "EUR", "USD", "GBP", "PLN", "HUF", "CHF", "SEK", "NOK", "DKK", "RON", "BGN"];

pub(super) fn currency(table: &mut Table<'_>, faults: &mut Faults) -> Option<Currency> {
    let code = table.text("currency", faults)?;
    if !CURRENCIES.contains(&code.as_str()) {
        let known = "one of CZK, EUR, USD, GBP, PLN, HUF, CHF, SEK, NOK, DKK, RON, BGN";
        faults.push(table.at("currency"), Problem::MustBe(known));
        return None;
    }
    Some(Currency(code.as_bytes().try_into().ok()?))
}

/// Money: whole units as a number (`350`), hundredths as a text (`"12.50"`), or as the API writes it
/// (`{"amount": 1250, "currency": "EUR"}`).
pub(super) fn money(
    at: &At<'_>,
    value: &Value,
    currency: Currency,
    faults: &mut Faults,
) -> Option<i64> {
    let amount = match value {
        Value::Number(units) => units.as_i64().and_then(|units| units.checked_mul(100)),
        Value::String(text) => hundredths(text),
        Value::Object(_) => {
            let mut table = Table::new(*at, value, faults)?;
            let amount = table.value("amount").and_then(Value::as_i64);
            let code = table.text("currency", faults);
            if code.is_some_and(|code| code != currency.code()) {
                let problem = Problem::Contradiction("is in another currency than the sale");
                faults.push(table.at("currency"), problem);
            }
            table.end(faults);
            amount
        }
        _ => None,
    };
    let amount = amount.filter(|amount| (0..=PRICE_MAX).contains(amount));
    if amount.is_none() {
        let what = "an amount like 350 or \"12.50\", from 0 to 10,000,000";
        faults.push(at, Problem::MustBe(what));
    }
    amount
}

fn hundredths(text: &str) -> Option<i64> {
    let (units, rest) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(units) || !digits(rest) || rest.len() != 2 {
        return None;
    }
    units.parse::<i64>().ok()?.checked_mul(100)?.checked_add(rest.parse().ok()?)
}

/// A key that is text, as names of categories are.
pub(super) fn name(at: &At<'_>, value: &Value, faults: &mut Faults) -> Option<String> {
    text(at, value, NAME_BYTES_MAX, faults)
}
