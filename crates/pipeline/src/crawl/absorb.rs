//! What one arrival changes in the archive and in the frontier.

use std::time::Duration;

use thresh_config::{Site, Sitemaps};
use thresh_corpus::{Corpus, Done, NewUrl, Note, QueuedUrl, Session};
use thresh_fetcher::robots;
use thresh_types::{
    CanonicalUrl, Capture, CaptureKind, Exchange, FetchOutcome, HttpHead, Refusal, RefusalReason,
    SiteId, TaskKind, Timestamp,
};

use super::admit::{PRIORITY_LISTED, Rejection};
use super::inbox::Arrival;
use super::run::Run;
use crate::PipelineError;
use crate::digest::{Digest, digest_bytes};
use crate::event::Event;
use crate::schedule::next_interval;

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
        for exchange in &report.robots {
            self.absorb_robots(session, &queued.site, exchange)?;
        }
        match report.outcome {
            FetchOutcome::Answered(exchange) => self.answered(session, &queued, &exchange, &digest),
            FetchOutcome::NotModified(exchange) => self.unchanged(session, &queued, &exchange),
            FetchOutcome::Redirected(exchange, target) => {
                self.redirected(session, &queued, &exchange, &target, &digest)
            }
            FetchOutcome::Refused {
                reason,
                detail,
                exchange,
            } => {
                self.append_failed(session, &queued, exchange.as_ref(), &digest)?;
                self.refuse(
                    Some(queued.id),
                    self.refusal(&queued.url, &queued.site, reason, detail),
                );
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
        let kind = if queued.kind == TaskKind::Sitemap {
            CaptureKind::Sitemap
        } else {
            CaptureKind::Page
        };
        let capture = session.append_exchange(exchange, &note(queued, kind, digest))?;
        self.count(queued, &capture);
        self.done(queued, exchange, !capture.revisit);
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
    ) -> Result<(), PipelineError> {
        let kind = if queued.kind == TaskKind::Sitemap {
            CaptureKind::Sitemap
        } else {
            CaptureKind::Page
        };
        let capture = session.append_exchange(exchange, &note(queued, kind, &Digest::default()))?;
        self.tally(&queued.site).unchanged += u64::from(queued.kind == TaskKind::Page);
        self.done(queued, exchange, false);
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
        self.tally(&queued.site).redirected += 1;
        self.done(queued, exchange, false);
        self.follow_redirect(queued, target);
        self.captured(capture);
        Ok(())
    }

    fn follow_redirect(&mut self, queued: &QueuedUrl, target: &CanonicalUrl) {
        let Some(site) = self.sites.get(&queued.site).copied() else {
            return;
        };
        let redirects = queued.redirects.saturating_add(1);
        if u32::from(redirects) > site.crawl.max_redirects {
            let detail = format!("max_redirects is {}", site.crawl.max_redirects);
            let refusal = self.refusal(
                target,
                &queued.site,
                RefusalReason::TooManyRedirects,
                detail,
            );
            return self.refuse_link(refusal);
        }
        match self.gate.redirect_site(site, target) {
            Ok(owner) => self.enqueue(NewUrl {
                url: target.clone(),
                site: owner,
                kind: queued.kind,
                depth: queued.depth,
                redirects,
                requested: Some(
                    queued
                        .requested
                        .clone()
                        .unwrap_or_else(|| queued.url.clone()),
                ),
                priority: 0,
            }),
            Err(Rejection::Refused(reason, detail)) => {
                let refusal = self.refusal(target, &queued.site, reason, detail);
                self.refuse_link(refusal);
            }
            Err(Rejection::Elsewhere) => {}
        }
    }

    fn deferred(
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
            return self.refuse(
                Some(queued.id),
                self.refusal(&queued.url, &queued.site, reason, detail),
            );
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

    /// Archives a robots.txt exchange and queues the sitemaps that it names.
    fn absorb_robots(
        &mut self,
        session: &mut Session,
        site: &SiteId,
        exchange: &Exchange,
    ) -> Result<(), PipelineError> {
        let redirect = (300..400).contains(&exchange.status);
        let kind = if redirect {
            CaptureKind::Redirect
        } else {
            CaptureKind::Robots
        };
        let mut note = Note::new(site.clone(), kind);
        note.location = exchange
            .response
            .header("location")
            .filter(|_| redirect)
            .and_then(|target| exchange.url.join(&target).ok())
            .map(String::from);
        let capture = session.append_exchange(exchange, &note)?;
        self.captured(capture);
        if exchange.status == 200 {
            self.queue_sitemaps(site, exchange);
        }
        Ok(())
    }

    fn queue_sitemaps(&mut self, site: &SiteId, exchange: &Exchange) {
        let Some(site) = self.sites.get(site).copied() else {
            return;
        };
        if !matches!(site.sitemaps, Sitemaps::Auto) {
            return;
        }
        let headers: Vec<(String, String)> = exchange.response.headers().collect();
        let body = exchange
            .body
            .to_bytes()
            .ok()
            .and_then(|wire| crate::record::decode(&headers, &wire).ok());
        for sitemap in robots::parse(&body.unwrap_or_default()).sitemaps() {
            let url = exchange
                .url
                .join(sitemap)
                .ok()
                .filter(|url| site.in_scope(url).is_ok());
            if let Some(url) = url {
                self.enqueue(NewUrl {
                    url,
                    site: site.id.clone(),
                    kind: TaskKind::Sitemap,
                    depth: 0,
                    redirects: 0,
                    requested: None,
                    priority: PRIORITY_LISTED,
                });
            }
        }
    }

    /// Queues the addresses that an answer leads to.
    fn follow(&mut self, site: &SiteId, digest: &Digest, depth: u32) {
        let Some(site) = self.config.site(site) else {
            return;
        };
        for lead in &digest.leads {
            match self.gate.lead(site, lead, depth + 1) {
                Ok(new) => self.enqueue(new),
                Err(Rejection::Elsewhere) => {}
                Err(Rejection::Refused(reason, detail)) => {
                    let refusal = self.refusal(&lead.url, &site.id, reason, detail);
                    self.refuse_link(refusal);
                }
            }
        }
    }

    fn enqueue(&mut self, new: NewUrl) {
        self.changes
            .push(Box::new(move |frontier| frontier.enqueue(&new).map(|_| ())));
    }

    /// Refuses a link, unless the same was told before in this run.
    fn refuse_link(&mut self, refusal: Refusal) {
        if self
            .gate
            .is_news(&refusal.site, refusal.reason, &refusal.url)
        {
            self.refuse(None, refusal);
        }
    }

    fn done(&mut self, queued: &QueuedUrl, exchange: &Exchange, changed: bool) {
        let at = self.clock.now();
        let done = Done {
            status: exchange.status,
            etag: exchange.response.header("etag"),
            last_modified: exchange.response.header("last-modified"),
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

    fn count(&mut self, queued: &QueuedUrl, capture: &Capture) {
        let tally = self.tally(&queued.site);
        tally.bytes += capture.bytes;
        match (queued.kind, capture.status) {
            (TaskKind::Sitemap, _) => tally.sitemaps += u64::from(capture.status == 200),
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
            session.append_exchange(exchange, &note(queued, CaptureKind::Page, digest))?;
        self.captured(capture);
        Ok(())
    }

    fn captured(&self, capture: Capture) {
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

    fn refusal(
        &self,
        url: &CanonicalUrl,
        site: &SiteId,
        reason: RefusalReason,
        detail: String,
    ) -> Refusal {
        Refusal {
            url: url.to_string(),
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
            CaptureKind::Redirect | CaptureKind::Robots => {
                self.follow_adopted_redirect(site, capture);
                return Ok(());
            }
        };
        if capture.status == 200 && !capture.revisit {
            let payload = corpus.read_payload(capture)?;
            let head = payload.head.unwrap_or(HttpHead(Vec::new()));
            let digest = digest_bytes(url, &head, &payload.bytes, kind, capture.status);
            self.follow(&site.id, &digest, 0);
        }
        Ok(())
    }

    fn follow_adopted_redirect(&mut self, site: &Site, capture: &Capture) {
        let target = capture
            .location
            .as_ref()
            .and_then(|target| target.parse::<CanonicalUrl>().ok());
        if let Some(url) = target
            && let Ok(owner) = self.gate.redirect_site(site, &url)
        {
            self.enqueue(NewUrl {
                url,
                site: owner,
                kind: TaskKind::Page,
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
    note
}
