//! Who asked what, what was answered, and what each answer promises.

use frontrow_ledger::{
    CommandId, Request, Time,
    sale::{Command, Record, Refusal, Sale},
};
use frontrow_log::{Position, Unavailable};
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
    /// How often it was asked.
    times: u32,
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
            times: 0,
        });
        asked.open += 1;
        asked.times += 1;
    }

    /// Holds an answer against the log, which has been read to its end. `moment`: the only one at
    /// which the replica can have decided it, if that is known.
    pub(crate) fn check(
        &mut self,
        truth: &mut Truth,
        question: &Pending,
        answer: &Answer,
        moment: Option<Time>,
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
                let head = question.head;
                let Some(now) = moment.filter(|_| head == truth.position) else { return Ok(()) };
                // Nothing was written meanwhile, so there was only one state to decide it on.
                let request = Request {
                    id,
                    fingerprint: question.fingerprint,
                    command: asked.command.clone(),
                };
                let right = truth.refuses(&request, now, refusal);
                must!(
                    right,
                    "{id} was refused, {refusal:?}, but the log at {head} does not say so"
                );
                Ok(())
            }
            // Nothing happened: so the promise.
            Err(reason @ (Unavailable::Busy | Unavailable::Late | Unavailable::TooLarge)) => {
                asked.open -= 1;
                let happened = asked.times == 1 && truth.recorded(id).is_some();
                must!(!happened, "{id} is in the log although its answer was: {reason}");
                Ok(())
            }
            // It may be in the log by now, or later, or never.
            Err(_) => Ok(()),
        }
    }
}

/// One question that waits.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) id: CommandId,
    pub(crate) fingerprint: u64,
    /// The command was in the log when this was asked.
    pub(crate) recorded_before: bool,
    /// The log's head when this was asked.
    pub(crate) head: Position,
    /// What the replica's clock showed.
    pub(crate) clock: Time,
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
