//! The shop as a process that can be killed and started again.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Where the shop is, for those who buy there.
#[derive(Clone)]
pub struct Shop {
    pub base: String,
    stopped: Arc<AtomicBool>,
}

impl Shop {
    pub fn stop_buying(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub fn is_selling(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }
}

pub struct Process {
    pub shop: Shop,
    listen: String,
    data: tempfile::TempDir,
    child: Child,
}

impl Process {
    pub async fn start() -> Self {
        let port = frontrow_rehearsal::local::free_port().unwrap();
        let listen = format!("127.0.0.1:{port}");
        let data = tempfile::tempdir().unwrap();
        let child = spawn(data.path(), &listen);
        let shop = Shop { base: format!("http://{listen}"), stopped: Arc::default() };
        let process = Self { shop, listen, data, child };
        process.ready().await;
        process
    }

    /// What a power cut does to a process: SIGKILL, no last words.
    pub async fn kill_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = spawn(self.data.path(), &self.listen);
        self.ready().await;
    }

    /// SIGTERM: finishes what is in flight and says so with its exit status.
    pub fn stop_in_order(&mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// The audit of the files that are left.
    pub fn verify(&self) {
        let output = Command::new(env!("CARGO_BIN_EXE_frontrow"))
            .args(["verify", "--data"])
            .arg(self.data.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("everything is as the logs say"), "{text}");
    }

    async fn ready(&self) {
        let url = format!("{}/readyz", self.shop.base);
        for _ in 0..600 {
            let answer = reqwest::get(&url).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the shop did not become ready");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn spawn(data: &Path, listen: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_frontrow"))
        .args(["serve", "--listen", listen, "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
