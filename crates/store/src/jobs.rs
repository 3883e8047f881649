//! Work to be done later: mail, settlement, refunds.
//!
//! A job is written in the transaction of what causes it, so that neither is without the other. A worker claims it
//! for a lease; if the worker dies, the lease lapses and another one takes it. Jobs therefore run at least once, and
//! what they do must be safe to do twice. Payloads carry ids, never personal data.

use std::collections::BTreeMap;

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, UpdateMany,
    sea_query::{Expr, LockBehavior, LockType, SimpleExpr},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    entity::jobs,
    limits,
    page::{Cursor, Page, PageRequest},
    rows,
    text_enum::text_enum,
};

text_enum! {
    /// How far a job is.
    JobState in "jobs"."state" {
        /// To be done, or being done.
        Queued = "queued",
        /// Done.
        Done = "done",
        /// Tried too often; a person has to look.
        Dead = "dead",
    }
}

/// A job to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Who does it.
    pub kind: String,
    /// One job per kind and key, ever: writing another one changes nothing.
    pub key: String,
    /// Ids that it needs.
    pub payload: Value,
    /// When it is to be done.
    pub due_at: Time,
}

/// A job that was claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Which.
    pub id: Uuid,
    /// Who does it.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// Ids that it needs.
    pub payload: Value,
    /// How far.
    pub state: JobState,
    /// How often it was claimed, this time included; also says whose claim it is.
    pub attempts: u32,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Time,
}

/// A job that may be claimed.
#[derive(Debug, FromQueryResult)]
struct Seen {
    id: Uuid,
    attempts: i32,
}

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobFate {
    /// It is tried again.
    Retry {
        /// When.
        at: Time,
    },
    /// It was tried too often.
    Dead,
    /// The lease had lapsed and somebody else has it.
    Lost,
}

impl Store {
    /// Writes jobs; answers how many of them are new.
    pub async fn enqueue_jobs(&self, jobs: &[NewJob], now: Time) -> Result<u64> {
        let write = self.write().await?;
        let new = enqueue(&write.tx, jobs, now).await?;
        write.commit().await?;
        Ok(new)
    }

    /// Jobs of these kinds that are due, longest due first, for this worker alone until `lease_until`.
    pub async fn claim_jobs(
        &self,
        kinds: &[&str],
        now: Time,
        lease_until: Time,
        limit: u32,
    ) -> Result<Vec<Job>> {
        let due = jobs::Entity::find()
            .select_only()
            .column(jobs::Column::Id)
            .filter(state_is(JobState::Queued))
            .filter(jobs::Column::DueAt.lte(now.0))
            .filter(jobs::Column::Kind.is_in(kinds.iter().copied()))
            .order_by_asc(jobs::Column::DueAt)
            .order_by_asc(jobs::Column::Id)
            .limit(u64::from(limit.clamp(1, limits::CLAIM_MAX)));
        // Asking as a reader first keeps an idle worker out of the writers' queue.
        let seen = due.clone().column(jobs::Column::Attempts);
        let seen: Vec<Seen> = seen.into_model().all(self.db()).await?;
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        // Whoever claimed these last died over them.
        let spent = seen.iter().filter(|seen| seen.attempts >= limits::JOB_ATTEMPTS_MAX);
        self.bury(spent.map(|seen| seen.id).collect(), now).await?;
        let live = due
            .filter(jobs::Column::Attempts.lt(limits::JOB_ATTEMPTS_MAX))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let write = self.write_one().await?;
        let mut claimed = jobs::Entity::update_many()
            .col_expr(jobs::Column::DueAt, Expr::value(lease_until.0))
            .col_expr(jobs::Column::Attempts, Expr::col(jobs::Column::Attempts).add(1))
            .filter(jobs::Column::Id.in_subquery(live.into_query()))
            .exec_with_returning(&write)
            .await?;
        write.commit().await?;
        claimed.sort_by_key(|row| seen.iter().position(|seen| seen.id == row.id));
        claimed.into_iter().map(Job::try_from).collect()
    }

    async fn bury(&self, ids: Vec<Uuid>, now: Time) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let write = self.write_one().await?;
        jobs::Entity::update_many()
            .col_expr(jobs::Column::State, Expr::value(JobState::Dead.as_str()))
            .col_expr(jobs::Column::FinishedAt, Expr::value(now.0))
            .filter(jobs::Column::Id.is_in(ids))
            .filter(state_is(JobState::Queued))
            .filter(jobs::Column::DueAt.lte(now.0))
            .exec(&write)
            .await?;
        write.commit().await
    }

    /// Keeps a job for this worker until a later moment, while it is at it. False if the lease had lapsed and somebody
    /// else has it.
    pub async fn renew_job(&self, job: &Job, lease_until: Time) -> Result<bool> {
        let write = self.write_one().await?;
        let renewed = mine(job)
            .col_expr(jobs::Column::DueAt, Expr::value(lease_until.0))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(renewed.rows_affected == 1)
    }

    /// The jobs are done. How many: not those whose lease had lapsed, and somebody else has them.
    pub async fn complete_jobs(&self, done: &[&Job], now: Time) -> Result<u64> {
        // Nearly all are done at the first attempt, which makes one statement.
        let mut alike: BTreeMap<u32, Vec<Uuid>> = BTreeMap::new();
        for job in done {
            alike.entry(job.attempts).or_default().push(job.id);
        }
        let mut completed = 0;
        for (attempts, ids) in alike {
            let write = self.write_one().await?;
            let done = claimed(attempts)
                .col_expr(jobs::Column::State, Expr::value(JobState::Done.as_str()))
                .col_expr(jobs::Column::FinishedAt, Expr::value(now.0))
                .filter(jobs::Column::Id.is_in(rows::padded(ids)))
                .exec(&write)
                .await?;
            write.commit().await?;
            completed += done.rows_affected;
        }
        Ok(completed)
    }

    /// The job failed: it is tried again after a pause that doubles, a bounded number of times.
    pub async fn fail_job(&self, job: &Job, error: &str, now: Time) -> Result<JobFate> {
        let error: String = error.chars().take(limits::JOB_ERROR_CHARS_MAX).collect();
        let spent = i64::from(job.attempts) >= i64::from(limits::JOB_ATTEMPTS_MAX);
        let at = now.plus_ms(backoff_ms(job.attempts));
        let update = mine(job).col_expr(jobs::Column::LastError, Expr::value(error));
        let update = if spent {
            update
                .col_expr(jobs::Column::State, Expr::value(JobState::Dead.as_str()))
                .col_expr(jobs::Column::FinishedAt, Expr::value(now.0))
        } else {
            update.col_expr(jobs::Column::DueAt, Expr::value(at.0))
        };
        let write = self.write_one().await?;
        let changed = update.exec(&write).await?.rows_affected;
        write.commit().await?;
        Ok(match (changed, spent) {
            (0, _) => JobFate::Lost,
            (_, true) => JobFate::Dead,
            (_, false) => JobFate::Retry { at },
        })
    }

    /// Jobs that were tried too often, oldest first.
    pub async fn dead_jobs(&self, page: PageRequest) -> Result<Page<Job>> {
        let mut query = jobs::Entity::find()
            .filter(state_is(JobState::Dead))
            .order_by_asc(jobs::Column::CreatedAt)
            .order_by_asc(jobs::Column::Id)
            .limit(page.fetch());
        if let Some(after) = page.after {
            let columns = (jobs::Column::CreatedAt, jobs::Column::Id);
            query = query.filter(rows::after(columns, after));
        }
        let rows = query.all(self.db()).await?;
        let jobs = rows.into_iter().map(Job::try_from).collect::<Result<_>>()?;
        Ok(page.page(jobs, |job: &Job| Cursor { at: job.created_at, id: job.id }))
    }

    /// Gives a dead job another round. False if it is not dead.
    pub async fn revive_job(&self, id: Uuid, now: Time) -> Result<bool> {
        let write = self.write_one().await?;
        let revived = jobs::Entity::update_many()
            .col_expr(jobs::Column::State, Expr::value(JobState::Queued.as_str()))
            .col_expr(jobs::Column::Attempts, Expr::value(0))
            .col_expr(jobs::Column::DueAt, Expr::value(now.0))
            .col_expr(jobs::Column::FinishedAt, Expr::value(None::<i64>))
            .filter(jobs::Column::Id.eq(id))
            .filter(state_is(JobState::Dead))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(revived.rows_affected == 1)
    }

    /// Deletes some jobs that were done before a moment; call again until it answers zero.
    pub async fn purge_jobs(&self, done_before: Time) -> Result<u64> {
        let ids: Vec<Uuid> = jobs::Entity::find()
            .select_only()
            .column(jobs::Column::Id)
            .filter(state_is(JobState::Done))
            .filter(jobs::Column::FinishedAt.lt(done_before.0))
            .order_by_asc(jobs::Column::FinishedAt)
            .limit(limits::PURGE_MAX)
            .into_tuple()
            .all(self.db())
            .await?;
        let write = self.write_one().await?.long();
        let purged =
            jobs::Entity::delete_many().filter(jobs::Column::Id.is_in(ids)).exec(&write).await?;
        write.commit().await?;
        Ok(purged.rows_affected)
    }
}

/// Writes jobs in the transaction of what causes them.
pub(crate) async fn enqueue(db: &impl ConnectionTrait, new: &[NewJob], now: Time) -> Result<u64> {
    rows::insert_missing(db, new.iter().map(|job| row(job, now)).collect()).await
}

/// The row of a new job. The id follows from kind and key: that is what makes a second one of them no new job.
pub(crate) fn row(job: &NewJob, now: Time) -> jobs::Model {
    jobs::Model {
        id: Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}/{}", job.kind, job.key).as_bytes()),
        kind: job.kind.clone(),
        key: job.key.clone(),
        payload: job.payload.clone(),
        state: JobState::Queued.as_str().to_owned(),
        due_at: job.due_at.0,
        attempts: 0,
        last_error: None,
        created_at: now.0,
        finished_at: None,
    }
}

/// With the word in the text of the statement: the partial indexes are of one state, and a planner that sees a
/// parameter instead cannot know that it is theirs.
fn state_is(state: JobState) -> SimpleExpr {
    Expr::cust(format!("state = '{}'", state.as_str()))
}

/// The job, if this claim of it is still the last one.
fn mine(job: &Job) -> UpdateMany<jobs::Entity> {
    claimed(job.attempts).filter(jobs::Column::Id.eq(job.id))
}

/// Jobs whose last claim was the so many-th.
fn claimed(attempts: u32) -> UpdateMany<jobs::Entity> {
    jobs::Entity::update_many()
        .filter(state_is(JobState::Queued))
        .filter(jobs::Column::Attempts.eq(i64::from(attempts)))
}

fn backoff_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).clamp(0, 32);
    let first = limits::JOB_BACKOFF_FIRST_MS;
    (first << doublings).clamp(first, limits::JOB_BACKOFF_MAX_MS)
}

impl TryFrom<jobs::Model> for Job {
    type Error = Error;

    fn try_from(row: jobs::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            key: row.key,
            payload: row.payload,
            state: JobState::read(&row.state)?,
            attempts: u32::try_from(row.attempts)
                .map_err(|_| Error::corrupt("jobs", "attempts"))?,
            last_error: row.last_error,
            created_at: Time(row.created_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::backoff_ms;
    use crate::limits;

    #[test]
    fn pauses_double_up_to_a_ceiling() {
        assert_eq!(backoff_ms(1), limits::JOB_BACKOFF_FIRST_MS);
        assert_eq!(backoff_ms(2), 2 * limits::JOB_BACKOFF_FIRST_MS);
        assert_eq!(backoff_ms(u32::MAX), limits::JOB_BACKOFF_MAX_MS);
    }
}
