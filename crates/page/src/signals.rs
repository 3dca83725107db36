//! What a page says to crawlers besides its links: directives, canonical address, refresh, base, terms.
//!
//! All of it is a claim of the page. What a directive asks is obeyed; the rest is recorded, and whoever
//! acts on it needs evidence of their own. Values are bounded in length and number.

use scraper::ElementRef;
use serde::{Deserialize, Serialize};
use thresh_types::{CanonicalUrl, PageSignals, Refresh};
use url::Url;

use crate::links::{LinkKind, Place, has_word, header_values, is_refresh};
use crate::tag::Tag;
use crate::{Directives, Page, header_links, refresh};

/// Bytes of an address that is recorded; a longer one is passed over.
const MAX_ADDRESS: usize = 2048;

/// Canonical addresses that are read; more than one contradict each other anyway.
const MAX_CANONICALS: usize = 4;

/// Remarks that are kept.
const MAX_NOTES: usize = 8;

/// Characters of a remark.
const MAX_NOTE: usize = 400;

/// What the markup of a page says, before the headers of an answer are heard. The same bytes may be
/// confirmed later under other headers, so that both are kept apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    directives: Directives,
    canonicals: Vec<String>,
    refresh: Option<Refresh>,
    base: Option<String>,
    tdm_policy: Option<String>,
    notes: Vec<String>,
}

/// What a page and its headers say to crawlers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signals {
    /// What they forbid.
    pub directives: Directives,
    /// The address that the page calls its own (`link rel=canonical` in its head, or the header `Link`);
    /// none where it names several.
    pub canonical: Option<String>,
    /// Where the page leads by itself, by header or markup, whichever is first.
    pub refresh: Option<Refresh>,
    /// The first `<base href>`.
    pub base: Option<String>,
    /// The terms of text and data mining (`tdm-policy`), markup before header.
    pub tdm_policy: Option<String>,
    /// What was passed over, for people.
    pub notes: Vec<String>,
}

impl Page {
    /// Returns what the markup says to everybody and to the crawler named `token`.
    pub fn markup(&self, token: &str) -> Markup {
        let elements = self.elements();
        let elements = elements.map(|element| {
            let is_link = element.value().name() == "link";
            (element.value(), is_link && is_in_head(element))
        });
        Markup::of(self.place(), self.base_href().is_some(), elements, token)
    }

    /// Returns what page and headers say to everybody and to the crawler named `token`.
    pub fn signals(&self, token: &str) -> Signals {
        let own = self.url.as_ref();
        Signals::of(own, &self.headers, &self.markup(token), token)
    }
}

/// Returns the base of a page that declares one, where it leads to the web.
fn declared_base(place: Place<'_>) -> Option<String> {
    let base = place.base?;
    let declared = place.own.is_none_or(|own| own.as_url() != base);
    declared.then(|| bounded(base.as_str())).flatten()
}

impl Markup {
    /// Returns what `elements` say, each with whether it stands in the head. Whether one of them declares a
    /// base is known from when the base was found.
    pub(crate) fn of<'e, T: Tag + 'e>(
        place: Place<'_>,
        declares_base: bool,
        elements: impl Iterator<Item = (&'e T, bool)>,
        token: &str,
    ) -> Self {
        let mut markup = Self {
            base: declares_base.then(|| declared_base(place)).flatten(),
            ..Self::default()
        };
        for (element, in_head) in elements {
            match element.name() {
                "meta" => markup.read_meta(place, element, token),
                "link" if in_head => markup.read_link(place, element),
                _ => {}
            }
        }
        markup
    }

    fn read_meta(&mut self, place: Place<'_>, meta: &impl Tag, token: &str) {
        self.directives.read_element(meta, token);
        let Some(content) = meta.attr("content") else {
            return;
        };
        if self.refresh.is_none() && is_refresh(meta) {
            self.refresh = refreshing(content, place.base, place.own, &mut self.notes);
        }
        let names_policy = |name: &str| name.trim().eq_ignore_ascii_case("tdm-policy");
        if self.tdm_policy.is_none() && meta.attr("name").is_some_and(names_policy) {
            self.tdm_policy = place.resolve(content).and_then(|url| bounded(url.as_str()));
        }
    }

    fn read_link(&mut self, place: Place<'_>, link: &impl Tag) {
        let (Some(rel), Some(href)) = (link.attr("rel"), link.attr("href")) else {
            return;
        };
        if has_word(rel, &["canonical"])
            && let Some(url) = place.resolve(href)
        {
            add_canonical(&mut self.canonicals, &url, &mut self.notes);
        }
    }
}

impl Signals {
    /// Returns what an answer of `url` with these headers says, whose markup says `markup`.
    pub fn of(
        url: Option<&CanonicalUrl>,
        headers: &[(String, String)],
        markup: &Markup,
        token: &str,
    ) -> Self {
        let mut notes = Vec::new();
        let base = url.map(CanonicalUrl::as_url);
        let mut canonicals = Vec::new();
        for found in in_link_headers(url, headers) {
            add_canonical(&mut canonicals, &found, &mut notes);
        }
        for found in &markup.canonicals {
            if !canonicals.contains(found) {
                canonicals.push(found.clone());
            }
        }
        let of_header = header_values(headers, "refresh")
            .find_map(|value| refreshing(value, base, url, &mut notes))
            .or_else(|| markup.refresh.clone());
        let policy = header_values(headers, "tdm-policy")
            .find_map(|value| resolve(url, value))
            .and_then(|url| bounded(url.as_str()));
        let canonical = the_one(canonicals, &mut notes);
        notes.extend(markup.notes.iter().cloned());
        notes.truncate(MAX_NOTES);
        Self {
            directives: Directives::of_headers(headers, token).with_markup(&markup.directives),
            canonical,
            refresh: of_header,
            base: markup.base.clone(),
            tdm_policy: markup.tdm_policy.clone().or(policy),
            notes,
        }
    }

    /// Returns what headers alone say: all that a file without markup can.
    pub fn of_headers(
        url: Option<&CanonicalUrl>,
        headers: &[(String, String)],
        token: &str,
    ) -> Self {
        Self::of(url, headers, &Markup::default(), token)
    }

    /// Returns whether a header of this name is read for signals.
    pub fn is_read(name: &str) -> bool {
        [
            "x-robots-tag",
            "tdm-reservation",
            "tdm-policy",
            "link",
            "refresh",
        ]
        .iter()
        .any(|read| name.eq_ignore_ascii_case(read))
    }

    /// Returns the signals as the archive keeps them.
    pub fn recorded(&self) -> PageSignals {
        PageSignals {
            directives: self.directives.seen.clone(),
            canonical: self.canonical.clone(),
            refresh: self.refresh.clone(),
            base: self.base.clone(),
            tdm_policy: self.tdm_policy.clone(),
        }
    }
}

/// Returns whether the element stands in the page's head: what readers write into a body must not speak
/// for the page. Only the nearest two ancestors are looked at, since elements can be nested deeply.
fn is_in_head(element: ElementRef<'_>) -> bool {
    let parents = element.ancestors().take(2).filter_map(ElementRef::wrap);
    for parent in parents {
        match parent.value().name() {
            "head" => return true,
            "noscript" => {}
            _ => return false,
        }
    }
    false
}

/// Returns the canonical addresses that `Link` headers name. They are relative to the address asked, not
/// to the base that markup declares (RFC 8288 §3.1).
fn in_link_headers(
    url: Option<&CanonicalUrl>,
    headers: &[(String, String)],
) -> impl Iterator<Item = CanonicalUrl> {
    header_values(headers, "link")
        .flat_map(header_links::parse)
        .filter(|reference| reference.kind == LinkKind::Canonical)
        .filter_map(move |reference| resolve(url, &reference.href))
}

fn resolve(url: Option<&CanonicalUrl>, href: &str) -> Option<CanonicalUrl> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    match url {
        Some(url) => url.join(href).ok(),
        None => href.parse().ok(),
    }
}

fn add_canonical(found: &mut Vec<String>, url: &CanonicalUrl, notes: &mut Vec<String>) {
    match bounded(url.as_str()) {
        None => remark(
            notes,
            "a canonical address that is too long was passed over",
        ),
        Some(url) if found.len() < MAX_CANONICALS && !found.contains(&url) => found.push(url),
        Some(_) => {}
    }
}

/// Returns the one address of the list; none where there are several, which say nothing together.
fn the_one(mut found: Vec<String>, notes: &mut Vec<String>) -> Option<String> {
    if found.len() > 1 {
        let named = found.join(", ");
        let what = format!("several canonical addresses, so none holds: {named}");
        remark(notes, &what);
        return None;
    }
    found.pop()
}

/// Reads a refresh. Targets that are no web address are refused.
fn refreshing(
    content: &str,
    base: Option<&Url>,
    own: Option<&CanonicalUrl>,
    notes: &mut Vec<String>,
) -> Option<Refresh> {
    let (seconds, address) = refresh::parse(content)?;
    let reload = Some(Refresh {
        seconds,
        target: None,
    });
    if address.is_empty() {
        return reload;
    }
    let target = match base {
        Some(base) => base.join(address).ok()?,
        None => Url::parse(address).ok()?,
    };
    let scheme = target.scheme().to_owned();
    let canonical = CanonicalUrl::new(&target).ok();
    let Some(kept) = canonical.as_ref().and_then(|url| bounded(url.as_str())) else {
        let scheme: String = scheme.chars().take(20).collect();
        let what = format!("a refresh to no address of the web ({scheme}) was refused");
        remark(notes, &what);
        return None;
    };
    if canonical.as_ref() == own {
        return reload;
    }
    Some(Refresh {
        seconds,
        target: Some(kept),
    })
}

fn remark(notes: &mut Vec<String>, what: &str) {
    if notes.len() < MAX_NOTES {
        notes.push(what.chars().take(MAX_NOTE).collect());
    }
}

fn bounded(address: &str) -> Option<String> {
    (address.len() <= MAX_ADDRESS).then(|| address.to_owned())
}
