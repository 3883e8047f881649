//! A draw that waits for a beacon: who takes part is published before the beacon's value counts.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Api;

#[tokio::test]
async fn who_takes_part_is_published_and_then_the_beacon_counts() {
    let api = Api::start().await;
    let performance = api.performance("noc-v-kotelne").await;
    let key = api.organiser_key("Kotelna");
    let room = format!("/performances/{performance}/room");
    let organise = async |method, path: String, body: Value| {
        let request = api.request(method, &path).bearer_auth(&key).json(&body);
        api.send(request.header("idempotency-key", api.key())).await
    };
    let spec =
        json!({ "starts_in_seconds": 5, "beacon": { "name": "the-lottery", "round": 1_204 } });
    organise(Method::PUT, room.clone(), spec).await.expect(204);
    for _ in 0..3 {
        api.post(&format!("{room}/places"), json!({})).await.expect(201);
    }
    let actions = format!("{room}/actions");
    let beacon = json!({ "action": "beacon", "value": "00ff" });

    let published = async |what: &str| {
        let address = format!("{}/rooms/{performance}/{what}", api.base);
        let answer = reqwest::get(address).await.unwrap();
        let found = answer.status() == 200;
        found.then_some(answer.json::<Value>().await.unwrap_or_default())
    };
    let mut tree = None;
    for _ in 0..400 {
        tree = published("root").await;
        if tree.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let tree = tree.expect("it is published moments after the start");
    assert_eq!((&tree["places"], &tree["beacon"]["round"]), (&json!(3), &json!(1_204)));
    assert!(published("draw").await.is_none(), "the beacon is awaited");
    organise(Method::POST, actions, beacon).await.expect(204);
    let draw = published("draw").await.unwrap();
    assert_eq!((&draw["root"], &draw["places"]), (&tree["root"], &tree["places"]));
    assert_eq!(
        (&draw["beacon"]["value"], &draw["commitment"]),
        (&json!("00ff"), &tree["commitment"])
    );
}
