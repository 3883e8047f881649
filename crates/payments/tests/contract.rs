//! The test provider keeps the contract of every provider.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use frontrow_ledger::Time;
use frontrow_payments::{
    contract::{Rig, every_clause},
    provider::{Provider, ProviderRef},
    test_provider::{TestProvider, account::Behaviour, memory::MemoryBank},
    webhook::WebhookSecret,
};
use http::HeaderMap;
use uuid::Uuid;

struct TestBank {
    provider: TestProvider,
    ids: AtomicU64,
}

#[async_trait]
impl Rig for TestBank {
    fn provider(&self) -> &dyn Provider {
        &self.provider
    }

    fn now(&self) -> Time {
        Time(1_800_000_000_000)
    }

    fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::Relaxed)))
    }

    async fn pay(&self, provider_ref: &ProviderRef) {
        self.provider.choose(provider_ref, Behaviour::Succeed, self.now()).await.unwrap();
    }

    async fn decline(&self, provider_ref: &ProviderRef) {
        self.provider.choose(provider_ref, Behaviour::Fail, self.now()).await.unwrap();
    }

    async fn webhooks(&self) -> Vec<(HeaderMap, Vec<u8>)> {
        let sent = self.provider.claim_deliveries(self.now()).await.unwrap();
        sent.into_iter().map(|webhook| (webhook.headers, webhook.body)).collect()
    }
}

#[tokio::test]
async fn the_test_provider_keeps_every_clause() {
    let secret = WebhookSecret::new(b"a secret of the test bank".to_vec());
    let provider = TestProvider::new(Arc::new(MemoryBank::default()), secret, "/test-bank");
    every_clause(&TestBank { provider, ids: AtomicU64::new(1) }).await;
}
