//! Pass 1 over many captures: in parallel, cached on disk, a bounded number in memory.

use rayon::prelude::*;
use thresh_corpus::{Cache, Corpus};
use thresh_types::{Capture, HttpHead, Sha256Hash};

use crate::PipelineError;
use crate::event::{Event, Observer, Step};
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
            .filter(|capture| !self.cache.contains(&PageRecord::cache_key(capture)))
            .collect();
        observe(Event::StepAdvanced {
            items: batch.len() - missing.len(),
        });
        let made: Vec<(Sha256Hash, Vec<u8>)> = missing
            .into_par_iter()
            .map(|capture| {
                let record = PageRecord::read(self.corpus, capture, &self.turn)?;
                let bytes = serde_json::to_vec(&record).expect("records have string keys only");
                observe(Event::StepAdvanced { items: 1 });
                Ok((PageRecord::cache_key(capture), bytes))
            })
            .collect::<Result<_, PipelineError>>()?;
        // A cache that cannot be written costs time: the record is made again when it is asked for.
        if let Err(error) = self.cache.put_all(&made) {
            tracing::warn!("{error}");
        }
        Ok(())
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
