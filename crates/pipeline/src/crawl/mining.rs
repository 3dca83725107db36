//! Asks each origin for its word on text and data mining, beside its pages.

use std::collections::BTreeSet;

use thresh_corpus::{CorpusError, Frontier, NewUrl};
use thresh_types::{Discovery, How, Origin, SiteId, TDMREP_PATH, TaskKind};

use super::admit::PRIORITY_LISTED;

/// The origins whose file is asked for in this run.
#[derive(Debug, Default)]
pub(super) struct Mining {
    asked: BTreeSet<(SiteId, Origin)>,
}

impl Mining {
    /// Queues the file of the origin that `new`, which was just queued, is a page of. Whatever the site's
    /// patterns include: the file speaks for all of the origin. One that is known is asked again when it
    /// is due, as a sitemap.
    pub(super) fn ask(
        &mut self,
        frontier: &mut Frontier<'_>,
        new: &NewUrl,
    ) -> Result<(), CorpusError> {
        let origin = new.url.origin();
        let file = origin.at(TDMREP_PATH);
        let is_first = new.kind == TaskKind::Page && self.asked.insert((new.site.clone(), origin));
        if let (true, Some(url)) = (is_first, file) {
            frontier.enqueue(&NewUrl {
                url,
                site: new.site.clone(),
                kind: TaskKind::Tdmrep,
                depth: 0,
                redirects: 0,
                requested: None,
                priority: PRIORITY_LISTED,
                discovery: Discovery::bare(How::WellKnown),
                vouched: true,
            })?;
        }
        Ok(())
    }
}
