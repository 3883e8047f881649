//! A child process with a name and a log, which never outlives the set.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    process::{Child, Command},
    time::{Duration, sleep, timeout},
};

use super::SetError;

/// A child process.
#[derive(Debug)]
pub(super) struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

/// How long the tries to reach a process that starts are apart, and how many there are: half a minute.
const TRY_EVERY: Duration = Duration::from_millis(50);
const TRIES_MAX: u32 = 600;

impl Process {
    /// Starts a program; what it says goes to a file of the folder.
    pub(super) fn start(name: &str, mut command: Command, folder: &Path) -> Result<Self, SetError> {
        let log = folder.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log);
        let file = file.map_err(SetError::io(format!("cannot write {}", log.display())))?;
        let errors = file.try_clone().map_err(SetError::io("cannot write a log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            // A terminal's Ctrl-C is for the drill, which then takes the set down in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(SetError::io(format!("cannot start {name}")))?;
        Ok(Self { name: name.to_owned(), log, child })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Nothing once it has ended.
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(super) async fn signal(&self, signal: &str) -> Result<(), SetError> {
        let Some(pid) = self.pid() else { return Ok(()) };
        let mut command = Command::new("kill");
        command.arg(format!("-{signal}")).arg(pid.to_string());
        let status = command.status().await.map_err(SetError::io("cannot send a signal"))?;
        if status.success() {
            return Ok(());
        }
        Err(SetError::Failed {
            name: self.name.clone(),
            why: format!("it cannot be sent {signal}"),
        })
    }

    /// No last words.
    pub(super) async fn kill(&mut self) {
        self.child.kill().await.ok();
    }

    /// Asks it to end, and waits; kills what does not.
    pub(super) async fn stop(&mut self, signal: &str, patience: Duration) -> Result<(), SetError> {
        self.signal(signal).await?;
        if timeout(patience, self.child.wait()).await.is_err() {
            self.kill().await;
            let why = format!("it did not end within {} s", patience.as_secs());
            return Err(SetError::Failed { name: self.name.clone(), why });
        }
        Ok(())
    }

    /// Waits until `ready` says so.
    pub(super) async fn wait<F: Future<Output = bool>>(
        &mut self,
        ready: impl Fn() -> F,
    ) -> Result<(), SetError> {
        for _ in 0..TRIES_MAX {
            if let Ok(Some(status)) = self.child.try_wait() {
                let why = format!("it ended at once ({status}); see {}", self.log.display());
                return Err(SetError::Failed { name: self.name.clone(), why });
            }
            if ready().await {
                return Ok(());
            }
            sleep(TRY_EVERY).await;
        }
        Err(SetError::NotReady { name: self.name.clone(), log: self.log.clone() })
    }
}

/// Runs a program to its end, and answers what it wrote.
pub(super) async fn run(
    name: &str,
    mut command: Command,
    folder: &Path,
) -> Result<String, SetError> {
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(SetError::io(format!("cannot start {name}")))?;
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    std::fs::write(folder.join(format!("{name}.log")), &said).ok();
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&said);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    Err(SetError::Failed {
        name: name.to_owned(),
        why: last.into_iter().rev().collect::<Vec<_>>().join("\n"),
    })
}

/// Whether somebody listens there.
pub(super) async fn listens(port: u16) -> bool {
    tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}
