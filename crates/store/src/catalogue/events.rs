//! What is marketed.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Result, Store,
    entity::events,
    page::{Cursor, Page, PageRequest},
    rows,
    texts::{Texts, fold},
};

/// An event: one or many performances of it are sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// In URLs; unique.
    pub slug: String,
    /// Its name.
    pub title: Texts,
    /// One sentence.
    pub summary: Texts,
    /// Some paragraphs.
    pub description: Texts,
    /// A word that the shop's pages translate, such as `concert`.
    pub genre: String,
    /// The name of its picture.
    pub image: Option<String>,
    /// When it was created.
    pub created_at: Time,
}

impl Store {
    /// Inserts or replaces an event. A slug that another event has is an [`Error::Conflict`](crate::Error::Conflict).
    pub async fn put_event(&self, event: &Event) -> Result<()> {
        let row = events::Model {
            id: event.id,
            organisation_id: event.organisation_id,
            slug: event.slug.clone(),
            title: rows::texts_row(&event.title),
            summary: rows::texts_row(&event.summary),
            description: rows::texts_row(&event.description),
            genre: event.genre.clone(),
            image: event.image.clone(),
            folded: folded(event),
            created_at: event.created_at.0,
        };
        let columns = [
            events::Column::Slug,
            events::Column::Title,
            events::Column::Summary,
            events::Column::Description,
            events::Column::Genre,
            events::Column::Image,
            events::Column::Folded,
        ];
        let write = self.write().await?;
        rows::put(&write.tx, row, columns).await?;
        write.commit().await
    }

    /// The event with this id.
    pub async fn event(&self, id: Uuid) -> Result<Option<Event>> {
        let row = events::Entity::find_by_id(id).one(self.db()).await?;
        row.map(Event::try_from).transpose()
    }

    /// The event with this slug.
    pub async fn event_by_slug(&self, slug: &str) -> Result<Option<Event>> {
        let row = events::Entity::find().filter(events::Column::Slug.eq(slug));
        row.one(self.db()).await?.map(Event::try_from).transpose()
    }

    /// The events of an organisation, oldest first.
    pub async fn events(&self, organisation_id: Uuid, page: PageRequest) -> Result<Page<Event>> {
        let mut query = events::Entity::find()
            .filter(events::Column::OrganisationId.eq(organisation_id))
            .order_by_asc(events::Column::CreatedAt)
            .order_by_asc(events::Column::Id)
            .limit(page.fetch());
        if let Some(after) = page.after {
            query =
                query.filter(rows::after((events::Column::CreatedAt, events::Column::Id), after));
        }
        let rows = query.all(&self.long()).await?;
        let events = rows.into_iter().map(Event::try_from).collect::<Result<_>>()?;
        Ok(page.page(events, |event: &Event| Cursor { at: event.created_at, id: event.id }))
    }
}

fn folded(event: &Event) -> String {
    let texts = [&event.title, &event.summary];
    let words: Vec<&str> =
        texts.into_iter().flat_map(|texts| [texts.cs.as_str(), texts.en.as_str()]).collect();
    fold(&words.join(" "))
}

impl TryFrom<events::Model> for Event {
    type Error = crate::Error;

    fn try_from(row: events::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            slug: row.slug,
            title: rows::texts(row.title, "events", "title")?,
            summary: rows::texts(row.summary, "events", "summary")?,
            description: rows::texts(row.description, "events", "description")?,
            genre: row.genre,
            image: row.image,
            created_at: Time(row.created_at),
        })
    }
}
