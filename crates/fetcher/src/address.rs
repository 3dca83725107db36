//! The address guard: which addresses a connection may be made to.
//!
//! A crawler follows addresses that strangers write, so it must not be led into the network it
//! stands in (server-side request forgery). The guard looks at the resolved address, never at the
//! spelling of the URL, and knows the IPv6 forms that carry an IPv4 address within them.
//! Exceptions hold exactly as configured: see [`AddressRule`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

/// The text is no exception from the address guard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no address rule: write an address or CIDR block with an optional port, for example \
     127.0.0.1:8600, 127.0.0.0/8 or [::1]:8600"
)]
pub struct AddressRuleError(String);

/// An exception from the address guard: `127.0.0.1:8600`, `127.0.0.0/8`, `127.0.0.0/8:8600`,
/// `[::1]:8600` or `[fd00::/8]:80`. Without a port it holds for every port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressRule {
    net: IpNet,
    port: Option<u16>,
}

impl AddressRule {
    /// Returns whether the exception covers `address`.
    pub fn covers(&self, address: SocketAddr) -> bool {
        self.net.contains(&address.ip()) && self.port.is_none_or(|port| port == address.port())
    }
}

/// Splits off the port; addresses with colons need brackets to have one.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if let Some(inner) = text.strip_prefix('[') {
        let (net, behind) = inner.split_once(']')?;
        return match behind.strip_prefix(':') {
            Some(port) => Some((net, Some(read_port(port)?))),
            None => behind.is_empty().then_some((net, None)),
        };
    }
    match text.split_once(':') {
        Some((net, port)) if !port.contains(':') => Some((net, Some(read_port(port)?))),
        _ => Some((text, None)),
    }
}

fn read_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|&port| digits && port != 0)
}

impl FromStr for AddressRule {
    type Err = AddressRuleError;

    fn from_str(text: &str) -> Result<Self, AddressRuleError> {
        let read = || {
            let (net, port) = split_port(text)?;
            let net = net
                .parse::<IpNet>()
                .or_else(|_| net.parse::<IpAddr>().map(IpNet::from))
                .ok()?;
            Some(Self {
                net: net.trunc(),
                port,
            })
        };
        read().ok_or_else(|| AddressRuleError(text.to_owned()))
    }
}

impl TryFrom<String> for AddressRule {
    type Error = AddressRuleError;

    fn try_from(text: String) -> Result<Self, AddressRuleError> {
        text.parse()
    }
}

impl From<AddressRule> for String {
    fn from(rule: AddressRule) -> Self {
        rule.to_string()
    }
}

impl fmt::Display for AddressRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = self.net.prefix_len() == self.net.max_prefix_len();
        let net = if single {
            self.net.addr().to_string()
        } else {
            self.net.to_string()
        };
        match (self.port, self.net) {
            (None, _) => f.write_str(&net),
            (Some(port), IpNet::V4(_)) => write!(f, "{net}:{port}"),
            (Some(port), IpNet::V6(_)) => write!(f, "[{net}]:{port}"),
        }
    }
}

/// Blocks of IPv4 that are not public, with what they are (IANA special-purpose registry).
const V4: [(Ipv4Net, &str); 15] = [
    (v4(0, 0, 0, 0, 8), "unspecified"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "shared by a provider"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(169, 254, 0, 0, 16), "link-local"),
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "for documentation"),
    (v4(192, 88, 99, 0, 24), "a 6to4 relay"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(198, 18, 0, 0, 15), "for benchmarks"),
    (v4(198, 51, 100, 0, 24), "for documentation"),
    (v4(203, 0, 113, 0, 24), "for documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved"),
];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// Blocks of IPv6 that are not public. What lies outside `2000::/3` and outside this table is refused
/// as well: nothing there is allocated.
const V6: [(Ipv6Net, &str); 13] = [
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "unspecified"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "loopback"),
    (
        v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
        "a private NAT64 prefix",
    ),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), "discarded"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), "a Teredo tunnel"),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), "for benchmarks"),
    (
        v6([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 27),
        "an ORCHID identifier",
    ),
    (
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
        "for documentation",
    ),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "for documentation"),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "private"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "link-local"),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), "private"),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "multicast"),
];

const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const fn v6(s: [u16; 8], prefix: u8) -> Ipv6Net {
    let address = Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
    Ipv6Net::new_assert(address, prefix)
}

/// Returns what kind of non-public address `ip` is, or none where it is public.
pub fn why_forbidden(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => V4
            .iter()
            .find(|(net, _)| net.contains(&ip))
            .map(|(_, what)| *what),
        IpAddr::V6(ip) => why_forbidden_v6(ip),
    }
}

fn why_forbidden_v6(ip: Ipv6Addr) -> Option<&'static str> {
    if let Some((_, what)) = V6.iter().find(|(net, _)| net.contains(&ip)) {
        return Some(what);
    }
    let inner = embedded_v4(ip);
    if let Some(what) = inner.and_then(|inner| why_forbidden(IpAddr::V4(inner))) {
        return Some(what);
    }
    // The forms that stand for an IPv4 host lie outside the public range themselves.
    let stands_for_v4 = inner.is_some() && matches!(ip.segments()[0], 0 | 0x64);
    (!stands_for_v4 && !GLOBAL_UNICAST.contains(&ip)).then_some("outside the public range")
}

/// Returns the IPv4 address that an IPv6 form carries and that packets to it end at: mapped and
/// translated (RFC 4291, RFC 2765), compatible, NAT64 (RFC 6052), 6to4 (RFC 3056), ISATAP
/// (RFC 5214).
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let pair = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => pair(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => pair(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => pair(high, low),
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => pair(high, low),
        [0x2002, high, low, ..] => pair(high, low),
        _ => None,
    }
}

/// Returns why no connection may be made to `address`, or none where one may.
pub(crate) fn refuse(address: SocketAddr, allowed: &[AddressRule]) -> Option<String> {
    let what = why_forbidden(address.ip())?;
    let excepted = allowed.iter().any(|rule| rule.covers(address));
    (!excepted)
        .then(|| format!("{address} is {what}: `allow_addresses` may name it if that is meant"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_inside_are_forbidden_in_every_form() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "2001:470::5efe:127.0.0.1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
            "4000::5efe:1.1.1.1",
        ] {
            assert!(why_forbidden(text.parse().unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for text in [
            "1.1.1.1",
            "93.184.216.34",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2002:101:101::1",
        ] {
            assert_eq!(why_forbidden(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn exceptions_hold_for_exactly_what_they_name() {
        let rule = |text: &str| text.parse::<AddressRule>().unwrap();
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert!(rule("127.0.0.1:8600").covers(at("127.0.0.1:8600")));
        assert!(!rule("127.0.0.1:8600").covers(at("127.0.0.1:8601")));
        assert!(!rule("127.0.0.1:8600").covers(at("127.0.0.2:8600")));
        assert!(!rule("127.0.0.1:8600").covers(at("[::ffff:127.0.0.1]:8600")));
        assert!(rule("127.0.0.0/8").covers(at("127.9.9.9:1")));
        assert!(rule("127.0.0.0/8:8600").covers(at("127.9.9.9:8600")));
        assert!(!rule("127.0.0.0/8:8600").covers(at("127.9.9.9:1")));
        assert!(rule("[::1]:8600").covers(at("[::1]:8600")));
        assert!(rule("::1").covers(at("[::1]:1")));
        assert!(rule("[fd00::/8]:80").covers(at("[fd12::1]:80")));
        assert!(refuse(at("10.0.0.1:80"), &[rule("127.0.0.0/8")]).is_some());
        assert!(refuse(at("127.0.0.1:80"), &[rule("127.0.0.0/8")]).is_none());
    }

    #[test]
    fn rules_print_as_they_read() {
        for text in [
            "127.0.0.1:8600",
            "127.0.0.0/8",
            "127.0.0.0/8:8600",
            "[::1]:8600",
            "::1",
            "[fd00::/8]:80",
            "10.0.0.1",
        ] {
            assert_eq!(text.parse::<AddressRule>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "localhost",
            "127.0.0.1:",
            "127.0.0.1:0",
            "127.0.0.1:99999",
            "127.0.0.0/33",
            "[::1",
            "[::1]8600",
            "127.1",
            "127.0.0.1:+80",
        ] {
            let error = text.parse::<AddressRule>().unwrap_err().to_string();
            assert!(error.contains("127.0.0.0/8"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn an_embedded_address_is_judged_like_the_plain_one(bits in any::<u32>()) {
            let plain = why_forbidden(IpAddr::V4(Ipv4Addr::from(bits))).is_some();
            let mapped = Ipv4Addr::from(bits).to_ipv6_mapped();
            prop_assert_eq!(why_forbidden(IpAddr::V6(mapped)).is_some(), plain);
            let nat64 = Ipv6Addr::from((0x64_ff9b_u128 << 96) | u128::from(bits));
            prop_assert_eq!(why_forbidden(IpAddr::V6(nat64)).is_some(), plain);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-f:./\\[\\]]{0,24}") {
            if let Ok(rule) = text.parse::<AddressRule>() {
                prop_assert_eq!(rule.to_string().parse::<AddressRule>(), Ok(rule));
            }
        }
    }
}
