//! Each ceiling: what it limits, that it is named, and that it lets go again.

use frontrow_ledger::room::admission::{Ceiling, Rate};

use crate::{
    crowd::{Manners, POLITE},
    world::{World, policy},
};

const MINUTE: i64 = 60_000;

/// A shop with room for everybody, so that the rate is what limits.
fn wide() -> World {
    let manners = Manners { show_permille: 1_000, delay_ms: 5_000, stay_ms: 60_000, ..POLITE };
    let mut policy = policy(100_000, 110_000);
    policy.rate_per_minute = 6_000;
    World::new(policy, manners, vec![0; 3_000_000], 10)
}

/// Turns that came within this time, and which ceilings were named.
fn run(world: &mut World, ms: i64) -> (u64, Vec<Ceiling>) {
    let (before, until) = (world.cursor, world.now + ms);
    let mut named = Vec::new();
    while world.now < until {
        let ceiling = world.tick().limited_by;
        if !named.contains(&ceiling) {
            named.push(ceiling);
        }
    }
    (world.cursor - before, named)
}

#[test]
fn the_configured_rate_is_used_and_never_exceeded() {
    for per_minute in [1, 7, 59, 61, 6_000, 500_000] {
        let mut world = wide();
        world.policy.rate_per_minute = per_minute;
        world.policy.target = 1_000_000;
        world.policy.cap = 1_000_000;
        let (turns, named) = run(&mut world, 2 * MINUTE);
        let two_minutes = 2 * u64::from(per_minute);
        assert!((two_minutes - 1..=two_minutes + 1).contains(&turns), "{turns} of {per_minute}");
        assert_eq!(named, [Ceiling::Rate]);
    }
}

/// However long nobody ticked, a second's worth is what comes.
#[test]
fn silence_is_not_made_up_for() {
    for silence_ms in [1_500, 5_000, 3_600_000] {
        let mut world = wide();
        run(&mut world, MINUTE);
        let admit = world.wait(silence_ms).admit;
        let (second, _) = run(&mut world, 900);
        assert!(u64::from(admit) + second <= 100, "{admit}, then {second}");
        let mut slow = wide();
        slow.policy.rate_per_minute = 61;
        run(&mut slow, MINUTE);
        let admit = slow.wait(silence_ms).admit;
        let (minute, _) = run(&mut slow, MINUTE);
        assert!(u64::from(admit) + minute <= 63, "{admit}, then {minute}");
    }
}

/// Nobody waited for ten minutes; who comes then does not find their turns saved up.
#[test]
fn turns_are_not_saved_for_later() {
    let manners = Manners { show_permille: 1_000, delay_ms: 5_000, stay_ms: 60_000, ..POLITE };
    let mut policy = policy(1_000, 1_100);
    policy.rate_per_minute = 61;
    let mut world = World::new(policy, manners, vec![10 * MINUTE; 1_000], 12);
    run(&mut world, 10 * MINUTE - 100);
    let (turns, _) = run(&mut world, MINUTE);
    assert!((60..=63).contains(&turns), "{turns}");
}

#[test]
fn a_slow_shop_slows_the_queue_down_and_gently_up_again() {
    for much in [600, 2_000] {
        let mut world = wide();
        run(&mut world, MINUTE);
        world.gauges.p99_ms = much;
        run(&mut world, 10_000);
        let (turns, named) = run(&mut world, 10_000);
        assert!(turns < 500, "{turns} of a thousand in ten seconds of a shop that suffers");
        assert!(named.contains(&Ceiling::Shop), "{named:?}");
        run(&mut world, 5 * MINUTE);
        let (trickle, _) = run(&mut world, MINUTE);
        assert!((60..=120).contains(&trickle), "{trickle}: it never stands still");
        world.gauges.p99_ms = 80;
        let mut before = trickle;
        for second in 0..360 {
            let (turns, _) = run(&mut world, 1_000);
            assert!(turns <= before + 5, "{second}: {before} in a second, then {turns}");
            before = turns;
        }
        assert_eq!(before, 100, "well again");
    }
}

#[test]
fn failing_requests_slow_the_queue_down() {
    let mut world = wide();
    run(&mut world, MINUTE);
    world.gauges.errors_ppm = 30_000;
    run(&mut world, 20_000);
    let (turns, named) = run(&mut world, 10_000);
    assert!(turns < 100, "{turns}");
    assert!(named.contains(&Ceiling::Shop), "{named:?}");
}

#[test]
fn nobody_comes_while_nobody_can_pay() {
    let mut world = wide();
    run(&mut world, MINUTE);
    world.gauges.provider.up = false;
    assert_eq!(run(&mut world, 5 * MINUTE), (0, vec![Ceiling::Provider]));
    world.gauges.provider.up = true;
    let (turns, _) = run(&mut world, 1_000);
    assert!((1..=100).contains(&turns), "{turns}: at once, and not all at once");
}

#[test]
fn no_more_come_than_the_provider_takes_payments() {
    for show_permille in [1_000, 300] {
        let mut world = wide();
        world.manners.show_permille = show_permille;
        world.gauges.provider.per_minute = Some(600);
        run(&mut world, 5 * MINUTE);
        let before = world.left + u64::from(world.in_shop);
        let (_, named) = run(&mut world, 10 * MINUTE);
        let came = world.left + u64::from(world.in_shop) - before;
        assert!((5_400..=6_600).contains(&came), "{came} with {show_permille}");
        assert_eq!(named, [Ceiling::Provider]);
    }
}

#[test]
fn failing_payments_slow_the_queue_down() {
    let mut world = wide();
    run(&mut world, MINUTE);
    world.gauges.provider.errors_ppm = 60_000;
    run(&mut world, 20_000);
    let (turns, named) = run(&mut world, 10_000);
    assert!(turns < 150, "{turns}");
    assert!(named.contains(&Ceiling::Provider), "{named:?}");
}

#[test]
fn without_telemetry_the_last_safe_rate_stays() {
    let mut world = wide();
    world.policy.rate_per_minute = 3_000;
    run(&mut world, 2 * MINUTE);
    // The rate may be more now, but nobody saw the shop bear it.
    world.silent = true;
    run(&mut world, 6_000);
    world.policy.rate_per_minute = 60_000;
    let (turns, named) = run(&mut world, 10 * MINUTE);
    assert!((29_000..=30_100).contains(&turns), "{turns}");
    assert_eq!(named, [Ceiling::Telemetry]);
    world.silent = false;
    let (turns, _) = run(&mut world, 10_000);
    assert!(turns < 3_000, "{turns}: gently, when it can be seen again");
}

#[test]
fn telemetry_that_comes_and_goes_never_speeds_it_up() {
    let (mut steady, mut flapping) = (wide(), wide());
    for step in 0..600 {
        flapping.silent = step % 10 < 8;
        for world in [&mut steady, &mut flapping] {
            world.gauges.p99_ms = if step % 100 >= 80 { 800 } else { 80 };
            run(world, 1_000);
        }
        let (a, b) = (steady.cursor, flapping.cursor);
        assert!(b <= a + a / 20 + 200, "{step}: {b} turns instead of {a}");
    }
    assert!(flapping.cursor > 3_000, "{}", flapping.cursor);
}

#[test]
fn a_room_that_never_saw_its_shop_begins_carefully() {
    let mut world = wide();
    world.silent = true;
    let (turns, named) = run(&mut world, MINUTE);
    assert!((1_400..=1_500).contains(&turns), "{turns}");
    assert!(named.iter().all(|ceiling| [Ceiling::Telemetry, Ceiling::Shop].contains(ceiling)));
}

#[test]
fn the_last_places_call_few_people() {
    let mut world = wide();
    world.manners.stay_ms = 100_000_000;
    world.gauges.places_free = 200;
    let (turns, named) = run(&mut world, 5 * MINUTE);
    assert_eq!(turns, 125, "two places each, and a quarter more people");
    assert!(named.contains(&Ceiling::Places), "{named:?}");
    world.gauges.places_free = 0;
    world.gauges.places_held = 200;
    world.leave(100);
    assert_eq!(run(&mut world, MINUTE), (0, vec![Ceiling::Places]), "there is nothing to take");
    world.gauges.places_free = 2;
    assert!(run(&mut world, MINUTE).0 > 0, "something came back");
}

#[test]
fn a_pause_is_a_pause() {
    let mut world = wide();
    run(&mut world, MINUTE);
    world.policy.paused = true;
    assert_eq!(run(&mut world, MINUTE), (0, vec![Ceiling::Paused]));
    assert_eq!(world.tick().pace.wait(1).to_ms, None, "nobody knows how long");
    world.policy.paused = false;
    assert!(run(&mut world, 1_000).0 <= 100);
    assert_eq!(world.tick().rate, Rate::per_minute(6_000));
}
