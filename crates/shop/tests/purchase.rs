//! Buying, from the seat to the ticket, on SQLite and on PostgreSQL: with every habit of the test bank, with a crash
//! at every step, and the traps in which other shops fell.
//!
//! PostgreSQL is found by `TEST_DATABASE_URL`, which `cargo xtask test` sets; each test has a schema of its own there,
//! and files of its own on SQLite.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "purchase/bank.rs"]
mod bank;
#[path = "purchase/cancel.rs"]
mod cancel;
#[path = "purchase/cart.rs"]
mod cart;
#[path = "purchase/catalogue.rs"]
mod catalogue;
#[path = "purchase/crash.rs"]
mod crash;
#[path = "purchase/door.rs"]
mod door;
#[path = "purchase/house.rs"]
mod house;
#[path = "purchase/room.rs"]
mod room;
#[path = "purchase/traps.rs"]
mod traps;
#[path = "purchase/world.rs"]
mod world;

macro_rules! on_each_engine {
    ($($noun:ident::$promise:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                crate::$noun::$promise(crate::world::World::sqlite().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let world = crate::world::World::postgres(stringify!($promise)).await;
                crate::$noun::$promise(world).await;
            })+
        }
    };
}

on_each_engine! {
    bank::a_payment_that_succeeds_becomes_tickets_and_a_mail,
    bank::a_payment_that_fails_can_be_tried_again,
    bank::a_payment_given_up_can_be_tried_again,
    bank::a_late_payment_becomes_tickets,
    bank::money_after_the_hold_has_lapsed_takes_the_same_places_if_they_are_free,
    bank::money_after_the_places_are_gone_goes_back,
    bank::a_payment_announced_twice_counts_once,
    bank::a_silent_payment_is_found_by_asking,
    bank::a_bank_that_never_answers_ends_the_order,
    bank::what_costs_nothing_needs_no_bank,
    bank::without_a_provider_only_what_costs_nothing_is_sold,
    bank::money_that_does_not_fit_goes_back,
    bank::a_refund_that_fails_is_tried_again_and_one_that_cannot_be_is_not,
    bank::a_webhook_that_overtakes_the_answer_waits,
    cancel::a_cancelled_place_returns_once_with_its_money,
    cancel::a_cancelled_order_gives_everything_back,
    cart::who_comes_back_finds_their_own_cart,
    cart::a_cart_goes_on_after_its_hold_was_sold_or_lapsed,
    cart::nothing_is_held_for_a_cart_that_cannot_be_listed,
    cart::places_of_a_lapsed_hold_can_be_taken_again,
    cart::a_cart_is_nobody_elses,
    cart::impossible_wishes_are_refused,
    cart::the_status_tells_what_changed,
    catalogue::importing_twice_changes_nothing,
    catalogue::a_changed_file_changes_what_can_be_changed,
    catalogue::an_announcement_is_read_once_for_all_who_want_it,
    catalogue::what_cannot_be_changed_is_named_and_nothing_is,
    catalogue::every_sample_opens,
    catalogue::an_organiser_changes_one_sale,
    crash::a_crash_at_any_step_of_a_hold_leaves_it_in_its_cart,
    crash::a_crash_at_any_step_of_the_checkout_loses_nothing,
    crash::a_crash_at_any_step_of_the_settlement_ends_as_ticket_or_refund,
    crash::a_crash_at_any_step_of_a_refund_refunds_once,
    house::what_nobody_needs_any_more_is_thrown_away,
    house::a_barcode_tells_the_gate_what_to_look_at,
    house::a_mail_that_is_sent_again_has_the_same_name,
    room::a_fan_joins_is_drawn_comes_in_and_buys,
    room::a_pass_ends_and_is_extended_once,
    room::an_organiser_steers_and_it_is_noted,
    room::who_takes_part_is_published_before_the_beacon_counts,
    room::a_log_that_says_what_cannot_be_is_noticed,
    door::one_code_is_one_place_wherever_it_is_shown,
    door::codes_come_first_and_then_anybody,
    door::a_code_is_mailed_to_who_registers,
    door::codes_that_were_called_back_let_nobody_in,
    door::work_is_asked_of_everybody,
    door::a_room_stands_before_another_shop,
    room::a_room_opens_by_itself_when_one_of_two_replicas_suffers,
    traps::trap_3_coming_back_from_checkout_does_not_meet_oneself,
    traps::trap_6_the_word_of_the_bank_first_late_twice_never_while_the_buyer_gives_up,
    traps::trap_6_a_double_click_at_the_bank_is_one_choice,
    traps::trap_6_a_double_click_is_one_payment,
    traps::trap_6_two_payments_of_one_order_are_charged_once,
    traps::trap_7_killed_between_payment_and_ticket,
    traps::trap_11_the_price_shown_is_the_price_charged,
    traps::trap_20_aliases_tabs_and_parallel_orders_are_one_buyer,
}
