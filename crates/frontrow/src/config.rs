//! What can be set, where it comes from, and what is wrong with it.
//!
//! Every setting has one name: `listen` in the file, `--listen` as a flag, `FRONTROW_LISTEN` in the
//! environment. A flag beats the environment, the environment beats the file, the file beats the
//! default. A name that nobody knows is an error, so that a typing mistake is not a silent default.

mod settings;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

pub use settings::{LogFormat, Mode, PaymentProvider, Settings};

/// The configuration, complete and checked.
#[derive(Debug)]
pub struct Config {
    /// Demo or live.
    pub mode: Mode,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Directory of the databases, the secret and the outbox.
    pub data: PathBuf,
    /// PostgreSQL; without one, SQLite in [`Config::data`].
    pub database_url: Option<SecretString>,
    /// Connections to PostgreSQL, or readers of SQLite, for the tables.
    pub database_connections: u32,
    /// Connections to PostgreSQL for the log.
    pub log_connections: u32,
    /// Whether `serve` brings the databases up to date, or leaves that to `frontrow migrate`.
    pub migrate: bool,
    /// Whether other processes may listen on the same port.
    pub reuse_port: bool,
    /// Networks of balancers that are believed.
    pub proxies: Vec<IpNet>,
    /// What fans type and mails link to, without a slash at the end.
    pub public_url: String,
    /// Master secret; without one, made once and kept in [`Config::data`].
    pub secret: Option<SecretString>,
    /// `smtp://user:password@host:port`; without one, mail is written to the outbox.
    pub smtp_url: Option<SecretString>,
    /// Who takes money.
    pub payment_provider: PaymentProvider,
    /// Sender of every mail.
    pub mail_from: String,
    /// Who sells: texts of the legal pages.
    pub legal: Legal,
    /// Time between being not ready after SIGTERM and taking no more connections.
    pub drain: Duration,
    /// Time to finish what is in flight after that.
    pub grace: Duration,
    /// How the log looks.
    pub log_format: LogFormat,
}

/// Texts of the pages that the law asks for, as plain text with blank lines between paragraphs.
#[derive(Debug, Clone, Default)]
pub struct Legal {
    /// Who sells.
    pub imprint: Option<String>,
    /// Under which conditions.
    pub terms: Option<String>,
    /// What happens to personal data.
    pub privacy: Option<String>,
}

/// Why the shop does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("the configuration file {path} is not valid:\n{problem}")]
    Parse {
        /// Which.
        path: PathBuf,
        /// Where and why, as the parser says it; without values, which may be secret.
        problem: String,
    },
    /// Settings that contradict each other or themselves.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

impl Config {
    /// Merges flags and environment with the file, if there is one, and checks everything before
    /// any socket opens.
    pub fn load(given: Settings) -> Result<Self, ConfigError> {
        let file = match &given.config {
            Some(path) => read(path)?,
            None => Settings::default(),
        };
        complete(given.or(file))
    }
}

fn read(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        ConfigError::Parse { path: path.to_owned(), problem: format!("{place}{}", error.message()) }
    })
}

fn complete(settings: Settings) -> Result<Config, ConfigError> {
    let mut faults = Vec::new();
    let mode = settings.mode.unwrap_or(Mode::Demo);
    let is_shared = settings.database_url.is_some();
    let listen = settings.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let public_url =
        settings.public_url.unwrap_or_else(|| format!("http://localhost:{}", listen.port()));
    let public_url = public_url.trim_end_matches('/').to_owned();
    if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
        faults.push("public_url: must start with http:// or https://".to_owned());
    }
    if let Some(url) = &settings.database_url {
        let url = url.expose_secret();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            faults.push(
                "database_url: must start with postgres://; without one the shop uses SQLite"
                    .into(),
            );
        }
    }
    if settings
        .secret
        .as_ref()
        .is_some_and(|secret| secret.expose_secret().len() < SECRET_BYTES_MIN)
    {
        faults
            .push(format!("secret: at least {SECRET_BYTES_MIN} characters, from a random source"));
    }
    let database_connections = settings.database_connections.unwrap_or(16);
    if !(2..=1_000).contains(&database_connections) {
        faults.push("database_connections: between 2 and 1000".to_owned());
    }
    let log_connections = settings.log_connections.unwrap_or(8);
    if !(1..=1_000).contains(&log_connections) {
        faults.push("log_connections: between 1 and 1000".to_owned());
    }
    // Where there is a second replica, there is a balancer that has to notice.
    let drain_seconds = settings.drain_seconds.unwrap_or(if is_shared { 5 } else { 0 });
    if drain_seconds > 600 {
        faults.push("drain_seconds: at most 600".to_owned());
    }
    let grace_seconds = settings.grace_seconds.unwrap_or(25);
    if !(1..=600).contains(&grace_seconds) {
        faults.push("grace_seconds: between 1 and 600".to_owned());
    }
    let legal =
        Legal { imprint: settings.imprint, terms: settings.terms, privacy: settings.privacy };
    if mode == Mode::Live && is_shared && settings.secret.is_none() {
        faults.push(
            "secret: is required in live mode on PostgreSQL, the same for every replica".into(),
        );
    }
    if mode == Mode::Live {
        faults.extend(live_faults(&public_url, settings.smtp_url.is_some(), &legal));
        faults.extend(no_real_provider(settings.payment_provider));
    }
    if !faults.is_empty() {
        return Err(ConfigError::Invalid(faults));
    }
    Ok(Config {
        mode,
        listen,
        data: settings.data.unwrap_or_else(|| PathBuf::from("data")),
        database_url: settings.database_url,
        database_connections,
        log_connections,
        migrate: settings.migrate.unwrap_or(!(mode == Mode::Live && is_shared)),
        reuse_port: settings.reuse_port.unwrap_or(false),
        proxies: settings.proxies.unwrap_or_default(),
        public_url,
        secret: settings.secret,
        smtp_url: settings.smtp_url,
        payment_provider: settings.payment_provider.unwrap_or(PaymentProvider::Test),
        mail_from: settings.mail_from.unwrap_or_else(|| "Frontrow <tickets@localhost>".to_owned()),
        legal,
        drain: Duration::from_secs(drain_seconds),
        grace: Duration::from_secs(grace_seconds),
        log_format: settings.log_format.unwrap_or(LogFormat::Auto),
    })
}

/// A guess at the master secret must be hopeless: 32 characters of hexadecimal are 128 bits.
const SECRET_BYTES_MIN: usize = 32;

/// A shop that takes money needs somebody to take it; one that is given nobody should say so before it opens, not when
/// the first fan wants to pay.
fn no_real_provider(provider: Option<PaymentProvider>) -> Option<String> {
    match provider {
        Some(PaymentProvider::None) => None,
        Some(PaymentProvider::Test) => Some(
            "payment_provider: `test` takes no real money and is refused in live mode".to_owned(),
        ),
        None => Some(
            "payment_provider: is required in live mode; this release has no provider that takes \
             real money, and `none` sells only what costs nothing"
                .to_owned(),
        ),
    }
}

/// What a demo may do without and a shop that takes money may not.
fn live_faults(public_url: &str, has_smtp: bool, legal: &Legal) -> Vec<String> {
    let mut faults = Vec::new();
    if !public_url.starts_with("https://") {
        faults.push("public_url: must start with https:// in live mode".to_owned());
    }
    if !has_smtp {
        faults.push("smtp_url: is required in live mode".to_owned());
    }
    for (name, text) in
        [("imprint", &legal.imprint), ("terms", &legal.terms), ("privacy", &legal.privacy)]
    {
        if text.as_ref().is_none_or(|text| text.trim().is_empty()) {
            faults.push(format!("{name}: is required in live mode"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frontrow.toml");
        std::fs::write(&path, file).unwrap();
        Config::load(Settings { config: Some(path), ..Settings::default() })
    }

    fn problem(file: &str) -> String {
        load(file).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_setting_is_refused_with_its_line() {
        let problem = problem("mode = \"demo\"\nlisen = \"127.0.0.1:1\"\n");
        assert!(problem.contains("line 2") && problem.contains("lisen"), "{problem}");
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let problem =
            problem("mode = \"live\"\ndatabase_url = \"mysql://x\"\nsecret = \"short\"\n");
        for name in [
            "public_url",
            "database_url",
            "secret",
            "smtp_url",
            "imprint",
            "terms",
            "payment_provider",
        ] {
            assert!(problem.contains(name), "{name} is missing in {problem}");
        }
    }

    #[test]
    fn live_mode_says_that_nobody_takes_the_money() {
        let live = "mode = \"live\"\npublic_url = \"https://x.test\"\nsmtp_url = \"smtp://x\"\n\
                    imprint = \"a\"\nterms = \"b\"\nprivacy = \"c\"\n";
        let missing = problem(live);
        assert!(missing.starts_with("payment_provider: is required in live mode"), "{missing}");
        let test = problem(&format!("{live}payment_provider = \"test\"\n"));
        assert!(test.starts_with("payment_provider: `test` takes no real money"), "{test}");
        let nobody = load(&format!("{live}payment_provider = \"none\"\n")).unwrap();
        assert_eq!(nobody.payment_provider, PaymentProvider::None);
        assert!(problem("payment_provider = \"stripe\"\n").contains("line 1"));
    }

    #[test]
    fn a_fault_does_not_show_a_secret() {
        let problem =
            problem("secret = \"hunter2hunter2\"\ndatabase_url = \"mysql://u:hunter3@x\"\n");
        assert!(!problem.contains("hunter"), "{problem}");
    }

    #[test]
    fn a_flag_beats_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frontrow.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\ndata = \"elsewhere\"\n").unwrap();
        let listen = Some(SocketAddr::from(([127, 0, 0, 1], 2)));
        let config =
            Config::load(Settings { config: Some(path), listen, ..Settings::default() }).unwrap();
        assert_eq!((config.listen.port(), config.data), (2, PathBuf::from("elsewhere")));
    }

    #[test]
    fn a_fresh_machine_needs_no_settings() {
        let config = Config::load(Settings::default()).unwrap();
        assert_eq!(config.public_url, "http://localhost:8080");
        assert_eq!(config.mode, Mode::Demo);
    }
}
