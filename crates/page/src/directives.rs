//! What a page forbids.
//!
//! Read are the robots rules of Google's specification (`<meta name="robots">`, the same under our
//! token, and `X-Robots-Tag`), `noai` beside them, and the TDM Reservation Protocol. Rules for other
//! crawlers do not count; those for everybody and for us add up, the strictest wins.

use serde::{Deserialize, Serialize};

use crate::Page;

/// What a page and its headers forbid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directives {
    /// `noindex` or `none`.
    pub noindex: bool,
    /// `nofollow` or `none`: its links are not queued.
    pub nofollow: bool,
    /// `noarchive`.
    pub noarchive: bool,
    /// `noai`. `noimageai` is not counted: pictures are not taken anyway.
    pub noai: bool,
    /// A TDM reservation of `1`.
    pub tdm_reservation: bool,
    /// Everything that was read, with where it stood, headers first; each once.
    pub seen: Vec<String>,
}

/// Names before a colon that are rules with a value rather than crawlers.
const VALUED: &[&str] = &[
    "unavailable_after",
    "max-snippet",
    "max-image-preview",
    "max-video-preview",
    "notranslate",
];

impl Page {
    /// Returns what the page and its headers forbid to everybody and to the crawler named `token`.
    pub fn directives(&self, token: &str) -> Directives {
        let mut directives = Directives::of_headers(&self.headers, token);
        for element in self
            .elements()
            .filter(|element| element.value().name() == "meta")
        {
            let attr = |name| element.value().attr(name).map(str::trim);
            let (Some(content), Some(name)) =
                (attr("content"), attr("name").or(attr("http-equiv")))
            else {
                continue;
            };
            directives.read_meta(name, content, token);
        }
        directives
    }
}

impl Directives {
    /// Returns what response headers alone forbid to everybody and to the crawler named `token`:
    /// all that a PDF can say.
    pub fn of_headers(headers: &[(String, String)], token: &str) -> Self {
        let mut directives = Self::default();
        for (name, value) in headers {
            if name.eq_ignore_ascii_case("x-robots-tag") {
                directives.read_header(value, token);
            } else if name.eq_ignore_ascii_case("tdm-reservation") {
                directives.reserve("tdm-reservation header", value);
            }
        }
        directives
    }

    /// Returns whether anything keeps the document out of a published version.
    pub const fn withholds(&self) -> bool {
        self.noindex || self.noarchive || self.noai || self.tdm_reservation
    }

    fn read_meta(&mut self, name: &str, content: &str, token: &str) {
        let is_ours = |name: &str| !token.is_empty() && name.eq_ignore_ascii_case(token);
        if name.eq_ignore_ascii_case("robots") || is_ours(name) {
            let place = format!("meta {}", name.to_ascii_lowercase());
            for rule in content.split([',', ';']) {
                self.apply(&place, rule);
            }
        } else if name.eq_ignore_ascii_case("x-robots-tag") {
            self.read_header(content, token);
        } else if name.eq_ignore_ascii_case("tdm-reservation") {
            self.reserve("meta tdm-reservation", content);
        }
    }

    /// Reads `rule, rule` or `crawler: rule, rule`. Proxies join header lines, so a crawler may be
    /// named anywhere and holds up to the next.
    fn read_header(&mut self, value: &str, token: &str) {
        let mut applies = true;
        for part in value.split([',', ';']) {
            let mut rule = part;
            if let Some((crawler, rest)) = part.split_once(':').filter(|(name, _)| is_crawler(name))
            {
                let crawler = crawler.trim();
                applies = matches!(crawler, "*")
                    || crawler.eq_ignore_ascii_case("robots")
                    || (!token.is_empty() && crawler.eq_ignore_ascii_case(token));
                rule = rest;
            }
            if applies {
                self.apply("x-robots-tag", rule);
            }
        }
    }

    fn apply(&mut self, place: &str, rule: &str) {
        let rule = rule.trim().to_ascii_lowercase();
        if rule.is_empty() {
            return;
        }
        self.see(&format!("{place}: {rule}"));
        // Some pages part the rules with spaces only. Rules with a value may hold any words.
        for word in rule
            .split_ascii_whitespace()
            .filter(|_| !rule.contains(':'))
        {
            match word {
                "none" => (self.noindex, self.nofollow) = (true, true),
                "noindex" => self.noindex = true,
                "nofollow" => self.nofollow = true,
                "noarchive" => self.noarchive = true,
                "noai" => self.noai = true,
                _ => {}
            }
        }
    }

    fn reserve(&mut self, place: &str, value: &str) {
        self.see(&format!("{place}: {}", value.trim()));
        self.tdm_reservation |= value.trim() == "1";
    }

    fn see(&mut self, what: &str) {
        const MAX_SEEN: usize = 64;
        const MAX_LENGTH: usize = 200;
        let what: String = what.chars().take(MAX_LENGTH).collect();
        if self.seen.len() < MAX_SEEN && !self.seen.contains(&what) {
            self.seen.push(what);
        }
    }
}

/// Returns whether the text before a colon names a crawler: one word that is no rule.
fn is_crawler(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && !name.contains(|c: char| c.is_ascii_whitespace())
        && !VALUED
            .iter()
            .any(|valued| name.eq_ignore_ascii_case(valued))
}
