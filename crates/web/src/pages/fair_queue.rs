//! The rules of the draw, for people and for whoever writes a verifier.

use askama::Template;

use crate::pages::frame::Frame;

/// The specification, as the project has it.
#[derive(Debug, Template)]
#[template(path = "fair_queue.html")]
pub struct FairQueuePage {
    /// Around it.
    pub frame: Frame,
    /// Markdown, shown as it is written: a verifier depends on every sign.
    pub rules: &'static str,
}

#[cfg(test)]
mod samples {
    use super::FairQueuePage;
    use frontrow_words::Language;

    use crate::pages::{frame::Frame, gallery::Sample};

    impl Sample for FairQueuePage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let rules = "# The fair queue\n\n    leaf = SHA-256(0 || place || fan)  < 2^256\n";
            vec![("rules", Self { frame: Frame::sample(language), rules })]
        }
    }
}
