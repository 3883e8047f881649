//! The test bank's books in memory, for tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use frontrow_ledger::Time;

use super::{
    account::BankPayment,
    bank::{Bank, BankError},
    delivery::Delivery,
};
use crate::provider::ProviderRef;

/// Books that are lost with the process.
#[derive(Debug, Default)]
pub struct MemoryBank(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    payments: BTreeMap<ProviderRef, BankPayment>,
    deliveries: BTreeMap<String, Delivery>,
}

impl MemoryBank {
    /// Every method changes the books in one step, so they are whole even after a panic elsewhere.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Bank for MemoryBank {
    async fn insert(&self, payment: &BankPayment) -> Result<bool, BankError> {
        let mut books = self.books();
        let new = !books.payments.contains_key(&payment.provider_ref);
        if new {
            books.payments.insert(payment.provider_ref.clone(), payment.clone());
        }
        Ok(new)
    }

    async fn find(&self, provider_ref: &ProviderRef) -> Result<Option<BankPayment>, BankError> {
        Ok(self.books().payments.get(provider_ref).cloned())
    }

    async fn replace(
        &self,
        payment: &BankPayment,
        deliveries: &[Delivery],
    ) -> Result<bool, BankError> {
        let mut books = self.books();
        let stored = books.payments.get_mut(&payment.provider_ref);
        let Some(stored) = stored.filter(|stored| stored.version + 1 == payment.version) else {
            return Ok(false);
        };
        *stored = payment.clone();
        for delivery in deliveries {
            books.deliveries.insert(delivery.delivery_id.clone(), delivery.clone());
        }
        Ok(true)
    }

    async fn due(&self, now: Time, limit: usize) -> Result<Vec<Delivery>, BankError> {
        let books = self.books();
        let due = books.deliveries.values().filter(|delivery| delivery.due_at <= now);
        let mut due: Vec<Delivery> = due.cloned().collect();
        due.sort_by_key(|delivery| delivery.due_at);
        due.truncate(limit);
        Ok(due)
    }

    async fn reschedule(
        &self,
        attempts: Vec<(Delivery, Option<Delivery>)>,
    ) -> Result<Vec<Delivery>, BankError> {
        let mut books = self.books();
        let mut replaced = Vec::new();
        for (before, after) in attempts {
            let stored = books.deliveries.get(&before.delivery_id);
            if stored.is_none_or(|stored| stored.attempts != before.attempts) {
                continue;
            }
            match after {
                Some(after) => books.deliveries.insert(before.delivery_id.clone(), after),
                None => books.deliveries.remove(&before.delivery_id),
            };
            replaced.push(before);
        }
        Ok(replaced)
    }

    async fn remove(&self, delivery_ids: Vec<String>) -> Result<(), BankError> {
        let mut books = self.books();
        for id in &delivery_ids {
            books.deliveries.remove(id);
        }
        Ok(())
    }
}
