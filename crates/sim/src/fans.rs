//! What fans and organisers ask: mostly sense, often at a bad moment, sometimes nonsense.

use std::sync::Arc;

use frontrow_ledger::{
    AllocationId, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, CommandId, HoldId, OrderId,
    SeatId, TicketTypeId, Time,
    limits::{BLOCK_REASON_BYTES_MAX, PLACES_PER_HOLD_MAX},
    sale::{Allocation, BlockKind, Command, Places, Price, Record, Terms, Want},
};
use rand::{RngExt, rngs::SmallRng, seq::IndexedRandom};

use crate::terms::{
    CHANNELS, category, random_allocation, random_allocation_id, random_capacity, random_limits,
    random_prices, random_windows,
};

/// Carts that are used again; older ones are forgotten, so that their holds lapse.
const CARTS_REMEMBERED: usize = 24;
const BUYERS: u128 = 6;

/// Everybody who asks.
pub(crate) struct Fans {
    terms: Arc<Terms>,
    seats: u32,
    carts: Vec<Cart>,
    orders: Vec<OrderId>,
    blocks: Vec<BlockId>,
    ids: u128,
}

#[derive(Clone, Copy)]
struct Cart {
    hold: HoldId,
    channel: ChannelId,
    order: OrderId,
    buyer: BuyerKey,
}

impl Fans {
    pub(crate) fn new(terms: Arc<Terms>) -> Self {
        let seats: usize = terms.rows.iter().map(|row| row.seats.len()).sum();
        Self {
            seats: u32::try_from(seats).expect("a simulated sale is small"),
            terms,
            carts: Vec::new(),
            orders: Vec::new(),
            blocks: Vec::new(),
            ids: 0,
        }
    }

    /// A new id of any kind; ids of one run are spread like random ones.
    pub(crate) fn fresh_id(&mut self) -> u128 {
        self.ids += 1;
        self.ids.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    pub(crate) fn fresh_command_id(&mut self) -> CommandId {
        CommandId(self.fresh_id())
    }

    /// What was recorded is what people come back to.
    pub(crate) fn see(&mut self, random: &mut SmallRng, record: &Record) {
        match record {
            Record::Held { hold, channel, .. } => self.remember(random, *hold, *channel),
            Record::Confirmed { order, .. } => self.orders.push(*order),
            Record::Blocked { block, .. } => self.blocks.push(*block),
            _ => {}
        }
    }

    fn remember(&mut self, random: &mut SmallRng, hold: HoldId, channel: ChannelId) {
        if self.carts.iter().any(|cart| cart.hold == hold) {
            return;
        }
        let order = OrderId(self.fresh_id());
        let buyer = BuyerKey(random.random_range(0..BUYERS));
        let cart = Cart { hold, channel, order, buyer };
        if self.carts.len() < CARTS_REMEMBERED {
            self.carts.push(cart);
        } else {
            self.carts[random.random_range(0..CARTS_REMEMBERED)] = cart;
        }
    }

    /// The next thing that somebody asks.
    pub(crate) fn ask(&mut self, random: &mut SmallRng, now: Time) -> Command {
        let cart = match self.carts.choose(random) {
            Some(cart) if random.random_bool(0.98) => *cart,
            _ => self.stranger(),
        };
        if random.random_bool(0.01) {
            return self.nonsense(random, cart);
        }
        let Cart { hold, channel, buyer, .. } = cart;
        match random.random_range(0..100) {
            0..30 => {
                let hold = HoldId(self.fresh_id());
                let channel = *CHANNELS.choose(random).expect("there are channels");
                Command::Hold { hold, channel, wants: self.wants(random) }
            }
            30..36 => Command::Hold { hold, channel, wants: self.wants(random) },
            36..42 => Command::Extend { hold },
            42..48 => Command::Remove { hold, positions: some_indexes(random) },
            48..53 => Command::Release { hold },
            53..60 => Command::Reacquire { hold },
            60..76 => Command::Checkout { hold, order: self.order_of(cart, random), buyer },
            76..87 => Command::Confirm { hold, order: cart.order },
            87..96 => self.cancellation(random),
            _ => self.organise(random, now),
        }
    }

    /// What no page offers, but anybody can send.
    fn nonsense(&self, random: &mut SmallRng, cart: Cart) -> Command {
        let Cart { hold, channel, buyer, .. } = cart;
        let one = vec![TicketTypeId(0)];
        let many = vec![TicketTypeId(0); PLACES_PER_HOLD_MAX + 1];
        let area = |area, ticket_types| vec![Want::Area { area: AreaId(area), ticket_types }];
        let wants = match random.random_range(0..8) {
            0 => area(0, many),
            1 => area(u16::MAX, one),
            2 => vec![Want::Best { category: CategoryId(9), ticket_types: one, may_split: false }],
            3 => return Command::Hold { hold, channel: ChannelId::API, wants: area(0, one) },
            4 => {
                return Command::Reprice(vec![Price {
                    category: CategoryId(0),
                    ticket_type: TicketTypeId(0),
                    amount_minor: -1,
                }]);
            }
            5 => {
                return Command::Block {
                    block: BlockId(0),
                    kind: BlockKind::Kill,
                    reason: "x".repeat(BLOCK_REASON_BYTES_MAX + 1),
                    places: Places::default(),
                };
            }
            6 => return Command::SetAllocation(AllocationId(99), self.any_allocation(random)),
            _ => {
                let taken = self.orders.choose(random).copied();
                let order = taken.unwrap_or(cart.order);
                return Command::Checkout { hold, order, buyer };
            }
        };
        Command::Hold { hold, channel, wants }
    }

    fn any_allocation(&self, random: &mut SmallRng) -> Allocation {
        random_allocation(random, self.terms.categories.len(), self.terms.ticket_types)
    }

    /// Nobody has heard of this cart.
    fn stranger(&mut self) -> Cart {
        Cart {
            hold: HoldId(self.fresh_id()),
            channel: ChannelId::WEB,
            order: OrderId(self.fresh_id()),
            buyer: BuyerKey(0),
        }
    }

    /// Usually the cart's order; sometimes a new one, because a payment failed.
    fn order_of(&mut self, cart: Cart, random: &mut SmallRng) -> OrderId {
        if random.random_bool(0.8) {
            return cart.order;
        }
        let order = OrderId(self.fresh_id());
        for known in self.carts.iter_mut().filter(|known| known.hold == cart.hold) {
            known.order = order;
        }
        order
    }

    fn cancellation(&mut self, random: &mut SmallRng) -> Command {
        if self.orders.is_empty() {
            return Command::Cancel { order: OrderId(self.fresh_id()), positions: None };
        }
        let index = random.random_range(0..self.orders.len());
        if random.random_bool(0.3) {
            let positions = Some(some_indexes(random));
            return Command::Cancel { order: self.orders[index], positions };
        }
        Command::Cancel { order: self.orders.swap_remove(index), positions: None }
    }

    fn organise(&mut self, random: &mut SmallRng, now: Time) -> Command {
        let (categories, ticket_types) = (self.terms.categories.len(), self.terms.ticket_types);
        match random.random_range(0..40) {
            0..4 => self.block(random),
            4..9 => self.unblock(random),
            9..11 => Command::Reprice(random_prices(random, categories, ticket_types)),
            11..15 => Command::SetAllocation(
                random_allocation_id(random, self.terms.allocations.len()),
                self.any_allocation(random),
            ),
            15 => Command::SetLimits(random_limits(random)),
            16..19 => random_capacity(random, &self.terms.areas)
                .map_or(Command::Open, Command::SetAreaCapacity),
            19 => Command::Define(Arc::clone(&self.terms)),
            20 => Command::Close,
            21..24 => Command::SetWindows(random_windows(random, ticket_types, now)),
            24..30 => Command::SetWindows(Vec::new()),
            _ => Command::Open,
        }
    }

    fn block(&mut self, random: &mut SmallRng) -> Command {
        let fresh = BlockId(self.fresh_id());
        let block = match self.blocks.choose(random) {
            Some(known) if random.random_bool(0.1) => *known,
            _ => fresh,
        };
        let places = self.places(random);
        Command::Block { block, kind: BlockKind::House, reason: "for the house".to_owned(), places }
    }

    fn unblock(&mut self, random: &mut SmallRng) -> Command {
        let fresh = BlockId(self.fresh_id());
        if self.blocks.is_empty() {
            return Command::Unblock { block: fresh, places: None };
        }
        let index = random.random_range(0..self.blocks.len());
        if random.random_bool(0.3) {
            let places = Some(self.places(random));
            return Command::Unblock { block: self.blocks[index], places };
        }
        Command::Unblock { block: self.blocks.swap_remove(index), places: None }
    }

    fn places(&self, random: &mut SmallRng) -> Places {
        let mut places = Places::default();
        if self.seats > 0 && random.random_bool(0.6) {
            places.seats.extend(self.neighbours(random));
        }
        let areas = self.terms.areas.len();
        if areas > 0 && random.random_bool(0.6) {
            places.areas.push((area(random, areas), random.random_range(1..=3)));
        }
        places
    }

    fn wants(&self, random: &mut SmallRng) -> Vec<Want> {
        let wants = if random.random_bool(0.85) { 1 } else { 2 };
        (0..wants).map(|_| self.want(random)).collect()
    }

    fn want(&self, random: &mut SmallRng) -> Want {
        let areas = self.terms.areas.len();
        match random.random_range(0..10) {
            0..4 if self.seats > 0 => {
                let seats = self.neighbours(random);
                Want::Seats(seats.map(|seat| (seat, self.ticket_type(random))).collect())
            }
            4..7 if self.seats > 0 => Want::Best {
                category: category(random.random_range(0..self.terms.categories.len())),
                ticket_types: self.party(random),
                may_split: random.random_bool(0.4),
            },
            _ if areas > 0 => {
                Want::Area { area: area(random, areas), ticket_types: self.party(random) }
            }
            _ => Want::Seats(vec![(SeatId(self.seats), TicketTypeId(0))]),
        }
    }

    fn party(&self, random: &mut SmallRng) -> Vec<TicketTypeId> {
        (0..random.random_range(1..=4)).map(|_| self.ticket_type(random)).collect()
    }

    /// One in a hundred does not exist.
    fn ticket_type(&self, random: &mut SmallRng) -> TicketTypeId {
        let beyond = u16::from(random.random_bool(0.01));
        TicketTypeId(random.random_range(0..self.terms.ticket_types + beyond))
    }

    /// A few seats side by side; the last may be beyond the house.
    fn neighbours(&self, random: &mut SmallRng) -> impl Iterator<Item = SeatId> + use<> {
        let first = random.random_range(0..self.seats.max(1));
        (first..first + random.random_range(1..=3)).map(SeatId)
    }
}

fn area(random: &mut SmallRng, areas: usize) -> AreaId {
    let index = random.random_range(0..areas);
    AreaId(u16::try_from(index).expect("a simulated sale is small"))
}

/// Mostly indexes that there are.
fn some_indexes(random: &mut SmallRng) -> Vec<u16> {
    (0..random.random_range(1..=2)).map(|_| random.random_range(0..4)).collect()
}
