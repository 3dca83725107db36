//! What the crawl learns from pages about where it should not go on.

use thresh_config::Site;
use thresh_corpus::{QueuedUrl, Session};
use thresh_types::{CanonicalUrl, How, Refusal, RefusalReason, SiteId, TaskKind};

use super::run::Run;
use super::traps::{Grade, Lesson, MEMORY, Seen, Step, Traps, Verdict};
use crate::PipelineError;
use crate::digest::{Digest, Lead};

/// Under this name the learner's memory is kept beside the frontier.
const MEMORY_NAME: &str = "traps";

/// A page whose links are to be followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parent<'a> {
    pub(super) url: &'a CanonicalUrl,
    pub(super) depth: u32,
    /// What the page taught; none where it is no page of text.
    pub(super) lesson: Option<Lesson>,
}

impl Run<'_> {
    /// Takes up what former runs learned.
    pub(super) fn recall_lessons(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        if let Some(bytes) = session.change(|frontier| frontier.recall(MEMORY_NAME))? {
            self.traps = Traps::from_bytes(&bytes, MEMORY);
        }
        Ok(())
    }

    /// Keeps what was learned for the next run.
    pub(super) fn keep_lessons(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        let bytes = self.traps.to_bytes();
        Ok(session.change(|frontier| frontier.remember(MEMORY_NAME, &bytes))?)
    }

    /// Learns from the answer to an address.
    pub(super) fn learn(
        &mut self,
        queued: &QueuedUrl,
        status: u16,
        digest: &Digest,
    ) -> Option<Lesson> {
        if queued.kind != TaskKind::Page {
            return None;
        }
        if matches!(status, 404 | 410) {
            if queued.fetched_at.is_none() {
                self.traps.failed(&queued.site, &queued.url, queued.vouched);
            }
            return None;
        }
        let lesson = self.learn_page(&Seen {
            site: &queued.site,
            url: &queued.url,
            via: queued.discovery.via.as_ref(),
            vouched: queued.vouched,
            first: queued.fetched_at.is_none(),
            sketch: digest.sketch.as_ref()?,
        })?;
        // What a person named vouches for what it links to, whatever it shows.
        let named = matches!(queued.discovery.how, How::Seed | How::Named);
        let grade = if named { Grade::Novel } else { lesson.grade };
        Some(Lesson { grade, ..lesson })
    }

    pub(super) fn learn_page(&mut self, page: &Seen<'_>) -> Option<Lesson> {
        let lesson = self.traps.learn(page);
        if lesson.reopened {
            let site = page.site.clone();
            self.changes
                .push(Box::new(move |frontier| frontier.reopen(&site)));
        }
        Some(lesson)
    }

    /// Decides about the links of a page; without a lesson, nobody vouches for them.
    pub(super) fn steps(&mut self, site: &Site, parent: Parent<'_>, leads: &[&Lead]) -> Vec<Step> {
        let Some(lesson) = parent.lesson else {
            let step = Step {
                vouched: false,
                deeper: true,
                held: None,
            };
            return vec![step; leads.len()];
        };
        let urls: Vec<&CanonicalUrl> = leads.iter().map(|lead| &lead.url).collect();
        self.traps.links(&site.id, parent.url, &lesson, &urls)
    }

    /// Returns whether an address that was taken is to be asked. One that was asked before is, whatever
    /// was learned since; one that is not is put back, until somebody vouches for it.
    pub(super) fn is_worth_asking(&mut self, queued: &QueuedUrl) -> bool {
        if queued.kind != TaskKind::Page || queued.fetched_at.is_some() {
            return true;
        }
        match self.traps.judge(&queued.site, &queued.url, queued.vouched) {
            Verdict::Go => true,
            Verdict::Hold(_) => {
                self.hold(queued);
                self.count_held(&queued.site);
                false
            }
        }
    }

    pub(super) fn count_held(&mut self, site: &SiteId) {
        let tally = self.tally(site);
        *tally.refused.entry(RefusalReason::Trap).or_default() += 1;
    }

    /// Names the traps of this run, in the report and, once each, in the log.
    pub(super) fn name_traps(&mut self) {
        let at = self.clock.now();
        for found in self.traps.report() {
            if let (Some(url), Ok(site)) = (found.samples.first(), found.site.parse()) {
                let refusal = Refusal {
                    url: url.clone(),
                    site,
                    reason: RefusalReason::Trap,
                    detail: format!("{}: {}", found.kind, found.evidence),
                    at,
                };
                self.changes
                    .push(Box::new(move |frontier| frontier.refused(None, &refusal)));
            }
            self.report.traps.push(found);
        }
    }
}
