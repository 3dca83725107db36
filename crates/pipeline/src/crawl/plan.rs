//! Which of the addresses that were found are queued: as many as the budgets of their sites allow.

use thresh_corpus::{CorpusError, Frontier, NewUrl};
use thresh_types::{CanonicalUrl, SiteId, TaskKind, Timestamp};

use super::run::Run;

/// An address that an answer led to.
pub(super) struct Found {
    pub(super) new: NewUrl,
    /// When it last changed, where a sitemap says so.
    pub(super) modified: Option<Timestamp>,
}

impl Run<'_> {
    /// Queues what was found, as far as the budgets of the sites go. Returns what lies beyond, with the
    /// budget.
    pub(super) fn plan(
        &mut self,
        frontier: &mut Frontier<'_>,
        found: Vec<Found>,
    ) -> Result<Vec<(CanonicalUrl, SiteId, u64)>, CorpusError> {
        let now = self.clock.now();
        let mut beyond = Vec::new();
        for Found { new, modified } in found {
            let settings = self.config.site(&new.site).map(|site| &site.crawl);
            let limit = settings.map_or(u64::MAX, |crawl| crawl.max_pages_per_site);
            let is_page = new.kind == TaskKind::Page;
            let planned = self.planned.entry(new.site.clone()).or_default();
            if is_page && *planned >= limit {
                if frontier.known(&new.url, new.kind)?.is_none() {
                    beyond.push((new.url, new.site, limit));
                }
            } else if frontier.enqueue(&new)? {
                *planned += u64::from(is_page);
                self.mining.ask(frontier, &new)?;
            } else if let (Some(modified), Some(crawl)) = (modified, settings) {
                frontier.seen_changed(&new.url, modified.min(now), now - crawl.revisit_min.0)?;
            }
        }
        Ok(beyond)
    }
}
