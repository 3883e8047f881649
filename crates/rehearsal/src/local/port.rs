//! Ports for what a set, a benchmark or a test starts.

use std::{
    io,
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below those that Linux gives to connections that go out (32768 and above), of which each could take a port between
/// our look and the start of whoever is to listen there.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port of this machine on which nobody listens, and which was not given out before by this process. Another process
/// may take it before it is used; then the start fails and says so.
pub fn free_port() -> io::Result<u16> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Processes that look at the same time begin at different ports.
    let own = u16::try_from(std::process::id().wrapping_mul(7_919) % u32::from(COUNT)).unwrap_or(0);
    for _ in 0..COUNT {
        let number = GIVEN.fetch_add(1, Ordering::Relaxed) % COUNT;
        let port = FIRST + (own + number) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}
