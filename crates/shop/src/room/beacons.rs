//! When the rounds of public beacons come, of those that are known: so that nobody announces one whose value is known before
//! it is known who takes part.

use frontrow_ledger::{
    Time,
    room::{Beacon, DrawTerms},
};

use crate::limits::ROOM_ROOT_MS;

/// By name: when the first round came, in seconds since the Unix epoch, and seconds from one to the next; as
/// <https://api.drand.sh/v2/chains> has them.
const KNOWN: [(&str, i64, i64); 2] =
    [("drand", 1_595_431_050, 30), ("drand-quicknet", 1_692_803_367, 3)];

/// When the round of a beacon comes; none if the beacon is not known here.
fn round_comes(beacon: &Beacon) -> Option<Time> {
    let (_, first, apart) = KNOWN.iter().find(|(name, ..)| *name == beacon.name)?;
    let rounds = i64::try_from(beacon.round).unwrap_or(i64::MAX).saturating_sub(1).max(0);
    let seconds = rounds.saturating_mul(*apart).saturating_add(*first);
    Some(Time(seconds.saturating_mul(1_000)))
}

/// What is wrong with the round that a draw announces, if it is known when it comes.
pub(super) fn objection(draw: &DrawTerms, starts: Time) -> Option<&'static str> {
    let comes = round_comes(draw.beacon.as_ref()?)?;
    if comes < starts.plus_ms(ROOM_ROOT_MS) {
        return Some("comes before it is published who takes part");
    }
    let too_late = comes > starts.plus_ms(draw.fallback_after_ms);
    too_late.then_some("comes when the draw does without it already")
}

#[cfg(test)]
mod tests {
    use frontrow_ledger::{Time, room::Beacon};

    use super::round_comes;

    #[test]
    fn rounds_of_known_beacons_have_a_moment() {
        let comes = |name: &str, round| round_comes(&Beacon { name: name.to_owned(), round });
        assert_eq!(comes("drand", 1), Some(Time(1_595_431_050_000)));
        assert_eq!(comes("drand-quicknet", 11), Some(Time(1_692_803_397_000)));
        assert_eq!(comes("a lottery", 1), None);
        assert_eq!(comes("drand", u64::MAX), Some(Time(i64::MAX)));
    }
}
