//! Where redirects lead.

use std::time::Duration;

use thresh_corpus::{NewUrl, QueuedUrl};
use thresh_types::{CanonicalUrl, Discovery, Exchange, How, Refusal, RefusalReason};

use super::absorb::is_aside;
use super::admit::Rejection;
use super::run::Run;

impl Run<'_> {
    /// Returns whether a redirect leads to where it began.
    pub(super) fn is_circle(&self, queued: &QueuedUrl, target: &CanonicalUrl) -> bool {
        *target == queued.url || Some(target) == queued.requested.as_ref()
    }

    /// Asks once more for an address whose redirects lead back to it, where the server has set a cookie
    /// on the way: that is how some ask whether cookies are taken.
    pub(super) fn leave_circle(
        &mut self,
        queued: &QueuedUrl,
        exchange: &Exchange,
        target: &CanonicalUrl,
    ) {
        let site = self.sites.get(&queued.site);
        let delay = site.map_or(Duration::ZERO, |site| site.crawl.delay.0);
        let cookies = site.is_some_and(|site| site.crawl.cookies)
            && exchange.response.header("set-cookie").is_some();
        let detail = format!("{} redirects in a circle to {target}", queued.url);
        if !cookies {
            let refusal = self.refusal(target, &queued.site, RefusalReason::BadRedirect, detail);
            self.refuse_target(queued, refusal);
        } else if *target == queued.url {
            self.deferred(queued, RefusalReason::BadRedirect, detail, delay, 1);
        } else {
            let target = target.clone();
            self.changes
                .push(Box::new(move |frontier| frontier.asked_again(&target)));
        }
    }

    pub(super) fn follow_redirect(&mut self, queued: &QueuedUrl, target: &CanonicalUrl) {
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
            return self.refuse_target(queued, refusal);
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
                discovery: Discovery {
                    how: How::Redirect,
                    via: Some(queued.url.clone()),
                    context: None,
                },
                vouched: queued.vouched,
            }),
            Err(Rejection::Refused(reason, detail)) => {
                let refusal = self.refusal(target, &queued.site, reason, detail);
                self.refuse_target(queued, refusal);
            }
            Err(Rejection::Elsewhere) => {}
        }
    }

    /// Refuses the target of a redirect, unless it leads on from what nobody waits for.
    fn refuse_target(&mut self, queued: &QueuedUrl, refusal: Refusal) {
        if !is_aside(queued) {
            self.refuse_link(refusal);
        }
    }
}
