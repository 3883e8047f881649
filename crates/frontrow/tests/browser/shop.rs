//! The real binary, started as a newcomer would: no configuration, an empty data directory.

use std::{
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
    pub tries: AtomicU32,
}

impl Shop {
    pub async fn start() -> Self {
        let port = frontrow_rehearsal::local::free_port().unwrap();
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
        let hold = "[hold]\nminutes = 1\njitter_seconds = 0\nextensions = 0\n\
                    extension_minutes = 1\npayment_minutes = 1\nceiling_minutes = 2\n";
        self.sells_the_club_as("in-a-hurry", |sale| sale + hold);
    }

    /// Sells the club's night once more, as `two-places`: there is room for two to dance, and for nobody to sit.
    pub fn sells_two_places(&self) {
        let table = |row| format!("{{ zone = \"Tables\", row = \"{row}\" }}");
        let tables: Vec<String> = (1..=16).map(table).collect();
        let block = format!(
            "[[blocks]]\nkey = \"all\"\nkind = \"house\"\n\
             rows = [{{ zone = \"Bar\", row = \"B\" }}, {}]\n",
            tables.join(", ")
        );
        self.sells_the_club_as("two-places", |sale| {
            sale.replace("capacity = 260", "capacity = 2") + block.as_str()
        });
    }

    /// Sells the club's night once more, under another name and with some changes.
    fn sells_the_club_as(&self, slug: &str, change: impl Fn(String) -> String) {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
        let sale = std::fs::read_to_string(samples.join("club.toml")).unwrap();
        let file = self.data.path().join(format!("{slug}.toml"));
        std::fs::write(&file, change(sale.replace("noc-v-kotelne", slug))).unwrap();
        std::fs::copy(samples.join("club.json"), self.data.path().join("club.json")).unwrap();
        self.command(&["import", file.to_str().unwrap()]);
    }

    /// A key of the club's organiser.
    pub fn api_key(&self) -> String {
        let create = ["api-key", "create", "--organisation", "Kotelna", "--name", "the promoter"];
        self.command(&create).trim().to_owned()
    }

    /// What somebody at the machine asks for.
    fn command(&self, arguments: &[&str]) -> String {
        let done = Command::new(env!("CARGO_BIN_EXE_frontrow"))
            .args(arguments)
            .arg("--data")
            .arg(self.data.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
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
