//! The shop is as full as it should be, whoever comes and however long they stay.

use crate::{
    crowd::{CURVES, Manners, POLITE, arrivals},
    world::{World, drill, policy},
};

const MINUTE: i64 = 60_000;

/// How full the shop was on average, over its target, while people waited.
#[derive(Default)]
struct Filling {
    people: u64,
    ticks: u64,
}

impl Filling {
    fn look(&mut self, world: &World) {
        if world.waiting() > 0 {
            self.people += u64::from(world.in_shop);
            self.ticks += 1;
        }
    }

    fn average(&self, world: &World) -> f64 {
        self.people as f64 / self.ticks as f64 / f64::from(world.policy.target)
    }
}

/// Ticks until the shop was full for the first time.
fn fill(world: &mut World) {
    while f64::from(world.in_shop) < 0.95 * f64::from(world.policy.target) {
        assert!(world.now < 10 * MINUTE, "not full after ten minutes");
        world.tick();
    }
}

fn run(world: &mut World, ms: i64) -> Filling {
    let (mut filling, until) = (Filling::default(), world.now + ms);
    while world.now < until {
        world.tick();
        filling.look(world);
    }
    filling
}

fn manners() -> impl Iterator<Item = Manners> {
    let shows = [1_000, 700, 300, 100];
    let stays = [30_000, 120_000, 600_000];
    let all = shows.into_iter().flat_map(move |show| stays.map(|stay| (show, stay)));
    all.flat_map(|(show_permille, stay_ms)| {
        [5_000, 25_000].map(|delay_ms| Manners { show_permille, delay_ms, stay_ms, ..POLITE })
    })
}

#[test]
fn an_hour_is_within_one_percent_of_the_target() {
    for (target, cap) in [(100, 120), (1_000, 1_100)] {
        for manners in manners() {
            let mut world = World::new(policy(target, cap), manners, vec![0; 2_000_000], 1);
            fill(&mut world);
            run(&mut world, 2 * MINUTE);
            let average = run(&mut world, 60 * MINUTE).average(&world);
            let is_right = (0.99..=1.01).contains(&average);
            assert!(is_right, "{average:.4} of {target} with {manners:?}");
        }
    }
}

#[test]
fn every_curve_fills_the_shop() {
    for (name, points) in CURVES {
        for show_permille in [1_000, 300] {
            let manners = Manners { show_permille, delay_ms: 12_000, stay_ms: 180_000, ..POLITE };
            let fans = 30_000 * 1_000 / show_permille;
            let mut world = World::new(policy(1_000, 1_100), manners, arrivals(points, fans), 2);
            fill(&mut world);
            run(&mut world, 2 * MINUTE);
            let filling = run(&mut world, 50 * MINUTE);
            let average = filling.average(&world);
            let waited = filling.ticks / 600;
            assert!(waited >= 30, "{name}: people waited for {waited} minutes only");
            assert!((0.99..=1.01).contains(&average), "{name}: {average:.4} with {manners:?}");
        }
    }
}

/// The target at the cap itself: whoever finds the shop full waits at its door, and nearly every
/// place is used.
#[test]
fn a_target_at_the_cap_is_used_to_ninety_nine_percent() {
    for show_permille in [1_000, 700, 300] {
        let manners = Manners { show_permille, delay_ms: 5_000, stay_ms: 300_000, ..POLITE };
        let mut world = World::new(policy(1_000, 1_000), manners, vec![0; 1_000_000], 3);
        fill(&mut world);
        run(&mut world, 2 * MINUTE);
        let average = run(&mut world, 60 * MINUTE).average(&world);
        assert!(average >= 0.99, "{average:.4} with {manners:?}");
    }
}

#[test]
fn people_who_change_are_followed() {
    for (before, after) in [(1_000, 300), (300, 1_000), (1_000, 100), (100, 700)] {
        let manners =
            Manners { show_permille: before, delay_ms: 12_000, stay_ms: 240_000, ..POLITE };
        let mut world = World::new(policy(1_000, 1_100), manners, vec![0; 1_000_000], 4);
        fill(&mut world);
        run(&mut world, 60 * MINUTE);
        world.manners.show_permille = after;
        run(&mut world, 8 * MINUTE);
        let seen = u64::from(world.tick().show_permille);
        assert!(seen.abs_diff(after) <= 100, "{before}, then {after}, but {seen} is seen");
        let average = run(&mut world, 60 * MINUTE).average(&world);
        assert!((0.99..=1.01).contains(&average), "{before} then {after}: {average:.4}");
    }
    for (before, after) in [(60_000, 600_000), (600_000, 60_000)] {
        let manners = Manners { show_permille: 700, delay_ms: 12_000, stay_ms: before, ..POLITE };
        let mut world = World::new(policy(1_000, 1_100), manners, vec![0; 1_000_000], 5);
        fill(&mut world);
        run(&mut world, 20 * MINUTE);
        world.manners.stay_ms = after;
        run(&mut world, 20 * MINUTE);
        let average = run(&mut world, 60 * MINUTE).average(&world);
        assert!((0.99..=1.01).contains(&average), "{before} then {after}: {average:.4}");
    }
}

#[test]
fn who_closes_the_window_takes_the_place_of_one_and_not_of_two() {
    for closing_and_staying in [(70, 8_000), (200, 8_000), (400, 20_000)] {
        let mut world = drill(closing_and_staying, vec![0; 20_000], 4);
        fill(&mut world);
        let early = run(&mut world, 5 * MINUTE).average(&world);
        assert!((0.97..=1.03).contains(&early), "{early:.4} at first: {closing_and_staying:?}");
        let later = run(&mut world, 20 * MINUTE).average(&world);
        assert!((0.99..=1.01).contains(&later), "{later:.4} later: {closing_and_staying:?}");
    }
}

/// Everybody stays to the very end of the longest stay.
#[test]
fn who_has_left_is_forgotten() {
    let manners = Manners { stay_ms: 10_000_000, ..POLITE };
    let mut world = World::new(policy(75, 91), manners, vec![0; 20_000], 4);
    world.pass_ms = 60_000;
    run(&mut world, 10 * MINUTE);
    let size = postcard::to_stdvec(&world.admission).unwrap().len();
    run(&mut world, 60 * MINUTE);
    let later = postcard::to_stdvec(&world.admission).unwrap().len();
    assert!(later < 2 * size, "{size} bytes, and {later} an hour later");
}

/// Nobody comes for ten minutes: their turns pass, and others' turns come.
#[test]
fn the_queue_does_not_stand_still_because_of_no_shows() {
    let manners = Manners { show_permille: 0, delay_ms: 5_000, stay_ms: 300_000, ..POLITE };
    let mut world = World::new(policy(100, 120), manners, vec![0; 100_000], 6);
    for minutes in 0..10 {
        let before = world.cursor;
        run(&mut world, 121_000);
        let turns = world.cursor - before;
        assert!(turns >= 100, "{minutes}: only {turns} more");
        assert!(turns <= 4_200, "{minutes}: {turns}, as if nobody ever came again");
    }
    world.manners.show_permille = 1_000;
    run(&mut world, 5 * MINUTE);
    assert!(world.in_shop >= 90, "{} came after all", world.in_shop);
}

#[test]
fn who_leaves_frees_a_place_at_once() {
    let manners = Manners { show_permille: 1_000, delay_ms: 5_000, stay_ms: 100_000_000, ..POLITE };
    let mut world = World::new(policy(1_000, 1_100), manners, vec![0; 100_000], 7);
    fill(&mut world);
    run(&mut world, 5 * MINUTE);
    world.leave(300);
    assert!(world.tick().admit >= 270, "nearly everyone is replaced by the next tick");
}
