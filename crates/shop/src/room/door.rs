//! What a waiting room asks of those who want a place: a code, some work. Decided without asking anybody, so that
//! there is no service to attack.

use std::sync::Arc;

use frontrow_ledger::{CommandId, Time, room::Phase};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{codes::Codes, work};
use crate::{Error, Result, Shop, keys::half, limits::NETWORK_JOINS_PER_MINUTE};

/// The rules at the door of one room. They are kept with the list of rooms and not in the ledger, which knows places
/// and not people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Door {
    /// Who may join.
    pub entry: Entry,
    /// From this moment on anybody may, if it is said.
    pub anyone_from: Option<Time>,
    /// Zero bits that the proof of some work begins with: each one doubles the work. 0 asks for none.
    pub work_bits: u8,
    /// Where somebody else's shop is, if this room stands before it.
    pub gate: Option<String>,
    /// The series of access codes that is valid: codes of those before were called back.
    pub code_series: u32,
    /// Places that one network may take in a minute, and at once; 0 for any number. A carrier's phones may share one.
    pub network_joins_per_minute: u32,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            entry: Entry::Anyone,
            anyone_from: None,
            work_bits: 0,
            gate: None,
            code_series: 0,
            network_joins_per_minute: NETWORK_JOINS_PER_MINUTE,
        }
    }
}

/// Who may join a waiting room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// Everybody, one place for each browser.
    #[default]
    Anyone,
    /// Who has an access code that the organiser gave away; one place for each code.
    Code,
    /// Who has registered an e-mail address, to which a code is sent; one place for each address.
    Email,
}

impl Entry {
    /// As organisers and programs say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Code => "code",
            Self::Email => "email",
        }
    }
}

/// What a fan shows to get a place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask<'a> {
    /// An access code, however it was typed.
    pub code: Option<&'a str>,
    /// What the work is about: something of this fan's own, so that nobody works for many.
    pub own: &'a str,
    /// What the work found.
    pub work: Option<&'a str>,
}

/// Why the door stays shut. Whoever brings what is missing may try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    /// Only who has a code may join.
    #[error("an access code is needed")]
    CodeNeeded,
    /// Only who has registered may join.
    #[error("an address has to be registered first: the mail has a code")]
    RegistrationNeeded,
    /// The code is not one of this room.
    #[error("the access code is not valid here")]
    CodeUnknown,
    /// The code was one of this room, until the organiser called all of its series back.
    #[error("the access code was called back: ask whoever gave it for another one")]
    CodeCalledBack,
    /// The work is missing or wrong.
    #[error("a proof of work of {bits} bits is needed")]
    WorkNeeded {
        /// Zero bits that it must begin with.
        bits: u8,
    },
}

impl Shut {
    /// Stable; for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CodeNeeded => "access-code-needed",
            Self::RegistrationNeeded => "registration-needed",
            Self::CodeUnknown => "access-code-unknown",
            Self::CodeCalledBack => "access-code-called-back",
            Self::WorkNeeded { .. } => "work-needed",
        }
    }
}

impl Door {
    /// As the tables keep it.
    pub(super) fn read(rules: serde_json::Value) -> Result<Self> {
        serde_json::from_value(rules)
            .map_err(|error| Error::Broken("the rules at the door", error.into()))
    }

    /// Who may join at a moment.
    pub fn entry_at(&self, now: Time) -> Entry {
        match self.anyone_from {
            Some(from) if from <= now => Entry::Anyone,
            _ => self.entry,
        }
    }

    /// The work that a place costs while a room is in a phase: none before it opens, for nobody should work ahead.
    pub fn asks_work(&self, phase: Phase) -> Option<u8> {
        (self.work_bits > 0 && phase != Phase::Closed).then_some(self.work_bits)
    }
}

impl Shop {
    /// The rules at the door of a room; those of an open door if there is no room.
    pub fn door(&self, performance: Uuid) -> Arc<Door> {
        let known = self.inner.rooms.known.read();
        known.ok().and_then(|known| known.get(&performance).cloned()).unwrap_or_default()
    }

    /// Whose place it is that somebody asks for. A code is a place of its own, wherever it is shown; without one it is
    /// the place of the browser or client.
    pub(super) fn fan(
        &self,
        performance: Uuid,
        browser: [u8; 32],
        ask: Ask<'_>,
    ) -> Result<CommandId> {
        let keys = &self.inner.keys;
        let door = self.door(performance);
        let shut = |shut| Err(Error::Shut(shut));
        if !work::is_done(keys, performance, door.work_bits, ask) {
            return shut(Shut::WorkNeeded { bits: door.work_bits });
        }
        let fan = match (ask.code.filter(|code| !code.trim().is_empty()), door.entry_at(self.now()))
        {
            (Some(text), _) => {
                let codes = Codes { keys, performance, series: door.code_series };
                codes.read(text).map(|code| codes.fan(&code)).map_err(Error::Shut)?
            }
            (None, Entry::Anyone) => browser,
            (None, Entry::Code) => return shut(Shut::CodeNeeded),
            (None, Entry::Email) => return shut(Shut::RegistrationNeeded),
        };
        Ok(CommandId(half(&fan)))
    }
}
