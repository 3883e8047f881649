//! What can go wrong in the shop, sorted by what whoever asked can do about it.

use frontrow_ledger::{room, sale::Refusal};
use frontrow_log::Unavailable;
use frontrow_payments::{outside::Outside, webhook::WebhookError};

use crate::{
    fault::Faults, mail::MailError, plan::PlanError, room::Shut, sale_file::SaleFileError,
};

/// What every function of the shop answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the shop did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not this visitor's.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The ledger says no. Nothing changed and nothing is broken.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The waiting room says no. Nothing changed and nothing is broken.
    #[error("refused: {0}")]
    Room(room::Refusal),
    /// Something is missing to get a place in the waiting room. Nothing changed and nothing is broken.
    #[error("refused: {0}")]
    Shut(Shut),
    /// One mailbox was written to as often as anybody may ask. Nothing is broken.
    #[error("refused: this address was written to a moment ago")]
    TooManyMails {
        /// When the next mail may be asked for.
        retry_seconds: u32,
    },
    /// What was entered or sent is wrong: every fault with its place.
    #[error("not valid:\n{0}")]
    Faults(Faults),
    /// The seating plan cannot be used.
    #[error("the seating plan cannot be used")]
    Plan(#[source] PlanError),
    /// The sale file cannot be used.
    #[error("the sale file cannot be used")]
    SaleFile(#[source] SaleFileError),
    /// A file, mail or other text that goes out could not be made: our fault.
    #[error("{0} could not be made")]
    Broken(&'static str, #[source] Source),
    /// A mail that somebody waits for did not leave.
    #[error("the mail could not be sent")]
    Mail(#[source] MailError),
    /// The webhook is not the provider's.
    #[error("the webhook is not believed")]
    Webhook(#[source] WebhookError),
    /// The shop was set up without a payment provider, so that nobody can take the money.
    #[error("this shop has no payment provider, only what costs nothing can be ordered")]
    NoProvider,
    /// The payment provider did not do what it was asked.
    #[error("the payment provider failed")]
    Provider(#[source] Outside),
    /// The sale could not be asked. Ask again with the same command id.
    #[error("the sale is not available")]
    Sale(#[source] Unavailable),
    /// The log could not be read.
    #[error("the log is not available")]
    Log(#[source] Source),
    /// The tables did not answer.
    #[error("the tables are not available")]
    Store(#[source] frontrow_store::Error),
}

type Source = Box<dyn std::error::Error + Send + Sync>;

impl Error {
    /// Whether the same call may succeed soon, without anybody changing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Sale(_) | Self::Log(_) => true,
            Self::Store(error) => error.is_retryable(),
            Self::Mail(error) => error.is_retryable(),
            Self::Provider(error) => error.retry() != frontrow_payments::outside::Retry::Never,
            _ => false,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

impl From<Unavailable> for Error {
    fn from(error: Unavailable) -> Self {
        Self::Sale(error)
    }
}

impl From<frontrow_store::Error> for Error {
    fn from(error: frontrow_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Outside> for Error {
    fn from(error: Outside) -> Self {
        Self::Provider(error)
    }
}
