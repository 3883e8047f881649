//! Work that nobody waits for: mail, refunds, payments that are due to be looked at, and what a crash left undone.
//!
//! Everything here runs at least once and is safe to run again. Replicas share it: each job and each payment goes to
//! one worker at a time.

use std::{
    future::Future,
    sync::atomic::{AtomicI64, Ordering},
};

use frontrow_ledger::{HoldId, Time};
use frontrow_store::{
    jobs::{Job, JobFate},
    orders::OrderState,
    projection::{JOB_ORDER_CANCELLED, JOB_ORDER_CONFIRMED},
    room_wishes::JOB_ROOM_MAIL,
};
use futures::{StreamExt as _, future::join_all, stream::FuturesUnordered};
use serde_json::Value;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    limits::{
        EVENT_GIVEN_UP_MS, EVENT_PATIENCE_MS, JOB_LEASE_MS, JOB_RENEWAL, JOBS_WRITTEN_WITHIN,
        KEPT_MS, PURGE_INTERVAL_MS, PURGE_PORTIONS_MAX, SETTLE_LEASE_MS, UNLOAD_INTERVAL_MS,
        WORK_AT_ONCE, WORK_INTERVAL,
    },
};

/// Gives up an order that was not paid while its places were held.
pub(crate) const JOB_ORDER_EXPIRY: &str = "order-expiry";
/// Writes the refund of a payment that must not stay.
pub(crate) const JOB_PAYMENT_REFUND: &str = "payment-refund";
/// Asks a provider to give money back.
pub(crate) const JOB_REFUND: &str = "refund";
/// Tells a buyer that their money came back.
pub(crate) const JOB_MAIL_REFUNDED: &str = "mail-refunded";

const KINDS: [&str; 7] = [
    JOB_ORDER_CONFIRMED,
    JOB_ORDER_CANCELLED,
    JOB_ORDER_EXPIRY,
    JOB_PAYMENT_REFUND,
    JOB_REFUND,
    JOB_MAIL_REFUNDED,
    JOB_ROOM_MAIL,
];

/// What came of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is done.
    Finished,
    /// Somebody else is not ready yet.
    Later,
}

impl Shop {
    /// Keeps the shop going until it is told to stop: projects the log, settles payments, does jobs, looks after waiting rooms. What is in hand is
    /// finished before it returns.
    pub async fn run(&self, stop: CancellationToken) {
        // Each on its own: a mail server that takes its time keeps nobody from their tickets.
        tokio::join!(
            self.run_projector(stop.clone()),
            self.run_payments(stop.clone()),
            self.run_jobs(stop.clone()),
            self.run_rooms(stop),
        );
    }

    async fn run_payments(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if !self.payments_once().await {
                news(&stop, &self.inner.work.payments).await;
            }
        }
    }

    async fn run_jobs(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let busy = self.jobs_once().await;
            self.keep_house().await;
            if !busy {
                news(&stop, &self.inner.work.jobs).await;
            }
        }
    }

    /// There may be something to do.
    pub(crate) fn wake(&self) {
        self.inner.work.payments.notify_one();
        self.inner.work.jobs.notify_one();
    }

    /// Does what is due once; answers whether there may be more of it.
    pub async fn work_once(&self) -> bool {
        let payments = self.payments_once().await;
        self.jobs_once().await || payments
    }

    async fn payments_once(&self) -> bool {
        let deliveries = logged("test bank", Box::pin(self.deliver_test_webhooks())).await;
        let events = logged("payment events", Box::pin(self.overdue_events())).await;
        let payments = logged("payments", Box::pin(self.due_payments())).await;
        [deliveries, events, payments].into_iter().flatten().any(|more| more)
    }

    async fn jobs_once(&self) -> bool {
        logged("jobs", Box::pin(self.due_jobs())).await.unwrap_or(false)
    }

    async fn due_jobs(&self) -> Result<bool> {
        let now = self.now();
        let lease = now.plus_ms(JOB_LEASE_MS);
        let jobs = self.inner.store.claim_jobs(&KINDS, now, lease, WORK_AT_ONCE).await?;
        let any = !jobs.is_empty();
        // Side by side: one mail server that does not answer must not use up the lease of the others.
        let mut running: FuturesUnordered<_> =
            jobs.iter().map(|job| Box::pin(self.do_job(job))).collect();
        let mut finished = Vec::new();
        let mut all = Ok(());
        loop {
            // What is finished is written down together, unless the others take long.
            let next = match finished.as_slice() {
                [] => running.next().await,
                some => match timeout(JOBS_WRITTEN_WITHIN, running.next()).await {
                    Ok(next @ Some(_)) => next,
                    Ok(None) | Err(_) => {
                        let written = self.inner.store.complete_jobs(some, self.now()).await;
                        all = all.and(written.map(|_| ()).map_err(Error::from));
                        finished.clear();
                        continue;
                    }
                },
            };
            match next {
                Some(Ok(done)) => finished.extend(done),
                Some(Err(error)) => all = all.and(Err(error)),
                None => return all.map(|()| any),
            }
        }
    }

    /// Does a job; gives it back if it is finished and has to be written down as such.
    async fn do_job<'a>(&self, job: &'a Job) -> Result<Option<&'a Job>> {
        let done = tokio::select! {
            done = Box::pin(self.job(job)) => done,
            // Somebody else does it again.
            () = self.until_lost(job) => return Ok(None),
        };
        let problem = match done {
            Ok(Done::Finished) => return Ok(Some(job)),
            Ok(Done::Later) => "not ready yet".to_owned(),
            Err(error) => {
                let chain: &dyn std::error::Error = &error;
                tracing::warn!(job.kind, job.key, job.attempts, error = chain, "a job failed");
                error.to_string()
            }
        };
        if self.inner.store.fail_job(job, &problem, self.now()).await? == JobFate::Dead {
            tracing::error!(job.kind, job.key, problem, "a job is given up, somebody has to look");
        }
        Ok(None)
    }

    /// Keeps a job for this worker; returns when another one has taken it all the same.
    async fn until_lost(&self, job: &Job) {
        loop {
            tokio::time::sleep(JOB_RENEWAL).await;
            let lease = self.now().plus_ms(JOB_LEASE_MS);
            if logged("lease", self.renew(job, lease)).await == Some(false) {
                tracing::warn!(job.kind, job.key, job.attempts, "a job was taken over");
                return;
            }
        }
    }

    async fn renew(&self, job: &Job, lease: Time) -> Result<bool> {
        Ok(self.inner.store.renew_job(job, lease).await?)
    }

    async fn job(&self, job: &Job) -> Result<Done> {
        let id = |key: &'static str| uuid(&job.payload, key).ok_or(Error::NotFound(key));
        match job.kind.as_str() {
            JOB_ORDER_CONFIRMED => self.mail_tickets(job, id("order")?).await,
            JOB_ORDER_CANCELLED => self.order_cancelled(job, id("order")?).await,
            JOB_ORDER_EXPIRY => self.expire_order(id("order")?).await,
            JOB_PAYMENT_REFUND => {
                let reason = job.payload.get("reason").and_then(Value::as_str);
                let amount = job.payload.get("amount_minor").and_then(Value::as_i64);
                let amount = amount.ok_or(Error::NotFound("amount"))?;
                self.refund_payment(id("payment")?, amount, reason.unwrap_or_default()).await
            }
            JOB_REFUND => self.carry_out_refund(id("refund")?).await,
            JOB_MAIL_REFUNDED => self.mail_refunded(job, id("payment")?).await,
            JOB_ROOM_MAIL => self.mail_wish(&job.key, id("wish")?).await,
            _ => Err(Error::NotFound("kind of job")),
        }
    }

    /// An order that was not paid while its places were held is given up; late money finds it all the same.
    async fn expire_order(&self, id: Uuid) -> Result<Done> {
        // The order may never have been written: its buyer left, or we crashed before.
        let Some(order) = self.inner.store.order(id).await? else { return Ok(Done::Finished) };
        if order.state != OrderState::Pending {
            return Ok(Done::Finished);
        }
        let hold = HoldId(order.hold_id.as_u128());
        let now = self.now();
        let live = self
            .look_now(order.performance_id, |book| {
                book.hold(hold).is_some_and(|hold| hold.is_live() && hold.until > now)
            })
            .await?;
        if live {
            return Ok(Done::Later);
        }
        self.inner.store.fail_order(id).await?;
        Ok(Done::Finished)
    }

    /// Places of an order went back: so does their money, and the buyer is told.
    async fn order_cancelled(&self, job: &Job, order: Uuid) -> Result<Done> {
        let indexes: Vec<u16> = job
            .payload
            .get("positions")
            .and_then(|list| serde_json::from_value(list.clone()).ok())
            .ok_or(Error::NotFound("positions"))?;
        let details = self.details(order).await?;
        let positions = details.positions.iter().filter(|one| indexes.contains(&one.index));
        let amount_minor: i64 = positions.map(|position| position.price_minor).sum();
        let paid = frontrow_store::payments::PaymentState::Paid;
        if let Some(payment) = details.payments.iter().find(|payment| payment.state == paid)
            && amount_minor > 0
        {
            let id = self.derive("refund", "cancellation", &[job.key.as_bytes()]);
            let id = crate::random::custom_uuid(id);
            self.write_refund(id, payment, amount_minor, "cancelled").await?;
        }
        self.mail_cancelled(job, &details, indexes.len()).await
    }

    async fn due_payments(&self) -> Result<bool> {
        let now = self.now();
        let again_at = now.plus_ms(SETTLE_LEASE_MS);
        let payments = self.inner.store.claim_due_payments(now, again_at, WORK_AT_ONCE).await?;
        let any = !payments.is_empty();
        let settle = |payment| logged("payment", Box::pin(self.settle_claimed(payment, again_at)));
        join_all(payments.into_iter().map(settle)).await;
        Ok(any)
    }

    /// Events that whoever received them did not finish with.
    async fn overdue_events(&self) -> Result<bool> {
        let now = self.now();
        if !self.inner.events_due.pass(now, EVENT_PATIENCE_MS) {
            return Ok(false);
        }
        let before = now.plus_ms(-EVENT_PATIENCE_MS);
        for event in self.inner.store.unprocessed_payment_events(before).await? {
            let (provider, id) = (event.provider.as_str(), event.event_id.as_str());
            let unknown = match Box::pin(self.payment_event(&event)).await {
                Ok(()) => false,
                Err(Error::NotFound(_)) => true,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(provider, event.id = id, error, "a payment event waits");
                    false
                }
            };
            if unknown && now.ms_since(event.received_at) > EVENT_GIVEN_UP_MS {
                tracing::error!(provider, event.id = id, "a payment event is put aside");
                self.inner.store.payment_event_processed(provider, id, now).await?;
            }
        }
        Ok(false)
    }

    /// Frees memory and rows that nobody needs any more, each in its interval and so much at a time; the worker calls
    /// it in between.
    pub async fn keep_house(&self) {
        let now = self.now();
        if self.inner.unload_due.pass(now, UNLOAD_INTERVAL_MS) {
            self.inner.sales.unload_idle();
        }
        if self.inner.purge_due.pass(now, PURGE_INTERVAL_MS) {
            logged("purge", Box::pin(self.purge(now.plus_ms(-KEPT_MS)))).await;
        }
    }

    async fn purge(&self, before: Time) -> Result<()> {
        let store = &self.inner.store;
        for _ in 0..PURGE_PORTIONS_MAX {
            let portions = [
                store.purge_jobs(before).await?,
                store.purge_calls(before).await?,
                store.purge_carts(before).await?,
                store.purge_room_wishes(before).await?,
                store.purge_payment_events(before).await?,
            ];
            if portions.iter().all(|rows| *rows == 0) {
                break;
            }
        }
        let mails = self.inner.mailer.purge_outbox(before).await;
        mails.map(|_| ()).map_err(|error| Error::Broken("room in the outbox", error.into()))
    }
}

/// Says that there may be something to do.
#[derive(Debug, Default)]
pub(crate) struct Work {
    payments: Notify,
    jobs: Notify,
}

/// Waits until there may be something to do.
async fn news(stop: &CancellationToken, work: &Notify) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work.notified() => {}
        () = tokio::time::sleep(WORK_INTERVAL) => {}
    }
}

/// Lets something happen only every so often.
#[derive(Debug, Default)]
pub(crate) struct Every(AtomicI64);

impl Every {
    /// Whether so many milliseconds have passed since it last said yes.
    fn pass(&self, now: Time, ms: i64) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        let due = now.ms_since(Time(last)).abs() >= ms;
        due && self.0.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

fn uuid(payload: &Value, key: &str) -> Option<Uuid> {
    payload.get(key)?.as_str()?.parse().ok()
}

/// Work that fails is logged once, here, and found again later.
async fn logged<T>(what: &str, work: impl Future<Output = Result<T>>) -> Option<T> {
    match work.await {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!(what, error = &error as &dyn std::error::Error, "work failed");
            None
        }
    }
}
