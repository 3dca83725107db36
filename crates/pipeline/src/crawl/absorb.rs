//! What one arrival changes in the archive and in the frontier.

use std::time::Duration;

use thresh_codec::Cut;
use thresh_config::Site;
use thresh_corpus::{Corpus, Done, NewUrl, Note, QueuedUrl, Session};
use thresh_types::{
    CanonicalUrl, Capture, CaptureKind, Exchange, FetchOutcome, HttpHead, Refusal, RefusalReason,
    SiteId, TaskKind, Timestamp, Truncation,
};

use super::admit::Rejection;
use super::flaw::Flaw;
use super::inbox::Arrival;
use super::plan::Found;
use super::run::Run;
use crate::PipelineError;
use crate::digest::{Digest, digest_bytes};
use crate::event::Event;
use crate::schedule::next_interval;

/// Characters of an address that a refusal quotes: a hostile page can name addresses of megabytes.
const QUOTED: usize = 2048;

fn shortened(url: &str) -> String {
    match url.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &url[..end]),
        None => url.to_owned(),
    }
}

impl Run<'_> {
    /// Appends what was exchanged and notes what follows from it.
    pub(super) fn absorb(
        &mut self,
        session: &mut Session,
        arrival: Arrival,
    ) -> Result<(), PipelineError> {
        let Arrival { report, digest } = arrival;
        let Some(queued) = self.in_hand.get(&report.task.id).cloned() else {
            return Ok(());
        };
        self.settled.push(queued.id);
        self.tally(&queued.site).waited += report.waited;
        self.absorb_robots(session, &queued.site, &report.robots)?;
        match report.outcome {
            FetchOutcome::Answered(exchange) => self.answered(session, &queued, &exchange, &digest),
            FetchOutcome::NotModified(exchange) => {
                self.unchanged(session, &queued, &exchange, &digest)
            }
            FetchOutcome::Redirected(exchange, target) => {
                self.redirected(session, &queued, &exchange, &target, &digest)
            }
            FetchOutcome::Refused {
                reason,
                detail,
                exchange,
            } => {
                self.append_failed(session, &queued, exchange.as_ref(), &digest)?;
                self.give_up(&queued, reason, detail);
                Ok(())
            }
            FetchOutcome::Deferred {
                reason,
                detail,
                wait,
                exchange,
            } => {
                self.append_failed(session, &queued, exchange.as_ref(), &digest)?;
                // A server that wants a long pause has its waiting pages put back unasked: no try.
                let tried = exchange.is_some() || reason != RefusalReason::Overloaded;
                self.deferred(&queued, reason, detail, wait, u32::from(tried));
                Ok(())
            }
        }
    }

    fn answered(
        &mut self,
        session: &mut Session,
        queued: &QueuedUrl,
        exchange: &Exchange,
        digest: &Digest,
    ) -> Result<(), PipelineError> {
        let kind = kind_of(queued.kind);
        let flaw = Flaw::of(exchange, digest);
        let capture = session.append_exchange(exchange, &note(queued, kind, digest))?;
        self.count(queued, &capture, flaw.is_some());
        self.done(queued, exchange, !capture.revisit, flaw.is_some());
        if let Some(flaw) = flaw {
            self.flawed(queued, flaw);
        }
        for problem in &digest.problems {
            self.warn(&queued.site, format!("{}: {problem}", queued.url));
        }
        self.follow(&queued.site, digest, queued.depth);
        self.captured(capture);
        Ok(())
    }

    fn unchanged(
        &mut self,
        session: &mut Session,
        queued: &QueuedUrl,
        exchange: &Exchange,
        digest: &Digest,
    ) -> Result<(), PipelineError> {
        let kind = kind_of(queued.kind);
        let capture = session.append_exchange(exchange, &note(queued, kind, digest))?;
        self.tally(&queued.site).unchanged += u64::from(queued.kind == TaskKind::Page);
        self.done(queued, exchange, false, false);
        self.captured(capture);
        Ok(())
    }

    fn redirected(
        &mut self,
        session: &mut Session,
        queued: &QueuedUrl,
        exchange: &Exchange,
        target: &CanonicalUrl,
        digest: &Digest,
    ) -> Result<(), PipelineError> {
        let mut note = note(queued, CaptureKind::Redirect, digest);
        note.location = Some(target.to_string());
        let capture = session.append_exchange(exchange, &note)?;
        self.tally(&queued.site).redirected += u64::from(!is_aside(queued));
        self.done(queued, exchange, false, true);
        if self.is_circle(queued, target) {
            self.leave_circle(queued, exchange, target);
        } else {
            self.follow_redirect(queued, target);
        }
        self.captured(capture);
        Ok(())
    }

    pub(super) fn deferred(
        &mut self,
        queued: &QueuedUrl,
        reason: RefusalReason,
        detail: String,
        wait: Duration,
        tries: u32,
    ) {
        let retries = self
            .sites
            .get(&queued.site)
            .map_or(0, |site| site.crawl.retries);
        let attempts = queued.attempts + tries;
        if attempts > retries {
            let detail = format!("{detail}; given up after {attempts} attempts");
            return self.give_up(queued, reason, detail);
        }
        let (id, until) = (queued.id, self.clock.now() + wait);
        self.changes.push(Box::new(move |frontier| {
            frontier.deferred(id, until, attempts)
        }));
        (self.observe)(Event::Deferred {
            url: queued.url.to_string(),
            detail,
            wait_seconds: wait.as_secs(),
        });
    }

    /// Ends with an address that could not be had. What was asked for on the side is nobody's news.
    fn give_up(&mut self, queued: &QueuedUrl, reason: RefusalReason, detail: String) {
        let id = queued.id;
        if is_aside(queued) {
            return self
                .changes
                .push(Box::new(move |frontier| frontier.passed_over(id)));
        }
        let refusal = self.refusal(&queued.url, &queued.site, reason, detail);
        self.refuse(Some(id), refusal);
    }

    /// Queues the addresses that an answer leads to.
    fn follow(&mut self, site: &SiteId, digest: &Digest, depth: u32) {
        let Some(site) = self.config.site(site) else {
            return;
        };
        for lead in &digest.leads {
            match self.gate.lead(site, lead, depth + 1) {
                Ok(new) => self.found.push(Found {
                    new,
                    modified: lead.modified,
                }),
                Err(Rejection::Elsewhere) => {}
                Err(Rejection::Refused(reason, detail)) => {
                    let refusal = self.refusal(&lead.url, &site.id, reason, detail);
                    self.refuse_link(refusal);
                }
            }
        }
    }

    pub(super) fn enqueue(&mut self, new: NewUrl) {
        self.found.push(Found {
            new,
            modified: None,
        });
    }

    /// Refuses a link, unless the same was told before in this run.
    pub(super) fn refuse_link(&mut self, refusal: Refusal) {
        if self
            .gate
            .is_news(&refusal.site, refusal.reason, &refusal.url)
        {
            self.refuse(None, refusal);
        }
    }

    fn done(&mut self, queued: &QueuedUrl, exchange: &Exchange, changed: bool, flawed: bool) {
        let at = self.clock.now();
        // What is not whole must not be called unchanged next time.
        let validator = |name| exchange.response.header(name).filter(|_| !flawed);
        let done = Done {
            status: exchange.status,
            etag: validator("etag"),
            last_modified: validator("last-modified"),
            changed,
            at,
            next_due: self.next_due(queued, changed, at),
        };
        let id = queued.id;
        self.changes
            .push(Box::new(move |frontier| frontier.finished(id, &done)));
    }

    fn next_due(&self, queued: &QueuedUrl, changed: bool, at: Timestamp) -> Option<Timestamp> {
        let site = self.sites.get(&queued.site)?;
        let unchanged_for = queued
            .changed_at
            .map(|since| at.duration_since(since).unsigned_abs());
        Some(at + next_interval(&site.crawl, unchanged_for, changed))
    }

    fn count(&mut self, queued: &QueuedUrl, capture: &Capture, flawed: bool) {
        let tally = self.tally(&queued.site);
        tally.bytes += capture.bytes;
        match (queued.kind, capture.status) {
            (TaskKind::Tdmrep, _) => {}
            (TaskKind::Sitemap, _) => tally.sitemaps += u64::from(capture.status == 200),
            (TaskKind::Page, 200..300) if flawed => {}
            (TaskKind::Page, 200..300) if capture.revisit => tally.unchanged += 1,
            (TaskKind::Page, 200..300) => tally.captured += 1,
            (TaskKind::Page, status) => *tally.errors.entry(status).or_default() += 1,
        }
    }

    fn append_failed(
        &mut self,
        session: &mut Session,
        queued: &QueuedUrl,
        exchange: Option<&Exchange>,
        digest: &Digest,
    ) -> Result<(), PipelineError> {
        let Some(exchange) = exchange else {
            return Ok(());
        };
        let capture =
            session.append_exchange(exchange, &note(queued, kind_of(queued.kind), digest))?;
        self.captured(capture);
        Ok(())
    }

    pub(super) fn captured(&self, capture: Capture) {
        let queued = self.in_hand.len() as u64;
        let capture = Box::new(capture);
        (self.observe)(Event::Captured { capture, queued });
    }

    fn warn(&self, site: &SiteId, message: String) {
        (self.observe)(Event::Warning {
            site: Some(site.clone()),
            message,
        });
    }

    pub(super) fn refusal(
        &self,
        url: &CanonicalUrl,
        site: &SiteId,
        reason: RefusalReason,
        detail: String,
    ) -> Refusal {
        Refusal {
            url: shortened(url.as_str()),
            site: site.clone(),
            reason,
            detail,
            at: self.clock.now(),
        }
    }

    /// Follows the links of a page that an interrupted run archived but did not note.
    pub(super) fn absorb_adopted(
        &mut self,
        corpus: &Corpus,
        capture: &Capture,
    ) -> Result<(), PipelineError> {
        // Any configured site, also one that is not crawled now: nobody would look at its links later.
        let site = self.config.site(&capture.site);
        if let (Some(site), Ok(url)) = (site, capture.final_url.parse::<CanonicalUrl>()) {
            self.follow_adopted(corpus, site, capture, &url)?;
        }
        let interval = site.map(|site| next_interval(&site.crawl, None, true));
        let next_due = capture
            .fetched_at
            .zip(interval)
            .map(|(at, interval)| at + interval);
        let capture = capture.clone();
        self.changes.push(Box::new(move |frontier| {
            frontier.processed_until(&capture, next_due)
        }));
        Ok(())
    }

    fn follow_adopted(
        &mut self,
        corpus: &Corpus,
        site: &Site,
        capture: &Capture,
        url: &CanonicalUrl,
    ) -> Result<(), PipelineError> {
        let kind = match capture.kind {
            CaptureKind::Sitemap => TaskKind::Sitemap,
            CaptureKind::Page => TaskKind::Page,
            CaptureKind::Tdmrep => return Ok(()),
            CaptureKind::Redirect | CaptureKind::Robots => {
                self.follow_adopted_redirect(site, capture);
                return Ok(());
            }
        };
        if capture.status == 200 && !capture.revisit {
            let payload = corpus.read_payload(capture)?;
            let head = payload.head.unwrap_or(HttpHead(Vec::new()));
            let bounds = self.bounds();
            let whose = (&site.id, &bounds);
            let digest = digest_bytes(url, &head, &payload.bytes, kind, capture.status, whose);
            self.follow(&site.id, &digest, 0);
        }
        Ok(())
    }

    fn follow_adopted_redirect(&mut self, site: &Site, capture: &Capture) {
        let target = capture
            .location
            .as_ref()
            .and_then(|target| target.parse::<CanonicalUrl>().ok());
        if let (Some(url), Some(kind)) = (target, capture.asked_as())
            && let Ok(owner) = self.gate.redirect_site(site, &url)
        {
            self.enqueue(NewUrl {
                url,
                site: owner,
                kind,
                depth: 0,
                redirects: 1,
                requested: capture.url.parse().ok(),
                priority: 0,
            });
        }
    }
}

fn note(queued: &QueuedUrl, kind: CaptureKind, digest: &Digest) -> Note {
    let mut note = Note::new(queued.site.clone(), kind);
    note.requested_url = queued.requested.as_ref().map(ToString::to_string);
    note.sha256 = digest.sha256;
    note.media_type = Some(digest.media_type.clone()).filter(|media_type| !media_type.is_empty());
    note.depth = queued.depth;
    note.truncated = digest.cut.map(|cut| match cut {
        Cut::Cap => Truncation::Length,
        Cut::Early => Truncation::Unspecified,
    });
    if kind == CaptureKind::Page {
        note.signals = digest.signals.clone();
    }
    note
}

const fn kind_of(task: TaskKind) -> CaptureKind {
    match task {
        TaskKind::Page => CaptureKind::Page,
        TaskKind::Sitemap => CaptureKind::Sitemap,
        TaskKind::Tdmrep => CaptureKind::Tdmrep,
    }
}

/// Returns whether an address is asked for beside the pages, so that its absence is no news.
pub(super) fn is_aside(queued: &QueuedUrl) -> bool {
    queued.kind == TaskKind::Tdmrep
}
