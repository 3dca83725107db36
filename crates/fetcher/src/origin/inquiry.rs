//! Asking for an origin's robots.txt, one paced request after another.
//!
//! A step on the origin itself is a request like any other. A step on another origin is an errand,
//! made by that origin's actor at that origin's pace: there is one owner of an origin's politeness.
//! No robots.txt is asked before an errand: RFC 9309 §2.3.1.2 has crawlers follow redirects, and
//! robots.txt itself may always be fetched (§2.2.2).

use std::future::pending;
use std::sync::Arc;

use thresh_types::{Origin, RefusalReason, SiteId};
use tokio::sync::oneshot;

use super::Actor;
use super::mail::{Errand, Hop, Letter, Mail};
use crate::failure::Failure;
use crate::pace;
use crate::robots::{Answer, Asking};
use crate::settings::Settings;

/// A robots.txt that is being asked for.
pub(super) struct Inquiry {
    pub(super) asking: Asking,
    /// The site that asks, by whose settings it is done.
    pub(super) site: SiteId,
    pub(super) settings: Arc<Settings>,
    stage: Stage,
}

enum Stage {
    /// The next request is to be made here.
    Due,
    /// It is under way.
    Aloft,
    /// It is made by another origin's actor.
    Away(oneshot::Receiver<Hop>),
}

impl Inquiry {
    fn begin(origin: &Origin, site: SiteId, settings: Arc<Settings>) -> Option<Self> {
        Some(Self {
            asking: Asking::begin(origin)?,
            site,
            settings,
            stage: Stage::Due,
        })
    }

    pub(super) const fn is_due(&self) -> bool {
        matches!(self.stage, Stage::Due)
    }

    pub(super) const fn is_away(&self) -> bool {
        matches!(self.stage, Stage::Away(_))
    }

    pub(super) fn depart(&mut self) {
        self.stage = Stage::Aloft;
    }
}

/// Waits for what an errand brings.
pub(super) async fn returned(inquiry: &mut Option<Inquiry>) -> Hop {
    let Some(Inquiry {
        stage: Stage::Away(reply),
        ..
    }) = inquiry
    else {
        return pending().await;
    };
    let lost = || Failure::passing(RefusalReason::Connect, "the request was given up");
    reply.await.unwrap_or_else(|_| Err(lost()))
}

impl Actor {
    /// Begins to ask for robots.txt on behalf of the task in front, unless that is being done.
    /// Returns whether it is.
    pub(super) fn inquire(&mut self) -> bool {
        if self.inquiry.is_none()
            && let Some(front) = self.queue.front()
        {
            let site = front.task.site.clone();
            let settings = self.common.settings(&site);
            self.inquiry = Inquiry::begin(&self.origin, site, settings);
        }
        self.inquiry.is_some()
    }

    /// Takes in what one request for robots.txt brought.
    pub(super) fn hopped(&mut self, hop: Hop) {
        let Some(mut inquiry) = self.inquiry.take() else {
            return;
        };
        // What robots.txt takes is no waiting of politeness.
        if let Some(front) = self.queue.front_mut() {
            front.asked = tokio::time::Instant::now();
        }
        let answer = match hop {
            Ok(exchange) => {
                let answer = inquiry.asking.answered(&exchange);
                self.memory.untold.push((inquiry.site.clone(), exchange));
                answer
            }
            Err(failure)
                if inquiry.asking.hops() == 0 && failure.reason == RefusalReason::Address =>
            {
                // The guard of one site says nothing of the origin: other sites may be let through.
                self.barred.insert(inquiry.site, failure.detail);
                return;
            }
            Err(failure) => Some(inquiry.asking.failed(failure.reason, &failure.detail)),
        };
        match answer {
            Some(answer) => self.learn(answer, &inquiry.settings),
            None => {
                inquiry.stage = self.next_stage(&inquiry);
                self.inquiry = Some(inquiry);
            }
        }
    }

    /// Takes in what came of asking.
    pub(super) fn learn(&mut self, answer: Answer, settings: &Settings) {
        let first = pace::first_wait(self.gap(settings));
        let now = self.common.timeline.now();
        self.memory.standing.take(answer, first, now);
    }

    /// A redirect leads to this origin, or sends somebody on an errand.
    fn next_stage(&self, inquiry: &Inquiry) -> Stage {
        let url = inquiry.asking.url();
        if url.origin() == self.origin {
            return Stage::Due;
        }
        let (reply, answer) = oneshot::channel();
        let errand = Errand {
            url: url.clone(),
            site: inquiry.site.clone(),
            settings: Arc::clone(&inquiry.settings),
            reply,
        };
        let to = url.origin();
        let mail = Mail::Errand(errand);
        // Nobody there to take it means that the fetcher stops; then the answer is lost too.
        let _ = self.common.letters.send(Letter { to, mail });
        Stage::Away(answer)
    }
}
