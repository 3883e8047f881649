//! The books of the built-in test bank, in the shop's tables, and its deliveries.

use std::collections::BTreeMap;

use async_trait::async_trait;
use frontrow_ledger::Time;
use frontrow_payments::{
    provider::ProviderRef,
    test_provider::{
        account::BankPayment,
        bank::{Bank, BankError},
        delivery::{Delivery, Webhook},
    },
};
use frontrow_store::{Store, test_bank};
use futures::future::join_all;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Result, Shop};

/// The test bank's books in the shop's tables: documents to them.
#[derive(Debug, Clone)]
pub struct StoreBank(pub Store);

#[async_trait]
impl Bank for StoreBank {
    async fn insert(&self, payment: &BankPayment) -> std::result::Result<bool, BankError> {
        self.0.bank_insert(&payment_row(payment)?).await.map_err(failed)
    }

    async fn find(
        &self,
        provider_ref: &ProviderRef,
    ) -> std::result::Result<Option<BankPayment>, BankError> {
        let row = self.0.bank_payment(provider_ref.as_str()).await.map_err(failed)?;
        row.map(|row| read(row.document)).transpose()
    }

    async fn replace(
        &self,
        payment: &BankPayment,
        deliveries: &[Delivery],
    ) -> std::result::Result<bool, BankError> {
        let deliveries: Vec<_> =
            deliveries.iter().map(delivery_row).collect::<std::result::Result<_, _>>()?;
        self.0.bank_replace(&payment_row(payment)?, &deliveries).await.map_err(failed)
    }

    async fn due(&self, now: Time, limit: usize) -> std::result::Result<Vec<Delivery>, BankError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let rows = self.0.bank_due(now, limit).await.map_err(failed)?;
        // The columns are what attempts change; the document says what they were at first.
        let delivery = |row: test_bank::BankDelivery| {
            let (due_at, attempts) = (row.due_at, row.attempts);
            read(row.document).map(|first: Delivery| Delivery { due_at, attempts, ..first })
        };
        rows.into_iter().map(delivery).collect()
    }

    async fn reschedule(
        &self,
        attempts: Vec<(Delivery, Option<Delivery>)>,
    ) -> std::result::Result<Vec<Delivery>, BankError> {
        // Those that were tried equally often are due again at the same moment.
        let mut alike: BTreeMap<_, Vec<Delivery>> = BTreeMap::new();
        for (before, after) in attempts {
            let again_at = after.map(|after| after.due_at);
            alike.entry((before.attempts, again_at)).or_default().push(before);
        }
        let mut replaced = Vec::new();
        for ((attempts, again_at), before) in alike {
            let ids = before.iter().map(|delivery| delivery.delivery_id.clone()).collect();
            let changed = self.0.bank_attempted(ids, attempts, again_at).await.map_err(failed)?;
            replaced.extend(before.into_iter().filter(|one| changed.contains(&one.delivery_id)));
        }
        Ok(replaced)
    }

    async fn remove(&self, delivery_ids: Vec<String>) -> std::result::Result<(), BankError> {
        self.0.bank_remove(delivery_ids).await.map_err(failed)
    }
}

impl Shop {
    /// What the test bank has to say is said, as if it came over the network.
    pub(crate) async fn deliver_test_webhooks(&self) -> Result<bool> {
        let Some(bank) = self.test_bank() else { return Ok(false) };
        let due = bank.claim_deliveries(self.now()).await?;
        let any = !due.is_empty();
        // Side by side, as they would come over the network.
        let deliver = async |webhook: Webhook| match self
            .webhook("test", &webhook.headers, &webhook.body)
            .await
        {
            Ok(()) => Some(webhook.delivery_id),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the shop did not take a webhook of the test bank");
                None
            }
        };
        let delivered = join_all(due.into_iter().map(deliver)).await;
        bank.delivered(delivered.into_iter().flatten().collect()).await?;
        Ok(any)
    }
}

/// The bank's books are rows of ours: while the database is away, the bank is, and no longer.
impl From<BankError> for Error {
    fn from(BankError(cause): BankError) -> Self {
        match cause.downcast::<frontrow_store::Error>() {
            Ok(error) => Self::Store(*error),
            Err(cause) => Self::Broken("the test bank's word", cause),
        }
    }
}

fn payment_row(payment: &BankPayment) -> std::result::Result<test_bank::BankPayment, BankError> {
    Ok(test_bank::BankPayment {
        bank_ref: payment.provider_ref.as_str().to_owned(),
        version: payment.version,
        document: write(payment)?,
    })
}

fn delivery_row(delivery: &Delivery) -> std::result::Result<test_bank::BankDelivery, BankError> {
    Ok(test_bank::BankDelivery {
        delivery_id: delivery.delivery_id.clone(),
        bank_ref: delivery.provider_ref.as_str().to_owned(),
        due_at: delivery.due_at,
        attempts: delivery.attempts,
        document: write(delivery)?,
    })
}

fn write(value: &impl Serialize) -> std::result::Result<serde_json::Value, BankError> {
    serde_json::to_value(value).map_err(|error| BankError(error.into()))
}

fn read<T: DeserializeOwned>(document: serde_json::Value) -> std::result::Result<T, BankError> {
    serde_json::from_value(document).map_err(|error| BankError(error.into()))
}

fn failed(error: frontrow_store::Error) -> BankError {
    BankError(error.into())
}
