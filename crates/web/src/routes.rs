//! Every address of the shop, on one screen.

use axum::{
    Router,
    routing::{get, post},
};
use frontrow_shop::Shop;

use crate::{
    api,
    app::App,
    config::WebConfig,
    fail::Fail,
    files,
    front::Front,
    health,
    limits::WEBHOOK_BYTES_MAX,
    middleware,
    room::{control, door, draw, login, mail, queue},
    shop::{
        cart, checkout, drawings, event, front as start, hold, legal, order, outbox, performance,
        rows, statuses, test_bank, ticket,
    },
    webhooks,
};

/// Everything that a shop answers: what waiting fans poll, and behind it the pages.
pub fn front(shop: Shop, config: WebConfig) -> Front {
    let app = App::new(shop, config);
    Front::new(app.clone(), pages(app))
}

/// The pages of a shop, with everything around them.
pub fn router(shop: Shop, config: WebConfig) -> Router {
    pages(App::new(shop, config))
}

fn pages(app: App) -> Router {
    let pages = Router::new()
        // What is on.
        .route("/", get(start::show))
        .route("/events/{slug}", get(event::show))
        // Choosing places.
        .route("/performances/{id}", get(performance::show))
        .route("/performances/{id}/rows", get(rows::sections))
        .route("/performances/{id}/rows/{section}", get(rows::rows))
        .route("/performances/{id}/types", get(rows::types))
        .route("/performances/{id}/hold", post(hold::create))
        .route("/performances/{id}/status", get(statuses::show))
        .route("/geometry/{file}", get(drawings::show))
        // Waiting for one's turn.
        .route("/performances/{id}/room", get(queue::show))
        .route("/performances/{id}/room/join", post(door::join))
        .route("/performances/{id}/room/register", post(door::register))
        .route("/performances/{id}/room/enter", post(queue::enter))
        .route("/performances/{id}/room/extend", post(queue::extend))
        .route("/performances/{id}/room/leave", post(queue::leave))
        .route("/performances/{id}/room/mail", post(mail::create))
        .route("/performances/{id}/room/proof", get(draw::proof))
        .route("/fair-queue", get(draw::rules))
        .route("/rooms/{id}/message", get(queue::message))
        .route("/rooms/{id}/root", get(draw::root))
        .route("/rooms/{id}/draw", get(draw::show))
        .route("/rooms/{id}/draw.txt", get(draw::file))
        // Organisers look after waiting rooms.
        .route("/office/login", get(login::show).post(login::create))
        .route("/office/logout", post(login::delete))
        .route("/office/rooms/{id}", get(control::show))
        .route("/office/rooms/{id}/live", get(control::live))
        .route("/office/rooms/{id}/pause", post(control::pause))
        .route("/office/rooms/{id}/resume", post(control::resume))
        .route("/office/rooms/{id}/say", post(control::say))
        .route("/office/rooms/{id}/steer", post(control::steer))
        .route("/office/rooms/{id}/call-back-codes", post(control::call_back_codes))
        .route("/office/rooms/{id}/end", post(control::end))
        // Buying them.
        .route("/cart", get(cart::show))
        .route("/cart/remove", post(cart::remove))
        .route("/cart/extend", post(cart::extend))
        .route("/cart/release", post(cart::release))
        .route("/cart/reacquire", post(cart::reacquire))
        .route("/checkout/{performance}", get(checkout::show).post(checkout::create))
        .route("/orders/{token}", get(order::show))
        .route("/orders/{token}/pay", post(order::pay))
        .route("/orders/{token}/tickets/{number}", get(ticket::show))
        .route("/orders/{token}/tickets-a4.pdf", get(order::pdf_a4))
        .route("/orders/{token}/tickets-phone.pdf", get(order::pdf_phone))
        // Who sells.
        .route("/imprint", get(legal::imprint))
        .route("/terms", get(legal::terms))
        .route("/privacy", get(legal::privacy))
        // Demonstration: found only where there is a test bank, or an outbox that may be seen.
        .route("/pay/test/{reference}", get(test_bank::show).post(test_bank::choose))
        .route("/dev/outbox", get(outbox::list))
        .route("/dev/outbox/{file}", get(outbox::show))
        .route("/dev/outbox/{file}/html", get(outbox::html))
        .route("/dev/outbox/{file}/files/{index}", get(outbox::file))
        // What browsers load.
        .route("/assets/{hash}/{*path}", get(files::asset))
        .route("/favicon.ico", get(files::favicon))
        .route("/robots.txt", get(files::robots))
        .fallback(async || Fail::NOT_FOUND);
    // Whoever asks whether the shop lives is answered even when it is full.
    let health =
        Router::new().route("/healthz", get(health::live)).route("/readyz", get(health::ready));
    let machines = Router::new()
        .route(
            "/webhooks/{provider}",
            post(webhooks::receive).layer(middleware::size::at_most(WEBHOOK_BYTES_MAX)),
        )
        .nest("/api/v1", api::router().with_state(app.shop.clone()));
    middleware::around(pages, machines, &app).merge(health).with_state(app)
}
