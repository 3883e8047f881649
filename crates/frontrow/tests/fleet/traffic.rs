//! Fans who hold and give back without a pause, and count whatever is not as it must be.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// Fans at the same time.
const FANS: usize = 6;

/// Holds that a fan does not give back: fewer for all fans than there are places.
const KEPT_MAX: usize = 10;

/// Requests that go on until they are told to stop.
pub struct Traffic {
    shared: Arc<Shared>,
    fans: Vec<JoinHandle<Seen>>,
}

struct Shared {
    base: String,
    performance: String,
    stopped: AtomicBool,
    answered: AtomicU64,
    /// Of each fan.
    visits: [AtomicU64; FANS],
    keep_alive: bool,
}

/// What fans have seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub answered: u64,
    /// Requests that did not end as they must.
    pub failures: Vec<String>,
    /// Holds that were acknowledged and not given back.
    pub kept: Vec<String>,
}

impl Traffic {
    /// Over connections that are kept, as browsers do.
    pub async fn start(base: &str) -> Self {
        Self::with(base, true).await
    }

    /// Over a new connection for every request.
    pub async fn knocking(base: &str) -> Self {
        Self::with(base, false).await
    }

    async fn with(base: &str, keep_alive: bool) -> Self {
        let shared = Arc::new(Shared {
            base: base.to_owned(),
            performance: performance(base).await,
            stopped: AtomicBool::new(false),
            answered: AtomicU64::new(0),
            visits: Default::default(),
            keep_alive,
        });
        let fans = (0..FANS).map(|number| {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { Fan::new(shared, number).go_on().await })
        });
        Self { fans: fans.collect(), shared }
    }

    /// Requests that were answered as they must be.
    pub fn answered(&self) -> u64 {
        self.shared.answered.load(Ordering::Relaxed)
    }

    /// Returns when so many more requests were answered.
    pub async fn pass(&self, requests: u64) {
        let target = self.shared.answered.load(Ordering::Relaxed) + requests;
        for _ in 0..1_200 {
            if self.shared.answered.load(Ordering::Relaxed) >= target {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the shop does not answer any more");
    }

    /// Returns when every single fan has been there so many more times: nobody is stuck.
    pub async fn everybody_passes(&self, visits: u64) {
        let seen = || self.shared.visits.each_ref().map(|fan| fan.load(Ordering::Relaxed));
        let before = seen();
        // Half of what the balancer gives a request that hangs where others are answered.
        for _ in 0..220 {
            if seen().iter().zip(before).all(|(now, before)| *now >= before + visits) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("somebody is stuck: {before:?}, {:?}", seen());
    }

    /// Ends it. Everything that was acknowledged is still there, at any replica; nothing failed.
    pub async fn end_without_a_failure(self) -> u64 {
        let seen = self.end().await;
        assert!(
            seen.failures.is_empty(),
            "{} of {} requests failed: {:#?}",
            seen.failures.len(),
            seen.answered,
            &seen.failures[..seen.failures.len().min(10)]
        );
        seen.answered
    }

    /// Ends it; asserts that no acknowledged hold is lost.
    pub async fn end(self) -> Seen {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let mut seen = Seen::default();
        for fan in self.fans {
            let one = fan.await.unwrap();
            seen.failures.extend(one.failures);
            seen.kept.extend(one.kept);
        }
        seen.answered = self.shared.answered.load(Ordering::Relaxed);
        for hold in &seen.kept {
            let url = format!("{}{hold}", self.shared.base);
            let answer = reqwest::get(&url).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{hold} is lost");
            let hold: Value = answer.json().await.unwrap();
            assert_eq!(hold["state"], "live", "{hold}");
        }
        seen
    }
}

struct Fan {
    shared: Arc<Shared>,
    http: Client,
    number: usize,
    seen: Seen,
}

impl Fan {
    fn new(shared: Arc<Shared>, number: usize) -> Self {
        Self { http: client(shared.keep_alive), shared, number, seen: Seen::default() }
    }

    async fn go_on(mut self) -> Seen {
        for round in 0.. {
            if self.shared.stopped.load(Ordering::Relaxed) {
                break;
            }
            self.visit(round).await;
            self.shared.visits[self.number].fetch_add(1, Ordering::Relaxed);
        }
        self.seen
    }

    /// Looks at the map, holds a place, sees them held, gives them back (not always), looks again.
    async fn visit(&mut self, round: usize) {
        let api = format!("{}/api/v1", self.shared.base);
        let performance = self.shared.performance.clone();
        let number = self.number;
        let key = |step: &str| format!("fan-{number}-{round}-{step}-0123456789");
        let status = format!("{}/performances/{performance}/status", self.shared.base);
        self.ask(self.http.get(status), StatusCode::OK).await;
        let holds = format!("/performances/{performance}/holds");
        let wants = json!({ "area": { "area": "Dance floor", "ticket_types": ["advance"] } });
        let hold = self.http.post(format!("{api}{holds}")).header("idempotency-key", key("hold"));
        let hold = hold.json(&json!({ "wants": [wants] }));
        let Some(hold) = self.ask(hold, StatusCode::CREATED).await else { return };
        let id = hold["id"].as_str().unwrap_or_default();
        let hold = format!("{api}{holds}/{id}");
        // Whichever replica is asked now: it knows.
        let shown = self.ask(self.http.get(&hold), StatusCode::OK).await;
        if shown.as_ref().is_some_and(|shown| shown["state"] != "live") {
            self.seen.failures.push(format!("a hold is not live: {shown:?}"));
        }
        if round.is_multiple_of(10) && self.seen.kept.len() < KEPT_MAX {
            self.seen.kept.push(format!("/api/v1{holds}/{id}"));
        } else {
            let release = self.http.delete(&hold).header("idempotency-key", key("release"));
            self.ask(release, StatusCode::NO_CONTENT).await;
        }
        self.ask(self.http.get(format!("{}/", self.shared.base)), StatusCode::OK).await;
    }

    async fn ask(&mut self, request: RequestBuilder, expected: StatusCode) -> Option<Value> {
        let failure = match request.send().await {
            Ok(answer) if answer.status() == expected => {
                self.shared.answered.fetch_add(1, Ordering::Relaxed);
                match answer.bytes().await {
                    Ok(body) => return Some(serde_json::from_slice(&body).unwrap_or(Value::Null)),
                    Err(error) => format!("an answer was cut off: {error:?}"),
                }
            }
            Ok(answer) => {
                let (status, url) = (answer.status(), answer.url().path().to_owned());
                format!("{status} {url}: {}", answer.text().await.unwrap_or_default())
            }
            Err(error) => format!("{error:?}"),
        };
        self.seen.failures.push(failure);
        None
    }
}

fn client(keep_alive: bool) -> Client {
    Client::builder()
        .pool_max_idle_per_host(if keep_alive { FANS } else { 0 })
        .timeout(Duration::from_mins(1))
        .build()
        .unwrap()
}

/// The sample club night.
pub async fn performance(base: &str) -> String {
    let url = format!("{base}/api/v1/events/noc-v-kotelne");
    let event: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    event["performances"][0]["id"].as_str().unwrap().to_owned()
}
