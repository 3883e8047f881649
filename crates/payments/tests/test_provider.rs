//! What a visitor of the test bank can make it do, and that it does that whatever happens between.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use async_trait::async_trait;
use frontrow_ledger::{Time, sale::Currency};
use frontrow_payments::{
    limits::{AFTER_EXPIRY_MS, DELIVERY_ATTEMPTS_MAX, LATE_MS_MAX},
    provider::{
        Failure, Money, OpenPayment, PaymentId, PaymentState, Provider, ProviderRef, RefundId,
        RefundRequest, RefundState,
    },
    test_provider::{
        ChooseError, TestProvider,
        account::{BankPayment, Behaviour},
        bank::{Bank, BankError},
        delivery::Delivery,
        memory::MemoryBank,
    },
    webhook::WebhookSecret,
};
use uuid::Uuid;

const START: Time = Time(1_800_000_000_000);
const EXPIRES: Time = Time(START.0 + 900_000);
const PRICE: Money = Money { amount_minor: 64_50, currency: Currency(*b"GBP") };

struct World {
    provider: TestProvider,
    bank: Arc<MemoryBank>,
    provider_ref: ProviderRef,
}

fn provider(bank: Arc<dyn Bank>) -> TestProvider {
    let secret = WebhookSecret::new(b"a secret of the test bank".to_vec());
    TestProvider::new(bank, secret, "http://localhost:8080/test-bank/")
}

fn payment(id: u128) -> OpenPayment {
    OpenPayment {
        payment_id: PaymentId(Uuid::from_u128(id)),
        order_code: "XH4P-9TWD".to_owned(),
        amount: PRICE,
        description: "The Midnight Cartographers".to_owned(),
        return_url: "https://shop.example/orders/XH4P-9TWD".to_owned(),
        expires_at: EXPIRES,
        locale: "en".to_owned(),
    }
}

impl World {
    async fn new() -> Self {
        let bank = Arc::new(MemoryBank::default());
        let provider = provider(bank.clone());
        let opened = provider.open(&payment(1), START).await.unwrap();
        let page = format!("http://localhost:8080/test-bank/{}", opened.provider_ref);
        assert_eq!(opened.redirect_url, page);
        Self { provider, bank, provider_ref: opened.provider_ref }
    }

    async fn choose(&self, behaviour: Behaviour) {
        self.provider.choose(&self.provider_ref, behaviour, START).await.unwrap();
    }

    async fn state(&self, now: Time) -> PaymentState {
        self.provider.check(&self.provider_ref, now).await.unwrap()
    }

    /// The event ids that are sent at a moment; each is received well.
    async fn receive(&self, now: Time) -> Vec<String> {
        let mut events = Vec::new();
        for webhook in self.provider.claim_deliveries(now).await.unwrap() {
            let (headers, body) = (&webhook.headers, &webhook.body);
            let event = self.provider.parse_webhook(headers, body, now).unwrap();
            assert_eq!(event.provider_ref, self.provider_ref);
            self.provider.delivered(vec![webhook.delivery_id.clone()]).await.unwrap();
            events.push(event.event_id);
        }
        events
    }
}

fn paid(at: Time) -> PaymentState {
    PaymentState::Paid { at, amount: PRICE }
}

#[tokio::test]
async fn succeed_pays_at_once_and_says_so_once() {
    let world = World::new().await;
    assert_eq!(world.receive(START).await, [""; 0]);
    world.choose(Behaviour::Succeed).await;
    assert_eq!(world.state(START).await, paid(START));
    assert_eq!(world.receive(START).await.len(), 1);
    assert_eq!(world.receive(START.plus_ms(LATE_MS_MAX)).await.len(), 0);
}

#[tokio::test]
async fn fail_and_cancel_say_so_and_are_final() {
    for (behaviour, failure) in
        [(Behaviour::Fail, Failure::Declined), (Behaviour::Cancel, Failure::Cancelled)]
    {
        let world = World::new().await;
        world.choose(behaviour).await;
        assert_eq!(world.state(START).await, PaymentState::Failed(failure.clone()));
        assert_eq!(world.state(EXPIRES).await, PaymentState::Failed(failure));
        assert_eq!(world.receive(START).await.len(), 1);
    }
}

#[tokio::test]
async fn late_money_is_open_until_it_arrives() {
    let world = World::new().await;
    world.choose(Behaviour::SucceedLate { delay_ms: 20_000 }).await;
    assert_eq!(world.state(START.plus_ms(19_999)).await, PaymentState::Open);
    assert_eq!(world.receive(START.plus_ms(19_999)).await.len(), 0);
    assert_eq!(world.state(START.plus_ms(20_000)).await, paid(START.plus_ms(20_000)));
    assert_eq!(world.receive(START.plus_ms(20_000)).await.len(), 1);
}

#[tokio::test]
async fn money_after_expiry_arrives_when_every_hold_has_lapsed() {
    let world = World::new().await;
    world.choose(Behaviour::SucceedAfterExpiry).await;
    assert_eq!(world.state(EXPIRES).await, PaymentState::Open);
    let late = EXPIRES.plus_ms(AFTER_EXPIRY_MS);
    assert_eq!(world.state(late).await, paid(late));
    assert_eq!(world.receive(late).await.len(), 1);
}

#[tokio::test]
async fn succeed_twice_is_one_event_in_two_deliveries() {
    let world = World::new().await;
    world.choose(Behaviour::SucceedTwice).await;
    let events = world.receive(START).await;
    assert_eq!(events.len(), 2);
    assert_eq!(events.first(), events.last());
}

#[tokio::test]
async fn silent_success_is_found_only_by_asking() {
    let world = World::new().await;
    world.choose(Behaviour::SucceedSilently).await;
    assert_eq!(world.receive(START.plus_ms(LATE_MS_MAX)).await.len(), 0);
    assert_eq!(world.state(START).await, paid(START));
}

#[tokio::test]
async fn never_answer_is_open_until_it_expires() {
    let world = World::new().await;
    world.choose(Behaviour::NeverAnswer).await;
    assert_eq!(world.state(EXPIRES.plus_ms(-1)).await, PaymentState::Open);
    assert_eq!(world.state(EXPIRES).await, PaymentState::Failed(Failure::Expired));
    assert_eq!(world.receive(EXPIRES).await.len(), 0);
}

#[tokio::test]
async fn a_visitor_who_walks_away_lets_the_payment_expire() {
    let world = World::new().await;
    assert_eq!(world.state(EXPIRES.plus_ms(-1)).await, PaymentState::Open);
    assert_eq!(world.state(EXPIRES).await, PaymentState::Failed(Failure::Expired));
    let choice = world.provider.choose(&world.provider_ref, Behaviour::Succeed, EXPIRES).await;
    assert!(matches!(choice, Err(ChooseError::Decided(_))));
}

/// Books whose readers are overtaken before they write, all of them.
struct Overtaking(MemoryBank);

#[async_trait]
impl Bank for Overtaking {
    async fn insert(&self, payment: &BankPayment) -> Result<bool, BankError> {
        self.0.insert(payment).await
    }

    async fn find(&self, provider_ref: &ProviderRef) -> Result<Option<BankPayment>, BankError> {
        let found = self.0.find(provider_ref).await;
        tokio::task::yield_now().await;
        found
    }

    async fn replace(
        &self,
        payment: &BankPayment,
        deliveries: &[Delivery],
    ) -> Result<bool, BankError> {
        self.0.replace(payment, deliveries).await
    }

    async fn due(&self, now: Time, limit: usize) -> Result<Vec<Delivery>, BankError> {
        self.0.due(now, limit).await
    }

    async fn reschedule(
        &self,
        attempts: Vec<(Delivery, Option<Delivery>)>,
    ) -> Result<Vec<Delivery>, BankError> {
        self.0.reschedule(attempts).await
    }

    async fn remove(&self, delivery_ids: Vec<String>) -> Result<(), BankError> {
        self.0.remove(delivery_ids).await
    }
}

async fn overtaken() -> (TestProvider, ProviderRef) {
    let provider = provider(Arc::new(Overtaking(MemoryBank::default())));
    let provider_ref = provider.open(&payment(1), START).await.unwrap().provider_ref;
    (provider, provider_ref)
}

#[tokio::test]
async fn of_many_choices_at_once_one_counts() {
    let (provider, provider_ref) = overtaken().await;
    let choices = [Behaviour::Succeed, Behaviour::Fail, Behaviour::SucceedTwice].repeat(10);
    let choices = choices.into_iter().map(|behaviour| {
        let (provider, provider_ref) = (provider.clone(), provider_ref.clone());
        tokio::spawn(async move { provider.choose(&provider_ref, behaviour, START).await })
    });
    let mut chosen = 0;
    for choice in choices.collect::<Vec<_>>() {
        match choice.await.unwrap() {
            Ok(_) => chosen += 1,
            Err(ChooseError::Decided(payment)) => assert!(!payment.is_undecided(START)),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(chosen, 1);
}

#[tokio::test]
async fn impossible_lateness_is_refused() {
    let world = World::new().await;
    for delay_ms in [i64::MIN, -1, LATE_MS_MAX + 1, i64::MAX] {
        let late = Behaviour::SucceedLate { delay_ms };
        let choice = world.provider.choose(&world.provider_ref, late, START).await;
        assert!(matches!(choice, Err(ChooseError::BadDelay)), "{delay_ms}");
    }
}

#[tokio::test]
async fn a_webhook_outlives_the_process_that_owes_it() {
    let world = World::new().await;
    world.choose(Behaviour::SucceedLate { delay_ms: 20_000 }).await;
    // The process dies here: all that the next one has is the bank's books.
    let next = World { provider: provider(world.bank.clone()), ..world };
    assert_eq!(next.receive(START.plus_ms(20_000)).await.len(), 1);
}

#[tokio::test]
async fn an_undelivered_webhook_is_repeated_with_growing_waits_and_then_given_up() {
    let world = World::new().await;
    world.choose(Behaviour::Succeed).await;
    let mut moments = Vec::new();
    for second in 0..10_000 {
        let now = START.plus_ms(second * 1_000);
        moments.extend(world.provider.claim_deliveries(now).await.unwrap().iter().map(|_| now));
    }
    assert_eq!(moments.len(), usize::try_from(DELIVERY_ATTEMPTS_MAX).unwrap());
    let waits: Vec<i64> =
        moments.windows(2).map(|pair| pair.last().unwrap().ms_since(pair[0])).collect();
    assert!(waits.is_sorted() && waits.first() < waits.last(), "{waits:?}");
}

#[tokio::test]
async fn two_workers_do_not_send_one_delivery_at_once() {
    let world = World::new().await;
    world.choose(Behaviour::Succeed).await;
    let first = world.provider.claim_deliveries(START).await.unwrap();
    let second = world.provider.claim_deliveries(START).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 0));
}

#[tokio::test]
async fn an_order_may_be_paid_twice_by_two_payments() {
    let world = World::new().await;
    let second = world.provider.open(&payment(2), START).await.unwrap().provider_ref;
    assert_ne!(second, world.provider_ref);
    world.choose(Behaviour::Succeed).await;
    world.provider.choose(&second, Behaviour::Succeed, START).await.unwrap();
    assert_eq!(world.state(START).await, paid(START));
    assert_eq!(world.provider.check(&second, START).await.unwrap(), paid(START));
}

#[tokio::test]
async fn refunds_at_once_never_give_back_more_than_was_paid() {
    let (provider, provider_ref) = overtaken().await;
    provider.choose(&provider_ref, Behaviour::Succeed, START).await.unwrap();
    let refunds = (0..12).map(|id| {
        let request = RefundRequest {
            refund_id: RefundId(Uuid::from_u128(id)),
            provider_ref: provider_ref.clone(),
            amount: Money { amount_minor: 10_00, ..PRICE },
        };
        let provider = provider.clone();
        tokio::spawn(async move { provider.refund(&request, START).await })
    });
    let mut done = 0;
    for refund in refunds.collect::<Vec<_>>() {
        done += usize::from(matches!(refund.await.unwrap(), Ok(RefundState::Done { .. })));
    }
    assert_eq!(done, 6);
    let all = Money { amount_minor: PRICE.amount_minor - 60_00, ..PRICE };
    let rest = RefundRequest { refund_id: RefundId(Uuid::max()), provider_ref, amount: all };
    assert_eq!(provider.refund(&rest, START).await.unwrap(), RefundState::Done { at: START });
}
