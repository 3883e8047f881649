//! What no log of a room may say is noticed, record by record. That all which is decided passes, each test of the other
//! files shows.

use std::sync::Arc;

use frontrow_ledger::{
    Applied, CommandId, Machine, Place,
    room::{Beacon, Command, DrawTerms, Drawn, Record, Room, Steering, Terms},
};

use crate::fixtures::{MINUTE, OPENS, SEED, STARTS, World, device, fan, terms};

/// The name of what is broken, or an empty one.
fn broken(room: &Room, id: u128, record: Record) -> &'static str {
    let applied = Applied { id: CommandId(id), fingerprint: 0, record };
    room.audit(&applied).err().map_or("", |broken| broken.invariant)
}

fn of(world: &World, record: Record) -> &'static str {
    broken(&world.room, 1 << 100, record)
}

#[test]
fn a_person_has_one_place_and_gets_it_in_an_open_room() {
    let mut world = World::gathered(terms(), 3);
    let join = |world: &World, fan_number, place| {
        let joined = Record::Joined { place: Place(place) };
        broken(&world.room, fan(fan_number).0, joined)
    };
    assert_eq!(join(&world, 3, 3), "");
    assert_eq!(join(&world, 0, 3), "each-person-has-one-place");
    assert_eq!(join(&world, 3, 4), "places-are-taken-in-order");
    assert_eq!(join(&world, 3, 2), "places-are-taken-in-order");
    world.ask(Command::End).unwrap();
    assert_eq!(join(&world, 3, 3), "nobody-joins-a-closed-room");
    assert_eq!(join(&World::new(terms()), 0, 0), "nobody-joins-a-closed-room");
    assert_eq!(of(&World::default(), Record::Paused), "a-room-is-defined-first");
    world.room.check().unwrap();
}

#[test]
fn the_draw_is_the_one_that_was_announced() {
    const NOT: &str = "the-draw-is-as-published";
    let mut world = World::gathered(terms(), 5);
    world.pass_to(STARTS);
    let right =
        Drawn { places: 5, root: world.line().tree().root(), seed: Some(SEED), beacon: None };
    let draw = |world: &World, change: fn(&mut Drawn)| {
        let mut drawn = right.clone();
        change(&mut drawn);
        of(world, Record::Drawn(drawn))
    };
    assert_eq!(draw(&world, |_| {}), "");
    assert_eq!(draw(&world, |drawn| drawn.root[31] ^= 1), NOT);
    assert_eq!(draw(&world, |drawn| drawn.places = 4), NOT);
    assert_eq!(draw(&world, |drawn| drawn.seed = Some([8; 32])), NOT);
    assert_eq!(draw(&world, |drawn| drawn.beacon = Some(vec![1])), NOT);
    assert_eq!(draw(&world, |drawn| drawn.seed = None), NOT);
    let mut later = world.room.clone();
    later.advance(STARTS.plus_ms(10 * MINUTE));
    let without = Drawn { seed: None, ..right.clone() };
    assert_eq!(broken(&later, 7, Record::Drawn(without)), "", "the announced fallback");
    world.draw().unwrap();
    assert_eq!(draw(&world, |_| {}), NOT, "a second one");
    let none = World::gathered(Terms { draw: None, ..terms() }, 5);
    assert_eq!(draw(&none, |_| {}), NOT);
    world.room.check().unwrap();
}

#[test]
fn who_takes_part_is_published_before_the_beacon_counts() {
    const NOT: &str = "who-takes-part-is-published-once";
    let beacon = Some(Beacon { name: "drand-quicknet".to_owned(), round: 5 });
    let draw = terms().draw.map(|draw| DrawTerms { beacon, ..draw });
    let mut world = World::gathered(Terms { draw, ..terms() }, 5);
    world.pass_to(STARTS);
    let root = world.line().tree().root();
    let drawn = Drawn { places: 5, root, seed: Some(SEED), beacon: Some(vec![1]) };
    assert_eq!(of(&world, Record::Drawn(drawn.clone())), "the-draw-is-as-published");
    let publish = |places, root| Record::Published { places, root };
    assert_eq!(of(&world, publish(5, root)), "");
    assert_eq!(of(&world, publish(4, root)), NOT);
    assert_eq!(of(&world, publish(5, [1; 32])), NOT);
    world.ask(Command::Publish { root }).unwrap();
    assert_eq!(of(&world, publish(5, root)), NOT, "twice");
    assert_eq!(of(&world, Record::Drawn(drawn)), "");
}

#[test]
fn only_who_was_called_is_in_the_shop_and_the_cap_holds() {
    let mut world = World::drawn(20);
    let first = world.place_at(0);
    let until = world.now().plus_ms(10 * MINUTE);
    let enter = |place| Record::Entered { place, device: device(9), until };
    assert_eq!(of(&world, enter(first)), "only-who-was-called-comes-in");
    assert_eq!(of(&world, enter(Place(20))), "only-who-was-called-comes-in");
    world.call(2);
    assert_eq!(of(&world, enter(first)), "");
    let past = Record::Entered { place: first, device: device(9), until: world.now() };
    assert_eq!(of(&world, past), "a-pass-lasts");
    world.enter(first).unwrap();
    assert_eq!(of(&world, enter(first)), "a-place-comes-in-once");
    let mut full = world.room.clone();
    let steered = Steering { rate_per_minute: 1, target: 1, cap: 1 };
    full.apply(&Applied { id: CommandId(8), fingerprint: 0, record: Record::Steered(steered) });
    let full = broken(&full, 9, enter(world.place_at(1)));
    assert_eq!(full, "the-shop-is-never-fuller-than-its-cap");

    let stranger = world.place_at(1);
    assert_eq!(of(&world, Record::Left { place: stranger }), "only-who-is-in-the-shop-leaves");
    let extend = |place, until| Record::Extended { place, until };
    assert_eq!(of(&world, extend(stranger, until)), "a-pass-is-extended-once");
    world.ask(Command::Extend { place: first }).unwrap();
    assert_eq!(of(&world, extend(first, until.plus_ms(MINUTE))), "a-pass-is-extended-once");
    world.room.check().unwrap();
}

#[test]
fn nobody_is_called_who_does_not_wait() {
    let mut world = World::drawn(3);
    world.tick().unwrap();
    let (_, tick) = world.line().last_tick().unwrap();
    let mut tick = *tick;
    tick.admit = 4;
    let ticked = Record::Ticked { gauges: None, offer: None, tick };
    assert_eq!(of(&world, ticked), "only-who-waits-is-called");
}

#[test]
fn what_fans_rely_on_stays() {
    let define = |world: &World, change: fn(&mut Terms)| {
        let mut terms = terms();
        change(&mut terms);
        of(world, Record::Defined(Arc::new(terms)))
    };
    let mut world = World::new(terms());
    let other_seed = |terms: &mut Terms| terms.draw.as_mut().unwrap().commitment = [9; 32];
    assert_eq!(define(&world, other_seed), "", "nobody has noted it yet");
    assert_eq!(define(&world, |terms| terms.salt = 1), "what-was-published-stays");
    assert_eq!(define(&world, |terms| terms.sale = 1), "what-was-published-stays");
    world.pass_to(OPENS);
    assert_eq!(define(&world, other_seed), "what-was-published-stays");
    assert_eq!(define(&world, |terms| terms.starts = STARTS.plus_ms(MINUTE)), "");
    world.pass_to(STARTS);
    let later = |terms: &mut Terms| terms.starts = STARTS.plus_ms(MINUTE);
    assert_eq!(define(&world, later), "what-was-published-stays");
    assert_eq!(define(&world, |terms| terms.starts = OPENS.plus_ms(-1)), "terms-are-possible");
}
