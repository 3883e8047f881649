//! The room's own doors: its page and its part of the API, asked for the same things.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::HeaderName;
use serde_json::{Value, json};

use super::Journey;
use crate::{
    browser::{Ask, Lost},
    crowd::Door,
    pages::{self, Tokens},
    tally::Step,
};

/// How it stands between a fan and the room, in the room's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Nobody waits.
    Open,
    /// Not open yet.
    Closed,
    /// No place yet.
    Stranger,
    /// A place, and not their turn.
    Waits,
    /// Now, or missed.
    Turn,
    /// In the shop.
    Inside,
    /// They were in the shop.
    Over,
    /// Everything is sold.
    SoldOut,
    /// For good.
    Ended,
}

/// What came of wanting to come in.
pub(super) enum Entering {
    /// They are in.
    In,
    /// One moment.
    Full,
    /// The room's page says why.
    No,
}

/// Where the place and the digest are in a receipt: docs of `frontrow_ledger::room::Receipt`.
const PLACE: std::ops::Range<usize> = 19..23;
const DIGEST: std::ops::Range<usize> = 23..39;

impl Journey<'_> {
    pub(super) fn is_at_pages(&self) -> bool {
        self.fan.door == Door::Pages
    }

    /// Loads the room's page, or asks the API how it stands.
    pub(super) async fn look_at_room(&mut self) -> Result<Stand, Lost> {
        if self.is_at_pages() {
            let path = self.world.target.room_path();
            let answer = self.ask(&Ask::get(Step::Room, path)).await?;
            // No room any more.
            if answer.status.as_u16() == 404 {
                return Ok(Stand::Open);
            }
            if answer.status.as_u16() != 200 {
                return Err(self.world.browser.odd(Step::Room, &answer));
            }
            if let Some(tokens) = pages::tokens(&answer.body) {
                self.room_tokens = Some(tokens);
            }
            self.receipt = self.jar.get(&self.world.target.cookie("place")).map(str::to_owned);
            let state = pages::attribute(&answer.body, "data-room").unwrap_or_default();
            return Ok(stand_of_page(state));
        }
        let mut path = format!("/api/v1{}", self.world.target.room_path());
        if let Some(receipt) = &self.receipt {
            path = format!("{path}?receipt={receipt}");
        }
        let answer = self.ask(&Ask::get(Step::Room, path)).await?;
        match answer.status.as_u16() {
            404 => Ok(Stand::Open),
            200 => Ok(stand_of_api(&serde_json::from_slice(&answer.body).unwrap_or_default())),
            _ => Err(self.world.browser.odd(Step::Room, &answer)),
        }
    }

    /// Asks for a place; whether there may be one now.
    pub(super) async fn join_room(&mut self) -> Result<bool, Lost> {
        if self.is_at_pages() {
            let path = format!("{}/join", self.world.target.room_path());
            let ask = self.room_form(Step::Join, path)?;
            let answer = self.send(&ask).await?;
            if answer.location().is_none() {
                return Err(self.world.browser.odd(Step::Join, &answer));
            }
            self.receipt = self.jar.get(&self.world.target.cookie("place")).map(str::to_owned);
            return Ok(self.receipt.is_some());
        }
        let path = format!("/api/v1{}/places", self.world.target.room_path());
        let key = format!("join-{}", self.device);
        let answer = self.send(&Ask::json(Step::Join, path, &key, &json!({}))).await?;
        match answer.status.as_u16() {
            201 => {
                let joined: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                self.receipt = joined["receipt"].as_str().map(str::to_owned);
                Ok(true)
            }
            // Nobody needs to wait any more, or it is too late for it.
            409 | 410 => Ok(false),
            _ => Err(self.world.browser.odd(Step::Join, &answer)),
        }
    }

    /// The place and the digest of the receipt that they have.
    pub(super) fn receipt(&self) -> Option<(u32, [u8; 16])> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(self.receipt.as_ref()?).ok()?;
        let place = sealed.get(PLACE)?.try_into().ok()?;
        Some((u32::from_be_bytes(place), sealed.get(DIGEST)?.try_into().ok()?))
    }

    /// Asks to come in.
    pub(super) async fn enter_room(&mut self) -> Result<Entering, Lost> {
        let room = self.world.target.room_path();
        if self.is_at_pages() {
            let ask = self.room_form(Step::Enter, format!("{room}/enter"))?;
            let answer = self.send(&ask).await?;
            return match answer.location() {
                Some(path) if path == self.world.target.page_path() => Ok(Entering::In),
                Some(path) if path.contains("moment=") => Ok(Entering::Full),
                Some(_) => Ok(Entering::No),
                None => Err(self.world.browser.odd(Step::Enter, &answer)),
            };
        }
        let body = json!({ "receipt": self.receipt });
        let key = format!("enter-{}", self.device);
        let ask = Ask::json(Step::Enter, format!("/api/v1{room}/enter"), &key, &body);
        let answer = self.send(&ask.with(DEVICE, &self.device)).await?;
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match answer.status.as_u16() {
            200 => {
                self.pass = said["pass"].as_str().map(str::to_owned);
                Ok(Entering::In)
            }
            _ if said["type"].as_str().is_some_and(|kind| kind.ends_with("shop-full")) => {
                Ok(Entering::Full)
            }
            403 | 404 | 409 | 410 => Ok(Entering::No),
            _ => Err(self.world.browser.odd(Step::Enter, &answer)),
        }
    }

    /// Tells the room that they go.
    pub(super) async fn say_goodbye(&mut self) -> Result<(), Lost> {
        let room = self.world.target.room_path();
        let ask = if self.is_at_pages() {
            self.room_form(Step::Leave, format!("{room}/leave"))?
        } else {
            let key = format!("leave-{}", self.device);
            let path = format!("/api/v1{room}/leave");
            let ask = Ask::json(Step::Leave, path, &key, &Value::Null);
            self.with_pass(ask)
        };
        let answer = self.send(&ask).await?;
        if answer.location().is_some() || answer.status.is_success() {
            Ok(())
        } else {
            Err(self.world.browser.odd(Step::Leave, &answer))
        }
    }

    /// Asks for a place of the sale without having come through the room; whether it is held.
    pub(super) async fn hold_past_room(&mut self) -> Result<bool, Lost> {
        let Some(tokens) = self.room_tokens.clone() else { return Ok(false) };
        let fields = [("csrf", tokens.csrf.as_str()), ("once", &tokens.once), ("best.0.0", "1")];
        let ask = Ask::form(Step::Hold, self.world.target.hold_path(), &fields);
        let answer = self.ask(&ask).await?;
        Ok(answer.location() == Some("/cart"))
    }

    /// What an app shows where a pass is asked for.
    pub(super) fn with_pass(&self, ask: Ask) -> Ask {
        match &self.pass {
            Some(pass) => ask.with(PASS, pass).with(DEVICE, &self.device),
            None => ask,
        }
    }

    fn room_form(&self, step: Step, path: String) -> Result<Ask, Lost> {
        let none = || self.world.browser.lost(step, "a page without a form");
        let Tokens { csrf, once } = self.room_tokens.as_ref().ok_or_else(none)?;
        Ok(Ask::form(step, path, &[("csrf", csrf), ("once", once)]))
    }
}

const PASS: HeaderName = HeaderName::from_static("frontrow-pass");
const DEVICE: HeaderName = HeaderName::from_static("frontrow-device");

fn stand_of_page(state: &str) -> Stand {
    match state {
        "closed" => Stand::Closed,
        "gathering" | "queue" => Stand::Stranger,
        "turn" | "one-moment" | "missed" => Stand::Turn,
        "inside" => Stand::Inside,
        "over" => Stand::Over,
        "sold-out" => Stand::SoldOut,
        "ended" => Stand::Ended,
        "open" => Stand::Open,
        _ => Stand::Waits,
    }
}

fn stand_of_api(room: &Value) -> Stand {
    match (room["phase"].as_str().unwrap_or_default(), room["place"]["turn"].as_str()) {
        (_, Some("in-shop")) => Stand::Inside,
        (_, Some("over")) => Stand::Over,
        ("off", _) => Stand::Open,
        ("closed", _) => Stand::Closed,
        ("sold-out", _) => Stand::SoldOut,
        ("ended", _) => Stand::Ended,
        (_, None) => Stand::Stranger,
        (_, Some("open" | "missed")) => Stand::Turn,
        _ => Stand::Waits,
    }
}
