//! What the tables promise, on SQLite and on PostgreSQL: one suite, run twice.
//!
//! PostgreSQL is found by `TEST_DATABASE_URL`, which `cargo xtask test` sets; each test has a schema of its own there,
//! and a file of its own on SQLite.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "contract/accounts.rs"]
mod accounts;
#[path = "contract/catalogue.rs"]
mod catalogue;
#[path = "contract/cost.rs"]
mod cost;
#[path = "contract/engine.rs"]
mod engine;
#[path = "contract/fleet.rs"]
mod fleet;
#[path = "contract/jobs.rs"]
mod jobs;
#[path = "contract/money.rs"]
mod money;
#[path = "contract/orders.rs"]
mod orders;
#[path = "contract/projection.rs"]
mod projection;
#[path = "contract/replay.rs"]
mod replay;
#[path = "contract/rooms.rs"]
mod rooms;
#[path = "contract/search.rs"]
mod search;
#[path = "contract/together.rs"]
mod together;
#[path = "contract/world.rs"]
mod world;

macro_rules! on_each_engine {
    ($($noun:ident::$promise:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                crate::$noun::$promise(crate::world::World::sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                crate::$noun::$promise(crate::world::World::postgres(stringify!($promise)).await).await;
            })+
        }
    };
}

on_each_engine! {
    accounts::a_call_is_carried_out_once_and_answered_the_same,
    accounts::a_call_whose_worker_died_is_taken_over,
    accounts::a_cart_is_found_again_and_has_one_hold_per_sale,
    accounts::a_key_is_found_by_its_prefix_until_it_is_revoked,
    accounts::old_calls_and_carts_are_purged_in_portions,
    catalogue::an_import_can_be_run_again,
    catalogue::a_page_shows_everything_around_a_performance,
    catalogue::a_slug_is_taken_once,
    catalogue::a_venue_is_changed_by_its_organisation_alone,
    catalogue::lists_go_on_where_the_last_page_ended,
    cost::an_order_reads_nothing_of_those_before_it,
    engine::a_call_that_is_given_up_leaves_nothing_locked,
    engine::a_closed_store_is_unavailable,
    engine::a_replica_that_hangs_in_a_transaction_lets_go_of_its_rows,
    engine::callers_who_hang_up_take_nobody_s_rows_along,
    engine::a_row_must_refer_to_one_that_exists,
    engine::many_writers_of_two_processes_all_succeed,
    engine::a_database_of_the_first_version_is_brought_up_to_date,
    engine::migrations_run_again_and_at_once,
    engine::one_statement_is_kept_whoever_fails_or_hangs_up,
    engine::tables_of_a_newer_version_are_left_alone,
    jobs::a_claim_is_renewed_by_who_has_it,
    fleet::a_turn_is_one_replica_s_until_it_gives_it_up,
    fleet::replicas_that_are_silent_are_told_apart_and_forgotten,
    fleet::replicas_that_start_at_once_agree,
    jobs::a_claimed_job_is_nobody_elses,
    jobs::a_job_that_kills_its_workers_is_buried,
    jobs::a_job_that_keeps_failing_is_left_for_a_person,
    jobs::a_job_whose_worker_died_is_done_by_another,
    jobs::a_key_is_enqueued_once_ever,
    jobs::done_jobs_are_purged_and_others_stay,
    money::a_message_of_a_provider_is_news_once,
    money::a_paid_payment_is_kept_by_who_claimed_it,
    money::a_payment_changes_only_from_the_states_named,
    money::a_payment_that_is_written_by_two_at_once_is_one,
    money::a_payment_is_checked_by_one_worker_at_a_time,
    money::a_refund_is_written_once_and_one_that_failed_gave_nothing,
    money::a_provider_reference_names_one_payment,
    money::refunds_never_exceed_the_payment,
    money::the_test_bank_keeps_its_books,
    orders::a_taken_code_is_passed_over,
    orders::an_order_is_written_once_for_each_key,
    orders::contact_data_can_be_erased,
    orders::lists_do_not_shift_when_orders_arrive,
    orders::only_a_pending_order_fails,
    projection::a_cancelled_order_gives_back_its_tickets,
    projection::a_confirmed_order_gets_tickets_and_a_mail,
    projection::a_performance_shows_what_the_log_says_of_its_sale,
    projection::a_sold_order_settles_what_paid_for_it,
    projection::a_sold_order_without_a_row_is_recovered,
    projection::entries_must_follow_and_have_a_performance,
    projection::many_projectors_write_every_entry_once,
    replay::an_auditor_reads_every_order_with_its_money,
    replay::projecting_again_writes_the_same_rows,
    rooms::a_room_is_looked_after_until_it_ends,
    rooms::how_a_room_stood_is_noted_once_and_forgotten,
    rooms::the_waiting_list_is_called_in_the_order_of_the_queue,
    rooms::the_rules_of_a_room_change_once_and_with_a_note,
    rooms::what_was_done_to_a_room_is_read_newest_first,
    rooms::whoever_wished_for_a_mail_gets_one,
    search::facets_count_events,
    search::pages_do_not_shift_when_events_arrive,
    search::what_is_on_is_found_by_city_genre_and_date,
    search::words_are_found_without_diacritics,
    together::a_deadlock_of_many_is_nobodys,
    together::everybody_gets_the_answer_to_their_own_question,
    together::what_all_do_at_once_one_has_done,
    together::what_is_refused_to_one_is_done_for_the_others,
}
