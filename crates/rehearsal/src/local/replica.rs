//! One replica: the shop's binary on a port of its own.

use std::path::{Path, PathBuf};

use tokio::{process::Command, time::Duration};

use super::{SetError, SetPlan, process::Process};

/// A running replica.
#[derive(Debug)]
pub(super) struct Replica {
    index: usize,
    port: u16,
    database_url: Option<String>,
    binary: PathBuf,
    process: Process,
}

/// Longer than the grace period that a replica has by default.
const STOP_WITHIN: Duration = Duration::from_secs(40);

/// The data directory of a replica.
pub(super) fn data(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("replica-{}", index + 1))
}

/// A binary with everything that all of its commands need.
pub(super) fn command(
    plan: &SetPlan,
    binary: &Path,
    index: usize,
    database_url: Option<String>,
) -> Command {
    let mut command = Command::new(binary);
    command
        .env("FRONTROW_MODE", "demo")
        .env("FRONTROW_DATA", data(&plan.folder, index))
        .env("FRONTROW_SECRET", &plan.secret)
        .env_remove("FRONTROW_CONFIG")
        .env_remove("FRONTROW_LISTEN")
        .env("FRONTROW_PUBLIC_URL", &plan.public_url)
        .env_remove("FRONTROW_DATABASE_URL")
        .env("RUST_LOG", "warn");
    if let Some(url) = database_url {
        command.env("FRONTROW_DATABASE_URL", url);
    }
    command
}

impl Replica {
    /// Starts a binary on a port and waits until it is ready.
    pub(super) async fn start(
        plan: &SetPlan,
        index: usize,
        port: u16,
        database_url: Option<String>,
        binary: PathBuf,
    ) -> Result<Self, SetError> {
        let process = serve(plan, index, database_url.clone(), &binary, port).await?;
        Ok(Self { index, port, database_url, binary, process })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) const fn process(&self) -> &Process {
        &self.process
    }

    /// As a power cut does; then it starts again on its port.
    pub(super) async fn kill_and_restart(&mut self, plan: &SetPlan) -> Result<(), SetError> {
        self.process.kill().await;
        self.restart(plan).await
    }

    /// As an upgrade does: it finishes what is in flight, ends, and another binary takes its port.
    pub(super) async fn replace(
        &mut self,
        plan: &SetPlan,
        binary: PathBuf,
    ) -> Result<(), SetError> {
        self.process.stop("TERM", STOP_WITHIN).await?;
        self.binary = binary;
        self.restart(plan).await
    }

    async fn restart(&mut self, plan: &SetPlan) -> Result<(), SetError> {
        let url = self.database_url.clone();
        self.process = serve(plan, self.index, url, &self.binary, self.port).await?;
        Ok(())
    }

    pub(super) async fn stop(mut self) -> Result<(), SetError> {
        self.process.stop("TERM", STOP_WITHIN).await
    }
}

async fn serve(
    plan: &SetPlan,
    index: usize,
    database_url: Option<String>,
    binary: &Path,
    port: u16,
) -> Result<Process, SetError> {
    let mut command = command(plan, binary, index, database_url);
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
    let mut process = Process::start(&format!("replica {}", index + 1), command, &plan.folder)?;
    process.wait(|| is_ready(port)).await?;
    Ok(process)
}

/// Asks as a balancer does.
async fn is_ready(port: u16) -> bool {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), ask).await;
    answer.is_ok_and(|answer| {
        answer.is_ok_and(|bytes| bytes.starts_with(b"HTTP/1.") && bytes.get(9..12) == Some(b"200"))
    })
}
