//! A PostgreSQL server of the set's own, from the packages of this machine.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
};

use tokio::{process::Command, time::Duration};

use super::{
    SetError, free_port,
    process::{Process, listens, run},
};

/// A running server, with a cluster of its own.
#[derive(Debug)]
pub(super) struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    process: Process,
}

/// Long enough for a shutdown that writes everything down.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// Where a server on this port is reached.
pub(super) fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

impl Postgres {
    /// Creates a cluster in a folder and starts it, as durable as in life.
    pub(super) async fn start(folder: &Path) -> Result<Self, SetError> {
        let bin = newest_bin()?;
        let user = other_user()?;
        fs::create_dir_all(folder).map_err(SetError::io("cannot create PostgreSQL's folder"))?;
        if let Some((uid, gid)) = user {
            chown(folder, Some(uid), Some(gid))
                .map_err(SetError::io("cannot give a folder to postgres"))?;
        }
        let mut initdb = as_user(&bin.join("initdb"), user);
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D"]);
        initdb.arg(folder.join("cluster")).current_dir(folder);
        run("initdb", initdb, folder).await?;
        let port = free_port()?;
        let process = serve(&bin, folder, port, user).await?;
        Ok(Self { bin, folder: folder.to_owned(), port, user, process })
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
        self.process = serve(&self.bin, &self.folder, self.port, self.user).await?;
        Ok(())
    }

    pub(super) async fn stop(mut self) {
        // The cluster is thrown away; what matters is that its shared memory goes.
        self.process.stop("INT", STOP_WITHIN).await.ok();
    }
}

async fn serve(
    bin: &Path,
    folder: &Path,
    port: u16,
    user: Option<(u32, u32)>,
) -> Result<Process, SetError> {
    let mut command = as_user(&bin.join("postgres"), user);
    command.arg("-D").arg(folder.join("cluster")).arg("-k").arg(folder).current_dir(folder);
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=256MB".to_owned(),
        "max_wal_size=4GB".to_owned(),
    ];
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    let mut process = Process::start("postgres", command, folder)?;
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
