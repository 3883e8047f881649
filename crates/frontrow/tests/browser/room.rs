//! The waiting room as fans and the organiser see it in a browser.

mod control;
mod ends;
mod hands;
mod status;
mod waits;

use std::{sync::atomic::Ordering, time::Duration};

use frontrow_ledger::room::Status;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::{fan::Fan, shop::Shop};

/// The waiting room before a performance, with its organiser and other fans, who come by the API.
pub struct Room<'a> {
    shop: &'a Shop,
    /// Whose key it is: of the organisation that sells.
    pub key: String,
    /// The performance.
    pub id: String,
}

/// A fan who comes by the API.
pub struct Guest {
    receipt: String,
    pass: String,
}

const DEVICE: &str = "the only device of this guest";
/// How often something is tried that needs a turn to come.
const TRIES: u32 = 1_200;

impl<'a> Room<'a> {
    /// Puts a room before the first performance of an event.
    pub async fn before(shop: &'a Shop, event: &str, terms: Value) -> Self {
        let room = Self { shop, key: shop.api_key(), id: shop.performance(event).await };
        let set = room.asks(Method::PUT, "/room", &terms, None).await;
        assert_eq!(set.0, StatusCode::NO_CONTENT, "{}", set.1);
        room
    }

    /// One that serves people as they come, one at a time.
    pub async fn for_one(shop: &'a Shop, event: &str) -> Self {
        let terms = json!({
            "starts_in_minutes": 0, "opens_before_minutes": 0, "draw": false, "target": 1, "cap": 1,
        });
        Self::before(shop, event, terms).await
    }

    /// Its page.
    pub fn page(&self) -> String {
        format!("/performances/{}/room", self.id)
    }

    /// Where it is steered.
    pub fn control(&self) -> String {
        format!("/office/rooms/{}", self.id)
    }

    /// Somebody takes a place.
    pub async fn joins(&self) -> Guest {
        let (status, joined) = self.asks(Method::POST, "/room/places", &json!({}), None).await;
        assert_eq!(status, StatusCode::CREATED, "{joined}");
        Guest { receipt: joined["receipt"].as_str().unwrap().to_owned(), pass: String::new() }
    }

    /// They come in as soon as they may.
    pub async fn lets_in(&self, guest: &mut Guest) {
        let wanted = json!({ "receipt": guest.receipt });
        for _ in 0..TRIES {
            let (status, entered) = self.asks(Method::POST, "/room/enter", &wanted, None).await;
            if status == StatusCode::OK {
                entered["pass"].as_str().unwrap().clone_into(&mut guest.pass);
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the guest never comes in");
    }

    /// They leave, and somebody else may come.
    pub async fn lets_out(&self, guest: Guest) {
        let (status, body) =
            self.asks(Method::POST, "/room/leave", &json!({}), Some(&guest.pass)).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    }

    /// The organiser does something by the API.
    pub async fn does(&self, action: Value) {
        let (status, body) = self.asks(Method::POST, "/room/actions", &action, None).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    }

    /// The organiser takes the only order back.
    pub async fn takes_back_the_order(&self) {
        let orders = format!("{}/api/v1/orders", self.shop.url);
        let orders = Client::new().get(orders).bearer_auth(&self.key).send().await.unwrap();
        let orders: Value = orders.json().await.unwrap();
        let cancel = format!("/orders/{}/cancel", orders["items"][0]["id"].as_str().unwrap());
        let (status, body) = self.asks(Method::POST, &cancel, &json!({}), None).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }

    /// Who is on the waiting list, and whether they were written to.
    pub async fn waiting_list(&self) -> Vec<(String, bool)> {
        let (_, list) = self.asks(Method::GET, "/room/waiting-list", &Value::Null, None).await;
        let listed = list["items"].as_array().unwrap().iter();
        listed
            .map(|one| (one["email"].as_str().unwrap().to_owned(), one["mailed"].is_string()))
            .collect()
    }

    /// What was done to it, oldest first: who and what.
    pub async fn trail(&self) -> Vec<(String, String)> {
        let (_, listed) = self.asks(Method::GET, "/room/actions", &Value::Null, None).await;
        let text = |action: &Value, key: &str| action[key].as_str().unwrap().to_owned();
        let actions = listed["items"].as_array().unwrap().iter().rev();
        actions.map(|action| (text(action, "who"), text(action, "action"))).collect()
    }

    /// What everybody polls.
    pub async fn status(&self) -> Status {
        let answer = reqwest::get(format!("{}/rooms/{}/status", self.shop.url, self.id)).await;
        let bytes = answer.unwrap().bytes().await.unwrap();
        Status::decode(&bytes[64..]).unwrap()
    }

    /// Asks the API about the performance, as the organiser and as anybody.
    async fn asks(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        pass: Option<&str>,
    ) -> (StatusCode, Value) {
        let url = format!("{}/api/v1/performances/{}{path}", self.shop.url, self.id);
        let number = self.shop.tries.fetch_add(1, Ordering::Relaxed);
        let mut request = Client::new()
            .request(method.clone(), url)
            .bearer_auth(&self.key)
            .header("idempotency-key", format!("a-guest-of-the-room-{number:08}"))
            .header("frontrow-device", DEVICE);
        if let Some(pass) = pass {
            request = request.header("frontrow-pass", pass);
        }
        if method != Method::GET {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }
}

/// The section of a state, while it is shown.
fn shown(state: &str) -> String {
    format!("[data-state='{state}']:not([hidden])")
}

impl Fan {
    /// Comes to a room and takes a place.
    async fn joins(&self, room: &Room<'_>) {
        self.open(&room.page()).await;
        self.click("form[action$='/join'] button").await;
        self.find(".receipt b").await;
    }

    /// Looks for a mail until it is there.
    async fn finds_mail(&self, subject: &str) {
        for _ in 0..TRIES {
            self.open("/dev/outbox").await;
            if self.find("main").await.text().await.unwrap().contains(subject) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("no mail says {subject}");
    }

    /// What a browser told of itself by script.
    async fn tells(&self, script: &str) -> Value {
        let told = self.chrome.page.execute(script, Vec::new()).await.unwrap();
        told.json().clone()
    }
}
