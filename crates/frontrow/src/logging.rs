//! Where the log goes and how it looks.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::LogFormat;

/// Starts logging to standard error. `RUST_LOG` narrows or widens what is said.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy()
        .add_directive("sqlx=warn".parse().expect("a directive that is written right here"));
    let pretty = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let layer = fmt::layer().with_writer(std::io::stderr);
    if pretty {
        registry.with(layer.with_target(false).compact()).init();
    } else {
        registry.with(layer.json().flatten_event(true).with_current_span(true)).init();
    }
}
