//! Who comes: every fan drawn from the seed, with all that they intend. The same seed is the same crowd.

mod mix;

use std::time::Duration;

use rand::{Rng, RngExt, SeedableRng, rngs::SmallRng};

pub use mix::{Choice, Door, Ending, Habit, Mix, UnknownMix, think};

use crate::curve::Curve;

/// One fan, with all that they intend. What comes of it is up to the shop and to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fan {
    /// From 0; who comes first has the lowest.
    pub number: u32,
    /// When, from the start of the drill; time compression is in it.
    pub arrives: Duration,
    /// How they reach the shop.
    pub door: Door,
    /// How they choose places.
    pub choice: Choice,
    /// Places that they want.
    pub party: u16,
    /// What they do once they hold places.
    pub ending: Ending,
    /// What they do that the shop must cope with.
    pub habit: Habit,
    /// Whether they stay and look for returned places when everything is gone.
    pub stays: bool,
    /// From which everything that they decide on the way follows.
    pub seed: u64,
}

/// What a crowd follows from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crowd {
    /// How many.
    pub fans: u32,
    /// Who they are.
    pub mix: Mix,
    /// When they come.
    pub curve: Curve,
    /// How many times faster than in life they come and think.
    pub compression: f64,
    /// Everything random follows from it.
    pub seed: u64,
}

impl Crowd {
    /// A fan by number.
    pub fn fan(&self, number: u32) -> Fan {
        let mut rng = SmallRng::seed_from_u64(mixed(self.seed, u64::from(number)));
        let tables = self.mix.tables();
        let quantile = (f64::from(number) + rng.random::<f64>()) / f64::from(self.fans.max(1));
        Fan {
            number,
            arrives: self.curve.arrival(quantile, self.fans, self.compression),
            door: *mix::draw(tables.doors, &mut rng),
            choice: *mix::draw(tables.choices, &mut rng),
            party: *mix::draw(tables.parties, &mut rng),
            ending: *mix::draw(tables.endings, &mut rng),
            habit: *mix::draw(tables.habits, &mut rng),
            stays: rng.random_range(0..100_u32) < tables.stays_percent,
            seed: rng.next_u64(),
        }
    }

    /// When the sale opens, from the start of the drill.
    pub fn opening(&self) -> Duration {
        self.curve.lead().div_f64(self.compression)
    }
}

/// Numbers that follow each other become seeds that have nothing to do with each other (`SplitMix64`).
const fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const CROWD: Crowd =
        Crowd { fans: 5_000, mix: Mix::Everyone, curve: Curve::Sofia, compression: 60.0, seed: 7 };

    fn all(crowd: Crowd) -> Vec<Fan> {
        (0..crowd.fans).map(|number| crowd.fan(number)).collect()
    }

    #[test]
    fn the_same_seed_is_the_same_crowd() {
        assert_eq!(all(CROWD), all(CROWD));
        assert_ne!(all(CROWD), all(Crowd { seed: 8, ..CROWD }));
    }

    #[test]
    fn fans_come_in_order_and_compression_brings_them_together() {
        let slow = all(Crowd { compression: 1.0, ..CROWD });
        assert!(slow.is_sorted_by_key(|fan| fan.arrives));
        let last = |fans: &[Fan]| fans.iter().map(|fan| fan.arrives).max().unwrap();
        let (slow, fast) = (last(&slow), last(&all(CROWD)));
        assert!(slow > Duration::from_mins(59) && slow <= Duration::from_hours(1), "{slow:?}");
        assert!(fast > Duration::from_secs(59) && fast <= Duration::from_mins(1), "{fast:?}");
    }

    #[test]
    fn everything_in_the_table_happens() {
        let fans = all(CROWD);
        let kinds = |of: fn(&Fan) -> String| fans.iter().map(of).collect::<HashSet<_>>().len();
        let tables = CROWD.mix.tables();
        assert_eq!(kinds(|fan| format!("{:?}", fan.door)), tables.doors.len());
        assert_eq!(kinds(|fan| format!("{:?}", fan.choice)), tables.choices.len());
        assert_eq!(kinds(|fan| format!("{:?}", fan.ending)), tables.endings.len());
        assert_eq!(kinds(|fan| format!("{:?}", fan.habit)), tables.habits.len());
        let seeds: HashSet<u64> = fans.iter().map(|fan| fan.seed).collect();
        assert_eq!(seeds.len(), fans.len(), "no two fans think alike");
    }
}
