//! Which of the addresses that were found are queued: as many as the budgets of their sites allow.

use std::collections::BTreeMap;
use std::sync::Arc;

use thresh_corpus::{CorpusError, Frontier, NewUrl, QueuedUrl};
use thresh_types::{CanonicalUrl, SiteId, TaskKind, Timestamp};

use super::admit::Rejection;
use super::run::Run;
use crate::listing::Listing;

/// An address that an answer led to.
pub(super) struct Found {
    pub(super) new: NewUrl,
    /// When it last changed, where a sitemap says so.
    pub(super) modified: Option<Timestamp>,
}

/// The addresses of a sitemap. They are unfolded one by one: there may be hundreds of thousands.
pub(super) struct FoundList {
    pub(super) listing: Arc<Listing>,
    pub(super) site: SiteId,
    /// The sitemap.
    pub(super) from: CanonicalUrl,
    pub(super) depth: u32,
}

/// The first address of each site that lies beyond its budget, with the budget: it is told once.
type Beyond = BTreeMap<SiteId, (CanonicalUrl, u64)>;

impl Run<'_> {
    /// Holds an address whose turn it was, until somebody vouches for it. It leaves its place in the
    /// budget of its site to another; if it is queued again, it takes one again.
    pub(super) fn hold(&mut self, queued: &QueuedUrl) {
        if queued.kind == TaskKind::Page
            && let Some(planned) = self.planned.get_mut(&queued.site)
        {
            *planned = planned.saturating_sub(1);
        }
        let id = queued.id;
        self.changes
            .push(Box::new(move |frontier| frontier.hold(id)));
    }

    /// Queues what was found, as far as the budgets of the sites go. Returns what lies beyond, with the
    /// budget: one address for each site.
    pub(super) fn plan(
        &mut self,
        frontier: &mut Frontier<'_>,
        found: Vec<Found>,
    ) -> Result<Vec<(CanonicalUrl, SiteId, u64)>, CorpusError> {
        let mut beyond = Beyond::new();
        for found in found {
            self.plan_one(frontier, found, &mut beyond)?;
        }
        for list in std::mem::take(&mut self.lists) {
            self.plan_list(frontier, &list, &mut beyond)?;
        }
        let beyond = beyond.into_iter();
        Ok(beyond
            .map(|(site, (url, limit))| (url, site, limit))
            .collect())
    }

    fn plan_list(
        &mut self,
        frontier: &mut Frontier<'_>,
        list: &FoundList,
        beyond: &mut Beyond,
    ) -> Result<(), CorpusError> {
        let Some(site) = self.site_of(&list.site) else {
            return Ok(());
        };
        let mut any = false;
        for lead in list.listing.iter() {
            let modified = lead.modified;
            match self.gate.lead(site, lead, list.depth + 1) {
                Ok(mut new) => {
                    new.discovery.via = Some(list.from.clone());
                    any |= self.plan_one(frontier, Found { new, modified }, beyond)?;
                }
                Err((_, Rejection::Elsewhere)) => {}
                Err((url, Rejection::Refused(reason, detail))) => {
                    let refusal = self.refusal(&url, &site.id, reason, detail);
                    self.refuse_link(refusal);
                }
            }
        }
        if any && self.feeds.paid(&list.site, &list.from) {
            frontier.reopen(&list.site)?;
        }
        Ok(())
    }

    /// Returns whether the address was queued.
    fn plan_one(
        &mut self,
        frontier: &mut Frontier<'_>,
        Found { new, modified }: Found,
        beyond: &mut Beyond,
    ) -> Result<bool, CorpusError> {
        let settings = self.site_of(&new.site).map(|site| &site.crawl);
        let limit = settings.map_or(u64::MAX, |crawl| crawl.max_pages_per_site);
        let is_page = new.kind == TaskKind::Page;
        let planned = match self.planned.get_mut(&new.site) {
            Some(planned) => planned,
            None => self.planned.entry(new.site.clone()).or_default(),
        };
        if is_page && *planned >= limit {
            if !beyond.contains_key(&new.site) && frontier.known(&new.url, new.kind)?.is_none() {
                beyond.insert(new.site, (new.url, limit));
            }
        } else if frontier.enqueue_listed(&new, modified)? {
            *planned += u64::from(is_page);
            self.mining.ask(frontier, &new)?;
            return Ok(true);
        } else if let (Some(modified), Some(crawl)) = (modified, settings) {
            let now = self.clock.now();
            frontier.seen_changed(&new.url, modified.min(now), now - crawl.revisit_min.0)?;
        }
        Ok(false)
    }
}
