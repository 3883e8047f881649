//! Which sales have a waiting room, and what organisers did to it. Who waits, and whose turn it is, is in its ledger.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Result, Store,
    entity::{room_actions, rooms},
    limits,
    page::{Cursor, Page, PageRequest},
    rows,
};

/// A performance that has a waiting room.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomRow {
    /// Which.
    pub performance_id: Uuid,
    /// What its door asks for; none if it was set up before doors asked for anything.
    pub rules: Option<Value>,
}

/// Something that an organiser did to a waiting room.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomAction {
    /// Which; the same one again is not written twice.
    pub id: Uuid,
    /// To the room of this performance.
    pub performance_id: Uuid,
    /// When.
    pub at: Time,
    /// Who: the name of an API key.
    pub who: String,
    /// `pause`, `resume`, ...
    pub action: String,
    /// What else was said: a rate, a message.
    pub detail: Value,
}

impl Store {
    /// Notes that a performance has a waiting room, and what its door asks for, which may follow from what it asked for
    /// before; again so if it had ended.
    pub async fn room_opened(
        &self,
        performance: Uuid,
        now: Time,
        rules: impl FnOnce(Option<Value>) -> Value + Send,
    ) -> Result<Value> {
        let write = self.write().await?;
        let before = rooms::Entity::find_by_id(performance).lock_exclusive().one(&write.tx).await?;
        let rules = rules(before.and_then(|row| row.rules));
        let row = rooms::Model {
            performance_id: performance,
            created_at: now.0,
            ended_at: None,
            rules: Some(rules.clone()),
        };
        rows::put(&write.tx, row, [rooms::Column::EndedAt, rooms::Column::Rules]).await?;
        write.commit().await?;
        Ok(rules)
    }

    /// Changes what the door of a room asks for and notes who did, together; `change` answers what else is said of it.
    /// The same action again changes nothing. None if there is no room.
    pub async fn change_room_rules(
        &self,
        mut action: RoomAction,
        change: impl FnOnce(&mut Value) -> Value + Send,
    ) -> Result<Option<Value>> {
        let write = self.write().await?;
        let id = action.performance_id;
        let row = rooms::Entity::find_by_id(id).lock_exclusive().one(&write.tx).await?;
        let Some(mut row) = row else { return Ok(None) };
        let mut rules = row.rules.take().unwrap_or_else(|| json!({}));
        if room_actions::Entity::find_by_id(action.id).one(&write.tx).await?.is_some() {
            return Ok(Some(rules));
        }
        action.detail = change(&mut rules);
        row.rules = Some(rules.clone());
        rows::put(&write.tx, row, [rooms::Column::Rules]).await?;
        rows::insert(&write.tx, vec![row_of(&action)]).await?;
        write.commit().await?;
        Ok(Some(rules))
    }

    /// Notes that a waiting room has ended, so that nobody looks after it any more.
    pub async fn room_ended(&self, performance: Uuid, now: Time) -> Result<()> {
        let write = self.write_one().await?;
        rooms::Entity::update_many()
            .col_expr(rooms::Column::EndedAt, Expr::value(now.0))
            .filter(rooms::Column::PerformanceId.eq(performance))
            .exec(&write)
            .await?;
        write.commit().await
    }

    /// Whether a performance has or had a waiting room.
    pub async fn had_room(&self, performance: Uuid) -> Result<bool> {
        Ok(rooms::Entity::find_by_id(performance).one(self.db()).await?.is_some())
    }

    /// Performances whose waiting room has not ended, oldest first; so many of them at the most.
    pub async fn rooms(&self) -> Result<Vec<RoomRow>> {
        let rows = rooms::Entity::find()
            .filter(rooms::Column::EndedAt.is_null())
            .order_by_asc(rooms::Column::CreatedAt)
            .order_by_asc(rooms::Column::PerformanceId)
            .limit(limits::ROOMS_MAX)
            .all(self.db())
            .await?;
        let room =
            |row: rooms::Model| RoomRow { performance_id: row.performance_id, rules: row.rules };
        Ok(rows.into_iter().map(room).collect())
    }

    /// Notes what somebody did to a waiting room.
    pub async fn note_room_action(&self, action: &RoomAction) -> Result<()> {
        let write = self.write_one().await?;
        rows::insert_missing(&write, vec![row_of(action)]).await?;
        write.commit().await
    }

    /// What was done to a waiting room, newest first.
    pub async fn room_actions(
        &self,
        performance: Uuid,
        page: PageRequest,
    ) -> Result<Page<RoomAction>> {
        let mut query = room_actions::Entity::find()
            .filter(room_actions::Column::PerformanceId.eq(performance))
            .order_by_desc(room_actions::Column::At)
            .order_by_desc(room_actions::Column::Id)
            .limit(page.fetch());
        if let Some(after) = page.after {
            let columns = (room_actions::Column::At, room_actions::Column::Id);
            query = query.filter(rows::before(columns, after));
        }
        let rows = query.all(self.db()).await?;
        let actions = rows.into_iter().map(|row| RoomAction {
            id: row.id,
            performance_id: row.performance_id,
            at: Time(row.at),
            who: row.who,
            action: row.action,
            detail: row.detail,
        });
        Ok(page.page(actions.collect(), |action| Cursor { at: action.at, id: action.id }))
    }
}

fn row_of(action: &RoomAction) -> room_actions::Model {
    room_actions::Model {
        id: action.id,
        performance_id: action.performance_id,
        at: action.at.0,
        who: action.who.clone(),
        action: action.action.clone(),
        detail: action.detail.clone(),
    }
}
