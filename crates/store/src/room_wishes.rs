//! Who wants a mail from a waiting room: when it is their turn, or when places come back.
//!
//! An address stands here as long as somebody waits and for a while after; the ledger knows places alone.

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait as _, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    entity::room_wishes,
    jobs::{NewJob, enqueue},
    limits,
    page::{Cursor, Page, PageRequest},
    rows,
    text_enum::text_enum,
};

/// Writes to somebody who wished for a mail; its payload names the `wish`.
pub const JOB_ROOM_MAIL: &str = "mail-room";

text_enum! {
    /// What somebody who waits wants to be written about.
    Wish in "room_wishes"."wish" {
        /// It is their turn.
        Turn = "turn",
        /// Places came back: the waiting list.
        Places = "places",
    }
}

/// Somebody wants a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomWish {
    /// To the room of this performance.
    pub performance_id: Uuid,
    /// Their place in the order of joining.
    pub place: u32,
    /// About what.
    pub wish: Wish,
    /// Their position in the queue, if it was known when they wished.
    pub position: Option<u64>,
    /// Where to write.
    pub email: String,
    /// In which language.
    pub locale: String,
    /// When they wished.
    pub created_at: Time,
    /// When the mail was ordered; none while it was not.
    pub mailed_at: Option<Time>,
}

/// It is about a person, so it stays out of logs.
impl std::fmt::Debug for RoomWish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoomWish").field("place", &self.place).finish_non_exhaustive()
    }
}

impl RoomWish {
    /// Its id: one wish of a kind a place.
    pub fn id(&self) -> Uuid {
        id(self.performance_id, self.place, self.wish)
    }
}

impl Store {
    /// Notes a wish, in the place of the same one of before.
    pub async fn put_room_wish(&self, wish: &RoomWish) -> Result<()> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let row = room_wishes::Model {
            id: wish.id(),
            performance_id: wish.performance_id,
            place: wish.place.into(),
            wish: wish.wish.as_str().to_owned(),
            position: wish.position.map(number),
            email: wish.email.clone(),
            locale: wish.locale.clone(),
            created_at: wish.created_at.0,
            mailed_at: wish.mailed_at.map(|at| at.0),
        };
        let columns = [
            room_wishes::Column::Position,
            room_wishes::Column::Email,
            room_wishes::Column::Locale,
            room_wishes::Column::CreatedAt,
            room_wishes::Column::MailedAt,
        ];
        let write = self.write_one().await?;
        rows::put(&write, row, columns).await?;
        write.commit().await
    }

    /// Forgets what somebody wished for, and their address.
    pub async fn delete_room_wishes(&self, performance: Uuid, place: u32) -> Result<()> {
        let write = self.write_one().await?;
        room_wishes::Entity::delete_many()
            .filter(room_wishes::Column::Id.is_in(ids(performance, [place])))
            .exec(&write)
            .await?;
        write.commit().await
    }

    /// A wish by its id, unless it was taken back.
    pub async fn room_wish(&self, id: Uuid) -> Result<Option<RoomWish>> {
        let row = room_wishes::Entity::find_by_id(id).one(self.db()).await?;
        row.map(RoomWish::try_from).transpose()
    }

    /// What the holder of a place wishes for.
    pub async fn room_wishes_of(&self, performance: Uuid, place: u32) -> Result<Vec<RoomWish>> {
        let rows = room_wishes::Entity::find()
            .filter(room_wishes::Column::Id.is_in(ids(performance, [place])))
            .all(self.db())
            .await?;
        rows.into_iter().map(RoomWish::try_from).collect()
    }

    /// The turn of these places came: orders the mails of those who wished for one, each once. Answers how many.
    pub async fn call_places(&self, performance: Uuid, places: &[u32], now: Time) -> Result<u64> {
        let ids = rows::padded(ids(performance, places.iter().copied()));
        self.order_mails(Condition::all().add(room_wishes::Column::Id.is_in(ids)), now, None).await
    }

    /// Places came back: orders mails for so many of the waiting list whose turn came before, first by their position.
    /// Answers how many.
    pub async fn call_waiting_list(
        &self,
        performance: Uuid,
        before: u64,
        count: u32,
        now: Time,
    ) -> Result<u64> {
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let passed = Condition::all()
            .add(room_wishes::Column::PerformanceId.eq(performance))
            // In the text of the statement: the index is of these alone.
            .add(Expr::cust("wish = 'places'"))
            .add(room_wishes::Column::Position.lt(before));
        let count = count.clamp(1, limits::CLAIM_MAX);
        self.order_mails(passed, now, Some(count.into())).await
    }

    async fn order_mails(&self, which: Condition, now: Time, count: Option<u64>) -> Result<u64> {
        let open = room_wishes::Entity::find()
            .filter(which)
            .filter(room_wishes::Column::MailedAt.is_null())
            .order_by_asc(room_wishes::Column::Position)
            .order_by_asc(room_wishes::Column::Id)
            .limit(count);
        // Most who wait wish for nothing: as a reader first, as claiming a job.
        if open.clone().limit(1).one(self.db()).await?.is_none() {
            return Ok(0);
        }
        let write = self.write().await?;
        let open = open.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let open = open.all(&write.tx).await?;
        let job = |row: &room_wishes::Model| NewJob {
            kind: JOB_ROOM_MAIL.to_owned(),
            // Wished for again after a mail, it is another mail.
            key: format!("{}/{}", row.id, row.created_at),
            payload: json!({ "wish": row.id }),
            due_at: now,
        };
        let jobs: Vec<NewJob> = open.iter().map(job).collect();
        enqueue(&write.tx, &jobs, now).await?;
        let done = rows::padded(open.iter().map(|row| row.id));
        room_wishes::Entity::update_many()
            .col_expr(room_wishes::Column::MailedAt, Expr::value(now.0))
            .filter(room_wishes::Column::Id.is_in(done))
            .exec(&write.tx)
            .await?;
        write.commit().await?;
        Ok(u64::try_from(open.len()).unwrap_or(u64::MAX))
    }

    /// The waiting list of a room, longest on it first.
    pub async fn waiting_list(
        &self,
        performance: Uuid,
        page: PageRequest,
    ) -> Result<Page<RoomWish>> {
        let mut query = on_list(performance)
            .order_by_asc(room_wishes::Column::CreatedAt)
            .order_by_asc(room_wishes::Column::Id)
            .limit(page.fetch());
        if let Some(after) = page.after {
            let columns = (room_wishes::Column::CreatedAt, room_wishes::Column::Id);
            query = query.filter(rows::after(columns, after));
        }
        let rows = query.all(self.db()).await?;
        let wishes = rows.into_iter().map(RoomWish::try_from).collect::<Result<_>>()?;
        Ok(page.page(wishes, |wish: &RoomWish| Cursor { at: wish.created_at, id: wish.id() }))
    }

    /// How many are on the waiting list of a room and were not written to.
    pub async fn waiting_list_count(&self, performance: Uuid) -> Result<u64> {
        let open = on_list(performance).filter(room_wishes::Column::MailedAt.is_null());
        Ok(open.count(self.db()).await?)
    }

    /// Forgets some addresses that were left before a moment; call again until it answers zero.
    pub async fn purge_room_wishes(&self, before: Time) -> Result<u64> {
        let ids: Vec<Uuid> = room_wishes::Entity::find()
            .select_only()
            .column(room_wishes::Column::Id)
            .filter(room_wishes::Column::CreatedAt.lt(before.0))
            .order_by_asc(room_wishes::Column::CreatedAt)
            .limit(limits::PURGE_MAX)
            .into_tuple()
            .all(self.db())
            .await?;
        let write = self.write_one().await?.long();
        let purged = room_wishes::Entity::delete_many()
            .filter(room_wishes::Column::Id.is_in(ids))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(purged.rows_affected)
    }
}

fn on_list(performance: Uuid) -> sea_orm::Select<room_wishes::Entity> {
    room_wishes::Entity::find()
        .filter(room_wishes::Column::PerformanceId.eq(performance))
        .filter(Expr::cust("wish = 'places'"))
}

fn id(performance: Uuid, place: u32, wish: Wish) -> Uuid {
    let name = format!("{performance}/{place}/{}", wish.as_str());
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

/// What the holders of these places may have wished for.
fn ids(performance: Uuid, places: impl IntoIterator<Item = u32>) -> Vec<Uuid> {
    let both = |place| [Wish::Turn, Wish::Places].map(|wish| id(performance, place, wish));
    places.into_iter().flat_map(both).collect()
}

impl TryFrom<room_wishes::Model> for RoomWish {
    type Error = Error;

    fn try_from(row: room_wishes::Model) -> Result<Self> {
        let position = |position: i64| {
            u64::try_from(position).map_err(|_| Error::corrupt("room_wishes", "position"))
        };
        Ok(Self {
            performance_id: row.performance_id,
            place: u32::try_from(row.place).map_err(|_| Error::corrupt("room_wishes", "place"))?,
            wish: Wish::read(&row.wish)?,
            position: row.position.map(position).transpose()?,
            email: row.email,
            locale: row.locale,
            created_at: Time(row.created_at),
            mailed_at: row.mailed_at.map(Time),
        })
    }
}
