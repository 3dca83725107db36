//! Chooses which capture speaks for a document.
//!
//! Captures of one site that share a key are one document. The newest whole answer of status 200
//! speaks; the others stand behind it in case it turns out to be no document (a soft 404, an
//! interstitial). A later 404 or 410 makes the document `gone`, it does not remove it.

use std::collections::{BTreeMap, BTreeSet};

use thresh_config::{Config, Site};
use thresh_types::{CanonicalUrl, Capture, CaptureKind, DocId, DocumentStatus, SiteId};

/// A document to be, with the captures that may speak for it.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// The document.
    pub id: DocId,
    /// Its key within the site.
    pub key: String,
    /// Its site.
    pub site: SiteId,
    /// The captures that may speak, the best first; never empty.
    pub candidates: Vec<Capture>,
    /// Every address that leads to it.
    pub urls: BTreeSet<String>,
    /// Whether its address still answers.
    pub status: DocumentStatus,
}

/// Groups captures into subjects, in the order of their identifiers. The order of `captures` does
/// not matter: time decides, then the digest.
pub(crate) fn subjects(captures: &[Capture], config: &Config) -> Vec<Subject> {
    let mut groups: BTreeMap<DocId, Group> = BTreeMap::new();
    for capture in captures
        .iter()
        .filter(|capture| capture.kind == CaptureKind::Page)
    {
        let key = key_of(capture, config);
        let id = DocId::of(&capture.site, &key);
        groups
            .entry(id)
            .or_insert_with(|| Group::new(capture.site.clone(), key))
            .add(capture);
    }
    let leads = leads(captures);
    groups
        .into_iter()
        .filter_map(|(id, group)| group.into_subject(id, &leads))
        .collect()
}

/// Returns the key of the document that `capture` is of.
pub(crate) fn key_of(capture: &Capture, config: &Config) -> String {
    let url = capture.final_url.parse::<CanonicalUrl>().ok();
    let site = config.sites.iter().find(|site| site.id == capture.site);
    match (url, site, &capture.import_id) {
        (Some(url), Some(site), _) => Site::key_of(site, &url),
        (Some(url), None, _) => url.to_string(),
        (None, _, Some(id)) => id.clone(),
        (None, _, None) => capture.payload_digest.to_string(),
    }
}

/// Returns for each address the addresses that redirected to it.
fn leads(captures: &[Capture]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut leads: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for capture in captures
        .iter()
        .filter(|capture| capture.kind == CaptureKind::Redirect)
    {
        if let Some(target) = &capture.location {
            leads.entry(target).or_default().insert(&capture.final_url);
        }
    }
    leads
}

#[derive(Debug)]
struct Group {
    site: SiteId,
    key: String,
    speakers: Vec<Capture>,
    urls: BTreeSet<String>,
    last_seen: Option<(Option<thresh_types::Timestamp>, bool)>,
}

impl Group {
    fn new(site: SiteId, key: String) -> Self {
        Self {
            site,
            key,
            speakers: Vec::new(),
            urls: BTreeSet::new(),
            last_seen: None,
        }
    }

    fn add(&mut self, capture: &Capture) {
        self.urls.extend(
            [&capture.url, &capture.final_url]
                .into_iter()
                .filter(|u| !u.is_empty())
                .cloned(),
        );
        let gone = matches!(capture.status, 404 | 410);
        let seen = (capture.fetched_at, gone);
        if self
            .last_seen
            .is_none_or(|last| (seen.0, !seen.1) >= (last.0, !last.1))
        {
            self.last_seen = Some(seen);
        }
        if capture.status == 200 && !capture.revisit {
            self.speakers.push(capture.clone());
        }
    }

    fn into_subject(
        mut self,
        id: DocId,
        leads: &BTreeMap<&str, BTreeSet<&str>>,
    ) -> Option<Subject> {
        if self.speakers.is_empty() {
            return None;
        }
        self.speakers.sort_by(|a, b| rank(b).cmp(&rank(a)));
        self.follow_leads(leads);
        let gone = self.last_seen.is_some_and(|(_, gone)| gone);
        Some(Subject {
            id,
            key: self.key,
            site: self.site,
            candidates: self.speakers,
            urls: self.urls,
            status: if gone {
                DocumentStatus::Gone
            } else {
                DocumentStatus::Live
            },
        })
    }

    /// Adds every address that redirects to one of the group's, over several hops.
    fn follow_leads(&mut self, leads: &BTreeMap<&str, BTreeSet<&str>>) {
        let mut open: Vec<String> = self.urls.iter().cloned().collect();
        while let Some(url) = open.pop() {
            for lead in leads.get(url.as_str()).into_iter().flatten() {
                if self.urls.insert((*lead).to_owned()) {
                    open.push((*lead).to_owned());
                }
            }
        }
    }
}

/// Whole before truncated, then newest, then by digest, so that the order of arrival is of no effect.
fn rank(
    capture: &Capture,
) -> (
    bool,
    Option<thresh_types::Timestamp>,
    thresh_types::Sha256Hash,
    &str,
) {
    (
        capture.truncated.is_none(),
        capture.fetched_at,
        capture.payload_digest,
        &capture.final_url,
    )
}
