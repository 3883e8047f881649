//! What the organiser changes, judged.

use std::collections::BTreeMap;

use frontrow_ledger::{
    AreaId, SeatId,
    sale::{Command, Places, Record, Refusal, Terms},
};

use super::{Kept, Oracle, bad};

impl Oracle {
    pub(super) fn against_organiser(&self, command: &Command) -> Vec<Refusal> {
        let changed = |change: &dyn Fn(&mut Terms)| {
            let mut terms = self.terms().clone();
            change(&mut terms);
            bad(terms.faults())
        };
        match command {
            Command::Reprice(prices) => changed(&|terms| terms.prices.clone_from(prices)),
            Command::SetWindows(windows) => changed(&|terms| terms.windows.clone_from(windows)),
            Command::SetLimits(limits) => changed(&|terms| terms.limits = *limits),
            Command::SetAllocation(id, _) => {
                let next = self.terms().allocations.len();
                let known = usize::from(id.0) <= next;
                if known { Vec::new() } else { vec![Refusal::UnknownAllocation(*id)] }
            }
            Command::SetAreaCapacity(change) => {
                let area = change.area;
                let Some(terms) = self.terms().areas.get(usize::from(area.0)) else {
                    return vec![Refusal::UnknownArea(area)];
                };
                let taken = terms.capacity - self.area_left(area);
                let fits = taken <= change.capacity;
                if fits { Vec::new() } else { vec![Refusal::AreaInUse { area, taken }] }
            }
            Command::Block { block, reason, places, .. } => {
                let mut refusals = self.against_places(places);
                if self.blocks.iter().any(|known| known.id == *block) {
                    refusals.push(Refusal::BlockTaken);
                }
                if reason.len() > 200 {
                    refusals.push(Refusal::BlockLimit);
                }
                refusals
            }
            Command::Unblock { block, places } => {
                let Some(known) = self.blocks.iter().find(|known| known.id == *block) else {
                    return vec![Refusal::UnknownBlock];
                };
                places.as_ref().map_or(Vec::new(), |places| against_release(known, places))
            }
            other => panic!("{other:?} is not the organiser's"),
        }
    }

    fn against_places(&self, places: &Places) -> Vec<Refusal> {
        let mut refusals = nothing(places);
        for seat in &places.seats {
            if self.seat_category(*seat).is_none() {
                refusals.push(Refusal::UnknownSeat(*seat));
            }
        }
        for (area, _) in &places.areas {
            if usize::from(area.0) >= self.terms().areas.len() {
                refusals.push(Refusal::UnknownArea(*area));
            }
        }
        refusals.extend(twice(&places.seats));
        refusals.extend(self.gone(&places.seats));
        for (area, asked) in sums(places) {
            if usize::from(area.0) < self.terms().areas.len() && asked > self.area_left(area) {
                refusals.push(Refusal::AreaFull { area, left: self.area_left(area) });
            }
        }
        refusals
    }

    pub(super) fn grant_organiser(&mut self, command: &Command) -> Record {
        let terms = self.terms.as_mut().unwrap();
        match command.clone() {
            Command::Reprice(prices) => {
                terms.prices.clone_from(&prices);
                Record::Repriced(prices)
            }
            Command::SetWindows(windows) => {
                terms.windows.clone_from(&windows);
                Record::WindowsSet(windows)
            }
            Command::SetLimits(limits) => {
                terms.limits = limits;
                Record::LimitsSet(limits)
            }
            Command::SetAllocation(id, allocation) => {
                let index = usize::from(id.0);
                if index < terms.allocations.len() {
                    terms.allocations[index] = allocation.clone();
                } else {
                    terms.allocations.push(allocation.clone());
                }
                Record::AllocationSet(id, allocation)
            }
            Command::SetAreaCapacity(change) => {
                terms.areas[usize::from(change.area.0)].capacity = change.capacity;
                Record::AreaCapacitySet(change)
            }
            Command::Block { block, kind, reason, places } => {
                let areas = sums(&places);
                let mut seats = places.seats;
                seats.sort_unstable();
                let places = listed(&seats, &areas);
                self.blocks.push(Kept { id: block, seats, areas });
                Record::Blocked { block, kind, reason, places }
            }
            Command::Unblock { block, places } => {
                let known = self.blocks.iter_mut().find(|known| known.id == block).unwrap();
                let mut released = places.unwrap_or_else(|| listed(&known.seats, &known.areas));
                released.seats.sort_unstable();
                let released = listed(&released.seats, &sums(&released));
                known.seats.retain(|seat| !released.seats.contains(seat));
                for (area, count) in &released.areas {
                    *known.areas.get_mut(area).unwrap() -= count;
                }
                known.areas.retain(|_, count| *count > 0);
                self.blocks.retain(|known| !known.seats.is_empty() || !known.areas.is_empty());
                Record::Unblocked { block, places: released }
            }
            other => panic!("{other:?} is not the organiser's"),
        }
    }
}

fn against_release(known: &Kept, places: &Places) -> Vec<Refusal> {
    let mut refusals = nothing(places);
    let seats = places.seats.iter().all(|seat| known.seats.contains(seat));
    let has = |area| known.areas.get(&area).copied().unwrap_or(0);
    let areas = sums(places).into_iter().all(|(area, count)| count <= has(area));
    if !seats || !areas {
        refusals.push(Refusal::NotBlocked);
    }
    refusals.extend(twice(&places.seats));
    refusals
}

fn nothing(places: &Places) -> Vec<Refusal> {
    let empty = places.seats.is_empty() && places.areas.is_empty();
    let zero = places.areas.iter().any(|(_, count)| *count == 0);
    if empty || zero { vec![Refusal::NothingAsked] } else { Vec::new() }
}

fn twice(seats: &[SeatId]) -> Vec<Refusal> {
    let mut twice: Vec<_> =
        seats.iter().filter(|seat| seats.iter().filter(|o| o == seat).count() > 1).collect();
    twice.sort_unstable();
    twice.into_iter().map(|seat| Refusal::DuplicateSeat(*seat)).collect()
}

fn sums(places: &Places) -> BTreeMap<AreaId, u32> {
    let mut sums = BTreeMap::new();
    for (area, count) in places.areas.iter().filter(|(_, count)| *count > 0) {
        *sums.entry(*area).or_insert(0) += count;
    }
    sums
}

fn listed(seats: &[SeatId], areas: &BTreeMap<AreaId, u32>) -> Places {
    let areas = areas.iter().map(|(area, count)| (*area, *count)).collect();
    Places { seats: seats.to_vec(), areas }
}
