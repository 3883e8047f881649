//! Where others fell (design, section 10): each by its number.

use frontrow_ledger::sale::Refusal;
use frontrow_payments::{
    provider::ProviderRef,
    test_provider::{ChooseError, account::Behaviour},
};
use frontrow_shop::{
    Error, cart::HoldStatus, checkout::CheckedOut, orders::Stage, spec::PriceSpec,
};
use frontrow_store::payments::PaymentState;
use serde_json::json;

use crate::world::{MINUTE, World, floor_wanted, seats_wanted};

pub async fn trap_3_coming_back_from_checkout_does_not_meet_oneself(world: World) {
    let (cart, held) = world.hold_seats(&[0, 1]).await;
    let (token, _) = world.at_the_bank(&held, "jana@example.com").await;
    // Back to the shop by the browser's button: the places are still one's own, and lead to the same payment.
    let views = world.shop.cart(cart).await.unwrap();
    assert!(matches!(views[0].state, HoldStatus::Paying { .. }));
    let again = world.check_out(&views[0], "jana@example.com").await.unwrap();
    assert_eq!(again.order().as_str(), token);
    // Or giving up, and choosing the very same seats.
    world.shop.give_up(cart, world.performance, world.command()).await.unwrap();
    let held = world.hold(cart, vec![seats_wanted(&[0, 1])]).await.unwrap();
    assert!(matches!(held.state, HoldStatus::Live { .. }));
}

pub async fn trap_6_the_word_of_the_bank_first_late_twice_never_while_the_buyer_gives_up(
    world: World,
) {
    for (number, behaviour) in [
        Behaviour::Succeed,
        Behaviour::SucceedLate { delay_ms: 3 * MINUTE },
        Behaviour::SucceedTwice,
        Behaviour::SucceedSilently,
        Behaviour::SucceedAfterExpiry,
        Behaviour::NeverAnswer,
    ]
    .into_iter()
    .enumerate()
    {
        // In one tab the buyer pays, in another they give the places back; somebody else takes one of two pairs.
        for taken in [false, true] {
            let (cart, held) = world.hold_seats(&[0, 1]).await;
            let email = format!("fan{number}{taken}@example.com");
            let (token, payment) = world.at_the_bank(&held, &email).await;
            world.choose(&payment, behaviour).await;
            world.shop.give_up(cart, world.performance, world.command()).await.unwrap();
            let other = if taken { Some(world.hold_seats(&[1]).await) } else { None };
            world.pass(20 * MINUTE - MINUTE / 2).await;
            let other = match other {
                Some((cart, _)) => Some(world.hold(cart, vec![seats_wanted(&[1])]).await.unwrap()),
                None => None,
            };
            world.settle_down().await;
            let view = world.order(&token).await;
            let never = behaviour == Behaviour::NeverAnswer;
            let expected = match (never, taken) {
                (true, _) => Stage::Unpaid { until: None },
                (_, false) => Stage::Paid,
                (_, true) => Stage::Refunded,
            };
            assert_eq!(view.stage, expected, "{behaviour:?}, taken: {taken}");
            let back = if expected == Stage::Refunded { 100_000 } else { 0 };
            assert_eq!(world.given_back(&payment).await, back);
            if view.stage == Stage::Paid {
                world.shop.cancel(view.details.order.id, None, world.command()).await.unwrap();
            }
            if let Some(other) = other {
                world.shop.release(other.at, world.command()).await.unwrap();
            }
            assert_eq!(world.left().await.0, 7, "all seats are free again");
        }
    }
    world.settle_down().await;
    world.all_is_well().await;
}

pub async fn trap_6_two_payments_of_one_order_are_charged_once(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, first) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&first, Behaviour::SucceedAfterExpiry).await;
    world.pass(16 * MINUTE).await;
    // Too late, as it seems; the fan tries once more and pays before the first money arrives.
    let before = world.order(&token).await;
    assert!(matches!(before.stage, Stage::Unpaid { .. }), "{:?}", before.stage);
    let second = world.pay_again(&token).await;
    let url = match second.unwrap() {
        CheckedOut::Pay { url, .. } => url,
        CheckedOut::Done { .. } => panic!("not paid yet"),
    };
    let second = ProviderRef::parse(url.rsplit_once('/').unwrap().1).unwrap();
    assert_ne!(first, second);
    world.choose(&second, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    world.settle_down().await;
    world.expect_tickets(&token, 1).await;
    assert_eq!(world.given_back(&first).await + world.given_back(&second).await, 50_000);
    let audit = world.audit().await;
    let paid = audit[0].payments.iter().filter(|one| one.state == PaymentState::Paid).count();
    assert_eq!(paid, 1);
    world.all_is_well().await;
}

pub async fn trap_6_a_double_click_is_one_payment(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let click = async || world.check_out(&held, "jana@example.com").await.unwrap();
    let clicks = futures::future::join_all((0..6).map(|_| click())).await;
    let page = |click: &CheckedOut| match click {
        CheckedOut::Pay { order, url } => (order.as_str().to_owned(), url.clone()),
        CheckedOut::Done { .. } => panic!("nobody has paid"),
    };
    let (token, _) = page(&clicks[0]);
    assert!(clicks.iter().all(|click| page(click) == page(&clicks[0])), "{clicks:?}");
    assert_eq!(world.audit().await[0].payments.len(), 1);
    world.pay_again(&token).await.unwrap();
    assert_eq!(world.audit().await[0].payments.len(), 1, "it is still open");
}

pub async fn trap_6_a_double_click_at_the_bank_is_one_choice(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    let bank = world.shop.test_bank().unwrap();
    let click = || bank.choose(&payment, Behaviour::SucceedTwice, world.shop.now());
    let clicks = futures::future::join_all((0..6).map(|_| click())).await;
    let chosen = clicks.iter().filter(|click| click.is_ok()).count();
    let decided = |click: &&_| matches!(click, Err(ChooseError::Decided(_)));
    assert_eq!((chosen, clicks.iter().filter(decided).count()), (1, 5), "{clicks:?}");
    world.settle_down().await;
    world.expect_tickets(&token, 1).await;
    world.all_is_well().await;
}

pub async fn trap_7_killed_between_payment_and_ticket(mut world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::Succeed).await;
    // The process hears of the money, writes that down, and dies.
    let now = world.shop.now();
    let id = world.order(&token).await.details.order.id;
    let row = world.shop.store().payments_of_order(id).await.unwrap().remove(0);
    let change = frontrow_store::payments::PaymentChange {
        id: row.id,
        from: vec![PaymentState::Open],
        to: PaymentState::Paid,
        next_check_at: Some(now.plus_ms(20_000)),
        jobs: Vec::new(),
        now,
    };
    assert!(world.shop.store().change_payment(change).await.unwrap());
    world.restart();
    assert_eq!(world.order(&token).await.stage, Stage::Confirming);
    world.settle_down().await;
    world.expect_tickets(&token, 1).await;
    world.all_is_well().await;
}

pub async fn trap_11_the_price_shown_is_the_price_charged(world: World) {
    let (_, held) = world.hold_seats(&[0]).await;
    assert_eq!(held.total_minor, 50_000);
    let reprice = |adult: i64| {
        let prices = json!({"prices": {"Stalls": {"adult": adult}}});
        PriceSpec::read_all(&prices, held.currency).unwrap()
    };
    world.shop.reprice(world.performance, &reprice(900), world.command()).await.unwrap();
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.shop.reprice(world.performance, &reprice(1), world.command()).await.unwrap();
    let bank = world.shop.test_bank().unwrap();
    let opened = bank.find(&payment).await.unwrap().unwrap().opened;
    assert_eq!(opened.amount.amount_minor, 50_000);
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    let view = world.order(&token).await;
    assert_eq!((view.total.minor, view.details.positions[0].price_minor), (50_000, 50_000));
    world.settle_down().await;
    world.all_is_well().await;
}

pub async fn trap_20_aliases_tabs_and_parallel_orders_are_one_buyer(world: World) {
    let floor = async |count| {
        let cart = world.shop.new_cart();
        world.hold(cart, vec![floor_wanted(count)]).await.unwrap()
    };
    let (one, two, three) = (floor(4).await, floor(3).await, floor(2).await);
    let (token, payment) = world.at_the_bank(&one, "jana.novakova@gmail.com").await;
    // Another tab, another spelling, while the first is still being paid.
    let refused = world.check_out(&two, "JanaNovakova+second@googlemail.com").await.unwrap_err();
    let Error::Refused(Refusal::OverBuyerLimit { limit: 6, has: 4 }) = refused else {
        panic!("{refused:?}");
    };
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    let refused = world.check_out(&two, "j.a.n.a.n.o.v.a.k.o.v.a@gmail.com").await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::OverBuyerLimit { .. })), "{refused:?}");
    // What fits is fine, and so is somebody else.
    world.at_the_bank(&three, "jana.novakova@gmail.com").await;
    world.at_the_bank(&two, "petr@example.com").await;
}
