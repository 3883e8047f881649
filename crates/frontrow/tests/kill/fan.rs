//! A fan who buys and buys, and repeats whatever was not answered.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::process::Shop;

/// How the bank is told to behave, in turn; all of it ends with the money being there.
const OUTCOMES: [&str; 3] = ["succeed", "succeed-twice", "succeed-silently"];

pub struct Fan {
    shop: Arc<Shop>,
    http: reqwest::Client,
    performance: String,
    number: usize,
}

/// An order whose payment was acknowledged.
pub struct Paid {
    token: String,
    places: usize,
}

pub async fn performance(shop: &Shop) -> String {
    let url = format!("{}/api/v1/events/noc-v-kotelne", shop.base);
    let event: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    event["performances"][0]["id"].as_str().unwrap().to_owned()
}

impl Fan {
    pub fn new(shop: Arc<Shop>, performance: String, number: usize) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        Self { shop, http, performance, number }
    }

    pub async fn buy_until_told_to_stop(self) -> Vec<Paid> {
        let mut paid = Vec::new();
        for round in 0.. {
            if !self.shop.is_selling() {
                break;
            }
            match self.buy(round).await {
                Some(order) => paid.push(order),
                None => break,
            }
        }
        paid
    }

    /// One purchase; nothing once the place is sold out.
    async fn buy(&self, round: usize) -> Option<Paid> {
        let key = |step: &str| format!("fan-{}-{round}-{step}-0123456789", self.number);
        let places = 1 + round % 2;
        let types = vec!["advance"; places];
        let best = json!({ "category": "Table", "ticket_types": types, "may_split": true });
        let wants = match self.number % 2 {
            0 => json!({ "best": best }),
            _ => json!({ "area": { "area": "Dance floor", "ticket_types": types } }),
        };
        let holds = format!("/performances/{}/holds", self.performance);
        let (status, hold) = self.post(&holds, &key("hold"), &json!({ "wants": [wants] })).await;
        if status == StatusCode::CONFLICT {
            return None;
        }
        assert_eq!(status, StatusCode::CREATED, "{hold}");
        assert_eq!(hold["positions"].as_array().unwrap().len(), places);
        // What was acknowledged is there, whatever happened to the process meanwhile.
        let id = hold["id"].as_str().unwrap();
        let (status, seen) = self.get(&format!("{holds}/{id}")).await;
        assert_eq!((status, &seen["positions"]), (StatusCode::OK, &hold["positions"]));

        let request = json!({
            "performance": self.performance, "hold": id, "name": "Jana Nováková",
            "email": format!("fan{}-{round}@example.org", self.number), "terms": true,
        });
        let (status, order) = self.post("/orders", &key("order"), &request).await;
        assert_eq!(status, StatusCode::CREATED, "{order}");
        let url =
            order["payment_url"].as_str().unwrap_or_else(|| panic!("nothing to pay: {order}"));
        let page = url.find("/pay/test/").map(|at| &url[at..]).unwrap();
        self.pay(page, OUTCOMES[round % OUTCOMES.len()]).await;
        let token = order["token"].as_str().unwrap().to_owned();
        Some(Paid { token, places })
    }

    /// Chooses on the bank's page; twice if the first answer got lost, which the bank takes as once.
    async fn pay(&self, page: &str, outcome: &str) {
        let url = format!("{}{page}", self.shop.base);
        loop {
            let shown = self.patiently(self.http.get(&url)).await;
            let html = shown.text().await.unwrap_or_default();
            let (Some(csrf), Some(once)) = (hidden(&html, "csrf"), hidden(&html, "once")) else {
                // Decided: the answer to the choice was lost.
                assert!(!html.contains("name=\"outcome\""), "{html}");
                return;
            };
            let fields = [("csrf", csrf.as_str()), ("once", once.as_str()), ("outcome", outcome)];
            let answer = self.http.post(&url).form(&fields).send().await;
            if answer.is_ok_and(|answer| answer.status().is_redirection()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = self.http.get(format!("{}/api/v1{path}", self.shop.base));
        read(self.patiently(request).await).await
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
        let url = format!("{}/api/v1{path}", self.shop.base);
        let request = self.http.request(Method::POST, url).header("idempotency-key", key);
        read(self.patiently(request.json(body)).await).await
    }

    /// Asks the same again until it is answered: the same key, so it happens once.
    async fn patiently(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        for _ in 0..1_000 {
            if let Ok(response) = request.try_clone().unwrap().send().await
                && !response.status().is_server_error()
            {
                return response;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the shop never answered");
    }
}

impl Paid {
    /// Waits until the order has its tickets. What a killed process had for itself comes free after its lease.
    pub async fn ends_with_its_tickets(&self, shop: &Shop) {
        let url = format!("{}/api/v1/orders/{}", shop.base, self.token);
        let mut order = Value::Null;
        for _ in 0..600 {
            order = reqwest::get(&url).await.unwrap().json().await.unwrap();
            let tickets = order["tickets"].as_array().unwrap();
            if order["state"] == "paid" && tickets.len() == self.places {
                assert!(tickets.iter().all(|ticket| ticket["valid"] == true), "{order}");
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("paid, pending for ever: {order}");
    }
}

async fn read(response: reqwest::Response) -> (StatusCode, Value) {
    let status = response.status();
    (status, response.json().await.unwrap_or(Value::Null))
}

/// The value of a hidden field.
fn hidden(html: &str, name: &str) -> Option<String> {
    let at = html.find(&format!("name=\"{name}\""))?;
    let tag = &html[html[..at].rfind('<')?..];
    let tag = &tag[..tag.find('>')?];
    let value = &tag[tag.find("value=\"")? + "value=\"".len()..];
    Some(value[..value.find('"')?].to_owned())
}
