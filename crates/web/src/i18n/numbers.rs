//! Numbers and money as each language writes them.

use fluent_bundle::FluentValue;
use frontrow_ledger::sale::Currency;

use super::Language;

/// An amount of money in minor units, as it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// In minor units.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
}

impl Money {
    /// Nothing to pay.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }
}

impl Language {
    /// A whole number with its groups of three: `18 384`, `18,384`. Czech leaves four digits together only in years,
    /// so `1 590` is grouped too.
    pub fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if number < 0 {
            text.push('\u{2212}');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.group_separator());
            }
            text.push(digit);
        }
        text
    }

    /// An amount with its currency: `1 590 Kč`, `CZK 1,590`; decimals only where there are any.
    pub fn money(self, money: Money) -> String {
        let decimals = decimals(money.currency);
        let unit = 10_i64.pow(decimals);
        let whole = self.number(money.minor / unit);
        let rest = (money.minor % unit).unsigned_abs();
        let amount = if rest == 0 {
            whole
        } else {
            format!("{whole}{}{rest:0width$}", self.decimal_mark(), width = decimals as usize)
        };
        let code = money.currency.code();
        match (self, code) {
            (Self::Cs, "CZK") => format!("{amount}\u{a0}Kč"),
            (Self::Cs, "EUR") => format!("{amount}\u{a0}€"),
            (Self::Cs, _) => format!("{amount}\u{a0}{code}"),
            (Self::En, "EUR") => format!("€{amount}"),
            (Self::En, "GBP") => format!("£{amount}"),
            (Self::En, _) => format!("{code}\u{a0}{amount}"),
        }
    }

    const fn group_separator(self) -> char {
        match self {
            Self::Cs => '\u{a0}',
            Self::En => ',',
        }
    }

    const fn decimal_mark(self) -> char {
        match self {
            Self::Cs => ',',
            Self::En => '.',
        }
    }
}

/// How Fluent writes a number inside a text.
pub(super) fn fluent_number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            Some(language.number(number.value as i64))
        }
        _ => None,
    }
}

/// Decimal places of a currency (ISO 4217).
const fn decimals(currency: Currency) -> u32 {
    match &currency.0 {
        b"JPY" | b"KRW" | b"ISK" | b"CLP" | b"VND" => 0,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, Money};
    use frontrow_ledger::sale::Currency;

    fn check(language: Language, minor: i64, currency: [u8; 3], expected: &str) {
        assert_eq!(language.money(Money { minor, currency: Currency(currency) }), expected);
    }

    #[test]
    fn money_reads_as_each_language_writes_it() {
        check(Language::Cs, 159_000, *b"CZK", "1\u{a0}590\u{a0}Kč");
        check(Language::En, 159_000, *b"CZK", "CZK\u{a0}1,590");
        check(Language::Cs, 123_456_789, *b"CZK", "1\u{a0}234\u{a0}567,89\u{a0}Kč");
        check(Language::En, 1_050, *b"EUR", "€10.50");
        check(Language::Cs, 5, *b"EUR", "0,05\u{a0}€");
        check(Language::En, 1_000, *b"JPY", "JPY\u{a0}1,000");
        check(Language::En, -5_000, *b"CZK", "CZK\u{a0}\u{2212}50");
        check(Language::En, 0, *b"CZK", "CZK\u{a0}0");
    }
}
