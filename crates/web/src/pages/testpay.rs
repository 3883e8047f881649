//! The test provider's own page: every way a payment can go, on a button.

use askama::Template;

use frontrow_words::Money;

use crate::{pages::frame::Frame, urls::Url};

/// Looks unlike the shop on purpose: it stands for somebody else's site.
#[derive(Debug, Template)]
#[template(path = "testpay.html")]
pub struct TestPaymentPage {
    /// Around it.
    pub frame: Frame,
    /// Where the form goes: this page.
    pub action: Url,
    /// The order's code, as a statement would show it.
    pub reference: String,
    /// What would be charged.
    pub amount: Money,
    /// Whether it was already decided.
    pub decided: bool,
    /// Back to the order.
    pub back: String,
}

#[cfg(test)]
mod samples {
    use super::TestPaymentPage;
    use frontrow_words::Language;

    use crate::{
        pages::{frame::Frame, gallery::Sample, parts::sample_money},
        urls::Url,
    };

    impl Sample for TestPaymentPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |decided| Self {
                frame: Frame::sample(language),
                action: Url::TestPayment("pay1".to_owned()),
                reference: "K7XM-4QRD".to_owned(),
                amount: sample_money(802_500),
                decided,
                back: Url::Order("secret".to_owned()).to_string(),
            };
            vec![("open", page(false)), ("decided", page(true))]
        }
    }
}
