//! PostgreSQL goes away and comes back while fans hold places: they wait, and nothing else happens to them.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    balancer::Balancer,
    database,
    replica::{Replica, free_port, verify},
    traffic::Traffic,
};

/// How long it is away: as long as a restart or a failover of a small server takes.
const AWAY: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_or_crashes_fails_nobody_and_loses_nothing() {
    let mut server = Server::start();
    let database = database::create(&server.url(), "outage").await;
    let replicas: Vec<Replica> =
        (0..2).map(|_| Replica::start(&database, free_port(), &[])).collect();
    let balancer = Balancer::start(&[replicas[0].port, replicas[1].port]);
    balancer.ready(&replicas).await;
    let traffic = Traffic::start(&balancer.base).await;
    // As an operator restarts it, and as the machine under it dies.
    for signal in ["INT", "QUIT", "INT"] {
        traffic.pass(200).await;
        server.stop(signal);
        tokio::time::sleep(AWAY).await;
        server.run();
        traffic.pass(200).await;
    }
    traffic.end_without_a_failure().await;
    verify(&database);
}

/// A server that can be stopped and started again.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some((uid, gid)) = other_user() {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let mut server = Self { folder, port: free_port(), child: None };
        let mut initdb = server.command("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]);
        assert!(initdb.stdout(Stdio::null()).status().unwrap().success());
        server.run();
        server
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Returns when it lets clients in.
    fn run(&mut self) {
        let mut command = self.command("postgres");
        command.args(["-c", &format!("port={}", self.port), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", "max_connections=200", "-k"]).arg(self.folder.path());
        self.child = Some(command.stderr(Stdio::null()).spawn().unwrap());
        let ready = || {
            let mut ask = self.command("pg_isready");
            ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            ask.env_remove("PGDATA").status().unwrap().success()
        };
        assert!((0..2_000).any(|_| ready()), "PostgreSQL did not start");
    }

    fn stop(&mut self, signal: &str) {
        let mut child = self.child.take().unwrap();
        let id = child.id().to_string();
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap().success()
        );
        child.wait().unwrap();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(bin().join(program));
        command.env("PGDATA", self.folder.path().join("cluster")).current_dir(self.folder.path());
        if let Some((uid, gid)) = other_user() {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.stop("INT");
        }
    }
}

/// PostgreSQL refuses to run as root: then it runs as the user of its package.
fn other_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find_map(|line| line.strip_prefix("postgres:")).unwrap();
    let mut fields = line.split(':').skip(1).map(|field| field.parse().unwrap());
    Some((fields.next()?, fields.next()?))
}

/// The newest version of the package.
fn bin() -> PathBuf {
    let versions = Path::new("/usr/lib/postgresql").read_dir().expect("PostgreSQL is missing");
    let bins = versions.filter_map(|entry| {
        let path = entry.ok()?.path();
        let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
        path.join("bin/postgres").exists().then(|| (version, path.join("bin")))
    });
    bins.max().unwrap().1
}
