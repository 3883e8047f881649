//! Everything at once, from a seed: several replicas, restarts, faults of every kind, clocks that
//! disagree, retries.
//!
//! Whatever happens: what was acknowledged is in the log exactly once and as it was answered;
//! nothing is in it twice; never more is taken than there is; every replica's committed state is
//! the replay of the log, bit for bit.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use frontrow_ledger::{CommandId, Time};
use frontrow_log::{
    Handle, ManualClock, MemoryLog, Position, SequencerConfig, Stream,
    memory::{AppendFault, FaultPlan},
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

use crate::{
    conflicts::all_agree,
    toy::{Command, LIMIT, Record, Toy, config, entries, recorded, request, start_with},
};

struct Storm {
    random: Mutex<SmallRng>,
    calm: Mutex<bool>,
}

impl Storm {
    fn draw(&self, bound: u32) -> u32 {
        self.random.lock().unwrap().random_range(0..bound)
    }

    fn blows(&self) -> bool {
        !*self.calm.lock().unwrap()
    }
}

impl FaultPlan for Storm {
    fn append(&self, _: Stream, _: Position) -> AppendFault {
        match if self.blows() { self.draw(40) } else { 40 } {
            0 => AppendFault::Fails,
            1 => AppendFault::DoubtfulLost,
            2 => AppendFault::DoubtfulWritten,
            3 => AppendFault::HangsLost,
            4 => AppendFault::HangsWritten,
            _ => AppendFault::None,
        }
    }

    fn read_fails(&self, _: Stream) -> bool {
        self.blows() && self.draw(30) == 0
    }

    fn pauses(&self, _: Stream) -> u32 {
        self.draw(4)
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_doubled_or_oversold_in_a_storm() {
    for seed in 0..60 {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let random = Mutex::new(SmallRng::seed_from_u64(seed));
    let storm = Arc::new(Storm { random, calm: Mutex::new(true) });
    let log = Arc::new(MemoryLog::with_faults(Arc::clone(&storm) as Arc<dyn FaultPlan>));
    let clocks: Vec<_> = (0..3).map(|_| Arc::new(ManualClock::new(Time(0)))).collect();
    let often = SequencerConfig { snapshot_entries: 7, jitter_seed: seed, ..config() };
    let mut shops = Vec::new();
    for clock in &clocks {
        shops.push(start_with(&log, clock, often.clone()).await);
    }
    let mut acknowledged = BTreeMap::new();
    for round in 0..30 {
        *storm.calm.lock().unwrap() = false;
        let answers = ask_many(&storm, &shops, round).await;
        for (id, record) in answers {
            let before = acknowledged.insert(id, record.clone());
            assert!(before.is_none_or(|before| before == record), "seed {seed}: {id} differs");
        }
        for clock in &clocks {
            clock.pass_ms(i64::from(storm.draw(400)) - 50);
        }
        *storm.calm.lock().unwrap() = true;
        if storm.draw(4) == 0 {
            // A replica dies, in the middle of whatever it does, and another takes its place.
            let one = storm.draw(3) as usize;
            shops[one] = start_with(&log, &clocks[one], often.clone()).await;
        }
    }
    check(seed, &log, &acknowledged).await;
    all_agree(&log, &shops).await;
}

/// Several commands at once, some of them again and elsewhere.
async fn ask_many(storm: &Storm, shops: &[Handle<Toy>], round: u128) -> Vec<(CommandId, Record)> {
    let asked: Vec<_> = (0..storm.draw(12))
        .map(|_| {
            let id = round * 8 + u128::from(storm.draw(16));
            let command = if id % 5 == 4 {
                Command::Return(CommandId(id - u128::from(id as u32 % 7 + 1).min(id)))
            } else {
                Command::Take { things: id as u32 % 9 + 1, ms: 100 + id as i64 % 300 }
            };
            let shop = shops[storm.draw(3) as usize].clone();
            let asked = async move { shop.submit(request(id, command)).await };
            (CommandId(id), tokio::spawn(asked))
        })
        .collect();
    let mut answers = Vec::new();
    for (id, answer) in asked {
        if let Ok(Ok(record)) = answer.await.unwrap() {
            answers.push((id, record));
        }
    }
    answers
}

async fn check(seed: u64, log: &MemoryLog, acknowledged: &BTreeMap<CommandId, Record>) {
    let mut toy = Toy::default();
    for entry in entries(log).await {
        entry.replay(&mut toy);
        assert!(toy.left() <= LIMIT, "seed {seed}: {}", toy.left());
    }
    for (id, record) in acknowledged {
        assert_eq!(toy.answer(id.0), Some(record), "seed {seed}: {id}");
    }
    let mut ids = recorded(log).await;
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "seed {seed}: something is in the log twice");
    assert!(all > 40, "seed {seed}: only {all} commands got through");
}
