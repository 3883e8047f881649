//! What a room publishes of its draw is what a stranger verifies, and what its fans get.

use std::sync::Arc;

use frontrow_ledger::{
    Place,
    room::{
        Beacon, Command, Terms,
        draw::{Draw, FanDigest, Permutation, Tree, leaf},
    },
};

use crate::fixtures::{MINUTE, SEED, STARTS, World, fan, terms};

fn verified(world: &World, fans: u32) -> Draw {
    let line = world.line();
    let draw = Draw::of(line.terms(), line.drawn().unwrap()).unwrap();
    let text = draw.to_text();
    assert_eq!(Draw::from_text(text.strip_suffix('\n').unwrap()), Ok(draw.clone()));
    assert_eq!(draw.faults(), []);
    assert_eq!(draw.places, u64::from(fans));

    let digests: Vec<_> = line.fans().collect();
    let tree = Tree::build((0..).zip(&digests).map(|(place, fan)| leaf(place, fan)));
    assert_eq!(tree.root(), draw.root);
    let order = Permutation::new(&draw.key, draw.places).unwrap();
    for number in 0..fans {
        let place = u64::from(number);
        let own = leaf(place, &FanDigest::new(&draw.sale, fan(number).0));
        let proof = line.proof(&tree, Place(number)).unwrap();
        proof.verify(place, &own, draw.places, &draw.root).unwrap();
        assert_eq!(line.position(Place(number)), order.position(place));
    }
    draw
}

#[test]
fn a_draw_is_verified_from_what_is_published_alone() {
    let mut world = World::drawn(700);
    // Whoever comes later is not in it.
    assert_eq!(world.join(700), Ok(Place(700)));
    let draw = verified(&world, 700);
    assert_eq!(draw.seed, Some(SEED));
}

#[test]
fn so_is_one_whose_seed_and_beacon_never_came() {
    let mut announced = terms();
    let beacon = Beacon { name: "drand-quicknet".to_owned(), round: 4_811_111 };
    announced.draw.as_mut().unwrap().beacon = Some(beacon);
    let mut world = World::gathered(announced, 300);
    world.pass_to(STARTS.plus_ms(10 * MINUTE));
    let root = world.line().tree().root();
    world.ask(Command::Draw { seed: None, beacon: None, root }).unwrap();
    let draw = verified(&world, 300);
    assert_eq!((draw.seed, draw.beacon.unwrap().value), (None, None));
}

#[test]
fn a_beacon_that_no_draw_file_can_say_is_a_fault_of_the_terms() {
    for name in ["", "drand quicknet", "drand\nround", &"n".repeat(65)] {
        let mut announced = terms();
        let beacon = Beacon { name: name.to_owned(), round: 1 };
        announced.draw.as_mut().unwrap().beacon = Some(beacon);
        let faults: Vec<_> = announced.faults().into_iter().map(|fault| fault.field).collect();
        assert_eq!(faults, ["/draw/beacon/name"], "{name:?}");
        let refused = World::default().ask(Command::Define(Arc::<Terms>::new(announced)));
        assert!(refused.is_err());
    }
}
