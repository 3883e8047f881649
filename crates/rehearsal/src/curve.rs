//! Demand curves: who is there when. Pure: a share of the crowd in, a moment out.
//!
//! A curve is a line through points (moment, how many of a thousand have arrived). Between two points fans come evenly.
//! Moments count from the opening of the sale; a curve may begin before it.

use std::{fmt, str::FromStr, time::Duration};

/// When a crowd arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// Most are there before the sale opens, and wait.
    Prequeue,
    /// A stadium's on-sale as one was published: 26 % at the start, 52 % after ten minutes, all after an hour.
    Sofia,
    /// A message went round: 35 % within twenty seconds.
    Herd,
    /// Everybody in the same instant.
    Drop,
    /// Evenly, for as long as there are fans.
    Steady {
        /// So many a second, whatever the time compression.
        per_second: u32,
    },
}

/// A moment in milliseconds from the opening, and how many of a thousand are there by then.
type Point = (i64, u32);

const MINUTE: i64 = 60_000;

const PREQUEUE: &[Point] = &[
    (-30 * MINUTE, 0),
    (-10 * MINUTE, 150),
    (-2 * MINUTE, 400),
    (0, 700),
    (MINUTE, 800),
    (10 * MINUTE, 920),
    (40 * MINUTE, 1_000),
];
const SOFIA: &[Point] = &[(0, 260), (10 * MINUTE, 520), (60 * MINUTE, 1_000)];
const HERD: &[Point] =
    &[(0, 0), (20_000, 350), (2 * MINUTE, 600), (10 * MINUTE, 900), (30 * MINUTE, 1_000)];
const DROP: &[Point] = &[(0, 1_000)];

/// On the command line, before the rate.
const STEADY: &str = "steady:";

impl Curve {
    /// All that are drawn by points.
    const DRAWN: [(Self, &'static str); 4] = [
        (Self::Prequeue, "prequeue"),
        (Self::Sofia, "sofia"),
        (Self::Herd, "herd"),
        (Self::Drop, "drop"),
    ];

    const fn points(self) -> &'static [Point] {
        match self {
            Self::Prequeue => PREQUEUE,
            Self::Sofia => SOFIA,
            Self::Herd => HERD,
            Self::Drop | Self::Steady { .. } => DROP,
        }
    }

    /// How long before the opening the first fan comes.
    pub fn lead(self) -> Duration {
        let first = self.points().first().map_or(0, |(at, _)| *at);
        Duration::from_millis(u64::try_from(-first.min(0)).unwrap_or(0))
    }

    /// When the fan comes before whom the share `quantile` (0 to 1) of so many came, counted from the first arrival that
    /// the curve allows, in a drill that is so many times as fast as life.
    pub fn arrival(self, quantile: f64, fans: u32, compression: f64) -> Duration {
        match self {
            Self::Steady { per_second } => {
                let before = quantile.clamp(0.0, 1.0) * f64::from(fans);
                Duration::from_secs_f64(before / f64::from(per_second.max(1)))
            }
            drawn => drawn.drawn_arrival(quantile).div_f64(compression),
        }
    }

    fn drawn_arrival(self, quantile: f64) -> Duration {
        let share = (quantile.clamp(0.0, 1.0)) * 1_000.0;
        let points = self.points();
        let start = points.first().map_or(0, |(at, _)| *at);
        let lead_ms = start.min(0);
        let mut before = (start, 0.0);
        for (at, by) in points {
            let by = f64::from(*by);
            if share < by {
                let (from, there) = before;
                let part = if by > there { (share - there).max(0.0) / (by - there) } else { 0.0 };
                // Who is there at the first point came all at once.
                let ms = (from - lead_ms) as f64 + part * (at - from) as f64;
                return Duration::from_secs_f64(ms.max(0.0) / 1_000.0);
            }
            before = (*at, by);
        }
        Duration::from_millis(u64::try_from(before.0 - lead_ms).unwrap_or(0))
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Steady { per_second } = self {
            return write!(f, "{STEADY}{per_second}");
        }
        let drawn = Self::DRAWN.iter().find(|(curve, _)| curve == self);
        f.write_str(drawn.map_or("", |(_, name)| name))
    }
}

/// No curve has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no demand curve {0:?}; there are prequeue, sofia, herd, drop, and steady:FANS_PER_SECOND"
)]
pub struct UnknownCurve(String);

impl FromStr for Curve {
    type Err = UnknownCurve;

    fn from_str(name: &str) -> Result<Self, UnknownCurve> {
        let unknown = || UnknownCurve(name.to_owned());
        if let Some(rate) = name.strip_prefix(STEADY) {
            let per_second = rate.parse().ok().filter(|rate| *rate > 0).ok_or_else(unknown)?;
            return Ok(Self::Steady { per_second });
        }
        let found = Self::DRAWN.into_iter().find(|(_, known)| *known == name);
        found.map(|(curve, _)| curve).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of 10,000 fans are there by a moment after the opening.
    fn there(curve: Curve, after: Duration) -> usize {
        let by = curve.lead() + after;
        let arrival = |fan: u32| curve.arrival((f64::from(fan) + 0.5) / 10_000.0, 10_000, 1.0);
        (0..10_000).filter(|fan| arrival(*fan) <= by).count()
    }

    #[test]
    fn sofia_is_as_it_was_published() {
        assert_eq!(there(Curve::Sofia, Duration::ZERO), 2_600);
        assert_eq!(there(Curve::Sofia, Duration::from_mins(10)), 5_200);
        assert_eq!(there(Curve::Sofia, Duration::from_hours(1)), 10_000);
        let third = there(Curve::Sofia, Duration::from_mins(35));
        assert!((7_590..=7_610).contains(&third), "evenly between the points: {third}");
    }

    #[test]
    fn a_herd_has_a_third_within_twenty_seconds() {
        assert_eq!(there(Curve::Herd, Duration::from_secs(20)), 3_500);
        assert!(there(Curve::Herd, Duration::ZERO) <= 1);
    }

    #[test]
    fn in_a_drop_everybody_comes_at_once() {
        assert_eq!(Curve::Drop.arrival(0.0, 9, 1.0), Duration::ZERO);
        assert_eq!(Curve::Drop.arrival(1.0, 9, 1.0), Duration::ZERO);
    }

    #[test]
    fn a_steady_crowd_comes_at_its_rate_however_fast_life_is() {
        let steady = Curve::Steady { per_second: 200 };
        assert_eq!(there(steady, Duration::from_secs(10)), 2_000);
        assert_eq!(there(steady, Duration::from_secs(50)), 10_000);
        assert_eq!(steady.arrival(0.5, 10_000, 60.0), Duration::from_secs(25));
        assert_eq!(steady.lead(), Duration::ZERO);
    }

    #[test]
    fn a_prequeue_begins_before_the_opening() {
        assert_eq!(Curve::Prequeue.lead(), Duration::from_mins(30));
        assert_eq!(there(Curve::Prequeue, Duration::ZERO), 7_000);
    }

    #[test]
    fn nobody_comes_earlier_than_who_came_before() {
        let drawn = Curve::DRAWN.into_iter().map(|(curve, _)| curve);
        for curve in drawn.chain([Curve::Steady { per_second: 7 }]) {
            let moments = (0..=1_000).map(|i| curve.arrival(f64::from(i) / 1_000.0, 1_000, 2.0));
            assert!(moments.is_sorted(), "{curve}");
            assert_eq!(curve.to_string().parse(), Ok(curve));
        }
        for unknown in ["rush", "steady", "steady:", "steady:0", "steady:many"] {
            assert!(unknown.parse::<Curve>().is_err(), "{unknown}");
        }
    }
}
