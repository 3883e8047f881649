//! JSON values read without giving up at the first wrong type, so that every fault of a plan can be named at once.
//!
//! serde stops at the first value of a wrong type and cannot say where it stood. A [`Loose`] value never fails on its
//! own account: it notes that something else was there, skips it, and the check names its place. Skipping is done by
//! `serde_json` without recursion; structure is followed only as deep as the plan's own types go.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// A value of a document: there, not there, or something else there.
#[derive(Debug, Default)]
pub(super) enum Loose<T> {
    #[default]
    Missing,
    Wrong,
    Given(T),
}

impl<T> Loose<T> {
    /// What is there; missing and wrong alike are nothing.
    pub(super) fn given(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Missing | Self::Wrong => None,
        }
    }
}

/// An object of the document.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

/// What a type takes from JSON; whatever it does not take is wrong.
pub(super) trait Take<'de>: Sized {
    fn text(_: &str) -> Option<Self> {
        None
    }
    fn number(_: f64) -> Option<Self> {
        None
    }
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl Take<'_> for String {
    fn text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Take<'_> for f64 {
    fn number(number: f64) -> Option<Self> {
        Some(number)
    }
}

impl<'de, T: Deserialize<'de>> Take<'de> for Vec<T> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Self::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Some(items))
    }
}

impl<'de, T: Deserialize<'de>> Take<'de> for Object<T> {
    fn object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|value| Some(Self(value)))
    }
}

impl<'de, T: Take<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit(PhantomData))
    }
}

struct Visit<T>(PhantomData<T>);

impl<T> Visit<T> {
    #[expect(clippy::unnecessary_wraps, reason = "serde's visitors answer with a result")]
    fn note<E>(value: Option<T>) -> Result<Loose<T>, E> {
        Ok(value.map_or(Loose::Wrong, Loose::Given))
    }
}

impl<'de, T: Take<'de>> Visitor<'de> for Visit<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose::Missing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Loose::Wrong)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Self::note(T::number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Self::note(T::number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Self::note(T::number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Self::note(T::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::list(list).map(|value| value.map_or(Loose::Wrong, Loose::Given))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::object(object).map(|value| value.map_or(Loose::Wrong, Loose::Given))
    }
}
