//! The room as the log has it, kept by hand: a list of fans that is looked through for every
//! question. It shares nothing with the ledger but the draw's own arithmetic, which has its tests.

use std::sync::Arc;

use frontrow_ledger::{
    Applied, CommandId, Machine, Place, Request, Time,
    limits::TICK_MS as ADMISSION_TICK_MS,
    room::{
        Command, DeviceDigest, Drawn, Mode, Record, Refusal, Room, Terms,
        draw::{Material, Permutation, commitment},
    },
};
use frontrow_log::{Log, MemoryLog, Position, Unavailable, entries::read_page, sequencer::Answer};
use futures::FutureExt;
use rustc_hash::FxHashMap;

use super::STREAM;
use crate::{Broken, faults::Faults, must};

/// One question that waits.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    request: Request<Command>,
    recorded_before: bool,
    head: Position,
    pub(super) clock: Time,
}

pub(super) struct Truth {
    log: Arc<MemoryLog>,
    faults: Arc<Faults>,
    pub(super) position: Position,
    /// As the machine replays it.
    pub(super) room: Room,
    hand: ByHand,
    records: FxHashMap<CommandId, Record>,
    /// How often each command was asked.
    times: FxHashMap<CommandId, (Request<Command>, u32)>,
}

impl Truth {
    pub(super) fn new(log: Arc<MemoryLog>, faults: Arc<Faults>) -> Self {
        Self {
            log,
            faults,
            position: Position::START,
            room: Room::default(),
            hand: ByHand::default(),
            records: FxHashMap::default(),
            times: FxHashMap::default(),
        }
    }

    pub(super) fn ask(&mut self, request: &Request<Command>, clock: Time) -> Asked {
        self.times.entry(request.id).or_insert_with(|| (request.clone(), 0)).1 += 1;
        let recorded_before = self.records.contains_key(&request.id);
        Asked { request: request.clone(), recorded_before, head: self.position, clock }
    }

    /// Reads what is new and checks every record of it. Calls `see` with each.
    pub(super) fn follow(&mut self, mut see: impl FnMut(Position, &Record)) -> Result<(), Broken> {
        self.faults.set_observed(true);
        let page = read_page::<Record>(&*self.log, STREAM, self.position).now_or_never();
        self.faults.set_observed(false);
        let page = page.expect("a log in memory that does not pause answers at once");
        let page = page.map_err(|error| Broken(format!("the log cannot be read: {error}")))?;
        for (position, entry) in page.entries {
            let at = |broken: Broken| Broken(format!("entry {position}: {broken}"));
            self.hand.pass_to(entry.now).map_err(at)?;
            for applied in &entry.applied {
                see(position, &applied.record);
                self.enter(applied).map_err(at)?;
            }
            self.room.advance(entry.now);
            for applied in &entry.applied {
                let audited = self.room.audit(applied);
                audited.map_err(|broken| at(Broken(broken.to_string())))?;
                self.room.apply(applied);
            }
            self.position = position;
            self.hand.compare(&self.room).map_err(at)?;
        }
        Ok(())
    }

    fn enter(&mut self, applied: &Applied<Record>) -> Result<(), Broken> {
        let Some((asked, _)) = self.times.get(&applied.id) else {
            return Err(Broken(format!("{} is in the log but was never asked", applied.id)));
        };
        self.hand.see(asked, &applied.record)?;
        let known = self.records.insert(applied.id, applied.record.clone());
        must!(known.is_none(), "{} is in the log twice", applied.id);
        Ok(())
    }

    /// Whether a command was accepted.
    pub(super) fn has(&self, id: CommandId) -> bool {
        self.records.contains_key(&id)
    }

    /// Holds an answer against the log, which has been read to its end.
    pub(super) fn check(
        &self,
        asked: &Asked,
        answer: &Answer<Room>,
        moment: Option<Time>,
    ) -> Result<(), Broken> {
        let id = asked.request.id;
        let recorded = self.records.get(&id);
        if asked.request.fingerprint != 0 {
            let noticed = matches!(answer, Ok(Err(Refusal::CommandReused)) | Err(_));
            must!(noticed, "{id} was used for another command and answered {answer:?}");
            return Ok(());
        }
        match answer {
            Ok(Ok(record)) if recorded == Some(record) => Ok(()),
            // Whoever is in the shop, and whoever draws what was drawn, gets the same answer.
            Ok(Ok(record @ (Record::Entered { .. } | Record::Drawn(_)))) if recorded.is_none() => {
                let same = match (record, &asked.request.command) {
                    (Record::Entered { place, device, .. }, Command::Enter { .. }) => {
                        let issued = self.hand.fans.get(place.index()).and_then(|fan| fan.device);
                        issued == Some(*device)
                    }
                    (Record::Drawn(drawn), Command::Draw { .. }) => {
                        self.hand.drawn.as_ref() == Some(drawn)
                    }
                    _ => false,
                };
                must!(same, "{id} was answered {record:?}, which is nowhere in the log");
                Ok(())
            }
            Ok(Ok(record)) => {
                Err(Broken(format!("{id} was answered {record:?} but recorded as {recorded:?}")))
            }
            Ok(Err(refusal)) => {
                let before = asked.recorded_before;
                must!(!before, "{id} was recorded, then asked again and refused: {refusal:?}");
                let Some(now) = moment.filter(|_| asked.head == self.position) else {
                    return Ok(());
                };
                let mut later = self.room.clone();
                later.advance(now);
                let right = later.decide(&asked.request).as_ref() == Err(refusal);
                must!(right, "{id} was refused, {refusal:?}, but the log does not say so");
                Ok(())
            }
            Err(reason @ (Unavailable::Busy | Unavailable::Late | Unavailable::TooLarge)) => {
                let once = self.times.get(&id).is_some_and(|(_, times)| *times == 1);
                let happened = once && recorded.is_some();
                must!(!happened, "{id} is in the log although its answer was: {reason}");
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }

    pub(super) fn has_snapshot(&self) -> bool {
        self.faults.set_observed(true);
        let snapshot = self.log.latest_snapshot(STREAM, None).now_or_never();
        self.faults.set_observed(false);
        matches!(snapshot, Some(Ok(Some(_))))
    }

    /// Everybody has a place of their own and a position of their own.
    pub(super) fn check_end(&self) -> Result<(), Broken> {
        let Some(line) = self.room.line() else { return Ok(()) };
        let count = self.hand.fans.len();
        let places = (0..u32::try_from(count).unwrap_or(0)).map(Place);
        let mut positions: Vec<_> = places.filter_map(|place| line.position(place)).collect();
        let known = positions.len();
        positions.sort_unstable();
        positions.dedup();
        must!(positions.len() == known, "two fans have one position");
        for (fan, at) in self.hand.fans.iter().zip(0..) {
            let place = line.place_of(frontrow_ledger::FanKey(fan.key));
            must!(place == Some(Place(at)), "place {at} is not that of its fan");
            let (known, right) = (line.position(Place(at)), self.hand.position(Place(at)));
            must!(known == right, "place {at} is at {known:?}, not {right:?}");
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Default)]
struct Fan {
    key: u128,
    entered: bool,
    /// From where they came in.
    device: Option<DeviceDigest>,
    /// While they are in the shop.
    pass: Option<(DeviceDigest, Time)>,
    extended: bool,
}

#[derive(Debug, Default)]
struct ByHand {
    now: Option<Time>,
    terms: Option<Terms>,
    fans: Vec<Fan>,
    taking_part: Option<usize>,
    drawn: Option<Drawn>,
    order: Option<Permutation>,
    cursor: u64,
    last_tick: Option<Time>,
    ended: bool,
    /// It was switched to decide by itself at some time, so there may be no draw.
    by_itself: bool,
}

impl ByHand {
    fn pass_to(&mut self, now: Time) -> Result<(), Broken> {
        must!(self.now.is_none_or(|before| before <= now), "time went back to {now}");
        self.now = Some(now);
        for fan in &mut self.fans {
            fan.pass = fan.pass.filter(|(_, until)| *until > now);
        }
        self.see_start();
        Ok(())
    }

    fn see_start(&mut self) {
        let Some(terms) = &self.terms else { return };
        let started = terms.mode == Mode::On && self.now >= Some(terms.starts) && !self.ended;
        if started && self.taking_part.is_none() && !self.by_itself {
            self.taking_part = Some(if terms.draw.is_some() { self.fans.len() } else { 0 });
        }
    }

    fn position(&self, place: Place) -> Option<u64> {
        let number = u64::from(place.0);
        if self.taking_part.is_some_and(|drawn| place.index() < drawn) {
            return self.order.as_ref()?.position(number);
        }
        let terms = self.terms.as_ref()?;
        let gathers = self.taking_part.is_none() && !self.by_itself;
        (!gathers || terms.draw.is_none() || terms.mode != Mode::On).then_some(number)
    }

    fn fan(&mut self, place: Place) -> Result<&mut Fan, Broken> {
        let fans = self.fans.len();
        let fan = self.fans.get_mut(place.index());
        fan.ok_or_else(|| Broken(format!("place {place} of {fans}")))
    }

    fn in_shop(&self) -> usize {
        self.fans.iter().filter(|fan| fan.pass.is_some()).count()
    }

    fn see(&mut self, asked: &Request<Command>, record: &Record) -> Result<(), Broken> {
        let now = self.now.unwrap_or(Time(0));
        if let (Command::Define(wanted), Record::Defined(terms)) = (&asked.command, record) {
            must!(wanted == terms, "something else was defined");
            self.by_itself |= terms.mode == Mode::Automatic;
            self.terms = Some(Terms::clone(terms));
            self.see_start();
            return Ok(());
        }
        let Some(mut terms) = self.terms.clone() else {
            return Err(Broken(format!("{record:?} before the room was defined")));
        };
        match (&asked.command, record) {
            (Command::Join, Record::Joined { place }) => {
                let early = terms.mode == Mode::On && now < terms.opens;
                must!(!self.ended && !early, "somebody joined while the room was closed");
                must!(place.index() == self.fans.len(), "place {place} leaves a gap");
                let known = self.fans.iter().any(|fan| fan.key == asked.id.0);
                must!(!known, "a fan has two places");
                self.fans.push(Fan { key: asked.id.0, ..Fan::default() });
            }
            (Command::Draw { seed, beacon, root }, Record::Drawn(drawn)) => {
                must!(self.drawn.is_none(), "the order was drawn twice");
                let said = (drawn.seed, &drawn.beacon, drawn.root) == (*seed, beacon, *root);
                must!(said && Some(drawn.places as usize) == self.taking_part, "{drawn:?}");
                let Some(announced) = &terms.draw else {
                    return Err(Broken("a draw that was not announced".to_owned()));
                };
                let late = now >= terms.starts.plus_ms(announced.fallback_after_ms);
                let opened = seed.map_or(late, |seed| commitment(&seed) == announced.commitment);
                must!(opened, "a seed that was not announced");
                let places = u64::from(drawn.places);
                let sale = &terms.sale_bytes();
                let material =
                    Material { sale, places, root, seed: seed.as_ref(), beacon: beacon.as_deref() };
                self.order = material.key().and_then(|key| Permutation::new(&key, places));
                self.drawn = Some(drawn.clone());
            }
            (Command::Tick { gauges: asked, .. }, Record::Ticked { gauges, tick, .. }) => {
                must!(asked == gauges, "something else was measured");
                let fresh =
                    self.last_tick.is_some_and(|last| now.ms_since(last) < ADMISSION_TICK_MS);
                must!(!fresh, "two ticks within a tenth of a second");
                self.last_tick = Some(now);
                self.call(&terms, now, tick.admit)?;
            }
            (Command::Enter { device: from, .. }, Record::Entered { place, device, until }) => {
                self.come_in(&terms, now, *place, (*from, *device, *until))?;
            }
            (Command::Extend { .. }, Record::Extended { place, until }) => {
                let fan = self.fan(*place)?;
                let before = fan
                    .pass
                    .filter(|_| !fan.extended)
                    .map(|(device, until)| (device, until.plus_ms(terms.pass.extension_ms)));
                must!(before.is_some_and(|(_, right)| right == *until), "{place} until {until}");
                fan.pass = before;
                fan.extended = true;
            }
            (Command::Leave { .. }, Record::Left { place }) => {
                must!(self.fan(*place)?.pass.take().is_some(), "{place} left from outside");
            }
            (Command::Pause, Record::Paused) => terms.policy.paused = true,
            (Command::Resume, Record::Resumed) => terms.policy.paused = false,
            (Command::End, Record::Ended) => self.ended = true,
            (Command::Say(asked), Record::Said(said)) => {
                must!(asked == said, "something else was said");
            }
            (Command::Steer(asked), Record::Steered(steering)) if asked == steering => {
                terms.policy.target = steering.target;
                terms.policy.cap = steering.cap;
                terms.policy.rate_per_minute = steering.rate_per_minute;
            }
            (asked, record) => return Err(Broken(format!("{asked:?} became {record:?}"))),
        }
        self.terms = Some(terms);
        Ok(())
    }

    fn call(&mut self, terms: &Terms, now: Time, turns: u32) -> Result<(), Broken> {
        if turns == 0 {
            return Ok(());
        }
        let started = terms.mode == Mode::Automatic || now >= terms.starts;
        let undrawn = self.order.is_none() && self.taking_part > Some(0);
        let stands = self.ended || terms.mode == Mode::Off || terms.policy.paused;
        must!(started && !undrawn && !stands, "{turns} turns came too early or too late");
        self.cursor += u64::from(turns);
        must!(self.cursor <= self.fans.len() as u64, "more were called than wait");
        Ok(())
    }

    fn come_in(
        &mut self,
        terms: &Terms,
        now: Time,
        place: Place,
        (from, device, until): (DeviceDigest, DeviceDigest, Time),
    ) -> Result<(), Broken> {
        let (position, in_shop) = (self.position(place), self.in_shop());
        let cursor = self.cursor;
        must!(position.is_some_and(|at| at < cursor), "{place} came in out of turn");
        must!(in_shop < terms.policy.cap as usize, "{in_shop} are in the shop, and one more");
        must!(from == device, "the pass is bound to another device");
        must!(until == now.plus_ms(terms.pass.valid_ms), "a pass until {until}");
        let fan = self.fan(place)?;
        must!(!fan.entered, "{place} came in twice");
        fan.entered = true;
        fan.device = Some(device);
        fan.pass = Some((device, until));
        Ok(())
    }

    fn compare(&self, room: &Room) -> Result<(), Broken> {
        let Some(line) = room.line() else { return Ok(()) };
        let head = line.headcount();
        let known = (head.joined, head.called, u64::from(head.in_shop), head.entered);
        let entered = self.fans.iter().filter(|fan| fan.entered).count();
        let right = (self.fans.len() as u64, self.cursor, self.in_shop() as u64, entered as u64);
        must!(known == right, "the room counts {known:?}, not {right:?}");
        Ok(())
    }
}
