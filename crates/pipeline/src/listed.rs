//! Finds the documents whose address a sitemap lists: the one that its site calls the page's own.

use std::collections::{BTreeMap, BTreeSet};

use thresh_corpus::Corpus;
use thresh_fetcher::sitemap::{self, Limits, Listed, SitemapKind};
use thresh_types::{CanonicalUrl, Capture, CaptureKind};

use crate::PipelineError;
use crate::draft::Draft;
use crate::record::{MAX_DECODED, decode};
use crate::signals::{Headers, when};

/// Tells every draft whether a sitemap lists one of its addresses.
///
/// The newest answer of each sitemap counts. Feeds do not: they list what is new, and comments too.
///
/// # Errors
/// When the archive cannot be read.
pub(crate) fn mark(
    drafts: &mut [Draft],
    corpus: &Corpus,
    captures: &[Capture],
) -> Result<(), PipelineError> {
    let mut newest: BTreeMap<&str, &Capture> = BTreeMap::new();
    let answers = captures.iter().filter(|capture| {
        capture.kind == CaptureKind::Sitemap && capture.status == 200 && capture.truncated.is_none()
    });
    for capture in answers {
        let known = newest.entry(&capture.final_url).or_insert(capture);
        if when(capture) > when(known) {
            *known = capture;
        }
    }
    if newest.is_empty() {
        return Ok(());
    }
    let wanted: BTreeSet<String> = drafts
        .iter()
        .flat_map(|draft| draft.subject.urls.iter().cloned())
        .collect();
    let mut listed: BTreeSet<String> = BTreeSet::new();
    for capture in newest.values() {
        listed.extend(pages(corpus, capture, &wanted)?);
    }
    for draft in drafts {
        draft.listed = draft.subject.urls.iter().any(|url| listed.contains(url));
    }
    Ok(())
}

/// Returns those of the wanted addresses that a sitemap lists; one that cannot be read lists none.
fn pages(
    corpus: &Corpus,
    capture: &Capture,
    wanted: &BTreeSet<String>,
) -> Result<Vec<String>, PipelineError> {
    let Ok(base) = capture.final_url.parse::<CanonicalUrl>() else {
        return Ok(Vec::new());
    };
    let payload = corpus.read_payload(capture)?;
    let headers: Headers = payload
        .head
        .as_ref()
        .map(|head| head.headers().collect())
        .unwrap_or_default();
    let Ok((body, _)) = decode(&headers, &payload.bytes, MAX_DECODED) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let read = sitemap::visit(&body, &base, Limits::default(), &mut |entry| {
        if let Listed::Page(page) = entry
            && wanted.contains(page.url.as_str())
        {
            found.push(page.url.to_string());
        }
    });
    Ok(match read.kind {
        SitemapKind::Pages | SitemapKind::Text => found,
        SitemapKind::Index | SitemapKind::Feed | SitemapKind::None => Vec::new(),
    })
}
