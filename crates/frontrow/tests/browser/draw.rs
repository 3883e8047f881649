//! The verifier in JavaScript, as a fan's browser runs it: it agrees with the test vectors and with
//! the ledger, and finds whatever was changed.

use frontrow_ledger::room::draw::{Beacon, Draw, FanDigest, Permutation, Tree, commitment, leaf};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const VECTORS: &str = include_str!("../../../ledger/tests/vectors/draw.json");
const SCRIPT: &str = include_str!("draw.js");
const SALE: [u8; 16] = *b"a sale of a show";
const PLACES: u64 = 70_001;

#[tokio::test]
async fn the_browser_verifies_the_draw_by_itself() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open("/").await;
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let answer = fan.chrome.page.execute_async(SCRIPT, vec![vectors, crowd()]).await.unwrap();
    // What did not agree, each by its name.
    assert_eq!(answer.json(), &json!([]));
    fan.leaves().await;
}

/// A draw of many, as the ledger makes it, for the browser to make again.
fn crowd() -> Value {
    let fan_key = |place: u64| {
        let hash = Sha256::digest(place.to_be_bytes());
        u128::from_be_bytes(*hash.first_chunk().unwrap())
    };
    let leaf_at = |place| leaf(place, &FanDigest::new(&SALE, fan_key(place)));
    let tree = Tree::build((0..PLACES).map(leaf_at));
    let seed = [5; 32];
    let beacon = Beacon { name: "drand".to_owned(), round: u64::MAX, value: Some(vec![7; 96]) };
    let mut draw = Draw {
        sale: SALE,
        places: PLACES,
        root: tree.root(),
        commitment: commitment(&seed),
        seed: Some(seed),
        beacon: Some(beacon),
        key: [0; 32],
    };
    draw.key = draw.derived_key().unwrap();
    let order = Permutation::new(&draw.key, PLACES).unwrap();
    let some: Vec<Value> = [0, 1, 35_000, PLACES - 2, PLACES - 1]
        .into_iter()
        .map(|place| {
            json!({
                "place": place,
                "fanKey": format!("{:032x}", fan_key(place)),
                "proof": hex::encode(tree.proof(place, leaf_at).unwrap().to_bytes()),
                "position": order.position(place),
            })
        })
        .collect();
    json!({ "header": draw.to_text(), "places": PLACES, "some": some })
}
