//! Where an organiser shows an API key to reach the room's control.

use askama::Template;

use crate::{pages::frame::Frame, urls::Url};

/// Asks for an API key.
#[derive(Debug, Template)]
#[template(path = "office_login.html")]
pub struct OfficeLoginPage {
    /// Around it.
    pub frame: Frame,
    /// POST `key` and `next`: where the form goes.
    pub action: Url,
    /// Where the organiser wanted to go: a path of this shop.
    pub next: String,
    /// The key that was shown before is not known, or not of this organisation.
    pub wrong: bool,
}

#[cfg(test)]
mod samples {
    use frontrow_words::Language;

    use super::OfficeLoginPage;
    use crate::{
        pages::{frame::Frame, gallery::Sample, parts::sample_id},
        urls::Url,
    };

    impl Sample for OfficeLoginPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |wrong| {
                let mut frame = Frame::sample(language);
                frame.cart = None;
                let action = Url::Performance(sample_id());
                Self { frame, next: action.to_string(), action, wrong }
            };
            vec![("first", page(false)), ("wrong", page(true))]
        }
    }
}
