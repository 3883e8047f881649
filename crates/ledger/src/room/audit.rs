//! What is true of every room and of each of its records, for `frontrow verify`, the simulation and tests.
//!
//! Written plainly and beside the code that decides, so that neither hides a mistake of the other. How many are called
//! at each tick is not recomputed: releases decide that differently, and all of their logs are true.

use std::collections::BTreeSet;

use crate::{
    Applied, FanKey, Machine, Place,
    invariants::Broken,
    room::{
        Drawn, Line, Record, Room, Terms,
        draw::{Hash, commitment},
    },
};

type Seen = Result<(), (&'static str, String)>;

impl Room {
    /// Whether a record may follow at the room's own moment; asked before it is applied. The draw's root is computed
    /// anew, which takes seconds for millions.
    pub fn audit(&self, applied: &Applied<Record>) -> Result<(), Broken> {
        let seen = match (&self.line, &applied.record) {
            (Some(line), record) => line.audit(self, applied, record),
            (None, Record::Defined(terms)) => terms_are_possible(terms),
            (None, _) => Err(("a-room-is-defined-first", format!("{:?}", applied.record))),
        };
        seen.map_err(broken)
    }

    /// Checks the whole room: who is where, and that the numbers add up.
    pub fn check(&self) -> Result<(), Broken> {
        self.line.as_ref().map_or(Ok(()), Line::check).map_err(broken)
    }
}

fn broken((invariant, detail): (&'static str, String)) -> Broken {
    Broken { invariant, detail }
}

impl Line {
    fn audit(&self, room: &Room, applied: &Applied<Record>, record: &Record) -> Seen {
        match record {
            Record::Joined { place } => self.one_place_each(room, FanKey(applied.id.0), *place),
            Record::Drawn(drawn) => self.the_draw_is_as_published(room, drawn),
            Record::Defined(terms) => self.what_was_published_stays(room, terms),
            Record::Ticked { tick, .. } => {
                must(u64::from(tick.admit) <= self.waiting(), "only-who-waits-is-called", || {
                    format!("{} of {} who wait", tick.admit, self.waiting())
                })
            }
            Record::Entered { place, until, .. } => {
                let called = self.position(*place).is_some_and(|position| position < self.cursor);
                must(called, "only-who-was-called-comes-in", || format!("place {}", place.0))?;
                must(!self.places.has_entered(*place), "a-place-comes-in-once", || {
                    format!("place {}", place.0)
                })?;
                must(*until > room.now(), "a-pass-lasts", || format!("place {}", place.0))?;
                let (inside, cap) = (self.visitors.len(), self.terms.policy.cap);
                must(inside < cap, "the-shop-is-never-fuller-than-its-cap", || {
                    format!("place {} comes in to {inside} of {cap}", place.0)
                })
            }
            Record::Extended { place, until } => {
                let visitor = self.visitors.get(*place);
                let once = visitor.is_some_and(|known| !known.extended && known.until <= *until);
                must(once, "a-pass-is-extended-once", || format!("place {}", place.0))
            }
            Record::Left { place } => {
                let inside = self.visitors.get(*place).is_some();
                must(inside, "only-who-is-in-the-shop-leaves", || format!("place {}", place.0))
            }
            Record::Published { places, root } => self.who_takes_part_is_published(*places, root),
            Record::Paused
            | Record::Resumed
            | Record::Ended
            | Record::Said(_)
            | Record::Steered(_) => Ok(()),
        }
    }

    fn one_place_each(&self, room: &Room, fan: FanKey, place: Place) -> Seen {
        must(place == self.places.next(), "places-are-taken-in-order", || {
            format!("place {} after {}", place.0, self.places.len())
        })?;
        must(self.places.find(fan).is_none(), "each-person-has-one-place", || {
            format!("place {} is of somebody who has one", place.0)
        })?;
        let phase = self.phase(room.now());
        must(phase.is_open(), "nobody-joins-a-closed-room", || {
            format!("place {} in {phase:?}", place.0)
        })
    }

    fn who_takes_part_is_published(&self, places: u32, root: &Hash) -> Seen {
        let invariant = "who-takes-part-is-published-once";
        let first = self.published.is_none() && self.order.is_none();
        must(first, invariant, || "again, or after the draw".to_owned())?;
        must(self.frozen == Some(places), invariant, || {
            format!("{places} places instead of {:?}", self.frozen)
        })?;
        must(*root == self.tree().root(), invariant, || {
            "the root is not that of those who joined".to_owned()
        })
    }

    fn the_draw_is_as_published(&self, room: &Room, drawn: &Drawn) -> Seen {
        let invariant = "the-draw-is-as-published";
        let Some(announced) = &self.terms.draw else {
            return Err((invariant, "no draw was announced".to_owned()));
        };
        must(self.order.is_none(), invariant, || "there is a second draw".to_owned())?;
        must(self.frozen == Some(drawn.places), invariant, || {
            format!("{} places instead of {:?}", drawn.places, self.frozen)
        })?;
        must(drawn.root == self.tree().root(), invariant, || {
            "the root is not that of those who joined".to_owned()
        })?;
        let opens = |seed: &Hash| commitment(seed) == announced.commitment;
        must(drawn.seed.as_ref().is_none_or(opens), invariant, || {
            "the seed does not open the published commitment".to_owned()
        })?;
        let unannounced = drawn.beacon.is_some() && announced.beacon.is_none();
        must(!unannounced, invariant, || "the beacon was not announced".to_owned())?;
        must(drawn.beacon.is_none() || self.published.is_some(), invariant, || {
            "the beacon's value came before the root was published".to_owned()
        })?;
        let missing =
            drawn.seed.is_none() || (announced.beacon.is_some() && drawn.beacon.is_none());
        let from = self.terms.starts.plus_ms(announced.fallback_after_ms);
        must(!missing || room.now() >= from, invariant, || {
            "it did without seed or beacon before its time".to_owned()
        })
    }

    fn what_was_published_stays(&self, room: &Room, terms: &Terms) -> Seen {
        terms_are_possible(terms)?;
        let opened = self.places.len() > 0 || self.phase(room.now()).is_open();
        let changed = [
            ("the sale", self.terms.sale != terms.sale),
            ("the salt", self.terms.salt != terms.salt),
            ("the draw", opened && self.terms.draw != terms.draw),
            ("the start", self.frozen.is_some() && self.terms.starts != terms.starts),
        ];
        let changed = changed.into_iter().find_map(|(what, changed)| changed.then_some(what));
        changed.map_or(Ok(()), |what| Err(("what-was-published-stays", what.to_owned())))
    }

    fn check(&self) -> Seen {
        let fans: Vec<FanKey> = self.places.runs().flatten().copied().collect();
        let mut distinct = fans.clone();
        distinct.sort_unstable_by_key(|fan| fan.0);
        distinct.dedup();
        must(distinct.len() == fans.len(), "each-person-has-one-place", || {
            format!("{} people have {} places", distinct.len(), fans.len())
        })?;
        let lost =
            fans.iter().zip(0..).find(|(fan, at)| self.places.find(**fan) != Some(Place(*at)));
        must(lost.is_none(), "each-person-has-one-place", || format!("{lost:?} is not found"))?;

        let joined = self.places.len();
        must(self.cursor <= joined.into(), "only-who-waits-is-called", || {
            format!("{} of {joined}", self.cursor)
        })?;
        let been = self.places.entered_count();
        must(been == self.entered && u64::from(been) <= self.cursor, "the-numbers-add-up", || {
            format!("{been} or {} came in, {} were called", self.entered, self.cursor)
        })?;
        let inside: BTreeSet<Place> = self.visitors.iter().map(|(place, _)| place).collect();
        let stranger = inside.iter().find(|place| !self.places.has_entered(**place));
        must(stranger.is_none(), "only-who-was-called-comes-in", || format!("{stranger:?}"))?;
        let frozen = self.frozen.unwrap_or(0);
        must(frozen <= joined, "the-draw-is-as-published", || format!("{frozen} of {joined}"))?;
        let drawn = self.drawn().is_none_or(|drawn| drawn.places == frozen);
        must(drawn, "the-draw-is-as-published", || format!("{frozen} places were frozen"))
    }
}

fn terms_are_possible(terms: &Terms) -> Seen {
    terms.check().map_err(|refusal| ("terms-are-possible", refusal.to_string()))
}

fn must(holds: bool, invariant: &'static str, detail: impl FnOnce() -> String) -> Seen {
    if holds { Ok(()) } else { Err((invariant, detail())) }
}
