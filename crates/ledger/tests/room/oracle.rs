//! The same room kept by hand: a list of fans, looked through anew for every question.
//!
//! Method: random commands, retries, clocks that jump, in random batches. What the room decides is
//! held against the list; the entries are replayed in one go, in a room that was saved and loaded in
//! the middle, and all three must be the same room.

use std::sync::Arc;

use frontrow_ledger::{
    Applied, CommandId, Decision, Entry, Machine, Place, Request, Time,
    room::{
        Command, Mode, Offer, Phase, Record, Refusal, Room, Steering, Terms,
        draw::{Material, Permutation},
    },
};
use proptest::{collection::vec, prelude::*};

use crate::fixtures::{MINUTE, OPENS, SEED, STARTS, device, fan, gauges, terms};

/// Few enough that retries are many.
const FANS: u32 = 60;

#[derive(Debug, Clone)]
enum Step {
    /// Time passes, or a clock goes back.
    Pass(i64),
    /// It passes until something happens by itself, to the millisecond.
    PassToDue,
    Join(u32),
    Draw {
        right_seed: bool,
        seed: bool,
    },
    /// Whether the shop suffers, and what it has left.
    Tick {
        slow: bool,
        left: u32,
    },
    Enter {
        place: u32,
        device: u32,
    },
    Extend(u32),
    Leave(u32),
    Pause(bool),
    Steer(u32),
    End,
    /// Another mode, or another end.
    Redefine(Mode),
    /// The same command once more.
    Again(usize),
}

fn any_step() -> impl Strategy<Value = Step> {
    let place = 0..FANS + 2;
    let mode = prop_oneof![6 => Just(Mode::On), 1 => Just(Mode::Automatic), 1 => Just(Mode::Off)];
    prop_oneof![
        40 => (0..FANS).prop_map(Step::Join),
        12 => prop_oneof![0..400i64, 0..5 * MINUTE, Just(30 * MINUTE), -MINUTE..0].prop_map(Step::Pass),
        4 => Just(Step::PassToDue),
        4 => (any::<bool>(), prop::bool::weighted(0.8))
            .prop_map(|(right_seed, seed)| Step::Draw { right_seed, seed }),
        30 => (prop::bool::weighted(0.1), prop_oneof![9 => Just(500u32), 1 => Just(0)])
            .prop_map(|(slow, left)| Step::Tick { slow, left }),
        40 => (place.clone(), 0..2u32).prop_map(|(place, device)| Step::Enter { place, device }),
        6 => place.clone().prop_map(Step::Extend),
        12 => place.prop_map(Step::Leave),
        2 => any::<bool>().prop_map(Step::Pause),
        3 => (1..20u32).prop_map(Step::Steer),
        1 => prop::bool::weighted(0.05).prop_map(|end| if end { Step::End } else { Step::Pass(1) }),
        2 => mode.prop_map(Step::Redefine),
        20 => (0..200usize).prop_map(Step::Again),
    ]
}

/// One fan, by hand.
#[derive(Debug, Clone, Default)]
struct Fan {
    number: u32,
    entered: bool,
    /// Their device, the end of their pass, whether it was extended.
    inside: Option<(u32, Time, bool)>,
}

/// The room, by hand. Whom admission calls it takes from the records.
#[derive(Debug, Clone)]
struct ByHand {
    now: Time,
    terms: Terms,
    fans: Vec<Fan>,
    taking_part: Option<usize>,
    order: Option<Permutation>,
    cursor: u64,
    sold_out: bool,
    needed: bool,
    ended: bool,
}

impl ByHand {
    fn new() -> Self {
        Self {
            now: Time(0),
            terms: terms(),
            fans: Vec::new(),
            taking_part: None,
            order: None,
            cursor: 0,
            sold_out: false,
            needed: false,
            ended: false,
        }
    }

    fn pass_to(&mut self, now: Time) {
        self.now = self.now.max(now);
        for fan in &mut self.fans {
            fan.inside = fan.inside.filter(|(_, until, _)| *until > self.now);
        }
        self.see_start();
    }

    fn see_start(&mut self) {
        let started = self.terms.mode == Mode::On && self.now >= self.terms.starts && !self.ended;
        if started && self.taking_part.is_none() {
            self.taking_part = Some(self.fans.len());
        }
    }

    fn phase(&self) -> Phase {
        if self.ended {
            return Phase::Ended;
        }
        match self.terms.mode {
            Mode::Off => return Phase::Off,
            Mode::Automatic if !self.needed => return Phase::Off,
            Mode::On if self.now < OPENS => return Phase::Closed,
            Mode::On if self.now < STARTS => return Phase::PreQueue,
            Mode::On if self.order.is_none() && self.taking_part > Some(0) => return Phase::Draw,
            Mode::Automatic | Mode::On => {}
        }
        if self.sold_out { Phase::SoldOut } else { Phase::Queue }
    }

    fn position(&self, place: usize) -> Option<u64> {
        let number = u64::try_from(place).unwrap();
        match self.taking_part {
            Some(taking_part) if place >= taking_part => Some(number),
            None if self.terms.mode != Mode::On => Some(number),
            Some(_) => self.order.as_ref()?.position(number),
            None => None,
        }
    }

    fn in_shop(&self) -> usize {
        self.fans.iter().filter(|fan| fan.inside.is_some()).count()
    }

    /// What an `Enter` must be answered; none if it is accepted.
    fn refuses_to_enter(&self, place: u32, device: u32) -> Option<Refusal> {
        let place = usize::try_from(place).unwrap();
        let Some(fan) = self.fans.get(place) else { return Some(Refusal::UnknownPlace) };
        if let Some((theirs, ..)) = fan.inside {
            return (theirs != device).then_some(Refusal::OtherDevice);
        }
        if fan.entered {
            return Some(Refusal::TurnOver);
        }
        match self.phase() {
            Phase::Ended => return Some(Refusal::Ended),
            Phase::Off => return Some(Refusal::NotNeeded),
            Phase::Closed => return Some(Refusal::NotOpen { opens: OPENS }),
            Phase::SoldOut => return Some(Refusal::SoldOut),
            Phase::PreQueue | Phase::Draw => return Some(Refusal::NotYourTurn),
            Phase::Queue => {}
        }
        if self.position(place).is_none_or(|position| position >= self.cursor) {
            return Some(Refusal::NotYourTurn);
        }
        let full = self.in_shop() >= usize::try_from(self.terms.policy.cap).unwrap();
        full.then_some(Refusal::ShopFull)
    }

    /// A record that the room has made of a command.
    fn see(&mut self, id: CommandId, record: &Record, needed: bool) {
        match record {
            Record::Defined(terms) => {
                self.terms = Terms::clone(terms);
                self.see_start();
            }
            Record::Joined { place } => {
                assert_eq!(place.index(), self.fans.len(), "places have gaps");
                let number = (0..FANS).find(|number| fan(*number).0 == id.0).unwrap();
                assert!(self.fans.iter().all(|fan| fan.number != number), "a fan joined twice");
                self.fans.push(Fan { number, ..Fan::default() });
            }
            Record::Drawn(drawn) => {
                let places = u64::try_from(self.taking_part.unwrap()).unwrap();
                let material = Material {
                    sale: &self.terms.sale_bytes(),
                    places,
                    root: &drawn.root,
                    seed: drawn.seed.as_ref(),
                    beacon: None,
                };
                self.order = Permutation::new(&material.key().unwrap(), places);
            }
            Record::Ticked { gauges, tick, .. } => {
                let called = u64::from(tick.admit);
                if called > 0 {
                    assert_eq!(self.phase(), Phase::Queue);
                    assert!(!self.terms.policy.paused, "called while paused");
                }
                self.cursor += called;
                assert!(self.cursor <= u64::try_from(self.fans.len()).unwrap());
                self.sold_out = gauges.unwrap().places_free == 0;
                if needed && !self.needed {
                    self.taking_part = self.taking_part.or(Some(0));
                }
                self.needed = needed;
            }
            Record::Entered { place, device, until } => {
                let device = u32::from_be_bytes(*device.0.last_chunk().unwrap());
                let valid_ms = self.terms.pass.valid_ms;
                assert_eq!(*until, self.now.plus_ms(valid_ms));
                let fan = &mut self.fans[place.index()];
                fan.entered = true;
                fan.inside = Some((device, *until, false));
            }
            Record::Extended { place, until } => {
                let (_, before, extended) = self.fans[place.index()].inside.as_mut().unwrap();
                assert_eq!(*until, before.plus_ms(self.terms.pass.extension_ms));
                assert!(!std::mem::replace(extended, true));
                *before = *until;
            }
            Record::Left { place } => assert!(self.fans[place.index()].inside.take().is_some()),
            Record::Paused => self.terms.policy.paused = true,
            Record::Resumed => self.terms.policy.paused = false,
            Record::Ended => self.ended = true,
            Record::Steered(steering) => {
                self.terms.policy.target = steering.target;
                self.terms.policy.cap = steering.cap;
                self.terms.policy.rate_per_minute = steering.rate_per_minute;
            }
            Record::Said(_) | Record::Published { .. } => {}
        }
    }

    fn compare(&self, room: &Room) {
        let line = room.line().unwrap();
        assert_eq!(line.phase(self.now), self.phase());
        let head = line.headcount();
        assert_eq!(head.joined, u64::try_from(self.fans.len()).unwrap());
        assert_eq!(head.called, self.cursor);
        assert_eq!(usize::try_from(head.in_shop).unwrap(), self.in_shop());
        let entered = self.fans.iter().filter(|fan| fan.entered).count();
        assert_eq!(usize::try_from(head.entered).unwrap(), entered);
        let mut positions = Vec::new();
        for (at, by_hand) in self.fans.iter().enumerate() {
            let place = Place(u32::try_from(at).unwrap());
            assert_eq!(line.place_of(fan(by_hand.number)), Some(place));
            assert_eq!(line.position(place), self.position(at));
            positions.extend(line.position(place));
        }
        positions.sort_unstable();
        positions.dedup();
        let known = positions.len() == self.fans.len();
        assert!(known || self.order.is_none(), "two fans have one position");
        if let Some(due) = room.next_due() {
            assert!(due > room.now(), "{due} is due and did not happen");
        }
    }
}

/// What a run of the room left behind.
#[derive(Default)]
struct Run {
    room: Room,
    entries: Vec<Entry<Record>>,
    answers: Vec<(Request<Command>, Record)>,
    next_id: u128,
}

impl Run {
    fn command(&self, step: &Step, by_hand: &ByHand) -> Option<Command> {
        let line = self.room.line();
        Some(match step {
            Step::Join(_) => Command::Join,
            Step::Draw { right_seed, seed } => Command::Draw {
                seed: seed.then_some(if *right_seed { SEED } else { [1; 32] }),
                beacon: None,
                root: line?.tree().root(),
            },
            Step::Tick { slow, left } => {
                let mut gauges = gauges(self.room.now());
                gauges.p99_ms = if *slow { 5_000 } else { 20 };
                gauges.places_free = *left;
                Command::Tick { gauges: Some(gauges), offer: Some(Offer::default()) }
            }
            Step::Enter { place, device: from } => {
                let place = Place(*place);
                let fan = line?.fan_digest(place).unwrap_or(line?.fan_digest(Place(0))?);
                Command::Enter { place, fan, device: device(*from) }
            }
            Step::Extend(place) => Command::Extend { place: Place(*place) },
            Step::Leave(place) => Command::Leave { place: Place(*place) },
            Step::Pause(true) => Command::Pause,
            Step::Pause(false) => Command::Resume,
            Step::Steer(target) => Command::Steer(Steering {
                rate_per_minute: target * 60,
                target: *target,
                cap: target + 2,
            }),
            Step::End => Command::End,
            Step::Redefine(mode) => {
                Command::Define(Arc::new(Terms { mode: *mode, ..by_hand.terms.clone() }))
            }
            Step::Pass(_) | Step::PassToDue | Step::Again(_) => return None,
        })
    }

    /// One batch: a moment, and everything decided at it.
    fn batch(&mut self, by_hand: &mut ByHand, now: Time, steps: &[Step]) {
        let now = now.max(self.room.now());
        self.room.advance(now);
        by_hand.pass_to(now);
        let mut applied = Vec::new();
        for step in steps {
            let request = match step {
                Step::Again(at) => match self.answers.get(at % self.answers.len().max(1)) {
                    Some((request, _)) => request.clone(),
                    None => continue,
                },
                step => {
                    let Some(command) = self.command(step, by_hand) else { continue };
                    self.next_id += 1;
                    let id = match step {
                        Step::Join(number) => fan(*number).0,
                        _ => self.next_id,
                    };
                    Request { id: CommandId(id), fingerprint: 7, command }
                }
            };
            if let Some(record) = self.ask(by_hand, &request) {
                applied.push(record);
            }
        }
        by_hand.compare(&self.room);
        self.entries.push(Entry { now, applied });
    }

    fn ask(&mut self, by_hand: &mut ByHand, request: &Request<Command>) -> Option<Applied<Record>> {
        let decision = self.room.decide(request);
        let before = self.answers.iter().find(|(known, _)| known.id == request.id);
        if let Some((_, record)) = before {
            let Ok(Decision::Again(again)) = decision else {
                panic!("{request:?} was answered {record:?} and then {decision:?}")
            };
            assert_eq!(again, *record, "a retry is answered otherwise");
            return None;
        }
        if let Command::Enter { place, device, .. } = &request.command {
            let device = u32::from_be_bytes(*device.0.last_chunk().unwrap());
            let refused = decision.as_ref().err().cloned();
            assert_eq!(refused, by_hand.refuses_to_enter(place.0, device), "{request:?}");
        }
        let record = match decision {
            // Refused, or another command has led to the same already.
            Err(_) | Ok(Decision::Again(_)) => return None,
            Ok(Decision::Record(record)) => record,
        };
        let applied =
            Applied { id: request.id, fingerprint: request.fingerprint, record: record.clone() };
        self.room.apply(&applied);
        let now = self.room.now();
        let line = self.room.line().unwrap();
        let needed = match by_hand.terms.mode {
            Mode::Automatic => matches!(line.phase(now), Phase::Queue | Phase::SoldOut),
            _ => by_hand.needed,
        };
        by_hand.see(request.id, &record, needed);
        self.answers.push((request.clone(), record));
        Some(applied)
    }
}

fn run(batches: &[Vec<Step>]) -> Run {
    let (mut run, mut by_hand) = (Run::default(), ByHand::new());
    let id = CommandId(u128::MAX);
    let define = Request { id, fingerprint: 7, command: Command::Define(Arc::new(terms())) };
    run.room.advance(OPENS.plus_ms(-MINUTE));
    by_hand.pass_to(OPENS.plus_ms(-MINUTE));
    let applied = run.ask(&mut by_hand, &define).unwrap();
    run.entries.push(Entry { now: run.room.now(), applied: vec![applied] });
    for steps in batches {
        let passed: i64 =
            steps.iter().map(|step| if let Step::Pass(ms) = step { *ms } else { 0 }).sum();
        let due =
            run.room.next_due().filter(|_| steps.iter().any(|s| matches!(s, Step::PassToDue)));
        let now = due.unwrap_or(run.room.now().plus_ms(passed));
        run.batch(&mut by_hand, now, steps);
    }
    run
}

fn replay(from: Room, entries: &[Entry<Record>]) -> Room {
    entries.iter().fold(from, |mut room, entry| {
        entry.replay(&mut room);
        room
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_room_is_the_one_kept_by_hand_and_replays(
        batches in vec(vec(any_step(), 1..12), 1..120),
        cut in any::<prop::sample::Index>(),
    ) {
        let run = run(&batches);
        let replayed = replay(Room::default(), &run.entries);
        prop_assert_eq!(&replayed, &run.room);
        let cut = cut.index(run.entries.len());
        let half = replay(Room::default(), &run.entries[..cut]);
        let saved = postcard::to_stdvec(&half).unwrap();
        let loaded: Room = postcard::from_bytes(&saved).unwrap();
        prop_assert_eq!(&loaded, &half);
        prop_assert_eq!(&replay(loaded, &run.entries[cut..]), &run.room);
        prop_assert_eq!(replayed.status(), run.room.status());
    }

    #[test]
    fn time_passes_in_one_step_as_in_many(
        batches in vec(vec(any_step(), 1..12), 1..60),
        steps in vec(0..20 * MINUTE, 1..8),
    ) {
        let room = run(&batches).room;
        let (mut one, mut many) = (room.clone(), room.clone());
        let total: i64 = steps.iter().sum();
        one.advance(room.now().plus_ms(total));
        for ms in steps {
            // A clock that went back changes nothing.
            many.advance(many.now().plus_ms(-ms));
            many.advance(many.now().plus_ms(ms));
        }
        prop_assert_eq!(&one, &many);
        // Until the next thing is due, and for ever if nothing is, only the clock changes.
        let later = room.now().plus_ms(total);
        let before = room.next_due().map_or(later, |due| due.plus_ms(-1).min(later));
        let mut unchanged = room.clone();
        unchanged.advance(before);
        let lines = [&unchanged, &room].map(|room| room.line().unwrap());
        prop_assert_eq!(lines[0], lines[1]);
        prop_assert_eq!(lines[0].phase(before), lines[1].phase(room.now()));
        prop_assert_eq!(unchanged.next_due(), room.next_due());
        // And then something does.
        if let Some(due) = room.next_due().filter(|due| *due <= later) {
            let mut changed = room.clone();
            changed.advance(due);
            let line = changed.line().unwrap();
            prop_assert!(line != lines[1] || line.phase(due) != lines[1].phase(room.now()));
        }
    }
}
