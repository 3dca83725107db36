//! Decides which addresses a site may be asked for.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use thresh_config::{Config, Site};
use thresh_corpus::NewUrl;
use thresh_types::{CanonicalUrl, Discovery, How, RefusalReason, SiteId};

use crate::digest::{Lead, Place};

/// Seeds and what a person names.
pub(super) const PRIORITY_SEED: i32 = 0;
/// What a feed lists, or a sitemap as news.
const PRIORITY_NEWS: i32 = 3;
/// What a sitemap lists.
pub(super) const PRIORITY_LISTED: i32 = 5;
/// What pages link to; the depth is added, so that the crawl goes breadth first.
const PRIORITY_LINKED: i32 = 10;

/// Why an address is not queued.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// It is not the site's: no news, since every page links elsewhere.
    Elsewhere,
    /// A limit speaks against it.
    Refused(RefusalReason, String),
}

/// What may be queued, and what was told of the rest.
#[derive(Debug)]
pub(super) struct Gate<'a> {
    config: &'a Config,
    told: Told,
}

/// Refusals in one generation of [`Told`]; there are two.
const GENERATION: usize = 50_000;

/// The refusals that were told last, by their hashes: at least [`GENERATION`] of them, at most twice as
/// many. A link that was refused longer ago is told again when it is met again; no refusal is kept back,
/// but for two that have the same 64 bits for a hash.
#[derive(Debug, Default)]
struct Told {
    young: HashSet<u64>,
    old: HashSet<u64>,
}

impl Told {
    /// Remembers a refusal. Returns whether it is news.
    fn is_news(&mut self, refusal: u64) -> bool {
        let was_told = self.young.contains(&refusal) || self.old.contains(&refusal);
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(refusal);
        !was_told
    }
}

impl<'a> Gate<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self {
            config,
            told: Told::default(),
        }
    }

    /// Returns the queue entry for a lead found at `depth - 1`, or its address and why there is none.
    pub(super) fn lead(
        &self,
        site: &Site,
        lead: Lead,
        depth: u32,
    ) -> Result<NewUrl, (CanonicalUrl, Rejection)> {
        if site.in_scope(&lead.url).is_err() {
            return Err((lead.url, Rejection::Elsewhere));
        }
        Self::entry(site, lead, depth)
    }

    /// As [`Gate::lead`], for a lead that is known to be in the site's scope.
    pub(super) fn entry(
        site: &Site,
        lead: Lead,
        depth: u32,
    ) -> Result<NewUrl, (CanonicalUrl, Rejection)> {
        if let Err(rejection) = limits(site, &lead.url, depth) {
            return Err((lead.url, rejection));
        }
        let linked = PRIORITY_LINKED.saturating_add(i32::try_from(depth).unwrap_or(i32::MAX / 2));
        Ok(NewUrl {
            site: site.id.clone(),
            kind: lead.kind,
            depth,
            redirects: 0,
            requested: None,
            priority: match lead.place {
                Place::News => PRIORITY_NEWS,
                Place::Listed => PRIORITY_LISTED,
                Place::Linked => linked,
            },
            vouched: lead.place != Place::Linked,
            discovery: discovery(lead.link, lead.place),
            url: lead.url,
        })
    }

    /// Returns the site that may be asked for the target of a redirect: the same, or another that
    /// claims it.
    pub(super) fn redirect_site(
        &self,
        site: &Site,
        target: &CanonicalUrl,
    ) -> Result<SiteId, Rejection> {
        match site.in_scope(target) {
            Ok(()) => Ok(site.id.clone()),
            Err(why) => self
                .config
                .site_of(target)
                .filter(|other| other.in_scope(target).is_ok())
                .map(|other| other.id.clone())
                .ok_or_else(|| {
                    Rejection::Refused(RefusalReason::Scope, format!("redirect target: {why}"))
                }),
        }
    }

    /// Returns whether this refusal of a link is news. Pages repeat their links, and a spent budget
    /// refuses everything: it is told once per site.
    pub(super) fn is_news(&mut self, site: &SiteId, reason: RefusalReason, url: &str) -> bool {
        let about = if reason == RefusalReason::Budget {
            ""
        } else {
            url
        };
        let mut hasher = DefaultHasher::new();
        (site, reason, about).hash(&mut hasher);
        self.told.is_news(hasher.finish())
    }
}

/// Returns how the lead came to be known; the caller knows where.
fn discovery(link: Option<(How, String)>, place: Place) -> Discovery {
    let (how, words) = link.unwrap_or_else(|| match place {
        Place::News => (How::Feed, String::new()),
        Place::Listed => (How::Sitemap, String::new()),
        Place::Linked => (How::Link, String::new()),
    });
    Discovery {
        context: Some(words).filter(|words| !words.is_empty()),
        ..Discovery::bare(how)
    }
}

fn limits(site: &Site, url: &CanonicalUrl, depth: u32) -> Result<(), Rejection> {
    let crawl = &site.crawl;
    let length = url.as_str().len();
    if length > crawl.max_url_length {
        let detail = format!("{length} bytes, max_url_length is {}", crawl.max_url_length);
        return Err(Rejection::Refused(RefusalReason::UrlTooLong, detail));
    }
    if depth > crawl.max_depth {
        let detail = format!("max_depth is {}", crawl.max_depth);
        return Err(Rejection::Refused(RefusalReason::Depth, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_once_while_it_is_remembered() {
        let mut told = Told::default();
        let most = 5 * GENERATION as u64;
        let repeated = (0..most).filter(|n| {
            assert!(told.is_news(n + 1), "{n} is new");
            !told.is_news(n + 1) && !told.is_news(n.saturating_sub(GENERATION as u64 / 2) + 1)
        });
        assert_eq!(repeated.count() as u64, most);
        assert!(told.young.len() <= GENERATION && told.old.len() <= GENERATION);
        assert!(told.is_news(1), "that was long ago");
    }

    #[test]
    fn a_spent_budget_is_told_once_per_site_and_the_rest_by_address() {
        let config = Config::embedded();
        let mut gate = Gate::new(&config);
        let (a, b): (SiteId, SiteId) = ("a".parse().unwrap(), "b".parse().unwrap());
        assert!(gate.is_news(&a, RefusalReason::Budget, "http://a.example/1"));
        assert!(!gate.is_news(&a, RefusalReason::Budget, "http://a.example/2"));
        assert!(gate.is_news(&b, RefusalReason::Budget, "http://a.example/1"));
        assert!(gate.is_news(&a, RefusalReason::Depth, "http://a.example/1"));
        assert!(gate.is_news(&a, RefusalReason::Depth, "http://a.example/2"));
        assert!(!gate.is_news(&a, RefusalReason::Depth, "http://a.example/1"));
        assert!(gate.is_news(&a, RefusalReason::UrlTooLong, "http://a.example/1"));
    }
}
