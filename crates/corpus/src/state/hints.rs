//! What others say of addresses that the frontier knows: a sitemap that one has changed, a server that
//! it wants to be asked once more.

use std::collections::BTreeMap;

use rusqlite::params;
use thresh_types::{CanonicalUrl, SiteId, Timestamp};

use super::frontier::Frontier;
use super::query;
use super::to_micros;
use crate::CorpusError;

impl Frontier<'_> {
    /// Queues a page that was fetched before `modified`, and not after `since`: a hint that cannot make a
    /// page be asked for more often than that.
    ///
    /// # Errors
    /// When the database fails.
    pub fn seen_changed(
        &mut self,
        url: &CanonicalUrl,
        modified: Timestamp,
        since: Timestamp,
    ) -> Result<(), CorpusError> {
        self.run(
            "UPDATE urls SET state = 0, attempts = 0, redirects = 0 \
             WHERE url = ?1 AND kind = 0 AND state = 1 AND fetched_at < ?2 AND fetched_at <= ?3",
            params![url.as_str(), to_micros(modified), to_micros(since)],
        )?;
        Ok(())
    }

    /// Queues a page once more that was just fetched.
    ///
    /// # Errors
    /// When the database fails.
    pub fn asked_again(&mut self, url: &CanonicalUrl) -> Result<(), CorpusError> {
        self.run(
            "UPDATE urls SET state = 0 WHERE url = ?1 AND kind = 0 AND state = 1",
            [url.as_str()],
        )?;
        Ok(())
    }

    /// Returns how many pages of each site are queued or wait for their time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pages_ahead(&self) -> Result<BTreeMap<SiteId, u64>, CorpusError> {
        query::pages_ahead(self.transaction).map_err(&self.failed)
    }
}
