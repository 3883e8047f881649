//! A sale as a machine: time passes, requests are decided, records are applied.

use std::{borrow::Cow, sync::Arc};

use crate::{
    Applied, Decision, Machine, Request, Time,
    memory::Memory,
    sale::{Book, Command, Record, Refusal, decide, snapshot},
};

/// The selling of one performance.
///
/// Cloning is cheap whatever was sold: everything large is kept in pieces that clones share. The
/// default is a sale that is not yet defined.
#[derive(Debug, Clone, PartialEq)]
pub struct Sale {
    pub(crate) now: Time,
    /// How many records were applied.
    pub(crate) applied: u64,
    pub(crate) memory: Memory<Record>,
    pub(crate) book: Option<Book>,
}

impl Default for Sale {
    fn default() -> Self {
        Self { now: Time(0), applied: 0, memory: Memory::default(), book: None }
    }
}

impl Sale {
    /// What the sale knows, once it is defined.
    pub fn book(&self) -> Option<&Book> {
        self.book.as_ref()
    }

    /// The sale as it stands at a moment: what is due by then has lapsed, even if no command has
    /// come since. Whoever shows what is free reads through this.
    pub fn at(&self, now: Time) -> Cow<'_, Self> {
        let due = self.book.as_ref().is_some_and(|book| book.holds.due(now).is_some());
        if !due {
            return Cow::Borrowed(self);
        }
        let mut later = self.clone();
        later.advance(now);
        Cow::Owned(later)
    }

    /// Counts what has happened: each record and each lapse adds one. Equal on every replica that
    /// has read the same entries and looks at the same moment, so it may name a version of what is
    /// shown.
    pub fn revision(&self) -> u64 {
        self.applied + self.book.as_ref().map_or(0, |book| book.holds.lapses())
    }

    /// How many commands are remembered.
    pub fn commands_remembered(&self) -> usize {
        self.memory.len()
    }
}

impl Machine for Sale {
    type Command = Command;
    type Record = Record;
    type Refusal = Refusal;

    const LAYOUT: u32 = snapshot::LAYOUT;

    fn now(&self) -> Time {
        self.now
    }

    fn advance(&mut self, now: Time) {
        if now <= self.now {
            return;
        }
        self.now = now;
        let Some(book) = &mut self.book else { return };
        while let Some((until, hold)) = book.holds.due(now) {
            book.lapse(hold, until);
        }
    }

    fn next_due(&self) -> Option<Time> {
        self.book.as_ref()?.holds.next_due().map(|(until, _)| until)
    }

    fn decide(&self, request: &Request<Command>) -> Result<Decision<Record>, Refusal> {
        if let Some(record) = self
            .memory
            .recall(request.id, request.fingerprint)
            .map_err(|_| Refusal::CommandReused)?
        {
            return Ok(Decision::Again(record.clone()));
        }
        decide::decide(self.book.as_ref(), self.now, request)
    }

    fn apply(&mut self, applied: &Applied<Record>) {
        match (&mut self.book, &applied.record) {
            (None, Record::Defined(terms)) => self.book = Some(Book::new(Arc::clone(terms))),
            (None, _) => panic!("a sale is defined before anything else"),
            (Some(book), record) => book.apply(record, self.now),
        }
        self.memory.remember(applied);
        self.applied += 1;
    }
}
