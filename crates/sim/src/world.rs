//! The world around the replicas: what happens next, drawn from the seed.

mod end;

use std::{sync::Arc, time::Duration};

use frontrow_ledger::{
    Request, Time,
    sale::{Command, Sale, Terms},
};
use frontrow_log::{Clock, ManualClock, MemoryLog, SequencerConfig, Stream};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rustc_hash::FxHashMap;

use crate::{
    Broken, Stats,
    answers::{Asked, Pending},
    fans::Fans,
    faults::Faults,
    must,
    replica::{Question, Replica},
    room,
    terms::{BEGINNING, TICK_MS, random_terms},
    truth::Truth,
};

/// The one sale of a run.
pub(crate) const STREAM: Stream = Stream::sale(1);
/// Commands that may be asked again.
const RECENT: usize = 200;
/// Questions that may wait at one replica.
const WAITING_MAX: usize = 40;

/// How to run a seed.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Commands to submit.
    pub operations: u64,
    /// Tell every step on standard error.
    pub trace: bool,
    /// Which ledger is simulated.
    pub ledger: Ledger,
}

/// What replicas serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// The selling of one performance.
    Sale,
    /// The waiting room of one sale.
    Room,
}

impl Ledger {
    /// How the command line asks for it, after a space.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::Sale => "",
            Self::Room => " --room",
        }
    }
}

/// Runs one seed to its end, or to the first promise that breaks.
pub fn run(seed: u64, options: Options) -> Result<Stats, Broken> {
    if options.ledger == Ledger::Room {
        return room::run(seed, options);
    }
    let mut world = World::new(seed, options);
    while world.stats.operations < options.operations {
        world.step()?;
    }
    world.end()
}

pub(crate) struct World {
    options: Options,
    random: SmallRng,
    log: Arc<MemoryLog>,
    faults: Arc<Faults>,
    config: SequencerConfig,
    truth: Truth,
    asked: Asked,
    fans: Fans,
    places: Vec<Standing>,
    /// What all clocks would show if they were right.
    now_ms: i64,
    recent: Vec<Request<Command>>,
    questions: FxHashMap<Question, Pending>,
    next_question: Question,
    stats: Stats,
}

/// Where a replica stands: its clock stays when it crashes.
struct Standing {
    replica: Option<Replica<Sale>>,
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
        let terms = Arc::new(random_terms(&mut random));
        let places = random.random_range(1..=4);
        let mut world = Self {
            options,
            config: random_config(&mut random),
            truth: Truth::new(Arc::clone(&log), Arc::clone(&faults)),
            log,
            faults,
            asked: Asked::default(),
            fans: Fans::new(Arc::clone(&terms)),
            places: Vec::new(),
            now_ms: 0,
            recent: Vec::new(),
            questions: FxHashMap::default(),
            next_question: 0,
            stats: Stats::default(),
            random,
        };
        for _ in 0..places {
            let clock = Arc::new(ManualClock::new(BEGINNING));
            world.places.push(Standing { replica: None, clock, skew_ms: 0, latest: BEGINNING });
        }
        world.tell(|| format!("seed {seed}: {places} replicas, {terms:?}"));
        world.begin(terms);
        world
    }

    /// The organiser defines the sale and opens it; retries see to it that this arrives.
    fn begin(&mut self, terms: Arc<Terms>) {
        for command in [Command::Define(terms), Command::Open] {
            let request = self.request(command);
            self.recent.push(request);
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
            900..970 => self.tick(),
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
        work: impl FnOnce(&mut Replica<Sale>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        match &mut self.places[place].replica {
            Some(replica) => work(replica),
            None => Ok(()),
        }
    }

    /// Somebody asks something new, or once more, or by mistake with a used id.
    fn ask(&mut self, place: usize) {
        let ready = |replica: &&Replica<Sale>| replica.is_up() && replica.waiting() < WAITING_MAX;
        if self.places[place].replica.as_ref().is_none_or(|replica| !ready(&replica)) {
            return;
        }
        let again = self.random.random_range(0..self.recent.len());
        let request = match self.random.random_range(0..100) {
            // Until the sale is open, everybody hammers on its door.
            0..50 if self.recent.len() < 40 => self.recent[again % 2].clone(),
            0..12 => self.recent[again].clone(),
            12 if self.truth.recorded(self.recent[again].id).is_some() => {
                let id = self.recent[again].id;
                let command = self.fans.ask(&mut self.random, BEGINNING.plus_ms(self.now_ms));
                Request { id, fingerprint: self.random.random(), command }
            }
            _ => {
                let command = self.fans.ask(&mut self.random, BEGINNING.plus_ms(self.now_ms));
                let request = self.request(command);
                if self.recent.len() < RECENT {
                    self.recent.push(request.clone());
                } else {
                    self.recent[again] = request.clone();
                }
                request
            }
        };
        self.submit(place, request);
    }

    fn request(&mut self, command: Command) -> Request<Command> {
        let id = self.fans.fresh_command_id();
        Request { id, fingerprint: self.random.random(), command }
    }

    fn submit(&mut self, place: usize, request: Request<Command>) {
        let Standing { replica, clock, .. } = &mut self.places[place];
        let Some(replica) = replica else { return };
        let question = self.next_question;
        self.next_question += 1;
        let pending = Pending {
            id: request.id,
            fingerprint: request.fingerprint,
            recorded_before: self.truth.recorded(request.id).is_some(),
            head: self.truth.position,
            clock: clock.now(),
        };
        if self.options.trace {
            eprintln!("{place}: question {question}: {request:?}");
        }
        self.asked.ask(request.id, request.fingerprint, &request.command);
        self.questions.insert(question, pending);
        replica.ask(question, request);
        self.stats.operations += 1;
    }

    /// Time passes for everybody; each clock shows it with its own error.
    fn tick(&mut self) {
        self.now_ms += self.random.random_range(0..=3) * TICK_MS;
        self.set_clocks();
    }

    /// One clock jumps: a little or a lot, forward or back, or to the right time.
    fn jump(&mut self, place: usize) {
        self.places[place].skew_ms = match self.random.random_range(0..4) {
            0 => 0,
            1 => self.random.random_range(-4..=4) * TICK_MS,
            2 => self.random.random_range(-200..=200) * TICK_MS,
            _ => self.random.random_range(-20..=20) * TICK_MS + self.random.random_range(0..250),
        };
        let skew_ms = self.places[place].skew_ms;
        self.tell(|| format!("{place}: its clock is {skew_ms} ms fast"));
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
        self.tell(|| format!("{place}: everybody hangs up"));
    }

    fn crash(&mut self, place: usize) {
        let Some(replica) = self.places[place].replica.take() else { return };
        self.stats.crashes += 1;
        self.stats.answers_lost += replica.waiting() as u64;
        self.tell(|| format!("{place}: crashes"));
    }

    fn start(&mut self, place: usize) {
        if self.places[place].replica.as_ref().is_some_and(|replica| !replica.is_lost()) {
            return;
        }
        self.stats.snapshots_loaded += u64::from(self.truth.snapshot().is_some());
        let config = SequencerConfig { jitter_seed: self.random.random(), ..self.config.clone() };
        let clock = Arc::clone(&self.places[place].clock);
        self.places[place].latest = clock.now();
        let log = Arc::clone(&self.log) as _;
        self.places[place].replica = Some(Replica::start(log, STREAM, clock, config));
        self.tell(|| format!("{place}: starts"));
    }

    /// What readers see never goes back, and what they see at the log's end is what the log says.
    fn look(&mut self, place: usize) -> Result<(), Broken> {
        let Some(replica) = &mut self.places[place].replica else { return Ok(()) };
        let truth = &self.truth;
        let look = replica.read(|sale, position| {
            must!(position <= truth.position, "readers see {position}, which is not in the log");
            if position == truth.position {
                truth.check_same(sale)?;
            }
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
        let (fans, random) = (&mut self.fans, &mut self.random);
        let before = self.truth.position;
        self.truth.follow(&self.asked, |position, record| {
            fans.see(random, record);
            stats.see(crate::stats::kind(record));
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
            self.stats.see(crate::stats::outcome(&answer));
            let pending = self.questions.remove(&question).expect("every question is asked once");
            // A replica whose clock went back may keep to a moment that it has decided at before.
            let known = pending.clock == now && now == latest;
            self.asked.check(&mut self.truth, &pending, &answer, known.then_some(now))?;
        }
        Ok(())
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.options.trace {
            eprintln!("{}", what());
        }
    }
}

/// Small numbers, so that every bound is met.
pub(crate) fn random_config(random: &mut SmallRng) -> SequencerConfig {
    SequencerConfig {
        queue_commands: random.random_range(2..=64),
        batch_commands: random.random_range(1..=32),
        deadline: Duration::from_millis(random.random_range(50..=1_000)),
        log_timeout: Duration::from_millis(random.random_range(20..=300)),
        follow_interval: Duration::from_millis(random.random_range(10..=300)),
        snapshot_records: random.random_range(20..=2_000),
        snapshot_interval: Duration::ZERO,
        snapshot_entries: random.random_range(10..=1_000),
        records_apart: random.random_range(1..=300),
        jitter_seed: 0,
        ..SequencerConfig::default()
    }
}
