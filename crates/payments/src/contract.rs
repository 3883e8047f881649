//! What every provider promises, as a suite: a new provider implements [`Rig`] over its sandbox and
//! calls [`every_clause`] in a test.
//!
//! A clause that does not hold panics with a sentence that says which.

use async_trait::async_trait;
use frontrow_ledger::{Time, sale::Currency};
use http::HeaderMap;
use uuid::Uuid;

use crate::{
    limits::{AMOUNT_MINOR_MAX, WEBHOOK_TOLERANCE_MS},
    outside::Outside,
    provider::{
        Money, OpenPayment, PaymentId, PaymentState, Provider, ProviderRef, RefundFailure,
        RefundId, RefundRequest, RefundState, WebhookEvent,
    },
    webhook::WebhookError,
};

/// A provider and the strings behind its stage.
#[async_trait]
pub trait Rig: Send + Sync {
    /// Under test.
    fn provider(&self) -> &dyn Provider;

    /// Never goes backwards.
    fn now(&self) -> Time;

    /// Never the same twice, not even in the next run against the same sandbox.
    fn new_id(&self) -> Uuid;

    /// The fan pays.
    async fn pay(&self, provider_ref: &ProviderRef);

    /// The bank says no.
    async fn decline(&self, provider_ref: &ProviderRef);

    /// Every webhook that the provider sent since the last call.
    async fn webhooks(&self) -> Vec<(HeaderMap, Vec<u8>)>;
}

const CZK: Currency = Currency(*b"CZK");
const EUR: Currency = Currency(*b"EUR");
const PRICE: Money = Money { amount_minor: 159_000, currency: CZK };
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Every promise of [`Provider`].
pub async fn every_clause(rig: &dyn Rig) {
    opening_twice_opens_once(rig).await;
    one_id_is_not_for_two_payments(rig).await;
    an_impossible_payment_is_refused(rig).await;
    an_unknown_payment_is_not_made_up(rig).await;
    paid_is_paid_for_ever(rig).await;
    declined_is_failed(rig).await;
    a_refund_is_made_once(rig).await;
    refunds_stay_below_what_was_paid(rig).await;
    what_was_not_paid_is_not_refunded(rig).await;
    a_webhook_names_its_payment(rig).await;
    an_altered_webhook_is_not_believed(rig).await;
    a_recorded_webhook_is_not_believed(rig).await;
}

async fn opening_twice_opens_once(rig: &dyn Rig) {
    let payment = new_payment(rig);
    let first = rig.provider().open(&payment, rig.now()).await.expect("a payment opens");
    let second = rig.provider().open(&payment, rig.now()).await.expect("a payment opens again");
    assert_eq!(first, second, "the same id opens one payment");
    assert!(!first.redirect_url.is_empty(), "the fan is sent somewhere");
    assert_eq!(check(rig, &first.provider_ref).await, PaymentState::Open, "nobody paid yet");
}

async fn one_id_is_not_for_two_payments(rig: &dyn Rig) {
    let payment = new_payment(rig);
    rig.provider().open(&payment, rig.now()).await.expect("a payment opens");
    let dearer = Money { amount_minor: PRICE.amount_minor + 1, ..PRICE };
    let other = OpenPayment { amount: dearer, ..payment };
    let answer = rig.provider().open(&other, rig.now()).await;
    assert!(matches!(answer, Err(Outside::IdReused)), "one id, two amounts: {answer:?}");
}

async fn an_impossible_payment_is_refused(rig: &dyn Rig) {
    for amount_minor in [i64::MIN, -1, 0, AMOUNT_MINOR_MAX + 1, i64::MAX] {
        let amount = Money { amount_minor, ..PRICE };
        let payment = OpenPayment { amount, ..new_payment(rig) };
        let answer = rig.provider().open(&payment, rig.now()).await;
        assert!(matches!(answer, Err(Outside::Impossible(_))), "{amount_minor}: {answer:?}");
    }
}

async fn an_unknown_payment_is_not_made_up(rig: &dyn Rig) {
    let unknown = ProviderRef::parse("nobody_knows_this_payment").expect("a reference");
    let answer = rig.provider().check(&unknown, rig.now()).await;
    assert!(matches!(answer, Err(Outside::UnknownPayment)), "unknown payment: {answer:?}");
    let request =
        RefundRequest { refund_id: RefundId(rig.new_id()), provider_ref: unknown, amount: PRICE };
    let answer = rig.provider().refund(&request, rig.now()).await;
    assert!(matches!(answer, Err(Outside::UnknownPayment)), "unknown payment: {answer:?}");
}

async fn paid_is_paid_for_ever(rig: &dyn Rig) {
    let provider_ref = paid(rig).await;
    let PaymentState::Paid { at, amount } = check(rig, &provider_ref).await else {
        panic!("who paid has paid");
    };
    assert_eq!(amount.settles(PRICE), Ok(()), "what was asked for was paid");
    refund(rig, &provider_ref, RefundId(rig.new_id()), PRICE).await.expect("a refund");
    let again = check(rig, &provider_ref).await;
    assert_eq!(again, PaymentState::Paid { at, amount }, "a refund does not unpay");
}

async fn declined_is_failed(rig: &dyn Rig) {
    let provider_ref = opened(rig).await;
    rig.decline(&provider_ref).await;
    let state = check(rig, &provider_ref).await;
    assert!(matches!(state, PaymentState::Failed(_)), "declined: {state:?}");
}

async fn a_refund_is_made_once(rig: &dyn Rig) {
    let provider_ref = paid(rig).await;
    let (id, half) = (RefundId(rig.new_id()), part(PRICE.amount_minor / 2));
    let first = refund(rig, &provider_ref, id, half).await.expect("a refund");
    assert!(!matches!(first, RefundState::Failed(_)), "half of what was paid: {first:?}");
    refund(rig, &provider_ref, id, half).await.expect("the same refund");
    let answer = refund(rig, &provider_ref, id, part(1)).await;
    assert!(matches!(answer, Err(Outside::IdReused)), "one id, two amounts: {answer:?}");
    // Had the second call given money back too, nothing would be left for this.
    let rest = refund(rig, &provider_ref, RefundId(rig.new_id()), half).await;
    assert!(!matches!(rest, Ok(RefundState::Failed(_)) | Err(_)), "the other half: {rest:?}");
}

async fn refunds_stay_below_what_was_paid(rig: &dyn Rig) {
    let provider_ref = paid(rig).await;
    let all_but_ten = part(PRICE.amount_minor - 10);
    refund(rig, &provider_ref, RefundId(rig.new_id()), all_but_ten).await.expect("a refund");
    let state = refund(rig, &provider_ref, RefundId(rig.new_id()), part(11)).await;
    let expected = RefundState::Failed(RefundFailure::AbovePaid { left_minor: 10 });
    assert_eq!(state.expect("an answer"), expected, "more than is left");
    let euros = Money { amount_minor: 1, currency: EUR };
    let state = refund(rig, &provider_ref, RefundId(rig.new_id()), euros).await;
    let expected = RefundState::Failed(RefundFailure::WrongCurrency);
    assert_eq!(state.expect("an answer"), expected, "another currency");
    for nothing in [i64::MIN, -1, 0] {
        let answer = refund(rig, &provider_ref, RefundId(rig.new_id()), part(nothing)).await;
        assert!(matches!(answer, Err(Outside::Impossible(_))), "{nothing}: {answer:?}");
    }
    let rest = refund(rig, &provider_ref, RefundId(rig.new_id()), part(10)).await;
    assert!(!matches!(rest, Ok(RefundState::Failed(_)) | Err(_)), "the rest: {rest:?}");
}

async fn what_was_not_paid_is_not_refunded(rig: &dyn Rig) {
    let provider_ref = opened(rig).await;
    let state = refund(rig, &provider_ref, RefundId(rig.new_id()), part(1)).await;
    let expected = RefundState::Failed(RefundFailure::NotPaid);
    assert_eq!(state.expect("an answer"), expected, "nobody paid");
}

async fn a_webhook_names_its_payment(rig: &dyn Rig) {
    let (provider_ref, headers, body) = webhook(rig).await;
    let event = parse(rig, &headers, &body, rig.now()).expect("a genuine webhook");
    assert_eq!(event.provider_ref, provider_ref, "the payment that was paid");
    let again = parse(rig, &headers, &body, rig.now()).expect("the same webhook");
    assert_eq!(again.event_id, event.event_id, "a repetition is recognised by its id");
}

async fn an_altered_webhook_is_not_believed(rig: &dyn Rig) {
    let (_, headers, body) = webhook(rig).await;
    let unsigned = parse(rig, &HeaderMap::new(), &body, rig.now());
    assert_eq!(unsigned, Err(WebhookError::Unsigned), "without its headers");
    for bit in 0..body.len() * 8 {
        let mut altered = body.clone();
        let byte = altered.get_mut(bit / 8).expect("a bit of the body");
        *byte ^= 1 << (bit % 8);
        let answer = parse(rig, &headers, &altered, rig.now());
        assert_eq!(answer, Err(WebhookError::Forged), "bit {bit} of the body");
    }
    let (_, other_headers, _) = webhook(rig).await;
    let answer = parse(rig, &other_headers, &body, rig.now());
    assert_eq!(answer, Err(WebhookError::Forged), "with the signature of another");
}

async fn a_recorded_webhook_is_not_believed(rig: &dyn Rig) {
    let (_, headers, body) = webhook(rig).await;
    for ms in [-2 * WEBHOOK_TOLERANCE_MS, 2 * WEBHOOK_TOLERANCE_MS] {
        let answer = parse(rig, &headers, &body, rig.now().plus_ms(ms));
        assert_eq!(answer, Err(WebhookError::Stale), "{ms} ms off");
    }
}

fn new_payment(rig: &dyn Rig) -> OpenPayment {
    OpenPayment {
        payment_id: PaymentId(rig.new_id()),
        order_code: "K7RM-2VQ9".to_owned(),
        amount: PRICE,
        description: "Příliš žluťoučký kůň, 12. 12. 2026".to_owned(),
        return_url: "https://shop.example/orders/K7RM-2VQ9".to_owned(),
        expires_at: rig.now().plus_ms(HOUR_MS),
        locale: "cs".to_owned(),
    }
}

async fn opened(rig: &dyn Rig) -> ProviderRef {
    let opened = rig.provider().open(&new_payment(rig), rig.now()).await;
    opened.expect("a payment opens").provider_ref
}

async fn paid(rig: &dyn Rig) -> ProviderRef {
    let provider_ref = opened(rig).await;
    rig.pay(&provider_ref).await;
    provider_ref
}

async fn check(rig: &dyn Rig, provider_ref: &ProviderRef) -> PaymentState {
    rig.provider().check(provider_ref, rig.now()).await.expect("a known payment")
}

async fn refund(
    rig: &dyn Rig,
    provider_ref: &ProviderRef,
    refund_id: RefundId,
    amount: Money,
) -> Result<RefundState, Outside> {
    let request = RefundRequest { refund_id, provider_ref: provider_ref.clone(), amount };
    rig.provider().refund(&request, rig.now()).await
}

/// A fresh payment and the webhook that says it was paid.
async fn webhook(rig: &dyn Rig) -> (ProviderRef, HeaderMap, Vec<u8>) {
    rig.webhooks().await;
    let provider_ref = paid(rig).await;
    let (headers, body) = rig.webhooks().await.pop().expect("a payment is told by webhook");
    (provider_ref, headers, body)
}

fn parse(
    rig: &dyn Rig,
    headers: &HeaderMap,
    body: &[u8],
    now: Time,
) -> Result<WebhookEvent, WebhookError> {
    rig.provider().parse_webhook(headers, body, now)
}

fn part(amount_minor: i64) -> Money {
    Money { amount_minor, ..PRICE }
}
