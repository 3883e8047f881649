//! Mail to those who wait and asked for it: when it is their turn, and when places come back.
//!
//! Who joins the waiting list keeps their place in the queue, and is written to in its order.

use frontrow_ledger::{
    Place, Time,
    room::{Line, Phase, Refusal, Turn},
};
use frontrow_store::{
    page::{Page, PageRequest},
    room_wishes::{RoomWish, Wish},
};
use frontrow_words::Language;
use uuid::Uuid;

use super::caretaker::Care;
use crate::{
    Error, Result, Shop,
    buyer::Email,
    fault::{At, Faults, Problem},
    limits::{ROOM_CALLED_BACK, ROOM_CALLED_MAX, ROOM_MAIL_MS},
    worker::Done,
};

/// How far a replica is with writing to those whose turn came.
#[derive(Debug, Default)]
pub(super) struct Called {
    /// Positions that were looked at.
    to: Option<u64>,
    /// When somebody was looked for last.
    looked: Option<Time>,
    /// When somebody of the waiting list was written to last.
    listed: Option<Time>,
}

/// What is looked at of a room.
struct Seen {
    cursor: u64,
    /// Of the positions from where we are.
    places: Vec<u32>,
    free: u32,
    turn_ms: i64,
}

impl Shop {
    /// Somebody who waits wants a mail, once; what they wished for before is forgotten.
    pub async fn wish_for_mail(
        &self,
        performance: Uuid,
        receipt: &str,
        wish: Wish,
        email: &str,
        language: Language,
    ) -> Result<()> {
        let place = self.receipt(performance, receipt)?.place;
        let Some(address) = Email::parse(email) else {
            let mut faults = Faults::default();
            faults.push(At::ROOT.key("email"), Problem::MustBe("an e-mail address"));
            return Err(Error::Faults(faults));
        };
        let handle = self.room_of(performance).await?;
        let position = handle.read(|room, _| {
            let line = room.line()?;
            line.turn(place, self.now())?;
            Some(line.position(place))
        })?;
        let wish = RoomWish {
            performance_id: performance,
            place: place.0,
            wish,
            position: position.ok_or(Error::Room(Refusal::UnknownPlace))?,
            email: address.address().to_string(),
            locale: language.code().to_owned(),
            created_at: self.now(),
            mailed_at: None,
        };
        Ok(self.inner.store.put_room_wish(&wish).await?)
    }

    /// They want none any more: their address is forgotten.
    pub async fn wish_for_no_mail(&self, performance: Uuid, receipt: &str) -> Result<()> {
        let place = self.receipt(performance, receipt)?.place;
        Ok(self.inner.store.delete_room_wishes(performance, place.0).await?)
    }

    /// About what the holder of a place is still to be written to.
    pub async fn mails_wished(&self, performance: Uuid, place: Place) -> Result<Vec<Wish>> {
        let wishes = self.inner.store.room_wishes_of(performance, place.0).await?;
        let open = wishes.into_iter().filter(|wish| wish.mailed_at.is_none());
        Ok(open.map(|wish| wish.wish).collect())
    }

    /// Who is on the waiting list of a room, longest on it first.
    pub async fn waiting_list(
        &self,
        performance: Uuid,
        page: PageRequest,
    ) -> Result<Page<RoomWish>> {
        Ok(self.inner.store.waiting_list(performance, page).await?)
    }

    /// How many are on it and were not written to.
    pub async fn waiting_list_count(&self, performance: Uuid) -> Result<u64> {
        Ok(self.inner.store.waiting_list_count(performance).await?)
    }

    /// Orders the mails that are due in a room. Asked by whoever gives its ticks; again and again is the same.
    pub(super) async fn call_by_mail(&self, performance: Uuid, care: &mut Care) -> Result<()> {
        let now = self.now();
        let called = &mut care.called;
        if called.looked.is_some_and(|looked| now.ms_since(looked) < ROOM_MAIL_MS) {
            return Ok(());
        }
        let handle = self.room_of(performance).await?;
        let seen = handle.read(|room, _| {
            let line = room.line().filter(|line| line.phase(now) == Phase::Queue)?;
            Some(Seen::new(line, called.to))
        })?;
        let Some(seen) = seen else { return Ok(()) };
        let store = &self.inner.store;
        let mut mails = store.call_places(performance, &seen.places, now).await?;
        let from = called.to.unwrap_or_else(|| seen.cursor.saturating_sub(ROOM_CALLED_BACK));
        called.to = Some(from + u64::try_from(seen.places.len()).unwrap_or(0));
        // Whoever was written to has the time of a turn to come before others are.
        let quiet = called.listed.is_none_or(|last| now.ms_since(last) >= seen.turn_ms);
        if seen.free > 0 && quiet {
            let listed = store.call_waiting_list(performance, seen.cursor, seen.free, now).await?;
            called.listed = (listed > 0).then_some(now).or(called.listed);
            mails += listed;
        }
        // Where there is more to look at, the next look follows at once.
        called.looked = (seen.places.len() < ROOM_CALLED_MAX).then_some(now);
        if mails > 0 {
            self.wake();
        }
        Ok(())
    }

    /// Writes to somebody who wished for it, unless they came in meanwhile or want it no more.
    pub(crate) async fn mail_wish(&self, key: &str, id: Uuid) -> Result<Done> {
        let Some(wish) = self.inner.store.room_wish(id).await? else { return Ok(Done::Finished) };
        let stream = frontrow_log::Stream::room(wish.performance_id.as_u128());
        let handle = self.inner.rooms.sequencers.open(stream).await?;
        let now = self.now();
        let comes = handle.read(|room, _| {
            let turn = room.line().and_then(|line| line.turn(Place(wish.place), now));
            matches!(turn, Some(Turn::Open { .. } | Turn::Missed))
        })?;
        if !comes {
            return Ok(Done::Finished);
        }
        let letter = self.room_letter(&wish).await?;
        self.send(key, letter).await
    }
}

impl Seen {
    fn new(line: &Line, looked_to: Option<u64>) -> Self {
        let cursor = line.cursor();
        let from = looked_to.unwrap_or_else(|| cursor.saturating_sub(ROOM_CALLED_BACK));
        let place = |position: u64| {
            let drawn = line.order().and_then(|order| order.place(position));
            u32::try_from(drawn.unwrap_or(position)).ok()
        };
        let places = (from..cursor).take(ROOM_CALLED_MAX).filter_map(place).collect();
        let free = line.gauges().map_or(0, |gauges| gauges.places_free);
        Self { cursor, places, free, turn_ms: line.terms().policy.turn_ms }
    }
}
