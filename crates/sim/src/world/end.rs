//! The end of a run: everything heals, everybody is answered, all replicas agree.

use std::time::Duration;

use frontrow_ledger::sale::Command;

use super::World;
use crate::{Broken, Stats, replica::Replica, truth::check_invariants};

/// Steps within which a healed world must have settled.
const STEPS_MAX: u32 = 20_000;

impl World {
    pub(super) fn end(mut self) -> Result<Stats, Broken> {
        self.faults.heal();
        self.tell(|| "everything heals".to_owned());
        self.settle("nobody was answered", |world| {
            world.replicas_are_up() && world.questions_wait() == 0
        })?;
        // One more command each: a replica that answers is well, and it has read the log to its end.
        for place in 0..self.places.len() {
            let request = self.request(Command::Open);
            self.submit(place, request);
        }
        self.settle("a command of a healthy world was not answered", |world| {
            world.questions_wait() == 0
        })?;
        self.settle("replicas did not catch up", World::replicas_are_at_head)?;
        // One more that knows nothing but what is stored: a snapshot and what came after it.
        self.crash(0);
        self.settle("a replica did not load", |world| {
            world.replicas_are_up() && world.replicas_are_at_head()
        })?;
        for place in 0..self.places.len() {
            self.look(place)?;
        }
        check_invariants(&self.truth.sale)?;
        Ok(self.stats)
    }

    /// Lets everything run until something is so.
    fn settle(&mut self, otherwise: &str, done: impl Fn(&Self) -> bool) -> Result<(), Broken> {
        for _ in 0..STEPS_MAX {
            if done(self) {
                return Ok(());
            }
            for place in 0..self.places.len() {
                self.start(place);
                self.with_replica(place, |replica| {
                    replica.run(20)?;
                    replica.pass(Duration::from_millis(5))
                })?;
                self.follow()?;
                self.hear(place)?;
            }
        }
        Err(Broken(otherwise.to_owned()))
    }

    fn questions_wait(&self) -> usize {
        self.places.iter().flat_map(|place| &place.replica).map(Replica::waiting).sum()
    }

    fn replicas_are_up(&self) -> bool {
        self.places.iter().all(|place| place.replica.as_ref().is_some_and(Replica::is_up))
    }

    fn replicas_are_at_head(&self) -> bool {
        let head = Some(self.truth.position);
        let mut replicas = self.places.iter().flat_map(|place| &place.replica);
        replicas.all(|replica| replica.read(|_, position| position) == head)
    }
}
