//! Connections to one origin, each to an address that the guard has seen.
//!
//! One client for each origin, so that the resolver knows the port that it guards and that
//! `resolve` may map. HTTP/1.1 only: the head of a message is then what an archive can hold as it
//! was sent, and a polite crawler has no use for many streams in one connection.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http::HeaderValue;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thresh_types::{CanonicalUrl, RefusalReason};
use url::{Host, Url};

use crate::address;
use crate::failure::{Failure, ResolveError, root_cause};
use crate::{AddressRule, HostPort, Settings};

/// Servers close idle connections after five seconds or more; asking on one that is about to close
/// loses the request.
const IDLE: Duration = Duration::from_secs(20);

/// More headers than this are an attack; Apache and nginx send a few dozen.
pub(crate) const MAX_HEADERS: usize = 256;

/// Bytes of the head of an answer. Servers send up to a few KiB, and browsers stop at 256 KiB. The
/// HTTP library below stops at about 400, which bounds what is held of a head without an end.
pub(crate) const MAX_HEAD: usize = 256 * 1024;

/// A way to ask one origin.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) client: reqwest::Client,
    /// The value of the `Host` header.
    pub(crate) host: HeaderValue,
    /// The port that connections go to.
    port: u16,
}

impl Connection {
    /// Prepares to ask the origin of `url` under `settings`. Nothing is sent yet.
    pub(crate) fn new(url: &CanonicalUrl, settings: &Settings) -> Result<Self, Failure> {
        let url = url.as_url();
        let unusable = || Failure::lasting(RefusalReason::Scheme, "the address has no host");
        let host = url.host().ok_or_else(unusable)?;
        let own_port = url.port_or_known_default().ok_or_else(unusable)?;
        let fixed = match host {
            Host::Domain(name) => settings.resolve.get(&HostPort::new(name, own_port)),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
        .copied();
        let port = fixed.map_or(own_port, |address| address.port());
        // Addresses in the URL itself never reach the resolver.
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(ip) => Some(SocketAddr::new(IpAddr::V4(ip), port)),
            Host::Ipv6(ip) => Some(SocketAddr::new(IpAddr::V6(ip), port)),
        };
        let known = literal.or(fixed);
        if let Some(why) = known.and_then(|a| address::refuse(a, &settings.allow_addresses)) {
            return Err(Failure::lasting(RefusalReason::Address, why));
        }
        let resolver = Resolver {
            port,
            fixed,
            allowed: settings.allow_addresses.clone(),
        };
        Ok(Self {
            client: client(url, settings, resolver)?,
            host: host_header(url)?,
            port,
        })
    }

    /// Returns the address as it is given to the client: with the port that `resolve` asks for.
    pub(crate) fn address_of(&self, url: &CanonicalUrl) -> Url {
        let mut address = url.as_url().clone();
        if address.port_or_known_default() != Some(self.port) {
            // Fails only without a host, and there is one.
            let _ = address.set_port(Some(self.port));
        }
        address
    }
}

fn host_header(url: &Url) -> Result<HeaderValue, Failure> {
    let host = url.host_str().unwrap_or_default();
    let text = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::from_str(&text)
        .map_err(|_| Failure::lasting(RefusalReason::Protocol, format!("`{text}` is no host")))
}

fn client(url: &Url, settings: &Settings, resolver: Resolver) -> Result<reqwest::Client, Failure> {
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .http1_title_case_headers()
        .http1_max_headers(MAX_HEADERS)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .pool_max_idle_per_host(settings.connections_per_host)
        .pool_idle_timeout(IDLE)
        .connect_timeout(settings.connect_timeout.0)
        .dns_resolver(resolver);
    if url.scheme() == "http" {
        // Plain HTTP must work where the system has no certificates at all.
        builder = builder.tls_certs_only([]);
    }
    builder
        .build()
        .map_err(|error| Failure::lasting(RefusalReason::Tls, root_cause(&error)))
}

/// Gives the addresses of the origin's name that the guard lets through.
struct Resolver {
    port: u16,
    fixed: Option<SocketAddr>,
    allowed: Vec<AddressRule>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (port, fixed, allowed) = (self.port, self.fixed, self.allowed.clone());
        Box::pin(async move {
            let found = match fixed {
                Some(address) => vec![address],
                None => look_up(name.as_str(), port).await?,
            };
            let kept = permitted(name.as_str(), found, &allowed)?;
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

async fn look_up(name: &str, port: u16) -> Result<Vec<SocketAddr>, ResolveError> {
    match tokio::net::lookup_host((name, port)).await {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(ResolveError::Dns(format!("{name}: {error}"))),
    }
}

fn permitted(
    name: &str,
    found: Vec<SocketAddr>,
    allowed: &[AddressRule],
) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut why = None;
    let mut kept = Vec::with_capacity(found.len());
    for address in found {
        match address::refuse(address, allowed) {
            Some(reason) => why = why.or(Some(reason)),
            None => kept.push(address),
        }
    }
    match why {
        _ if !kept.is_empty() => Ok(kept),
        Some(reason) => Err(ResolveError::Address(format!("{name}: {reason}"))),
        None => Err(ResolveError::Dns(format!("{name} has no address"))),
    }
}

/// Makes ring the cryptography of TLS, unless the program has chosen before.
pub(crate) fn install_cryptography() {
    // An error says that there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_only_its_public_addresses() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let mixed = vec![at("10.0.0.1:80"), at("1.1.1.1:80"), at("[::1]:80")];
        assert_eq!(permitted("a", mixed, &[]), Ok(vec![at("1.1.1.1:80")]));
        let inside = permitted("a", vec![at("10.0.0.1:80")], &[]);
        assert!(matches!(inside, Err(ResolveError::Address(why)) if why.contains("private")));
        assert!(matches!(
            permitted("a", vec![], &[]),
            Err(ResolveError::Dns(_))
        ));
    }

    #[test]
    fn literal_addresses_are_refused_in_every_spelling() {
        install_cryptography();
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://0/",
            "http://169.254.169.254/latest/meta-data/",
            "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
        ] {
            let failure = Connection::new(&url.parse().unwrap(), &Settings::default());
            let reason = failure.map(|_| ()).map_err(|f| (f.reason, f.passing));
            assert_eq!(reason, Err((RefusalReason::Address, false)), "{url}");
        }
    }
}
