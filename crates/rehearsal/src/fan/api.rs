//! Through `/api/v1`, as an app does.

use std::time::Duration;

use rand::{RngExt as _, seq::IndexedRandom as _};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Asked, End, HoldEnd, HoldName, Journey, Money, Way, choose};
use crate::{
    browser::{Answer, Ask, Lost},
    crowd::{Ending, think},
    pages::{Field, FieldKind},
    tally::{Event, Step},
};

impl Journey<'_> {
    pub(super) async fn visit_api(&mut self) -> Result<End, Lost> {
        if self.world.room.is_some()
            && let Way::Home(end) = self.through_room().await?
        {
            return Ok(end);
        }
        if self.is_early() {
            self.await_opening().await?;
        }
        match self.until_held(None).await? {
            Asked::Held => {}
            Asked::Refused | Asked::Room => return Ok(End::Refused),
            Asked::SoldOut => return Ok(End::SoldOut),
            Asked::Home(end) => return Ok(end),
        }
        match self.fan.ending {
            Ending::Abandons | Ending::LooksOnly | Ending::Watches => return Ok(End::AsIntended),
            Ending::GivesBack => return self.release_by_api().await,
            _ => self.think(think::FORM).await,
        }
        self.order_by_api().await
    }

    /// One attempt to hold places, from what is offered at this moment.
    pub(super) async fn hold_by_api(&mut self) -> Result<Asked, Lost> {
        let target = &self.world.target;
        let performance = target.performance;
        let path = format!("/api/v1/performances/{performance}");
        let offer = self.json(Step::Page, &Ask::get(Step::Page, path.as_str())).await?;
        let offered = offered(&offer);
        self.think(think::LOOK).await;
        let Some(field) = choose::field(target, &offered, self.fan.choice, &mut self.rng) else {
            return Ok(Asked::SoldOut);
        };
        let party = if self.tries > 6 { 1 } else { self.fan.party };
        let (count, places) = target.places(field, party);
        let category = match field.kind {
            FieldKind::Best => Some(usize::from(field.of)),
            FieldKind::Area => target.areas.get(usize::from(field.of)).map(|area| area.category),
        };
        let sold_as = category.and_then(|category| target.sold_as.get(category));
        let Some((sold_as, kind)) =
            sold_as.and_then(|sold_as| Some((sold_as, sold_as.types.choose(&mut self.rng)?)))
        else {
            return Ok(Asked::SoldOut);
        };
        let kinds = vec![kind.as_str(); usize::from(count)];
        let want = match field.kind {
            FieldKind::Best => json!({ "best": {
                "category": sold_as.key, "ticket_types": kinds, "may_split": self.tries > 2,
            } }),
            FieldKind::Area => {
                let key = target.areas.get(usize::from(field.of)).map(|area| area.key.as_str());
                json!({ "area": { "area": key, "ticket_types": kinds } })
            }
        };
        let holds = format!("{path}/holds");
        let key = self.key();
        let body = json!({ "wants": [want] });
        let ask = self.with_pass(Ask::json(Step::Hold, holds.as_str(), &key, &body));
        let answer = self.send(&ask).await?;
        if answer.status.as_u16() != 201 {
            return self.refused(Step::Hold, &answer);
        }
        let hold = read(&answer);
        let id = text(&hold, "id");
        self.held(HoldName::Id(id.clone()), places);
        self.lapses = held_for(&answer, &hold).map(|long| Instant::now() + long);
        let seen = self.json(Step::Cart, &Ask::get(Step::Cart, format!("{holds}/{id}"))).await?;
        let shown = seen["positions"].as_array().map_or(0, Vec::len);
        self.sees_held(shown);
        Ok(Asked::Held)
    }

    async fn order_by_api(&mut self) -> Result<End, Lost> {
        let Some(HoldName::Id(hold)) = self.story.holds.last().map(|hold| hold.name.clone()) else {
            return Ok(End::Refused);
        };
        let places = self.story.holds.last().map_or(0, |hold| usize::from(hold.places));
        let body = json!({
            "performance": self.world.target.performance, "hold": hold, "name": self.name,
            "email": self.email, "terms": true, "attendees": vec![self.name.as_str(); places],
        });
        let key = self.key();
        let ask = self.with_pass(Ask::json(Step::Order, "/api/v1/orders", &key, &body));
        let answer = self.send(&ask).await?;
        if answer.status.as_u16() != 201 {
            self.refused(Step::Order, &answer)?;
            self.world.tally.count(Event::Refused);
            return self.release_by_api().await.map(|_| End::Refused);
        }
        let order = read(&answer);
        let token = text(&order, "token");
        self.ordered(token, Money::None);
        let url = text(&order, "payment_url");
        let Some(at) = url.find("/pay/") else {
            self.story.orders.iter_mut().for_each(|order| order.money = Money::Paid);
            return self.tickets().await;
        };
        let known = self.story.orders.len();
        let end = self.bank_and_on(&url[at..]).await;
        // The bank led to the same order: one line of the story.
        if self.story.orders.len() > known {
            let later = self.story.orders.split_off(known);
            if let (Some(order), Some(later)) =
                (self.story.orders.last_mut(), later.into_iter().next())
            {
                *order = later;
            }
        }
        end
    }

    async fn release_by_api(&mut self) -> Result<End, Lost> {
        let Some(HoldName::Id(hold)) = self.story.holds.last().map(|hold| hold.name.clone()) else {
            return Ok(End::Refused);
        };
        let path = format!("/api/v1/performances/{}/holds/{hold}", self.world.target.performance);
        let mut ask = Ask::json(Step::Cart, path, &self.key(), &Value::Null);
        ask.method = http::Method::DELETE;
        ask.body = bytes::Bytes::new();
        let answer = self.send(&ask).await?;
        if !answer.status.is_success() {
            self.refused(Step::Cart, &answer)?;
            return Ok(End::Refused);
        }
        self.hold_ended(HoldEnd::GivenBack);
        Ok(End::AsIntended)
    }

    /// Whether an order has its tickets.
    pub(super) async fn has_tickets(&mut self, token: &str) -> Result<bool, Lost> {
        let path = format!("/api/v1/orders/{token}");
        let order = self.json(Step::OrderPage, &Ask::get(Step::OrderPage, path)).await?;
        Ok(order["tickets"].as_array().is_some_and(|tickets| !tickets.is_empty()))
    }

    async fn json(&mut self, step: Step, ask: &Ask) -> Result<Value, Lost> {
        let answer = self.ask(ask).await?;
        if answer.status.as_u16() == 200 {
            Ok(read(&answer))
        } else {
            Err(self.world.browser.odd(step, &answer))
        }
    }

    /// The sale says no; anything else is no answer.
    fn refused(&self, step: Step, answer: &Answer) -> Result<Asked, Lost> {
        match answer.status.as_u16() {
            403 if self.world.room.is_some() => Ok(Asked::Room),
            409 | 410 => Ok(Asked::Refused),
            _ => Err(self.world.browser.odd(step, answer)),
        }
    }

    /// Nobody guesses it.
    fn key(&mut self) -> String {
        format!("{:032x}", self.rng.random::<u128>())
    }
}

fn offered(offer: &Value) -> Vec<Field> {
    let list = |name: &str| offer[name].as_array().cloned().unwrap_or_default();
    let fields = |kind, name, left: &'static str| {
        let has = move |(_, one): &(u16, Value)| one[left].as_u64().is_some_and(|left| left > 0);
        (0..).zip(list(name)).filter(has).map(move |(of, _)| Field { kind, of, ticket_type: 0 })
    };
    let best = fields(FieldKind::Best, "categories", "seats_left");
    best.chain(fields(FieldKind::Area, "areas", "left")).collect()
}

/// How long places are held: by the shop's clock, which need not be ours.
fn held_for(answer: &Answer, hold: &Value) -> Option<Duration> {
    let now = answer.headers.get(http::header::DATE)?.to_str().ok()?;
    let now = jiff::fmt::rfc2822::parse(now).ok()?.timestamp();
    let until: jiff::Timestamp = hold["expires_at"].as_str()?.parse().ok()?;
    Duration::try_from(until.duration_since(now)).ok()
}

fn read(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
