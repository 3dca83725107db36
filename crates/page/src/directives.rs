//! What a page forbids.
//!
//! Read are the robots rules of Google's specification (`<meta name="robots">`, the same under our
//! token, and `X-Robots-Tag`), `noai` beside them, and the TDM Reservation Protocol. Rules for other
//! crawlers do not count; those for everybody and for us add up, the strictest wins. Of TDM reservations
//! the nearest to the text wins, as the protocol has it ("Processing priority"): markup before headers,
//! and both before the file of the origin.

use serde::{Deserialize, Serialize};

use crate::Page;
use crate::tag::Tag;

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
    /// A TDM reservation of `0`: the page's own word, before which that of its origin falls silent.
    #[serde(default)]
    pub tdm_free: bool,
    /// What was read, with where it stood, headers first; each once, and no more than some dozens.
    pub seen: Vec<String>,
}

/// Rules that are told of one page's headers, and as many of its markup.
const MAX_SEEN: usize = 16;

/// Characters of a rule that are told, its place included.
const MAX_LENGTH: usize = 120;

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
        let mut markup = Directives::default();
        for element in self.elements() {
            markup.read_element(element.value(), token);
        }
        Directives::of_headers(&self.headers, token).with_markup(&markup)
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

    /// Returns what headers and markup forbid together.
    pub(crate) fn with_markup(mut self, markup: &Self) -> Self {
        self.noindex |= markup.noindex;
        self.nofollow |= markup.nofollow;
        self.noarchive |= markup.noarchive;
        self.noai |= markup.noai;
        if markup.tdm_reservation || markup.tdm_free {
            self.tdm_reservation = markup.tdm_reservation;
            self.tdm_free = markup.tdm_free;
        }
        for what in &markup.seen {
            self.push(what.clone());
        }
        self
    }

    /// Takes the word of the origin's file, found at `place`, where the page has none of its own.
    pub fn hear_origin(&mut self, reserved: bool, place: &str) {
        let answered = self.tdm_reservation || self.tdm_free;
        let word = u8::from(reserved);
        self.push(told(&format!("{place}: {word}")));
        if !answered {
            self.tdm_reservation = reserved;
            self.tdm_free = !reserved;
        }
    }

    /// Reads an element that may be a `meta` with rules.
    pub(crate) fn read_element(&mut self, element: &impl Tag, token: &str) {
        if element.name() != "meta" {
            return;
        }
        let attr = |name| element.attr(name).map(str::trim);
        if let (Some(content), Some(name)) = (attr("content"), attr("name").or(attr("http-equiv")))
        {
            self.read_meta(name, content, token);
        }
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
        // Some pages part the rules with spaces only. Rules with a value may hold any words.
        // Once for the rule and not for each word: a rule may have a million of them.
        let words = if rule.contains(':') { "" } else { &*rule };
        let mut weight = Weight::Other;
        for word in words.split_ascii_whitespace() {
            if self.obey(word) {
                weight = Weight::Acting;
            }
        }
        self.see(&format!("{place}: {rule}"), weight);
    }

    /// Returns whether the rule is one that this crawler acts on.
    fn obey(&mut self, word: &str) -> bool {
        match word {
            "none" => (self.noindex, self.nofollow) = (true, true),
            "noindex" => self.noindex = true,
            "nofollow" => self.nofollow = true,
            "noarchive" => self.noarchive = true,
            "noai" => self.noai = true,
            _ => return false,
        }
        true
    }

    /// Reads a reservation. Values but `0` and `1` are unset, as the protocol has it; of several, `1` wins.
    fn reserve(&mut self, place: &str, value: &str) {
        self.see(&format!("{place}: {}", value.trim()), Weight::Acting);
        for word in value.split(',').map(str::trim) {
            self.tdm_reservation |= word == "1";
            self.tdm_free |= word == "0";
        }
        self.tdm_free &= !self.tdm_reservation;
    }

    /// Notes what was read: at most [`MAX_SEEN`], and what is acted on a few more, so that a page
    /// cannot hide it behind others.
    fn see(&mut self, what: &str, weight: Weight) {
        let room = match weight {
            Weight::Acting => MAX_SEEN + MAX_SEEN / 2,
            Weight::Other => MAX_SEEN,
        };
        if self.seen.len() < room {
            self.push(told(what));
        }
    }

    fn push(&mut self, what: String) {
        if !self.seen.contains(&what) {
            self.seen.push(what);
        }
    }
}

/// Returns the text as it is told: of bounded length, without control characters.
fn told(what: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    what.chars().take(MAX_LENGTH).map(plain).collect()
}

/// How much depends on a rule's being told.
#[derive(Debug, Clone, Copy)]
enum Weight {
    Acting,
    Other,
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
