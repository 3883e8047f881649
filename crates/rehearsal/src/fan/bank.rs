//! At the bank, and back to the tickets.

use super::{End, HoldEnd, Journey, Money, OrderStory};
use crate::{
    browser::{Ask, Lost},
    crowd::{Door, Ending, think},
    limits::{LOOK_EVERY, LOOKS_MAX},
    pages,
    tally::Step,
};

impl Journey<'_> {
    /// Pays, or not, and goes on.
    pub(super) async fn bank_and_on(&mut self, bank: &str) -> Result<End, Lost> {
        let answer = self.ask(&Ask::get(Step::Bank, bank)).await?;
        if answer.status.as_u16() != 200 {
            return Err(self.world.browser.odd(Step::Bank, &answer));
        }
        if self.fan.ending == Ending::AbandonsAtBank {
            self.see_cart().await?;
            return Ok(End::AsIntended);
        }
        self.think(think::BANK).await;
        let (outcome, money) = match self.fan.ending {
            Ending::DeclinedThenPays => ("fail", Money::None),
            Ending::Cancels => ("cancel", Money::None),
            Ending::PaidTwice => ("succeed-twice", Money::Paid),
            Ending::PaidSilently => ("succeed-silently", Money::Paid),
            Ending::PaidLate => ("succeed-late", Money::Paid),
            _ => ("succeed", Money::Paid),
        };
        let token = self.tell_bank(bank, &answer.body, outcome).await?;
        self.ordered(token, money);
        match self.fan.ending {
            Ending::DeclinedThenPays => self.pay_again().await,
            Ending::Cancels => {
                self.look_at_order().await?;
                Ok(End::AsIntended)
            }
            _ => self.tickets().await,
        }
    }

    /// Presses a button of the bank's page; returns the order's token, which the way back leads to.
    async fn tell_bank(&mut self, bank: &str, page: &[u8], outcome: &str) -> Result<String, Lost> {
        if !pages::has_field(page, "outcome") {
            // The money has decided itself meanwhile: it expired.
            return Err(self.world.browser.lost(Step::Bank, "the payment is decided already"));
        }
        let tokens = self.tokens(Step::Bank, page)?;
        let fields = [("csrf", tokens.csrf.as_str()), ("once", &tokens.once), ("outcome", outcome)];
        let answer = self.send(&Ask::form(Step::Pay, bank, &fields)).await?;
        let token = answer.location().and_then(|path| path.strip_prefix("/orders/"));
        token.map(str::to_owned).ok_or_else(|| self.world.browser.odd(Step::Pay, &answer))
    }

    /// Another card after the first one was declined.
    async fn pay_again(&mut self) -> Result<End, Lost> {
        let Some(token) = self.story.orders.last().map(|order| order.token.clone()) else {
            return Ok(End::Refused);
        };
        let page = self.look_at_order().await?;
        self.think(think::AGAIN).await;
        if pages::tokens(&page).is_none() {
            // The hold lapsed, so there is nothing to pay for.
            return Ok(End::Refused);
        }
        let tokens = self.tokens(Step::OrderPage, &page)?;
        let fields = [("csrf", tokens.csrf.as_str()), ("once", tokens.once.as_str())];
        let path = format!("/orders/{token}/pay");
        let answer = self.send(&Ask::form(Step::Order, path, &fields)).await?;
        let bank = match answer.location().map(str::to_owned) {
            Some(bank) if bank.starts_with("/pay/") => bank,
            Some(_) => return Ok(End::Refused),
            None => return Err(self.world.browser.odd(Step::Order, &answer)),
        };
        let answer = self.ask(&Ask::get(Step::Bank, bank.as_str())).await?;
        self.think(think::BANK).await;
        let again = self.tell_bank(&bank, &answer.body, "succeed").await?;
        if again != token {
            self.violation("paying again led to another order".to_owned());
        }
        if let Some(order) = self.story.orders.last_mut() {
            order.money = Money::Paid;
        }
        self.tickets().await
    }

    /// An order's link was given out.
    pub(super) fn ordered(&mut self, token: String, money: Money) {
        self.may_be_out();
        let places = self.story.holds.last().map_or(0, |hold| hold.places);
        self.story.orders.push(OrderStory { token, places, money, seen_tickets: false });
        self.hold_ended(HoldEnd::Ordered);
    }

    /// Looks at the order until its tickets are there.
    pub(super) async fn tickets(&mut self) -> Result<End, Lost> {
        let Some(token) = self.story.orders.last().map(|order| order.token.clone()) else {
            return Ok(End::Refused);
        };
        let ticket = format!("/orders/{token}/tickets/1");
        for _ in 0..LOOKS_MAX {
            let there = match self.fan.door {
                Door::Pages => pages::links_to(&self.look_at_order().await?, &ticket),
                Door::Api => self.has_tickets(&token).await?,
            };
            if there {
                if self.fan.door == Door::Pages {
                    self.ask(&Ask::get(Step::Ticket, ticket)).await?;
                }
                if let Some(order) = self.story.orders.last_mut() {
                    order.seen_tickets = true;
                }
                return Ok(self.bought());
            }
            tokio::time::sleep(LOOK_EVERY).await;
            self.wanted = tokio::time::Instant::now();
            if self.world.is_over() {
                break;
            }
        }
        Ok(End::Waiting)
    }

    async fn look_at_order(&mut self) -> Result<bytes::Bytes, Lost> {
        let token = self.story.orders.last().map(|order| order.token.clone()).unwrap_or_default();
        let answer = self.ask(&Ask::get(Step::OrderPage, format!("/orders/{token}"))).await?;
        if answer.status.as_u16() != 200 {
            return Err(self.world.browser.odd(Step::OrderPage, &answer));
        }
        self.note_lapse(&answer.body);
        Ok(answer.body)
    }

    /// To know when what is held comes back.
    async fn see_cart(&mut self) -> Result<(), Lost> {
        if self.fan.door == Door::Pages {
            let answer = self.ask(&Ask::get(Step::Cart, "/cart")).await?;
            self.note_lapse(&answer.body);
        }
        Ok(())
    }
}
