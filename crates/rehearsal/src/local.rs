//! The whole set on this machine: PostgreSQL, replicas, HAProxy in front, all brought up for one drill and taken down after.
//!
//! On SQLite the set is one process, for that is what a shop on SQLite is.

mod balancer;
mod fault;
mod inject;
mod port;
mod postgres;
mod process;
mod relay;
mod replica;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use fault::{BadFault, Fault, FaultKind};
pub use inject::inject;
pub use port::free_port;

use self::{
    balancer::Balancer, postgres::Postgres, process::Process, relay::Relay, replica::Replica,
};
use crate::usage;

/// Where a set keeps its rows and its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// In one file beside the one process.
    Sqlite,
    /// On a server that is part of the set.
    Postgres,
}

/// What to bring up.
#[derive(Debug, Clone)]
pub struct SetPlan {
    /// The shop's binary.
    pub binary: PathBuf,
    /// What the replicas run before they are upgraded, if that is another one.
    pub previous: Option<PathBuf>,
    /// Where rows and log are.
    pub engine: Engine,
    /// How many replicas.
    pub replicas: usize,
    /// Whether requests about one sale meet one replica.
    pub affinity: bool,
    /// Everything of the set is in it; whoever gives it removes it.
    pub folder: PathBuf,
    /// Of the shop; all replicas have the same.
    pub secret: String,
    /// Where the fans go: found when the set comes up.
    pub public_url: String,
    /// The sale that is drilled, with its plan beside it.
    pub sale: PathBuf,
    /// Which organisation needs an API key, if the drill does what an organiser does.
    pub organiser: Option<String>,
    /// What will be done to it: a database that is slow or fails over needs somebody in between, and the latter a standby.
    pub faults: Vec<Fault>,
}

/// A running set. Dropping it kills whatever still runs.
#[derive(Debug)]
pub struct Set {
    plan: SetPlan,
    postgres: Option<Postgres>,
    /// Takes over when the other one dies.
    standby: Option<Postgres>,
    /// Standbys that there were.
    standbys: u32,
    relay: Option<Relay>,
    replicas: Vec<Replica>,
    balancer: Option<Balancer>,
    /// Whose turn it is to be killed or paused.
    next: usize,
    api_key: Option<String>,
}

/// Why a set does not come up, or does not do what is asked.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// Something is not installed.
    #[error("{program} is not installed: apt-get install {package}")]
    Missing {
        /// What.
        program: &'static str,
        /// Where it comes from on Debian.
        package: &'static str,
    },
    /// A file or a process could not be used.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A process ended, or said no.
    #[error("{name} failed: {why}")]
    Failed {
        /// Which.
        name: String,
        /// As far as it said.
        why: String,
    },
    /// A process did not do what was asked in time.
    #[error("{name} did not become ready; its last words are in {log}")]
    NotReady {
        /// Which.
        name: String,
        /// Where it wrote.
        log: PathBuf,
    },
    /// There is nothing to do this to.
    #[error("{0}")]
    Pointless(&'static str),
}

impl SetError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

impl Set {
    /// Brings it up: it serves when this returns.
    pub async fn up(plan: SetPlan) -> Result<Self, SetError> {
        fs::create_dir_all(&plan.folder).map_err(SetError::io("cannot create the set's folder"))?;
        // What fans see is the same whichever replica answers.
        let front = port()?;
        let plan = SetPlan { public_url: base(front), ..plan };
        let mut set = Self {
            plan,
            postgres: None,
            standby: None,
            standbys: 0,
            relay: None,
            replicas: Vec::new(),
            balancer: None,
            next: 0,
            api_key: None,
        };
        if set.plan.engine == Engine::Postgres {
            set.postgres = Some(Postgres::start(&set.plan.folder.join("postgres")).await?);
        }
        let suffers = |kind| set.plan.faults.iter().any(|fault| fault.kind == kind);
        let fails_over = suffers(FaultKind::FailoverDatabase);
        if fails_over || suffers(FaultKind::SlowDatabase) {
            let port = set.postgres.as_ref().map(Postgres::port);
            let port = port.ok_or(SetError::Pointless("only PostgreSQL is slow or fails over"))?;
            set.relay = Some(Relay::start(port).await?);
        }
        if fails_over {
            set.follow().await?;
        }
        set.import().await?;
        if let Some(organisation) = set.plan.organiser.clone() {
            set.api_key = Some(set.make_key(&organisation).await?);
        }
        let count = if set.plan.engine == Engine::Sqlite { 1 } else { set.plan.replicas.max(1) };
        for index in 0..count {
            let port = if count == 1 { front } else { port()? };
            let (url, binary) = (set.database_url(), set.first());
            set.replicas.push(Replica::start(&set.plan, index, port, url, binary).await?);
        }
        if count > 1 {
            let ports: Vec<u16> = set.replicas.iter().map(Replica::port).collect();
            set.balancer =
                Some(Balancer::start(&set.plan.folder, front, &ports, set.plan.affinity).await?);
        }
        Ok(set)
    }

    /// Where the fans go.
    pub fn base(&self) -> String {
        self.plan.public_url.clone()
    }

    /// The database itself, for the sweep; nothing on SQLite.
    pub fn own_database_url(&self) -> Option<String> {
        self.postgres.as_ref().map(Postgres::url)
    }

    /// The data directory of the first replica: on SQLite the databases are in it.
    pub fn data(&self) -> PathBuf {
        replica::data(&self.plan.folder, 0)
    }

    /// Its secret.
    pub fn secret(&self) -> &str {
        &self.plan.secret
    }

    /// The organiser's, if the plan asked for one.
    pub fn api_key(&self) -> Option<&str> {
        self.api_key.as_deref()
    }

    /// How many replicas serve.
    pub fn count(&self) -> usize {
        self.replicas.len()
    }

    /// Everything that runs, to see what it uses.
    pub fn processes(&self) -> Vec<usage::Process> {
        let process = |process: &Process| {
            let (name, pid) = (process.name().to_owned(), process.pid()?);
            Some(usage::Process { name, pid, is_family: true })
        };
        let postgres = self.postgres.iter().chain(&self.standby).map(Postgres::process);
        let balancer = self.balancer.iter().map(Balancer::process);
        let replicas = self.replicas.iter().map(Replica::process);
        postgres.chain(balancer).chain(replicas).filter_map(process).collect()
    }

    /// Takes it down in order: nobody is let in, replicas finish, the database stops.
    pub async fn down(mut self) -> Result<(), SetError> {
        if let Some(balancer) = self.balancer.take() {
            balancer.stop().await;
        }
        for replica in self.replicas.drain(..) {
            replica.stop().await?;
        }
        for postgres in self.postgres.take().into_iter().chain(self.standby.take()) {
            postgres.stop().await;
        }
        Ok(())
    }

    /// What replicas connect to.
    fn database_url(&self) -> Option<String> {
        match (&self.relay, &self.postgres) {
            (Some(relay), _) => Some(postgres::url(relay.port())),
            (None, postgres) => postgres.as_ref().map(Postgres::url),
        }
    }

    /// A new standby follows the database.
    async fn follow(&mut self) -> Result<(), SetError> {
        let primary = self.postgres.as_ref().ok_or(NO_POSTGRES)?;
        self.standbys += 1;
        let name = format!("postgres {}", self.standbys + 1);
        let folder = self.plan.folder.join(name.replace(' ', "-"));
        self.standby = Some(primary.standby(&folder, &name).await?);
        Ok(())
    }

    /// What replicas run at first.
    fn first(&self) -> PathBuf {
        self.plan.previous.clone().unwrap_or_else(|| self.plan.binary.clone())
    }

    async fn import(&self) -> Result<(), SetError> {
        let mut command = replica::command(&self.plan, &self.first(), 0, self.database_url());
        command.arg("import").arg(&self.plan.sale);
        process::run("import", command, &self.plan.folder).await.map(|_| ())
    }

    async fn make_key(&self, organisation: &str) -> Result<String, SetError> {
        let mut command = replica::command(&self.plan, &self.first(), 0, self.database_url());
        command.args(["api-key", "create", "--name", "rehearsal", "--organisation", organisation]);
        let said = process::run("api-key", command, &self.plan.folder).await?;
        Ok(said.lines().last().unwrap_or_default().trim().to_owned())
    }
}

const NO_POSTGRES: SetError = SetError::Pointless("only PostgreSQL can be restarted or fails over");

fn base(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn port() -> Result<u16, SetError> {
    free_port().map_err(SetError::io("no port is free"))
}

/// An executable on the usual paths of a Debian machine.
fn program(name: &'static str, package: &'static str) -> Result<PathBuf, SetError> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    let found =
        folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.exists());
    found.ok_or(SetError::Missing { program: name, package })
}
