//! What each record changes. Nothing is decided here: a record says all there is to know.

use std::sync::Arc;

use crate::{
    FanKey, Place, Time,
    limits::{BUSY_MS, CALM_MS},
    room::{
        Line, Mode, Offer, Record, Steering, Terms,
        admission::{Gauges, Tick},
        line::{Automatic, Order, Shown},
        visitors::Visitor,
    },
};

impl Terms {
    pub(super) fn steer(&mut self, steering: Steering) {
        let Steering { rate_per_minute, target, cap } = steering;
        self.policy.rate_per_minute = rate_per_minute;
        self.policy.target = target;
        self.policy.cap = cap;
    }
}

impl Line {
    /// A fan takes the next place.
    pub(super) fn join(&mut self, fan: FanKey, place: Place, now: Time) {
        let next = self.places.add(fan, now);
        assert!(next == place, "places are taken in the order of the log");
    }

    /// Applies a record of a room that is defined, but for joins.
    pub(super) fn apply(&mut self, record: &Record, now: Time) {
        match record {
            Record::Joined { .. } => panic!("a join says whose only by its id"),
            Record::Defined(terms) => {
                self.terms = Arc::clone(terms);
                self.freeze_if_due(now);
            }
            Record::Drawn(drawn) => {
                self.order = Some(Order::new(&self.terms, Arc::new(drawn.clone())));
            }
            Record::Ticked { gauges, offer, tick } => {
                self.tick(now, gauges.as_ref(), offer.as_ref(), tick);
            }
            Record::Entered { place, device, until } => {
                self.places.enter(*place);
                self.entered += 1;
                let (device, until) = (*device, *until);
                let visitor = Visitor { device, came: now, until, extended: false };
                self.visitors.add(*place, visitor);
                let position = self.position(*place).expect("only who has a turn comes in");
                self.admission.entered(position, now);
            }
            Record::Extended { place, until } => self.visitors.extend(*place, *until),
            Record::Left { place } => self.let_out(*place),
            Record::Paused => Arc::make_mut(&mut self.terms).policy.paused = true,
            Record::Resumed => Arc::make_mut(&mut self.terms).policy.paused = false,
            Record::Ended => self.ended = true,
            Record::Said(text) => {
                self.message.number += 1;
                self.message.text = text.as_deref().map(Arc::from);
            }
            Record::Steered(steering) => Arc::make_mut(&mut self.terms).steer(*steering),
            Record::Published { root, .. } => self.published = Some((now, *root)),
        }
    }

    fn tick(&mut self, now: Time, gauges: Option<&Gauges>, offer: Option<&Offer>, tick: &Tick) {
        let mut admission = std::mem::take(&mut self.admission);
        admission.apply(&self.moment(now, gauges), tick);
        self.admission = admission;
        self.cursor += u64::from(tick.admit);
        assert!(self.cursor <= u64::from(self.places.len()), "only who waits is called");
        if let Some(gauges) = gauges {
            self.selling.note(now, gauges);
        }
        if self.terms.mode == Mode::Automatic {
            self.switch(now, gauges);
        }
        self.shown = Shown {
            at: now,
            joined: self.places.len(),
            in_shop: self.visitors.len(),
            tick: Some(*tick),
            gauges: gauges.copied().or(self.shown.gauges),
            offer: offer.map_or_else(|| Arc::clone(&self.shown.offer), |it| Arc::new(it.clone())),
        };
    }

    /// Opens the room when the shop has suffered for a while, and closes it when nobody has waited
    /// and the shop has been well for a longer one. Without news nothing changes.
    fn switch(&mut self, now: Time, gauges: Option<&Gauges>) {
        let Some(gauges) = gauges else { return };
        let policy = &self.terms.policy;
        let suffers =
            gauges.p99_ms > policy.p99_ms_max || gauges.errors_ppm > policy.errors_ppm_max;
        let Automatic { active, otherwise_since } = self.automatic;
        let (otherwise, patience_ms) =
            if active { (!suffers && self.waiting() == 0, CALM_MS) } else { (suffers, BUSY_MS) };
        let since = otherwise.then(|| otherwise_since.unwrap_or(now));
        let turns = since.is_some_and(|since| now.ms_since(since) >= patience_ms);
        self.automatic = if turns {
            Automatic { active: !active, otherwise_since: None }
        } else {
            Automatic { active, otherwise_since: since }
        };
        if turns && !active {
            // From now on turns come in the order of arrival, so there is nothing left to draw.
            self.frozen = Some(self.frozen.unwrap_or(0));
        }
    }
}
