//! Takes over what an interrupted run archived but did not note.

use thresh_config::Site;
use thresh_corpus::{Corpus, History, NewUrl, Past};
use thresh_fetcher::Settings;
use thresh_types::{
    CanonicalUrl, Capture, CaptureKind, Discovery, How, HttpHead, TaskKind, Timestamp,
};

use super::lessons::Parent;
use super::run::Run;
use super::traps::Seen;
use crate::PipelineError;
use crate::digest::digest_bytes;
use crate::schedule::{Look, look};

impl Run<'_> {
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
        let settings = site.map(|site| site.crawl.clone());
        let capture = capture.clone();
        self.changes.push(Box::new(move |frontier| {
            frontier.processed_until(&capture, |past| looked(&capture, &past, settings.as_ref()))
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
            let mut digest = digest_bytes(url, &head, &payload.bytes, kind, capture.status, whose);
            let lesson = digest.sketch.as_ref().and_then(|sketch| {
                self.learn_page(&Seen {
                    site: &site.id,
                    url,
                    via: None,
                    vouched: true,
                    first: true,
                    sketch,
                })
            });
            let parent = Parent {
                url,
                depth: 0,
                lesson,
            };
            let leads = std::mem::take(&mut digest.leads);
            self.follow(&site.id, (leads, &digest.listed), parent);
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
                discovery: Discovery::bare(How::Redirect),
                vouched: false,
            });
        }
    }
}

/// Returns what a capture that an interrupted run did not note adds to the past of its address.
fn looked(
    capture: &Capture,
    past: &Past,
    settings: Option<&Settings>,
) -> (History, Option<Timestamp>) {
    let (Some(at), Some(settings)) = (capture.fetched_at, settings) else {
        return (past.history, None);
    };
    let changed = !capture.revisit && capture.kind != CaptureKind::Redirect;
    let kind = capture.asked_as().unwrap_or(TaskKind::Page);
    let seen = Look::after(past, kind, (capture.status, changed), at);
    let (history, wait) = look(settings, past.history, &seen);
    (history, Some(at + wait))
}
