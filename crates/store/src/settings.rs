//! What every replica must agree on, and whose turn it is to do what one of them must do alone.

use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{
    Result, Store,
    connect::{Engine, Write},
    entity::settings,
    limits, rows,
};

/// While it lives, nobody else has the turn of this name. Dropping it gives the turn up; so does dying.
#[must_use = "dropping a turn gives it up"]
pub struct Turn(#[expect(dead_code, reason = "held for its lock")] Option<Write>);

impl Store {
    /// What is kept under a name.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let row = settings::Entity::find_by_id(name).one(self.db()).await?;
        Ok(row.map(|row| row.value))
    }

    /// Keeps a value under a name, whatever was there before.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<()> {
        let write = self.write_one().await?;
        rows::put(&write, row(name, value), [settings::Column::Value]).await?;
        write.commit().await
    }

    /// Keeps a value under a name if nothing is there, and answers what is there: of replicas that start at once, all
    /// get the same.
    pub async fn agree_on(&self, name: &str, value: &str) -> Result<String> {
        if let Some(kept) = self.setting(name).await? {
            return Ok(kept);
        }
        let write = self.write_one().await?;
        rows::insert_missing(&write, vec![row(name, value)]).await?;
        let kept = settings::Entity::find_by_id(name).one(&write).await?;
        write.commit().await?;
        Ok(kept.map_or_else(|| value.to_owned(), |row| row.value))
    }

    /// Waits until nobody else does what this name stands for, a bounded time. On SQLite, which one process has for
    /// itself, everybody has every turn.
    pub async fn turn(&self, name: &str) -> Result<Turn> {
        if self.engine() == Engine::Sqlite {
            return Ok(Turn(None));
        }
        let write = self.write().await?;
        let patience = limits::TURN.as_millis();
        let wait = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {patience}; \
             SET LOCAL idle_in_transaction_session_timeout = 0; \
             SELECT pg_advisory_xact_lock(hashtextextended('frontrow {}', 0));",
            name.replace('\'', "''")
        );
        write.tx.execute_unprepared(&wait).await?;
        Ok(Turn(Some(write)))
    }
}

fn row(name: &str, value: &str) -> settings::Model {
    settings::Model { name: name.to_owned(), value: value.to_owned() }
}
