//! The real binary, started as a newcomer would: no configuration, an empty data directory.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A running demo shop; dropping it kills it.
pub struct Shop {
    pub url: String,
    process: Child,
    _data: tempfile::TempDir,
}

impl Shop {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = tempfile::tempdir().unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_frontrow"))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(data.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let shop = Self { url: format!("http://127.0.0.1:{port}"), process, _data: data };
        shop.wait_until_ready().await;
        shop
    }

    /// The first performance of a sample event.
    pub async fn performance(&self, event: &str) -> String {
        let found = reqwest::get(format!("{}/api/v1/events/{event}", self.url)).await.unwrap();
        let found: serde_json::Value = found.json().await.unwrap();
        found["performances"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Somebody else takes a seat at the club.
    pub async fn rival_takes(&self, performance: &str, seat: u32) {
        let wants = serde_json::json!({
            "wants": [{ "seats": [{ "seat": seat, "ticket_type": "advance" }] }]
        });
        let holds = format!("{}/api/v1/performances/{performance}/holds", self.url);
        let request = reqwest::Client::new().post(holds).json(&wants);
        let answer = request.header("idempotency-key", format!("rival-of-seat-{seat:08}"));
        assert_eq!(answer.send().await.unwrap().status(), 201);
    }

    async fn wait_until_ready(&self) {
        let ready = format!("{}/readyz", self.url);
        for _ in 0..600 {
            if reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the shop did not become ready");
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
