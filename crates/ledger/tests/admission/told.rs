//! The time that waiting fans are told is true for nine of ten.

use frontrow_ledger::room::admission::{Ceiling, Wait};

use crate::{
    crowd::{CURVES, Manners, POLITE, arrivals},
    world::{World, drill, policy},
};

/// From here on fans are told something; before, nobody has left the shop.
const SINCE_MS: i64 = 180_000;

fn told(world: &mut World) -> (f64, f64) {
    told_since(world, SINCE_MS)
}

/// Runs until everyone's turn came. Everybody is told once: so long after the opening, or when they
/// come. The share of those who were told the truth, and of those who waited longer.
fn told_since(world: &mut World, since_ms: i64) -> (f64, f64) {
    let mut told: Vec<Option<(i64, Wait)>> = Vec::new();
    let (mut all, mut true_for, mut longer) = (0_u32, 0_u32, 0_u32);
    while world.cursor < world.everyone() {
        assert!(world.now < 24 * 3_600_000, "the queue ends");
        let before = world.cursor;
        let tick = world.tick();
        for position in before..world.cursor {
            let known = told.get(usize::try_from(position).unwrap());
            let Some((at, wait)) = known.copied().flatten() else { continue };
            let took = u64::try_from(world.now - at).unwrap();
            let late = wait.to_ms.is_some_and(|to| took > to);
            all += 1;
            longer += u32::from(late);
            true_for += u32::from(!late && took >= wait.from_ms && wait.to_ms.is_some());
        }
        if world.now >= since_ms {
            for position in u64::try_from(told.len()).unwrap()..world.joined {
                let ahead = position.checked_sub(world.cursor);
                told.push(ahead.map(|ahead| (world.now, tick.pace.wait(ahead))));
            }
        }
    }
    (f64::from(true_for) / f64::from(all), f64::from(longer) / f64::from(all))
}

#[test]
fn nine_of_ten_are_told_the_truth() {
    for (name, points) in CURVES {
        for show_permille in [1_000, 700, 300] {
            for stay_ms in [60_000, 180_000, 500_000] {
                let manners = Manners { show_permille, delay_ms: 12_000, stay_ms, ..POLITE };
                let mut policy = policy(200, 240);
                policy.rate_per_minute = 3_000;
                let mut world = World::new(policy, manners, arrivals(points, 6_000), 8);
                let (true_for, longer) = told(&mut world);
                let what = format!("{name}, {manners:?}");
                assert!(true_for >= 0.9, "{what}: true for {true_for:.3}, longer {longer:.3}");
            }
        }
    }
}

/// A shop that fills for a quarter of an hour, and then takes in only as many as leave.
#[test]
fn who_comes_while_the_shop_fills_is_not_promised_that_it_goes_on() {
    let manners = Manners { show_permille: 1_000, delay_ms: 12_000, stay_ms: 400_000, ..POLITE };
    let mut policy = policy(1_000, 1_100);
    policy.rate_per_minute = 240;
    let mut world = World::new(policy, manners, vec![0; 6_000], 11);
    while world.now < SINCE_MS {
        world.tick();
    }
    // Fifty turns at four a second, and ten seconds that a page is old.
    let Wait { from_ms, to_ms } = world.tick().pace.wait(50);
    assert_eq!((from_ms, to_ms), (2_500, Some(22_500)), "the next ones wait for nobody to leave");
    let mut world = World::new(policy, manners, vec![0; 6_000], 11);
    let (true_for, longer) = told(&mut world);
    assert!(true_for >= 0.9, "true for {true_for:.3}, longer {longer:.3}");
}

/// Those who are in can take all places: whose turn waits for places to come back is promised nothing.
#[test]
fn what_depends_on_places_that_come_back_is_not_promised() {
    let mut world = World::new(policy(100, 120), POLITE, vec![0; 6_000], 12);
    while world.now < SINCE_MS {
        world.tick();
    }
    assert!(world.tick().pace.wait(500).to_ms.is_some());
    // Two for each of those who are in.
    for (places, is_told) in [(300, true), (180, false), (40, false)] {
        world.gauges.places_free = places;
        assert_eq!(world.tick().pace.wait(500).to_ms.is_some(), is_told, "{places}");
    }
    assert_eq!(world.tick().pace.slower, Some(Ceiling::Places));
}

/// A queue that becomes slower says why from that moment on.
#[test]
fn it_is_never_silently_worse() {
    let manners = Manners { show_permille: 700, delay_ms: 12_000, stay_ms: 120_000, ..POLITE };
    let mut world = World::new(policy(1_000, 1_100), manners, vec![0; 200_000], 9);
    let (mut best, mut worse) = (0, 0);
    for tick in 0..36_000 {
        // It is slow for a minute each ten minutes, and paused for one.
        world.gauges.p99_ms = if tick % 6_000 < 600 { 900 } else { 80 };
        world.policy.paused = tick % 6_000 >= 3_000 && tick % 6_000 < 3_600;
        let pace = world.tick().pace;
        if pace.low.0 * 10 < best * 9 {
            assert!(pace.slower.is_some(), "slower without a word at {}", world.now);
            worse += 1;
        }
        best = if pace.slower.is_some() { pace.low.0 } else { best.max(pace.low.0) };
    }
    assert!(worse > 0, "it never became slower");
}

/// Of who closed the window it is only known for how long they have been there.
#[test]
fn who_closes_the_window_is_reckoned_with() {
    for (name, points) in CURVES {
        let points: Vec<_> = points.iter().map(|(at, by)| (at / 10, *by)).collect();
        for closing_and_staying in [(70, 8_000), (70, 20_000), (200, 8_000), (400, 20_000)] {
            for seed in 0..3 {
                let mut world = drill(closing_and_staying, arrivals(&points, 1_500), seed);
                let (true_for, longer) = told_since(&mut world, 20_000);
                let what = format!("{name}, {seed}, {closing_and_staying:?}");
                assert!(true_for >= 0.9, "{what}: true for {true_for:.3}, longer {longer:.3}");
            }
        }
    }
}
