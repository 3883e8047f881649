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
