//! When it does not work: what happened and what to do next.

use askama::Template;

use crate::pages::frame::Frame;

/// The page of an error.
#[derive(Debug, Template)]
#[template(path = "fault.html")]
pub struct FaultPage {
    /// Around it.
    pub frame: Frame,
    /// What kind.
    pub fault: Fault,
    /// For the support, if it was our failure.
    pub request_id: String,
    /// Whether asking for the same address again makes sense: not for a form.
    pub repeatable: bool,
}

impl FaultPage {
    /// When the page asks again by itself.
    pub fn refresh_seconds(&self) -> Option<u32> {
        self.fault.retry_seconds().filter(|_| self.repeatable)
    }
}

/// What went wrong, as a visitor sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is there.
    NotFound,
    /// The request makes no sense.
    BadRequest,
    /// The form is too old, or came from another site.
    FormExpired,
    /// More than this page takes.
    TooLarge,
    /// Too many requests of one visitor.
    TooMany {
        /// When to try again.
        retry_seconds: u32,
    },
    /// Busy, or a part of the shop is away.
    Busy {
        /// When to try again.
        retry_seconds: u32,
    },
    /// We failed.
    Broken,
}

impl Fault {
    /// HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::BadRequest => 422,
            Self::FormExpired => 403,
            Self::TooLarge => 413,
            Self::TooMany { .. } => 429,
            Self::Busy { .. } => 503,
            Self::Broken => 500,
        }
    }

    /// Seconds after which it may work.
    pub const fn retry_seconds(self) -> Option<u32> {
        match self {
            Self::TooMany { retry_seconds } | Self::Busy { retry_seconds } => Some(retry_seconds),
            _ => None,
        }
    }
}

#[cfg(test)]
mod samples {
    use super::{Fault, FaultPage};
    use frontrow_words::Language;

    use crate::pages::{frame::Frame, gallery::Sample};

    impl Sample for FaultPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let page = |fault| Self {
                frame: Frame::sample(language),
                fault,
                request_id: "0192f0c1-e2d3-747a".to_owned(),
                repeatable: true,
            };
            vec![
                ("not-found", page(Fault::NotFound)),
                ("bad-request", page(Fault::BadRequest)),
                ("form-expired", page(Fault::FormExpired)),
                ("too-large", page(Fault::TooLarge)),
                ("too-many", page(Fault::TooMany { retry_seconds: 20 })),
                ("busy", page(Fault::Busy { retry_seconds: 5 })),
                ("broken", page(Fault::Broken)),
            ]
        }
    }
}
