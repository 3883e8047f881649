//! A room that was saved and loaded is the same room.

use frontrow_ledger::{
    FanKey, Place,
    room::{Phase, Room, Turn},
};

use crate::fixtures::{World, fan};

fn saved(room: &Room) -> Vec<u8> {
    postcard::to_stdvec(room).unwrap()
}

#[test]
fn a_loaded_room_is_the_saved_one_and_goes_on_like_it() {
    let mut world = World::drawn(9_000);
    assert_eq!(world.phase(), Phase::Queue);
    world.call(40);
    for position in 0..20 {
        world.enter(world.place_at(position)).unwrap();
    }
    assert_eq!(
        world.turn(world.place_at(8_000)),
        Turn::Waiting { ahead: 8_000 - world.line().cursor() }
    );
    let loaded: Room = postcard::from_bytes(&saved(&world.room)).unwrap();
    assert_eq!(loaded, world.room);
    let mut other = world.clone();
    other.room = loaded;
    for world in [&mut world, &mut other] {
        assert_eq!(world.line().place_of(fan(8_999)), Some(Place(8_999)));
        assert_eq!(world.line().place_of(FanKey(1)), None);
        assert_eq!(world.join(9_000), Ok(Place(9_000)));
        world.call(100);
        world.pass(20 * 60_000);
    }
    assert_eq!(other.room, world.room);
    assert_eq!(saved(&other.room), saved(&world.room));
}

#[test]
fn a_snapshot_takes_seventeen_bytes_a_fan_at_most() {
    let mut world = World::drawn(100_000);
    world.call(100);
    assert!(saved(&world.room).len() < 1_700_000, "{}", saved(&world.room).len());
}
