//! Which captures stand behind a version, and which of them may be passed on.

use std::collections::{BTreeMap, BTreeSet};

use thresh_corpus::{Corpus, CorpusError, Filter, Leaf, Recorded, Version};
use thresh_types::{CaptureKind, Provenance};

use crate::ExportError;

/// Redirects that are followed back from a page: as many as crawlers follow forward.
const MAX_REDIRECTS: usize = 10;

type Place = (String, u64);

/// The captures of an export, and the pages among them.
pub(super) struct Selection {
    captures: BTreeMap<Place, Recorded>,
    pages: Vec<(Leaf, Place)>,
    missing: u64,
}

impl Selection {
    /// Selects what the documents `leaves` need.
    pub(super) fn of(
        corpus: &Corpus,
        version: &Version,
        leaves: &[Leaf],
    ) -> Result<Self, ExportError> {
        let barred = barred(version, leaves)?;
        let provenance = version.provenance()?;
        let mut selection = Self {
            captures: BTreeMap::new(),
            pages: Vec::new(),
            missing: 0,
        };
        let mut repeats = Vec::new();
        for leaf in leaves {
            match own_capture(corpus, provenance.get(&leaf.doc_id))? {
                Some(own) if own.capture.revisit => repeats.push((leaf.clone(), own)),
                Some(own) => {
                    let place = selection.add(own);
                    selection.pages.push((leaf.clone(), place));
                }
                None => selection.missing += 1,
            }
        }
        for (leaf, own) in repeats {
            selection.add_with_payload(corpus, leaf, own, &barred)?;
        }
        selection.pages.sort_by(|a, b| a.0.doc_id.cmp(&b.0.doc_id));
        selection.add_redirects(corpus, &barred)?;
        Ok(selection)
    }

    fn add(&mut self, recorded: Recorded) -> Place {
        let place = (recorded.capture.warc.clone(), recorded.capture.offset);
        self.captures.insert(place.clone(), recorded);
        place
    }

    /// Adds a capture that only repeats a payload, with a record that holds it. One is chosen that is
    /// in already, or of the same address, or of an address that is not barred; where there is none, the
    /// capture cannot be shown.
    fn add_with_payload(
        &mut self,
        corpus: &Corpus,
        leaf: Leaf,
        own: Recorded,
        barred: &BTreeSet<String>,
    ) -> Result<(), ExportError> {
        let carriers = corpus.carriers(&own.capture.payload_digest)?;
        let rank = |carrier: &Recorded| {
            let capture = &carrier.capture;
            let place = (capture.warc.clone(), capture.offset);
            if self.captures.contains_key(&place) {
                Some(0)
            } else if capture.final_url == own.capture.final_url {
                Some(1)
            } else {
                (!barred.contains(&capture.final_url)).then_some(2)
            }
        };
        let best = carriers
            .iter()
            .filter_map(|carrier| rank(carrier).map(|rank| (rank, carrier)))
            .min_by_key(|(rank, _)| *rank);
        let Some((_, carrier)) = best else {
            self.missing += 1;
            return Ok(());
        };
        self.add(carrier.clone());
        let place = self.add(own);
        self.pages.push((leaf, place));
        Ok(())
    }

    /// Adds the newest redirect of each address that leads to what is in.
    fn add_redirects(
        &mut self,
        corpus: &Corpus,
        barred: &BTreeSet<String>,
    ) -> Result<(), ExportError> {
        let mut newest: BTreeMap<String, (String, Place)> = BTreeMap::new();
        let filter = Filter {
            kind: Some(CaptureKind::Redirect),
            ..Filter::default()
        };
        corpus.visit_captures(&filter, |capture| {
            if let Some(location) = capture.location {
                let place = (capture.warc, capture.offset);
                newest.insert(capture.final_url, (location, place));
            }
            Ok::<(), CorpusError>(())
        })?;
        let mut known: BTreeSet<String> = self
            .captures
            .values()
            .map(|recorded| recorded.capture.final_url.clone())
            .collect();
        for _ in 0..MAX_REDIRECTS {
            let leads_here = |url: &String, location: &String| {
                known.contains(location) && !known.contains(url) && !barred.contains(url)
            };
            let found: Vec<(String, Place)> = newest
                .iter()
                .filter(|(url, (location, _))| leads_here(url, location))
                .map(|(url, (_, place))| (url.clone(), place.clone()))
                .collect();
            if found.is_empty() {
                break;
            }
            for (url, (warc, offset)) in found {
                if let Some(recorded) = corpus.recorded_at(&warc, offset)? {
                    self.add(recorded);
                }
                known.insert(url);
            }
        }
        Ok(())
    }

    /// Returns how many captures there are.
    pub(super) fn len(&self) -> u64 {
        self.captures.len() as u64
    }

    /// Returns how many documents have no capture that can be passed on.
    pub(super) const fn missing(&self) -> u64 {
        self.missing
    }

    /// Returns the captures in order of file and offset.
    pub(super) fn captures(&self) -> impl Iterator<Item = &Recorded> {
        self.captures.values()
    }

    /// Returns the documents with the captures that speak, by document.
    pub(super) fn pages(&self) -> impl Iterator<Item = (&Leaf, &Recorded)> {
        self.pages
            .iter()
            .filter_map(|(leaf, place)| Some((leaf, self.captures.get(place)?)))
    }
}

/// Returns the capture that a document's text comes from, where it is still there.
fn own_capture(
    corpus: &Corpus,
    provenance: Option<&Provenance>,
) -> Result<Option<Recorded>, ExportError> {
    let Some(provenance) = provenance else {
        return Ok(None);
    };
    let found = corpus.recorded_at(&provenance.warc, provenance.offset)?;
    Ok(found.filter(|found| found.capture.payload_digest == provenance.payload_sha256))
}

/// Returns the addresses that must not be passed on: those that the version withholds, and those of its
/// documents that the policy left out; an address of a document that is passed on is none.
fn barred(version: &Version, passed: &[Leaf]) -> Result<BTreeSet<String>, ExportError> {
    let ids: BTreeSet<_> = passed.iter().map(|leaf| &leaf.doc_id).collect();
    let mut barred: BTreeSet<String> = version
        .withheld()?
        .into_iter()
        .map(|withheld| withheld.url)
        .collect();
    let mut free = BTreeSet::new();
    for leaf in &version.leaves()? {
        let document = version.metadata(leaf)?;
        let urls = document.urls.into_iter().chain([document.url]);
        if ids.contains(&leaf.doc_id) {
            free.extend(urls);
        } else {
            barred.extend(urls);
        }
    }
    Ok(barred.difference(&free).cloned().collect())
}
