//! Texts in every language of the shop, and how they are folded for search.

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// One text in each language of the shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Czech.
    #[serde(default)]
    pub cs: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Texts {
    /// The same in both languages, as most names are.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cs: text.clone(), en: text }
    }

    /// The text in a language, or in the other one if it was not translated.
    pub fn get(&self, language: &str) -> &str {
        let (first, second) =
            if language.starts_with("cs") { (&self.cs, &self.en) } else { (&self.en, &self.cs) };
        if first.is_empty() { second } else { first }
    }
}

/// Lower case without diacritics, as people type in a search box: `Příliš` and `prilis` are equal.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.nfkd().filter(|char| !is_combining_mark(*char)).flat_map(char::to_lowercase) {
        match char {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' => folded.push('d'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            char if char.is_whitespace() => folded.push(' '),
            char => folded.push(char),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{Texts, fold};

    #[test]
    fn folding_drops_case_and_diacritics() {
        assert_eq!(fold("Příliš ŽLUŤOUČKÝ kůň"), "prilis zlutoucky kun");
        assert_eq!(fold("Łódź Straße Ærø"), "lodz strasse aero");
    }

    #[test]
    fn a_text_falls_back_to_the_other_language() {
        let texts = Texts { cs: String::new(), en: "Hall".to_owned() };
        assert_eq!((texts.get("cs-CZ"), texts.get("en")), ("Hall", "Hall"));
    }
}
