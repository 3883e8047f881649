//! What is different between a sale that is defined and what is asked for: what to do about it, or why nothing can be.

use frontrow_ledger::{
    AllocationId, AreaId, BlockId,
    sale::{AreaCapacity, Book, Command, Terms},
};

use crate::{
    fault::{At, Faults, Problem},
    offer::{Blocked, Offer},
};

/// What makes a defined sale what is asked for.
pub(super) struct Changes {
    pub(super) commands: Vec<Command>,
    pub(super) new_blocks: Vec<BlockId>,
    pub(super) is_open: bool,
}

pub(super) fn changes(
    book: &Book,
    wanted: &Terms,
    old: Option<&Offer>,
    new: &Offer,
    blocks: &[(BlockId, Blocked)],
    faults: &mut Faults,
) -> Changes {
    let known = book.terms();
    refuse_fixed(known, wanted, old, new, faults);
    let mut commands = Vec::new();
    if known.prices != wanted.prices {
        commands.push(Command::Reprice(wanted.prices.clone()));
    }
    if known.windows != wanted.windows {
        commands.push(Command::SetWindows(wanted.windows.clone()));
    }
    if known.limits != wanted.limits {
        commands.push(Command::SetLimits(wanted.limits));
    }
    for (index, allocation) in (0..).zip(&wanted.allocations) {
        if known.allocations.get(usize::from(index)) != Some(allocation) {
            commands.push(Command::SetAllocation(AllocationId(index), allocation.clone()));
        }
    }
    for (index, (now, then)) in (0..).zip(wanted.areas.iter().zip(&known.areas)) {
        if now.capacity == then.capacity {
            continue;
        }
        let capacity = now.capacity;
        if book.areas().get(usize::from(index)).is_some_and(|area| area.taken() > capacity) {
            let at = At::ROOT.key("areas");
            let at = at.index(usize::from(index));
            let problem = Problem::Contradiction("is less than what is held, sold and blocked");
            faults.push(at.key("capacity"), problem);
        }
        let area = AreaId(index);
        commands.push(Command::SetAreaCapacity(AreaCapacity { area, capacity }));
    }
    let new_blocks = new_blocks(book, blocks, faults);
    Changes { commands, new_blocks, is_open: book.is_open() }
}

/// Names everything that a defined sale cannot change.
fn refuse_fixed(
    known: &Terms,
    wanted: &Terms,
    old: Option<&Offer>,
    new: &Offer,
    faults: &mut Faults,
) {
    let at = At::ROOT;
    let mut fixed = |key: &str, differs: bool, what: &'static str| {
        if differs {
            faults.push(at.key(key), Problem::Fixed(what));
        }
    };
    fixed("plan", known.rows != wanted.rows, "what is sold has these seats");
    fixed("currency", known.currency != wanted.currency, "prices are in this currency");
    fixed("hold", known.hold != wanted.hold, "holds have been promised these times");
    let (then, now) = (&known.categories, &wanted.categories);
    fixed("categories", then != now, "places were sold in these categories");
    let types = known.ticket_types != wanted.ticket_types;
    fixed("ticket_types", types, "places were sold as these ticket types");
    let kind = |terms: &Terms| -> Vec<_> {
        terms.areas.iter().map(|area| (area.category, area.multiple)).collect()
    };
    fixed("areas", kind(known) != kind(wanted), "these areas were sold");
    let fewer = known.allocations.len() > wanted.allocations.len();
    fixed("allocations", fewer, "an allocation may change its limit, but not go away");
    let Some(old) = old else { return };
    let (old, new) = (Keys::of(old), Keys::of(new));
    let kept = "they keep their order and keys";
    fixed("categories", then == now && old.categories != new.categories, kept);
    fixed("ticket_types", !types && old.ticket_types != new.ticket_types, kept);
    fixed("areas", kind(known) == kind(wanted) && old.areas != new.areas, kept);
    let kept = new.allocations.starts_with(&old.allocations);
    fixed("allocations", !fewer && !kept, "they keep order and keys; new ones come last");
}

/// What an offer calls things, in their order.
struct Keys<'a> {
    categories: Vec<&'a str>,
    ticket_types: Vec<&'a str>,
    areas: Vec<&'a str>,
    allocations: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    fn of(offer: &'a Offer) -> Self {
        Self {
            categories: offer.categories.iter().map(|label| label.key.as_str()).collect(),
            ticket_types: offer.ticket_types.iter().map(|label| label.key.as_str()).collect(),
            areas: offer.areas.iter().map(|label| label.key.as_str()).collect(),
            allocations: offer.allocations.iter().map(|label| label.key.as_str()).collect(),
        }
    }
}

fn new_blocks(book: &Book, blocks: &[(BlockId, Blocked)], faults: &mut Faults) -> Vec<BlockId> {
    let list = At::ROOT.key("blocks");
    let mut new = Vec::new();
    for (index, (id, wanted)) in blocks.iter().enumerate() {
        match book.block(*id) {
            None => new.push(*id),
            Some(known) if known.kind == wanted.kind && known.places == wanted.places => {}
            Some(_) => {
                let problem = Problem::Fixed("give a different block another key");
                faults.push(list.index(index), problem);
            }
        }
    }
    new
}
