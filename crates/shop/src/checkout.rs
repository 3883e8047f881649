//! From held places to an order, and from an order to the provider's page.
//!
//! The steps, each written down before the next: the ledger binds the hold to the order and fixes its places; the order
//! is written with the prices as held; the payment is written; the provider opens it, with the payment's id as its
//! idempotency key and without anything locked. Every id follows from what is bought, so that whoever repeats the
//! request, or comes back after a crash, goes on with the same order.

mod form;

use frontrow_ledger::{
    ChannelId, CommandId, HoldId, OrderId, Time,
    sale::{Command, Refusal},
};
use frontrow_payments::provider::{Money, OpenPayment, PaymentId};
use frontrow_store::{
    jobs::NewJob,
    orders::{Contact, Created, NewOrder, NewPosition, Order},
    payments::{NewPayment, Payment, PaymentState},
};
use frontrow_words::Language;
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    buyer::Email,
    cart::{HoldRef, HoldStatus, HoldView},
    code::{self, OrderToken},
    limits::{ORDER_EXPIRY_MARGIN_MS, PAYMENT_FIRST_CHECK_MS, PAYMENT_MARGIN_MS},
    random,
    room::{Admitted, Device, Purpose},
    worker::JOB_ORDER_EXPIRY,
};

pub use form::CheckoutForm;

/// What was asked to be bought.
#[derive(Debug, Clone)]
pub struct CheckoutRequest {
    /// Which hold.
    pub at: HoldRef,
    /// Through which door.
    pub channel: ChannelId,
    /// Who buys.
    pub form: CheckoutForm,
    /// In which language to write to them.
    pub language: Language,
    /// That they may pay.
    pub admitted: Admitted,
}

/// Where the buyer goes next.
#[derive(Debug, Clone)]
pub enum CheckedOut {
    /// To the provider's page.
    Pay {
        /// The order meanwhile.
        order: OrderToken,
        /// The provider's page.
        url: String,
    },
    /// Nothing is to be paid, or it was paid before: to the order.
    Done {
        /// The order.
        order: OrderToken,
    },
}

impl CheckedOut {
    /// The order.
    pub const fn order(&self) -> &OrderToken {
        match self {
            Self::Pay { order, .. } | Self::Done { order } => order,
        }
    }
}

impl Shop {
    /// Buys what is held. Faults of the form are all named at once; the same request again goes on with the same
    /// order.
    pub async fn checkout(&self, request: CheckoutRequest) -> Result<CheckedOut> {
        request.admitted.check(request.at.performance)?;
        let mut view = self.hold_view(request.at).await?;
        if !matches!(view.state, HoldStatus::Live { .. } | HoldStatus::Paying { .. }) {
            // It may have been held at another replica, a moment ago.
            view = self.hold_view_now(request.at).await?;
        }
        if let HoldStatus::Sold { order } = view.state {
            return Ok(CheckedOut::Done { order: self.token(order) });
        }
        if view.positions.is_empty() {
            return Err(Refusal::UnknownHold.into());
        }
        // Before anything is bound or written: nobody could ever pay such an order.
        if view.total_minor > 0 {
            self.provider_name()?;
        }
        let names = view.facts.offer.names_required;
        let email = request.form.check(view.positions.len(), names)?;
        let id = self.order_id(&request);
        let payments = self.inner.store.payments_of_order(id).await?;
        let attempt = u32::try_from(payments.len()).unwrap_or(u32::MAX);
        match self.bind(request.at, id, &email, attempt, Ok(request.admitted)).await {
            Ok(()) => {}
            // Its payment was confirmed in this very moment.
            Err(Error::Refused(Refusal::HoldSold)) => return self.sold_meanwhile(request.at).await,
            Err(error) => return Err(error),
        }
        // From here on the places are fixed; what was held a moment ago may have been less.
        let view = self.hold_view(request.at).await?;
        request.form.check(view.positions.len(), names)?;
        match self.write_order(id, &request, &view).await? {
            Created::New { order, payment } => self.open_payment(&order, payment.as_slice()).await,
            Created::Existing(order) => self.open_payment(&order, &payments).await,
        }
    }

    async fn sold_meanwhile(&self, at: HoldRef) -> Result<CheckedOut> {
        match self.hold_view(at).await?.state {
            HoldStatus::Sold { order } => Ok(CheckedOut::Done { order: self.token(order) }),
            _ => Err(Refusal::HoldSold.into()),
        }
    }

    /// Opens another payment of an order that is not paid yet: the same places if they are still free. `pass` finds the
    /// pass for a performance, if the caller has one: it is asked for only where the places have lapsed, for whoever has
    /// an order came in before, perhaps from another device.
    pub async fn pay_again(
        &self,
        token: &str,
        pass: impl FnOnce(Uuid) -> Option<String> + Send,
        device: Device,
    ) -> Result<CheckedOut> {
        let order = self.order_of_token(token).await?;
        let performance = order.performance_id;
        let pass = pass(performance);
        let retakes = self.admit(performance, Purpose::Pay, pass.as_deref(), device).await;
        let done = CheckedOut::Done { order: self.token(order.id) };
        let payments = self.inner.store.payments_of_order(order.id).await?;
        if payments.iter().any(|payment| payment.state == PaymentState::Paid) {
            return Ok(done);
        }
        let at =
            HoldRef { performance: order.performance_id, hold: HoldId(order.hold_id.as_u128()) };
        let email = Email::parse(&order.contact.email).ok_or(Error::NotFound("contact"))?;
        let attempt = u32::try_from(payments.len()).unwrap_or(u32::MAX);
        match self.bind(at, order.id, &email, attempt, retakes).await {
            Err(Error::Refused(Refusal::HoldSold)) => Ok(done),
            Err(error) => Err(error),
            Ok(()) => self.open_payment(&order, &payments).await,
        }
    }

    /// The ledger binds the hold to the order, taking lapsed places again if they are free and the buyer may.
    async fn bind(
        &self,
        at: HoldRef,
        order: Uuid,
        email: &Email,
        attempt: u32,
        retakes: Result<Admitted>,
    ) -> Result<()> {
        let id = |purpose| {
            let number = attempt.to_be_bytes();
            self.command_id(purpose, &[&at.hold.0.to_be_bytes(), order.as_bytes(), &number])
        };
        let check_out = || Command::Checkout {
            hold: at.hold,
            order: OrderId(order.as_u128()),
            buyer: email.buyer(&self.inner.keys),
        };
        let mut bound = self.submit(at.performance, id("checkout"), check_out()).await;
        if matches!(bound, Err(Error::Refused(Refusal::HoldExpired))) {
            retakes?.check(at.performance)?;
            let again = Command::Reacquire { hold: at.hold };
            match self.submit(at.performance, self.new_command_id(), again).await {
                // Another tab was as quick.
                Ok(_) | Err(Error::Refused(Refusal::HoldLive)) => {}
                Err(error) => return Err(error),
            }
            bound = self.submit(at.performance, id("checkout"), check_out()).await;
        }
        bound.map(|_| ())
    }

    /// Which order a hold becomes when it is bought with this contact; with other data it is another order.
    fn order_id(&self, request: &CheckoutRequest) -> Uuid {
        let form = &request.form;
        let attendees = form.attendees.join("\n");
        let parts: [&[u8]; 6] = [
            request.at.performance.as_bytes(),
            &request.at.hold.0.to_be_bytes(),
            form.name.as_bytes(),
            form.email.as_bytes(),
            form.phone.as_bytes(),
            attendees.as_bytes(),
        ];
        random::custom_uuid(self.derive("order", "checkout", &parts))
    }

    async fn write_order(
        &self,
        id: Uuid,
        request: &CheckoutRequest,
        view: &HoldView,
    ) -> Result<Created> {
        let now = self.now();
        let until = match view.state {
            HoldStatus::Paying { until, .. } => until,
            _ => now,
        };
        let expiry = NewJob {
            kind: JOB_ORDER_EXPIRY.to_owned(),
            key: id.to_string(),
            payload: serde_json::json!({ "order": id }),
            due_at: until.plus_ms(ORDER_EXPIRY_MARGIN_MS),
        };
        let currency = view.currency.code();
        let payment = match view.total_minor {
            0 => None,
            total => Some(self.new_payment((id, 0), (total, currency), until)?),
        };
        let token = OrderToken::new(&self.inner.keys, OrderId(id.as_u128()));
        let codes = 0..frontrow_store::limits::ORDER_CODES_MAX;
        let order = NewOrder {
            id,
            codes: codes.map(|_| code::draw(&*self.inner.random)).collect(),
            secret_hash: token.hash(),
            organisation_id: view.facts.details.event.organisation_id,
            performance_id: request.at.performance,
            hold_id: Uuid::from_u128(request.at.hold.0),
            channel: request.channel,
            contact: Contact {
                name: request.form.name.trim().to_owned(),
                email: request.form.email.trim().to_owned(),
                phone: request.form.phone.trim().to_owned(),
            },
            locale: request.language.code().to_owned(),
            currency: currency.to_owned(),
            positions: positions(request, view),
            idempotency_hash: None,
            payment,
            jobs: vec![expiry],
            created_at: now,
        };
        Ok(self.inner.store.create_order(order).await?)
    }

    /// Opens the next payment of an order after those that it had, or goes on with the one that is open.
    async fn open_payment(&self, order: &Order, payments: &[Payment]) -> Result<CheckedOut> {
        let token = self.token(order.id);
        if order.total_minor == 0 {
            self.confirm_free(order).await?;
            return Ok(CheckedOut::Done { order: token });
        }
        let payment = self.next_payment(order, payments).await?;
        if payment.state == PaymentState::Paid {
            return Ok(CheckedOut::Done { order: token });
        }
        if let Some(url) = payment.page_url {
            return Ok(CheckedOut::Pay { order: token, url });
        }
        let provider = self.provider(&payment.provider)?;
        let facts = self.facts(order.performance_id).await?;
        let language = Language::parse(&order.locale).unwrap_or(Language::En);
        let request = OpenPayment {
            payment_id: PaymentId(payment.id),
            order_code: order.code.clone(),
            amount: money(&payment)?,
            description: facts.details.event.title.get(language.code()).to_owned(),
            return_url: self.order_url(&token),
            expires_at: payment.expires_at,
            locale: language.code().to_owned(),
        };
        let asked = self.now();
        let opened = provider.open(&request, asked).await;
        self.provider_answered(asked, opened.is_err());
        let opened = opened?;
        let reference = opened.provider_ref.as_str();
        let url = opened.redirect_url;
        self.inner.store.payment_opened(payment.id, reference, &url, self.now()).await?;
        Ok(CheckedOut::Pay { order: token, url })
    }

    /// The payment to go on with: one that the buyer can still pay, or a new one.
    async fn next_payment(&self, order: &Order, payments: &[Payment]) -> Result<Payment> {
        let now = self.now();
        let going_on = payments.iter().rev().find(|payment| match payment.state {
            PaymentState::Paid => true,
            PaymentState::Open | PaymentState::Opening => payment.expires_at > now,
            _ => false,
        });
        if let Some(payment) = going_on {
            return Ok(payment.clone());
        }
        let until = self.held_until(order).await?;
        let amount = (order.total_minor, order.currency.as_str());
        let payment = self.new_payment((order.id, payments.len()), amount, until)?;
        Ok(self.inner.store.create_payment(payment).await?)
    }

    /// The so many-th payment of an order, whose places are held until then.
    fn new_payment(
        &self,
        (order_id, number): (Uuid, usize),
        (amount_minor, currency): (i64, &str),
        until: Time,
    ) -> Result<NewPayment> {
        let now = self.now();
        let number = (number as u64).to_be_bytes();
        let id = self.derive("payment", "order", &[order_id.as_bytes(), &number]);
        Ok(NewPayment {
            id: random::custom_uuid(id),
            order_id,
            provider: self.provider_name()?.to_owned(),
            amount_minor,
            currency: currency.to_owned(),
            // What the buyer pays in the last second should arrive while the places are held.
            expires_at: until.plus_ms(-PAYMENT_MARGIN_MS),
            next_check_at: now.plus_ms(PAYMENT_FIRST_CHECK_MS),
            created_at: now,
        })
    }

    /// Whom new payments go to.
    fn provider_name(&self) -> Result<&str> {
        self.inner.config.provider.as_deref().ok_or(Error::NoProvider)
    }

    async fn confirm_free(&self, order: &Order) -> Result<()> {
        let confirm = Command::Confirm {
            hold: HoldId(order.hold_id.as_u128()),
            order: OrderId(order.id.as_u128()),
        };
        let id = self.command_id("confirm-free", &[order.id.as_bytes()]);
        self.submit(order.performance_id, id, confirm).await?;
        self.show(order.performance_id).await;
        Ok(())
    }

    async fn held_until(&self, order: &Order) -> Result<Time> {
        let hold = HoldId(order.hold_id.as_u128());
        let until = |book: &frontrow_ledger::sale::Book| book.hold(hold).map(|hold| hold.until);
        let until = self.look(order.performance_id, until).await?;
        until.ok_or_else(|| Refusal::UnknownHold.into())
    }

    pub(crate) fn confirm_id(&self, payment: Uuid) -> CommandId {
        self.command_id("confirm", &[payment.as_bytes()])
    }
}

/// What a payment is about.
pub(crate) fn money(payment: &Payment) -> Result<Money> {
    let code: Option<[u8; 3]> = payment.currency.as_bytes().try_into().ok();
    let code = code.ok_or(Error::NotFound("currency"))?;
    let currency = frontrow_ledger::sale::Currency(code);
    Ok(Money { amount_minor: payment.amount_minor, currency })
}

fn positions(request: &CheckoutRequest, view: &HoldView) -> Vec<NewPosition> {
    let attendee = |index: usize| request.form.attendees.get(index).map_or("", |name| name.trim());
    let position = |(index, position): (usize, &crate::cart::PositionView)| NewPosition {
        place: position.at,
        label: position.place.in_words(request.language.code()),
        category: position.category,
        ticket_type: position.ticket_type,
        price_minor: position.price_minor,
        attendee_name: attendee(index).to_owned(),
    };
    view.positions.iter().enumerate().map(position).collect()
}
