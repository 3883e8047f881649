//! From where a request comes: the network that one household or one rented machine has. Nothing else is done with it
//! than counting, and it is not logged.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

/// Too much comes from the network of this request; it may come again after so many seconds.
#[derive(Debug, Clone, Copy)]
pub struct Crowded {
    /// Seconds.
    pub retry_seconds: u32,
}

/// The header in which balancers say whom they heard.
pub const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whom balancers heard, as they say it. Bytes and not text: a stranger's letters must not hide what a balancer added to
/// them.
pub fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(FORWARDED).iter().map(HeaderValue::as_bytes)
}

/// The network of whoever asks, as a number to count by: an IPv4 address, or 64 bits of an IPv6 address, which is what
/// one customer gets. None for this machine itself, which is no stranger; but for who comes through it from nobody knows
/// where, all of whom are one network.
pub fn of<'a>(
    peer: IpAddr,
    forwarded: impl Iterator<Item = &'a [u8]>,
    proxies: &[IpNet],
) -> Option<u128> {
    let is_proxy = |address: &IpAddr| {
        address.is_loopback() || proxies.iter().any(|network| network.contains(address))
    };
    let told: Vec<&[u8]> = forwarded.flat_map(|value| value.split(|byte| *byte == b',')).collect();
    let mut address = peer.to_canonical();
    let mut is_known = true;
    // Each balancer adds whom it heard at the end; what a stranger wrote before that is not believed.
    for earlier in told.iter().rev() {
        if !is_proxy(&address) {
            break;
        }
        let Some(heard) = read(earlier) else {
            is_known = false;
            break;
        };
        address = heard.to_canonical();
    }
    match address {
        address if address.is_loopback() && is_known => None,
        IpAddr::V4(address) => Some(address.to_ipv6_mapped().to_bits()),
        IpAddr::V6(address) => Some(first_half(address)),
    }
}

/// What a network that [`of`] named is a part of, as a number to count by: whoever rents 65,536 IPv6 networks at once is
/// one site. None for IPv4, where an address costs money.
pub fn site_of(network: u128) -> Option<u128> {
    // Odd, unlike every network.
    (network >> 64 != 0).then_some(network >> 80 << 80 | 1)
}

/// An address as balancers write it: alone, with a port, or in brackets.
fn read(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let alone = bare.parse().ok();
    alone.or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

fn first_half(address: Ipv6Addr) -> u128 {
    address.to_bits() >> 64 << 64
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{of, site_of};

    fn network(peer: &str, told: &[&str]) -> Option<u128> {
        let told = told.iter().map(|value| value.as_bytes());
        of(peer.parse::<IpAddr>().unwrap(), told, &["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn only_balancers_are_believed() {
        let fan = network("203.0.113.7", &[]);
        assert!(fan.is_some());
        assert_eq!(network("203.0.113.7", &["198.51.100.1"]), fan, "a stranger who pretends");
        assert_eq!(network("127.0.0.1", &["203.0.113.7"]), fan);
        assert_eq!(network("10.1.2.3", &["198.51.100.1, 203.0.113.7"]), fan);
        assert_eq!(network("10.1.2.3", &["198.51.100.1", "203.0.113.7, 10.9.9.9"]), fan);
        assert_eq!(network("::ffff:203.0.113.7", &[]), fan, "the same in the other notation");
        assert_ne!(network("203.0.113.8", &[]), fan);
    }

    #[test]
    fn one_customer_is_one_network_and_this_machine_is_none() {
        let one = network("2001:db8:1:2::1", &[]);
        assert_eq!(network("2001:db8:1:2:ffff::9", &[]), one);
        assert_ne!(network("2001:db8:1:3::1", &[]), one);
        assert_eq!(network("127.0.0.1", &[]), None);
        assert_eq!(network("127.0.0.1", &["127.0.0.1"]), None);
    }

    #[test]
    fn many_networks_of_one_site_are_one_site() {
        let site = |peer| site_of(network(peer, &[]).unwrap());
        assert!(site("2001:db8:1:2::1").is_some());
        assert_eq!(site("2001:db8:1:2::1"), site("2001:db8:1:ffff::1"));
        assert_ne!(site("2001:db8:1:2::1"), site("2001:db8:2:2::1"));
        assert_ne!(site("2001:db8:1::1"), network("2001:db8:1::1", &[]));
        assert_eq!(site("203.0.113.7"), None);
    }

    #[test]
    fn ports_and_brackets_are_read() {
        let fan = network("203.0.113.7", &[]);
        assert_eq!(network("10.1.2.3", &["203.0.113.7:51234"]), fan);
        assert_eq!(network("10.1.2.3", &["[::ffff:203.0.113.7]"]), fan);
        let fan = network("2001:db8:1:2::1", &[]);
        for told in ["2001:db8:1:2::9", "[2001:db8:1:2::9]", "[2001:db8:1:2::9]:443"] {
            assert_eq!(network("10.1.2.3", &[told]), fan, "{told}");
        }
    }

    #[test]
    fn nobody_hides_behind_what_is_no_address() {
        for told in ["unknown", "", "203.0.113.7:x", "[203.0.113.7", "č", "203.0.113.7 203.0.113.8"]
        {
            assert_eq!(network("10.1.2.3", &[told]), network("10.1.2.3", &[]), "{told}");
            let through_here = network("127.0.0.1", &[told]);
            assert!(through_here.is_some(), "{told}");
            assert_eq!(network("127.0.0.1", &["other", told]), through_here);
            // What a balancer added after it is still heard.
            let told = format!("{told}, 203.0.113.7");
            assert_eq!(network("127.0.0.1", &[&told]), network("203.0.113.7", &[]), "{told}");
        }
    }
}
