//! A small drill on a real shop: some hundred fans who pick, collide, pay and change their minds, and the sweep from
//! outside and inside. It shows that the drill passes on a sound shop; that the sweep finds what is not sound is shown
//! beside the sweep (`crates/rehearsal`).
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

const FRONTROW: &str = env!("CARGO_BIN_EXE_frontrow");

struct Shop {
    base: String,
    child: Child,
}

impl Shop {
    async fn start(data: &Path) -> Self {
        let port = frontrow_rehearsal::local::free_port().unwrap();
        let listen = format!("127.0.0.1:{port}");
        let child = Command::new(FRONTROW)
            .args(["serve", "--listen", &listen, "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let shop = Self { base: format!("http://{listen}"), child };
        let ready = format!("{}/readyz", shop.base);
        for _ in 0..1_200 {
            if reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
                return shop;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the shop did not become ready");
    }

    fn rehearse(&self, data: &Path, more: &[&str]) -> Output {
        Command::new(FRONTROW)
            .args(["rehearse", "--shop", &self.base, "--alone", "--inside", "--data"])
            .arg(data)
            .args(more)
            .output()
            .unwrap()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_sells_a_club_out_and_finds_everything_as_it_must_be() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let shop = Shop::start(&data).await;
    let (json, html) = (folder.path().join("drill.json"), folder.path().join("drill.html"));
    let drill = [
        "--event=noc-v-kotelne",
        "--fans=300",
        "--curve=drop",
        "--compress=1000",
        "--time-limit=12",
        &format!("--json={}", json.display()),
        &format!("--html={}", html.display()),
    ];
    let output = shop.rehearse(&data, &drill);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(report["counts"]["arrivals"], 300, "{report}");
    assert!(report["counts"]["orders"].as_u64().unwrap() > 100, "{report}");
    assert!(report["counts"]["refusals"].as_u64().unwrap() > 0, "nobody collided: {report}");
    assert!(report["sold_out_seconds"].is_number(), "{report}");
    let inside =
        report["checks"].as_array().unwrap().iter().filter(|check| check["from"] == "inside");
    assert_eq!(inside.count(), 5, "{report}");
    let html = std::fs::read_to_string(html).unwrap();
    assert!(html.contains("<svg") && !html.contains("src=") && !html.contains("href="), "one file");
}

#[test]
fn a_set_of_its_own_loses_nothing_when_it_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("drill.json");
    let output = Command::new(FRONTROW)
        .args(["rehearse", "--local", "--event=noc-v-kotelne", "--fans=200", "--compress=60"])
        .args(["--fault=kill-replica@2", "--fault=restart-database@5"])
        .args(["--fault=failover-database@8", "--time-limit=15"])
        .arg(format!("--json={}", json.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report = std::fs::read(json).unwrap_or_else(|_| panic!("no report: {said}"));
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["counts"]["arrivals"], 200, "{report}");
    assert_eq!(report["counts"]["errors"], 0, "{report}");
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.iter().filter(|check| check["from"] == "inside").count(), 5, "{report}");
    assert!(checks.iter().all(|check| check["broken"] == 0), "{report}");
    assert!(output.status.success(), "{report}");
    let marks = report["recoveries"].as_array().unwrap();
    assert_eq!(marks.len(), 7, "killed, back; stopped, back; died, taken over, followed: {report}");
    let usage = report["usage"].as_array().unwrap();
    assert_eq!(usage.len(), 8, "three databases, balancer, three replicas, the fans: {report}");
}

#[test]
fn a_waiting_room_is_fair_and_nobody_gets_past_it() {
    let folder = tempfile::tempdir().unwrap();
    let (json, html) = (folder.path().join("drill.json"), folder.path().join("drill.html"));
    let output = Command::new(FRONTROW)
        .args(["rehearse", "--local", "--database=sqlite", "--event=noc-v-kotelne"])
        .args(["--fans=160", "--curve=drop", "--compress=60", "--time-limit=120"])
        .args(["--room=draw", "--target=25", "--no-shows=20"])
        .arg(format!("--json={}", json.display()))
        .arg(format!("--html={}", html.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report = std::fs::read(json).unwrap_or_else(|_| panic!("no report: {said}"));
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert!(output.status.success(), "{report}\n{said}");
    let room = &report["room"];
    assert!(room["drawn"].as_u64().unwrap() > 100, "{room}");
    assert!(room["in_shop_most"].as_u64().unwrap() <= room["cap"].as_u64().unwrap(), "{room}");
    assert!(room["no_shows"].as_u64().unwrap() > 0, "{room}");
    assert!(room["entered"].as_u64().unwrap() > 50, "{room}");
    let fair = room["fairness"]["queue_and_turn"]["value"].as_f64().unwrap();
    assert!(fair > 0.8, "{room}");
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.iter().filter(|check| check["from"] == "inside").count(), 10, "{report}");
    let html = std::fs::read_to_string(html).unwrap();
    assert!(html.contains("The waiting room"), "a section of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_says_what_it_cannot_drill() {
    let nowhere = Command::new(FRONTROW)
        .args(["rehearse", "--shop", "http://127.0.0.1:9", "--fans", "1"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&nowhere.stderr);
    assert!(!nowhere.status.success() && text.contains("does not answer"), "{text}");
    let nonsense = Command::new(FRONTROW).args(["rehearse", "--curve", "rush"]).output().unwrap();
    assert!(String::from_utf8_lossy(&nonsense.stderr).contains("prequeue"));
}
