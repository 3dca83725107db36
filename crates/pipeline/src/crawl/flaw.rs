//! Bodies that are not whole.

use std::time::Duration;

use thresh_codec::Cut;
use thresh_corpus::QueuedUrl;
use thresh_types::{Exchange, RefusalReason, Truncation};

use super::absorb::is_aside;
use super::run::Run;
use crate::digest::Digest;

/// How long a page is left at least whose body broke off.
const BROKEN_WAIT: Duration = Duration::from_millis(500);

/// Why an answer is not whole.
pub(super) struct Flaw {
    reason: RefusalReason,
    detail: String,
    /// Whether asking again may help.
    passing: bool,
}

impl Flaw {
    /// Returns what is wrong with the body of an answer that has one to give. Of an error the status is
    /// all that counts, however its page ends.
    pub(super) fn of(exchange: &Exchange, digest: &Digest) -> Option<Self> {
        if !(200..300).contains(&exchange.status) {
            return None;
        }
        let over = || "the body is larger than max_body".to_owned();
        let (reason, detail, passing) = match (exchange.truncated, digest.cut) {
            (Some(Truncation::Length), _) => (RefusalReason::TooLarge, over(), false),
            (Some(Truncation::Time), _) => {
                let detail = "the body was not whole within total_timeout".to_owned();
                (RefusalReason::TooSlow, detail, false)
            }
            (Some(_), _) => {
                let detail = "the body broke off".to_owned();
                (RefusalReason::Connect, detail, true)
            }
            (None, Some(Cut::Cap)) => {
                let detail = format!("{} once decoded", over());
                (RefusalReason::TooLarge, detail, false)
            }
            (None, Some(Cut::Early)) => {
                let detail = "the content coding breaks off".to_owned();
                (RefusalReason::Undecodable, detail, false)
            }
            (None, None) => (
                RefusalReason::Undecodable,
                digest.undecodable.clone()?,
                false,
            ),
        };
        Some(Self {
            reason,
            detail,
            passing,
        })
    }
}

impl Run<'_> {
    /// Deals with a body that is not whole: kept in the archive as such, and asked for again where that
    /// may help.
    pub(super) fn flawed(&mut self, queued: &QueuedUrl, flaw: Flaw) {
        let Flaw {
            reason,
            detail,
            passing,
        } = flaw;
        if passing {
            let delay = self.sites.get(&queued.site).map(|site| site.crawl.delay.0);
            let wait = (delay.unwrap_or_default() * 2).max(BROKEN_WAIT);
            return self.deferred(queued, reason, detail, wait, 1);
        }
        if !is_aside(queued) {
            let refusal = self.refusal(&queued.url, &queued.site, reason, detail);
            self.refuse(None, refusal);
        }
    }
}
