//! What readers ask of a book: pages, the API, the seat map. Reading changes nothing.

use crate::{
    AllocationId, AreaId, BlockId, CategoryId, ChannelId, HoldId, OrderId, SeatId, TicketTypeId,
    Time,
    sale::{
        Access, Block, Book, Hold, OnSale, Order, Status, Terms, Totals, allocations::Kind, windows,
    },
};

/// Whether a channel sells anything at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selling {
    /// The organiser has not opened the sale, or has closed it.
    Closed,
    /// The first ticket type goes on sale then.
    From(Time),
    /// At least one ticket type is on sale.
    Now,
    /// All windows are past.
    NoLonger,
}

/// What sells and how much of it is left.
impl Book {
    /// What the sale sells, as changed since it was defined.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Whether the organiser sells; see [`Book::selling`] for when.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// All places together.
    pub fn totals(&self) -> Totals {
        self.stock.categories().iter().fold(Totals::default(), |sum, one| Totals {
            capacity: sum.capacity + one.capacity,
            held: sum.held + one.held,
            sold: sum.sold + one.sold,
            blocked: sum.blocked + one.blocked,
        })
    }

    /// Seats and area places by [`CategoryId`].
    pub fn categories(&self) -> &[Totals] {
        self.stock.categories()
    }

    /// By [`AreaId`].
    pub fn areas(&self) -> &[Totals] {
        self.stock.areas()
    }

    /// Free places of one area.
    pub fn area_left(&self, area: AreaId) -> Option<u32> {
        self.stock.area(area).map(Totals::free)
    }

    /// How many numbered seats there are; their ids count from zero.
    pub fn seats_count(&self) -> usize {
        self.stock.seats().len()
    }

    /// What a seat is.
    pub fn seat(&self, seat: SeatId) -> Option<Status> {
        self.stock.seat(seat)
    }

    /// The zone of a seat.
    pub fn seat_category(&self, seat: SeatId) -> Option<CategoryId> {
        self.stock.seat_category(seat)
    }

    /// One bit per seat: 1 is not free. Seat `i` is bit `i % 8` of byte `i / 8`, the least
    /// significant bit first.
    pub fn seats_taken(&self) -> Vec<u8> {
        let byte = |seats: &[Status]| {
            let taken = |status: &Status| u8::from(*status != Status::Free);
            seats.iter().rev().fold(0, |byte, status| byte << 1 | taken(status))
        };
        self.stock.seats().chunks(8).map(byte).collect()
    }

    /// Places that fit under one limit; nothing if there is no such limit.
    pub fn allocation_left(&self, allocation: AllocationId) -> Option<u32> {
        self.allocations.left(allocation)
    }

    /// How many places of a category are free and fit under all limits for this ticket type and
    /// channel.
    pub fn left(&self, channel: ChannelId, category: CategoryId, ticket_type: TicketTypeId) -> u32 {
        let free = self.categories().get(usize::from(category.0)).map_or(0, Totals::free);
        let limit = self.allocations.left_for(channel, Kind { category, ticket_type });
        limit.map_or(free, |limit| limit.min(free))
    }

    /// Whom the places of a category are for.
    pub fn access(&self, category: CategoryId) -> Option<Access> {
        self.terms.categories.get(usize::from(category.0)).map(|known| known.access)
    }

    /// Best available gives this category in pairs: a wheelchair place and the companion place
    /// beside it.
    pub(crate) fn is_in_pairs(&self, category: CategoryId) -> bool {
        self.access(category) == Some(Access::Wheelchair)
    }
}

/// Prices, limits and windows.
impl Book {
    /// What a place costs if it is held now; nothing if it is not sold so.
    pub fn price(&self, category: CategoryId, ticket_type: TicketTypeId) -> Option<i64> {
        self.prices.get(Kind { category, ticket_type })
    }

    /// What a category is sold as, and for how much, by ticket type.
    pub fn prices_of(&self, category: CategoryId) -> impl Iterator<Item = (TicketTypeId, i64)> {
        (0..self.terms.ticket_types)
            .map(TicketTypeId)
            .filter_map(move |ticket_type| Some((ticket_type, self.price(category, ticket_type)?)))
    }

    /// The lowest price of a place that is for everybody.
    pub fn from_price(&self) -> Option<i64> {
        let prices = self.terms.prices.iter();
        let open_to_all = |category| self.access(category) == Some(Access::Everyone);
        prices.filter(|price| open_to_all(price.category)).map(|price| price.amount_minor).min()
    }

    /// Whether a channel sells anything at a moment.
    pub fn selling(&self, channel: ChannelId, now: Time) -> Selling {
        if !self.open {
            return Selling::Closed;
        }
        let mut opens: Option<Time> = None;
        for ticket_type in (0..self.terms.ticket_types).map(TicketTypeId) {
            match self.on_sale(channel, ticket_type, now) {
                OnSale::Now => return Selling::Now,
                OnSale::From(time) => opens = Some(opens.map_or(time, |known| known.min(time))),
                OnSale::NoLonger => {}
            }
        }
        opens.map_or(Selling::NoLonger, Selling::From)
    }

    /// Whether the windows let a channel sell a ticket type at a moment.
    pub fn on_sale(&self, channel: ChannelId, ticket_type: TicketTypeId, now: Time) -> OnSale {
        windows::on_sale(&self.terms.windows, channel, ticket_type, now)
    }
}

/// Holds, orders and blocks.
impl Book {
    /// A hold that is live or lapsed. One that was sold is an order: see [`Book::order_of`].
    pub fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(id)
    }

    /// What a hold was sold as.
    pub fn order_of(&self, hold: HoldId) -> Option<OrderId> {
        self.orders.of_hold(hold)
    }

    /// How often the buyer may still extend a hold; the ceiling may come first.
    pub fn extensions_left(&self, hold: &Hold) -> u8 {
        self.terms.hold.extensions.saturating_sub(hold.extended)
    }

    /// When the next hold lapses by itself, if nothing happens before.
    pub fn next_lapse(&self) -> Option<Time> {
        self.holds.next_due().map(|(until, _)| until)
    }

    /// Live holds.
    pub fn live_holds_count(&self) -> usize {
        self.holds.live()
    }

    /// A purchase.
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(id)
    }

    /// All purchases, in no order.
    pub fn orders(&self) -> impl Iterator<Item = (OrderId, &Order)> {
        self.orders.iter()
    }

    /// How many purchases there were.
    pub fn orders_count(&self) -> usize {
        self.orders.len()
    }

    /// A seat block.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(&id).map(AsRef::as_ref)
    }

    /// All seat blocks, by id.
    pub fn blocks(&self) -> impl Iterator<Item = (BlockId, &Block)> {
        self.blocks.iter().map(|(id, block)| (*id, block.as_ref()))
    }
}
