//! A throw-away PostgreSQL on a free port of this machine.

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::command::{command, read, run};

/// Waiting for the server: this often, this long apart.
const START_TRIES: u32 = 150;
const START_PAUSE: Duration = Duration::from_millis(100);

/// A running server; dropping it ends it and deletes its data.
pub struct Postgres {
    server: Child,
    port: u16,
    _data: tempfile::TempDir,
}

impl Postgres {
    /// Creates a cluster and starts it. `durable` keeps fsync on, as a benchmark must; tests are
    /// faster without.
    pub fn start(durable: bool) -> Result<Self> {
        let bin = newest_bin()?;
        let data = tempfile::Builder::new().prefix("frontrow-postgres").tempdir()?;
        let root = read(command("id").arg("-u"))?.trim() == "0";
        if root {
            run(command("chown").arg("postgres").arg(data.path()))?;
        }
        let cluster = data.path().join("cluster");
        let as_user = |program: &str| {
            let path = bin.join(program);
            // PostgreSQL refuses to run as root.
            if root {
                let mut command = command("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(path);
                command.current_dir("/");
                command
            } else {
                Command::new(path)
            }
        };
        read(
            as_user("initdb")
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"])
                .arg("-D")
                .arg(&cluster),
        )?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = as_user("postgres");
        server.arg("-D").arg(&cluster).args(settings(port, durable)).arg("-k").arg(data.path());
        server.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let server = server.spawn().context("cannot start postgres")?;
        let mut postgres = Self { server, port, _data: data };
        postgres.wait()?;
        Ok(postgres)
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self) -> Result<()> {
        for _ in 0..START_TRIES {
            if let Some(status) = self.server.try_wait()? {
                bail!("postgres ended at once ({status})");
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            pause();
        }
        bail!("postgres did not start")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown; it removes its shared memory, which SIGKILL would not.
        let asked = command("kill").args(["-INT", &self.server.id().to_string()]).status();
        if asked.is_err() {
            self.server.kill().ok();
        }
        self.server.wait().ok();
    }
}

/// `cargo xtask postgres`.
pub fn run_until_interrupted() -> Result<()> {
    let mut postgres = Postgres::start(true)?;
    println!("{}", postgres.url());
    eprintln!("running until Ctrl-C");
    postgres.server.wait()?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "nothing else runs in this process")]
fn pause() {
    std::thread::sleep(START_PAUSE);
}

fn settings(port: u16, durable: bool) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=256MB".to_owned(),
    ];
    if !durable {
        settings.push("fsync=off".to_owned());
        settings.push("full_page_writes=off".to_owned());
    }
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

fn newest_bin() -> Result<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().context("PostgreSQL is missing")?;
    let mut bins: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, bin)| bin.join("postgres").exists())
        .collect();
    bins.sort();
    Ok(bins.pop().context("PostgreSQL's server is missing")?.1)
}
