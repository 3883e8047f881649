//! Nobody holds places or pays past a waiting room.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use frontrow_ledger::{
    Time,
    room::{BadSeal, DeviceDigest, Mode, Pass, Refusal, Turn},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Error, Result, Shop, cart::CartId, keys::half, limits::PASS_PAYS_MS};

/// What a pass is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device(pub(super) DeviceDigest);

impl Device {
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0.0
    }

    /// A browser: by the secret of its cart.
    pub fn of_cart(cart: CartId) -> Self {
        Self::of_secret(b"cart", &cart.0.to_be_bytes())
    }

    /// A client of the API: by a secret that it chose.
    pub fn of_client(secret: &str) -> Self {
        Self::of_secret(b"client", secret.as_bytes())
    }

    fn of_secret(kind: &[u8], secret: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(secret);
        let hash: [u8; 32] = hash.finalize().into();
        Self(DeviceDigest(half(&hash).to_be_bytes()))
    }
}

/// Proof that somebody may hold places of a sale, or pay for them: the sale has no waiting room, or they have come
/// through it. Made by [`Shop::admit`] alone.
#[derive(Debug, Clone, Copy)]
pub struct Admitted {
    performance: Uuid,
    pass_of: Option<Device>,
}

impl Admitted {
    /// Whose pass it was, where one was needed.
    pub(crate) const fn pass_of(self) -> Option<Device> {
        self.pass_of
    }

    /// Whether this is about the sale where it is shown.
    pub(crate) fn check(self, performance: Uuid) -> Result<()> {
        if self.performance == performance {
            Ok(())
        } else {
            Err(Error::Room(Refusal::NotYourTurn))
        }
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Hold places, or more of them.
    Hold,
    /// Pay for places that are held: a moment after the pass has ended, too, for a hold has a limit of its own.
    Pay,
}

impl Shop {
    /// Lets somebody through to hold or to pay, or says that it is not their turn. Where people wait, a pass is
    /// needed; if this replica cannot tell whether they do, it is, too.
    pub async fn admit(
        &self,
        performance: Uuid,
        purpose: Purpose,
        pass: Option<&str>,
        device: Device,
    ) -> Result<Admitted> {
        let admitted = Admitted { performance, pass_of: None };
        if !self.has_room(performance) {
            return Ok(admitted);
        }
        let now = self.now();
        let handle = self.room_of(performance).await?;
        // A room that is announced but not defined keeps nobody out: it has not begun.
        let closed_by = handle.read(|room, _| {
            let line = room.line().filter(|line| line.needs_pass(now))?;
            Some(line.terms().mode)
        })?;
        let Some(mode) = closed_by else { return Ok(admitted) };
        // A room that opens by itself finds people with full carts, who have no pass. They may pay for what they hold:
        // whoever came later holds nothing without one.
        if mode == Mode::Automatic && purpose == Purpose::Pay {
            return Ok(admitted);
        }
        let at = match purpose {
            Purpose::Hold => now,
            Purpose::Pay => now.plus_ms(-PASS_PAYS_MS),
        };
        let pass = self.pass(performance, pass, device, at)?;
        // Who left has given up the rest of their time.
        let turn =
            handle.read(|room, _| room.line().and_then(|line| line.turn(pass.place, now)))?;
        match (purpose, turn) {
            (Purpose::Hold, Some(Turn::Over)) => Err(Error::Room(Refusal::TurnOver)),
            _ => Ok(Admitted { performance, pass_of: Some(device) }),
        }
    }

    /// What a pass says, if it is believed. Asks nobody.
    pub(super) fn pass(
        &self,
        performance: Uuid,
        pass: Option<&str>,
        device: Device,
        now: Time,
    ) -> Result<Pass> {
        let sealed = pass.and_then(|pass| BASE64_URL_SAFE_NO_PAD.decode(pass).ok());
        let sealed = sealed.ok_or(Error::Room(Refusal::NotYourTurn))?;
        let opened =
            Pass::open(&sealed, self.inner.keys.seals(), performance.as_u128(), device.0, now);
        opened.map_err(|bad| {
            Error::Room(match bad {
                BadSeal::OtherDevice => Refusal::OtherDevice,
                BadSeal::Expired => Refusal::TurnOver,
                _ => Refusal::NotYourTurn,
            })
        })
    }
}
