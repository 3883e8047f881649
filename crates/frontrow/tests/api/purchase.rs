//! Events, a hold, an order, a payment at the test bank, tickets.

use serde_json::json;

use crate::client::Api;

const CLUB: &str = "noc-v-kotelne";

#[tokio::test]
async fn a_purchase_ends_with_tickets_whose_barcodes_are_signed() {
    let api = Api::start().await;
    let events = api.get("/events?q=kotelne").await.expect(200);
    assert_eq!(events["items"][0]["slug"], CLUB, "search ignores diacritics");

    let performance = api.performance(CLUB).await;
    let shown = api.get(&format!("/performances/{performance}")).await.expect(200);
    assert_eq!(shown["selling"], "now");
    assert_eq!(shown["areas"][0]["left"], 260);

    let wants = json!({ "wants": [
        { "best": { "category": "Table", "ticket_types": ["advance", "advance"] } },
        { "area": { "area": "Dance floor", "ticket_types": ["advance"] } },
    ]});
    let holds = format!("/performances/{performance}/holds");
    let hold = api.post(&holds, wants).await.expect(201);
    assert_eq!(hold["positions"].as_array().unwrap().len(), 3);
    assert_eq!(hold["total"], json!({ "amount": 105_000, "currency": "CZK" }));

    let request = json!({
        "performance": performance, "hold": hold["id"], "name": "Jana Nováková",
        "email": "jana@example.org", "locale": "cs", "terms": true,
    });
    let order = api.post("/orders", request.clone()).await.expect(201);
    assert_eq!(order["state"], "awaiting-payment");
    assert_eq!(order["total"], hold["total"], "the price shown is the price charged");
    let again = api.post("/orders", request).await.expect(201);
    assert_eq!(again["id"], order["id"], "the same request goes on with the same order");

    let token = order["token"].as_str().unwrap();
    assert!(order["payment_url"].as_str().unwrap().contains("/pay/test/"));
    let left = api.get(&format!("/performances/{performance}")).await.expect(200);
    assert_eq!(left["areas"][0]["left"], 259);
    let missing = api.get(&format!("/orders/{token}/tickets.pdf")).await;
    missing.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_retry_with_the_same_key_gets_the_same_hold() {
    let api = Api::start().await;
    let holds = format!("/performances/{}/holds", api.performance(CLUB).await);
    let wants =
        json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": ["advance"] } }] });
    let key = api.key();
    let first = api.post_with(&holds, &key, wants.clone()).await.expect(201);
    let second = api.post_with(&holds, &key, wants).await.expect(201);
    assert_eq!((&first["id"], &first["positions"]), (&second["id"], &second["positions"]));
    let other = json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": ["advance", "advance"] } }] });
    let reused = api.post_with(&holds, &key, other).await;
    reused.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_hold_grows_shrinks_and_is_given_back() {
    let api = Api::start().await;
    let performance = api.performance(CLUB).await;
    let holds = format!("/performances/{performance}/holds");
    let floor = |count: usize| json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": vec!["advance"; count] } }] });
    let hold = api.post(&holds, floor(2)).await.expect(201);
    let hold = format!("{holds}/{}", hold["id"].as_str().unwrap());
    let grown = api.post(&format!("{hold}/places"), floor(1)).await.expect(200);
    assert_eq!(grown["positions"].as_array().unwrap().len(), 3);
    let shrunk = api.delete(&format!("{hold}/places/0")).await.expect(200);
    assert_eq!(shrunk["positions"].as_array().unwrap().len(), 2);
    let extended = api.post(&format!("{hold}/extend"), json!({})).await.expect(200);
    assert!(extended["expires_at"].as_str() > shrunk["expires_at"].as_str());
    api.delete(&hold).await.expect(204);
    let shown = api.get(&format!("/performances/{performance}")).await.expect(200);
    assert_eq!(shown["areas"][0]["left"], 260);
}

#[tokio::test]
async fn who_was_slower_is_told_which_seats_are_gone() {
    let api = Api::start().await;
    let holds = format!("/performances/{}/holds", api.performance(CLUB).await);
    let seats = |ids: &[u32]| {
        let seats: Vec<_> =
            ids.iter().map(|id| json!({ "seat": id, "ticket_type": "advance" })).collect();
        json!({ "wants": [{ "seats": seats }] })
    };
    api.post(&holds, seats(&[3, 4])).await.expect(201);
    let refused = api.post(&holds, seats(&[4, 5, 6])).await.expect_problem(409, "seats-gone");
    assert_eq!(refused["context"]["seats"], json!([4]));
    api.post(&holds, seats(&[5, 6])).await.expect(201);
}
