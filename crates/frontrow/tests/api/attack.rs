//! The room under attack: forged, stolen and replayed proofs, and floods. Whoever is honest is served meanwhile.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Api, sample};

/// Two sales with rooms, in which turns come at once.
struct Rooms {
    api: Api,
    here: Sale,
    elsewhere: Sale,
}

struct Sale {
    performance: String,
    organiser: String,
    /// What somebody buys there.
    wants: Value,
}

/// Somebody at one address with one device.
struct Fan<'a> {
    api: &'a Api,
    network: &'static str,
    device: &'static str,
    pass: String,
}

const JANA: (&str, &str) = ("203.0.113.7", "a secret of Jana's device");
const PETR: (&str, &str) = ("203.0.113.8", "a secret of Petr's device");
const FARM: (&str, &str) = ("198.51.100.66", "a secret of a script");

impl Rooms {
    async fn start(spec: Value) -> Self {
        let api = Api::start().await;
        let here = Sale {
            performance: api.performance("noc-v-kotelne").await,
            organiser: api.organiser_key("Kotelna"),
            wants: json!({ "wants": [
                { "area": { "area": "Dance floor", "ticket_types": ["advance"] } },
            ]}),
        };
        let theatre: toml::Table = sample("theatre.toml").parse().unwrap();
        let elsewhere = Sale {
            performance: api.performance(theatre["event"]["slug"].as_str().unwrap()).await,
            organiser: api.organiser_key(theatre["organisation"].as_str().unwrap()),
            wants: Value::Null,
        };
        let rooms = Self { api, here, elsewhere };
        for sale in [&rooms.here, &rooms.elsewhere] {
            rooms.organise(sale, Method::PUT, "room", spec.clone()).await.expect(204);
            while reqwest::get(rooms.board(sale)).await.unwrap().status() != 200 {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }
        rooms
    }

    async fn organise(&self, sale: &Sale, method: Method, what: &str, body: Value) -> Answer {
        let request = self.api.request(method, &sale.at(what)).bearer_auth(&sale.organiser);
        self.api.send(request.header("idempotency-key", self.api.key()).json(&body)).await
    }

    /// What everybody polls.
    fn board(&self, sale: &Sale) -> String {
        format!("{}/rooms/{}/status", self.api.base, sale.performance)
    }

    fn fan(&self, (network, device): (&'static str, &'static str)) -> Fan<'_> {
        Fan { api: &self.api, network, device, pass: String::new() }
    }

    async fn joined(&self) -> u64 {
        let room = self.api.get(&self.here.at("room")).await.expect(200);
        room["joined"].as_u64().unwrap()
    }
}

impl Sale {
    fn at(&self, what: &str) -> String {
        format!("/performances/{}/{what}", self.performance)
    }
}

impl Fan<'_> {
    async fn ask(&self, method: Method, path: &str, key: &str, body: Value) -> Answer {
        let request = self.api.request(method, path).header("x-forwarded-for", self.network);
        let request = request.header("frontrow-device", self.device).header("idempotency-key", key);
        let request = request.header("frontrow-pass", &self.pass);
        self.api.send(request.json(&body)).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, &self.api.key(), body).await
    }

    async fn join(&self, sale: &Sale, key: &str) -> Answer {
        self.ask(Method::POST, &sale.at("room/places"), key, json!({})).await
    }

    async fn enter(&self, sale: &Sale, receipt: &str) -> Answer {
        self.post(&sale.at("room/enter"), json!({ "receipt": receipt })).await
    }

    /// Joins and comes in as soon as it is their turn; answers the receipt.
    async fn come_in(&mut self, sale: &Sale) -> String {
        let joined = self.join(sale, &self.api.key()).await.expect(201);
        let receipt = joined["receipt"].as_str().unwrap().to_owned();
        self.come_in_with(sale, &receipt).await;
        receipt
    }

    async fn come_in_with(&mut self, sale: &Sale, receipt: &str) {
        for _ in 0..400 {
            let entered = self.enter(sale, receipt).await;
            if entered.status.is_success() {
                entered.body["pass"].as_str().unwrap().clone_into(&mut self.pass);
                return;
            }
            entered.expect_problem(403, "not-your-turn");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the turn never came");
    }

    async fn hold(&self, sale: &Sale) -> Answer {
        self.post(&sale.at("holds"), sale.wants.clone()).await
    }

    async fn pay(&self, sale: &Sale, hold: &Value) -> Answer {
        let order = json!({ "performance": sale.performance, "hold": hold["id"], "name": "Jana",
            "email": "jana@example.org", "terms": true });
        self.post("/orders", order).await
    }
}

/// Everything that differs from something sealed in one byte, or in its length, or is nothing of the kind.
fn forgeries(sealed: &str) -> Vec<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).unwrap();
    let changed = (0..bytes.len()).map(|at| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    });
    let shorter = bytes[..bytes.len() - 1].to_vec();
    let longer = [&bytes[..], &[0]].concat();
    let unsealed = [&bytes[..bytes.len() - 16], &[0; 16]].concat();
    let mut all: Vec<_> = changed.chain([shorter, longer, unsealed, Vec::new()]).collect();
    all.dedup();
    let mut all: Vec<_> = all.iter().map(|it| BASE64_URL_SAFE_NO_PAD.encode(it)).collect();
    all.extend([format!("{sealed}="), "not-base64!".to_owned(), "A".repeat(5_000)]);
    all
}

#[tokio::test]
async fn nobody_comes_in_with_a_receipt_that_is_not_theirs() {
    let rooms = Rooms::start(open()).await;
    let mut jana = rooms.fan(JANA);
    let receipt = jana.come_in(&rooms.here).await;
    let petr = rooms.fan(PETR);
    for forged in forgeries(&receipt) {
        petr.enter(&rooms.here, &forged).await.expect_problem(404, "place-unknown");
        let looked = rooms.here.at(&format!("room?receipt={forged}"));
        rooms.api.get(&looked).await.expect_problem(404, "place-unknown");
    }
    let elsewhere = petr.join(&rooms.elsewhere, &rooms.api.key()).await.expect(201);
    let elsewhere = elsewhere["receipt"].as_str().unwrap();
    petr.enter(&rooms.here, elsewhere).await.expect_problem(404, "place-unknown");
    petr.enter(&rooms.here, &jana.pass).await.expect_problem(404, "place-unknown");
    // Stolen, it is of no use on another device.
    petr.enter(&rooms.here, &receipt).await.expect_problem(403, "other-device");
    jana.enter(&rooms.here, &receipt).await.expect(200);
}

#[tokio::test]
async fn a_replayed_key_is_the_same_place_and_the_first_device_has_it() {
    let rooms = Rooms::start(open()).await;
    let key = rooms.api.key();
    let mut jana = rooms.fan(JANA);
    let joined = jana.join(&rooms.here, &key).await.expect(201);
    let petr = rooms.fan(PETR);
    let mut replays =
        stream::iter(0..50).map(|_| petr.join(&rooms.here, &key)).buffer_unordered(10);
    while let Some(replayed) = replays.next().await {
        assert_eq!(replayed.expect(201), joined, "no place of their own");
    }
    assert_eq!(rooms.joined().await, 1);
    let receipt = joined["receipt"].as_str().unwrap();
    jana.come_in_with(&rooms.here, receipt).await;
    petr.enter(&rooms.here, receipt).await.expect_problem(403, "other-device");
}

#[tokio::test]
async fn nobody_holds_or_pays_with_a_pass_that_is_not_theirs() {
    let rooms = Rooms::start(open()).await;
    let here = &rooms.here;
    let (mut jana, mut petr) = (rooms.fan(JANA), rooms.fan(PETR));
    let receipt = jana.come_in(here).await;
    petr.come_in(&rooms.elsewhere).await;
    let hold = jana.hold(here).await.expect(201);

    let mut bad: Vec<_> = forgeries(&jana.pass);
    bad.extend([petr.pass.clone(), receipt]);
    let mut thief = rooms.fan(JANA);
    for pass in bad {
        thief.pass = pass;
        thief.hold(here).await.expect_problem(403, "not-your-turn");
        thief.pay(here, &hold).await.expect_problem(403, "not-your-turn");
    }
    let mut thief = rooms.fan(PETR);
    thief.pass = jana.pass.clone();
    thief.hold(here).await.expect_problem(403, "other-device");
    thief.pay(here, &hold).await.expect_problem(403, "other-device");

    // Nothing of this took anything from whom it was stolen.
    jana.pay(here, &hold).await.expect(201);
    jana.post(&here.at("room/leave"), json!({})).await.expect(204);
    jana.hold(here).await.expect_problem(410, "turn-over");
}

/// However many keys a script has, and whatever ids it thinks up.
#[tokio::test]
async fn a_turn_is_for_one_cart() {
    let rooms = Rooms::start(open()).await;
    let here = &rooms.here;
    let mut jana = rooms.fan(JANA);
    jana.come_in(here).await;
    let first = jana.hold(here).await.expect(201);
    let places = |hold: &Value| hold["positions"].as_array().unwrap().len();
    assert_eq!(places(&first), 1);
    let mut held = 1;
    for _ in 0..30 {
        let more = jana.hold(here).await;
        if !more.status.is_success() {
            more.expect_problem(409, "over-order-limit");
            break;
        }
        let more = more.expect(201);
        held += 1;
        assert_eq!((&more["id"], places(&more)), (&first["id"], held));
    }
    assert!((2..30).contains(&held), "{held} places with one pass");
    let made_up = here.at("holds/0123456789abcdef0123456789abcdef/places");
    jana.post(&made_up, here.wants.clone()).await.expect_problem(404, "not-found");
    jana.pay(here, &first).await.expect(201);
}

#[tokio::test]
async fn a_flood_of_joins_is_told_to_wait_and_others_join_meanwhile() {
    const AT_ONCE: u64 = 20;
    let mut spec = open();
    spec["network_joins_per_minute"] = AT_ONCE.into();
    let rooms = Rooms::start(spec).await;
    let here = &rooms.here;
    // Ten times of what one network may, each without a cookie and with a key of its own.
    let farm = rooms.fan(FARM);
    let keys: Vec<_> = (0..10 * AT_ONCE).map(|_| rooms.api.key()).collect();
    let flood = stream::iter(&keys).map(|key| farm.join(here, key)).buffer_unordered(50);
    let honest = async {
        let fans = ["203.0.113.7", "203.0.113.8", "2001:db8:1::1", "2001:db8:2::1"];
        for network in fans {
            let fan = Fan { network, ..rooms.fan(JANA) };
            fan.join(here, &rooms.api.key()).await.expect(201);
            assert_eq!(reqwest::get(rooms.board(here)).await.unwrap().status(), 200);
            rooms.api.get(&format!("/performances/{}", here.performance)).await.expect(200);
        }
        fans.len() as u64
    };
    let (answers, honest) = tokio::join!(flood.collect::<Vec<_>>(), honest);
    let mut came = 0;
    for answer in answers {
        if answer.status.is_success() {
            came += 1;
            continue;
        }
        let after = answer.retry_after.clone();
        let problem = answer.expect_problem(429, "too-many-joins");
        let after: u32 = after.unwrap().parse().unwrap();
        assert!((1..=60).contains(&after), "{after}");
        assert!(problem["detail"].as_str().unwrap().contains("Come back in"), "{problem}");
    }
    // The flood takes less than the minute that brings as many again.
    assert!((AT_ONCE..2 * AT_ONCE).contains(&came), "{came} of one network");
    assert_eq!(rooms.joined().await, came + honest);

    // The address written in another way is the same address.
    let encoded = here.performance.replace('0', "%30");
    let disguised = format!("/performances/{encoded}/room/places");
    farm.post(&disguised, json!({})).await.expect_problem(429, "too-many-joins");
    // What a stranger writes about where they come from changes nothing.
    let hidden = Fan { network: "1.2.3.4, nobody, 198.51.100.66:4711", ..rooms.fan(FARM) };
    hidden.join(here, &rooms.api.key()).await.expect_problem(429, "too-many-joins");
    // A page without the cookie of a visit has no form to send.
    let page = reqwest::Client::new()
        .post(format!("{}/performances/{}/room/join", rooms.api.base, here.performance))
        .header("x-forwarded-for", PETR.0)
        .form(&[("csrf", "0"), ("once", "0")])
        .send();
    assert!(page.await.unwrap().status().is_client_error());
    assert_eq!(rooms.joined().await, came + honest);
}

#[tokio::test]
async fn a_flood_of_polls_and_of_holds_keeps_nobody_waiting() {
    let rooms = Rooms::start(open()).await;
    let here = &rooms.here;
    let farm = rooms.fan(FARM);
    let http = reqwest::Client::new();
    let status = rooms.board(here);
    let polls = stream::iter(0..2_000).map(|_| async {
        let told = http.get(&status).header("x-forwarded-for", FARM.0).send().await.unwrap();
        (told.status().as_u16(), told.bytes().await.unwrap().len())
    });
    let holds = stream::iter(0..300).map(|_| farm.hold(here)).buffer_unordered(20);
    let mut jana = rooms.fan(JANA);
    let honest = async {
        jana.come_in(here).await;
        let hold = jana.hold(here).await.expect(201);
        jana.pay(here, &hold).await.expect(201);
    };
    let polls = polls.buffer_unordered(50).collect::<Vec<_>>();
    let (told, refused, ()) = tokio::join!(polls, holds.collect::<Vec<_>>(), honest);
    assert!(told.iter().all(|(status, bytes)| *status == 200 && *bytes <= 250), "{told:?}");
    for answer in refused {
        answer.expect_problem(403, "not-your-turn");
    }
}

fn open() -> Value {
    json!({ "starts_in_seconds": 0, "draw": false, "rate_per_minute": 60_000, "target": 50, "cap": 60 })
}
