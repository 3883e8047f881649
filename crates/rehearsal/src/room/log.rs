//! The log of a room, counted anew without the ledger's own state: what it decided, and whether it was allowed to.

use std::collections::{HashMap, HashSet};

use frontrow_ledger::{
    CommandId, Entry, Place, Time,
    room::{
        Record, Terms,
        admission::Ceiling,
        draw::{Draw, FanDigest, Permutation, Tree, leaf},
    },
};
use frontrow_log::{
    Log, Position, Stream,
    entries::{ReadError, read_page},
};

use crate::{fan::Story, sweep::Check, target::Target};

/// One tick of the room, with how it stood then.
#[derive(Debug, Clone, Copy)]
pub struct LoggedTick {
    /// From the start of the turns, in milliseconds; before it, too.
    pub at_ms: i64,
    /// Turns that came.
    pub admit: u32,
    /// Why not more.
    pub limited_by: Ceiling,
    /// People in the shop.
    pub in_shop: u32,
    /// Those whose turn had not come, this tick's included.
    pub waiting: u64,
}

/// From when until when all was sold and nothing was in a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldOut {
    /// As [`LoggedTick::at_ms`].
    pub from_ms: i64,
    /// When something came back.
    pub until_ms: Option<i64>,
}

/// What the log of a room says.
#[derive(Debug, Clone, Default)]
pub struct RoomLog {
    /// What must be true.
    pub checks: Vec<Check>,
    /// In order.
    pub ticks: Vec<LoggedTick>,
    /// In order.
    pub sold_out: Vec<SoldOut>,
    /// The most people that were in the shop at once.
    pub in_shop_most: u32,
    /// Bytes that the log took for it is not known here; how many entries it has is.
    pub entries: u64,
}

/// Reads the log of the target's room.
pub async fn room_log(
    log: &dyn Log,
    target: &Target,
    stories: &[Story],
) -> Result<RoomLog, ReadError> {
    let stream = Stream::room(target.performance.as_u128());
    let (mut recount, mut at) = (Recount::default(), Position::START);
    loop {
        let page = read_page::<Record>(log, stream, at).await?;
        for (position, entry) in page.entries {
            at = position;
            recount.entry(&entry);
        }
        if !page.more {
            return Ok(recount.done(stories));
        }
    }
}

struct Recount {
    terms: Option<Terms>,
    fans: Vec<CommandId>,
    known: HashSet<CommandId>,
    order: Option<Permutation>,
    /// Position and passes of those in the shop.
    inside: HashMap<Place, Time>,
    entered: HashSet<Place>,
    cursor: u64,
    log: RoomLog,
    places: Check,
    turns: Check,
    cap: Check,
    draw: Check,
}

impl Default for Recount {
    fn default() -> Self {
        let check = |what| Check::new("inside", what);
        Self {
            terms: None,
            fans: Vec::new(),
            known: HashSet::new(),
            order: None,
            inside: HashMap::new(),
            entered: HashSet::new(),
            cursor: 0,
            log: RoomLog::default(),
            places: check("places in the room have no gap, and nobody has two"),
            turns: check("nobody is let in before their turn, or twice"),
            cap: check("there are never more people in the shop than its cap"),
            draw: check("the draw follows from the places and what was announced"),
        }
    }
}

impl Recount {
    fn entry(&mut self, entry: &Entry<Record>) {
        self.log.entries += 1;
        self.inside.retain(|_, until| *until > entry.now);
        for applied in &entry.applied {
            self.record(applied.id, &applied.record, entry.now);
        }
        let most = u32::try_from(self.inside.len()).unwrap_or(u32::MAX);
        self.log.in_shop_most = self.log.in_shop_most.max(most);
    }

    fn record(&mut self, id: CommandId, record: &Record, now: Time) {
        match record {
            Record::Defined(terms) => self.terms = Some(Terms::clone(terms)),
            Record::Steered(steering) => {
                if let Some(terms) = &mut self.terms {
                    terms.policy.cap = steering.cap;
                }
            }
            Record::Joined { place } => {
                let next = self.fans.len();
                let gap = usize::try_from(place.0) != Ok(next);
                let twice = !self.known.insert(id);
                self.places.examine(
                    (gap || twice).then(|| format!("place {} came as number {next}", place.0)),
                );
                self.fans.push(id);
            }
            Record::Drawn(drawn) => {
                let problem = self.drawn(drawn);
                self.draw.examine(problem);
            }
            Record::Ticked { tick, gauges, .. } => {
                self.tick(tick.admit, tick.limited_by, now);
                if let Some(gauges) = gauges {
                    self.sells(gauges.places_free == 0 && gauges.places_held == 0, now);
                }
            }
            Record::Entered { place, until, .. } => self.enters(*place, *until),
            Record::Extended { place, until } => {
                self.inside.insert(*place, *until);
            }
            Record::Left { place } => {
                self.inside.remove(place);
            }
            _ => {}
        }
    }

    fn drawn(&mut self, drawn: &frontrow_ledger::room::Drawn) -> Option<String> {
        let terms = self.terms.as_ref()?;
        let sale = terms.sale_bytes();
        let took_part = self.fans.iter().zip(0..u64::from(drawn.places));
        let leaves = took_part.map(|(id, place)| leaf(place, &FanDigest::new(&sale, id.0)));
        let root = Tree::build(leaves).root();
        let Some(draw) = Draw::of(terms, drawn) else {
            return Some("no draw was announced".to_owned());
        };
        self.order = Permutation::new(&draw.key, draw.places);
        let faults: Vec<String> = draw.faults().iter().map(ToString::to_string).collect();
        if root != drawn.root {
            return Some("the places have another root".to_owned());
        }
        (!faults.is_empty()).then(|| faults.join(", "))
    }

    fn tick(&mut self, admit: u32, limited_by: Ceiling, now: Time) {
        let Some(terms) = &self.terms else { return };
        let waiting = (self.fans.len() as u64).saturating_sub(self.cursor);
        self.cursor += u64::from(admit);
        self.log.ticks.push(LoggedTick {
            at_ms: now.ms_since(terms.starts),
            admit,
            limited_by,
            in_shop: u32::try_from(self.inside.len()).unwrap_or(u32::MAX),
            waiting,
        });
    }

    fn sells(&mut self, is_sold_out: bool, now: Time) {
        let Some(terms) = &self.terms else { return };
        let at_ms = now.ms_since(terms.starts);
        match self.log.sold_out.last_mut().filter(|last| last.until_ms.is_none()) {
            None if is_sold_out => {
                self.log.sold_out.push(SoldOut { from_ms: at_ms, until_ms: None });
            }
            Some(last) if !is_sold_out => last.until_ms = Some(at_ms),
            _ => {}
        }
    }

    fn enters(&mut self, place: Place, until: Time) {
        let drawn = self.order.as_ref().and_then(|order| order.position(place.0.into()));
        let position = drawn.unwrap_or_else(|| place.0.into());
        let early = position >= self.cursor;
        let again = !self.entered.insert(place);
        self.turns.examine((early || again).then(|| {
            format!("place {} at position {position}, {} were called", place.0, self.cursor)
        }));
        self.inside.insert(place, until);
        let cap = self.terms.as_ref().map_or(0, |terms| terms.policy.cap);
        let many = self.inside.len();
        let over = u32::try_from(many).is_ok_and(|many| many > cap);
        self.cap.examine(over.then(|| format!("{many} people, and the cap is {cap}")));
    }

    /// Everything that was acknowledged is there.
    fn done(mut self, stories: &[Story]) -> RoomLog {
        let mut acknowledged =
            Check::new("inside", "every acknowledged place and pass is in the log");
        let sale = self.terms.as_ref().map(Terms::sale_bytes).unwrap_or_default();
        for wait in stories.iter().flat_map(|story| &story.waits) {
            let fan = usize::try_from(wait.place).ok().and_then(|place| self.fans.get(place));
            let theirs = fan.is_some_and(|id| FanDigest::new(&sale, id.0).0 == wait.digest);
            let came_in = wait.entered_ms.is_none() || self.entered.contains(&Place(wait.place));
            acknowledged.examine((!theirs || !came_in).then(|| format!("place {}", wait.place)));
        }
        let checks = [self.places, self.turns, self.cap, self.draw, acknowledged];
        self.log.checks = checks.into_iter().collect();
        self.log
    }
}
