//! Every habit of the test bank, and some of a worse one.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use frontrow_ledger::{
    Time,
    sale::{Currency, Want},
};
use frontrow_payments::{
    outside::Outside,
    provider::{
        Money, OpenPayment, Opened, PaymentState, Provider, ProviderRef, RefundFailure,
        RefundRequest, RefundState, WebhookEvent,
    },
    test_provider::account::Behaviour,
    webhook::WebhookError,
};
use frontrow_shop::{Error, cart::HoldStatus, checkout::CheckedOut, orders::Stage};
use frontrow_store::orders::OrderState;
use http::HeaderMap;

use crate::world::{CHILD, FLOOR, MINUTE, World};

pub async fn a_payment_that_succeeds_becomes_tickets_and_a_mail(world: World) {
    let (_, held) = world.hold_seats(&[0, 1]).await;
    assert_eq!(held.total_minor, 100_000);
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    assert!(matches!(world.order(&token).await.stage, Stage::AwaitingPayment { .. }));
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    // At once, mail or no mail.
    world.expect_tickets(&token, 2).await;
    world.settle_down().await;
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    let code = world.order(&token).await.details.order.code;
    assert!(mails[0].contains("Premiéra") && mails[0].contains(&code), "{}", mails[0]);
    let view = world.order(&token).await;
    let pdf = world.shop.tickets_pdf(
        &view.details,
        frontrow_words::Language::Cs,
        frontrow_tickets::pdf::Paper::Phone,
    );
    assert!(pdf.await.unwrap().starts_with(b"%PDF"));
    world.all_is_well().await;
}

pub async fn a_payment_that_fails_can_be_tried_again(world: World) {
    tried_again_after(world, Behaviour::Fail).await;
}

pub async fn a_payment_given_up_can_be_tried_again(world: World) {
    tried_again_after(world, Behaviour::Cancel).await;
}

async fn tried_again_after(world: World, first: Behaviour) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, first).await;
    world.returned(&token).await.unwrap();
    assert!(matches!(world.order(&token).await.stage, Stage::Unpaid { until: Some(_) }));
    let CheckedOut::Pay { url, .. } = world.pay_again(&token).await.unwrap() else {
        panic!("there is something to pay");
    };
    let second = ProviderRef::parse(url.rsplit_once('/').unwrap().1).unwrap();
    assert_ne!(second, payment);
    world.choose(&second, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    world.expect_tickets(&token, 1).await;
    world.settle_down().await;
    world.all_is_well().await;
}

pub async fn a_late_payment_becomes_tickets(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::SucceedLate { delay_ms: 4 * MINUTE }).await;
    world.returned(&token).await.unwrap();
    assert!(matches!(world.order(&token).await.stage, Stage::AwaitingPayment { .. }));
    world.pass(4 * MINUTE).await;
    world.settle_down().await;
    world.expect_tickets(&token, 1).await;
    world.all_is_well().await;
}

pub async fn money_after_the_hold_has_lapsed_takes_the_same_places_if_they_are_free(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::SucceedAfterExpiry).await;
    world.pass(16 * MINUTE).await;
    assert_eq!(world.left().await.0, 7, "the place went back to sale");
    world.settle_down().await;
    world.expect_tickets(&token, 1).await;
    assert_eq!(world.left().await.0, 6);
    world.all_is_well().await;
}

pub async fn money_after_the_places_are_gone_goes_back(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::SucceedAfterExpiry).await;
    world.clock.pass_ms(15 * MINUTE + 5_000);
    world.pass(0).await;
    let (_, other) = world.hold_seats(&[0]).await;
    world.settle_down().await;
    let view = world.order(&token).await;
    assert_eq!((view.stage, view.details.order.state), (Stage::Refunded, OrderState::Failed));
    assert_eq!(world.given_back(&payment).await, 50_000);
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    drop(other);
    world.all_is_well().await;
}

pub async fn a_payment_announced_twice_counts_once(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::SucceedTwice).await;
    world.settle_down().await;
    world.returned(&token).await.unwrap();
    world.expect_tickets(&token, 1).await;
    assert_eq!(world.mails().await.len(), 1);
    assert_eq!(world.given_back(&payment).await, 0);
    world.all_is_well().await;
}

pub async fn a_silent_payment_is_found_by_asking(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::SucceedSilently).await;
    // Nobody comes back and no webhook comes.
    world.settle_down().await;
    world.expect_tickets(&token, 1).await;
    world.all_is_well().await;
}

pub async fn a_bank_that_never_answers_ends_the_order(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::NeverAnswer).await;
    world.settle_down().await;
    assert!(matches!(world.order(&token).await.stage, Stage::AwaitingPayment { .. }));
    world.pass(20 * MINUTE).await;
    world.settle_down().await;
    let view = world.order(&token).await;
    assert_eq!(view.stage, Stage::Unpaid { until: None });
    assert_eq!(view.details.order.state, OrderState::Failed);
    assert_eq!(world.left().await.0, 7);
    world.all_is_well().await;
}

pub async fn what_costs_nothing_needs_no_bank(world: World) {
    let cart = world.shop.new_cart();
    let wants = vec![Want::Area { area: FLOOR, ticket_types: vec![CHILD, CHILD] }];
    let held = world.hold(cart, wants).await.unwrap();
    assert_eq!(held.total_minor, 0);
    let checked_out = world.check_out(&held, "jana@example.com").await.unwrap();
    let CheckedOut::Done { order } = checked_out else { panic!("nothing to pay") };
    world.expect_tickets(order.as_str(), 2).await;
    // The same request again is the same order.
    let again = world.check_out(&held, "jana@example.com").await.unwrap();
    assert_eq!(again.order(), &order);
    world.settle_down().await;
    assert_eq!(world.mails().await.len(), 1);
    world.all_is_well().await;
}

pub async fn without_a_provider_only_what_costs_nothing_is_sold(mut world: World) {
    world.options.is_unpaid = true;
    world.restart();
    let (_, held) = world.hold_seats(&[0]).await;
    let refused = world.check_out(&held, "jana@example.com").await.unwrap_err();
    assert!(matches!(refused, Error::NoProvider), "{refused:?}");
    let held = world.shop.hold_view(held.at).await.unwrap();
    assert!(matches!(held.state, HoldStatus::Live { .. }), "nothing is bound: {:?}", held.state);
    assert!(world.audit().await.is_empty(), "no order that nobody can pay");
    let wants = vec![Want::Area { area: FLOOR, ticket_types: vec![CHILD, CHILD] }];
    let held = world.hold(world.shop.new_cart(), wants).await.unwrap();
    let checked_out = world.check_out(&held, "jana@example.com").await.unwrap();
    world.expect_tickets(checked_out.order().as_str(), 2).await;
}

/// A provider that charges something else than it was asked to, and forgets to say what it opened.
#[derive(Debug)]
struct Crooked {
    charges: Money,
    opened: Mutex<Vec<OpenPayment>>,
    refunds: Mutex<Vec<RefundRequest>>,
    /// Answers to refunds before it does what it is asked.
    moods: Mutex<Vec<Mood>>,
}

/// What a provider says when it is asked for a refund.
#[derive(Debug, Clone, Copy)]
enum Mood {
    Busy,
    Pending,
    Never,
}

#[async_trait]
impl Provider for Crooked {
    fn name(&self) -> &'static str {
        "crooked"
    }

    async fn open(&self, payment: &OpenPayment, _: Time) -> Result<Opened, Outside> {
        self.opened.lock().unwrap().push(payment.clone());
        let reference = payment.payment_id.0.simple().to_string();
        Ok(Opened {
            provider_ref: ProviderRef::parse(&reference).unwrap(),
            redirect_url: format!("http://crooked.test/{reference}"),
        })
    }

    async fn check(&self, _: &ProviderRef, now: Time) -> Result<PaymentState, Outside> {
        Ok(PaymentState::Paid { at: now, amount: self.charges })
    }

    async fn refund(&self, request: &RefundRequest, now: Time) -> Result<RefundState, Outside> {
        match self.moods.lock().unwrap().pop() {
            Some(Mood::Busy) => return Err(Outside::Busy { retry_after_ms: None }),
            Some(Mood::Pending) => return Ok(RefundState::Pending),
            Some(Mood::Never) => return Ok(RefundState::Failed(RefundFailure::NotPaid)),
            None => {}
        }
        self.refunds.lock().unwrap().push(request.clone());
        Ok(RefundState::Done { at: now })
    }

    fn parse_webhook(
        &self,
        _: &HeaderMap,
        body: &[u8],
        _: Time,
    ) -> Result<WebhookEvent, WebhookError> {
        let reference = std::str::from_utf8(body).map_err(|_| WebhookError::Malformed)?;
        let provider_ref = ProviderRef::parse(reference).map_err(|_| WebhookError::Malformed)?;
        Ok(WebhookEvent { event_id: reference.to_owned(), provider_ref })
    }
}

fn crooked(amount_minor: i64, currency: [u8; 3]) -> Arc<Crooked> {
    Arc::new(Crooked {
        charges: Money { amount_minor, currency: Currency(currency) },
        opened: Mutex::default(),
        refunds: Mutex::default(),
        moods: Mutex::default(),
    })
}

pub async fn money_that_does_not_fit_goes_back(mut world: World) {
    for (seat, (amount_minor, currency, back_minor)) in
        (0..).zip([(49_999, *b"CZK", 49_999), (50_001, *b"CZK", 50_000), (50_000, *b"EUR", 50_000)])
    {
        let provider = crooked(amount_minor, currency);
        world.options.provider = Some(provider.clone());
        world.restart();
        let (_, held) = world.hold_seats(&[seat]).await;
        let email = format!("jana{seat}@example.com");
        let checked_out = world.check_out(&held, &email).await.unwrap();
        let token = checked_out.order().as_str().to_owned();
        world.returned(&token).await.unwrap();
        world.settle_down().await;
        assert_eq!(world.order(&token).await.stage, Stage::Refunded);
        let refunds = provider.refunds.lock().unwrap().clone();
        assert_eq!(refunds.len(), 1);
        assert_eq!(refunds[0].amount.amount_minor, back_minor);
        assert!(world.order(&token).await.details.tickets.is_empty());
    }
    world.all_is_well().await;
}

pub async fn a_refund_that_fails_is_tried_again_and_one_that_cannot_be_is_not(mut world: World) {
    for (seat, mood, back) in
        [(0, Mood::Busy, true), (1, Mood::Pending, true), (2, Mood::Never, false)]
    {
        let provider = crooked(40_000, *b"CZK");
        provider.moods.lock().unwrap().extend([mood, Mood::Busy]);
        world.options.provider = Some(provider.clone());
        world.restart();
        let (_, held) = world.hold_seats(&[seat]).await;
        let checked_out = world.check_out(&held, &format!("jana{seat}@example.com")).await.unwrap();
        let token = checked_out.order().as_str().to_owned();
        world.returned(&token).await.unwrap();
        world.settle_down().await;
        let stage = if back { Stage::Refunded } else { Stage::Refunding };
        assert_eq!(world.order(&token).await.stage, stage, "{mood:?}");
        assert_eq!(provider.refunds.lock().unwrap().len(), usize::from(back), "{mood:?}");
        assert!(provider.moods.lock().unwrap().is_empty());
    }
}

pub async fn a_webhook_that_overtakes_the_answer_waits(mut world: World) {
    let provider = crooked(50_000, *b"CZK");
    world.options.provider = Some(provider.clone());
    world.restart();
    let (_, held) = world.hold_seats(&[0]).await;
    // Somebody else's payment, or one whose opening was not written down yet: kept, and looked at again.
    world.shop.webhook("crooked", &HeaderMap::new(), b"unknown").await.unwrap();
    let checked_out = world.check_out(&held, "jana@example.com").await.unwrap();
    let reference = provider.opened.lock().unwrap()[0].payment_id.0.simple().to_string();
    for _ in 0..3 {
        world.shop.webhook("crooked", &HeaderMap::new(), reference.as_bytes()).await.unwrap();
    }
    world.expect_tickets(checked_out.order().as_str(), 1).await;
    assert!(world.shop.webhook("nobody", &HeaderMap::new(), b"x").await.is_err());
    world.settle_down().await;
    world.all_is_well().await;
}
