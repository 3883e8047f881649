//! The built-in test bank's page: every way a payment can go, on a button.

use axum::extract::{Path, State};
use frontrow_payments::{
    provider::ProviderRef,
    test_provider::{ChooseError, TestProvider, account::Behaviour, bank::BankError},
};
use frontrow_shop::Error;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    limits::LATE_PAYMENT_MS,
    pages::testpay::TestPaymentPage,
    reply,
    shop::{checkout::local, labels},
    urls::Url,
    visitor::Visitor,
};

/// Below this path each payment has its page; the bank is told so when it is made.
pub const PATH: &str = "/pay/test";

/// The page of a payment.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(reference): Path<String>,
) -> Answer {
    let bank = bank(&app)?;
    let name = ProviderRef::parse(&reference).map_err(|_| Fail::NOT_FOUND)?;
    let payment = bank.find(&name).await.map_err(broken)?;
    let payment = payment.ok_or(Fail::NOT_FOUND)?;
    let amount = payment.opened.amount;
    let page = TestPaymentPage {
        // A bank knows nothing of the shop's cart.
        frame: visitor.frame_with(&app, None),
        action: Url::TestPayment(reference),
        reference: payment.opened.order_code.clone(),
        amount: labels::money(amount.amount_minor, amount.currency),
        decided: !payment.is_undecided(app.shop.now()),
        back: local(&app, &payment.opened.return_url),
    };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// The visitor decides what the bank does.
pub async fn choose(
    State(app): State<App>,
    Path(reference): Path<String>,
    posted: Posted,
) -> Answer {
    let bank = bank(&app)?;
    let name = ProviderRef::parse(&reference).map_err(|_| Fail::NOT_FOUND)?;
    let behaviour = behaviour(posted.get("outcome")).ok_or(Fail::BAD_REQUEST)?;
    let payment = match bank.choose(&name, behaviour, app.shop.now()).await {
        Ok(payment) => payment,
        Err(ChooseError::Decided(payment)) => *payment,
        Err(ChooseError::UnknownPayment) => return Err(Fail::NOT_FOUND),
        Err(ChooseError::BadDelay) => return Err(Fail::BAD_REQUEST),
        Err(ChooseError::Bank(error)) => return Err(broken(error)),
        Err(ChooseError::Busy) => return Err(Fail::BUSY),
    };
    Ok(reply::redirect(&local(&app, &payment.opened.return_url)))
}

fn bank(app: &App) -> Result<&TestProvider, Fail> {
    app.shop.test_bank().ok_or(Fail::NOT_FOUND)
}

fn broken(error: BankError) -> Fail {
    Error::from(error).into()
}

fn behaviour(outcome: &str) -> Option<Behaviour> {
    Some(match outcome {
        "succeed" => Behaviour::Succeed,
        "fail" => Behaviour::Fail,
        "cancel" => Behaviour::Cancel,
        "succeed-late" => Behaviour::SucceedLate { delay_ms: LATE_PAYMENT_MS },
        "succeed-after-expiry" => Behaviour::SucceedAfterExpiry,
        "succeed-twice" => Behaviour::SucceedTwice,
        "succeed-silently" => Behaviour::SucceedSilently,
        "never" => Behaviour::NeverAnswer,
        _ => return None,
    })
}
