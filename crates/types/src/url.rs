//! Addresses in canonical form.
//!
//! Parsing is that of the WHATWG URL Standard (crate `url`): it lower-cases scheme and host, writes
//! international names in ASCII, removes the default port, resolves dot segments and escapes what no
//! address may hold. On top of that the canonical form
//!
//! - has no fragment, no user and password, and no trailing dot on the host;
//! - writes percent-escapes in upper case, undoes those of unreserved characters (RFC 3986
//!   §6.2.2.2), writes a `%` that escapes nothing as `%25`, and escapes what RFC 3986 does not allow
//!   in a path or query (`[`, `]`, `|`, `^`, a grave accent);
//! - has no empty path segments (`//a///b` is `/a/b`), except behind a colon: an archive's
//!   `/web/2020/https://a.example/` stays;
//! - has no tracking parameters and no session ids, in the query or in the path
//!   (the module `session` says how they are told);
//! - has the other parameters sorted by name; those of one name keep their order, since it can mean
//!   something. Parameters without a name and an empty query go, and `amp;` before a name, which is
//!   an ampersand that was escaped twice.
//!
//! It is idempotent. What servers commonly tell apart stays apart: the trailing slash, `www.`, the
//! scheme, the case of the path, `?a` and `?a=`, `+` and `%20`.

mod session;

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

impl CanonicalUrl {
    /// Returns the canonical form of `url`.
    ///
    /// # Errors
    /// When the scheme is neither `http` nor `https`.
    pub fn new(url: &Url) -> Result<Self, UrlError> {
        Self::from_url(url.clone())
    }

    /// Returns the canonical form of `url`, which is not copied if it is that already.
    ///
    /// # Errors
    /// When the scheme is neither `http` nor `https`.
    pub fn from_url(url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(UrlError::Scheme(url.into()));
        }
        let url = made_canonical(url);
        // A host of nothing but dots is none.
        match url.host_str() {
            Some(host) if !host.starts_with('.') => Ok(Self(url)),
            _ => Err(UrlError::Scheme(url.to_string())),
        }
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
        // There is no user, and no port that goes without saying.
        Origin(self.0[..url::Position::BeforePath].to_owned())
    }

    /// Returns whether this is its scheme, host and port.
    pub fn is_of(&self, origin: &Origin) -> bool {
        self.0[..url::Position::BeforePath] == *origin.0
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
        Self::from_url(url)
    }
}

/// Returns the canonical form of an address of any scheme. [`CanonicalUrl`] takes only those of the web;
/// others (`ftp`, `file`) are named in imports and in links that are not followed.
pub fn canonical(url: &Url) -> Url {
    made_canonical(url.clone())
}

fn made_canonical(url: Url) -> Url {
    if is_plain(&url) { url } else { rewritten(url) }
}

/// Returns whether an address is plain to see in canonical form. Most are, and writing them anew costs
/// more than reading them does.
fn is_plain(url: &Url) -> bool {
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let has_plain_host = url.host_str().is_some_and(|host| !host.ends_with('.'));
    let path = url.path().as_bytes();
    is_web
        && is_bare
        && has_plain_host
        // Sessions stand behind `;` or in parentheses.
        && path.iter().all(|&b| is_plain_byte(b) && !matches!(b, b';' | b'('))
        && !path.windows(2).any(|two| two == b"//")
        && url.query().is_none_or(is_plain_query)
}

fn is_plain_query(query: &str) -> bool {
    let mut last = "";
    !query.is_empty()
        && query.bytes().all(is_plain_byte)
        && query.split('&').all(|pair| {
            let before = std::mem::replace(&mut last, session::name_of(pair));
            let is_named = !pair.is_empty() && !pair.starts_with('=');
            is_named && !pair.starts_with("amp;") && before <= last && !session::is_noise(pair)
        })
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii() && is_allowed(byte as char)
}

fn rewritten(mut url: Url) -> Url {
    url.set_fragment(None);
    // These fail only for addresses without a host, which have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if url.cannot_be_a_base() {
        return url;
    }
    strip_trailing_dots(&mut url);
    let path = canonical_path(url.path());
    url.set_path(&path);
    let query = url.query().and_then(canonical_query);
    url.set_query(query.as_deref());
    url
}

fn strip_trailing_dots(url: &mut Url) {
    if let Some(host) = url.host_str().filter(|host| host.ends_with('.')) {
        let host = host.trim_end_matches('.').to_owned();
        if !host.is_empty() {
            let _ = url.set_host(Some(&host));
        }
    }
}

fn canonical_path(path: &str) -> String {
    normalise_escapes(&without_empty_segments(&session::without_path_session(
        path,
    )))
}

fn without_empty_segments(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for char in path.chars() {
        let doubled = char == '/' && out.ends_with('/') && !out.ends_with(":/");
        if !doubled {
            out.push(char);
        }
    }
    out
}

fn canonical_query(query: &str) -> Option<String> {
    let mut kept: Vec<String> = query
        .split('&')
        .map(|pair| normalise_escapes(pair.trim_start_matches("amp;")))
        .filter(|pair| !pair.is_empty() && !pair.starts_with('=') && !session::is_noise(pair))
        .collect();
    // Stable: the order of equal names may mean something.
    kept.sort_by(|a, b| session::name_of(a).cmp(session::name_of(b)));
    (!kept.is_empty()).then(|| kept.join("&"))
}

/// Writes escapes in upper case, undoes those of unreserved characters, escapes what may not stand
/// in a path or query.
fn normalise_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let escape = rest
            .get(1..3)
            .filter(|hex| char == '%' && hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escape {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(byte as char);
            }
            Some(byte) => push_escaped(&mut out, byte),
            None if char == '%' || !is_allowed(char) => {
                let mut buffer = [0; 4];
                for byte in char.encode_utf8(&mut buffer).bytes() {
                    push_escaped(&mut out, byte);
                }
            }
            None => out.push(char),
        }
        rest = &rest[escape.map_or(char.len_utf8(), |_| 3)..];
    }
    out
}

fn push_escaped(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(HEX[usize::from(byte >> 4)] as char);
    out.push(HEX[usize::from(byte & 15)] as char);
}

/// Returns whether RFC 3986 §3.3 and §3.4 allow the character unescaped in a path or query.
fn is_allowed(char: char) -> bool {
    matches!(
        char,
        'a'..='z' | 'A'..='Z' | '0'..='9'
            | '-' | '.' | '_' | '~' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '='
            | ':' | '@' | '/' | '?'
    )
}

impl FromStr for CanonicalUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|e| UrlError::Unreadable(text.to_owned(), e))?;
        Self::from_url(url)
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
            ("https://a.example/?b=2&a=1", "https://a.example/?a=1&b=2"),
            (
                "https://a.example/?b=2&a=2&a=1",
                "https://a.example/?a=2&a=1&b=2",
            ),
            ("https://a.example/x//y///z//", "https://a.example/x/y/z/"),
            (
                "https://a.example/web/2020/https://b.example//x",
                "https://a.example/web/2020/https://b.example/x",
            ),
            (
                "https://a.example/90%+of|it",
                "https://a.example/90%25+of%7Cit",
            ),
            (
                "https://a.example/?f[0]=a^`",
                "https://a.example/?f%5B0%5D=a%5E%60",
            ),
            ("https://a.example/?&=1&&x", "https://a.example/?x"),
            (
                "https://a.example/?a=1&amp;b=2",
                "https://a.example/?a=1&b=2",
            ),
            ("https://a.example/?a&b=", "https://a.example/?a&b="),
            ("https://a.example../x", "https://a.example/x"),
            (
                "https://a.example/(S(lit3py55t21z5v55vlm25s55))/x.aspx",
                "https://a.example/x.aspx",
            ),
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
            "http://../",
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

    #[test]
    fn an_address_is_of_its_origin_and_of_no_other() {
        let url: CanonicalUrl = "https://a.example:8443/x?y".parse().unwrap();
        assert!(url.is_of(&url.origin()));
        for other in [
            "http://a.example:8443",
            "https://a.example",
            "https://a.example:84",
        ] {
            assert!(!url.is_of(&other.parse().unwrap()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_needs_no_rewriting(
            host in "[a-z]{0,3}(\\.|:80|:81|@|\\.a|\\[::1\\])?",
            path in "(/|//|\\.|[.;:%()=~'é]|%2[eEfF5]|;jsessionid=|\\(S\\(|[a-zA-Z0-9]){0,12}",
            query in "(\\?(&|=|%|amp;|utm_x|sid=|a=|b=|a=2&b=|['!é\"]|[a-z0-9])*){0,2}",
        ) {
            if let Ok(url) = Url::parse(&format!("http://{host}/{path}{query}")) {
                if is_plain(&url) {
                    prop_assert_eq!(rewritten(url.clone()), url.clone());
                }
                if let Ok(canonical) = CanonicalUrl::from_url(url) {
                    prop_assert_eq!(canonical.origin().0, canonical.0.origin().ascii_serialization());
                }
            }
        }

        #[test]
        fn canonical_form_is_idempotent(
            host in "(\\PC|[a-z0-9.%-]){1,8}",
            path in "(/|\\PC|[.;:%]|%2[eEfF5]|;jsessionid=|\\(S\\(|[a-z0-9]){0,30}",
            query in "(&|=|%|amp;|utm_x|sid=|\\PC|[a-z0-9]){0,20}",
        ) {
            if let Ok(url) = format!("http://{host}/{path}?{query}").parse::<CanonicalUrl>() {
                prop_assert_eq!(canonical(url.as_str()), url.to_string());
                prop_assert_eq!(url.join("").map(|u| u.to_string()), Ok(url.to_string()));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = text.parse::<CanonicalUrl>();
        }
    }
}
