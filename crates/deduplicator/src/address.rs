//! Reads addresses as far as copies of one page differ in them.
//!
//! Nothing is resolved or normalised beyond that: callers give absolute addresses.

/// An absolute address, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// The host, without port.
    pub(crate) host: &'a str,
    /// The path with its first `/`.
    path: &'a str,
    /// What follows `?`, where anything does.
    query: &'a str,
}

/// First labels of hosts that serve a site's pages in another dress.
const DRESSES: &[&str] = &["m", "mobile", "wap", "amp", "touch", "print"];

/// Last segments of paths that show a page once more.
const SHOWN_AGAIN: &[&str] = &[
    "amp",
    "print",
    "feed",
    "embed",
    "pdf",
    "printable",
    "mobile",
];

/// Parameters of queries that show a page once more, or say how a reader came.
const PARAMETERS: &[&str] = &[
    "replytocom",
    "print",
    "printable",
    "amp",
    "share",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "fbclid",
    "gclid",
    "cpage",
    "sessionid",
    "phpsessid",
    "output",
];

impl<'a> Address<'a> {
    /// Takes an address of a web page apart; `None` for everything else.
    pub(crate) fn of(url: &'a str) -> Option<Self> {
        let rest = strip(url.trim(), "https://").or_else(|| strip(url.trim(), "http://"))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let authority = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(authority);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host
            .split_once(':')
            .map_or(host, |(host, _)| host)
            .trim_end_matches('.');
        (!host.is_empty()).then_some(Self { host, path, query })
    }

    /// Returns the host in lower case without the labels that say in what dress it serves: `www.` and
    /// `m.` are one site.
    pub(crate) fn site(&self) -> String {
        let lower = self.host.to_ascii_lowercase();
        let mut host = lower.as_str();
        while let Some((label, rest)) = host.split_once('.')
            && rest.contains('.')
            && (is_www(label) || DRESSES.contains(&label))
        {
            host = rest;
        }
        host.to_owned()
    }

    /// Returns the path and the query without what does not tell pages apart: a `/` at the end, an
    /// index file, a mark of the dress.
    pub(crate) fn page(&self) -> String {
        let mut path = self.path.trim_end_matches('/');
        if let Some((above, last)) = path.rsplit_once('/') {
            let is_index = last.starts_with("index.") || last.starts_with("default.");
            if is_index || matches!(last, "amp" | "mobile") {
                path = above;
            }
        }
        let query: Vec<&str> = self
            .parameters()
            .filter(|pair| !is_shown_again(pair))
            .collect();
        match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", query.join("&")),
        }
    }

    /// Returns what is equal for two addresses of one page on one site.
    pub(crate) fn place(&self) -> String {
        self.site() + &self.page()
    }

    /// Returns whether the host is one that shows another's pages in another dress.
    pub(crate) fn is_dressed(&self) -> bool {
        let mut labels = self.host.split('.').map(str::to_ascii_lowercase);
        let first = labels.find(|label| !is_www(label)).unwrap_or_default();
        DRESSES.contains(&first.as_str()) && self.site() != self.host.to_ascii_lowercase()
    }

    /// Returns whether the address shows a page once more that has another: for print, as a feed,
    /// with a page of its comments.
    pub(crate) fn is_secondary(&self) -> bool {
        let mut segments = self.path.trim_end_matches('/').rsplit('/');
        let last = segments.next().unwrap_or_default().to_ascii_lowercase();
        let before = segments.next().unwrap_or_default();
        let paged = matches!(before, "page" | "attachment" | "trackback") && is_number(&last);
        let comments = last.strip_prefix("comment-page-").is_some_and(is_number);
        SHOWN_AGAIN.contains(&last.as_str())
            || paged
            || comments
            || self.parameters().any(is_shown_again)
    }

    /// Returns the number of segments and the length of path and query: the shorter leads.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let segments = self.path.split('/').filter(|part| !part.is_empty()).count();
        (
            segments + self.parameters().count(),
            self.host.len() + self.path.len() + self.query.len(),
        )
    }

    fn parameters(&self) -> impl Iterator<Item = &'a str> {
        self.query.split('&').filter(|pair| !pair.is_empty())
    }
}

fn strip<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let head = url.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme)
        .then(|| &url[scheme.len()..])
}

/// `www`, `www2`.
fn is_www(label: &str) -> bool {
    let number = label.strip_prefix("www");
    number.is_some_and(|number| number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_shown_again(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    let folded = name.to_ascii_lowercase();
    PARAMETERS.contains(&folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Address<'_> {
        Address::of(url).unwrap()
    }

    #[test]
    fn only_web_pages_have_addresses() {
        for url in ["", "urn:x", "ftp://a.example/", "https://", "/path", "é"] {
            assert_eq!(Address::of(url), None, "{url}");
        }
        assert_eq!(address("HTTP://u:p@A.example:80/x#y").host, "A.example");
    }

    #[test]
    fn dresses_of_one_page_have_one_place() {
        let place = |url| address(url).place();
        let page = place("https://www.partner.example/news/17");
        for url in [
            "http://partner.example/news/17/",
            "https://m.partner.example/news/17",
            "https://amp.www2.partner.example/news/17/amp/",
            "https://partner.example/news/17?utm_source=feed#top",
        ] {
            assert_eq!(place(url), page, "{url}");
        }
        assert_ne!(place("https://partner.example/news/18"), page);
        assert_ne!(place("https://partner.example/news/17?lang=ru"), page);
        assert_eq!(address("https://www.example/").site(), "www.example");
    }

    #[test]
    fn addresses_that_show_a_page_once_more_are_known() {
        for url in [
            "https://a.example/2019/05/title/comment-page-1/",
            "https://a.example/title/feed/",
            "https://a.example/title/?replytocom=12",
            "https://a.example/title/page/2",
            "https://a.example/node/17?print=1",
        ] {
            assert!(address(url).is_secondary(), "{url}");
        }
        for url in [
            "https://a.example/print/news",
            "https://a.example/page/about",
            "https://a.example/?p=7",
        ] {
            assert!(!address(url).is_secondary(), "{url}");
        }
        assert!(address("https://m.a.example/x").is_dressed());
        assert!(!address("https://m.example/x").is_dressed());
        assert!(!address("https://www.a.example/x").is_dressed());
    }
}
