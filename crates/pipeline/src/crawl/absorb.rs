//! What one arrival changes in the archive and in the frontier.

use std::sync::Arc;
use std::time::Duration;

use thresh_codec::Cut;
use thresh_config::Site;
use thresh_corpus::{Done, NewUrl, Note, Past, QueuedUrl, Session};
use thresh_types::{
    CanonicalUrl, Capture, CaptureKind, Exchange, FetchOutcome, Refusal, RefusalReason, Sha256Hash,
    SiteId, TaskKind, Truncation,
};

use super::admit::{Gate, Rejection};
use super::flaw::Flaw;
use super::inbox::Arrival;
use super::lessons::Parent;
use super::plan::{Found, FoundList};
use super::run::Run;
use super::traps::Step;
use crate::PipelineError;
use crate::digest::{Digest, Lead};
use crate::event::Event;
use crate::listing::Listing;
use crate::schedule::{Look, look};

/// Characters of an address that a refusal quotes: a hostile page can name addresses of megabytes.
const QUOTED: usize = 2048;

fn shortened(url: &str) -> String {
    match url.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &url[..end]),
        None => url.to_owned(),
    }
}

/// What came back for an address that was asked.
pub(super) struct Answer<'a> {
    pub(super) queued: &'a QueuedUrl,
    pub(super) exchange: &'a Exchange,
    pub(super) digest: &'a Digest,
    /// What robots.txt said of the address.
    permit: Option<&'a str>,
}

impl Answer<'_> {
    /// Returns what the archive should know of the exchange beyond its bytes.
    fn note(&self, kind: CaptureKind) -> Note {
        let (queued, digest) = (self.queued, self.digest);
        let mut note = Note::new(queued.site.clone(), kind);
        note.requested_url = queued.requested.as_ref().map(ToString::to_string);
        note.sha256 = digest.sha256;
        note.media_type =
            Some(digest.media_type.clone()).filter(|media_type| !media_type.is_empty());
        note.depth = queued.depth;
        note.truncated = digest.cut.map(|cut| match cut {
            Cut::Cap => Truncation::Length,
            Cut::Early => Truncation::Unspecified,
        });
        note.discovery = Some(queued.discovery.clone());
        note.permit = self.permit.map(str::to_owned);
        if kind == CaptureKind::Page {
            note.signals = digest.signals.clone();
        }
        note
    }
}

impl Run<'_> {
    /// Appends what was exchanged and notes what follows from it.
    pub(super) fn absorb(
        &mut self,
        session: &mut Session,
        arrival: Arrival,
    ) -> Result<(), PipelineError> {
        let Arrival { report, mut digest } = arrival;
        let leads = std::mem::take(&mut digest.leads);
        let Some(queued) = self.in_hand.get(&report.task.id).cloned() else {
            return Ok(());
        };
        self.settled.push(queued.id);
        self.tally(&queued.site).waited += report.waited;
        if let Some(exchange) = exchange_of(&report.outcome) {
            let (origin, asked) = (queued.url.origin(), exchange.started_at);
            self.tally(&queued.site)
                .held_back(origin, asked, report.waited);
        }
        self.absorb_robots(session, &queued.site, &report.robots)?;
        let answer = |exchange| Answer {
            queued: &queued,
            exchange,
            digest: &digest,
            permit: report.permit.as_deref(),
        };
        match &report.outcome {
            FetchOutcome::Answered(exchange) => self.answered(session, &answer(exchange), leads),
            FetchOutcome::NotModified(exchange) => self.unchanged(session, &answer(exchange)),
            FetchOutcome::Redirected(exchange, target) => {
                self.redirected(session, &answer(exchange), target)
            }
            FetchOutcome::Refused {
                reason,
                detail,
                exchange,
            } => {
                self.append_failed(session, exchange.as_ref().map(answer))?;
                self.give_up(&queued, *reason, detail.clone());
                Ok(())
            }
            FetchOutcome::Deferred {
                reason,
                detail,
                wait,
                exchange,
            } => {
                self.append_failed(session, exchange.as_ref().map(answer))?;
                // A server that wants a long pause has its waiting pages put back unasked: no try.
                let tried = exchange.is_some() || *reason != RefusalReason::Overloaded;
                self.deferred(&queued, *reason, detail.clone(), *wait, u32::from(tried));
                Ok(())
            }
        }
    }

    fn answered(
        &mut self,
        session: &mut Session,
        answer: &Answer<'_>,
        leads: Vec<Lead>,
    ) -> Result<(), PipelineError> {
        let (queued, exchange, digest) = (answer.queued, answer.exchange, answer.digest);
        let flaw = Flaw::of(exchange, digest);
        let before = match queued.fetched_at {
            Some(_) => session.last_content(queued.url.as_str())?,
            None => None,
        };
        let capture = session.append_exchange(exchange, &answer.note(kind_of(queued.kind)))?;
        self.count(queued, (&capture, before), flaw.is_some());
        let changed = before != Some(capture.sha256);
        self.done(queued, exchange, changed, flaw.is_some());
        if let Some(flaw) = flaw {
            self.flawed(queued, flaw);
        }
        for problem in &digest.problems {
            self.warn(&queued.site, format!("{}: {problem}", queued.url));
        }
        let lesson = self.learn(queued, exchange.status, digest);
        let parent = Parent {
            url: &queued.url,
            depth: queued.depth,
            lesson,
        };
        self.follow(&queued.site, (leads, &digest.listed), parent);
        self.captured(answer.exchange, capture);
        Ok(())
    }

    fn unchanged(
        &mut self,
        session: &mut Session,
        answer: &Answer<'_>,
    ) -> Result<(), PipelineError> {
        let (queued, exchange) = (answer.queued, answer.exchange);
        let capture = session.append_exchange(exchange, &answer.note(kind_of(queued.kind)))?;
        self.tally(&queued.site).unchanged += u64::from(queued.kind == TaskKind::Page);
        self.done(queued, exchange, false, false);
        self.captured(answer.exchange, capture);
        Ok(())
    }

    fn redirected(
        &mut self,
        session: &mut Session,
        answer: &Answer<'_>,
        target: &CanonicalUrl,
    ) -> Result<(), PipelineError> {
        let (queued, exchange) = (answer.queued, answer.exchange);
        let mut note = answer.note(CaptureKind::Redirect);
        note.location = Some(target.to_string());
        let capture = session.append_exchange(exchange, &note)?;
        self.tally(&queued.site).redirected += u64::from(!is_aside(queued));
        self.done(queued, exchange, false, true);
        if self.is_circle(queued, target) {
            self.leave_circle(queued, exchange, target);
        } else {
            self.follow_redirect(queued, target);
        }
        self.captured(answer.exchange, capture);
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
    pub(super) fn follow(
        &mut self,
        site: &SiteId,
        (mut leads, listed): (Vec<Lead>, &Arc<Listing>),
        parent: Parent<'_>,
    ) {
        let Some(site) = self.site_of(site) else {
            return;
        };
        if listed.len() > 0 {
            self.lists.push(FoundList {
                listing: Arc::clone(listed),
                site: site.id.clone(),
                from: parent.url.clone(),
                depth: parent.depth,
            });
        }
        leads.retain(|lead| site.in_scope(&lead.url).is_ok());
        let steps = self.steps(site, parent, &leads);
        for (lead, step) in leads.into_iter().zip(steps) {
            self.follow_one(site, parent, lead, &step);
        }
    }

    fn follow_one(&mut self, site: &Site, parent: Parent<'_>, lead: Lead, step: &Step) {
        if step.held.is_some() {
            // Pages repeat their links: an address is counted once.
            let url = lead.url.as_str();
            if self.gate.is_news(&site.id, RefusalReason::Trap, url) {
                self.count_held(&site.id);
            }
            return;
        }
        let modified = lead.modified;
        match Gate::entry(site, lead, parent.depth + u32::from(step.deeper)) {
            Ok(mut new) => {
                new.discovery.via = Some(parent.url.clone());
                new.vouched |= step.vouched;
                self.found.push(Found { new, modified });
            }
            Err((_, Rejection::Elsewhere)) => {}
            Err((url, Rejection::Refused(reason, detail))) => {
                let refusal = self.refusal(&url, &site.id, reason, detail);
                self.refuse_link(refusal);
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
        let past = Past {
            history: queued.history,
            fetched_at: queued.fetched_at,
            changed_at: queued.changed_at,
        };
        let seen = Look::after(&past, queued.kind, (exchange.status, changed), at);
        let looked = |site: &&Site| look(&site.crawl, past.history, &seen);
        let (history, wait) = self.sites.get(&queued.site).map(looked).unzip();
        let history = history.unwrap_or(past.history);
        let next_due = wait.map(|wait| at + wait);
        // What is not whole must not be called unchanged next time.
        let validator = |name| exchange.response.header(name).filter(|_| !flawed);
        let done = Done {
            status: exchange.status,
            etag: validator("etag"),
            last_modified: validator("last-modified"),
            changed,
            at,
            next_due,
            history,
        };
        let id = queued.id;
        self.changes
            .push(Box::new(move |frontier| frontier.finished(id, &done)));
    }

    /// Counts an answer; `before` is what the address gave last.
    fn count(
        &mut self,
        queued: &QueuedUrl,
        (capture, before): (&Capture, Option<Sha256Hash>),
        flawed: bool,
    ) {
        let was_there = queued.status.is_some_and(|status| status < 400);
        let tally = self.tally(&queued.site);
        tally.bytes += capture.bytes;
        match (queued.kind, capture.status) {
            (TaskKind::Tdmrep, _) => {}
            (TaskKind::Sitemap, _) => tally.sitemaps += u64::from(capture.status == 200),
            (TaskKind::Page, 200..300) if flawed => {}
            (TaskKind::Page, 200..300) if before == Some(capture.sha256) => tally.unchanged += 1,
            (TaskKind::Page, 200..300) => {
                tally.captured += 1;
                tally.changed += u64::from(before.is_some());
            }
            (TaskKind::Page, status) => {
                *tally.errors.entry(status).or_default() += 1;
                tally.gone += u64::from(was_there && matches!(status, 404 | 410));
            }
        }
    }

    fn append_failed(
        &mut self,
        session: &mut Session,
        answer: Option<Answer<'_>>,
    ) -> Result<(), PipelineError> {
        if let Some(answer) = answer {
            let note = answer.note(kind_of(answer.queued.kind));
            let capture = session.append_exchange(answer.exchange, &note)?;
            self.captured(answer.exchange, capture);
        }
        Ok(())
    }

    pub(super) fn captured(&mut self, exchange: &Exchange, capture: Capture) {
        self.tally(&capture.site).exchanged(exchange, &capture);
        let queued = self.queued;
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
}

/// Returns the exchange in which an address was asked, where it was.
const fn exchange_of(outcome: &FetchOutcome) -> Option<&Exchange> {
    match outcome {
        FetchOutcome::Answered(exchange)
        | FetchOutcome::NotModified(exchange)
        | FetchOutcome::Redirected(exchange, _) => Some(exchange),
        FetchOutcome::Refused { exchange, .. } | FetchOutcome::Deferred { exchange, .. } => {
            exchange.as_ref()
        }
    }
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
