//! Cookies, confined to the origin that set them.
//!
//! One jar for one origin (scheme, host, port) and one site, in memory, forgotten with the run.
//! Parsing follows RFC 6265 §5.2; what is narrower than there is on purpose: the `Domain` attribute
//! never widens a cookie to other hosts, and ports and schemes do not share. Some sites answer
//! without a page until their session cookie comes back, and for those the jar is.

use thresh_types::{CanonicalUrl, Timestamp};

use http::HeaderValue;

/// Cookies in one jar. Browsers keep 50 and more for people who log in; a crawler does not.
const MAX_COOKIES: usize = 20;

/// Bytes of name and value together: what RFC 6265 §6.1 asks browsers to take.
const MAX_COOKIE: usize = 4096;

/// Bytes of a `Cookie` header. Apache and nginx refuse header lines above 8 KiB.
const MAX_SENT: usize = 8 * 1024 - 64;

/// The cookies of one origin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jar {
    /// In the order in which they were first set.
    cookies: Vec<Cookie>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    path: String,
    expires: Option<Timestamp>,
}

impl Jar {
    /// Takes in the `Set-Cookie` values of an answer from `url`. What is malformed, or meant for
    /// somebody else, is passed over.
    pub(crate) fn take(&mut self, values: &[String], url: &CanonicalUrl, now: Timestamp) {
        for cookie in values.iter().filter_map(|value| parse(value, url, now)) {
            self.set(cookie, now);
        }
    }

    fn set(&mut self, cookie: Cookie, now: Timestamp) {
        let is_same = |c: &Cookie| c.name == cookie.name && c.path == cookie.path;
        let known = self.cookies.iter().position(is_same);
        match known {
            Some(place) => self.cookies[place] = cookie,
            None => self.cookies.push(cookie),
        }
        self.cookies.retain(|cookie| cookie.is_alive(now));
        if self.cookies.len() > MAX_COOKIES {
            self.cookies.remove(0);
        }
    }

    /// Returns the value of the `Cookie` header for a request to `url`, if there is one to send.
    pub(crate) fn header(&self, url: &CanonicalUrl, now: Timestamp) -> Option<HeaderValue> {
        let path = url.as_url().path();
        let mut fitting: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.is_alive(now) && covers(&cookie.path, path))
            .collect();
        // Longer paths first, then the older (RFC 6265 §5.4); the sort is stable.
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let mut line = String::new();
        for cookie in fitting {
            let pair = format!("{}={}", cookie.name, cookie.value);
            if line.len() + pair.len() + 2 > MAX_SENT {
                continue;
            }
            if !line.is_empty() {
                line.push_str("; ");
            }
            line.push_str(&pair);
        }
        (!line.is_empty())
            .then(|| HeaderValue::from_str(&line).ok())
            .flatten()
    }
}

impl Cookie {
    fn is_alive(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| end > now)
    }
}

/// Reads one `Set-Cookie` value of an answer from `url` (RFC 6265 §5.2 and §5.3).
fn parse(text: &str, url: &CanonicalUrl, now: Timestamp) -> Option<Cookie> {
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let is_clean = |text: &str| text.bytes().all(|b| matches!(b, b' '..=b'~'));
    if name.is_empty() || name.len() + value.len() > MAX_COOKIE {
        return None;
    }
    if !is_clean(name) || !is_clean(value) {
        return None;
    }
    let mut attributes = Attributes::default();
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        attributes.take(key.trim(), value.trim());
    }
    attributes.permit(name, url).then(|| Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        expires: attributes.end(now),
        path: attributes.path.unwrap_or_else(|| default_path(url)),
    })
}

/// The attributes of one cookie; of each the last counts.
#[derive(Debug, Default)]
struct Attributes {
    domain: Option<String>,
    path: Option<String>,
    secure: bool,
    expires: Option<Timestamp>,
    max_age: Option<i64>,
}

impl Attributes {
    fn take(&mut self, key: &str, value: &str) {
        match key.to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                let bare = value.strip_prefix('.').unwrap_or(value);
                self.domain = Some(bare.to_ascii_lowercase());
            }
            "path" => self.path = value.starts_with('/').then(|| value.to_owned()),
            "secure" => self.secure = true,
            "expires" => self.expires = read_date(value).or(self.expires),
            "max-age" => self.max_age = read_age(value).or(self.max_age),
            _ => {}
        }
    }

    /// Returns whether `url` may set a cookie with these attributes.
    fn permit(&self, name: &str, url: &CanonicalUrl) -> bool {
        let is_secure = url.as_url().scheme() == "https";
        let host = url.as_url().host_str().unwrap_or_default();
        let is_ours = self.domain.as_deref().is_none_or(|domain| {
            let parent = host.strip_suffix(domain);
            parent.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        // The prefixes promise attributes; one without them is forged (RFC 6265bis §4.1.3).
        let lower = name.to_ascii_lowercase();
        let keeps_promise = if lower.starts_with("__host-") {
            self.secure && self.domain.is_none() && self.path.as_deref() == Some("/")
        } else {
            !lower.starts_with("__secure-") || self.secure
        };
        is_ours && keeps_promise && (is_secure || !self.secure)
    }

    /// Returns when the cookie ends: Max-Age goes before Expires.
    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        match self.max_age {
            Some(age) if age <= 0 => Some(Timestamp::MIN),
            Some(age) => {
                let age = std::time::Duration::from_secs(age.unsigned_abs());
                now.checked_add(age).ok()
            }
            None => self.expires,
        }
    }
}

/// Reads a Max-Age; one that is too large to count is forever.
fn read_age(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let least = if text.starts_with('-') { -1 } else { i64::MAX };
    is_number.then(|| text.parse().unwrap_or(least))
}

/// Reads a date in any of the spellings that servers send (RFC 6265 §5.1.1): day, month, year and
/// time in any order, between any separators.
fn read_date(text: &str) -> Option<Timestamp> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let is_separator = |c: char| !(c.is_ascii_alphanumeric() || c == ':');
    for token in text.split(is_separator).filter(|token| !token.is_empty()) {
        if time.is_none() && token.contains(':') {
            time = Some(read_time(token)?);
        } else if let Some(found) = read_month(token).filter(|_| month.is_none()) {
            month = Some(found);
        } else if let Ok(number) = token.parse::<u16>() {
            match (day, year, token.len()) {
                (None, _, 1..=2) => day = Some(number),
                (_, None, 2..=4) => year = Some(full_year(number, token.len())),
                _ => {}
            }
        }
    }
    let (year, month, day, time) = (year?, month?, day?, time?);
    format!("{year:04}-{month:02}-{day:02}T{time}Z")
        .parse()
        .ok()
}

fn read_time(token: &str) -> Option<String> {
    let mut parts = token.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    Some(format!("{hour:02}:{minute:02}:{second:02}"))
}

fn read_month(token: &str) -> Option<usize> {
    let names = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let front = token.get(..3)?;
    let place = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(front))?;
    Some(place + 1)
}

const fn full_year(number: u16, digits: usize) -> u16 {
    match (digits, number) {
        (2, 70..) => number + 1900,
        (2, _) => number + 2000,
        _ => number,
    }
}

/// Returns the folder of `url` (RFC 6265 §5.1.4).
fn default_path(url: &CanonicalUrl) -> String {
    match url.as_url().path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.as_url().path()[..end].to_owned(),
    }
}

/// Returns whether a cookie of `folder` is sent to `path` (RFC 6265 §5.1.4).
fn covers(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> CanonicalUrl {
        text.parse().unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn jar(from: &str, values: &[&str]) -> Jar {
        let mut jar = Jar::default();
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        jar.take(&values, &url(from), at(0));
        jar
    }

    fn sent(jar: &Jar, to: &str, second: i64) -> String {
        let header = jar.header(&url(to), at(second));
        header.map_or_else(String::new, |v| v.to_str().unwrap().to_owned())
    }

    /// What comes back to the page that set these cookies.
    fn back(values: &[&str]) -> String {
        let page = "http://www.a.example/dir/page";
        sent(&jar(page, values), page, 0)
    }

    #[test]
    fn pairs_come_back_and_what_is_malformed_does_not() {
        for (value, expected) in [
            ("a=1", "a=1"),
            (" a = 1 ; HttpOnly; SameSite=Lax", "a=1"),
            ("a=1=2", "a=1=2"),
            ("a=", "a="),
            ("a=\"q\"", "a=\"q\""),
            ("a", ""),
            ("=1", ""),
            ("", ""),
            (";;;", ""),
            ("a=1\u{7}", ""),
            ("a=caf\u{e9}", ""),
            ("a\r\nX-Evil: 1=2", ""),
        ] {
            assert_eq!(back(&[value]), expected, "{value:?}");
        }
    }

    #[test]
    fn a_domain_never_widens() {
        for (domain, kept) in [
            ("www.a.example", true),
            (".a.example", true),
            ("A.EXAMPLE", true),
            ("", true),
            ("other.example", false),
            ("w.a.example", false),
            ("ww.a.example", false),
            ("sub.www.a.example", false),
        ] {
            let value = format!("a=1; Domain={domain}");
            assert_eq!(back(&[&value]) == "a=1", kept, "{domain}");
        }
    }

    #[test]
    fn secure_cookies_and_prefixes_need_https() {
        let (plain, safe) = ("http://a.example/", "https://a.example/");
        for (value, on_plain, on_safe) in [
            ("a=1; Secure", false, true),
            ("__Secure-a=1; Secure", false, true),
            ("__Secure-a=1", false, false),
            ("__Host-a=1; Secure; Path=/", false, true),
            ("__Host-a=1; Secure", false, false),
            ("__Host-a=1; Secure; Path=/; Domain=a.example", false, false),
        ] {
            for (from, kept) in [(plain, on_plain), (safe, on_safe)] {
                let is_kept = !sent(&jar(from, &[value]), from, 0).is_empty();
                assert_eq!(is_kept, kept, "{value} {from}");
            }
        }
    }

    #[test]
    fn paths_are_honoured_and_longer_ones_come_first() {
        let jar = jar(
            "http://a.example/x/y",
            &[
                "all=1; Path=/",
                "own=2",
                "deep=3; Path=/x/y",
                "odd=4; Path=nowhere",
            ],
        );
        assert_eq!(
            sent(&jar, "http://a.example/x/y", 0),
            "deep=3; own=2; odd=4; all=1"
        );
        assert_eq!(sent(&jar, "http://a.example/x/", 0), "own=2; odd=4; all=1");
        assert_eq!(sent(&jar, "http://a.example/xy", 0), "all=1");
        assert_eq!(
            sent(&jar, "http://a.example/x/yz", 0),
            "own=2; odd=4; all=1"
        );
    }

    #[test]
    fn cookies_end() {
        let page = "http://a.example/";
        for (value, at_nine, at_ten) in [
            ("a=1; Max-Age=10", "a=1", ""),
            ("a=1; Max-Age=0", "", ""),
            ("a=1; Max-Age=-5", "", ""),
            ("a=1; Max-Age=99999999999999999999", "a=1", "a=1"),
            ("a=1; Max-Age=soon", "a=1", "a=1"),
            ("a=1; Expires=Thu, 01 Jan 1970 00:00:10 GMT", "a=1", ""),
            ("a=1; Expires=Thu, 01-Jan-70 00:00:10 GMT", "a=1", ""),
            ("a=1; Expires=Thu Jan  1 00:00:10 1970", "a=1", ""),
            (
                "a=1; Max-Age=10; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
                "a=1",
                "",
            ),
            ("a=1; Expires=never", "a=1", "a=1"),
            ("a=1; Expires=Thu, 99 Jan 1970 00:00:10 GMT", "a=1", "a=1"),
        ] {
            let jar = jar(page, &[value]);
            assert_eq!(sent(&jar, page, 9), at_nine, "{value}");
            assert_eq!(sent(&jar, page, 10), at_ten, "{value}");
        }
    }

    #[test]
    fn setting_again_replaces_and_an_old_date_deletes() {
        let again = ["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"];
        assert_eq!(back(&again), "a=3; b=2");
        let gone = [
            "a=1; Path=/",
            "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ];
        assert_eq!(back(&gone), "");
    }

    #[test]
    fn jars_are_small() {
        let many: Vec<String> = (0..1_000).map(|n| format!("c{n}=1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let line = back(&many);
        assert_eq!(line.split("; ").count(), MAX_COOKIES);
        assert!(line.ends_with("c999=1"), "the newest stay: {line}");
        assert_eq!(back(&[&format!("a={}", "x".repeat(MAX_COOKIE))]), "");
        let large: Vec<String> = (0..9)
            .map(|n| format!("c{n}={}", "x".repeat(4_000)))
            .collect();
        let large: Vec<&str> = large.iter().map(String::as_str).collect();
        let line = back(&large);
        assert!(
            line.len() <= MAX_SENT && line.len() > 4_000,
            "{}",
            line.len()
        );
    }

    proptest! {
        #[test]
        fn anything_is_read_and_what_is_sent_is_a_header(
            values in proptest::collection::vec("[ -~a-c=;,/:é\\t\\r\\n-]{0,60}", 0..30),
        ) {
            let page = url("http://a.example/x/y");
            let mut jar = Jar::default();
            jar.take(&values, &page, at(0));
            prop_assert!(jar.cookies.len() <= MAX_COOKIES);
            if let Some(header) = jar.header(&page, at(0)) {
                prop_assert!(header.to_str().is_ok_and(|text| text.len() <= MAX_SENT));
            }
        }
    }
}
