//! Who asked what, what was answered, and what each answer promises.

use frontrow_ledger::{
    CommandId,
    sale::{Command, Record, Refusal, Sale},
};
use frontrow_log::Unavailable;
use rustc_hash::FxHashMap;

use crate::{Broken, must, truth::Truth};

/// What a sequencer says.
pub(crate) type Answer = frontrow_log::sequencer::Answer<Sale>;

/// Every command of a run.
#[derive(Default)]
pub(crate) struct Asked {
    commands: FxHashMap<CommandId, AskedCommand>,
}

pub(crate) struct AskedCommand {
    pub(crate) command: Command,
    pub(crate) fingerprint: u64,
    /// Questions that may still be recorded: nobody has said that nothing happened.
    pub(crate) open: u32,
}

impl Asked {
    pub(crate) fn get(&self, id: CommandId) -> Option<&AskedCommand> {
        self.commands.get(&id)
    }

    /// Notes a question, the first or a repeated one.
    pub(crate) fn ask(&mut self, id: CommandId, fingerprint: u64, command: &Command) {
        let asked = self.commands.entry(id).or_insert_with(|| AskedCommand {
            command: command.clone(),
            fingerprint,
            open: 0,
        });
        asked.open += 1;
    }

    /// Holds an answer against the log, which has been read to its end.
    pub(crate) fn check(
        &mut self,
        truth: &Truth,
        question: &Pending,
        answer: &Answer,
    ) -> Result<(), Broken> {
        let id = question.id;
        let asked = self.commands.get_mut(&id).expect("only what was asked is answered");
        if asked.fingerprint != question.fingerprint {
            let noticed = matches!(answer, Ok(Err(Refusal::CommandReused)) | Err(_));
            must!(noticed, "{id} was used for another question and answered {answer:?}");
            return Ok(());
        }
        match answer {
            Ok(Ok(record)) => {
                asked.open -= 1;
                check_accepted(truth, &asked.command, record, id)
            }
            Ok(Err(refusal)) => {
                asked.open -= 1;
                let before = question.recorded_before;
                must!(!before, "{id} was recorded, then asked again and refused: {refusal:?}");
                Ok(())
            }
            // Nothing happened: so the promise.
            Err(Unavailable::Busy | Unavailable::Late | Unavailable::TooLarge) => {
                asked.open -= 1;
                Ok(())
            }
            // It may be in the log by now, or later, or never.
            Err(_) => Ok(()),
        }
    }
}

/// One question that waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pending {
    pub(crate) id: CommandId,
    pub(crate) fingerprint: u64,
    /// The command was in the log when this was asked.
    pub(crate) recorded_before: bool,
}

/// An accepted command is in the log, once, and the answer is the record. A payment that was confirmed already is
/// answered with that confirmation, whatever the command's id.
fn check_accepted(
    truth: &Truth,
    command: &Command,
    answer: &Record,
    id: CommandId,
) -> Result<(), Broken> {
    if let Some(recorded) = truth.recorded(id) {
        must!(recorded == answer, "{id} was answered {answer:?} but recorded as {recorded:?}");
        return Ok(());
    }
    let Command::Confirm { order, .. } = command else {
        return Err(Broken(format!("{id} was answered {answer:?} but is not in the log")));
    };
    let confirmed = truth.confirmed(*order);
    must!(
        confirmed == Some(answer),
        "{id} was answered {answer:?}, but the order was confirmed as {confirmed:?}"
    );
    Ok(())
}
