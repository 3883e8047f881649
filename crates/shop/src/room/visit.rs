//! What a fan does in a waiting room: joins, looks, comes in, stays a little longer, leaves.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use frontrow_ledger::{
    CommandId, Place, Time,
    room::{
        Command, DrawTerms, Drawn, Headcount, Line, Pass, Phase, Receipt, Record, Refusal, Status,
        Turn,
        admission::{Policy, Tick, Wait},
        draw::FanDigest,
    },
};
use uuid::Uuid;

use super::{Ask, Device};
use crate::{Error, Result, Shop, cart::CartId, facts::Facts};

/// A place in a waiting room.
#[derive(Debug, Clone)]
pub struct Joined {
    /// What the fan keeps; with it they are found again wherever they come from.
    pub receipt: String,
    /// In the order of joining.
    pub place: Place,
}

/// The right to hold and to pay.
#[derive(Debug, Clone)]
pub struct Entered {
    /// What the fan shows.
    pub pass: String,
    /// From this moment on it lets nobody in.
    pub until: Time,
}

/// A waiting room as one fan sees it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What is announced of the performance.
    pub facts: Arc<Facts>,
    /// What everybody sees.
    pub status: Status,
    /// What the room is doing, and whether turns come.
    pub phase: Phase,
    /// When it opens, when turns begin.
    pub opens: Time,
    /// See [`Visit::opens`].
    pub starts: Time,
    /// What everybody is told.
    pub message: Option<String>,
    /// How many turns came last, and why not more; none before the first tick.
    pub tick: Option<Tick>,
    /// What is set: how many are let in, how long a turn is open.
    pub policy: Policy,
    /// How many there are of whom.
    pub headcount: Headcount,
    /// What was announced of the draw, and what came of it.
    pub draw: Option<(DrawTerms, Option<Drawn>)>,
    /// This fan's own place, if they have one.
    pub own: Option<Own>,
    /// The moment of this view.
    pub now: Time,
}

/// A fan's own place.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// In the order of joining.
    pub place: Place,
    /// Who took it, as everybody may see it.
    pub fan: FanDigest,
    /// In the queue, once it is known.
    pub position: Option<u64>,
    /// How it stands.
    pub turn: Turn,
    /// How long it may take, while they wait.
    pub wait: Option<Wait>,
}

impl Shop {
    /// Takes a place for a browser's cart, or for the code that it shows: the same one however often it asks.
    pub async fn join_room(&self, performance: Uuid, cart: CartId, ask: Ask<'_>) -> Result<Joined> {
        let cart = cart.0.to_be_bytes();
        let mac = self.inner.keys.room_mac(&[b"fan", performance.as_bytes(), &cart]);
        self.join_room_as(performance, self.fan(performance, mac, ask)?).await
    }

    /// Takes a place for a client of the API by a key that it chose, or for the code that it shows: the same one however
    /// often it asks.
    pub async fn join_room_by_key(
        &self,
        performance: Uuid,
        key: &str,
        ask: Ask<'_>,
    ) -> Result<Joined> {
        let mac = self.inner.keys.room_mac(&[b"client", performance.as_bytes(), key.as_bytes()]);
        self.join_room_as(performance, self.fan(performance, mac, ask)?).await
    }

    async fn join_room_as(&self, performance: Uuid, fan: CommandId) -> Result<Joined> {
        let handle = self.room_of(performance).await?;
        let record = self.ask_room(&handle, fan, Command::Join).await?;
        let Record::Joined { place } = record else {
            return Err(Error::Room(Refusal::CommandReused));
        };
        let receipt = handle.read(|room, _| room.line().and_then(|line| receipt(line, place)))?;
        let receipt = receipt.ok_or(Error::Room(Refusal::UnknownPlace))?;
        let sealed = receipt.seal(self.inner.keys.seals());
        Ok(Joined { receipt: BASE64_URL_SAFE_NO_PAD.encode(sealed), place })
    }

    /// The room as the holder of a receipt sees it, or somebody without one.
    pub async fn room_visit(&self, performance: Uuid, receipt: Option<&str>) -> Result<Visit> {
        let facts = self.facts(performance).await?;
        let handle = self.room_of(performance).await?;
        let now = self.now();
        let own = receipt.and_then(|receipt| self.receipt(performance, receipt).ok());
        let view = handle.read(|room, _| {
            let line = room.line()?;
            let status = room.status()?;
            let own = own.and_then(|receipt| own_place(line, &status, &receipt, now));
            let terms = line.terms();
            Some(Visit {
                facts: Arc::clone(&facts),
                phase: line.phase(now),
                opens: terms.opens,
                starts: terms.starts,
                message: line.message().1.map(str::to_owned),
                tick: line.last_tick().map(|(_, tick)| *tick),
                policy: terms.policy,
                headcount: line.headcount(),
                draw: terms.draw.clone().map(|draw| (draw, line.drawn().cloned())),
                own,
                status,
                now,
            })
        })?;
        view.ok_or(Error::NotFound("waiting room"))
    }

    /// Comes in, if it is this fan's turn. Again from the same device, the same pass.
    pub async fn enter_shop(
        &self,
        performance: Uuid,
        receipt: &str,
        device: Device,
    ) -> Result<Entered> {
        let Receipt { place, fan, .. } = self.receipt(performance, receipt)?;
        let handle = self.room_of(performance).await?;
        let enter = Command::Enter { place, fan, device: device.0 };
        match self.ask_room(&handle, self.new_command_id(), enter).await? {
            Record::Entered { until, .. } => Ok(self.pass_until(performance, place, device, until)),
            _ => Err(Error::Room(Refusal::CommandReused)),
        }
    }

    /// More time in the shop, once.
    pub async fn extend_pass(
        &self,
        performance: Uuid,
        pass: Option<&str>,
        device: Device,
    ) -> Result<Entered> {
        let place = self.pass(performance, pass, device, self.now())?.place;
        let handle = self.room_of(performance).await?;
        let id = self.command_id("room-extend", &[performance.as_bytes(), &place.0.to_be_bytes()]);
        match self.ask_room(&handle, id, Command::Extend { place }).await? {
            Record::Extended { until, .. } => {
                Ok(self.pass_until(performance, place, device, until))
            }
            _ => Err(Error::Room(Refusal::CommandReused)),
        }
    }

    /// Leaves the shop, so that somebody else comes in at once. Who is not in it has left.
    pub async fn leave_shop(
        &self,
        performance: Uuid,
        pass: Option<&str>,
        device: Device,
    ) -> Result<()> {
        let Ok(Pass { place, .. }) = self.pass(performance, pass, device, self.now()) else {
            return Ok(());
        };
        let handle = self.room_of(performance).await?;
        match self.ask_room(&handle, self.new_command_id(), Command::Leave { place }).await {
            Ok(_) | Err(Error::Room(Refusal::NotInShop)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn receipt(&self, performance: Uuid, receipt: &str) -> Result<Receipt> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(receipt).ok();
        let sealed = sealed.ok_or(Error::Room(Refusal::UnknownPlace))?;
        Receipt::open(&sealed, self.inner.keys.seals(), performance.as_u128())
            .map_err(|_| Error::Room(Refusal::UnknownPlace))
    }

    fn pass_until(&self, performance: Uuid, place: Place, device: Device, until: Time) -> Entered {
        let pass = Pass { sale: performance.as_u128(), place, device: device.0, until };
        let pass = BASE64_URL_SAFE_NO_PAD.encode(pass.seal(self.inner.keys.seals()));
        Entered { pass, until }
    }
}

fn receipt(line: &Line, place: Place) -> Option<Receipt> {
    Some(Receipt {
        sale: line.terms().sale,
        place,
        fan: line.fan_digest(place)?,
        joined_second: line.joined_second(place),
    })
}

fn own_place(line: &Line, status: &Status, receipt: &Receipt, now: Time) -> Option<Own> {
    let place = receipt.place;
    let turn = line.turn(place, now)?;
    let wait = match turn {
        Turn::Waiting { ahead } => Some(status.pace.wait(ahead + 1)),
        _ => None,
    };
    Some(Own { place, fan: receipt.fan, position: line.position(place), turn, wait })
}
