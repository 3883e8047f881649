//! Whether two orders of the same people are the same, or have nothing to do with each other.

use serde::Serialize;

/// How strongly two orders are the same: 1 for the same, -1 for the reverse, 0 for nothing to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Correlation {
    /// Spearman's.
    pub value: f64,
    /// How far from 0 it is by chance alone, where there is nothing: one in three is further.
    pub standard_error: f64,
    /// Of so many.
    pub count: usize,
}

/// How far from nothing ranks are by chance: Spearman's, with no ties among those who are compared.
pub(super) fn correlation(pairs: &[(u64, u64)]) -> Option<Correlation> {
    let count = pairs.len();
    if count < 3 {
        return None;
    }
    let first = ranks(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let second = ranks(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let mean = (count as f64 - 1.0) / 2.0;
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (a, b) in first.iter().zip(&second) {
        let (a, b) = (a - mean, b - mean);
        both += a * b;
        one += a * a;
        other += b * b;
    }
    let value = if one > 0.0 && other > 0.0 { both / (one * other).sqrt() } else { 0.0 };
    Some(Correlation { value, standard_error: 1.0 / (count as f64 - 1.0).sqrt(), count })
}

/// The rank of each; who is equal shares theirs.
fn ranks(values: &[u64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|index| values[*index]);
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0.0;
    for same in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let count = same.len() as f64;
        for index in same {
            ranks[*index] = before + (count - 1.0) / 2.0;
        }
        before += count;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{Correlation, correlation};

    #[test]
    fn orders_are_the_same_the_reverse_or_strangers() {
        let near = |found: Option<Correlation>, value: f64| {
            let found = found.unwrap();
            assert!((found.value - value).abs() < 1e-9, "{found:?}");
        };
        let pairs = |of: fn(u64) -> u64| (0..101).map(|at| (at, of(at))).collect::<Vec<_>>();
        near(correlation(&pairs(|at| at * 3)), 1.0);
        near(correlation(&pairs(|at| 500 - at)), -1.0);
        near(correlation(&pairs(|at| at.abs_diff(50))), 0.0);
        // Equal moments share a rank.
        near(correlation(&[(1, 5), (2, 5), (3, 5)]), 0.0);
        assert!(correlation(&[(1, 1), (2, 2)]).is_none());
        let error = correlation(&pairs(|at| at)).unwrap().standard_error;
        assert!((error - 0.1).abs() < 1e-9, "{error}");
    }
}
