//! Absolute addresses of links, found without a parser where nothing in them asks for one.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use url::Url;

use crate::segment::attrs::LONGEST;

/// Bytes of addresses that the links of one page may take in all: one link around many blocks repeats.
const MOST_BYTES: usize = 32 << 20;

/// Resolves addresses against that of the page.
#[derive(Debug)]
pub(super) struct Addresses<'a> {
    base: Option<&'a Url>,
    /// Scheme and host of the page, where a path can be put behind it as it stands.
    origin: Option<String>,
    known: FxHashMap<&'a str, Option<Rc<str>>>,
    bytes: usize,
}

impl<'a> Addresses<'a> {
    pub(super) fn new(base: Option<&'a Url>) -> Self {
        let origin = base
            .filter(|b| matches!(b.scheme(), "http" | "https"))
            .map(|b| b.origin().ascii_serialization());
        // Names and passwords stand in no origin.
        let plain = base.is_some_and(|b| b.username().is_empty() && b.password().is_none());
        Self {
            base,
            origin: origin.filter(|_| plain),
            known: FxHashMap::default(),
            bytes: 0,
        }
    }

    /// Returns the absolute form of a link; none for what leads nowhere.
    pub(super) fn resolve(&mut self, href: &'a str) -> Option<Rc<str>> {
        self.bytes = self.bytes.saturating_add(href.len());
        if href.len() >= LONGEST || self.bytes > MOST_BYTES {
            return None;
        }
        if let Some(known) = self.known.get(href) {
            return known.clone();
        }
        let address = self.absolute(href.trim()).map(Rc::from);
        self.known.insert(href, address.clone());
        address
    }

    fn absolute(&self, href: &str) -> Option<String> {
        if href.is_empty() || is_scheme(href, "javascript:") || is_scheme(href, "data:") {
            return None;
        }
        if let Some(quick) = self.quick(href) {
            return Some(quick);
        }
        let absolute = self.base.and_then(|base| base.join(href).ok());
        let given = || href.split_whitespace().collect();
        Some(absolute.map_or_else(given, String::from))
    }

    /// A path from the root, or a whole address, of characters that no parser changes.
    fn quick(&self, href: &str) -> Option<String> {
        let origin = self.origin.as_deref()?;
        if href.starts_with('/') {
            return is_plain_path(href).then(|| format!("{origin}{href}"));
        }
        let rest = href
            .strip_prefix("https://")
            .or_else(|| href.strip_prefix("http://"))?;
        let slash = rest.find('/')?;
        (is_plain_host(&rest[..slash]) && is_plain_path(&rest[slash..])).then(|| href.to_owned())
    }
}

fn is_scheme(href: &str, scheme: &str) -> bool {
    href.as_bytes()
        .get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
}

/// A path with a plain query: no dots at the start of a part, nothing that is coded.
fn is_plain_path(path: &str) -> bool {
    let bytes = path.as_bytes();
    let plain = |(i, &b): (usize, &u8)| match b {
        b'/' => i == 0 || bytes[i - 1] != b'/',
        b'.' => i > 0 && bytes[i - 1] != b'/',
        b'?' | b'=' | b'&' | b'-' | b'_' | b'~' => true,
        b => b.is_ascii_alphanumeric(),
    };
    bytes.iter().enumerate().all(plain)
}

/// A name in lower case whose last part is letters: no number, no coded name.
fn is_plain_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or("");
    host.bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && !host.contains("xn--")
        && !host.contains("..")
        && !host.starts_with('.')
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_quick_is_what_the_parser_says(
            href in "(https?://[a-z0-9A-Z.-]{0,12})?[/a-z0-9.?=&#%:~_\\\\ -]{0,14}"
        ) {
            for base in ["https://a.example/b/c?d", "http://a.example:81/", "file:///x/y", "https://u:p@a.example/"] {
                let base = Url::parse(base).unwrap();
                let addresses = Addresses::new(Some(&base));
                if let Some(quick) = addresses.quick(&href) {
                    prop_assert_eq!(quick, base.join(&href).unwrap().to_string());
                }
            }
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_address() {
        let base = Url::parse("https://a.example/b/").unwrap();
        let mut addresses = Addresses::new(Some(&base));
        assert_eq!(addresses.resolve(" JavaScript:void(0)"), None);
        assert_eq!(
            addresses.resolve("c.html#x").as_deref(),
            Some("https://a.example/b/c.html#x")
        );
        assert_eq!(
            addresses.resolve("/d//e/../f").as_deref(),
            Some("https://a.example/d//f")
        );
    }
}
