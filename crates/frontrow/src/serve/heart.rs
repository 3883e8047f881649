//! Says every few seconds that this replica is there and how far it is, and learns from the others
//! which records everybody can read.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use frontrow_ledger::RECORDS;
use frontrow_log::{Writable, fleet::writable_version};
use frontrow_shop::{Shop, random::custom_uuid};
use frontrow_store::replicas::{Replica, ReplicaState};
use frontrow_web::Readiness;
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::fleet::{BUILD, STALE_MS, STREAMS_REPORTED};

/// How often. Several times within [`STALE_MS`], so that one that is late is not missed.
const INTERVAL: Duration = Duration::from_secs(3);

/// The task that says so.
#[derive(Debug)]
pub struct Heart {
    task: JoinHandle<()>,
    soon: Arc<Notify>,
    end: CancellationToken,
}

struct Beat {
    shop: Shop,
    replica: Replica,
    writable: Writable,
    readiness: Readiness,
}

impl Heart {
    /// Says so once, then again and again until it is stopped.
    pub async fn start(
        shop: &Shop,
        address: SocketAddr,
        writable: Writable,
        readiness: Readiness,
    ) -> Self {
        let now = shop.now();
        let replica = Replica {
            id: custom_uuid(shop.new_command_id().0),
            build: BUILD.to_owned(),
            roles: "all".to_owned(),
            address: address.to_string(),
            state: ReplicaState::Serving,
            knows: RECORDS,
            secret_print: shop.keys().print(),
            streams: Vec::new(),
            started_at: now,
            seen_at: now,
        };
        let mut beat = Beat { shop: shop.clone(), replica, writable, readiness };
        beat.once().await;
        let (soon, end) = (Arc::<Notify>::default(), CancellationToken::new());
        let task = tokio::spawn(beat.run(Arc::clone(&soon), end.clone()));
        Self { task, soon, end }
    }

    /// Something changed that the others should know.
    pub fn beat_soon(&self) {
        self.soon.notify_one();
    }

    /// Says that the replica is gone.
    pub async fn stop(self) {
        self.end.cancel();
        let _ = self.task.await;
    }
}

impl Beat {
    async fn run(mut self, soon: Arc<Notify>, end: CancellationToken) {
        loop {
            tokio::select! {
                () = end.cancelled() => break,
                () = soon.notified() => {}
                () = tokio::time::sleep(INTERVAL) => {}
            }
            self.once().await;
        }
        if let Err(error) = self.shop.store().replica_gone(self.replica.id).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the others were not told that this replica ends");
        }
    }

    /// A database that is away is waited for; meanwhile what may be written stays as it was. Whoever
    /// was not heard of for long and reads what they cannot read stops by themselves.
    async fn once(&mut self) {
        let now = self.shop.now();
        self.replica.seen_at = now;
        if self.readiness.is_draining() {
            self.replica.state = ReplicaState::Draining;
        }
        let told = async {
            self.replica.streams = self.shop.lags(STREAMS_REPORTED).await?;
            self.shop.store().replica_seen(&self.replica).await?;
            frontrow_shop::Result::Ok(self.shop.store().replicas(now.plus_ms(-STALE_MS)).await?)
        };
        match told.await {
            Ok(live) => {
                let known = live.iter().map(|replica| replica.knows);
                self.writable.set(writable_version(RECORDS, known));
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the others were not told that this replica is there");
            }
        }
    }
}
