//! A small sale to try things on. Whatever a test does, every invariant is checked after each step,
//! and at the end the log replays to the same state and a snapshot loads to the same state.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use frontrow_ledger::{
    AllocationId, Applied, AreaId, BuyerKey, CategoryId, ChannelId, CommandId, Decision, Entry,
    HoldId, Machine, OrderId, Request, SeatId, TicketTypeId, Time, invariants,
    sale::{
        Access, Allocation, Area, Book, Category, Command, Currency, HoldTimes, OrderLimits, Point,
        Position, Price, Record, Refusal, Row, Sale, Seat, Terms, Want,
    },
};

pub(crate) const ADULT: TicketTypeId = TicketTypeId(0);
pub(crate) const STUDENT: TicketTypeId = TicketTypeId(1);
/// Has no price anywhere.
pub(crate) const NOBODY: TicketTypeId = TicketTypeId(2);

/// Seats 0 to 9.
pub(crate) const STALLS: CategoryId = CategoryId(0);
/// Area 0.
pub(crate) const STANDING: CategoryId = CategoryId(1);
/// Seats 10 and 12, and area 1.
pub(crate) const WHEELCHAIR: CategoryId = CategoryId(2);
/// Seats 11 and 13.
pub(crate) const COMPANION: CategoryId = CategoryId(3);

/// Ten people.
pub(crate) const FLOOR: AreaId = AreaId(0);
/// Six people, in pairs.
pub(crate) const PLATFORM: AreaId = AreaId(1);

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const START: Time = Time(1_000 * MINUTE);

/// Two rows of five seats, a row of two wheelchair places with their companions, a floor, a
/// platform.
pub(crate) fn terms() -> Terms {
    let category = |access| Category { access };
    let seat = |category, x, y| Seat { category, at: Point { x, y } };
    let price = |category, ticket_type, amount_minor| Price { category, ticket_type, amount_minor };
    let stalls = |y| Row { section: 0, seats: (0..5).map(|x| seat(STALLS, x * 10, y)).collect() };
    let pairs = [WHEELCHAIR, COMPANION, WHEELCHAIR, COMPANION];
    let wheelchairs = Row {
        section: 1,
        seats: pairs.into_iter().zip(0..).map(|(c, x)| seat(c, x * 10, 30)).collect(),
    };
    Terms {
        currency: Currency(*b"CZK"),
        categories: [Access::Everyone, Access::Everyone, Access::Wheelchair, Access::Companion]
            .map(category)
            .to_vec(),
        ticket_types: 3,
        prices: vec![
            price(STALLS, ADULT, 900),
            price(STALLS, STUDENT, 450),
            price(STANDING, ADULT, 500),
            price(STANDING, STUDENT, 250),
            price(WHEELCHAIR, ADULT, 300),
            price(WHEELCHAIR, STUDENT, 200),
            price(COMPANION, ADULT, 0),
            price(COMPANION, STUDENT, 0),
        ],
        rows: vec![stalls(10), stalls(20), wheelchairs],
        areas: vec![
            Area { category: STANDING, capacity: 10, multiple: 1 },
            Area { category: WHEELCHAIR, capacity: 6, multiple: 2 },
        ],
        focus: Point { x: 20, y: 0 },
        allocations: Vec::new(),
        windows: Vec::new(),
        limits: OrderLimits { per_order: 6, per_buyer: None },
        hold: HoldTimes {
            hold_ms: 10 * MINUTE,
            jitter_ms: MINUTE,
            extension_ms: 5 * MINUTE,
            extensions: 2,
            payment_ms: 10 * MINUTE,
            ceiling_ms: 30 * MINUTE,
        },
    }
}

/// A sale and everything that was written about it.
pub(crate) struct World {
    pub(crate) sale: Sale,
    entries: Vec<Entry<Record>>,
    commands: u128,
}

impl World {
    /// Nothing is defined.
    pub(crate) fn empty() -> Self {
        let mut sale = Sale::default();
        sale.advance(START);
        Self { sale, entries: Vec::new(), commands: 0 }
    }

    /// Defined, not open.
    pub(crate) fn defined(terms: Terms) -> Self {
        let mut world = Self::empty();
        world.accept(Command::Define(Arc::new(terms)));
        world
    }

    /// Defined and open.
    pub(crate) fn open(terms: Terms) -> Self {
        let mut world = Self::defined(terms);
        world.accept(Command::Open);
        world
    }

    pub(crate) fn book(&self) -> &Book {
        self.sale.book().unwrap()
    }

    pub(crate) fn wait(&mut self, ms: i64) {
        self.sale.advance(self.sale.now().plus_ms(ms));
        invariants::check(&self.sale).unwrap();
    }

    /// Asks something new.
    pub(crate) fn ask(&mut self, command: Command) -> Result<Record, Refusal> {
        self.commands += 1;
        let request = Request { id: CommandId(self.commands), fingerprint: 0, command };
        self.request(&request)
    }

    /// Asks, perhaps again.
    pub(crate) fn request(&mut self, request: &Request<Command>) -> Result<Record, Refusal> {
        let record = match self.sale.decide(request)? {
            Decision::Again(record) => return Ok(record),
            Decision::Record(record) => record,
        };
        let applied =
            Applied { id: request.id, fingerprint: request.fingerprint, record: record.clone() };
        self.sale.apply(&applied);
        self.entries.push(Entry { now: self.sale.now(), applied: vec![applied] });
        invariants::check(&self.sale).unwrap();
        Ok(record)
    }

    pub(crate) fn accept(&mut self, command: Command) -> Record {
        self.ask(command).unwrap()
    }

    pub(crate) fn refuse(&mut self, command: Command) -> Refusal {
        self.ask(command).unwrap_err()
    }

    /// Holds over the web.
    pub(crate) fn hold(&mut self, hold: u128, wants: &[Want]) -> Result<Vec<Position>, Refusal> {
        match self.ask(holding(hold, wants))? {
            Record::Held { positions, .. } => Ok(positions.to_vec()),
            other => panic!("a hold became {other:?}"),
        }
    }

    pub(crate) fn check_out(
        &mut self,
        hold: u128,
        order: u128,
        buyer: u128,
    ) -> Result<Record, Refusal> {
        self.ask(checkout(hold, order, buyer))
    }

    pub(crate) fn confirm(&mut self, hold: u128, order: u128) -> Result<Record, Refusal> {
        self.ask(Command::Confirm { hold: HoldId(hold), order: OrderId(order) })
    }

    /// Holds, pays and owns.
    pub(crate) fn buy(&mut self, id: u128, wants: &[Want]) {
        self.hold(id, wants).unwrap();
        self.check_out(id, id, id).unwrap();
        self.confirm(id, id).unwrap();
    }

    pub(crate) fn cancel(
        &mut self,
        order: u128,
        positions: Option<&[u16]>,
    ) -> Result<Record, Refusal> {
        let positions = positions.map(<[u16]>::to_vec);
        self.ask(Command::Cancel { order: OrderId(order), positions })
    }
}

/// What was written rebuilds the state, and so does a snapshot of it.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut replayed = Sale::default();
        for entry in &self.entries {
            entry.replay(&mut replayed);
        }
        replayed.advance(self.sale.now());
        assert!(replayed == self.sale, "the log replays to another state");
        let snapshot = postcard::to_stdvec(&self.sale).unwrap();
        let loaded: Sale = postcard::from_bytes(&snapshot).unwrap();
        assert!(loaded == self.sale, "a snapshot loads to another state");
        assert_eq!(postcard::to_stdvec(&loaded).unwrap(), snapshot);
    }
}

pub(crate) fn holding(hold: u128, wants: &[Want]) -> Command {
    Command::Hold { hold: HoldId(hold), channel: ChannelId::WEB, wants: wants.to_vec() }
}

pub(crate) fn checkout(hold: u128, order: u128, buyer: u128) -> Command {
    Command::Checkout { hold: HoldId(hold), order: OrderId(order), buyer: BuyerKey(buyer) }
}

/// Adults on these seats.
pub(crate) fn seats<const N: usize>(seats: [u32; N]) -> Want {
    Want::Seats(seats.map(|seat| (SeatId(seat), ADULT)).to_vec())
}

/// The best seats for adults who sit together.
pub(crate) fn best(category: CategoryId, people: usize) -> Want {
    Want::Best { category, ticket_types: vec![ADULT; people], may_split: false }
}

pub(crate) fn standing(area: AreaId, people: usize) -> Want {
    Want::Area { area, ticket_types: vec![ADULT; people] }
}

/// Limits a ticket type everywhere.
pub(crate) fn at_most(limit: u32, ticket_type: TicketTypeId) -> Allocation {
    Allocation { limit, categories: None, ticket_types: Some(vec![ticket_type]), channels: None }
}

pub(crate) fn allocation(index: u16) -> AllocationId {
    AllocationId(index)
}

pub(crate) fn seat_ids(positions: &[Position]) -> Vec<u32> {
    positions
        .iter()
        .filter_map(|position| match position.place {
            frontrow_ledger::sale::Place::Seat(seat) => Some(seat.0),
            frontrow_ledger::sale::Place::Area(_) => None,
        })
        .collect()
}
