//! What the crawl learns from pages about where it should not go on.

use thresh_config::Site;
use thresh_corpus::{QueuedUrl, Session};
use thresh_types::{CanonicalUrl, How, Refusal, RefusalReason, SiteId, TaskKind};

use super::feeds::Feeds;
use super::run::Run;
use super::traps::{Grade, Lesson, MEMORY, Seen, Step, Traps, Verdict};
use crate::PipelineError;
use crate::digest::{Digest, Lead};

/// Under this name the learner's memory is kept beside the frontier.
const MEMORY_NAME: &str = "traps";

/// Under this name what was learned of feeds is kept beside the frontier.
const FEEDS_NAME: &str = "feeds";

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
        if let Some(bytes) = session.change(|frontier| frontier.recall(FEEDS_NAME))? {
            self.feeds = Feeds::from_bytes(&bytes);
        }
        Ok(())
    }

    /// Keeps what was learned for the next run.
    pub(super) fn keep_lessons(&mut self, session: &mut Session) -> Result<(), PipelineError> {
        let traps = &self.traps;
        let feeds = self.feeds.to_bytes();
        Ok(session.change(|frontier| {
            // As it is written: what it comes to is large.
            frontier.remember_as_written(MEMORY_NAME, |out| traps.write(out))?;
            frontier.remember(FEEDS_NAME, &feeds)
        })?)
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
    pub(super) fn steps(&mut self, site: &Site, parent: Parent<'_>, leads: &[Lead]) -> Vec<Step> {
        let Some(lesson) = parent.lesson else {
            let step = Step {
                vouched: false,
                deeper: true,
                held: None,
            };
            return vec![step; leads.len()];
        };
        let urls: Vec<&CanonicalUrl> = leads.iter().map(|lead| &lead.url).collect();
        let mut steps = self.traps.links(&site.id, parent.url, &lesson, &urls);
        for (url, step) in urls.into_iter().zip(&mut steps) {
            let depth = parent.depth + u32::from(step.deeper);
            if depth > site.crawl.max_depth && step.held.is_none() {
                step.held = self.traps.hold_deep(&site.id, parent.url, url);
            }
        }
        steps
    }

    /// Returns whether an address that was taken is to be asked. One that was asked before is, whatever
    /// was learned since; one that is not is put back, until somebody vouches for it.
    pub(super) fn is_worth_asking(&mut self, queued: &QueuedUrl) -> bool {
        let was_judged = queued.fetched_at.is_some() || queued.attempts > 0;
        let (site, url) = (&queued.site, &queued.url);
        let is_worth = was_judged
            || match queued.kind {
                TaskKind::Page => self.traps.judge(site, url, queued.vouched) == Verdict::Go,
                TaskKind::Sitemap => self.is_feed_worth_asking(queued),
                TaskKind::Tdmrep => true,
            };
        if !is_worth {
            self.hold(queued);
            self.count_held(site);
        }
        is_worth
    }

    /// Judges a feed that a page names; what is known otherwise is asked.
    fn is_feed_worth_asking(&mut self, queued: &QueuedUrl) -> bool {
        match (queued.discovery.how, &queued.discovery.via) {
            (How::Relation, _) => self.feeds.ask(&queued.site, &queued.url),
            (How::Redirect, Some(from)) => {
                self.feeds.moved(from, &queued.url);
                true
            }
            _ => true,
        }
    }

    pub(super) fn count_held(&mut self, site: &SiteId) {
        let tally = self.tally(site);
        *tally.refused.entry(RefusalReason::Trap).or_default() += 1;
    }

    /// Names the traps of this run, in the report and, once each, in the log.
    pub(super) fn name_traps(&mut self) {
        let at = self.clock.now();
        let mut traps = self.traps.report();
        traps.extend(self.feeds.report());
        for found in traps {
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
