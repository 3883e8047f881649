//! The contract of a log, which every engine keeps: in memory, on SQLite, on PostgreSQL.
//!
//! The half for PostgreSQL needs `TEST_DATABASE_URL`; `cargo xtask test` starts a server and sets
//! it.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "contract/appending.rs"]
mod appending;
#[path = "contract/following.rs"]
mod following;
#[path = "contract/outages.rs"]
mod outages;
#[path = "contract/reading.rs"]
mod reading;
#[path = "contract/snapshots.rs"]
mod snapshots;
#[path = "contract/worlds.rs"]
mod worlds;

/// One test per engine for each of these.
macro_rules! on_every_engine {
    ($($case:ident::$name:ident,)*) => {
        on_every_engine!(memory Memory: $($case::$name,)*);
        on_every_engine!(sqlite Sqlite: $($case::$name,)*);
        on_every_engine!(postgres Postgres: $($case::$name,)*);
    };
    (world Postgres $name:ident) => {
        crate::worlds::Postgres::new(stringify!($name)).await
    };
    (world $world:ident $name:ident) => {
        crate::worlds::$world::new(stringify!($name))
    };
    ($engine:ident $world:ident: $($case:ident::$name:ident,)*) => {
        mod $engine {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let world = on_every_engine!(world $world $name);
                    crate::$case::$name(&world).await;
                    crate::worlds::World::destroy(&world).await;
                }
            )*
        }
    };
}

on_every_engine! {
    appending::entries_are_numbered_from_one,
    appending::a_gap_is_refused_and_nothing_changes,
    appending::a_taken_position_is_refused_and_nothing_changes,
    appending::of_many_at_one_position_exactly_one_wins,
    appending::streams_do_not_disturb_each_other,
    appending::what_was_acknowledged_survives_a_restart,
    appending::big_entries_come_back_whole,
    appending::an_entry_beyond_the_limit_is_refused_and_nothing_changes,
    appending::a_closed_log_says_so,
    following::what_follows_comes_after_it_in_order,
    following::nothing_follows_what_was_refused,
    following::what_follows_can_lose_its_position,
    reading::a_stream_without_entries_is_empty,
    reading::pages_end_at_the_limit_of_entries,
    reading::pages_end_at_the_limit_of_bytes_but_have_an_entry,
    reading::a_position_beyond_everything_reads_nothing,
    reading::a_long_stream_is_read_ahead_in_order_to_its_end,
    reading::streams_come_in_order_and_in_pages,
    snapshots::the_newest_snapshot_is_found,
    snapshots::two_snapshots_are_kept,
    snapshots::an_existing_snapshot_stays_as_it_is,
    snapshots::snapshots_are_deleted_one_by_one,
    snapshots::a_snapshot_alone_is_not_a_stream,
    snapshots::big_snapshots_come_back_whole,
}
