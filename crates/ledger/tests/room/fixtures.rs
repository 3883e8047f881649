//! A room and what is asked of it.

use std::sync::Arc;

use frontrow_ledger::{
    Applied, CommandId, Decision, FanKey, Machine, Place, Request, Time,
    room::{
        Command, DeviceDigest, DrawTerms, Headcount, Line, Mode, PassTimes, Phase, Record, Refusal,
        Room, Terms, Turn,
        admission::{Gauges, Policy, Provider},
        draw::{Hash, commitment},
    },
};

pub const SALE: u128 = 0x0198_9c5c_0000_7000_8000_0000_0000_0001;
pub const OPENS: Time = Time(1_800_000_000_000);
/// Half an hour later.
pub const STARTS: Time = OPENS.plus_ms(1_800_000);
pub const SEED: Hash = [7; 32];
pub const MINUTE: i64 = 60_000;

pub fn terms() -> Terms {
    Terms {
        sale: SALE,
        salt: 0x1234_5678_9abc_def0_0fed_cba9_8765_4321,
        mode: Mode::On,
        opens: OPENS,
        starts: STARTS,
        ends: None,
        draw: Some(DrawTerms {
            commitment: commitment(&SEED),
            beacon: None,
            fallback_after_ms: 10 * MINUTE,
        }),
        pass: PassTimes { valid_ms: 10 * MINUTE, extension_ms: 5 * MINUTE },
        policy: policy(),
    }
}

pub fn policy() -> Policy {
    Policy {
        target: 50,
        cap: 60,
        rate_per_minute: 60_000,
        turn_ms: 2 * MINUTE,
        p99_ms_max: 500,
        errors_ppm_max: 10_000,
        provider_errors_ppm_max: 100_000,
        stale_after_ms: 10_000,
        places_per_person_milli: 2_000,
        paused: false,
    }
}

/// A shop that is well.
pub fn gauges(at: Time) -> Gauges {
    Gauges {
        at,
        p99_ms: 20,
        errors_ppm: 0,
        provider: Provider { up: true, per_minute: None, errors_ppm: 0 },
        places_free: 100_000,
        places_held: 0,
    }
}

/// A fan's key: neighbours differ in all bits.
pub fn fan(number: u32) -> FanKey {
    let mixed = u128::from(number) + 1;
    FanKey(mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

pub fn device(number: u32) -> DeviceDigest {
    DeviceDigest(u128::from(number).to_be_bytes())
}

/// A room with a clock that the test moves.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub room: Room,
    next_id: u128,
}

impl World {
    /// A room with these terms, long before it opens.
    pub fn new(terms: Terms) -> Self {
        let mut world = Self::default();
        world.pass_to(OPENS.plus_ms(-24 * 60 * MINUTE));
        world.ask(Command::Define(Arc::new(terms))).unwrap();
        world
    }

    /// So many fans have joined before the start.
    pub fn gathered(terms: Terms, fans: u32) -> Self {
        let mut world = Self::new(terms);
        world.pass_to(OPENS);
        for number in 0..fans {
            assert_eq!(world.join(number), Ok(Place(number)));
        }
        world
    }

    /// So many fans have joined before the start, and have been drawn.
    pub fn drawn(fans: u32) -> Self {
        let mut world = Self::gathered(terms(), fans);
        world.pass_to(STARTS);
        if fans > 0 {
            world.draw().unwrap();
        }
        world
    }

    pub fn now(&self) -> Time {
        self.room.now()
    }

    pub fn pass_to(&mut self, now: Time) {
        self.room.advance(now);
    }

    pub fn pass(&mut self, ms: i64) {
        self.pass_to(self.now().plus_ms(ms));
    }

    /// Decides and applies; a new id for each.
    pub fn ask(&mut self, command: Command) -> Result<Record, Refusal> {
        self.next_id += 1;
        let id = self.next_id;
        self.submit(&Request { id: CommandId(id), fingerprint: 0, command })
    }

    pub fn submit(&mut self, request: &Request<Command>) -> Result<Record, Refusal> {
        match self.room.decide(request)? {
            Decision::Again(record) => Ok(record),
            Decision::Record(record) => {
                let Request { id, fingerprint, command: _ } = *request;
                let applied = Applied { id, fingerprint, record: record.clone() };
                self.room.audit(&applied).unwrap();
                self.room.apply(&applied);
                Ok(record)
            }
        }
    }

    pub fn join(&mut self, number: u32) -> Result<Place, Refusal> {
        let id = CommandId(fan(number).0);
        match self.submit(&Request { id, fingerprint: 0, command: Command::Join })? {
            Record::Joined { place } => Ok(place),
            other => panic!("a join is answered {other:?}"),
        }
    }

    pub fn draw(&mut self) -> Result<Record, Refusal> {
        let root = self.line().tree().root();
        self.ask(Command::Draw { seed: Some(SEED), beacon: None, root })
    }

    /// A tenth of a second later the shop is well.
    pub fn tick(&mut self) -> Result<u32, Refusal> {
        self.pass(100);
        let gauges = Some(gauges(self.now()));
        match self.ask(Command::Tick { gauges, offer: None })? {
            Record::Ticked { tick, .. } => Ok(tick.admit),
            other => panic!("a tick is answered {other:?}"),
        }
    }

    /// Ticks until so many turns have come.
    pub fn call(&mut self, turns: u64) {
        for _ in 0..10_000 {
            if self.line().cursor() >= turns {
                return;
            }
            self.tick().unwrap();
        }
        panic!("only {} turns came", self.line().cursor());
    }

    pub fn enter(&mut self, place: Place) -> Result<Record, Refusal> {
        self.enter_with(place, device(place.0))
    }

    pub fn enter_with(&mut self, place: Place, device: DeviceDigest) -> Result<Record, Refusal> {
        let fan = self.line().fan_digest(place).unwrap();
        self.ask(Command::Enter { place, fan, device })
    }

    /// The place whose position this is.
    pub fn place_at(&self, position: u64) -> Place {
        let places = (0..u32::try_from(self.headcount().joined).unwrap()).map(Place);
        places.into_iter().find(|place| self.line().position(*place) == Some(position)).unwrap()
    }

    pub fn line(&self) -> &Line {
        self.room.line().unwrap()
    }

    pub fn phase(&self) -> Phase {
        self.line().phase(self.now())
    }

    pub fn turn(&self, place: Place) -> Turn {
        self.line().turn(place, self.now()).unwrap()
    }

    pub fn headcount(&self) -> Headcount {
        self.line().headcount()
    }
}
