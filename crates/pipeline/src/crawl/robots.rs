//! What robots.txt adds to the archive and to the frontier.

use thresh_config::Sitemaps;
use thresh_corpus::{NewUrl, Note, Session};
use thresh_fetcher::robots;
use thresh_types::{CanonicalUrl, CaptureKind, Discovery, Exchange, How, SiteId, TaskKind};

use super::admit::PRIORITY_LISTED;
use super::run::Run;
use crate::PipelineError;
use crate::record::{MAX_DECODED, decode};

impl Run<'_> {
    /// Archives the exchanges that asked for robots.txt, in order, and queues the sitemaps that it names.
    pub(super) fn absorb_robots(
        &mut self,
        session: &mut Session,
        site: &SiteId,
        exchanges: &[Exchange],
    ) -> Result<(), PipelineError> {
        let mut asked: Option<&CanonicalUrl> = None;
        for exchange in exchanges {
            let redirect = (300..400).contains(&exchange.status);
            let kind = if redirect {
                CaptureKind::Redirect
            } else {
                CaptureKind::Robots
            };
            let mut note = Note::new(site.clone(), kind);
            note.requested_url = asked.map(ToString::to_string);
            note.location = redirect_target(exchange).map(String::from);
            let capture = session.append_exchange(exchange, &note)?;
            self.captured(exchange, capture);
            if exchange.status == 200 {
                self.queue_sitemaps(site, exchange);
            }
            asked = redirect.then(|| asked.unwrap_or(&exchange.url));
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
            .and_then(|wire| Some(decode(&headers, &wire, MAX_DECODED).ok()?.0.into_owned()));
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
                    discovery: Discovery::bare(How::WellKnown),
                    vouched: true,
                });
            }
        }
    }
}

fn redirect_target(exchange: &Exchange) -> Option<CanonicalUrl> {
    let location = exchange.response.header("location");
    location
        .filter(|_| (300..400).contains(&exchange.status))
        .and_then(|target| exchange.url.join(&target).ok())
}
