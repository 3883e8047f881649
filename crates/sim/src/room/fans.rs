//! What fans and the organiser ask of a room.

use std::sync::Arc;

use frontrow_ledger::{
    CommandId, FanKey, Machine, Place, Request,
    limits::{MESSAGE_BYTES_MAX, TURN_MS_MIN},
    room::{
        Command, DeviceDigest, DrawTerms, Mode, PassTimes, Room, Steering, Terms, Turn,
        admission::{Gauges, Policy, Provider},
        draw::{FanDigest, Hash, commitment},
    },
};
use rand::{RngExt, rngs::SmallRng};

use crate::terms::{BEGINNING, TICK_MS};

/// Few enough that everybody asks again.
const FANS: u128 = 300;
const SEED: Hash = [7; 32];
/// Ids of joins are fan keys, so those of other commands are not.
const OTHERS: u128 = 1 << 100;

pub(super) struct Fans {
    terms: Terms,
    next_id: u128,
}

impl Fans {
    pub(super) fn new(random: &mut SmallRng) -> Self {
        let mut ticks = |from: i64, to: i64| random.random_range(from..=to) * TICK_MS;
        let (opens, gathers, valid_ms, extension_ms, fallback_after_ms) =
            (ticks(0, 80), ticks(0, 400), ticks(1, 100), ticks(0, 40), ticks(0, 100));
        let starts = BEGINNING.plus_ms(opens + gathers);
        let draw = DrawTerms { commitment: commitment(&SEED), beacon: None, fallback_after_ms };
        let target = random.random_range(1..=8);
        let mode = if random.random_bool(0.85) { Mode::On } else { Mode::Automatic };
        let terms = Terms {
            sale: 1,
            salt: random.random(),
            mode,
            opens: BEGINNING.plus_ms(opens),
            starts,
            ends: random.random_bool(0.1).then(|| starts.plus_ms(200_000)),
            draw: random.random_bool(0.8).then_some(draw),
            pass: PassTimes { valid_ms, extension_ms },
            policy: Policy {
                target,
                cap: target + random.random_range(0..=3),
                rate_per_minute: 60 * random.random_range(1..=60),
                turn_ms: TURN_MS_MIN,
                p99_ms_max: 500,
                errors_ppm_max: 10_000,
                provider_errors_ppm_max: 100_000,
                stale_after_ms: 10_000,
                places_per_person_milli: 2_000,
                paused: false,
            },
        };
        Self { terms, next_id: OTHERS }
    }

    pub(super) fn define(&mut self) -> Request<Command> {
        let terms = self.terms.clone();
        self.request(Command::Define(Arc::new(terms)))
    }

    pub(super) fn resume(&mut self) -> Request<Command> {
        self.request(Command::Resume)
    }

    /// Something new, of somebody who may know how the room stands.
    pub(super) fn ask(&mut self, random: &mut SmallRng, room: &Room) -> Request<Command> {
        let place = Place(random.random_range(0..u32::try_from(FANS).unwrap_or(1)));
        let command = match random.random_range(0..1_000) {
            0..330 => {
                let fan = FanKey(random.random_range(1..=FANS));
                return Request { id: CommandId(fan.0), fingerprint: 0, command: Command::Join };
            }
            330..560 => self.tick(random, room),
            560..820 => Self::enter(random, room, place),
            820..890 => Command::Leave { place: visitor(random, room).unwrap_or(place) },
            890..930 => Command::Extend { place: visitor(random, room).unwrap_or(place) },
            930..965 => draw(random, room),
            965..975 => Command::Pause,
            975..987 => Command::Resume,
            987..990 => {
                let times = if random.random_bool(0.1) { MESSAGE_BYTES_MAX } else { 1 };
                Command::Say(random.random_bool(0.5).then(|| "Hned ".repeat(times)))
            }
            990..995 => {
                let target = random.random_range(1..=8);
                // Once in a while fewer than should be in the shop: that contradicts itself.
                let cap = target + random.random_range(0..=4) - u32::from(random.random_bool(0.2));
                Command::Steer(Steering { rate_per_minute: 600, target, cap })
            }
            995..999 => {
                let mode = if random.random_bool(0.8) { self.terms.mode } else { Mode::Off };
                let starts = self.terms.starts.plus_ms(random.random_range(-4..=4) * TICK_MS);
                Command::Define(Arc::new(Terms { mode, starts, ..self.terms.clone() }))
            }
            _ if random.random_bool(0.05) => Command::End,
            _ => Command::Resume,
        };
        self.request(command)
    }

    fn tick(&self, random: &mut SmallRng, room: &Room) -> Command {
        let suffers = self.terms.mode == Mode::Automatic && random.random_bool(0.7);
        let gauges = Gauges {
            at: room.now(),
            p99_ms: if suffers { 5_000 } else { 20 },
            errors_ppm: 0,
            provider: Provider { up: true, per_minute: None, errors_ppm: 0 },
            places_free: if random.random_bool(0.03) { 0 } else { 500 },
            places_held: 0,
        };
        Command::Tick { gauges: random.random_bool(0.9).then_some(gauges), offer: None }
    }

    /// Mostly somebody whose turn it is.
    fn enter(random: &mut SmallRng, room: &Room, any: Place) -> Command {
        let line = room.line();
        let called = line.and_then(|line| {
            let position = random.random_range(0..line.cursor().max(1));
            let joined = u32::try_from(line.headcount().joined).ok()?;
            (0..joined).map(Place).find(|place| line.position(*place) == Some(position))
        });
        let place = called.filter(|_| random.random_bool(0.9)).unwrap_or(any);
        let fan = line.and_then(|line| line.fan_digest(place)).unwrap_or(FanDigest([0; 16]));
        let device = u8::from(random.random_bool(0.1));
        Command::Enter { place, fan, device: DeviceDigest([device; 16]) }
    }

    fn request(&mut self, command: Command) -> Request<Command> {
        self.next_id += 1;
        Request { id: CommandId(self.next_id), fingerprint: 0, command }
    }
}

/// Opens the right seed, a wrong one or none.
fn draw(random: &mut SmallRng, room: &Room) -> Command {
    // Nobody makes the tree before the start, when somebody may still join.
    let started = room.line().filter(|line| line.frozen().is_some());
    let Some(top) = started.map(|line| line.tree().root()) else {
        return Command::Draw { seed: Some([1; 32]), beacon: None, root: [0; 32] };
    };
    let seed = match random.random_range(0..10) {
        0..2 => None,
        2 => Some([1; 32]),
        _ => Some(SEED),
    };
    // None was announced.
    let beacon = random.random_bool(0.1).then(|| vec![1]);
    Command::Draw { seed, beacon, root: top }
}

/// Somebody who is in the shop.
fn visitor(random: &mut SmallRng, room: &Room) -> Option<Place> {
    let line = room.line()?;
    let joined = u32::try_from(line.headcount().joined).ok()?;
    let inside = |place: &Place| matches!(line.turn(*place, room.now()), Some(Turn::InShop { .. }));
    let from = random.random_range(0..joined.max(1));
    (from..joined).chain(0..from).map(Place).find(inside)
}
