//! Every window of a zone in the order of its cost, worked out once.

use super::{
    bits::{Bits, Runs},
    plan::{Plan, Segment, wide},
    tournament::{Best, NO_RANK},
};
use crate::{limits::PARTY_ADJACENT_MAX, sale::Access};

/// The place of each window among all windows of its zone and size: by cost, then by its first
/// seat.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    seats_count: usize,
    /// By size, then by first seat.
    by_first: Vec<u32>,
    /// The other way round: by size, then zone, then rank. Zones lie where `zone_starts` says.
    by_rank: Vec<u32>,
    zone_starts: Vec<usize>,
}

impl Ranks {
    pub(super) fn new(plan: &Plan) -> Self {
        let seats_count = plan.seats.len();
        let zone_starts = plan
            .zones
            .iter()
            .scan(0, |seats, zone| {
                let start = *seats;
                *seats += wide(zone.seats_count);
                Some(start)
            })
            .collect();
        let size = seats_count * PARTY_ADJACENT_MAX;
        let mut ranks = Self {
            seats_count,
            by_first: vec![NO_RANK; size],
            by_rank: vec![NO_RANK; size],
            zone_starts,
        };
        for (zone, _) in
            (plan.zones.iter().enumerate()).filter(|(_, zone)| zone.access == Access::Everyone)
        {
            for n in 1..=PARTY_ADJACENT_MAX {
                ranks.fill(plan, zone, n);
            }
        }
        ranks
    }

    fn fill(&mut self, plan: &Plan, zone: usize, n: usize) {
        let mut windows: Vec<(u64, u32)> = Vec::new();
        for &number in &plan.zones[zone].segments {
            let segment = &plan.segments[wide(number)];
            for start in Runs::of(segment.track, Bits::first(segment.track.len), n).starts().iter()
            {
                let first = u32::try_from(segment.first + start).unwrap_or(u32::MAX);
                windows.push((segment.window_cost(&plan.costs, start, n), first));
            }
        }
        windows.sort_unstable();
        let offset = (n - 1) * self.seats_count;
        for (rank, &(_, first)) in (0_u32..).zip(&windows) {
            self.by_first[offset + wide(first)] = rank;
            self.by_rank[offset + self.zone_starts[zone] + wide(rank)] = first;
        }
    }

    /// The best windows of `n` in a segment.
    pub(super) fn best(&self, segment: &Segment, n: usize, runs: &Runs) -> Best {
        let offset = (n - 1) * self.seats_count + segment.first;
        let ranks = &self.by_first[offset..offset + segment.track.len];
        let best = |starts: Bits| starts.iter().map(|i| ranks[i]).min().unwrap_or(NO_RANK);
        let tidy = runs.tidy_starts();
        Best { tidy: best(tidy), orphaning: best(runs.starts().without(tidy)) }
    }

    /// The first seat of a window.
    pub(super) fn first_seat(&self, zone: usize, n: usize, rank: u32) -> usize {
        wide(self.by_rank[(n - 1) * self.seats_count + self.zone_starts[zone] + wide(rank)])
    }
}
