//! Decides which addresses a site may be asked for.

use std::collections::{BTreeMap, BTreeSet};

use thresh_config::{Config, Site};
use thresh_corpus::NewUrl;
use thresh_types::{CanonicalUrl, RefusalReason, SiteId, TaskKind};

use crate::digest::Lead;

/// Seeds and what a person names.
pub(super) const PRIORITY_SEED: i32 = 0;
/// What a sitemap or feed lists.
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

/// The limits of a run, with what they have counted.
#[derive(Debug)]
pub(super) struct Gate<'a> {
    config: &'a Config,
    known_pages: BTreeMap<SiteId, u64>,
    told: BTreeSet<(SiteId, RefusalReason, String)>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self {
            config,
            known_pages: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    /// Notes how many addresses of `site` the frontier holds.
    pub(super) fn know(&mut self, site: &SiteId, pages: u64) {
        *self.known_pages.entry(site.clone()).or_default() += pages;
    }

    /// Returns the queue entry for a lead found at `depth - 1`, or why there is none.
    pub(super) fn lead(&self, site: &Site, lead: &Lead, depth: u32) -> Result<NewUrl, Rejection> {
        site.in_scope(&lead.url).map_err(|_| Rejection::Elsewhere)?;
        self.limits(site, &lead.url, depth, lead.kind)?;
        let linked = PRIORITY_LINKED.saturating_add(i32::try_from(depth).unwrap_or(i32::MAX / 2));
        Ok(NewUrl {
            url: lead.url.clone(),
            site: site.id.clone(),
            kind: lead.kind,
            depth,
            redirects: 0,
            requested: None,
            priority: if lead.listed { PRIORITY_LISTED } else { linked },
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

    fn limits(
        &self,
        site: &Site,
        url: &CanonicalUrl,
        depth: u32,
        kind: TaskKind,
    ) -> Result<(), Rejection> {
        let crawl = &site.crawl;
        let refuse = |reason, detail| Err(Rejection::Refused(reason, detail));
        if url.as_str().len() > crawl.max_url_length {
            let detail = format!(
                "{} bytes, max_url_length is {}",
                url.as_str().len(),
                crawl.max_url_length
            );
            return refuse(RefusalReason::UrlTooLong, detail);
        }
        if depth > crawl.max_depth {
            return refuse(
                RefusalReason::Depth,
                format!("max_depth is {}", crawl.max_depth),
            );
        }
        let known = self.known_pages.get(&site.id).copied().unwrap_or(0);
        if kind == TaskKind::Page && known >= crawl.max_pages_per_site {
            let detail = format!("max_pages_per_site is {}", crawl.max_pages_per_site);
            return refuse(RefusalReason::Budget, detail);
        }
        Ok(())
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
