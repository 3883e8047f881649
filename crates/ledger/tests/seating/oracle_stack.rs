//! The oracle's rows behind one another: every arrangement of every stack is tried.

use frontrow_ledger::{CategoryId, limits::PARTY_ADJACENT_MAX};

use crate::oracle::{Oracle, distance};

const STACKS_COMPARED: usize = 8;

type Middle = (i128, i128);

impl Oracle {
    pub fn stacked(&self, category: CategoryId, n: usize) -> Option<Vec<usize>> {
        self.stacked_with(category, n, PARTY_ADJACENT_MAX).or_else(|| {
            if n > PARTY_ADJACENT_MAX { self.stacked_with(category, n, n) } else { None }
        })
    }

    fn stacked_with(&self, category: CategoryId, n: usize, row_max: usize) -> Option<Vec<usize>> {
        let mut fronts = self.segments_of(category);
        fronts.sort_by_key(|&front| (self.mean_cost(front), front));
        for rows in 1..=n.div_ceil(2).max(2) {
            let stacks: Vec<Vec<usize>> = fronts
                .iter()
                .filter_map(|&front| self.path(front, rows))
                .filter(|path| {
                    let rooms: Vec<usize> =
                        path.iter().map(|&segment| self.room(segment, row_max)).collect();
                    rooms.iter().all(|&room| room > 0) && rooms.iter().sum::<usize>() >= n
                })
                .take(STACKS_COMPARED)
                .collect();
            let mut best: Option<(i128, Vec<usize>)> = None;
            for path in stacks {
                let shares = self.shares(&path, n, row_max);
                self.arrange(&path, &shares, n, &mut Vec::new(), &mut best);
            }
            if let Some((_, seats)) = best {
                return Some(seats);
            }
        }
        None
    }

    fn mean_cost(&self, segment: usize) -> i128 {
        let seats = &self.segments[segment];
        self.cost(seats) / i128::try_from(seats.len()).unwrap()
    }

    fn path(&self, front: usize, rows: usize) -> Option<Vec<usize>> {
        let mut path = vec![front];
        while path.len() < rows {
            path.push(self.behind(*path.last().unwrap())?);
        }
        Some(path)
    }

    fn room(&self, segment: usize, row_max: usize) -> usize {
        let fits = |&n: &usize| !self.windows(segment, n, &self.free).is_empty();
        (1..=row_max).take_while(fits).last().unwrap_or(0)
    }

    /// Deals people out one by one to the emptiest row that still has room, the front one first,
    /// which is what dealing out evenly means.
    fn shares(&self, path: &[usize], n: usize, row_max: usize) -> Vec<usize> {
        let mut shares = vec![0; path.len()];
        for _ in 0..n {
            let row = (0..path.len())
                .filter(|&row| shares[row] < self.room(path[row], row_max))
                .min_by_key(|&row| shares[row])
                .unwrap();
            shares[row] += 1;
        }
        shares
    }

    fn arrange(
        &self,
        path: &[usize],
        shares: &[usize],
        n: usize,
        groups: &mut Vec<Vec<usize>>,
        best: &mut Option<(i128, Vec<usize>)>,
    ) {
        let row = groups.len();
        if row == path.len() {
            let total = self.total(groups, i128::try_from(n).unwrap());
            if best.as_ref().is_none_or(|(lowest, _)| total < *lowest) {
                *best = Some((total, groups.concat()));
            }
            return;
        }
        for group in self.windows(path[row], shares[row], &self.free) {
            groups.push(group);
            self.arrange(path, shares, n, groups, best);
            groups.pop();
        }
    }

    fn total(&self, groups: &[Vec<usize>], n: i128) -> i128 {
        let own = |group: &Vec<usize>| {
            let orphaning = self.orphaning(group, &self.free);
            self.cost(group) + if orphaning { 4 * n * self.seats[group[0]].pitch } else { 0 }
        };
        let apart: i128 = groups
            .windows(2)
            .map(|pair| {
                let (a, b) = (self.middle(&pair[0]), self.middle(&pair[1]));
                (a.0 - b.0).abs() + (a.1 - b.1).abs()
            })
            .sum();
        groups.iter().map(own).sum::<i128>() + n * apart
    }

    /// Twice the middle of the first and the last.
    fn middle(&self, seats: &[usize]) -> Middle {
        let (first, last) = (self.seats[seats[0]].at, self.seats[*seats.last().unwrap()].at);
        (first.0 + last.0, first.1 + last.1)
    }

    fn behind(&self, front: usize) -> Option<usize> {
        let seat = |segment: usize| &self.seats[self.segments[segment][0]];
        let behind = self
            .segments_of(seat(front).category)
            .into_iter()
            .filter(|&other| {
                let rows = (seat(other).row - seat(front).row).abs();
                seat(other).section == seat(front).section && rows != 0 && rows <= 4
            })
            .filter(|&other| (self.mean_cost(other), other) > (self.mean_cost(front), front))
            .min_by_key(|&other| {
                let (a, b) =
                    (self.middle(&self.segments[front]), self.middle(&self.segments[other]));
                ((a.0 - b.0).abs() + (a.1 - b.1).abs(), other)
            })?;
        let reach = 4 * seat(front).pitch.max(seat(behind).pitch);
        let near = self.segments[front].iter().any(|&a| {
            let near = |&b: &usize| distance(self.seats[a].at, self.seats[b].at) <= reach;
            self.segments[behind].iter().any(near)
        });
        near.then_some(behind)
    }
}
