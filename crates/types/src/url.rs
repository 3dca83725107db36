//! Addresses in canonical form.
//!
//! WHATWG parsing already lower-cases scheme and host, removes the default port, resolves dot
//! segments and writes percent-escapes of the path. On top of that the canonical form
//!
//! - has no fragment, no user and password, and no trailing dot on the host;
//! - writes percent-escapes in upper case and undoes those of unreserved characters (RFC 3986
//!   §6.2.2.2);
//! - has no empty segments from doubled slashes in the path's front (`//a` is `/a`);
//! - drops tracking parameters and session ids, keeps the others in their order, and drops an empty
//!   query.
//!
//! It is idempotent, and it never merges addresses that servers commonly tell apart: the order of
//! parameters, the trailing slash, `www.` and the scheme stay.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// The text is no address that can be crawled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The text does not parse.
    #[error("`{0}` is no URL: {1}")]
    Unreadable(String, url::ParseError),
    /// The scheme is not `http` or `https`.
    #[error("`{0}` is no web address: http or https is expected")]
    Scheme(String),
}

/// An `http` or `https` address in canonical form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CanonicalUrl(Url);

/// Scheme, host and port: what politeness and robots rules go by (RFC 6454).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Parameters that only trace where a visitor came from. Sources: the vendors' own documentation of
/// their click identifiers.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "_openstat",
    "wickedid",
    "s_cid",
];

/// Parameters that carry a session, compared without case.
const SESSION: &[&str] = &[
    "phpsessid",
    "jsessionid",
    "aspsessionid",
    "sessionid",
    "cfid",
    "cftoken",
];

impl CanonicalUrl {
    /// Returns the canonical form of `url`.
    ///
    /// # Errors
    /// When the scheme is neither `http` nor `https`.
    pub fn new(url: &Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(UrlError::Scheme(url.to_string()));
        }
        let mut url = url.clone();
        url.set_fragment(None);
        // These fail only for addresses without a host, which were refused above.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        strip_trailing_dot(&mut url);
        let path = canonical_path(url.path());
        url.set_path(&path);
        let query = url.query().and_then(canonical_query);
        url.set_query(query.as_deref());
        Ok(Self(url))
    }

    /// Returns the address as a parsed URL.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns scheme, host and port.
    pub fn origin(&self) -> Origin {
        Origin(self.0.origin().ascii_serialization())
    }

    /// Returns path and query: what a site's `include`, `exclude` and `identity` patterns see.
    pub fn path_and_query(&self) -> &str {
        &self.0[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// Returns the canonical form of `reference` resolved against this address.
    ///
    /// # Errors
    /// When the reference does not parse or leads out of `http` and `https`.
    pub fn join(&self, reference: &str) -> Result<Self, UrlError> {
        let url = self
            .0
            .join(reference)
            .map_err(|e| UrlError::Unreadable(reference.to_owned(), e))?;
        Self::new(&url)
    }
}

fn strip_trailing_dot(url: &mut Url) {
    if let Some(host) = url
        .host_str()
        .and_then(|h| h.strip_suffix('.'))
        .map(str::to_owned)
        && !host.is_empty()
    {
        let _ = url.set_host(Some(&host));
    }
}

fn canonical_path(path: &str) -> String {
    let slashes = path.bytes().take_while(|&b| b == b'/').count();
    let path = if slashes > 1 {
        &path[slashes - 1..]
    } else {
        path
    };
    normalise_escapes(&without_path_session(path))
}

/// Drops `;jsessionid=…`, which servlet containers append to a path.
fn without_path_session(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    match lower.find(";jsessionid=") {
        None => path.to_owned(),
        Some(start) => {
            let length = lower[start..].find('/').unwrap_or(lower.len() - start);
            format!("{}{}", &path[..start], &path[start + length..])
        }
    }
}

fn canonical_query(query: &str) -> Option<String> {
    let kept: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_noise_parameter(pair))
        .map(normalise_escapes)
        .collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

fn is_noise_parameter(pair: &str) -> bool {
    let name = pair
        .split_once('=')
        .map_or(pair, |(name, _)| name)
        .to_ascii_lowercase();
    name.starts_with("utm_")
        || TRACKING.contains(&name.as_str())
        || SESSION.contains(&name.as_str())
        || name.starts_with("aspsessionid")
}

/// Writes escapes in upper case and undoes those of unreserved characters.
fn normalise_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        match rest
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(byte as char);
                rest = &rest[at + 3..];
            }
            Some(byte) => {
                out.push_str(&format!("%{byte:02X}"));
                rest = &rest[at + 3..];
            }
            None => {
                out.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

impl FromStr for CanonicalUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|e| UrlError::Unreadable(text.to_owned(), e))?;
        Self::new(&url)
    }
}

impl TryFrom<String> for CanonicalUrl {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, UrlError> {
        text.parse()
    }
}

impl From<CanonicalUrl> for String {
    fn from(url: CanonicalUrl) -> Self {
        url.0.into()
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Origin {
    /// Returns the origin as `scheme://host[:port]`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host, without brackets where it is an IPv6 address in the URL form.
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    /// Returns the address of `path` (with a leading slash) at this origin.
    pub fn at(&self, path: &str) -> Option<CanonicalUrl> {
        format!("{}{path}", self.0).parse().ok()
    }
}

impl FromStr for Origin {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        text.parse::<CanonicalUrl>().map(|url| url.origin())
    }
}

impl TryFrom<String> for Origin {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, UrlError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<CanonicalUrl>().unwrap().to_string()
    }

    #[test]
    fn noise_goes_and_meaning_stays() {
        let cases = [
            (
                "HTTP://www.OSCE.org:80/cthb#top",
                "http://www.osce.org/cthb",
            ),
            ("https://osce.org./a/../b", "https://osce.org/b"),
            (
                "https://osce.org//secretariat/1",
                "https://osce.org/secretariat/1",
            ),
            (
                "https://a.example/?fbclid=x&id=7&utm_source=y",
                "https://a.example/?id=7",
            ),
            ("https://a.example/x?utm_medium=z", "https://a.example/x"),
            ("https://a.example/x?", "https://a.example/x"),
            (
                "https://a.example/%7euser/%c3%a9",
                "https://a.example/~user/%C3%A9",
            ),
            (
                "https://a.example/p;jsessionid=12AB/q",
                "https://a.example/p/q",
            ),
            ("https://a.example/?b=2&a=1", "https://a.example/?b=2&a=1"),
            ("https://user:pw@a.example/x/", "https://a.example/x/"),
        ];
        for (from, to) in cases {
            assert_eq!(canonical(from), to);
        }
    }

    #[test]
    fn only_web_addresses_are_taken() {
        for text in [
            "mailto:a@b.example",
            "ftp://a.example/",
            "javascript:1",
            "not a url",
            "http://",
        ] {
            assert!(text.parse::<CanonicalUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn origins_know_their_host() {
        let origin: Origin = "https://www.osce.org:8443/x".parse().unwrap();
        assert_eq!(origin.as_str(), "https://www.osce.org:8443");
        assert_eq!(origin.host(), "www.osce.org");
        assert_eq!(
            "http://a.example".parse::<Origin>().unwrap().host(),
            "a.example"
        );
        assert_eq!(
            origin.at("/robots.txt").unwrap().as_str(),
            "https://www.osce.org:8443/robots.txt"
        );
    }

    proptest! {
        #[test]
        fn canonical_form_is_idempotent(path in "[/a-zA-Z0-9%.;=~-]{0,40}", query in "[a-z%=&0-9A-F]{0,30}") {
            if let Ok(url) = format!("http://a.example/{path}?{query}").parse::<CanonicalUrl>() {
                prop_assert_eq!(canonical(url.as_str()), url.to_string());
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = text.parse::<CanonicalUrl>();
        }
    }
}
