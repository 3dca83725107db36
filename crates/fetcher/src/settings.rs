//! What the `[crawl]` table of the configuration says, for one site.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{AddressRule, ByteSize, HumanDuration};

/// Two settings do not go together, or one cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` {problem}")]
pub struct SettingsError {
    /// The key in the `[crawl]` table.
    pub key: &'static str,
    /// What is wrong and what would do.
    pub problem: String,
}

/// The text is no `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name with a port: write it like osce.example:80")]
pub struct HostPortError(String);

/// A host name and a port, written `osce.example:80`: what `resolve` gives a fixed address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    /// Returns the pair; the host in lower case.
    pub fn new(host: &str, port: u16) -> Self {
        let host = host.to_ascii_lowercase();
        Self { host, port }
    }

    /// Returns the host name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<Self, HostPortError> {
        let wrong = || HostPortError(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let is_name = !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
            && host.parse::<IpAddr>().is_err();
        let port: u16 = port.parse().map_err(|_| wrong())?;
        if is_name && port != 0 {
            Ok(Self::new(host, port))
        } else {
            Err(wrong())
        }
    }
}

impl TryFrom<String> for HostPort {
    type Error = HostPortError;

    fn try_from(text: String) -> Result<Self, HostPortError> {
        text.parse()
    }
}

impl From<HostPort> for String {
    fn from(pair: HostPort) -> Self {
        pair.to_string()
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// The `[crawl]` table: how politely, how long and how much. Missing keys take their defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The user agent, in which `{version}` and `{contact}` are filled in by
    /// [`user_agent`](crate::user_agent).
    pub user_agent: String,
    /// Between requests to one origin; the larger of this and Crawl-delay holds.
    pub delay: HumanDuration,
    /// The most that a Crawl-delay of robots.txt may ask for.
    pub max_crawl_delay: HumanDuration,
    /// Requests under way at once to one origin.
    pub connections_per_host: usize,
    /// Requests under way at once in all.
    pub max_connections: usize,
    /// For name resolution, TCP and TLS together.
    pub connect_timeout: HumanDuration,
    /// For the whole exchange, headers and body.
    pub total_timeout: HumanDuration,
    /// The largest body, on the wire and after decoding.
    pub max_body: ByteSize,
    /// Redirects in a row.
    pub max_redirects: u32,
    /// Further tries after the first one.
    pub retries: u32,
    /// Pages of one site in one run.
    pub max_pages_per_site: u64,
    /// Links from a seed.
    pub max_depth: u32,
    /// Length of an address in bytes.
    pub max_url_length: usize,
    /// Whether robots.txt is asked and obeyed.
    pub respect_robots: bool,
    /// Whether cookies are sent back, each only to the origin that set it, within one run.
    pub cookies: bool,
    /// Exceptions from the ban on addresses that are not public.
    pub allow_addresses: Vec<AddressRule>,
    /// Names with fixed addresses, as curl's `--connect-to`; the guard holds for them too.
    #[serde(deserialize_with = "read_resolve")]
    pub resolve: BTreeMap<HostPort, SocketAddr>,
    /// When a page is asked for again; adapts between the two bounds.
    pub revisit: HumanDuration,
    /// The lower bound of `revisit`.
    pub revisit_min: HumanDuration,
    /// The upper bound of `revisit`.
    pub revisit_max: HumanDuration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: "thresh/{version} (+{contact})".to_owned(),
            delay: HumanDuration::from_secs(1),
            max_crawl_delay: HumanDuration::from_secs(60),
            connections_per_host: 1,
            max_connections: 32,
            connect_timeout: HumanDuration::from_secs(10),
            total_timeout: HumanDuration::from_secs(60),
            max_body: ByteSize::from_mib(32),
            max_redirects: 10,
            retries: 3,
            max_pages_per_site: 50_000,
            max_depth: 20,
            max_url_length: 2048,
            respect_robots: true,
            cookies: true,
            allow_addresses: Vec::new(),
            resolve: BTreeMap::new(),
            revisit: HumanDuration::from_days(7),
            revisit_min: HumanDuration::from_days(1),
            revisit_max: HumanDuration::from_days(90),
        }
    }
}

impl Settings {
    /// Checks that the settings can work together.
    ///
    /// # Errors
    /// When a count or a limit is zero that must not be, or the revisit bounds are crossed. The
    /// first such key is named.
    pub fn check(&self) -> Result<(), SettingsError> {
        let least_one = [
            ("connections_per_host", self.connections_per_host == 0),
            ("max_connections", self.max_connections == 0),
            ("connect_timeout", self.connect_timeout.0.is_zero()),
            ("total_timeout", self.total_timeout.0.is_zero()),
            ("max_body", self.max_body.0 == 0),
            ("max_url_length", self.max_url_length == 0),
            ("revisit_min", self.revisit_min.0.is_zero()),
        ];
        if let Some((key, _)) = least_one.into_iter().find(|(_, is_zero)| *is_zero) {
            let problem = "is zero: nothing could be fetched with it".to_owned();
            return Err(SettingsError { key, problem });
        }
        if self.user_agent.bytes().any(|b| b.is_ascii_control()) {
            let problem = "holds a control character: it must be one line of text".to_owned();
            return Err(SettingsError {
                key: "user_agent",
                problem,
            });
        }
        self.check_revisit()
    }

    fn check_revisit(&self) -> Result<(), SettingsError> {
        if (self.revisit_min..=self.revisit_max).contains(&self.revisit) {
            return Ok(());
        }
        let problem = format!(
            "is {}, which does not lie between revisit_min ({}) and revisit_max ({})",
            self.revisit, self.revisit_min, self.revisit_max
        );
        Err(SettingsError {
            key: "revisit",
            problem,
        })
    }
}

/// Reads the table by hand so that a wrong address is named.
fn read_resolve<'de, D>(deserializer: D) -> Result<BTreeMap<HostPort, SocketAddr>, D::Error>
where
    D: Deserializer<'de>,
{
    use serde::de::Error;
    let raw = BTreeMap::<String, String>::deserialize(deserializer)?;
    raw.into_iter()
        .map(|(name, address)| {
            let name: HostPort = name.parse().map_err(Error::custom)?;
            let address = address.parse().map_err(|_| {
                Error::custom(format!(
                    "`{address}` is no address with a port: write it like 127.0.0.1:8600"
                ))
            })?;
            Ok((name, address))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_reads_back() {
        let mut settings = Settings::default();
        settings
            .allow_addresses
            .push("127.0.0.0/8:8600".parse().unwrap());
        let address = "127.0.0.1:8600".parse().unwrap();
        settings
            .resolve
            .insert("osce.example:80".parse().unwrap(), address);
        let json = serde_json::to_string(&settings).unwrap();
        assert!(
            json.contains(r#""delay":"1s""#) && json.contains(r#""max_body":"32MiB""#),
            "{json}"
        );
        assert!(
            json.contains(r#""osce.example:80":"127.0.0.1:8600""#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
    }

    #[test]
    fn an_empty_table_is_the_default() {
        let read: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(read, Settings::default());
        assert_eq!(read.check(), Ok(()));
    }

    #[test]
    fn wrong_values_name_themselves() {
        for (json, part) in [
            (r#"{"delay": "soon"}"#, "`soon` is no duration"),
            (
                r#"{"allow_addresses": ["localhost"]}"#,
                "`localhost` is no address rule",
            ),
            (
                r#"{"resolve": {"a.example": "127.0.0.1:1"}}"#,
                "`a.example` is no name with a port",
            ),
            (
                r#"{"resolve": {"a.example:80": "127.0.0.1"}}"#,
                "`127.0.0.1` is no address with a port",
            ),
            (
                r#"{"resolve": {"127.0.0.1:80": "127.0.0.1:1"}}"#,
                "`127.0.0.1:80` is no name",
            ),
        ] {
            let error = serde_json::from_str::<Settings>(json)
                .unwrap_err()
                .to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn settings_that_cannot_work_are_found() {
        let crossed = Settings {
            revisit_max: HumanDuration::from_secs(5),
            ..Settings::default()
        };
        assert_eq!(crossed.check().unwrap_err().key, "revisit");
        let none = Settings {
            max_connections: 0,
            ..Settings::default()
        };
        assert_eq!(none.check().unwrap_err().key, "max_connections");
    }
}
