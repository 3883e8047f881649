//! A replica as a process.

use std::{
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;

/// The build under test.
pub const CURRENT: &str = env!("CARGO_BIN_EXE_frontrow");

pub struct Replica {
    pub base: String,
    pub port: u16,
    child: Child,
    /// Its own: replicas share nothing but the database.
    _data: tempfile::TempDir,
}

impl Replica {
    /// Starts one on a port; it is ready when [`Replica::ready`] returns.
    pub fn start(database: &str, port: u16, settings: &[&str]) -> Self {
        Self::start_build(CURRENT, database, port, settings)
    }

    pub fn start_build(build: &str, database: &str, port: u16, settings: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{port}");
        let mut command = Command::new(build);
        command.args(["serve", "--listen", &listen, "--database-url", database, "--data"]);
        command.arg(data.path()).args(settings);
        Self::run(command, port, data)
    }

    /// Runs a command that becomes a replica.
    pub fn run(mut command: Command, port: u16, data: tempfile::TempDir) -> Self {
        // A test that fails shows what the replicas said.
        command.stdout(Stdio::null()).env("RUST_LOG", "error");
        let child = command.spawn().unwrap();
        Self { base: format!("http://127.0.0.1:{port}"), port, child, _data: data }
    }

    pub async fn ready(&self) {
        let url = format!("{}/readyz", self.base);
        for _ in 0..1_200 {
            let answer = reqwest::get(&url).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the replica did not become ready");
    }

    /// SIGKILL: no last words.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub fn ask_to_end(&self) {
        self.signal("TERM");
    }

    pub fn signal(&self, signal: &str) {
        let arguments = [format!("-{signal}"), self.child.id().to_string()];
        assert!(Command::new("kill").args(arguments).status().unwrap().success());
    }

    /// Returns when the process has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        for _ in 0..1_200 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the replica did not end");
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    frontrow_rehearsal::local::free_port().unwrap()
}

/// What `frontrow status --json` says.
pub fn status(database: &str) -> Value {
    status_of(&["--database-url", database])
}

/// The same of the shop that is found by these settings.
pub fn status_of(shop: &[&str]) -> Value {
    let output = Command::new(CURRENT).args(["status", "--json"]).args(shop).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// The audit: every log replayed, every table held against it.
pub fn verify(database: &str) {
    let data = tempfile::tempdir().unwrap();
    verify_of(&["--database-url", database, "--data", data.path().to_str().unwrap()]);
}

/// The same of the shop that is found by these settings.
pub fn verify_of(shop: &[&str]) {
    let output = Command::new(CURRENT).arg("verify").args(shop).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("everything is as the logs say"), "{text}");
}
