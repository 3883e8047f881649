//! An order as its page shows it: what was bought, how far it is, and its tickets.

use std::sync::Arc;

use frontrow_ledger::{ChannelId, CommandId, HoldId, OrderId, Time, sale::Command};
use frontrow_payments::provider::Provider;
use frontrow_store::{
    orders::{Order, OrderDetails, OrderState},
    payments::{Payment, PaymentState},
};
use frontrow_words::Money;
use uuid::Uuid;

use crate::{Error, Result, Shop, code::OrderToken, facts::Facts, ticket::money};

/// An order with everything that its page shows.
#[derive(Debug, Clone)]
pub struct OrderView {
    /// The secret part of its link.
    pub token: OrderToken,
    /// The order, its places and its tickets; who bought is in it.
    pub details: OrderDetails,
    /// Of what.
    pub facts: Arc<Facts>,
    /// How far it is.
    pub stage: Stage,
    /// What it cost.
    pub total: Money,
    /// The moment of this view.
    pub now: Time,
}

/// How far an order is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The provider has not said anything yet.
    AwaitingPayment {
        /// Where the buyer pays, once it is known.
        page_url: Option<String>,
        /// Until when the places are held.
        until: Option<Time>,
    },
    /// The money is there, the tickets come any moment.
    Confirming,
    /// Its payment failed or was never finished; it may be paid again.
    Unpaid {
        /// Until when the places are held; `None` means they went back to sale, and may be gone.
        until: Option<Time>,
    },
    /// Sold; there are tickets.
    Paid,
    /// All of its places went back.
    Cancelled,
    /// The money came, but the places were gone: it goes back.
    Refunding,
    /// The money came, but the places were gone: it went back.
    Refunded,
}

impl Shop {
    /// The order that a link leads to.
    pub async fn order(&self, token: &str) -> Result<OrderView> {
        let id = OrderToken::order(&self.inner.keys, token).ok_or(Error::NotFound("order"))?;
        self.order_view(id).await
    }

    /// The same for a buyer who may come back from the provider: while the order waits for its payment, the provider is
    /// asked how it went.
    pub async fn order_returned(&self, token: &str) -> Result<OrderView> {
        let id = OrderToken::order(&self.inner.keys, token).ok_or(Error::NotFound("order"))?;
        let (order, payments) = self.bought(id).await?;
        let stage = self.stage(&order, &payments).await?;
        if matches!(stage, Stage::AwaitingPayment { .. }) {
            match self.payment_returned(&order, &payments).await {
                Ok(true) => return self.order_view(id).await,
                Ok(false) => {}
                Err(error) => {
                    // The worker asks again; the page says that it waits.
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the payment provider could not be asked");
                }
            }
        }
        self.view(order, payments, stage).await
    }

    /// An order by its id, for the API and the organiser.
    pub async fn order_view(&self, id: Uuid) -> Result<OrderView> {
        let (order, payments) = self.bought(id).await?;
        let stage = self.stage(&order, &payments).await?;
        self.view(order, payments, stage).await
    }

    async fn bought(&self, id: Uuid) -> Result<(Order, Vec<Payment>)> {
        self.inner.store.order_and_payments(id).await?.ok_or(Error::NotFound("order"))
    }

    async fn view(&self, order: Order, payments: Vec<Payment>, stage: Stage) -> Result<OrderView> {
        let facts = self.facts(order.performance_id).await?;
        let (positions, tickets) = self.inner.store.positions_and_tickets(order.id).await?;
        let (token, now) = (self.token(order.id), self.now());
        let total = money(order.total_minor, &order.currency);
        let details = OrderDetails { order, positions, tickets, payments };
        Ok(OrderView { token, details, facts, stage, total, now })
    }

    /// Undoes a purchase, whole or by position. What was paid for it goes back by itself.
    pub async fn cancel(
        &self,
        order: Uuid,
        positions: Option<Vec<u16>>,
        command: CommandId,
    ) -> Result<()> {
        let row = self.inner.store.order(order).await?.ok_or(Error::NotFound("order"))?;
        let cancel = Command::Cancel { order: OrderId(order.as_u128()), positions };
        self.submit(row.performance_id, command, cancel).await?;
        // The projector writes down, with the cancellation itself, that there is money to return.
        self.show(row.performance_id).await;
        self.wake();
        Ok(())
    }

    async fn stage(&self, order: &Order, payments: &[Payment]) -> Result<Stage> {
        match order.state {
            OrderState::Paid | OrderState::PartlyCancelled => return Ok(Stage::Paid),
            OrderState::Cancelled => return Ok(Stage::Cancelled),
            OrderState::Pending | OrderState::Failed => {}
        }
        let any = |state| payments.iter().any(|payment| payment.state == state);
        if any(PaymentState::Paid) || (order.total_minor == 0 && self.is_confirmed(order).await?) {
            return Ok(Stage::Confirming);
        }
        let hold = HoldId(order.hold_id.as_u128());
        let id = OrderId(order.id.as_u128());
        let now = self.now();
        let until = self
            .look_now(order.performance_id, |book| {
                let hold = book.hold(hold).filter(|hold| hold.is_live() && hold.until > now)?;
                hold.payment.filter(|payment| payment.order == id).map(|_| hold.until)
            })
            .await?;
        let open = |payment: &&Payment| {
            matches!(payment.state, PaymentState::Open | PaymentState::Opening)
        };
        // What happened last decides what is shown: a refund of a first attempt does not hide a second one.
        Ok(match payments.iter().rev().find(open) {
            Some(payment) if until.is_some() => {
                Stage::AwaitingPayment { page_url: payment.page_url.clone(), until }
            }
            _ if any(PaymentState::RefundDue) => Stage::Refunding,
            _ if any(PaymentState::Refunded) => Stage::Refunded,
            _ => Stage::Unpaid { until },
        })
    }

    async fn is_confirmed(&self, order: &Order) -> Result<bool> {
        let id = OrderId(order.id.as_u128());
        self.look_now(order.performance_id, |book| book.order(id).is_some()).await
    }

    pub(crate) async fn order_of_token(&self, token: &str) -> Result<Order> {
        let id = OrderToken::order(&self.inner.keys, token).ok_or(Error::NotFound("order"))?;
        self.inner.store.order(id).await?.ok_or(Error::NotFound("order"))
    }

    /// The secret part of an order's link.
    pub fn token(&self, order: Uuid) -> OrderToken {
        OrderToken::new(&self.inner.keys, OrderId(order.as_u128()))
    }

    pub(crate) fn provider(&self, name: &str) -> Result<Arc<dyn Provider>> {
        self.inner.providers.get(name).cloned().ok_or(Error::NotFound("payment provider"))
    }
}

/// A door to the shop as the API writes it.
pub fn channel_word(channel: ChannelId) -> &'static str {
    match channel {
        ChannelId::WEB => "web",
        ChannelId::BOX_OFFICE => "box-office",
        ChannelId::API => "api",
        ChannelId::PRESALE => "presale",
        _ => "other",
    }
}
