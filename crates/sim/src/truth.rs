//! What the log says, read entry by entry, by somebody who is never wrong about it.

use std::sync::Arc;

use frontrow_ledger::{
    CommandId, Machine, OrderId, Request, Time, invariants,
    sale::{Command, Record, Refusal, Sale},
};
use frontrow_log::{Log, MemoryLog, Position, entries::read_page};
use futures::FutureExt;
use rustc_hash::FxHashMap;

use crate::{Broken, answers::Asked, faults::Faults, model::Model, must, world::STREAM};

/// The ledger's own invariants look at all that was ever sold, so they are not asked after each entry.
const INVARIANTS_EVERY: u64 = 64;

/// The log's content up to a position, three times: as the machine replays it, as the model keeps it by hand, and
/// by command.
pub(crate) struct Truth {
    log: Arc<MemoryLog>,
    faults: Arc<Faults>,
    pub(crate) position: Position,
    pub(crate) sale: Sale,
    pub(crate) model: Model,
    records: FxHashMap<CommandId, Record>,
    confirmed: FxHashMap<OrderId, CommandId>,
    /// The sale at its position and a later moment, kept for the next who asks for the same.
    later: Option<(Position, Time, Sale)>,
}

impl Truth {
    pub(crate) fn new(log: Arc<MemoryLog>, faults: Arc<Faults>) -> Self {
        Self {
            log,
            faults,
            position: Position::START,
            sale: Sale::default(),
            model: Model::default(),
            records: FxHashMap::default(),
            confirmed: FxHashMap::default(),
            later: None,
        }
    }

    /// Reads what is new and checks every record of it. Calls `see` with each.
    pub(crate) fn follow(
        &mut self,
        asked: &Asked,
        mut see: impl FnMut(Position, &Record),
    ) -> Result<(), Broken> {
        let page = self.undisturbed(|log, position| {
            let page = read_page::<Record>(log, STREAM, position).now_or_never();
            page.expect("a log in memory that does not pause answers at once")
        });
        let page = page.map_err(|error| Broken(format!("the log cannot be read: {error}")))?;
        for (position, entry) in page.entries {
            self.model.advance(entry.now).map_err(|broken| at(position, &broken))?;
            for applied in &entry.applied {
                see(position, &applied.record);
                self.enter(asked, applied).map_err(|broken| at(position, &broken))?;
            }
            entry.replay(&mut self.sale);
            self.position = position;
            self.model.compare(&self.sale).map_err(|broken| at(position, &broken))?;
            if position.0.is_multiple_of(INVARIANTS_EVERY) {
                check_invariants(&self.sale).map_err(|broken| at(position, &broken))?;
            }
        }
        Ok(())
    }

    fn enter(
        &mut self,
        asked: &Asked,
        applied: &frontrow_ledger::Applied<Record>,
    ) -> Result<(), Broken> {
        let id = applied.id;
        let Some(question) = asked.get(id) else {
            return Err(Broken(format!("{id} is in the log but was never asked")));
        };
        must!(question.fingerprint == applied.fingerprint, "{id} has another fingerprint");
        must!(question.open > 0, "{id} is in the log although all who asked it heard otherwise");
        self.model.record(&question.command, &applied.record)?;
        if let Record::Confirmed { order, .. } = &applied.record {
            self.confirmed.insert(*order, id);
        }
        let known = self.records.insert(id, applied.record.clone());
        must!(known.is_none(), "{id} is in the log twice");
        Ok(())
    }

    /// The record of a command, if it was accepted.
    pub(crate) fn recorded(&self, id: CommandId) -> Option<&Record> {
        self.records.get(&id)
    }

    /// The record that confirmed an order.
    pub(crate) fn confirmed(&self, order: OrderId) -> Option<&Record> {
        self.records.get(self.confirmed.get(&order)?)
    }

    /// Whether the state at the log's head refuses a request in this way at a moment.
    pub(crate) fn refuses(
        &mut self,
        request: &Request<Command>,
        now: Time,
        refusal: &Refusal,
    ) -> bool {
        let later = match self.later.take() {
            Some((position, at, sale)) if (position, at) == (self.position, now) => sale,
            _ => {
                let mut sale = self.sale.clone();
                sale.advance(now);
                sale
            }
        };
        let refuses = later.decide(request).as_ref() == Err(refusal);
        self.later = Some((self.position, now, later));
        refuses
    }

    /// The newest snapshot's position.
    pub(crate) fn snapshot(&self) -> Option<Position> {
        let snapshot = self.undisturbed(|log, _| log.latest_snapshot(STREAM, None).now_or_never());
        snapshot?.ok()?.map(|stored| stored.position)
    }

    /// Checks that a state is the one that the log has at its end.
    pub(crate) fn check_same(&self, sale: &Sale) -> Result<(), Broken> {
        must!(
            *sale == self.sale,
            "a replica differs from the log's replay at {}: {}",
            self.position,
            difference(sale, &self.sale)
        );
        Ok(())
    }

    fn undisturbed<R>(&self, look: impl FnOnce(&MemoryLog, Position) -> R) -> R {
        self.faults.set_observed(true);
        let seen = look(&self.log, self.position);
        self.faults.set_observed(false);
        seen
    }
}

/// What `frontrow verify` checks too.
pub(crate) fn check_invariants(sale: &Sale) -> Result<(), Broken> {
    invariants::check(sale).map_err(|broken| Broken(format!("invariant broken: {broken}")))
}

fn at(position: Position, broken: &Broken) -> Broken {
    Broken(format!("entry {position}: {broken}"))
}

/// Where two states differ, roughly.
fn difference(one: &Sale, other: &Sale) -> String {
    let totals = |sale: &Sale| sale.book().map(frontrow_ledger::sale::Book::totals);
    format!(
        "now {} and {}, revision {} and {}, {:?} and {:?}",
        one.now(),
        other.now(),
        one.revision(),
        other.revision(),
        totals(one),
        totals(other)
    )
}
