//! What an organiser says of a waiting room, and what they see of it.

use std::sync::Arc;

use frontrow_ledger::{
    CommandId,
    room::{
        Command, DrawTerms, PassTimes, Phase, Refusal, Steering, Terms, admission::Policy,
        draw::commitment,
    },
};
use frontrow_store::{
    page::{Page, PageRequest},
    rooms::RoomAction,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Door, beacons};
use crate::{
    Error, Result, Shop,
    fault::{At, Faults, Problem},
    limits::{ROOM_ERRORS_PPM_MAX, ROOM_P99_MS_MAX, ROOM_PLACES_EACH_MILLI, ROOM_STALE_MS},
    moment::Days,
    random,
    spec::{RoomSpec, Starts},
};

/// Where [`Door::code_series`] stands among the rules of a room.
const SERIES: &str = "code_series";

/// What an organiser does to a room that is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChange {
    /// No more turns come.
    Pause,
    /// Turns come again.
    Resume,
    /// Everybody is told this, or nothing any more.
    Say(Option<String>),
    /// How many are let in.
    Steer(Steering),
    /// What the announced beacon said.
    Beacon(Vec<u8>),
    /// No access code that was made so far is valid any more.
    CallBackCodes,
    /// Nobody waits any more, for good.
    End,
}

impl RoomChange {
    /// What it is called in the list of what was done.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Say(_) => "say",
            Self::Steer(_) => "steer",
            Self::Beacon(_) => "beacon",
            Self::CallBackCodes => "call-back-codes",
            Self::End => "end",
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::Pause | Self::Resume | Self::CallBackCodes | Self::End => json!({}),
            Self::Say(message) => json!({ "message": message }),
            Self::Steer(steering) => json!(steering),
            Self::Beacon(value) => json!({ "value": hex::encode(value) }),
        }
    }
}

impl Shop {
    /// Sets up a waiting room, or changes what may still change of one.
    pub async fn put_room(
        &self,
        performance: Uuid,
        spec: &RoomSpec,
        who: &str,
        command: CommandId,
    ) -> Result<()> {
        let (terms, door) = self.room_terms(performance, spec).await?;
        // Known before it is defined: from its first moment on, nobody buys past it.
        let rules = serde_json::to_value(&door)
            .map_err(|error| Error::Broken("the rules at the door", error.into()))?;
        let rules = self.inner.store.room_opened(performance, self.now(), |before| {
            // Codes that were called back stay so.
            let series = before.and_then(|mut before| Some(before.get_mut(SERIES)?.take()));
            let mut rules = rules;
            if let (Some(rules), Some(series)) = (rules.as_object_mut(), series) {
                rules.insert(SERIES.to_owned(), series);
            }
            rules
        });
        self.know_room(performance, Door::read(rules.await?)?);
        let handle = self.room_of(performance).await?;
        self.ask_room(&handle, command, Command::Define(Arc::new(terms))).await?;
        let mode = format!("{:?}", spec.mode).to_lowercase();
        let detail = json!({
            "mode": mode, "target": spec.target, "cap": spec.cap, "rate_per_minute": spec.rate_per_minute,
        });
        self.note(performance, command, who, "set-up", detail).await
    }

    /// Does something to a room, and notes who did.
    pub async fn change_room(
        &self,
        performance: Uuid,
        change: RoomChange,
        who: &str,
        command: CommandId,
    ) -> Result<()> {
        let (name, detail) = (change.name(), change.detail());
        let handle = self.room_of(performance).await?;
        let asked = match change {
            RoomChange::Pause => Command::Pause,
            RoomChange::Resume => Command::Resume,
            RoomChange::Say(message) => Command::Say(message),
            RoomChange::Steer(steering) => Command::Steer(steering),
            RoomChange::End => Command::End,
            RoomChange::CallBackCodes => {
                return self.call_back_codes(performance, who, command).await;
            }
            RoomChange::Beacon(value) => {
                self.draw_with(performance, &handle, Some(value), command).await?;
                return self.note(performance, command, who, name, detail).await;
            }
        };
        self.ask_room(&handle, command, asked).await?;
        self.note(performance, command, who, name, detail).await
    }

    /// Goes on with the next series of access codes. Places that were taken with older ones stay, and so do passes.
    async fn call_back_codes(
        &self,
        performance: Uuid,
        who: &str,
        command: CommandId,
    ) -> Result<()> {
        let handle = self.room_of(performance).await?;
        let now = self.now();
        if handle.read(|room, _| room.line().is_none_or(|line| line.phase(now) == Phase::Ended))? {
            return Err(Error::Room(Refusal::Ended));
        }
        let action =
            self.action(performance, command, who, RoomChange::CallBackCodes.name(), json!({}));
        let rules = self.inner.store.change_room_rules(action, |rules| {
            let series = rules.get(SERIES).and_then(Value::as_u64).unwrap_or(0) + 1;
            rules[SERIES] = series.into();
            json!({ "series": series })
        });
        let rules = rules.await?.ok_or(Error::NotFound("waiting room"))?;
        self.know_room(performance, Door::read(rules)?);
        Ok(())
    }

    /// What was done to a room, newest first.
    pub async fn room_actions(
        &self,
        performance: Uuid,
        page: PageRequest,
    ) -> Result<Page<RoomAction>> {
        Ok(self.inner.store.room_actions(performance, page).await?)
    }

    /// The same command again is not noted again.
    async fn note(
        &self,
        performance: Uuid,
        command: CommandId,
        who: &str,
        action: &str,
        detail: Value,
    ) -> Result<()> {
        let action = self.action(performance, command, who, action, detail);
        Ok(self.inner.store.note_room_action(&action).await?)
    }

    fn action(
        &self,
        performance: Uuid,
        command: CommandId,
        who: &str,
        action: &str,
        detail: Value,
    ) -> RoomAction {
        RoomAction {
            id: random::custom_uuid(command.0),
            performance_id: performance,
            at: self.now(),
            who: who.to_owned(),
            action: action.to_owned(),
            detail,
        }
    }

    async fn room_terms(&self, performance: Uuid, spec: &RoomSpec) -> Result<(Terms, Door)> {
        let facts = self.facts(performance).await?;
        let zone = TimeZone::get(&facts.details.venue.zone)
            .map_err(|error| Error::Broken("the venue's time", error.into()))?;
        let details = &facts.details.performance;
        let days = Days { zone, imported: self.now(), starts: Some(details.starts_at) };
        let mut faults = Faults::default();
        let mut on = |key: &str, moment: crate::moment::Moment| {
            let on = moment.on(&days);
            if on.is_none() {
                faults.push(At::ROOT.key(key), Problem::MustBe("a day on the calendar"));
            }
            on
        };
        let starts = match spec.starts {
            Starts::At(moment) => on("starts", moment),
            Starts::In(ms) => Some(self.now().plus_ms(ms)),
        };
        let ends = spec.ends.map(|moment| on("ends", moment));
        let anyone_from = spec.anyone_from.map(|moment| on("anyone_from", moment));
        let starts = faults.or(starts)?;
        let keys = &self.inner.keys;
        let draw = spec.draw.as_ref().map(|draw| DrawTerms {
            commitment: commitment(&keys.room_seed(performance)),
            beacon: draw.beacon.clone(),
            fallback_after_ms: draw.fallback_ms,
        });
        let terms = Terms {
            sale: performance.as_u128(),
            salt: keys.room_salt(performance),
            mode: spec.mode,
            opens: starts.plus_ms(-spec.opens_before_ms),
            starts,
            ends: ends.flatten(),
            draw,
            pass: PassTimes { valid_ms: spec.pass_ms, extension_ms: spec.extension_ms },
            policy: policy(spec),
        };
        let mut faults = Faults::default();
        let objection = terms.draw.as_ref().and_then(|draw| beacons::objection(draw, starts));
        if let Some(problem) = objection {
            let beacon = At::ROOT.key("beacon");
            faults.push(beacon.key("round"), Problem::Contradiction(problem));
        }
        for fault in terms.faults() {
            faults.push(&fault.field, Problem::Contradiction(fault.problem));
        }
        let door = Door {
            entry: spec.entry,
            anyone_from: anyone_from.flatten(),
            work_bits: spec.work_bits,
            gate: spec.gate.clone(),
            code_series: 0,
            network_joins_per_minute: spec.network_joins_per_minute,
        };
        faults.or(Some((terms, door))).map_err(Error::from)
    }
}

/// What the controller is told of a shop of this kind.
fn policy(spec: &RoomSpec) -> Policy {
    Policy {
        target: spec.target,
        cap: spec.cap,
        rate_per_minute: spec.rate_per_minute,
        turn_ms: spec.turn_ms,
        p99_ms_max: ROOM_P99_MS_MAX,
        errors_ppm_max: ROOM_ERRORS_PPM_MAX,
        provider_errors_ppm_max: ROOM_ERRORS_PPM_MAX,
        stale_after_ms: ROOM_STALE_MS,
        places_per_person_milli: ROOM_PLACES_EACH_MILLI,
        paused: false,
    }
}
