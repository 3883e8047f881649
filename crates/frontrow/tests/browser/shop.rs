//! The real binary, started as a newcomer would: no configuration, an empty data directory.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// A running demo shop; dropping it kills it.
pub struct Shop {
    pub url: String,
    process: Child,
    data: tempfile::TempDir,
    tries: AtomicU32,
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
        let shop = Self {
            url: format!("http://127.0.0.1:{port}"),
            process,
            data,
            tries: AtomicU32::new(0),
        };
        shop.wait_until_ready().await;
        shop
    }

    /// Sells the club's night once more, as `in-a-hurry`: places are held for a minute, and for one
    /// more to pay.
    pub fn sells_in_a_hurry(&self) {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
        let sale = std::fs::read_to_string(samples.join("club.toml")).unwrap();
        let hold = "[hold]\nminutes = 1\njitter_seconds = 0\nextensions = 0\n\
                    extension_minutes = 1\npayment_minutes = 1\nceiling_minutes = 2\n";
        let sale = sale.replace("noc-v-kotelne", "in-a-hurry") + hold;
        let file = self.data.path().join("hurry.toml");
        std::fs::write(&file, sale).unwrap();
        std::fs::copy(samples.join("club.json"), self.data.path().join("club.json")).unwrap();
        let import = Command::new(env!("CARGO_BIN_EXE_frontrow"))
            .args(["import", file.to_str().unwrap(), "--data"])
            .arg(self.data.path())
            .output()
            .unwrap();
        assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    }

    /// The first performance of a sample event.
    pub async fn performance(&self, event: &str) -> String {
        let found = reqwest::get(format!("{}/api/v1/events/{event}", self.url)).await.unwrap();
        let found: serde_json::Value = found.json().await.unwrap();
        found["performances"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Somebody else takes a seat at the club.
    pub async fn rival_takes(&self, performance: &str, seat: u32) {
        assert_eq!(self.rival_tries(performance, seat).await, 201);
    }

    /// Somebody else asks for a seat at the club; the status of the answer.
    pub async fn rival_tries(&self, performance: &str, seat: u32) -> u16 {
        let wants = serde_json::json!({
            "wants": [{ "seats": [{ "seat": seat, "ticket_type": "advance" }] }]
        });
        let holds = format!("{}/api/v1/performances/{performance}/holds", self.url);
        let request = reqwest::Client::new().post(holds).json(&wants);
        let try_number = self.tries.fetch_add(1, Ordering::Relaxed);
        let answer = request.header("idempotency-key", format!("rival-of-a-seat-{try_number:08}"));
        answer.send().await.unwrap().status().as_u16()
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
