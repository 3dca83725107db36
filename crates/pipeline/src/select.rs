//! Chooses which capture speaks for a document.
//!
//! Captures of one site that share a key are one document. The newest whole answer of status 200
//! speaks; the others stand behind it in case it turns out to be no document (a soft 404, an
//! interstitial). A later 404 or 410 makes the document `gone`, it does not remove it.

use std::collections::{BTreeMap, BTreeSet};

use thresh_config::{Config, Site};
use thresh_types::{
    CanonicalUrl, Capture, CaptureKind, DocId, DocumentStatus, Sha256Hash, SiteId, Timestamp,
};

use crate::signals::when;

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
    /// For each payload, the later answers that concern it.
    pub later: BTreeMap<Sha256Hash, Later>,
    /// Every address that leads to it.
    pub urls: BTreeSet<String>,
    /// Whether its address still answers.
    pub status: DocumentStatus,
}

/// Answers after the one that carried a payload: their headers hold now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Later {
    /// The newest 200 with the same bytes.
    pub answer: Option<Capture>,
    /// A 304 since then: the newest that had directives, else the newest.
    pub confirmation: Option<Capture>,
}

/// Groups captures into subjects, in the order of their identifiers. The order of `captures` does
/// not matter: time decides, then the digest.
pub(crate) fn subjects(captures: &[Capture], config: &Config) -> Vec<Subject> {
    let mut groups: BTreeMap<DocId, Group<'_>> = BTreeMap::new();
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

/// A capture that may speak, when its payload was last seen at the address, and every answer that gave or
/// confirmed it.
#[derive(Debug)]
struct Speaker<'a> {
    capture: &'a Capture,
    seen: Option<Timestamp>,
    answers: Vec<&'a Capture>,
}

impl Speaker<'_> {
    fn later(&self) -> Later {
        let answer = self
            .answers
            .iter()
            .filter(|answer| answer.status == 200)
            .max_by_key(|answer| when(answer))
            .unwrap_or(&self.capture);
        let confirmation = self
            .answers
            .iter()
            .filter(|later| later.status == 304 && when(later) > when(answer))
            .max_by_key(|later| (!later.signals.directives.is_empty(), when(later)));
        let place = |capture: &Capture| (capture.warc.clone(), capture.offset);
        Later {
            answer: (place(answer) != place(self.capture)).then(|| (*answer).clone()),
            confirmation: confirmation.map(|later| (*later).clone()),
        }
    }
}

#[derive(Debug)]
struct Group<'a> {
    site: SiteId,
    key: String,
    /// By payload: a page that went back to an older text is spoken for by that text again, although
    /// the archive holds it only once.
    speakers: BTreeMap<Sha256Hash, Speaker<'a>>,
    urls: BTreeSet<String>,
    last_seen: Option<(Option<Timestamp>, bool)>,
}

impl<'a> Group<'a> {
    fn new(site: SiteId, key: String) -> Self {
        Self {
            site,
            key,
            speakers: BTreeMap::new(),
            urls: BTreeSet::new(),
            last_seen: None,
        }
    }

    fn add(&mut self, capture: &'a Capture) {
        let urls = [&capture.url, &capture.final_url];
        self.urls
            .extend(urls.into_iter().filter(|u| !u.is_empty()).cloned());
        let gone = matches!(capture.status, 404 | 410);
        let seen = (capture.fetched_at, gone);
        if self
            .last_seen
            .is_none_or(|last| (seen.0, !seen.1) >= (last.0, !last.1))
        {
            self.last_seen = Some(seen);
        }
        if matches!(capture.status, 200 | 304) {
            self.hear(capture);
        }
    }

    /// Notes what payload answered, and the record to read it from: the newest that holds it whole.
    fn hear(&mut self, capture: &'a Capture) {
        let speaker = self
            .speakers
            .entry(capture.payload_digest)
            .or_insert_with(|| Speaker {
                capture,
                seen: None,
                answers: Vec::new(),
            });
        speaker.answers.push(capture);
        speaker.seen = speaker.seen.max(capture.fetched_at);
        if worth(capture) > worth(speaker.capture) {
            speaker.capture = capture;
        }
    }

    fn into_subject(
        mut self,
        id: DocId,
        leads: &BTreeMap<&str, BTreeSet<&str>>,
    ) -> Option<Subject> {
        self.follow_leads(leads);
        // A 304 alone holds no page: what it confirms was asked for under another key.
        let mut speakers: Vec<Speaker<'_>> = self
            .speakers
            .into_values()
            .filter(|s| s.capture.status == 200)
            .collect();
        speakers.sort_by_key(|speaker| std::cmp::Reverse(rank(speaker)));
        if speakers.is_empty() {
            return None;
        }
        let later = speakers
            .iter()
            .map(|speaker| (speaker.capture.payload_digest, speaker.later()))
            .filter(|(_, later)| *later != Later::default())
            .collect();
        let gone = self.last_seen.is_some_and(|(_, gone)| gone);
        Some(Subject {
            id,
            key: self.key,
            site: self.site,
            candidates: speakers
                .into_iter()
                .map(|speaker| speaker.capture.clone())
                .collect(),
            later,
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

/// A record that holds its payload before one that refers to it, then the newest, for its headers.
fn worth(capture: &Capture) -> (bool, bool, Option<Timestamp>, &str, u64) {
    let answered = capture.status == 200;
    (
        answered,
        !capture.revisit,
        capture.fetched_at,
        &capture.warc,
        capture.offset,
    )
}

/// Whole before truncated, then last seen, then by digest, so that the order of arrival is of no effect.
fn rank(speaker: &Speaker<'_>) -> (bool, Option<Timestamp>, Sha256Hash) {
    let capture = speaker.capture;
    (
        capture.truncated.is_none(),
        speaker.seen,
        capture.payload_digest,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(url: &str, status: u16, day: i8, body: &str) -> Capture {
        Capture {
            url: url.to_owned(),
            final_url: url.to_owned(),
            status,
            media_type: "text/html".to_owned(),
            charset: None,
            fetched_at: Some(format!("2026-01-{day:02}T00:00:00Z").parse().unwrap()),
            sha256: Sha256Hash::of(body),
            payload_digest: Sha256Hash::of(body),
            bytes: body.len() as u64,
            warc: "000001.warc.gz".to_owned(),
            offset: u64::from(day.unsigned_abs()),
            length: 1,
            site: SiteId::local(),
            truncated: None,
            kind: CaptureKind::Page,
            revisit: false,
            import_id: None,
            location: None,
            signals: thresh_types::PageSignals::default(),
        }
    }

    fn again(url: &str, status: u16, day: i8, body: &str) -> Capture {
        Capture {
            revisit: true,
            ..capture(url, status, day, body)
        }
    }

    fn subjects_of(mut captures: Vec<Capture>) -> Vec<Subject> {
        let config = Config::embedded();
        let found = subjects(&captures, &config);
        captures.reverse();
        let reversed = subjects(&captures, &config);
        let speakers = |all: &[Subject]| -> Vec<Vec<Capture>> {
            all.iter().map(|s| s.candidates.clone()).collect()
        };
        assert_eq!(
            speakers(&found),
            speakers(&reversed),
            "the order of arrival is of no effect"
        );
        found
    }

    const A: &str = "http://a.example/a";
    const B: &str = "http://a.example/b";

    #[test]
    fn the_newest_answer_speaks_and_a_304_changes_nothing() {
        let captures = vec![
            capture(A, 200, 1, "x"),
            capture(A, 200, 2, "y"),
            again(A, 304, 3, "y"),
        ];
        let found = subjects_of(captures);
        assert_eq!(found[0].candidates[0].payload_digest, Sha256Hash::of("y"));
        assert_eq!(found[0].candidates[0].offset, 2);
    }

    #[test]
    fn the_headers_of_later_answers_are_heard() {
        let first = capture(A, 200, 1, "x");
        let said = |day, rules: &[&str]| {
            let mut later = again(A, 304, day, "x");
            later.signals.directives = rules.iter().map(|rule| (*rule).to_owned()).collect();
            later
        };
        let later_of = |captures: Vec<Capture>| {
            let found = subjects_of(captures).remove(0);
            let later = found.later.get(&Sha256Hash::of("x")).cloned();
            let days = later.unwrap_or_default();
            let day = |capture: Option<Capture>| capture.map(|c| c.offset);
            (day(days.answer), day(days.confirmation))
        };
        assert_eq!(later_of(vec![first.clone()]), (None, None));
        let loud = said(2, &["x-robots-tag: noindex"]);
        let silent = said(3, &[]);
        assert_eq!(
            later_of(vec![first.clone(), loud.clone(), silent.clone()]),
            (None, Some(2)),
            "a 304 that says nothing lifts nothing"
        );
        let whole = again(A, 200, 4, "x");
        assert_eq!(
            later_of(vec![first.clone(), loud, whole.clone()]),
            (Some(4), None),
            "a later 200 says everything anew"
        );
        let last = said(5, &[]);
        assert_eq!(
            later_of(vec![first, silent, whole, last]),
            (Some(4), Some(5))
        );
    }

    #[test]
    fn a_page_that_went_back_to_its_older_text_has_that_text() {
        let captures = vec![
            capture(A, 200, 1, "x"),
            capture(A, 200, 2, "y"),
            again(A, 200, 3, "x"),
        ];
        let found = subjects_of(captures);
        assert_eq!(found[0].candidates[0].payload_digest, Sha256Hash::of("x"));
        assert!(
            !found[0].candidates[0].revisit,
            "it is read where it is whole"
        );
    }

    #[test]
    fn a_page_with_the_bytes_of_another_is_a_document_of_its_own() {
        let found = subjects_of(vec![capture(A, 200, 1, "x"), again(B, 200, 2, "x")]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_page_that_is_gone_keeps_its_text_and_says_so() {
        let found = subjects_of(vec![capture(A, 200, 1, "x"), capture(A, 404, 2, "no")]);
        assert_eq!(found[0].status, DocumentStatus::Gone);
        assert_eq!(found[0].candidates[0].payload_digest, Sha256Hash::of("x"));
    }
}
