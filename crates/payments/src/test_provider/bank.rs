//! Where the test bank keeps its books.

use async_trait::async_trait;
use frontrow_ledger::Time;

use super::{account::BankPayment, delivery::Delivery};
use crate::{outside::Cause, provider::ProviderRef};

/// The bank's books failed; nothing is known of what was asked.
#[derive(Debug, thiserror::Error)]
#[error("the test bank's books cannot be used")]
pub struct BankError(#[source] pub Cause);

/// Two small tables: payments by reference, and deliveries by id. What a method
/// does to one row is done whole, and all of it is durable when it returns.
#[async_trait]
pub trait Bank: Send + Sync {
    /// Adds a payment unless its reference is there; whether it was added.
    async fn insert(&self, payment: &BankPayment) -> Result<bool, BankError>;

    /// The payment with this reference.
    async fn find(&self, provider_ref: &ProviderRef) -> Result<Option<BankPayment>, BankError>;

    /// Replaces a payment whose stored `version` is one below `payment.version`, and adds the
    /// deliveries with it; both, or neither and `false`.
    async fn replace(
        &self,
        payment: &BankPayment,
        deliveries: &[Delivery],
    ) -> Result<bool, BankError>;

    /// Deliveries due at a moment, the longest due first.
    async fn due(&self, now: Time, limit: usize) -> Result<Vec<Delivery>, BankError>;

    /// Of each delivery as it was read and as it is after one more attempt (`None` removes it):
    /// replaces it, if its stored `attempts` are still those. Which of them it replaced.
    async fn reschedule(
        &self,
        attempts: Vec<(Delivery, Option<Delivery>)>,
    ) -> Result<Vec<Delivery>, BankError>;

    /// Removes deliveries; those that are gone are fine.
    async fn remove(&self, delivery_ids: Vec<String>) -> Result<(), BankError>;
}
