//! A client of the API, and the shop it talks to.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

/// A running demo shop with a client; dropping it kills the shop.
pub struct Api {
    pub base: String,
    http: reqwest::Client,
    process: Child,
    data: tempfile::TempDir,
    keys: AtomicU32,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub kind: String,
    /// When to come back, if it says so.
    pub retry_after: Option<String>,
    pub body: Value,
}

impl Api {
    pub async fn start() -> Self {
        let port = frontrow_rehearsal::local::free_port().unwrap();
        let data = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{port}");
        let process = command(data.path()).args(["serve", "--listen", &listen]).spawn().unwrap();
        let base = format!("http://{listen}");
        let http = reqwest::Client::new();
        let api = Self { base, http, process, data, keys: AtomicU32::new(0) };
        for _ in 0..600 {
            if api.http.get(format!("{}/readyz", api.base)).send().await.is_ok() {
                return api;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the shop did not become ready");
    }

    /// A fresh idempotency key.
    pub fn key(&self) -> String {
        format!("test-key-{:016}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, &self.key(), body).await
    }

    pub async fn post_with(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).header("idempotency-key", self.key())).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.base))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let kind = header("content-type").unwrap_or_default();
        let retry_after = header("retry-after");
        let bytes = response.bytes().await.unwrap();
        Answer {
            status,
            kind,
            retry_after,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    /// Announces a body and never sends it; the status line that comes back.
    pub async fn announce(&self, path: &str, key: &str, bytes: usize) -> String {
        let address = self.base.trim_start_matches("http://");
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (reader, mut writer) = stream.into_split();
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nidempotency-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {bytes}\r\n\r\n{{"
        );
        writer.write_all(head.as_bytes()).await.unwrap();
        let mut status = String::new();
        BufReader::new(reader).read_line(&mut status).await.unwrap();
        status
    }

    /// The first performance of a sample event.
    pub async fn performance(&self, event: &str) -> String {
        let found = self.get(&format!("/events/{event}")).await;
        found.body["performances"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A key for the organisation that sells a sample.
    pub fn organiser_key(&self, organisation: &str) -> String {
        let made = command(self.data.path())
            .args(["api-key", "create", "--organisation", organisation, "--name", "test"])
            .stdout(Stdio::piped())
            .output()
            .unwrap();
        assert!(made.status.success());
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }
}

impl Answer {
    /// Fails unless the answer has this status; shows the body then.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// Fails unless this is a problem with this status and code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.kind, "application/problem+json", "{:#}", self.body);
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{:#}",
            self.body
        );
        self.body
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
    command.arg("--data").arg(data).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A file of the samples.
pub fn sample(name: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    std::fs::read_to_string(folder.join(name)).unwrap()
}
