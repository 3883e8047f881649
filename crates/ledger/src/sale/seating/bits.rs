//! Sets of seats of one segment, and the runs of free seats in them.

use crate::limits::ROW_SEATS_MAX;

const WORDS: usize = ROW_SEATS_MAX.div_ceil(64);

/// A set of places along a segment: bit `i` is its `i`-th seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits([u64; WORDS]);

impl Bits {
    pub(super) const NONE: Self = Self([0; WORDS]);

    /// The first `len` places.
    pub(super) fn first(len: usize) -> Self {
        Self(std::array::from_fn(|word| match len.saturating_sub(word * 64) {
            0 => 0,
            bits if bits >= 64 => u64::MAX,
            bits => (1 << bits) - 1,
        }))
    }

    /// `len` places from position `at` of a longer set; what is beyond its end is empty.
    pub(super) fn read(words: &[u64], at: usize, len: usize) -> Self {
        let (skip, shift) = (at / 64, at % 64);
        let word = |i: usize| words.get(skip + i).copied().unwrap_or(0);
        let read = Self(std::array::from_fn(|i| {
            // Two shifts, because one by 64 would overflow.
            (word(i) >> shift) | (word(i + 1) << 1 << (63 - shift))
        }));
        read.and(Self::first(len))
    }

    pub(super) fn has(self, i: usize) -> bool {
        self.0.get(i / 64).is_some_and(|word| word >> (i % 64) & 1 == 1)
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    /// The members, ascending.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(i, word)| Members { word, base: i * 64 })
    }

    /// Every member one place further along.
    fn up(self) -> Self {
        Self(std::array::from_fn(|i| {
            let carry = if i == 0 { 0 } else { self.0[i - 1] >> 63 };
            self.0[i] << 1 | carry
        }))
    }

    /// Every member one place back; the first one is dropped.
    fn down(self) -> Self {
        Self(std::array::from_fn(|i| {
            let carry = self.0.get(i + 1).map_or(0, |word| word << 63);
            self.0[i] >> 1 | carry
        }))
    }

    /// A set with one member.
    fn only(i: usize) -> Self {
        Self(std::array::from_fn(|word| if word == i / 64 { 1 << (i % 64) } else { 0 }))
    }
}

struct Members {
    word: u64,
    base: usize,
}

impl Iterator for Members {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.word == 0 {
            return None;
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(self.base + usize::try_from(bit).unwrap_or(0))
    }
}

/// How places of a segment follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Track {
    pub(super) len: usize,
    /// The first place follows the last.
    pub(super) ring: bool,
}

impl Track {
    /// The `n` places from `start` on, in order.
    pub(super) fn window(self, start: usize, n: usize) -> impl Iterator<Item = usize> {
        (start..start + n).map(move |i| self.place(i))
    }

    /// Counts on from the start of a ring at its end.
    pub(super) fn place(self, i: usize) -> usize {
        if i < self.len { i } else { i - self.len }
    }

    /// The set of the `n` places from `start` on.
    pub(super) fn window_bits(self, start: usize, n: usize) -> Bits {
        self.window(start, n).fold(Bits::NONE, |set, i| set.or(Bits::only(i)))
    }

    /// Place `i` is a member if the place after it was.
    fn ahead(self, set: Bits) -> Bits {
        let moved = set.down();
        if self.ring && set.has(0) { moved.or(Bits::only(self.len - 1)) } else { moved }
    }

    /// Place `i` is a member if the place before it was.
    fn behind(self, set: Bits) -> Bits {
        let moved = set.up();
        let moved =
            if self.ring && set.has(self.len - 1) { moved.or(Bits::only(0)) } else { moved };
        moved.and(Bits::first(self.len))
    }
}

/// Where a party of `n` fits among the free places of a segment, for growing `n`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Runs {
    track: Track,
    n: usize,
    starts: Bits,
    /// Starting here leaves one place alone before the party.
    alone_before: Bits,
    /// Starting here leaves one place alone after the party of `n`.
    alone_after: Bits,
    /// A whole free ring, where nobody sits on either side.
    whole_ring: bool,
}

impl Runs {
    /// For a party of one.
    pub(super) fn new(track: Track, free: Bits) -> Self {
        let first_of_run = free.without(track.behind(free));
        let last_of_run = free.without(track.ahead(free));
        Self {
            track,
            n: 1,
            starts: free,
            alone_before: track.behind(first_of_run),
            alone_after: track.ahead(last_of_run),
            whole_ring: track.ring && free == Bits::first(track.len),
        }
    }

    /// For a party of `n`.
    pub(super) fn of(track: Track, free: Bits, n: usize) -> Self {
        let mut runs = Self::new(track, free);
        for _ in 1..n {
            runs.grow();
        }
        runs
    }

    /// For a party of one more; nothing changes once nobody fits.
    pub(super) fn grow(&mut self) {
        if self.starts.is_empty() {
            return;
        }
        self.n += 1;
        self.starts = if self.n > self.track.len {
            Bits::NONE
        } else {
            self.starts.and(self.track.ahead(self.starts))
        };
        self.alone_after = self.track.ahead(self.alone_after);
    }

    /// Where the party may start.
    pub(super) fn starts(&self) -> Bits {
        self.starts
    }

    /// Where it may start without leaving one free place alone between taken places, aisles and
    /// other categories.
    pub(super) fn tidy_starts(&self) -> Bits {
        if self.whole_ring && self.n + 1 == self.track.len {
            return Bits::NONE;
        }
        self.starts.without(self.alone_before).without(self.alone_after)
    }

    /// How many places the longest run of free places has.
    pub(super) fn longest(mut self) -> usize {
        while !self.starts.is_empty() {
            self.grow();
        }
        self.n - 1
    }
}
