//! An organiser sets up a sale from nothing, steers it, and sees what was sold.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Api, sample};

const ORGANISATION: &str = "Kotelna";

struct Organiser<'a> {
    api: &'a Api,
    key: String,
}

impl Organiser<'_> {
    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.api.request(method, path).bearer_auth(&self.key).json(&body);
        self.api.send(request.header("idempotency-key", self.api.key())).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    /// A hall, an event and a performance in it; answers the performance.
    async fn set_up(&self) -> String {
        let venue = self.post("/venues", venue("The Mill")).await.expect(200);
        let plans = format!("/venues/{}/plans?hall=Main", venue["id"].as_str().unwrap());
        let plan: Value = serde_json::from_str(&sample("club.json")).unwrap();
        let plan = self.post(&plans, plan).await.expect(200);
        assert_eq!(plan["seats"], 140);
        let event = json!({ "slug": "mill-night", "genre": "club", "title": "Mill Night",
            "summary": "One night", "description": "One night at the mill." });
        let event = self.post("/events", event).await.expect(200);
        let performances = format!("/events/{}/performances", event["id"].as_str().unwrap());
        let performance = self.post(&performances, performance(&plan["id"])).await.expect(200);
        assert_eq!(performance["outcome"], "created");
        performance["id"].as_str().unwrap().to_owned()
    }
}

fn venue(name: &str) -> Value {
    json!({ "slug": "mill", "name": name, "city": "Brno", "country": "CZ",
        "zone": "Europe/Prague", "address": "Mlýnská 1" })
}

fn performance(plan: &Value) -> Value {
    json!({
        "plan": plan,
        "performance": { "key": "night", "starts": { "in_days": 30, "at": "21:00" }, "open": false },
        "sale": {
            "currency": "EUR", "per_order": 6,
            "ticket_types": [{ "key": "full", "name": "Full" }],
            "prices": { "Table": { "full": "12.50" }, "Standing": { "full": 10 } },
            "areas": [{ "key": "Dance floor", "category": "Standing", "capacity": 20 }],
        },
    })
}

#[tokio::test]
async fn an_organiser_sets_up_a_sale_and_steers_it() {
    let api = Api::start().await;
    let organiser = Organiser { key: api.organiser_key(ORGANISATION), api: &api };
    let performance = organiser.set_up().await;
    let path = format!("/performances/{performance}");
    let shown = api.get(&path).await.expect(200);
    assert_eq!(shown["selling"], "closed");
    let wants =
        json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": ["full"] } }] });
    let holds = format!("{path}/holds");
    api.post(&holds, wants.clone()).await.expect_problem(409, "sale-closed");

    organiser.post(&format!("{path}/open"), json!({})).await.expect(204);
    let held = api.post(&holds, wants.clone()).await.expect(201);
    assert_eq!(held["total"], json!({ "amount": 1_000, "currency": "EUR" }));

    let prices = json!({ "prices": { "Standing": { "full": 15 } } });
    organiser.call(Method::PUT, &format!("{path}/prices"), prices).await.expect(204);
    let dearer = api.post(&holds, wants.clone()).await.expect(201);
    assert_eq!(dearer["total"]["amount"], 1_500);
    let before = api.get(&format!("{holds}/{}", held["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(before["total"]["amount"], 1_000, "what is held keeps its price");

    let block = json!({ "key": "guests", "kind": "promoter", "reason": "guest list",
        "areas": [{ "key": "Dance floor", "places": 18 }] });
    let block = organiser.post(&format!("{path}/blocks"), block).await.expect(201);
    api.post(&holds, wants.clone()).await.expect_problem(409, "area-full");
    let block = format!("{path}/blocks/{}", block["id"].as_str().unwrap());
    organiser.call(Method::DELETE, &block, json!({})).await.expect(204);
    api.post(&holds, wants.clone()).await.expect(201);

    organiser.post(&format!("{path}/close"), json!({})).await.expect(204);
    api.post(&holds, wants).await.expect_problem(409, "sale-closed");
}

#[tokio::test]
async fn orders_are_for_those_who_sold_them() {
    let api = Api::start().await;
    let key = api.organiser_key(ORGANISATION);
    let club = api.performance("noc-v-kotelne").await;
    let wants =
        json!({ "wants": [{ "area": { "area": "Dance floor", "ticket_types": ["advance"] } }] });
    let hold = api.post(&format!("/performances/{club}/holds"), wants).await.expect(201);
    let order = json!({ "performance": club, "hold": hold["id"], "name": "A", "email": "a@example.org",
        "terms": true });
    let order = api.post("/orders", order).await.expect(201);

    let list = |key: String| api.send(api.request(Method::GET, "/orders").bearer_auth(key));
    let mine = list(key).await.expect(200);
    assert_eq!(mine["items"][0]["code"], order["code"]);
    api.get("/orders").await.expect_problem(401, "api-key");
    list("frk_0123456789ab.0".to_owned()).await.expect_problem(401, "api-key");

    let other = api.organiser_key(&theatre_organisation());
    let theirs = list(other.clone()).await.expect(200);
    assert_eq!(theirs["items"], json!([]));
    let blocks = api.request(Method::GET, &format!("/performances/{club}/blocks"));
    api.send(blocks.bearer_auth(other)).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_venue_is_for_those_who_own_it() {
    let api = Api::start().await;
    let owner = Organiser { key: api.organiser_key(ORGANISATION), api: &api };
    let other = Organiser { key: api.organiser_key(&theatre_organisation()), api: &api };
    let performance = owner.set_up().await;
    let before = api.get(&format!("/performances/{performance}")).await.expect(200);

    let refused = other.post("/venues", venue("The Ruin")).await.expect_problem(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/slug");
    let ids = owner.post("/venues", venue("The Mill")).await.expect(200);
    let plans = format!("/venues/{}/plans?hall=Main", ids["id"].as_str().unwrap());
    let plan: Value = serde_json::from_str(&sample("club.json")).unwrap();
    other.post(&plans, plan.clone()).await.expect_problem(404, "not-found");
    let plan = owner.post(&plans, plan).await.expect(200);

    let event = json!({ "slug": "visit", "genre": "club", "title": "Visit" });
    let event = other.post("/events", event).await.expect(200);
    let performances = format!("/events/{}/performances", event["id"].as_str().unwrap());
    let theirs = self::performance(&plan["id"]);
    other.post(&performances, theirs.clone()).await.expect_problem(404, "not-found");
    owner.post(&performances, theirs).await.expect_problem(404, "not-found");

    // What came with the samples is somebody's as well.
    let mut sample = venue("The Ruin");
    sample["slug"] = "divadlo-na-hrazi".into();
    owner.post("/venues", sample.clone()).await.expect_problem(422, "invalid");
    other.post("/venues", sample).await.expect(200);
    assert_eq!(api.get(&format!("/performances/{performance}")).await.expect(200), before);
}

fn theatre_organisation() -> String {
    let file: toml::Table = sample("theatre.toml").parse().unwrap();
    file["organisation"].as_str().unwrap().to_owned()
}
