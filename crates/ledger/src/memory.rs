//! The commands whose answers are remembered, so that a retry gets the same one.

use crate::{
    Applied, CommandId,
    fifo::Fifo,
    index::{Index, NUMBERS},
    table::hash,
};

/// What a ledger answers and remembers.
pub(crate) trait Answer: Clone {
    /// The weight of all that is remembered.
    const REMEMBERED: usize;

    /// A short answer weighs one; a long one as much as the memory it takes.
    fn weight(&self) -> usize;
}

/// The latest answers, of a weight of [`Answer::REMEMBERED`]; the oldest are forgotten first.
#[derive(Debug, Clone)]
pub(crate) struct Memory<R> {
    answers: Fifo<Applied<R>>,
    /// The numbers of the answers in the queue, by command.
    index: Index,
    weight: usize,
}

/// This id was used for another command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reused;

impl<R> Default for Memory<R> {
    fn default() -> Self {
        Self { answers: Fifo::default(), index: Index::default(), weight: 0 }
    }
}

impl<R: Answer> Memory<R> {
    /// What was answered to this command, if it was accepted not too long ago.
    pub(crate) fn recall(&self, id: CommandId, fingerprint: u64) -> Result<Option<&R>, Reused> {
        match self.find(id) {
            None => Ok(None),
            Some(answer) if answer.fingerprint == fingerprint => Ok(Some(&answer.record)),
            Some(_) => Err(Reused),
        }
    }

    pub(crate) fn remember(&mut self, applied: &Applied<R>) {
        debug_assert!(self.find(applied.id).is_none(), "command {} is applied once", applied.id);
        self.weight += applied.record.weight();
        let number = self.answers.push(applied.clone());
        self.index.insert(hash(&applied.id), short(number));
        while self.weight > R::REMEMBERED {
            self.forget_oldest();
        }
    }

    /// All answers from the oldest to the newest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Applied<R>> {
        self.answers.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.answers.len()
    }

    fn find(&self, id: CommandId) -> Option<&Applied<R>> {
        let at = |short: u32| self.answers.get(self.long(short));
        let is_it = |short: u32| at(short).is_some_and(|answer| answer.id == id);
        at(self.index.find(hash(&id), is_it)?)
    }

    fn forget_oldest(&mut self) {
        let number = self.answers.first_number();
        let oldest = self.answers.pop().expect("weight is the sum over what is queued");
        self.index.remove(hash(&oldest.id), short(number));
        self.weight -= oldest.record.weight();
    }

    /// The number in the queue that ends in these digits; fewer are queued than there are.
    fn long(&self, short: u32) -> u64 {
        let first = self.answers.first_number();
        first + (u64::from(short) + NUMBERS - first % NUMBERS) % NUMBERS
    }
}

impl<R: PartialEq> PartialEq for Memory<R> {
    fn eq(&self, other: &Self) -> bool {
        self.answers == other.answers
    }
}

/// The last digits of a number in the queue, which an index has room for.
fn short(number: u64) -> u32 {
    u32::try_from(number % NUMBERS).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Memory, Reused};
    use crate::{
        Applied, BlockId, CommandId,
        fifo::Fifo,
        limits::COMMANDS_REMEMBERED,
        sale::{Places, Record},
    };

    fn opened(id: usize) -> Applied<Record> {
        Applied {
            id: CommandId(u128::try_from(id).unwrap_or_default()),
            fingerprint: 7,
            record: Record::Opened,
        }
    }

    #[test]
    fn a_retry_gets_the_same_answer_and_another_question_is_refused() {
        let mut memory = Memory::default();
        memory.remember(&opened(1));
        assert_eq!(memory.recall(CommandId(1), 7), Ok(Some(&Record::Opened)));
        assert_eq!(memory.recall(CommandId(1), 8), Err(Reused));
        assert_eq!(memory.recall(CommandId(2), 7), Ok(None));
    }

    #[test]
    fn the_oldest_answers_are_forgotten_first_and_long_ones_count_more() {
        let mut memory = Memory::default();
        for id in 0..=COMMANDS_REMEMBERED {
            memory.remember(&opened(id));
        }
        assert_eq!(memory.len(), COMMANDS_REMEMBERED);
        assert_eq!(memory.recall(CommandId(0), 7), Ok(None));
        assert_eq!(memory.recall(CommandId(1), 7), Ok(Some(&Record::Opened)));

        let places = Places { seats: vec![crate::SeatId(0); 16_000], areas: Vec::new() };
        let record = Record::Unblocked { block: BlockId(1), places };
        memory.remember(&Applied { id: CommandId(u128::MAX), fingerprint: 7, record });
        assert_eq!(memory.len(), COMMANDS_REMEMBERED - 1_000);
    }

    #[test]
    fn answers_are_found_when_numbers_have_outgrown_the_index() {
        let mut memory =
            Memory { answers: Fifo::from_number(super::NUMBERS - 2), ..Memory::default() };
        for id in 0..5 {
            memory.remember(&opened(id));
            assert_eq!(memory.recall(CommandId(0), 7), Ok(Some(&Record::Opened)), "after {id}");
        }
        while memory.len() > 1 {
            memory.forget_oldest();
        }
        assert_eq!(memory.recall(CommandId(3), 7), Ok(None));
        assert_eq!(memory.recall(CommandId(4), 7), Ok(Some(&Record::Opened)));
    }
}
