//! HAProxy in front of the replicas.

use std::{fs, path::Path};

use tokio::{process::Command, time::Duration};

use super::{
    SetError,
    process::{Process, listens},
    program,
};

/// A running HAProxy.
#[derive(Debug)]
pub(super) struct Balancer {
    process: Process,
}

/// The configuration that we ship, to the letter.
const SETTINGS: &str = include_str!("../../../../deploy/haproxy/haproxy.cfg");
/// Replicas that it has lines for.
const REPLICAS_MAX: usize = 9;

impl Balancer {
    /// On a port, in front of replicas on theirs.
    pub(super) async fn start(
        folder: &Path,
        port: u16,
        replicas: &[u16],
        affinity: bool,
    ) -> Result<Self, SetError> {
        let haproxy = program("haproxy", "haproxy")?;
        let path = folder.join("haproxy.cfg");
        fs::write(&path, SETTINGS).map_err(SetError::io("cannot write haproxy.cfg"))?;
        let mut command = Command::new(haproxy);
        command.arg("-db").arg("-f").arg(&path).env("FRONTROW_BIND", format!("127.0.0.1:{port}"));
        if !affinity {
            command.env("FRONTROW_NO_AFFINITY", "1");
        }
        for (number, replica) in (1..=REPLICAS_MAX).zip(replicas) {
            command.env(format!("FRONTROW_REPLICA_{number}"), format!("127.0.0.1:{replica}"));
        }
        let mut process = Process::start("haproxy", command, folder)?;
        process.wait(|| listens(port)).await?;
        Ok(Self { process })
    }

    pub(super) const fn process(&self) -> &Process {
        &self.process
    }

    pub(super) async fn stop(mut self) {
        self.process.stop("TERM", Duration::from_secs(5)).await.ok();
    }
}
