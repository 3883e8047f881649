//! A waiting room on several replicas: fans join, are called, come and go, while replicas crash.
//!
//! The world is that of the sale: the same replicas, log and faults. `fans` is what is asked, and
//! `truth` the room that is kept by hand.

mod fans;
mod truth;

use std::{sync::Arc, time::Duration};

use frontrow_ledger::{
    Request, Time,
    room::{Command, Record, Room},
};
use frontrow_log::{
    Clock, ManualClock, MemoryLog, SequencerConfig, Stream, Unavailable, sequencer::Answer,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rustc_hash::FxHashMap;

use crate::{
    Broken, Options, Stats,
    faults::Faults,
    must,
    replica::{Question, Replica},
    terms::{BEGINNING, TICK_MS},
    world::random_config,
};
use fans::Fans;
use truth::{Asked, Truth};

/// The one room of a run.
const STREAM: Stream = Stream::room(1);
/// Commands that may be asked again.
const RECENT: usize = 200;
/// Questions that may wait at one replica.
const WAITING_MAX: usize = 40;
/// Steps within which a healed world must have settled.
const STEPS_MAX: u32 = 20_000;

/// Runs one seed to its end, or to the first promise that breaks.
pub(crate) fn run(seed: u64, options: Options) -> Result<Stats, Broken> {
    let mut world = World::new(seed, options);
    while world.stats.operations < options.operations {
        world.step()?;
    }
    world.end()
}

struct World {
    options: Options,
    random: SmallRng,
    log: Arc<MemoryLog>,
    faults: Arc<Faults>,
    config: SequencerConfig,
    truth: Truth,
    fans: Fans,
    places: Vec<Standing>,
    now_ms: i64,
    recent: Vec<Request<Command>>,
    questions: FxHashMap<Question, Asked>,
    next_question: Question,
    stats: Stats,
}

/// Where a replica stands: its clock stays when it crashes.
struct Standing {
    replica: Option<Replica<Room>>,
    clock: Arc<ManualClock>,
    skew_ms: i64,
    /// The latest time that the clock has shown since the replica started.
    latest: Time,
}

impl World {
    fn new(seed: u64, options: Options) -> Self {
        let mut random = SmallRng::seed_from_u64(seed);
        let faults = Arc::new(Faults::draw(&mut random));
        let log = Arc::new(MemoryLog::with_faults(Arc::clone(&faults) as _));
        let mut fans = Fans::new(&mut random);
        let standing = || Standing {
            replica: None,
            clock: Arc::new(ManualClock::new(BEGINNING)),
            skew_ms: 0,
            latest: BEGINNING,
        };
        let places = (0..random.random_range(1..=4)).map(|_| standing()).collect();
        Self {
            options,
            config: random_config(&mut random),
            truth: Truth::new(Arc::clone(&log), Arc::clone(&faults)),
            log,
            faults,
            recent: vec![fans.define()],
            fans,
            places,
            now_ms: 0,
            questions: FxHashMap::default(),
            next_question: 0,
            stats: Stats::default(),
            random,
        }
    }

    /// One thing happens.
    fn step(&mut self) -> Result<(), Broken> {
        let place = self.random.random_range(0..self.places.len());
        match self.random.random_range(0..1_000) {
            0..420 => self.ask(place),
            420..800 => {
                let tasks = self.random.random_range(1..=12);
                self.with_replica(place, |replica| replica.run(tasks))?;
            }
            800..900 => {
                let time = Duration::from_micros(self.random.random_range(0..40_000));
                self.with_replica(place, |replica| replica.pass(time))?;
            }
            900..970 => {
                self.now_ms += self.random.random_range(0..=3) * TICK_MS;
                self.set_clocks();
            }
            970..975 => self.jump(place),
            975..980 => self.hang_up(place),
            980..983 => self.crash(place),
            983..995 => self.start(place),
            _ => self.look(place)?,
        }
        self.follow()?;
        self.hear(place)
    }

    fn with_replica(
        &mut self,
        place: usize,
        work: impl FnOnce(&mut Replica<Room>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.places[place].replica.as_mut().map_or(Ok(()), work)
    }

    /// Somebody asks something new, or once more.
    fn ask(&mut self, place: usize) {
        let ready = |replica: &Replica<Room>| replica.is_up() && replica.waiting() < WAITING_MAX;
        if !self.places[place].replica.as_ref().is_some_and(ready) {
            return;
        }
        let again = self.random.random_range(0..self.recent.len());
        let known = self.truth.room.line().is_some();
        let mut request = if self.random.random_bool(if known { 0.15 } else { 0.7 }) {
            self.recent[if known { again } else { 0 }].clone()
        } else {
            let request = self.fans.ask(&mut self.random, &self.truth.room);
            if self.recent.len() < RECENT {
                self.recent.push(request.clone());
            } else {
                self.recent[again] = request.clone();
            }
            request
        };
        // By mistake one id for two commands.
        let joins = request.command == Command::Join;
        if !joins && self.truth.has(request.id) && self.random.random_bool(0.05) {
            request.fingerprint = 1;
        }
        self.submit(place, request);
    }

    fn submit(&mut self, place: usize, request: Request<Command>) {
        let Standing { replica, clock, .. } = &mut self.places[place];
        let Some(replica) = replica else { return };
        let question = self.next_question;
        self.next_question += 1;
        if self.options.trace {
            eprintln!("{place}: question {question}: {request:?}");
        }
        let asked = self.truth.ask(&request, clock.now());
        self.questions.insert(question, asked);
        replica.ask(question, request);
        self.stats.operations += 1;
    }

    /// One clock jumps: a little or a lot, forward or back, or to the right time.
    fn jump(&mut self, place: usize) {
        self.places[place].skew_ms = match self.random.random_range(0..3) {
            0 => 0,
            1 => self.random.random_range(-4..=4) * TICK_MS,
            _ => self.random.random_range(-20..=20) * TICK_MS + self.random.random_range(0..250),
        };
        self.set_clocks();
    }

    fn set_clocks(&mut self) {
        for standing in &mut self.places {
            let now = BEGINNING.plus_ms(self.now_ms + standing.skew_ms);
            standing.clock.set(now);
            standing.latest = standing.latest.max(now);
        }
    }

    fn hang_up(&mut self, place: usize) {
        let Some(replica) = &mut self.places[place].replica else { return };
        self.stats.answers_lost += replica.waiting() as u64;
        replica.hang_up();
    }

    fn crash(&mut self, place: usize) {
        let Some(replica) = self.places[place].replica.take() else { return };
        self.stats.crashes += 1;
        self.stats.answers_lost += replica.waiting() as u64;
    }

    fn start(&mut self, place: usize) {
        if self.places[place].replica.as_ref().is_some_and(|replica| !replica.is_lost()) {
            return;
        }
        self.stats.snapshots_loaded += u64::from(self.truth.has_snapshot());
        let config = SequencerConfig { jitter_seed: self.random.random(), ..self.config.clone() };
        let clock = Arc::clone(&self.places[place].clock);
        self.places[place].latest = clock.now();
        let log = Arc::clone(&self.log) as _;
        self.places[place].replica = Some(Replica::start(log, STREAM, clock, config));
    }

    /// What readers see at the log's end is what the log says.
    fn look(&mut self, place: usize) -> Result<(), Broken> {
        let Some(replica) = &mut self.places[place].replica else { return Ok(()) };
        let truth = &self.truth;
        let look = replica.read(|room, position| {
            must!(position <= truth.position, "readers see {position}, which is not in the log");
            must!(
                position < truth.position || *room == truth.room,
                "a replica differs from the log's replay at {position}"
            );
            Ok(position)
        });
        let Some(position) = look.transpose()? else { return Ok(()) };
        let seen = std::mem::replace(&mut replica.seen, position);
        must!(seen <= position, "readers saw {seen} and now see {position}");
        Ok(())
    }

    /// Reads what is new in the log.
    fn follow(&mut self) -> Result<(), Broken> {
        let (stats, trace) = (&mut self.stats, self.options.trace);
        let before = self.truth.position;
        self.truth.follow(|position, record| {
            stats.see(kind(record));
            if trace {
                eprintln!("log {position}: {record:?}");
            }
        })?;
        self.stats.entries += self.truth.position.0 - before.0;
        Ok(())
    }

    /// Holds what was answered against the log.
    fn hear(&mut self, place: usize) -> Result<(), Broken> {
        let Standing { replica, clock, latest, .. } = &mut self.places[place];
        let Some(replica) = replica else { return Ok(()) };
        let (now, latest) = (clock.now(), *latest);
        while let Some((question, answer)) = replica.answered() {
            if self.options.trace {
                eprintln!("{place}: answer {question}: {answer:?}");
            }
            self.stats.see(outcome(&answer));
            let asked = self.questions.remove(&question).expect("every question is asked once");
            let known = asked.clock == now && now == latest;
            self.truth.check(&asked, &answer, known.then_some(now))?;
        }
        Ok(())
    }

    /// Everything heals, everybody is answered, all replicas agree.
    fn end(mut self) -> Result<Stats, Broken> {
        self.faults.heal();
        let waits =
            |place: &Standing| place.replica.as_ref().is_some_and(|replica| replica.waiting() > 0);
        self.settle(|world| world.are_up() && !world.places.iter().any(waits))?;
        // One more command each: whoever answers has read the log to its end.
        for place in 0..self.places.len() {
            let request = self.fans.resume();
            self.submit(place, request);
        }
        self.settle(|world| !world.places.iter().any(waits) && world.are_at_head())?;
        // One more that knows nothing but what is stored.
        self.crash(0);
        self.settle(|world| world.are_up() && world.are_at_head())?;
        for place in 0..self.places.len() {
            self.look(place)?;
        }
        self.truth.check_end()?;
        Ok(self.stats)
    }

    fn settle(&mut self, done: impl Fn(&Self) -> bool) -> Result<(), Broken> {
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
        Err(Broken("a healed world did not settle".to_owned()))
    }

    fn are_up(&self) -> bool {
        self.places.iter().all(|place| place.replica.as_ref().is_some_and(Replica::is_up))
    }

    fn are_at_head(&self) -> bool {
        let head = Some(self.truth.position);
        let mut replicas = self.places.iter().flat_map(|place| &place.replica);
        replicas.all(|replica| replica.read(|_, position| position) == head)
    }
}

fn kind(record: &Record) -> &'static str {
    match record {
        Record::Defined(_) => "record defined",
        Record::Joined { .. } => "record joined",
        Record::Drawn(_) => "record drawn",
        Record::Ticked { tick, .. } if tick.admit > 0 => "record ticked, turns came",
        Record::Ticked { .. } => "record ticked",
        Record::Entered { .. } => "record entered",
        Record::Extended { .. } => "record extended",
        Record::Left { .. } => "record left",
        Record::Paused => "record paused",
        Record::Resumed => "record resumed",
        Record::Ended => "record ended",
        Record::Said(_) => "record said",
        Record::Steered(_) => "record steered",
        Record::Published { .. } => "record published",
    }
}

fn outcome(answer: &Answer<Room>) -> &'static str {
    match answer {
        Ok(Ok(_)) => "answer accepted",
        Ok(Err(refusal)) => refusal.code(),
        Err(Unavailable::Busy) => "answer busy",
        Err(Unavailable::Late) => "answer late",
        Err(Unavailable::Doubtful) => "answer doubtful",
        Err(_) => "answer other",
    }
}
