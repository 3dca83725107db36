//! Pass 1 over many captures: in parallel, cached on disk, a bounded number in memory.

use rayon::prelude::*;
use thresh_cleaner::PageSigns;
use thresh_corpus::{Cache, Corpus};
use thresh_types::{Capture, HttpHead, Sha256Hash};

use crate::PipelineError;
use crate::event::{Event, Observer, Step};
use crate::gist::Gist;
use crate::large::Turn;
use crate::record::PageRecord;
use crate::select::Subject;
use crate::signals::{Headers, relevant};

/// How many records are made before they are written to the cache: some tens of megabytes.
const BATCH: usize = 256;

/// The page records of a corpus, made where they are missing.
pub(crate) struct Records<'a> {
    corpus: &'a Corpus,
    cache: Cache,
    turn: Turn,
}

impl<'a> Records<'a> {
    /// Makes sure that the record of every subject's best capture is in the cache.
    ///
    /// # Errors
    /// When the archive cannot be read. A cache that cannot be written only costs time.
    pub(crate) fn read(
        corpus: &'a Corpus,
        subjects: &[Subject],
        observe: Observer<'_>,
    ) -> Result<Self, PipelineError> {
        let records = Self::open(corpus)?;
        observe(Event::StepStarted {
            step: Step::Read,
            items: subjects.len(),
        });
        for batch in subjects.chunks(BATCH) {
            records.read_batch(batch, observe)?;
        }
        Ok(records)
    }

    /// Opens the records without making any.
    ///
    /// # Errors
    /// When the cache file cannot be opened.
    pub(crate) fn open(corpus: &'a Corpus) -> Result<Self, PipelineError> {
        Ok(Self {
            corpus,
            cache: corpus.cache()?,
            turn: Turn::default(),
        })
    }

    fn read_batch(&self, batch: &[Subject], observe: Observer<'_>) -> Result<(), PipelineError> {
        let missing: Vec<&Capture> = batch
            .iter()
            .map(|subject| &subject.candidates[0])
            // What is not whole does not speak, so nobody reads it.
            .filter(|capture| capture.truncated.is_none())
            .filter(|capture| !self.is_cached(capture))
            .collect();
        observe(Event::StepAdvanced {
            items: batch.len() - missing.len(),
        });
        let made: Vec<[(Sha256Hash, Vec<u8>); 2]> = missing
            .into_par_iter()
            .map(|capture| {
                let made = self.make(capture)?;
                observe(Event::StepAdvanced { items: 1 });
                Ok(made)
            })
            .collect::<Result<_, PipelineError>>()?;
        // A cache that cannot be written costs time: the record is made again when it is asked for.
        if let Err(error) = self.cache.put_all(made.as_flattened()) {
            tracing::warn!("{error}");
        }
        Ok(())
    }

    fn is_cached(&self, capture: &Capture) -> bool {
        self.cache.contains(&PageRecord::cache_key(capture))
            && self.cache.contains(&Gist::cache_key(capture))
    }

    /// Makes record and gist of `capture`, as the cache keeps them.
    fn make(&self, capture: &Capture) -> Result<[(Sha256Hash, Vec<u8>); 2], PipelineError> {
        let record = PageRecord::read(self.corpus, capture, &self.turn)?;
        let gist = Gist::to_bytes(Gist::of(&record, capture).as_ref());
        let bytes = serde_json::to_vec(&record).expect("records have string keys only");
        let record = (PageRecord::cache_key(capture), bytes);
        Ok([record, (Gist::cache_key(capture), gist)])
    }

    /// Returns what `capture` tells of its site; `None` where it holds no text.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) fn gist(&self, capture: &Capture) -> Result<Option<Gist>, PipelineError> {
        let bytes = self.cache.get(&Gist::cache_key(capture));
        match bytes.and_then(|bytes| Gist::from_bytes(&bytes)) {
            Some(gist) => Ok(gist),
            None => Ok(Gist::of(&self.get(capture)?, capture)),
        }
    }

    /// Returns the signs alone of what `capture` tells of its site.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) fn signs(&self, capture: &Capture) -> Result<Option<PageSigns>, PipelineError> {
        let bytes = self.cache.get(&Gist::cache_key(capture));
        match bytes.and_then(|bytes| Gist::signs_from_bytes(&bytes)) {
            Some(signs) => Ok(signs),
            None => Ok(Gist::of(&self.get(capture)?, capture).map(|gist| gist.signs)),
        }
    }

    /// Returns those headers of the capture's own answer that say something to crawlers.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) fn headers(&self, capture: &Capture) -> Result<Headers, PipelineError> {
        let head = self.corpus.read_head(capture)?;
        Ok(relevant(head.iter().flat_map(HttpHead::headers)))
    }

    /// Returns the record of `capture`, from the cache or made anew.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) fn get(&self, capture: &Capture) -> Result<PageRecord, PipelineError> {
        self.cache
            .get(&PageRecord::cache_key(capture))
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .map_or_else(|| PageRecord::read(self.corpus, capture, &self.turn), Ok)
    }
}
