//! What is wrong with a file or a form, and where: every fault at once, each named by its JSON pointer.

use std::fmt::{self, Display, Write as _};

use crate::limits::FAULTS_MAX;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer (RFC 6901) to what is wrong; empty for the document itself.
    pub at: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.at.is_empty() { "/" } else { &self.at };
        write!(f, "{at} {}", self.problem)
    }
}

/// What is wrong with a value. Texts from the document are quoted and cut, never repeated whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Required and not there.
    #[error("is missing")]
    Missing,
    /// Not a key that anybody knows.
    #[error("is not a known key")]
    UnknownKey,
    /// Of the wrong type or form.
    #[error("must be {0}")]
    MustBe(&'static str),
    /// A reference to something that is not there.
    #[error("is no {what} of this document: {name:?}")]
    Unknown {
        /// The kind of thing.
        what: &'static str,
        /// What was written.
        name: String,
    },
    /// Unique, yet there twice.
    #[error("repeats {0:?}")]
    Repeats(String),
    /// More than there may be.
    #[error("has {count}, at most {limit} are allowed")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A text longer than it may be.
    #[error("is longer than {limit} bytes")]
    TooLong {
        /// In bytes.
        limit: usize,
    },
    /// Text that would not show as it is written.
    #[error("contains control characters")]
    ControlCharacters,
    /// It contradicts something else.
    #[error("{0}")]
    Contradiction(&'static str),
    /// Fixed once the sale is defined.
    #[error("cannot be changed any more: {0}")]
    Fixed(&'static str),
}

impl Problem {
    /// Stable and public: clients may switch on it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::UnknownKey => "unknown-key",
            Self::MustBe(_) => "malformed",
            Self::Unknown { .. } => "unknown-reference",
            Self::Repeats(_) => "duplicate",
            Self::TooMany { .. } => "too-many",
            Self::TooLong { .. } => "too-long",
            Self::ControlCharacters => "control-characters",
            Self::Contradiction(_) => "contradiction",
            Self::Fixed(_) => "fixed",
        }
    }

    pub(crate) fn unknown(what: &'static str, name: &str) -> Self {
        Self::Unknown { what, name: cut(name) }
    }

    pub(crate) fn repeats(name: &str) -> Self {
        Self::Repeats(cut(name))
    }
}

/// Enough of a text to recognise it.
fn cut(text: &str) -> String {
    const CHARS: usize = 60;
    let mut short: String = text.chars().take(CHARS).collect();
    if text.chars().nth(CHARS).is_some() {
        short.push('…');
    }
    short
}

/// Faults in the order they were found; the first [`FAULTS_MAX`] are kept, all are counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    list: Vec<Fault>,
    total: usize,
}

impl Faults {
    pub(crate) fn push(&mut self, at: impl Display, problem: Problem) {
        self.total += 1;
        if self.list.len() < FAULTS_MAX {
            self.list.push(Fault { at: at.to_string(), problem });
        }
    }

    /// The faults that were kept.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// How many were found.
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Whether all is well.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// `value` if all is well.
    pub(crate) fn or<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

impl Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.list.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        for fault in lines {
            write!(f, "\n{fault}")?;
        }
        match self.total - self.list.len() {
            0 => Ok(()),
            more => write!(f, "\n... and {more} more"),
        }
    }
}

impl std::error::Error for Faults {}

/// Where in a document, from the root; cheap until it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl At<'_> {
    pub(crate) const ROOT: At<'static> = At { parent: None, step: Step::Root };

    pub(crate) const fn key<'b>(&'b self, key: &'b str) -> At<'b> {
        At { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) const fn index(&self, index: usize) -> At<'_> {
        At { parent: Some(self), step: Step::Index(index) }
    }
}

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "/{index}"),
            Step::Key(key) => {
                f.write_char('/')?;
                key.chars().try_for_each(|c| match c {
                    '~' => f.write_str("~0"),
                    '/' => f.write_str("~1"),
                    c => f.write_char(c),
                })
            }
        }
    }
}

/// Whether a text shows otherwise than it is written: control characters, line separators, and marks that turn the
/// direction of what follows.
pub(crate) fn has_control(text: &str) -> bool {
    text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    })
}
