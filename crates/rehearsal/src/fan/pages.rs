//! Through the pages' own forms, as a browser sends them.

use std::time::Duration;

use bytes::Bytes;
use rand::RngExt as _;
use tokio::time::Instant;

use super::{Asked, End, HoldEnd, HoldName, Journey, Way, choose};
use crate::{
    browser::{Ask, Lost},
    crowd::{Choice, Ending, think},
    limits::{WATCH_LOOKS, WATCH_RELOADS_AFTER},
    pages::{self, Tokens},
    tally::Step,
};

impl Journey<'_> {
    pub(super) async fn visit_pages(&mut self) -> Result<End, Lost> {
        let page_path = self.world.target.page_path();
        let mut page = self.page(Step::Page, &page_path).await?;
        if self.is_sent_to_room(&page) {
            match self.through_room().await? {
                Way::In => page = self.page(Step::Page, &page_path).await?,
                Way::Home(end) => return Ok(end),
            }
        }
        let by_map = self.fan.choice == Choice::Map;
        if by_map || self.fan.ending == Ending::Watches {
            let path = self.world.target.drawing_path.clone();
            let ask = Ask::get(Step::Drawing, path).with(http::header::ACCEPT_ENCODING, "br");
            self.ask(&ask).await?;
            self.look_at_status().await?;
        }
        if self.is_early() {
            self.await_opening().await?;
            page = self.page(Step::Page, &page_path).await?;
        }
        self.think(think::LOOK).await;
        if self.fan.ending == Ending::LooksOnly {
            self.look_at_status().await?;
            return Ok(End::AsIntended);
        }
        if self.fan.ending == Ending::Watches {
            return self.watch().await;
        }
        if by_map {
            // The page asks every second; what the fan sees when choosing is a second old at most.
            self.look_at_status().await?;
        }
        match self.until_held(Some(page)).await? {
            Asked::Held => self.cart_and_on().await,
            Asked::Refused | Asked::Room => Ok(End::Refused),
            Asked::SoldOut => Ok(End::SoldOut),
            Asked::Home(end) => Ok(end),
        }
    }

    /// Looks at what is free as the open page does, and loads the page anew now and then.
    async fn watch(&mut self) -> Result<End, Lost> {
        let looks = self.rng.random_range(WATCH_LOOKS);
        for look in 1..=looks {
            if self.world.is_over() {
                break;
            }
            self.look_at_status().await?;
            if look.is_multiple_of(WATCH_RELOADS_AFTER) {
                self.page(Step::Page, &self.world.target.page_path()).await?;
            }
            self.think(think::WATCH).await;
        }
        Ok(End::AsIntended)
    }

    /// A page as it is now.
    async fn page(&mut self, step: Step, path: &str) -> Result<Bytes, Lost> {
        let answer = self.ask(&Ask::get(step, path)).await?;
        if answer.status.as_u16() == 200 {
            Ok(answer.body)
        } else {
            Err(self.world.browser.odd(step, &answer))
        }
    }

    /// The tokens that its forms carry.
    pub(super) fn tokens(&self, step: Step, page: &[u8]) -> Result<Tokens, Lost> {
        pages::tokens(page).ok_or_else(|| self.world.browser.lost(step, "a page without a form"))
    }

    /// One attempt to hold places, from the page that is shown or a fresh one.
    pub(super) async fn hold_by_page(&mut self, shown: Option<Bytes>) -> Result<Asked, Lost> {
        let page = match shown {
            Some(page) => page,
            None => self.page(Step::Page, &self.world.target.page_path()).await?,
        };
        if self.is_sent_to_room(&page) {
            return Ok(Asked::Room);
        }
        let offered = pages::fields(&page);
        if offered.is_empty() {
            return Ok(Asked::SoldOut);
        }
        let target = &self.world.target;
        // Who was too slow again and again takes fewer places, and apart.
        let party = if self.tries > 6 { 1 } else { self.fan.party };
        let split = self.tries > 2;
        let seats = match self.fan.choice {
            Choice::Map => {
                choose::seats(&target.drawing, &self.status, usize::from(party), &mut self.rng)
            }
            _ => Vec::new(),
        };
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut places = party;
        for (seat, category) in &seats {
            let sold_as = target.sold_as.get(usize::from(*category));
            let number = sold_as.and_then(|sold_as| sold_as.type_numbers.first()).unwrap_or(&0);
            fields.push((format!("seat.{seat}"), number.to_string()));
        }
        if seats.is_empty() {
            let Some(field) = choose::field(target, &offered, self.fan.choice, &mut self.rng)
            else {
                return Ok(Asked::SoldOut);
            };
            let (count, takes) = target.places(field, party);
            places = takes;
            fields.push((field.name(), count.to_string()));
            if split {
                fields.push(("split".to_owned(), "1".to_owned()));
            }
        }
        let tokens = self.tokens(Step::Hold, &page)?;
        let mut form = vec![("csrf", tokens.csrf.as_str()), ("once", tokens.once.as_str())];
        form.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let ask = Ask::form(Step::Hold, target.hold_path(), &form);
        let answer = self.send(&ask).await?;
        match answer.location() {
            Some("/cart") => {
                self.held(HoldName::Cart(self.jar.clone()), places);
                Ok(Asked::Held)
            }
            Some(room) if room == target.room_path() => Ok(Asked::Room),
            Some(_) => {
                if self.fan.choice == Choice::Map {
                    self.look_at_status().await?;
                }
                Ok(Asked::Refused)
            }
            None => Err(self.world.browser.odd(Step::Hold, &answer)),
        }
    }

    /// From a fresh hold to wherever the fan wants to get.
    async fn cart_and_on(&mut self) -> Result<End, Lost> {
        let page = self.page(Step::Cart, "/cart").await?;
        self.note_lapse(&page);
        self.sees_held(pages::held(&page));
        match self.fan.ending {
            Ending::Abandons => return Ok(End::AsIntended),
            Ending::GivesBack => {
                self.think(think::CART).await;
                return self.give_back(&page).await;
            }
            _ => self.think(think::CART).await,
        }
        let path = self.world.target.checkout_path();
        let answer = self.ask(&Ask::get(Step::Form, path.clone())).await?;
        if answer.location().is_some() {
            // The hold lapsed over the thinking.
            return Ok(End::Refused);
        }
        if answer.status.as_u16() != 200 {
            return Err(self.world.browser.odd(Step::Form, &answer));
        }
        let form = answer.body;
        let tokens = self.tokens(Step::Form, &form)?;
        let attendees = pages::attendees(&form);
        self.think(think::FORM).await;
        let (name, email) = (self.name.clone(), self.email.clone());
        let mut fields = vec![
            ("csrf", tokens.csrf.as_str()),
            ("once", tokens.once.as_str()),
            ("email", email.as_str()),
            ("name", name.as_str()),
            ("terms", "1"),
        ];
        fields.extend(attendees.iter().map(|field| (field.as_str(), name.as_str())));
        let answer = self.send(&Ask::form(Step::Order, path, &fields)).await?;
        match answer.location().map(str::to_owned) {
            Some(bank) if bank.starts_with("/pay/") => self.bank_and_on(&bank).await,
            Some(order) if order.starts_with("/orders/") => {
                let token = order.trim_start_matches("/orders/").to_owned();
                self.ordered(token, super::Money::Paid);
                self.tickets().await
            }
            // Over a limit: what is held goes back.
            Some(_) => {
                self.world.tally.count(crate::tally::Event::Refused);
                let page = self.page(Step::Cart, "/cart").await?;
                self.give_back(&page).await.map(|_| End::Refused)
            }
            None => Err(self.world.browser.odd(Step::Order, &answer)),
        }
    }

    async fn give_back(&mut self, cart: &[u8]) -> Result<End, Lost> {
        let tokens = self.tokens(Step::Cart, cart)?;
        let performance = self.world.target.performance.to_string();
        let fields =
            [("csrf", tokens.csrf.as_str()), ("once", &tokens.once), ("performance", &performance)];
        let answer = self.send(&Ask::form(Step::Cart, "/cart/release", &fields)).await?;
        if answer.location().is_none() {
            return Err(self.world.browser.odd(Step::Cart, &answer));
        }
        self.hold_ended(HoldEnd::GivenBack);
        Ok(End::AsIntended)
    }

    /// Remembers until when places are held, as the page counts it down.
    pub(super) fn note_lapse(&mut self, page: &[u8]) {
        let seconds = pages::attribute(page, "data-countdown").and_then(|text| text.parse().ok());
        if let Some(seconds) = seconds {
            self.lapses = Some(Instant::now() + Duration::from_secs(seconds));
        }
    }
}
