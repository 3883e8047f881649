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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, net::TcpListener};

    use super::free_port;

    #[test]
    fn no_port_is_given_twice_nor_one_that_is_taken_or_may_be_by_what_goes_out() {
        let first = free_port().unwrap();
        let _taken = TcpListener::bind(("127.0.0.1", first + 1));
        let ports: BTreeSet<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.len(), 50);
        assert!(!ports.contains(&first) && !ports.contains(&(first + 1)), "{first}: {ports:?}");
        assert!(ports.iter().all(|port| (1_024..32_768).contains(port)), "{ports:?}");
    }
}
