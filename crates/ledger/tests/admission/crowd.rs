//! Who comes to the room, and what people do when it is their turn. Seeded: one seed, one crowd.

/// The demand curves of the drill: moments from the opening in seconds, and how many of a thousand
/// are there by then.
pub(crate) const CURVES: [(&str, &[(i64, u64)]); 4] = [
    (
        "prequeue",
        &[(-1_800, 0), (-600, 150), (-120, 400), (0, 700), (60, 800), (600, 920), (2_400, 1_000)],
    ),
    ("sofia", &[(0, 260), (600, 520), (3_600, 1_000)]),
    ("herd", &[(0, 0), (20, 350), (120, 600), (600, 900), (1_800, 1_000)]),
    ("drop", &[(0, 1_000)]),
];

/// What people are like. Times in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    /// Of a thousand turns, so many are used.
    pub(crate) show_permille: u64,
    /// How long who comes takes on average.
    pub(crate) delay_ms: u64,
    /// How long people stay on average.
    pub(crate) stay_ms: u64,
    /// Of a thousand who come in, so many close the window and stay until their pass ends.
    pub(crate) closes_permille: u64,
    /// Of a thousand turns, so many are used after their time was over.
    pub(crate) late_permille: u64,
}

/// Everybody who comes is in time, and says when they go.
pub(crate) const POLITE: Manners = Manners {
    show_permille: 1_000,
    delay_ms: 12_000,
    stay_ms: 180_000,
    closes_permille: 0,
    late_permille: 0,
};

/// A sequence of numbers that looks random (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    pub(crate) fn permille(&mut self, chance: u64) -> bool {
        self.below(1_000) < chance
    }

    /// Around a mean, never negative, with a tail: half of it is certain, half as patience runs out.
    pub(crate) fn about(&mut self, mean_ms: u64) -> u64 {
        // The sum of two exponential times of a quarter each, and a half.
        let part = mean_ms / 4;
        mean_ms / 2 + self.exponential(part) + self.exponential(part)
    }

    /// Patience without memory.
    #[expect(clippy::cast_sign_loss, reason = "the logarithm of at most one is not above zero")]
    fn exponential(&mut self, mean_ms: u64) -> u64 {
        let unit = (self.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        (-(1.0 - unit).ln() * mean_ms as f64) as u64
    }
}

/// When each of so many fans comes, in milliseconds from the opening, in order.
pub(crate) fn arrivals(points: &[(i64, u64)], fans: u64) -> Vec<i64> {
    let mut all = Vec::new();
    let mut before = (points[0].0, 0);
    for (at, by) in points {
        let (from, there) = before;
        let count = fans * (by - there) / 1_000;
        let span_ms = (at - from) * 1_000;
        all.extend((0..count).map(|n| {
            from * 1_000 + span_ms * i64::try_from(n).unwrap() / i64::try_from(count).unwrap()
        }));
        before = (*at, *by);
    }
    all
}
