//! A PostgreSQL of a test's own, which can be stopped, started again and followed by a standby.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::replica::free_port;

/// A server that can be stopped and started again.
pub struct Server {
    folder: tempfile::TempDir,
    pub port: u16,
    child: Option<Child>,
}

impl Server {
    pub fn start() -> Self {
        let mut server = Self::new();
        let mut initdb = server.command("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]);
        assert!(initdb.stdout(Stdio::null()).status().unwrap().success());
        server.run();
        server
    }

    /// One that follows this one.
    pub fn standby(&self) -> Self {
        let mut standby = Self::new();
        let mut copy = standby.command("pg_basebackup");
        copy.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-R"]);
        copy.args(["-c", "fast", "-D"]).arg(standby.folder.path().join("cluster"));
        assert!(copy.status().unwrap().success());
        standby.run();
        standby
    }

    /// Returns when a standby has everything that this one has.
    pub fn wait_for_standby(&self) {
        let mut ask = self.command("psql");
        ask.args([&self.url(), "-qtAc"]);
        ask.arg("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'");
        let mut follows = || ask.output().unwrap().stdout.starts_with(b"1");
        assert!((0..2_000).any(|_| follows()), "the standby does not follow");
    }

    /// From now on this one takes writes.
    pub fn promote(&mut self) {
        let mut promote = self.command("pg_ctl");
        assert!(promote.args(["promote", "-w"]).stdout(Stdio::null()).status().unwrap().success());
    }

    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some((uid, gid)) = other_user() {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        Self { folder, port: free_port(), child: None }
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Returns when it lets clients in.
    pub fn run(&mut self) {
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

    pub fn stop(&mut self, signal: &str) {
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
