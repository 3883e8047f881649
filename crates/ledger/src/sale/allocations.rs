//! Named limits that overlap: all that apply to a place must have room for it.

use std::sync::Arc;

use crate::{
    AllocationId, CategoryId, ChannelId, TicketTypeId,
    sale::{Allocation, Refusal},
};

/// A category sold as a ticket type: what limits, windows and prices look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) category: CategoryId,
    pub(crate) ticket_type: TicketTypeId,
}

/// The limits and how much of each is taken: held and sold together.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Allocations {
    rules: Arc<[Rule]>,
    taken: Vec<u32>,
}

impl Allocations {
    /// Nothing is taken yet.
    pub(crate) fn new(terms: &[Allocation]) -> Self {
        Self { rules: terms.iter().map(Rule::new).collect(), taken: vec![0; terms.len()] }
    }

    /// Refuses with the first limit that has no room. A limit that is overfull (because it was
    /// lowered) refuses only what counts towards it.
    pub(crate) fn refuse_overfull(
        &self,
        channel: ChannelId,
        kinds: &(impl Iterator<Item = Kind> + Clone),
    ) -> Result<(), Refusal> {
        for (index, (rule, taken)) in self.rules.iter().zip(&self.taken).enumerate() {
            let asked = rule.count(channel, kinds.clone());
            let left = rule.limit.saturating_sub(*taken);
            if asked > 0 && asked > left {
                return Err(Refusal::AllocationFull { allocation: id(index), left });
            }
        }
        Ok(())
    }

    pub(crate) fn add(&mut self, channel: ChannelId, kinds: &(impl Iterator<Item = Kind> + Clone)) {
        for (rule, taken) in self.rules.iter().zip(&mut self.taken) {
            *taken += rule.count(channel, kinds.clone());
        }
    }

    pub(crate) fn subtract(
        &mut self,
        channel: ChannelId,
        kinds: &(impl Iterator<Item = Kind> + Clone),
    ) {
        for (rule, taken) in self.rules.iter().zip(&mut self.taken) {
            let given_back = rule.count(channel, kinds.clone());
            *taken = taken.checked_sub(given_back).expect("what is given back was taken");
        }
    }

    /// How many more places fit under one limit; nothing if there is no such limit.
    pub(crate) fn left(&self, allocation: AllocationId) -> Option<u32> {
        let index = usize::from(allocation.0);
        let (rule, taken) = (self.rules.get(index)?, self.taken.get(index)?);
        Some(rule.limit.saturating_sub(*taken))
    }

    /// How many more places of a kind fit under all limits that apply.
    pub(crate) fn left_for(&self, channel: ChannelId, kind: Kind) -> Option<u32> {
        self.rules
            .iter()
            .zip(&self.taken)
            .filter(|(rule, _)| rule.applies(channel, kind))
            .map(|(rule, taken)| rule.limit.saturating_sub(*taken))
            .min()
    }
}

/// An allocation as sets that are quick to ask.
#[derive(Debug, PartialEq)]
struct Rule {
    limit: u32,
    categories: u64,
    ticket_types: u64,
    channels: [u64; 4],
}

impl Rule {
    fn new(terms: &Allocation) -> Self {
        let Allocation { limit, categories, ticket_types, channels } = terms;
        let mut sets = [u64::MAX; 4];
        if let Some(channels) = channels {
            sets = [0; 4];
            for channel in channels {
                sets[usize::from(channel.0 / 64)] |= bit(channel.0.into());
            }
        }
        Self {
            limit: *limit,
            categories: set(categories.as_deref(), |category| category.0),
            ticket_types: set(ticket_types.as_deref(), |ticket_type| ticket_type.0),
            channels: sets,
        }
    }

    fn count(&self, channel: ChannelId, kinds: impl Iterator<Item = Kind>) -> u32 {
        if !self.applies_to_channel(channel) {
            return 0;
        }
        kinds.map(|kind| u32::from(self.applies_to_kind(kind))).sum()
    }

    fn applies(&self, channel: ChannelId, kind: Kind) -> bool {
        self.applies_to_channel(channel) && self.applies_to_kind(kind)
    }

    fn applies_to_channel(&self, channel: ChannelId) -> bool {
        self.channels[usize::from(channel.0 / 64)] & bit(channel.0.into()) != 0
    }

    fn applies_to_kind(&self, kind: Kind) -> bool {
        self.categories & bit(kind.category.0) != 0
            && self.ticket_types & bit(kind.ticket_type.0) != 0
    }
}

fn set<T>(listed: Option<&[T]>, number: impl Fn(&T) -> u16) -> u64 {
    listed.map_or(u64::MAX, |listed| listed.iter().fold(0, |set, item| set | bit(number(item))))
}

const fn bit(number: u16) -> u64 {
    1 << (number % 64)
}

fn id(index: usize) -> AllocationId {
    AllocationId(u16::try_from(index).unwrap_or(u16::MAX))
}

// One bit each.
const _: () = assert!(crate::limits::CATEGORIES_MAX <= 64 && crate::limits::TICKET_TYPES_MAX <= 64);
