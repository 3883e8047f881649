//! What a waiting fan costs, in bytes that the room has taken from the allocator.

use frontrow_ledger::{Machine, room::Room};

use crate::fixtures::{OPENS, World, terms};

/// Of one copy of the room; a sequencer keeps two, and 64 bytes are promised for both.
const BYTES_A_FAN: usize = 24;

#[test]
fn a_million_fans_take_less_than_24_bytes_each_at_every_moment() {
    let mut world = World::new(terms());
    for number in 0..1_000_000u32 {
        // Ten minutes: a new second every 1,667 joins.
        world.pass_to(OPENS.plus_ms(i64::from(number) * 6 / 10));
        world.join(number).unwrap();
        let joined = usize::try_from(number).unwrap() + 1;
        if joined >= 500_000 && joined.is_multiple_of(10_000) {
            let bytes = world.line().memory_bytes();
            assert!(bytes < joined * BYTES_A_FAN, "{joined} fans take {bytes} bytes");
        }
    }
}

#[test]
fn a_room_of_a_few_is_small_and_a_clone_shares_what_is_there() {
    let world = World::gathered(terms(), 10);
    assert!(world.line().memory_bytes() < 30_000, "{}", world.line().memory_bytes());
    let copy: Room = world.room.clone();
    assert_eq!(copy, world.room);
    assert_eq!(copy.now(), world.now());
}
