//! Malformed and hostile requests: a clear typed problem each, and nothing is lost.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Api;

const CLUB: &str = "noc-v-kotelne";

/// One shop for the whole table: what one bad request does to it, the next would see.
#[tokio::test]
async fn every_bad_hold_gets_its_own_problem() {
    let api = Api::start().await;
    let performance = api.performance(CLUB).await;
    let holds = format!("/performances/{performance}/holds");
    let floor = |types: Value| json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": types } }] });
    let seat = |seat: Value| json!({ "wants": [{ "seats": [{ "seat": seat, "ticket_type": "advance" }] }] });
    let table = [
        (json!({ "wants": [] }), 422, "nothing-asked"),
        (floor(json!([])), 422, "nothing-asked"),
        (floor(json!(vec!["advance"; 51])), 422, "invalid"),
        (floor(json!(vec!["advance"; 9])), 409, "over-order-limit"),
        (floor(json!(["advanced"])), 422, "invalid"),
        (floor(json!("advance")), 422, "invalid"),
        (
            json!({ "wants": [{ "area": { "area": "Roof", "ticket_types": ["advance"] } }] }),
            422,
            "invalid",
        ),
        (json!({ "wants": [{ "nonsense": 1 }] }), 422, "invalid"),
        (json!({ "wanst": [] }), 422, "invalid"),
        (seat(json!(-1)), 422, "invalid"),
        (seat(json!(0.5)), 422, "invalid"),
        (seat(json!(2_147_483_648_u32)), 422, "seat-unknown"),
        (seat(json!(4_294_967_296_u64)), 422, "invalid"),
        (seat(json!(140)), 422, "seat-unknown"),
        (
            json!({ "wants": [{ "seats": [{ "seat": 1, "ticket_type": "advance" },
            { "seat": 1, "ticket_type": "advance" }] }] }),
            422,
            "seat-duplicate",
        ),
    ];
    for (body, status, code) in table {
        eprintln!("{body}");
        api.post(&holds, body).await.expect_problem(status, code);
    }
    let shown = api.get(&format!("/performances/{performance}")).await.expect(200);
    assert_eq!(shown["areas"][0]["left"], 260, "nothing was taken");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let api = Api::start().await;
    let performance = api.performance(CLUB).await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    for path in [
        "/nothing".to_owned(),
        "/events/nothing".to_owned(),
        "/performances/nonsense".to_owned(),
        format!("/performances/{nobody}"),
        format!("/performances/{performance}/holds/nonsense"),
        format!("/performances/{performance}/holds/{:032x}", 7),
        "/orders/nonsense".to_owned(),
        format!("/orders/{}", "A".repeat(43)),
    ] {
        eprintln!("{path}");
        api.get(&path).await.expect_problem(404, "not-found");
    }
    let method = api.send(api.request(Method::PATCH, "/events")).await;
    method.expect_problem(405, "method-not-allowed");
}

#[tokio::test]
async fn bad_bodies_and_keys_are_refused_before_anything_happens() {
    let api = Api::start().await;
    let performance = api.performance(CLUB).await;
    let holds = format!("/performances/{performance}/holds");
    let post = || api.request(Method::POST, &holds);
    let key = "a-key-that-is-long-enough";
    let json = "application/json";

    let without = api.send(post().json(&json!({ "wants": [] }))).await;
    without.expect_problem(400, "idempotency-key-missing");
    let short =
        api.send(post().header("idempotency-key", "short").json(&json!({ "wants": [] }))).await;
    short.expect_problem(400, "idempotency-key-missing");
    let post = || api.request(Method::POST, &holds).header("idempotency-key", key);
    let broken = api.send(post().header("content-type", json).body("{\"wants\": [")).await;
    broken.expect_problem(400, "not-json");
    let plain = api.send(post().body("hello")).await;
    plain.expect_problem(415, "media-type");
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = api.send(post().header("content-type", json).body(deep)).await;
    assert!(deep.status.is_client_error(), "{:?}", deep.status);
    // Refused by its announced length; a client that is still writing could miss the answer.
    let status = api.announce(&holds, key, 400_000).await;
    assert!(status.starts_with("HTTP/1.1 413 "), "{status}");
    api.get(&format!("/performances/{performance}")).await.expect(200);
}

#[tokio::test]
async fn a_hold_is_no_use_in_another_sale_or_to_who_does_not_know_it() {
    let api = Api::start().await;
    let club = api.performance(CLUB).await;
    let theatre = api.performance("vodnik-z-prehrady").await;
    let wants =
        json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": ["advance"] } }] });
    let hold = api.post(&format!("/performances/{club}/holds"), wants).await.expect(201);
    let id = hold["id"].as_str().unwrap();
    api.get(&format!("/performances/{theatre}/holds/{id}")).await.expect_problem(404, "not-found");
    let order = json!({ "performance": theatre, "hold": id, "name": "A", "email": "a@example.org",
        "terms": true });
    api.post("/orders", order).await.expect_problem(404, "hold-unknown");
}

#[tokio::test]
async fn every_fault_of_a_checkout_is_named_at_once() {
    let api = Api::start().await;
    let club = api.performance(CLUB).await;
    let wants =
        json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": ["advance"] } }] });
    let hold = api.post(&format!("/performances/{club}/holds"), wants).await.expect(201);
    let order = json!({ "performance": club, "hold": hold["id"], "name": "", "email": "nonsense",
        "terms": false });
    let problem = api.post("/orders", order).await.expect_problem(422, "invalid");
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap())
        .collect();
    for pointer in ["/name", "/email", "/terms"] {
        assert!(pointers.contains(&pointer), "{pointer} is missing in {pointers:?}");
    }
}
