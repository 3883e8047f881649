//! Reading a document of named values without giving up at the first fault.
//!
//! Sale files (TOML) and bodies of the organiser API (JSON) are read by the same code, so that both know the same
//! keys and name the same faults. Every key that nobody asked for is a fault of its own.

use std::collections::BTreeSet;

use frontrow_store::Texts;
use serde_json::{Map, Value};

use crate::{
    fault::{At, Faults, Problem, has_control},
    limits::NAME_BYTES_MAX,
};

/// A table of the document. [`Table::end`] names the keys that nobody asked for.
pub(crate) struct Table<'a> {
    map: &'a Map<String, Value>,
    at: At<'a>,
    asked: BTreeSet<&'static str>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(at: At<'a>, value: &'a Value, faults: &mut Faults) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.push(at, Problem::MustBe("a table"));
            return None;
        };
        Some(Self { map, at, asked: BTreeSet::new() })
    }

    /// Where a key of this table stands.
    pub(crate) const fn at<'b>(&'b self, key: &'b str) -> At<'b> {
        self.at.key(key)
    }

    pub(crate) fn end(self, faults: &mut Faults) {
        for key in self.map.keys().filter(|key| !self.asked.contains(key.as_str())) {
            faults.push(self.at.key(key), Problem::UnknownKey);
        }
    }

    /// What stands at a key; an empty value of an API body (`null`) counts as nothing.
    pub(crate) fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.asked.insert(key);
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn required(&mut self, key: &'static str, faults: &mut Faults) -> Option<&'a Value> {
        let value = self.value(key);
        if value.is_none() {
            faults.push(self.at(key), Problem::Missing);
        }
        value
    }

    /// A list that may be left out.
    pub(crate) fn list(
        &mut self,
        key: &'static str,
        limit: usize,
        faults: &mut Faults,
    ) -> &'a [Value] {
        match self.value(key) {
            None => &[],
            Some(Value::Array(list)) if list.len() > limit => {
                faults.push(self.at(key), Problem::TooMany { count: list.len(), limit });
                &[]
            }
            Some(Value::Array(list)) => list,
            Some(_) => {
                faults.push(self.at(key), Problem::MustBe("a list"));
                &[]
            }
        }
    }

    pub(crate) fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<String> {
        let value = self.required(key, faults)?;
        text(&self.at(key), value, NAME_BYTES_MAX, faults)
    }

    /// A text that may be left out, and may be empty.
    pub(crate) fn optional_text(
        &mut self,
        key: &'static str,
        faults: &mut Faults,
    ) -> Option<String> {
        let value = self.value(key)?;
        text(&self.at(key), value, NAME_BYTES_MAX, faults)
    }

    /// A word that stands in URLs and files: `a-z`, `0-9` and `-`.
    pub(crate) fn slug(&mut self, key: &'static str, faults: &mut Faults) -> Option<String> {
        let value = self.required(key, faults)?;
        slug(&self.at(key), value, faults)
    }

    /// A text in the shop's languages: a table of them, or one text for all.
    pub(crate) fn texts(
        &mut self,
        key: &'static str,
        limit: usize,
        faults: &mut Faults,
    ) -> Option<Texts> {
        let value = self.required(key, faults)?;
        texts(&self.at(key), value, limit, faults)
    }

    pub(crate) fn optional_texts(
        &mut self,
        key: &'static str,
        limit: usize,
        faults: &mut Faults,
    ) -> Option<Texts> {
        let value = self.value(key)?;
        texts(&self.at(key), value, limit, faults)
    }

    pub(crate) fn flag(&mut self, key: &'static str, faults: &mut Faults) -> Option<bool> {
        let flag = self.value(key)?.as_bool();
        if flag.is_none() {
            faults.push(self.at(key), Problem::MustBe("true or false"));
        }
        flag
    }

    /// A whole number within bounds that may be left out. `what` says the bounds.
    pub(crate) fn number<N: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        (least, most): (i64, i64),
        what: &'static str,
        faults: &mut Faults,
    ) -> Option<N> {
        let value = self.value(key)?;
        let number = value.as_i64().filter(|number| (least..=most).contains(number));
        let number = number.and_then(|number| N::try_from(number).ok());
        if number.is_none() {
            faults.push(self.at(key), Problem::MustBe(what));
        }
        number
    }

    /// A list of texts that may be left out; `None` then.
    pub(crate) fn words(
        &mut self,
        key: &'static str,
        limit: usize,
        faults: &mut Faults,
    ) -> Option<Vec<String>> {
        self.value(key)?;
        let list = self.list(key, limit, faults);
        let at = self.at(key);
        let words = list
            .iter()
            .enumerate()
            .filter_map(|(index, value)| text(&at.index(index), value, NAME_BYTES_MAX, faults));
        Some(words.collect())
    }
}

pub(crate) fn text(
    at: &At<'_>,
    value: &Value,
    limit: usize,
    faults: &mut Faults,
) -> Option<String> {
    let problem = match value {
        Value::String(text) if text.len() > limit => Problem::TooLong { limit },
        // Paragraphs are text; everything else that does not show is not.
        Value::String(text) if has_control(&text.replace(['\n', '\t'], " ")) => {
            Problem::ControlCharacters
        }
        Value::String(text) if limit <= NAME_BYTES_MAX && text.contains(['\n', '\t']) => {
            Problem::ControlCharacters
        }
        Value::String(text) => return Some(text.trim().to_owned()),
        _ => Problem::MustBe("text"),
    };
    faults.push(at, problem);
    None
}

fn texts(at: &At<'_>, value: &Value, limit: usize, faults: &mut Faults) -> Option<Texts> {
    let texts = if value.is_string() {
        Texts::same(text(at, value, limit, faults)?)
    } else {
        let mut table = Table::new(*at, value, faults)?;
        let mut language = |key| {
            let value = table.value(key)?;
            text(&table.at(key), value, limit, faults)
        };
        let (cs, en) = (language("cs"), language("en"));
        table.end(faults);
        Texts { cs: cs.unwrap_or_default(), en: en.unwrap_or_default() }
    };
    if texts.cs.is_empty() && texts.en.is_empty() {
        faults.push(at, Problem::MustBe("text, or a table with cs and en"));
        return None;
    }
    Some(texts)
}

pub(crate) fn slug(at: &At<'_>, value: &Value, faults: &mut Faults) -> Option<String> {
    const LEN_MAX: usize = 60;
    let slug = value.as_str().filter(|text| {
        let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=LEN_MAX).contains(&text.len())
            && text.bytes().all(fine)
            && !text.starts_with('-')
            && !text.ends_with('-')
    });
    if slug.is_none() {
        faults.push(at, Problem::MustBe("a word of a-z, 0-9 and - (60 at most)"));
    }
    slug.map(str::to_owned)
}
