//! Decides which addresses a site may be asked for.

use std::collections::BTreeSet;

use thresh_config::{Config, Site};
use thresh_corpus::NewUrl;
use thresh_types::{CanonicalUrl, RefusalReason, SiteId};

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
    told: BTreeSet<(SiteId, RefusalReason, String)>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self {
            config,
            told: BTreeSet::new(),
        }
    }

    /// Returns the queue entry for a lead found at `depth - 1`, or why there is none.
    pub(super) fn lead(&self, site: &Site, lead: &Lead, depth: u32) -> Result<NewUrl, Rejection> {
        site.in_scope(&lead.url).map_err(|_| Rejection::Elsewhere)?;
        limits(site, &lead.url, depth)?;
        let linked = PRIORITY_LINKED.saturating_add(i32::try_from(depth).unwrap_or(i32::MAX / 2));
        Ok(NewUrl {
            url: lead.url.clone(),
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
        self.told.insert((site.clone(), reason, about.to_owned()))
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
