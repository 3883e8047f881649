//! The commands whose answers are remembered, so that a retry gets the same one.

use std::sync::Arc;

use crate::{
    Applied, CommandId,
    fifo::Fifo,
    limits::COMMANDS_REMEMBERED,
    sale::{Record, Refusal},
    sharded::Sharded,
};

/// The latest [`COMMANDS_REMEMBERED`] answers; the oldest are forgotten first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Memory {
    answers: Sharded<CommandId, Arc<Answer>, 1024>,
    order: Fifo<CommandId>,
    weight: usize,
}

#[derive(Debug, PartialEq)]
struct Answer {
    fingerprint: u64,
    record: Record,
}

impl Memory {
    /// What was answered to this command, if it was accepted not too long ago.
    pub(crate) fn recall(
        &self,
        id: CommandId,
        fingerprint: u64,
    ) -> Result<Option<&Record>, Refusal> {
        match self.answers.get(&id) {
            None => Ok(None),
            Some(answer) if answer.fingerprint == fingerprint => Ok(Some(&answer.record)),
            Some(_) => Err(Refusal::CommandReused),
        }
    }

    pub(crate) fn remember(&mut self, applied: &Applied<Record>) {
        let answer = Answer { fingerprint: applied.fingerprint, record: applied.record.clone() };
        self.weight += weight(&answer.record);
        let known = self.answers.insert(applied.id, Arc::new(answer));
        assert!(known.is_none(), "command {} was applied twice", applied.id);
        self.order.push(applied.id);
        while self.weight > COMMANDS_REMEMBERED {
            self.forget_oldest();
        }
    }

    /// All answers from the oldest to the newest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Applied<Record>> {
        self.order.iter().filter_map(|id| {
            let answer = self.answers.get(&id)?;
            Some(Applied { id, fingerprint: answer.fingerprint, record: answer.record.clone() })
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    fn forget_oldest(&mut self) {
        let oldest = self.order.pop().expect("weight is the sum over what is queued");
        let answer = self.answers.remove(&oldest).expect("what is queued is remembered");
        self.weight -= weight(&answer.record);
    }
}

/// An answer to a buyer weighs one; an organiser's long list weighs as much as the memory it takes.
fn weight(record: &Record) -> usize {
    const ENTRIES_OF_A_SMALL_ANSWER: usize = 16;
    let entries = match record {
        Record::Defined(terms) => terms.rows.iter().map(|row| row.seats.len()).sum(),
        Record::Repriced(prices) => prices.len(),
        Record::WindowsSet(windows) => windows.len(),
        Record::Blocked { places, .. } | Record::Unblocked { places, .. } => {
            places.seats.len() + places.areas.len()
        }
        _ => 0,
    };
    1 + entries / ENTRIES_OF_A_SMALL_ANSWER
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use crate::{
        Applied, BlockId, CommandId,
        limits::COMMANDS_REMEMBERED,
        sale::{Places, Record, Refusal},
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
        assert_eq!(memory.recall(CommandId(1), 8), Err(Refusal::CommandReused));
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
}
