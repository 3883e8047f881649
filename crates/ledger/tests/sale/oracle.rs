//! The rules again, written the slow way: lists that are searched, sums that are taken anew, all
//! refusals that apply collected and the first by precedence picked. Nothing is shared with the
//! ledger but its vocabulary.
//!
//! The oracle does not choose seats or jitter. It is told what the ledger chose and judges whether
//! it was allowed to.
#![expect(clippy::unwrap_used, reason = "tests")]

mod carts;
mod organiser;
mod wants;

use std::collections::BTreeMap;

use frontrow_ledger::{
    AreaId, BlockId, BuyerKey, CategoryId, ChannelId, CommandId, HoldId, OrderId, Request, SeatId,
    TicketTypeId, Time,
    sale::{Allocation, Command, Place, Position, Record, Refusal, Terms, Window},
};

use crate::refusals::precedence;

#[derive(Default)]
pub(crate) struct Oracle {
    pub(crate) now: i64,
    terms: Option<Terms>,
    open: bool,
    pub(crate) holds: Vec<Cart>,
    pub(crate) orders: Vec<Purchase>,
    pub(crate) blocks: Vec<Kept>,
    answers: Vec<(CommandId, u64, Record)>,
}

#[derive(Clone)]
pub(crate) struct Cart {
    pub(crate) id: HoldId,
    pub(crate) channel: ChannelId,
    pub(crate) positions: Vec<Position>,
    pub(crate) created: i64,
    pub(crate) until: i64,
    pub(crate) extended: u8,
    pub(crate) payment: Option<(OrderId, BuyerKey)>,
    pub(crate) live: bool,
}

pub(crate) struct Purchase {
    pub(crate) id: OrderId,
    pub(crate) hold: HoldId,
    pub(crate) channel: ChannelId,
    pub(crate) buyer: BuyerKey,
    pub(crate) sold: Vec<Position>,
    pub(crate) cancelled: Vec<u16>,
}

pub(crate) struct Kept {
    pub(crate) id: BlockId,
    pub(crate) seats: Vec<SeatId>,
    pub(crate) areas: BTreeMap<AreaId, u32>,
}

impl Oracle {
    pub(crate) fn wait(&mut self, now: i64) {
        self.now = self.now.max(now);
        for cart in &mut self.holds {
            cart.live &= cart.until > self.now;
        }
    }

    /// What the answer should be, given what the ledger chose where it had a choice.
    pub(crate) fn ask(
        &mut self,
        request: &Request<Command>,
        answer: &Result<Record, Refusal>,
    ) -> Result<Record, Refusal> {
        if let Some((_, fingerprint, record)) =
            self.answers.iter().find(|(id, ..)| *id == request.id)
        {
            let same = *fingerprint == request.fingerprint;
            return if same { Ok(record.clone()) } else { Err(Refusal::CommandReused) };
        }
        if let Command::Confirm { hold, order } = &request.command
            && let Some(known) = self.orders.iter().find(|p| p.id == *order && p.hold == *hold)
        {
            let positions = known.sold.clone().into();
            return Ok(Record::Confirmed { hold: *hold, order: *order, positions });
        }
        let refusals = self.refusals(&request.command);
        if let Some(first) = refusals.into_iter().min_by_key(precedence) {
            return Err(first);
        }
        let record = self.grant(&request.command, answer)?;
        self.answers.push((request.id, request.fingerprint, record.clone()));
        Ok(record)
    }

    pub(crate) fn terms(&self) -> &Terms {
        self.terms.as_ref().unwrap()
    }

    /// Everything that speaks against a command.
    fn refusals(&self, command: &Command) -> Vec<Refusal> {
        let Some(_) = &self.terms else {
            return match command {
                Command::Define(terms) => bad(terms.faults()),
                _ => vec![Refusal::NotDefined],
            };
        };
        match command {
            Command::Define(_) => vec![Refusal::AlreadyDefined],
            Command::Open | Command::Close => Vec::new(),
            Command::Hold { hold, channel, wants } => self.against_hold(*hold, *channel, wants),
            Command::Extend { hold } => self.against_extend(*hold),
            Command::Remove { hold, positions } => self.against_remove(*hold, positions),
            Command::Release { hold } => self.not_live(*hold),
            Command::Reacquire { hold } => self.against_reacquire(*hold),
            Command::Checkout { hold, order, buyer } => {
                self.against_checkout(*hold, *order, *buyer)
            }
            Command::Confirm { hold, order } => self.against_confirm(*hold, *order),
            Command::Cancel { order, positions } => {
                self.against_cancel(*order, positions.as_deref())
            }
            _ => self.against_organiser(command),
        }
    }

    /// Does what was granted.
    fn grant(
        &mut self,
        command: &Command,
        answer: &Result<Record, Refusal>,
    ) -> Result<Record, Refusal> {
        match command {
            Command::Define(terms) => {
                self.terms = Some(Terms::clone(terms));
                Ok(Record::Defined(terms.clone()))
            }
            Command::Open => {
                self.open = true;
                Ok(Record::Opened)
            }
            Command::Close => {
                self.open = false;
                Ok(Record::Closed)
            }
            Command::Hold { hold, channel, wants } => {
                self.grant_hold(*hold, *channel, wants, answer)
            }
            Command::Extend { .. }
            | Command::Remove { .. }
            | Command::Release { .. }
            | Command::Reacquire { .. } => Ok(self.grant_cart(command, answer)),
            Command::Checkout { .. } | Command::Confirm { .. } | Command::Cancel { .. } => {
                Ok(self.grant_order(command))
            }
            _ => Ok(self.grant_organiser(command)),
        }
    }

    /// Every place that somebody has, once for each.
    pub(crate) fn taken(&self) -> Vec<Place> {
        let counted = self.counted().into_iter().map(|(_, position)| position.place);
        let kept = self.blocks.iter().flat_map(|block| {
            let seats = block.seats.iter().map(|seat| Place::Seat(*seat));
            let areas = block.areas.iter();
            seats.chain(areas.flat_map(|(area, n)| (0..*n).map(|_| Place::Area(*area))))
        });
        counted.chain(kept).collect()
    }

    /// Every place that is held or sold, with its channel.
    fn counted(&self) -> Vec<(ChannelId, Position)> {
        let held = self.holds.iter().filter(|cart| cart.live);
        let held = held.flat_map(|cart| cart.positions.iter().map(|p| (cart.channel, *p)));
        let sold = self.orders.iter().flat_map(|order| {
            order.kept().into_iter().map(|index| (order.channel, order.sold[usize::from(index)]))
        });
        held.chain(sold).collect()
    }

    pub(crate) fn area_left(&self, area: AreaId) -> u32 {
        let capacity = self.terms().areas[usize::from(area.0)].capacity;
        let taken = self.taken().iter().filter(|place| **place == Place::Area(area)).count();
        capacity - u32::try_from(taken).unwrap()
    }

    fn seat_is_free(&self, seat: SeatId) -> bool {
        !self.taken().contains(&Place::Seat(seat))
    }

    fn seat_category(&self, seat: SeatId) -> Option<CategoryId> {
        let mut seats = self.terms().rows.iter().flat_map(|row| &row.seats);
        seats.nth(usize::try_from(seat.0).unwrap()).map(|seat| seat.category)
    }

    fn price(&self, category: CategoryId, ticket_type: TicketTypeId) -> Option<i64> {
        let mut prices = self.terms().prices.iter();
        let price = prices.find(|p| p.category == category && p.ticket_type == ticket_type);
        price.map(|price| price.amount_minor)
    }

    /// Every limit that has no room for these.
    fn overfull(&self, channel: ChannelId, kinds: &[(CategoryId, TicketTypeId)]) -> Vec<Refusal> {
        let counted = self.counted();
        let mut refusals = Vec::new();
        for (allocation, id) in self.terms().allocations.iter().zip(0..) {
            let asked = kinds.iter().filter(|kind| counts(allocation, channel, **kind)).count();
            let taken = counted
                .iter()
                .filter(|(channel, p)| counts(allocation, *channel, (p.category, p.ticket_type)));
            let left = allocation.limit.saturating_sub(u32::try_from(taken.count()).unwrap());
            if asked > 0 && u32::try_from(asked).unwrap() > left {
                let allocation = frontrow_ledger::AllocationId(id);
                refusals.push(Refusal::AllocationFull { allocation, left });
            }
        }
        refusals
    }

    /// What a buyer has, but for one hold.
    fn has(&self, buyer: BuyerKey, but: HoldId) -> u32 {
        let paying = self.holds.iter().filter(|cart| cart.live && cart.id != but);
        let paying = paying.filter(|cart| cart.payment.is_some_and(|(_, who)| who == buyer));
        let owned = self.orders.iter().filter(|order| order.buyer == buyer);
        let places = paying.map(|cart| cart.positions.len()).sum::<usize>()
            + owned.map(|order| order.kept().len()).sum::<usize>();
        u32::try_from(places).unwrap()
    }

    fn over_buyer_limit(&self, buyer: BuyerKey, but: HoldId, more: usize) -> Option<Refusal> {
        let (limit, has) = (self.terms().limits.per_buyer?, self.has(buyer, but));
        let over = has + u32::try_from(more).unwrap() > u32::from(limit);
        over.then_some(Refusal::OverBuyerLimit { limit, has })
    }

    /// When windows let something be sold: now, later, or never again.
    fn off_sale(&self, channel: ChannelId, ticket_types: &[TicketTypeId]) -> Vec<Refusal> {
        if self.terms().windows.is_empty() {
            return Vec::new();
        }
        let mut refusals = Vec::new();
        let mut latest = None;
        for ticket_type in ticket_types {
            let windows: Vec<&Window> = self
                .terms()
                .windows
                .iter()
                .filter(|window| {
                    window.channels.as_ref().is_none_or(|listed| listed.contains(&channel))
                        && window
                            .ticket_types
                            .as_ref()
                            .is_none_or(|listed| listed.contains(ticket_type))
                })
                .collect();
            let now = Time(self.now);
            let started = |w: &Window| w.opens.is_none_or(|opens| opens <= now);
            let ended = |w: &Window| w.closes.is_some_and(|closes| closes <= now);
            if windows.iter().any(|window| started(window) && !ended(window)) {
                continue;
            }
            match windows.iter().filter(|w| !started(w)).filter_map(|w| w.opens).min() {
                Some(opens) => latest = latest.max(Some(opens)),
                None => refusals.push(Refusal::NoLongerOnSale),
            }
        }
        refusals.extend(latest.map(|opens| Refusal::NotYetOnSale { opens }));
        refusals
    }
}

impl Purchase {
    /// The positions that are not cancelled.
    pub(crate) fn kept(&self) -> Vec<u16> {
        let all = 0..u16::try_from(self.sold.len()).unwrap();
        all.filter(|index| !self.cancelled.contains(index)).collect()
    }
}

fn counts(
    allocation: &Allocation,
    channel: ChannelId,
    (category, ticket_type): (CategoryId, TicketTypeId),
) -> bool {
    allocation.channels.as_ref().is_none_or(|listed| listed.contains(&channel))
        && allocation.categories.as_ref().is_none_or(|listed| listed.contains(&category))
        && allocation.ticket_types.as_ref().is_none_or(|listed| listed.contains(&ticket_type))
}

fn bad(faults: Vec<frontrow_ledger::sale::Fault>) -> Vec<Refusal> {
    faults
        .into_iter()
        .map(|fault| Refusal::BadTerms { field: fault.field, problem: fault.problem })
        .collect()
}
