//! HAProxy with the configuration that we ship.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::replica::{Replica, free_port};

pub struct Balancer {
    pub base: String,
    child: Child,
}

impl Balancer {
    /// In front of these replicas, which need not be there yet.
    pub fn start(ports: &[u16]) -> Self {
        let port = free_port();
        let child = command(port, ports).arg("-db").stdout(Stdio::null()).spawn().unwrap();
        Self { base: format!("http://127.0.0.1:{port}"), child }
    }

    /// Returns when requests get through.
    pub async fn ready(&self, replicas: &[Replica]) {
        for replica in replicas {
            replica.ready().await;
        }
        for _ in 0..200 {
            if reqwest::get(&self.base).await.is_ok_and(|answer| answer.status().is_success()) {
                // Its checks have found the others too, which became ready before.
                tokio::time::sleep(Duration::from_secs(1)).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nothing gets through the balancer");
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(port: u16, replicas: &[u16]) -> Command {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/haproxy/haproxy.cfg");
    let mut command = Command::new("haproxy");
    command.arg("-f").arg(file).env("FRONTROW_BIND", format!("127.0.0.1:{port}"));
    for (number, port) in (1..).zip(replicas) {
        command.env(format!("FRONTROW_REPLICA_{number}"), format!("127.0.0.1:{port}"));
    }
    command
}

#[test]
fn the_configuration_is_valid_for_any_number_of_replicas() {
    for (count, more) in [(1, "FRONTROW_STATS"), (3, "FRONTROW_NO_AFFINITY"), (9, "FRONTROW_STATS")]
    {
        let ports: Vec<u16> = (1..=count).collect();
        let output = command(8_080, &ports)
            .arg("-c")
            .env(more, "127.0.0.1:8404")
            .output()
            .expect("haproxy is missing; `cargo xtask test` installs it");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{count}: {said}");
        assert!(!said.contains("WARNING"), "{count}: {said}");
    }
}
