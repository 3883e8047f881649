//! A sale as it is saved: what cannot be derived, in an order that depends on nothing but what
//! happened.
//!
//! Statuses, sums, limits and queues are rebuilt, so a snapshot cannot contradict itself. It may be
//! thrown away.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Applied, BlockId, HoldId, OrderId, Time,
    memory::Memory,
    sale::{Block, Book, Hold, Order, Record, Sale, Terms, holds::Holds, stock::Shift},
};

/// The number of the layout below: whoever changes [`Snapshot`], or what is in it, raises it.
pub(super) const LAYOUT: u32 = 1;

/// Borrowed or owned alike: everything large is behind an `Arc` or cloned piece by piece.
#[derive(Serialize, Deserialize)]
struct Snapshot {
    now: Time,
    applied: u64,
    memory: Vec<Applied<Record>>,
    book: Option<Pages>,
}

#[derive(Serialize, Deserialize)]
struct Pages {
    terms: Arc<Terms>,
    open: bool,
    holds: Vec<(HoldId, Hold)>,
    lapsed: Vec<(HoldId, u64)>,
    lapses: u64,
    orders: Vec<(OrderId, Order)>,
    blocks: Vec<(BlockId, Arc<Block>)>,
}

impl Serialize for Sale {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let snapshot = Snapshot {
            now: self.now,
            applied: self.applied,
            memory: self.memory.iter().cloned().collect(),
            book: self.book.as_ref().map(Pages::of),
        };
        snapshot.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sale {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let snapshot = Snapshot::deserialize(deserializer)?;
        let wrong = <D::Error as serde::de::Error>::custom;
        let mut memory = Memory::default();
        for applied in &snapshot.memory {
            memory.remember(applied);
        }
        let book = snapshot.book.map(Pages::read).transpose().map_err(wrong)?;
        Ok(Self { now: snapshot.now, applied: snapshot.applied, memory, book })
    }
}

impl Pages {
    fn of(book: &Book) -> Self {
        let mut holds: Vec<_> = book.holds.iter().map(|(id, hold)| (id, hold.clone())).collect();
        holds.sort_unstable_by_key(|(id, _)| *id);
        let mut orders: Vec<_> = book.orders.iter().map(|(id, it)| (id, it.clone())).collect();
        orders.sort_unstable_by_key(|(id, _)| *id);
        Self {
            terms: Arc::clone(&book.terms),
            open: book.open,
            holds,
            lapsed: book.holds.lapsed().iter().copied().collect(),
            lapses: book.holds.lapses(),
            orders,
            blocks: book.blocks.iter().map(|(id, block)| (*id, Arc::clone(block))).collect(),
        }
    }

    fn read(self) -> Result<Book, &'static str> {
        self.terms.check().map_err(|_| "a snapshot with impossible terms")?;
        let mut book = Book::new(self.terms);
        book.open = self.open;
        for (_, hold) in self.holds.iter().filter(|(_, hold)| hold.is_live()) {
            book.stock.shift_all(hold.positions.iter(), Shift::HOLD);
            if let Some(payment) = hold.payment {
                book.buyers.add(payment.buyer, hold.positions.len());
            }
        }
        for (id, order) in self.orders {
            book.stock.shift_all(order.valid_positions(), Shift::SELL_LATE);
            book.buyers.add(order.buyer, order.valid_positions().count());
            book.orders.insert(id, order);
        }
        for (id, block) in self.blocks {
            book.shift_places(&block.places, Shift::BLOCK);
            book.blocks.insert(id, block);
        }
        book.holds = Holds::restore(self.holds, self.lapsed, self.lapses);
        book.recount_allocations();
        Ok(book)
    }
}
