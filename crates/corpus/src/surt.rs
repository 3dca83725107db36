//! The sort-friendly form of an address, by which web archives find captures.
//!
//! The host is reversed, and what rarely tells pages apart is left out: scheme, `www.`, user, letter
//! case, default port, session ids, the order of parameters, a closing slash. There is no standard but
//! practice: this gives what `surt` 0.3 gives, the library behind cdxj-indexer, py-wacz and pywb, since
//! a key that differs by a byte is a page that they do not find.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use regex::bytes::Regex;
use url::Url;

/// Returns the key of an address: `https://www.OSCE.org/a/?c=2&b=1` gives `org,osce)/a?b=1&c=2`. What
/// cannot be taken apart is its own key, without white space.
pub(crate) fn surt(address: &str) -> String {
    // `filedesc:` names the file itself, in the first record of ARC files.
    let whole = with_scheme(address.trim_ascii());
    let parts = (!address.starts_with("filedesc")).then(|| Parts::parse(&whole));
    let key = parts.flatten().map(|parts| parts.to_key());
    let key = key.map_or_else(
        || Cow::Borrowed(address),
        |key| Cow::Owned(String::from_utf8_lossy(&key).into_owned()),
    );
    // White space would end the key within its line.
    key.split_whitespace().collect::<Vec<_>>().join("%20")
}

/// An address taken apart, as RFC 3986 appendix B does.
struct Parts<'a> {
    scheme: &'a [u8],
    host: Option<&'a [u8]>,
    port: Option<u16>,
    path: Option<Cow<'a, [u8]>>,
    query: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// Returns `None` where the port is no number.
    fn parse(address: &'a str) -> Option<Self> {
        let (scheme, rest) = split_scheme(after_doubled_scheme(address.as_bytes()))?;
        let rest = before(rest, b"#");
        let (rest, query) = match rest.iter().position(|&b| b == b'?') {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        let (authority, path) = match rest.strip_prefix(b"//") {
            Some(rest) => {
                let authority = before(rest, b"/");
                (authority, &rest[authority.len()..])
            }
            None => (&b""[..], rest),
        };
        let (host, port) = split_authority(authority);
        let mut parts = Parts {
            scheme,
            host: Some(host).filter(|host| !host.is_empty()),
            port: port_of(port)?,
            path: Some(Cow::Borrowed(path)).filter(|path| !path.is_empty()),
            query: query.filter(|query| !query.is_empty()),
        };
        parts.find_lost_host();
        Some(parts)
    }

    /// Takes the host of `http:////host/x` and `http:/host/x` from where it stands.
    fn find_lost_host(&mut self) {
        let Some(Cow::Borrowed(path)) = self.path else {
            return;
        };
        if self.host.is_some() || !self.scheme.starts_with(b"http") {
            return;
        }
        let slashes = path.iter().take_while(|&&b| b == b'/').count();
        let host = before(&path[slashes..], b"/");
        let rest = &path[slashes + host.len()..];
        self.host = Some(host).filter(|host| !host.is_empty());
        self.path = Some(if rest.is_empty() {
            Cow::Borrowed(b"/")
        } else {
            Cow::Borrowed(rest)
        });
    }

    fn to_key(&self) -> Vec<u8> {
        let mut key = match self.host.map(host_key) {
            Some(host) if !host.is_empty() => {
                let mut key = host;
                let default = match self.scheme.to_ascii_lowercase().as_slice() {
                    b"http" => 80,
                    b"https" => 443,
                    _ => 0,
                };
                if let Some(port) = self.port.filter(|&port| port != default) {
                    key.extend_from_slice(format!(":{port}").as_bytes());
                }
                key.push(b')');
                key
            }
            _ => [self.scheme, b":"].concat(),
        };
        let query = self.query.map(query_key).filter(|query| !query.is_empty());
        match self.path_key() {
            Some(path) if !path.is_empty() => key.extend_from_slice(&path),
            _ if query.is_some() => key.push(b'/'),
            _ => {}
        }
        if let Some(query) = query {
            key.push(b'?');
            key.extend_from_slice(&query);
        }
        key
    }

    fn path_key(&self) -> Option<Vec<u8>> {
        let path = self.path.as_deref().map(unescaped);
        let path = match (path, self.host) {
            (None, None) => return None,
            (path, Some(_)) => without_dots(&path.unwrap_or_default()),
            (Some(path), None) => path,
        };
        let mut path = without_path_session(escaped(&path).to_ascii_lowercase());
        if path.len() > 1 && path.ends_with(b"/") {
            path.pop();
        }
        Some(path)
    }
}

fn before<'a>(bytes: &'a [u8], ends: &[u8]) -> &'a [u8] {
    let end = bytes.iter().position(|b| ends.contains(b));
    &bytes[..end.unwrap_or(bytes.len())]
}

/// Returns `https://x` of `http://https://x`, which careless pages link to.
fn after_doubled_scheme(mut bytes: &[u8]) -> &[u8] {
    let scheme = |bytes: &[u8]| {
        [&b"http://"[..], b"https://"]
            .into_iter()
            .find(|scheme| bytes.starts_with(scheme))
            .map(<[u8]>::len)
    };
    while let Some(length) = scheme(bytes)
        && scheme(&bytes[length..]).is_some()
    {
        bytes = &bytes[length..];
    }
    bytes
}

/// Returns the address with `http://` before it where it has no scheme.
fn with_scheme(address: &str) -> Cow<'_, str> {
    match split_scheme(address.as_bytes()) {
        Some(_) => Cow::Borrowed(address),
        None => Cow::Owned(format!("http://{address}")),
    }
}

/// Returns the scheme and what follows its colon.
fn split_scheme(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
    let length = bytes.iter().take_while(|b| is_part(b)).count();
    let has_scheme =
        bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(length) == Some(&b':');
    has_scheme.then(|| (&bytes[..length], &bytes[length + 1..]))
}

/// Returns host and port; the user is left out, and the brackets of IPv6.
fn split_authority(authority: &[u8]) -> (&[u8], &[u8]) {
    let start = authority.iter().rposition(|&b| b == b'@');
    let place = &authority[start.map_or(0, |at| at + 1)..];
    if let Some(open) = place.iter().position(|&b| b == b'[') {
        let host = before(&place[open + 1..], b"]");
        let rest = &place[(open + 1 + host.len()).min(place.len())..];
        let colon = rest.iter().position(|&b| b == b':');
        return (host, colon.map_or(b"", |at| &rest[at + 1..]));
    }
    let host = before(place, b":");
    (host, place.get(host.len() + 1..).unwrap_or_default())
}

/// Returns the port, where there is one; `None` where it is no number of a port.
fn port_of(digits: &[u8]) -> Option<Option<u16>> {
    let end = digits.iter().rposition(|&b| b != b':');
    let digits = &digits[..end.map_or(0, |at| at + 1)];
    if digits.is_empty() {
        return Some(None);
    }
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let port: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((port != 0).then_some(port))
}

fn host_key(host: &[u8]) -> Vec<u8> {
    let host = ascii_host(&unescaped(&host.to_ascii_lowercase()));
    let host = replace(&host, b"..", b".");
    let host = trim(&host, b'.');
    let host = match ipv4_of(host) {
        Some(address) => address.to_string().into_bytes(),
        None => escaped(&host.to_ascii_lowercase()),
    };
    let parts: Vec<&[u8]> = without_www(&host).rsplit(|&b| b == b'.').collect();
    parts.join(&b","[..])
}

/// Returns the name as DNS has it: `bücher.example` is `xn--bcher-kva.example`.
fn ascii_host(host: &[u8]) -> Vec<u8> {
    if host.is_ascii() {
        return host.to_vec();
    }
    let text: String = String::from_utf8_lossy(host).replace('\u{fffd}', "");
    let url = Url::parse(&format!("http://{text}/")).ok();
    let ascii = url.and_then(|url| url.host_str().map(|host| host.as_bytes().to_vec()));
    ascii.unwrap_or_else(|| host.to_vec())
}

/// Removes `www.`, `www2.` and the like.
fn without_www(host: &[u8]) -> &[u8] {
    let Some(rest) = host.strip_prefix(b"www") else {
        return host;
    };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    rest[digits..].strip_prefix(b".").unwrap_or(host)
}

/// Reads the forms that system calls take for an IPv4 address: `127.1`, `0177.0.0.1`, `2130706433`.
fn ipv4_of(host: &[u8]) -> Option<Ipv4Addr> {
    let text = std::str::from_utf8(host).ok()?;
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // One number alone is decimal whatever its first digit, and counts by its low 32 bits.
        let low = text.bytes().fold(0_u32, |n, digit| {
            n.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'))
        });
        return Some(Ipv4Addr::from(low));
    }
    let numbers: Vec<u64> = text.split('.').map(number_of).collect::<Option<_>>()?;
    let (last, front) = numbers.split_last()?;
    let room = 32_u32.checked_sub(8 * u32::try_from(front.len()).ok()?)?;
    if front.len() > 3 || front.iter().any(|&n| n > 255) || *last >= 1_u64 << room {
        return None;
    }
    let high = front
        .iter()
        .enumerate()
        .fold(0_u64, |sum, (place, n)| sum | (n << (24 - 8 * place)));
    u32::try_from(high | last).ok().map(Ipv4Addr::from)
}

fn number_of(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        Some(octal) => u64::from_str_radix(octal, 8).ok(),
        None => digits.parse().ok(),
    }
}

/// Resolves `.`, `..` and empty parts.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|&b| b == b'/').skip(1) {
        match part {
            b"." => {}
            b".." if !kept.is_empty() => {
                kept.pop();
            }
            _ => kept.push(part),
        }
    }
    let mut out = b"/".to_vec();
    if let Some((last, front)) = kept.split_last() {
        for part in front.iter().filter(|part| !part.is_empty()) {
            out.extend_from_slice(part);
            out.push(b'/');
        }
        out.extend_from_slice(last);
    }
    out
}

fn query_key(query: &[u8]) -> Vec<u8> {
    let query = without_query_session(escaped(&unescaped(query))).to_ascii_lowercase();
    let mut pairs: Vec<(&[u8], Option<&[u8]>)> = query
        .split(|&b| b == b'&')
        .map(|pair| match pair.iter().position(|&b| b == b'=') {
            Some(at) => (&pair[..at], Some(&pair[at + 1..])),
            None => (pair, None),
        })
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<Vec<u8>> = pairs
        .into_iter()
        .map(|(name, value)| match value {
            Some(value) => [name, b"=", value].concat(),
            None => name.to_vec(),
        })
        .collect();
    pairs.join(&b'&')
}

fn patterns(texts: &[&str]) -> Vec<Regex> {
    texts
        .iter()
        .map(|text| Regex::new(text).expect("the patterns are fixed and tested"))
        .collect()
}

static PATH_SESSIONS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        r"(?i-u)^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$",
        r"(?i-u)^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$",
    ])
});

static QUERY_SESSIONS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        r"(?i-u)^(.*)(?:jsessionid=[0-9a-z]{32})(?:&(.*))?$",
        r"(?i-u)^(.*)(?:phpsessid=[0-9a-z]{32})(?:&(.*))?$",
        r"(?i-u)^(.*)(?:sid=[0-9a-z]{32})(?:&(.*))?$",
        r"(?i-u)^(.*)(?:aspsessionid[a-z]{8}=[a-z]{24})(?:&(.*))?$",
        r"(?i-u)^(.*)(?:cfid=[^&]+&cftoken=[^&]+)(?:&(.*))?$",
    ])
});

fn without_path_session(path: Vec<u8>) -> Vec<u8> {
    without_sessions(path, &PATH_SESSIONS)
}

fn without_query_session(query: Vec<u8>) -> Vec<u8> {
    without_sessions(query, &QUERY_SESSIONS)
}

fn without_sessions(text: Vec<u8>, patterns: &[Regex]) -> Vec<u8> {
    patterns.iter().fold(text, |text, pattern| {
        let found = pattern.captures(&text).map(|found| {
            let group = |n| found.get(n).map_or(&b""[..], |group| group.as_bytes());
            [group(1), group(2)].concat()
        });
        found.unwrap_or(text)
    })
}

/// Undoes percent escapes until none is left: `%2541` gives `A`.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        out.push(byte);
        // A byte that comes of an escape may close another one; each saves two, so this ends.
        while let [.., b'%', high, low] = out[..]
            && let (Some(high), Some(low)) = (hex(high), hex(low))
        {
            out.truncate(out.len() - 3);
            out.push(high << 4 | low);
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|n| u8::try_from(n).ok())
}

/// Escapes what is no visible ASCII, and `#` and `%`.
fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_graphic() && byte != b'#' && byte != b'%' {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

fn replace(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(what) {
            out.extend_from_slice(with);
            rest = after;
        } else {
            out.push(*first);
            rest = &rest[1..];
        }
    }
    out
}

fn trim(mut bytes: &[u8], what: u8) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(&[what]) {
        bytes = rest;
    }
    while let Some(rest) = bytes.strip_suffix(&[what]) {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each right side is what `surt` 0.3.1 printed for the left one.
    const CASES: &str = include_str!("../tests/surt.tsv");

    #[test]
    fn keys_are_as_the_library_of_replay_tools_writes_them() {
        let cases = CASES.lines().map(|line| line.split_once('\t').unwrap());
        let wrong: Vec<_> = cases
            .filter(|(address, key)| surt(address) != *key)
            .map(|(address, key)| (address, key, surt(address)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(CASES.lines().count() > 100);
    }

    #[test]
    fn a_key_is_one_word() {
        assert_eq!(surt(""), "http:");
        assert_eq!(
            surt("http://a.example:x/a b\tc"),
            "http://a.example:x/a%20b%20c"
        );
    }

    proptest! {
        #[test]
        fn any_text_has_a_key_of_one_line(text in any::<String>()) {
            prop_assert!(!surt(&text).contains(char::is_whitespace));
        }

        #[test]
        fn twins_share_their_key(path in "[a-z0-9/._%-]{0,20}", query in "[a-z0-9=&]{0,12}") {
            let key = surt(&format!("https://www.a.example/{path}?{query}"));
            prop_assert_eq!(surt(&format!("http://A.EXAMPLE:80/{path}?{query}#top")), key);
        }
    }
}
