//! What a performance sells at this moment, for pages and the API; and the one way to ask its ledger.

use std::sync::Arc;

use frontrow_ledger::{
    AreaId, CategoryId, ChannelId, CommandId, Request, TicketTypeId, Time,
    sale::{
        Access, Book, Command, Currency, HoldTimes, OnSale, OrderLimits, Record, Refusal, Sale,
        Selling, Totals,
    },
};
use frontrow_log::{Handle, Stream, Unavailable};
use uuid::Uuid;

use crate::{Error, Result, Shop, facts::Facts, fingerprint::fingerprint, limits::CATCH_UP};

/// A performance with everything that its page shows.
#[derive(Debug, Clone)]
pub struct PerformanceView {
    /// What is announced.
    pub facts: Arc<Facts>,
    /// What is sold, at which price, and how much of it is left.
    pub sale: SaleView,
    /// The moment of this view.
    pub now: Time,
}

/// What is sold at a moment through one channel.
#[derive(Debug, Clone)]
pub struct SaleView {
    /// Whether, and since or from when.
    pub selling: Selling,
    /// All prices are in its minor units.
    pub currency: Currency,
    /// Per order and per buyer.
    pub limits: OrderLimits,
    /// How long places are held.
    pub hold: HoldTimes,
    /// By [`CategoryId`].
    pub categories: Vec<CategoryView>,
    /// By [`AreaId`].
    pub areas: Vec<AreaView>,
    /// All places together.
    pub totals: Totals,
    /// When the next hold lapses by itself, and its places come back.
    pub next_lapse: Option<Time>,
}

/// A category at a moment.
#[derive(Debug, Clone)]
pub struct CategoryView {
    /// Which.
    pub id: CategoryId,
    /// Whom its places are for.
    pub access: Access,
    /// Numbered seats in it.
    pub seats: u32,
    /// Of them, how many are free.
    pub seats_left: u32,
    /// What a place of it is sold as.
    pub types: Vec<TypeView>,
}

/// A category sold as a ticket type.
#[derive(Debug, Clone, Copy)]
pub struct TypeView {
    /// Which.
    pub id: TicketTypeId,
    /// What one place costs.
    pub price_minor: i64,
    /// Whether it is sold now.
    pub on_sale: OnSale,
    /// Places, seats and area places together, that are free and fit under every limit.
    pub left: u32,
}

/// A standing area at a moment.
#[derive(Debug, Clone, Copy)]
pub struct AreaView {
    /// Which.
    pub id: AreaId,
    /// Its zone of price.
    pub category: CategoryId,
    /// Sold in multiples of this.
    pub multiple: u16,
    /// Free places.
    pub left: u32,
}

impl Shop {
    /// A performance as a channel sells it now. Not found if it does not exist or is not defined yet.
    pub async fn performance(&self, id: Uuid, channel: ChannelId) -> Result<PerformanceView> {
        let facts = self.facts(id).await?;
        let now = self.now();
        let sale = self.look(id, |book| SaleView::new(book, channel, now)).await?;
        Ok(PerformanceView { facts, sale, now })
    }

    /// What is announced of a performance.
    pub async fn facts(&self, id: Uuid) -> Result<Arc<Facts>> {
        self.inner.facts.get(&self.inner.store, id, self.now()).await
    }

    /// Looks into the committed book of a sale. Keep it short.
    pub(crate) async fn look<R>(&self, id: Uuid, look: impl FnOnce(&Book) -> R) -> Result<R> {
        let handle = self.sale(id).await?;
        let seen = handle.read(|sale, _| sale.book().map(look))?;
        seen.ok_or_else(|| Refusal::NotDefined.into())
    }

    /// Looks into a book that has everything that any replica has acknowledged by now: for what follows from what
    /// somebody did a moment ago, maybe elsewhere. It costs a question to the log; what is only shown does without.
    pub(crate) async fn look_now<R>(&self, id: Uuid, look: impl FnOnce(&Book) -> R) -> Result<R> {
        self.catch_up(id).await?;
        self.look(id, look).await
    }

    /// Waits until this replica has everything that any replica has acknowledged by now.
    pub(crate) async fn catch_up(&self, id: Uuid) -> Result<()> {
        let handle = self.sale(id).await?;
        let stream = Stream::sale(id.as_u128());
        let head = self.inner.heads.ask(stream, async || self.inner.log.head(stream).await).await;
        let head = head.map_err(|error| Error::Log(error.into()))?;
        if handle.reach(head, CATCH_UP).await {
            return Ok(());
        }
        // The reason, if this replica cannot serve the sale at all.
        handle.read(|_, _| ())?;
        Err(Unavailable::Unreachable.into())
    }

    /// The sequencer of a performance that exists: an id that somebody made up loads nothing.
    pub(crate) async fn sale(&self, id: Uuid) -> Result<Handle<Sale>> {
        self.facts(id).await?;
        Ok(self.inner.sales.open(Stream::sale(id.as_u128())).await?)
    }

    /// Asks the ledger of a performance for a decision.
    pub(crate) async fn submit(
        &self,
        performance: Uuid,
        id: CommandId,
        command: Command,
    ) -> Result<Record> {
        let handle = self.sale(performance).await?;
        let fingerprint = fingerprint(&command)?;
        let answer = handle.submit(Request { id, fingerprint, command }).await?;
        Ok(answer?)
    }
}

impl SaleView {
    fn new(book: &Book, channel: ChannelId, now: Time) -> Self {
        let terms = book.terms();
        let areas: Vec<AreaView> = (0..)
            .map(AreaId)
            .zip(terms.areas.iter().zip(book.areas()))
            .map(|(id, (area, totals))| AreaView {
                id,
                category: area.category,
                multiple: area.multiple,
                left: totals.free(),
            })
            .collect();
        let category = |(id, totals): (CategoryId, &Totals)| {
            let in_areas = |count: fn(&Totals) -> u32| -> u32 {
                let areas = terms.areas.iter().zip(book.areas());
                areas.filter(|(area, _)| area.category == id).map(|(_, t)| count(t)).sum()
            };
            let types = book.prices_of(id).map(|(ticket_type, price_minor)| TypeView {
                id: ticket_type,
                price_minor,
                on_sale: book.on_sale(channel, ticket_type, now),
                left: book.left(channel, id, ticket_type),
            });
            CategoryView {
                id,
                access: book.access(id).unwrap_or(Access::Everyone),
                seats: totals.capacity - in_areas(|totals| totals.capacity),
                seats_left: totals.free() - in_areas(Totals::free),
                types: types.collect(),
            }
        };
        Self {
            selling: book.selling(channel, now),
            currency: terms.currency,
            limits: terms.limits,
            hold: terms.hold,
            categories: (0..).map(CategoryId).zip(book.categories()).map(category).collect(),
            areas,
            totals: book.totals(),
            next_lapse: book.next_lapse(),
        }
    }
}
