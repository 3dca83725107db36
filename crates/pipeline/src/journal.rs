//! Notes in the corpus when a run began and how it ended.

use std::collections::BTreeMap;

use thresh_corpus::{Clock, Corpus, Event, RunLock};

use crate::PipelineError;

/// A run whose beginning is noted. One that never ends (a kill) leaves its beginning only, which is
/// how `status` knows.
pub(crate) struct Journal<'a> {
    corpus: &'a Corpus,
    lock: &'a RunLock,
    clock: &'a Clock,
    command: &'static str,
}

impl<'a> Journal<'a> {
    /// Notes that `command` begins.
    pub(crate) fn begin(
        corpus: &'a Corpus,
        lock: &'a RunLock,
        clock: &'a Clock,
        command: &'static str,
        tool: &str,
    ) -> Result<Self, PipelineError> {
        let event = Event::RunStarted {
            at: clock.now(),
            command: command.to_owned(),
            tool: tool.to_owned(),
        };
        corpus.append_event(lock, &event)?;
        Ok(Self {
            corpus,
            lock,
            clock,
            command,
        })
    }

    /// Notes how it ended.
    pub(crate) fn end(
        self,
        outcome: &str,
        counts: BTreeMap<String, u64>,
    ) -> Result<(), PipelineError> {
        let event = Event::RunFinished {
            at: self.clock.now(),
            command: self.command.to_owned(),
            outcome: outcome.to_owned(),
            counts,
        };
        Ok(self.corpus.append_event(self.lock, &event)?)
    }
}
