//! Answers to calls of the API that no ledger remembers, so that a retry gets the same one.

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use crate::{Error, Result, Store, entity::idempotency, limits, rows};

/// One call of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentCall {
    /// Who calls: keys of different clients never meet.
    pub principal: String,
    /// Hash of the client's idempotency key.
    pub key_hash: [u8; 32],
    /// Hash of what was asked, so that one key used for two different calls is noticed.
    pub fingerprint: [u8; 32],
}

/// How a call was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// The right to carry out a call, until the lease lapses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLease {
    call: IdempotentCall,
    until: Time,
}

/// Whether to carry out a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Carry it out, then say how it was answered with this lease.
    Go(CallLease),
    /// It was answered before: like this.
    Answered(StoredAnswer),
    /// Somebody is carrying it out at the moment.
    InProgress,
    /// The key was used for another call.
    Reused,
}

impl Store {
    /// Asks whether to carry out a call. Who died over it is followed by the next who asks after `lease_until`.
    pub async fn begin_call(
        &self,
        call: &IdempotentCall,
        now: Time,
        lease_until: Time,
    ) -> Result<Begun> {
        let lease = CallLease { call: call.clone(), until: lease_until };
        let row = idempotency::Model {
            principal: call.principal.clone(),
            key_hash: call.key_hash.to_vec(),
            fingerprint: call.fingerprint.to_vec(),
            status: None,
            body: None,
            lease_until: lease_until.0,
            created_at: now.0,
        };
        let write = self.write_one().await?;
        if rows::insert_missing(&write, vec![row]).await? == 1 {
            write.commit().await?;
            return Ok(Begun::Go(lease));
        }
        let key = (call.principal.clone(), call.key_hash.to_vec());
        let Some(row) = idempotency::Entity::find_by_id(key).one(&write).await? else {
            // It was given up in this very moment; the client may ask again.
            return Ok(Begun::InProgress);
        };
        if row.fingerprint != call.fingerprint {
            return Ok(Begun::Reused);
        }
        if let (Some(status), Some(body)) = (row.status, row.body) {
            let status =
                u16::try_from(status).map_err(|_| Error::corrupt("idempotency", "status"))?;
            return Ok(Begun::Answered(StoredAnswer { status, body }));
        }
        if row.lease_until > now.0 {
            return Ok(Begun::InProgress);
        }
        let lapsed = CallLease { call: call.clone(), until: Time(row.lease_until) };
        let taken = unanswered(&lapsed)
            .col_expr(idempotency::Column::LeaseUntil, Expr::value(lease_until.0))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(if taken.rows_affected == 1 { Begun::Go(lease) } else { Begun::InProgress })
    }

    /// Says how a call was answered. False if the lease had lapsed and somebody else took over.
    pub async fn finish_call(&self, lease: &CallLease, answer: &StoredAnswer) -> Result<bool> {
        let write = self.write_one().await?;
        let done = unanswered(lease)
            .col_expr(idempotency::Column::Status, Expr::value(i32::from(answer.status)))
            .col_expr(idempotency::Column::Body, Expr::value(answer.body.clone()))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected == 1)
    }

    /// Gives a call up without an answer to remember: it changed nothing, and a retry may fare better.
    pub async fn abandon_call(&self, lease: &CallLease) -> Result<()> {
        let write = self.write_one().await?;
        idempotency::Entity::delete_many()
            .filter(idempotency::Column::Principal.eq(&lease.call.principal))
            .filter(idempotency::Column::KeyHash.eq(lease.call.key_hash.to_vec()))
            .filter(idempotency::Column::Status.is_null())
            .filter(idempotency::Column::LeaseUntil.eq(lease.until.0))
            .exec(&write)
            .await?;
        write.commit().await
    }

    /// Forgets some calls that came before a moment; call again until it answers zero.
    pub async fn purge_calls(&self, before: Time) -> Result<u64> {
        let key = [idempotency::Column::Principal, idempotency::Column::KeyHash];
        let old = idempotency::Entity::find()
            .select_only()
            .columns(key)
            .filter(idempotency::Column::CreatedAt.lt(before.0))
            .order_by_asc(idempotency::Column::CreatedAt)
            .limit(limits::PURGE_MAX);
        let write = self.write_one().await?.long();
        let purged = idempotency::Entity::delete_many()
            .filter(Expr::tuple(key.map(Expr::col)).in_subquery(old.into_query()))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(purged.rows_affected)
    }
}

fn unanswered(lease: &CallLease) -> sea_orm::UpdateMany<idempotency::Entity> {
    idempotency::Entity::update_many()
        .filter(idempotency::Column::Principal.eq(&lease.call.principal))
        .filter(idempotency::Column::KeyHash.eq(lease.call.key_hash.to_vec()))
        .filter(idempotency::Column::Status.is_null())
        .filter(idempotency::Column::LeaseUntil.eq(lease.until.0))
}
