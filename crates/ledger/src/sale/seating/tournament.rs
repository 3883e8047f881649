//! Tournaments: the best of many segments at once, kept up to date one segment at a time.

use std::{cmp::Reverse, collections::BinaryHeap};

/// The rank of a segment that has no window to offer.
pub(super) const NO_RANK: u32 = u32::MAX;

/// The ranks of the best windows of a segment, or of many; lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Best {
    /// Of those that leave no orphan.
    pub(super) tidy: u32,
    /// Of those that leave one.
    pub(super) orphaning: u32,
}

impl Best {
    pub(super) const NONE: Self = Self { tidy: NO_RANK, orphaning: NO_RANK };

    fn of(self, other: Self) -> Self {
        Self { tidy: self.tidy.min(other.tidy), orphaning: self.orphaning.min(other.orphaning) }
    }

    fn any(self) -> u32 {
        self.tidy.min(self.orphaning)
    }
}

/// Where one tournament lies among the nodes: the root at 1, the leaves from `leaves` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) base: usize,
    pub(super) leaves: usize,
}

/// Every tournament, one after the other: for each category and party size a binary tree of minima.
#[derive(Debug, Clone)]
pub(super) struct Tournaments {
    nodes: Vec<Best>,
}

impl Tournaments {
    /// Nothing to offer anywhere.
    pub(super) fn new(nodes_count: usize) -> Self {
        Self { nodes: vec![Best::NONE; nodes_count] }
    }

    /// The best of all leaves.
    pub(super) fn winner(&self, tree: Tree) -> Best {
        if tree.leaves == 0 { Best::NONE } else { self.nodes[tree.base + 1] }
    }

    /// Changes one leaf and whatever follows from it.
    pub(super) fn set(&mut self, tree: Tree, leaf: usize, best: Best) {
        let mut node = tree.leaves + leaf;
        let mut best = best;
        while self.nodes[tree.base + node] != best {
            self.nodes[tree.base + node] = best;
            if node == 1 {
                return;
            }
            best = best.of(self.nodes[tree.base + (node ^ 1)]);
            node /= 2;
        }
    }

    /// The leaves that have any window, best first.
    pub(super) fn ranking(&self, tree: Tree) -> Ranking<'_> {
        let mut ranking = Ranking { nodes: &self.nodes, tree, open: BinaryHeap::new() };
        if tree.leaves > 0 {
            ranking.push(1);
        }
        ranking
    }
}

/// Leaves of a tournament, best first; each costs as many steps as the tree is high.
pub(super) struct Ranking<'a> {
    nodes: &'a [Best],
    tree: Tree,
    open: BinaryHeap<Reverse<(u32, usize)>>,
}

impl Ranking<'_> {
    fn push(&mut self, node: usize) {
        let rank = self.nodes[self.tree.base + node].any();
        if rank != NO_RANK {
            self.open.push(Reverse((rank, node)));
        }
    }
}

impl Iterator for Ranking<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let Reverse((_, node)) = self.open.pop()?;
            if node >= self.tree.leaves {
                return Some(node - self.tree.leaves);
            }
            self.push(2 * node);
            self.push(2 * node + 1);
        }
    }
}
