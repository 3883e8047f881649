//! One page of a list and where the next one starts.

use frontrow_ledger::Time;
use uuid::Uuid;

use crate::limits::{PAGE_DEFAULT, PAGE_MAX};

/// A bounded part of a list, in the list's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// The [`Page::next`] of the page before.
    pub after: Option<Cursor>,
    /// How many rows; none asks for a screenful, and nobody gets more than [`PAGE_MAX`].
    pub limit: Option<u32>,
}

/// The last row that was seen. Rows are ordered by a moment and then by their id, so that rows that come and go
/// between two pages neither repeat nor hide others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The row's moment.
    pub at: Time,
    /// The row's id.
    pub id: Uuid,
}

impl Cursor {
    /// Reads what [`Display`](std::fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('_')?;
        Some(Self { at: Time(at.parse().ok()?), id: Uuid::try_parse(id).ok()? })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.at, self.id.simple())
    }
}

impl PageRequest {
    pub(crate) fn limit(&self) -> usize {
        self.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX) as usize
    }

    /// One row more than a page, to learn whether there is a next page.
    pub(crate) fn fetch(&self) -> u64 {
        self.limit() as u64 + 1
    }

    pub(crate) fn page<T>(&self, mut items: Vec<T>, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
        let more = items.len() > self.limit();
        items.truncate(self.limit());
        Page { next: items.last().filter(|_| more).map(cursor), items }
    }
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::Time;
    use uuid::Uuid;

    use super::Cursor;

    #[test]
    fn a_cursor_survives_its_text() {
        for at in [0, -5, 1_800_000_000_000] {
            let cursor = Cursor { at: Time(at), id: Uuid::from_u128(7) };
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for text in ["", "_", "1_", "1_zz", "x_00000000000000000000000000000007", "1"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
