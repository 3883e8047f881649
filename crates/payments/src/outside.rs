//! What goes wrong at a provider: whose fault, and whether to try again.

use std::error::Error;

/// The cause beneath an error of the outside, for the log.
pub type Cause = Box<dyn Error + Send + Sync>;

/// A provider did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Outside {
    /// The request never arrived; nothing was done.
    #[error("the payment provider cannot be reached")]
    Unreachable(#[source] Cause),
    /// The request may have been carried out, the answer is lost. Asking again with the same id
    /// tells.
    #[error("the payment provider did not answer")]
    Doubtful(#[source] Cause),
    /// It is overloaded or limits us.
    #[error("the payment provider is busy")]
    Busy {
        /// How long it asks us to wait.
        retry_after_ms: Option<i64>,
    },
    /// It answered, in words that are not its interface.
    #[error("the payment provider answered nonsense")]
    Garbled(#[source] Cause),
    /// It understood and will not, today or tomorrow.
    #[error("the payment provider refused: {code}")]
    Refused {
        /// Its reason, stable, never personal.
        code: String,
    },
    /// It does not know this payment.
    #[error("the payment provider does not know the payment")]
    UnknownPayment,
    /// We used one idempotency key for two different requests.
    #[error("the id was used before for another request")]
    IdReused,
    /// We asked for something that no provider could do.
    #[error("the request is impossible: {0}")]
    Impossible(&'static str),
}

/// Whose fault a failure is: whom to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A defect or a setting of this shop.
    Ours,
    /// The provider's, or the network's on the way.
    Theirs,
}

/// Whether to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The answer will not change.
    Never,
    /// With the same ids, by the caller's own schedule.
    Later,
    /// With the same ids, not before this wait is over.
    After {
        /// The wait.
        wait_ms: i64,
    },
}

impl Outside {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Unreachable(_)
            | Self::Doubtful(_)
            | Self::Busy { .. }
            | Self::Garbled(_)
            | Self::Refused { .. } => Fault::Theirs,
            Self::UnknownPayment | Self::IdReused | Self::Impossible(_) => Fault::Ours,
        }
    }

    /// Whether to ask again. Every request carries its idempotency key, so asking again is safe
    /// whenever it is useful.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Busy { retry_after_ms: Some(wait_ms) } => Retry::After { wait_ms: *wait_ms },
            Self::Unreachable(_)
            | Self::Doubtful(_)
            | Self::Busy { retry_after_ms: None }
            | Self::Garbled(_) => Retry::Later,
            Self::Refused { .. } | Self::UnknownPayment | Self::IdReused | Self::Impossible(_) => {
                Retry::Never
            }
        }
    }
}
