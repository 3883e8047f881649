//! A PostgreSQL server of the set's own, from the packages of this machine, and a standby that follows it.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
};

use tokio::{
    process::Command,
    time::{Duration, sleep},
};

use super::{
    SetError, port,
    process::{Process, listens, run},
};

/// A running server, with a cluster of its own.
#[derive(Debug)]
pub(super) struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    /// Of its process: each generation of servers has its own.
    name: String,
    process: Process,
}

/// Long enough for a shutdown that writes everything down.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// How long the looks whether a standby follows are apart, and how many there are: half a minute.
const FOLLOW_TRY_EVERY: Duration = Duration::from_millis(100);
const FOLLOW_TRIES_MAX: u32 = 300;

/// Where a server on this port is reached.
pub(super) fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

impl Postgres {
    /// Creates a cluster in a folder and starts it, as durable as in life.
    pub(super) async fn start(folder: &Path) -> Result<Self, SetError> {
        let bin = newest_bin()?;
        let user = other_user()?;
        create(folder, user)?;
        let mut initdb = as_user(&bin.join("initdb"), user);
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D"]);
        initdb.arg(folder.join("cluster")).current_dir(folder);
        run("initdb", initdb, folder).await?;
        let port = port()?;
        let name = "postgres".to_owned();
        let process = serve(&bin, folder, port, user, &name).await?;
        Ok(Self { bin, folder: folder.to_owned(), port, user, name, process })
    }

    /// A copy in a folder of its own that follows this one; when this returns, what this one acknowledges is on both.
    pub(super) async fn standby(&self, folder: &Path, name: &str) -> Result<Self, SetError> {
        let (bin, user, name) = (self.bin.clone(), self.user, name.to_owned());
        create(folder, user)?;
        let mut copy = as_user(&bin.join("pg_basebackup"), user);
        copy.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"]);
        copy.args(["-R", "-c", "fast", "-D"]).arg(folder.join("cluster")).current_dir(folder);
        run("pg_basebackup", copy, folder).await?;
        let port = port()?;
        let process = serve(&bin, folder, port, user, &name).await?;
        // Only now: with nobody to wait for, nothing could be committed. The copy knows nothing of it, so that it need
        // not wait for anybody when it takes over.
        self.run("ALTER SYSTEM SET synchronous_standby_names = '*'").await?;
        self.run("SELECT pg_reload_conf()").await?;
        let standby = Self { bin, folder: folder.to_owned(), port, user, name, process };
        for _ in 0..FOLLOW_TRIES_MAX {
            let states = self.run("SELECT sync_state FROM pg_stat_replication").await?;
            if states.contains("sync") && !states.contains("async") {
                return Ok(standby);
            }
            sleep(FOLLOW_TRY_EVERY).await;
        }
        Err(SetError::Failed { name: standby.name, why: "it does not follow".into() })
    }

    /// As the machine under it dies: no last words to anybody, nothing is written down any more.
    pub(super) async fn die(&mut self) -> Result<(), SetError> {
        self.process.stop("QUIT", STOP_WITHIN).await
    }

    /// A standby takes writes from when this returns.
    pub(super) async fn promote(&self) -> Result<(), SetError> {
        let mut promote = as_user(&self.bin.join("pg_ctl"), self.user);
        promote.args(["promote", "-w", "-D"]).arg(self.folder.join("cluster"));
        promote.current_dir(&self.folder);
        run("pg_ctl", promote, &self.folder).await.map(|_| ())
    }

    /// Runs a statement; returns what it says.
    async fn run(&self, sql: &str) -> Result<String, SetError> {
        let mut psql = as_user(&self.bin.join("psql"), self.user);
        psql.args([&self.url(), "-qtAc", sql]).current_dir(&self.folder).kill_on_drop(true);
        let output = psql.output().await.map_err(SetError::io("cannot start psql"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(SetError::Failed { name: "psql".into(), why })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self) -> String {
        url(self.port)
    }

    pub(super) const fn process(&self) -> &Process {
        &self.process
    }

    /// Stops it as an operator does, and starts it again: connections are cut, what was committed is there.
    pub(super) async fn restart(&mut self) -> Result<(), SetError> {
        self.process.stop("INT", STOP_WITHIN).await?;
        self.process = serve(&self.bin, &self.folder, self.port, self.user, &self.name).await?;
        Ok(())
    }

    pub(super) async fn stop(mut self) {
        // The cluster is thrown away; what matters is that its shared memory goes.
        self.process.stop("INT", STOP_WITHIN).await.ok();
    }
}

/// A folder that the server's user may write to.
fn create(folder: &Path, user: Option<(u32, u32)>) -> Result<(), SetError> {
    fs::create_dir_all(folder).map_err(SetError::io("cannot create PostgreSQL's folder"))?;
    let Some((uid, gid)) = user else { return Ok(()) };
    chown(folder, Some(uid), Some(gid)).map_err(SetError::io("cannot give a folder to postgres"))
}

async fn serve(
    bin: &Path,
    folder: &Path,
    port: u16,
    user: Option<(u32, u32)>,
    name: &str,
) -> Result<Process, SetError> {
    let mut command = as_user(&bin.join("postgres"), user);
    command.arg("-D").arg(folder.join("cluster")).arg("-k").arg(folder).current_dir(folder);
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=256MB".to_owned(),
        "max_wal_size=4GB".to_owned(),
        // A standby follows again at once when its primary was away.
        "wal_retrieve_retry_interval=200ms".to_owned(),
    ];
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    let mut process = Process::start(name, command, folder)?;
    // It listens before it lets anybody in.
    process.wait(|| answers(bin, port)).await?;
    Ok(process)
}

async fn answers(bin: &Path, port: u16) -> bool {
    let mut asking = Command::new(bin.join("pg_isready"));
    asking.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
    listens(port).await && asking.status().await.is_ok_and(|status| status.success())
}

fn as_user(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// PostgreSQL refuses to run as root: then it runs as the user of its package.
fn other_user() -> Result<Option<(u32, u32)>, SetError> {
    let own = fs::metadata("/proc/self").map_err(SetError::io("cannot tell who we are"))?;
    if own.uid() != 0 {
        return Ok(None);
    }
    let users =
        fs::read_to_string("/etc/passwd").map_err(SetError::io("cannot read /etc/passwd"))?;
    let mut lines = users.lines().filter_map(|line| line.strip_prefix("postgres:"));
    let user = lines.next().and_then(|line| {
        let mut fields = line.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    user.map(Some).ok_or(SetError::Missing { program: "the user postgres", package: "postgresql" })
}

fn newest_bin() -> Result<PathBuf, SetError> {
    let missing = || SetError::Missing { program: "PostgreSQL", package: "postgresql" };
    let versions = Path::new("/usr/lib/postgresql").read_dir().map_err(|_| missing())?;
    let bins = versions.filter_map(|entry| {
        let path = entry.ok()?.path();
        let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
        path.join("bin/postgres").exists().then(|| (version, path.join("bin")))
    });
    bins.max().map(|(_, bin)| bin).ok_or_else(missing)
}
