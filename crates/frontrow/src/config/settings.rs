//! Every setting by name, as the file, the environment and the flags spell it.

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;

/// What was given; nothing is required. `docs/configuration.md` explains each.
#[derive(Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Configuration file (TOML) with any of these settings
    #[arg(long, env = "FRONTROW_CONFIG", value_name = "FILE", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// `demo` sells with a test provider and shows its mail; `live` takes money
    #[arg(long, env = "FRONTROW_MODE", global = true)]
    pub mode: Option<Mode>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, env = "FRONTROW_LISTEN", value_name = "ADDR", global = true)]
    pub listen: Option<SocketAddr>,
    /// Directory of the databases, the secret and the outbox [default: data]
    #[arg(long, env = "FRONTROW_DATA", value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// PostgreSQL (postgres://...); without one, SQLite in the data directory
    #[arg(long, env = "FRONTROW_DATABASE_URL", value_name = "URL", global = true)]
    #[arg(hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// Connections to the database [default: 16]
    #[arg(long, env = "FRONTROW_DATABASE_CONNECTIONS", value_name = "COUNT", global = true)]
    pub database_connections: Option<u32>,
    /// Connections to PostgreSQL for the log, besides [default: 8]
    #[arg(long, env = "FRONTROW_LOG_CONNECTIONS", value_name = "COUNT", global = true)]
    pub log_connections: Option<u32>,
    /// Whether `serve` brings the databases up to date by itself [default: true, but false in
    /// live mode on PostgreSQL]
    #[arg(long, env = "FRONTROW_MIGRATE", value_name = "BOOL", global = true)]
    pub migrate: Option<bool>,
    /// Whether the next process may listen on the same port while this one still serves [default: false]
    #[arg(long, env = "FRONTROW_REUSE_PORT", value_name = "BOOL", global = true)]
    pub reuse_port: Option<bool>,
    /// What fans type and mails link to [default: http://localhost:PORT]
    #[arg(long, env = "FRONTROW_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// Master secret, the same for every replica; without one, made once in the data directory
    #[arg(long, env = "FRONTROW_SECRET", global = true, hide_env_values = true)]
    pub secret: Option<SecretString>,
    /// Mail server (smtp:// or smtps://user:password@host:port); without one, mail goes to the outbox
    #[arg(long, env = "FRONTROW_SMTP_URL", value_name = "URL", global = true)]
    #[arg(hide_env_values = true)]
    pub smtp_url: Option<SecretString>,
    /// Who takes money: `test` plays a bank, `none` sells only what costs nothing [default: test in a demo]
    #[arg(long, env = "FRONTROW_PAYMENT_PROVIDER", global = true)]
    pub payment_provider: Option<PaymentProvider>,
    /// Sender of every mail
    #[arg(long, env = "FRONTROW_MAIL_FROM", value_name = "ADDRESS", global = true)]
    pub mail_from: Option<String>,
    /// Seconds of being not ready, but serving, after SIGTERM, so that a balancer notices [default: 5
    /// on PostgreSQL, else 0]
    #[arg(long, env = "FRONTROW_DRAIN_SECONDS", value_name = "SECONDS", global = true)]
    pub drain_seconds: Option<u64>,
    /// Seconds to finish what is in flight after SIGTERM [default: 25]
    #[arg(long, env = "FRONTROW_GRACE_SECONDS", value_name = "SECONDS", global = true)]
    pub grace_seconds: Option<u64>,
    /// Networks of balancers, separated by commas, which are believed when they say who asks; this machine always is
    #[arg(
        long,
        env = "FRONTROW_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ',',
        global = true
    )]
    pub proxies: Option<Vec<IpNet>>,
    /// How the log looks [default: auto, which is pretty on a terminal and JSON elsewhere]
    #[arg(long, env = "FRONTROW_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// Text of the imprint
    #[arg(skip)]
    pub imprint: Option<String>,
    /// Text of the terms
    #[arg(skip)]
    pub terms: Option<String>,
    /// Text of the privacy notice
    #[arg(skip)]
    pub privacy: Option<String>,
}

/// What the shop is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Sample sales, a test payment provider, mail that can be looked at; no real money.
    Demo,
    /// Real money.
    Live,
}

/// Who takes money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentProvider {
    /// The built-in bank, which takes no real money; in a demo only.
    Test,
    /// Nobody: only what costs nothing can be ordered.
    None,
}

/// How the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Pretty,
    /// For machines: one object a line.
    Json,
}

impl Settings {
    /// These, and where nothing is said, those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            config: self.config.or(other.config),
            mode: self.mode.or(other.mode),
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            database_url: self.database_url.or(other.database_url),
            database_connections: self.database_connections.or(other.database_connections),
            log_connections: self.log_connections.or(other.log_connections),
            migrate: self.migrate.or(other.migrate),
            reuse_port: self.reuse_port.or(other.reuse_port),
            public_url: self.public_url.or(other.public_url),
            secret: self.secret.or(other.secret),
            smtp_url: self.smtp_url.or(other.smtp_url),
            payment_provider: self.payment_provider.or(other.payment_provider),
            mail_from: self.mail_from.or(other.mail_from),
            drain_seconds: self.drain_seconds.or(other.drain_seconds),
            grace_seconds: self.grace_seconds.or(other.grace_seconds),
            proxies: self.proxies.or(other.proxies),
            log_format: self.log_format.or(other.log_format),
            imprint: self.imprint.or(other.imprint),
            terms: self.terms.or(other.terms),
            privacy: self.privacy.or(other.privacy),
        }
    }
}
