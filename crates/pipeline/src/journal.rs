//! Notes in the corpus when a run began and how it ended.

use std::collections::BTreeMap;

use thresh_corpus::Event;

use crate::PipelineError;
use crate::job::Job;

/// A run whose beginning is noted. One that never ends (a kill) leaves its beginning only, which is
/// how `status` knows.
pub(crate) struct Journal<'a> {
    job: Job<'a>,
    command: &'static str,
}

impl<'a> Journal<'a> {
    /// Notes that `command` begins.
    pub(crate) fn begin(job: &Job<'a>, command: &'static str) -> Result<Self, PipelineError> {
        let event = Event::RunStarted {
            at: job.clock.now(),
            command: command.to_owned(),
            tool: job.tool.to_owned(),
        };
        job.corpus.append_event(job.lock, &event)?;
        Ok(Self { job: *job, command })
    }

    /// Notes how it ended.
    pub(crate) fn end(
        self,
        outcome: &str,
        counts: BTreeMap<String, u64>,
    ) -> Result<(), PipelineError> {
        let event = Event::RunFinished {
            at: self.job.clock.now(),
            command: self.command.to_owned(),
            outcome: outcome.to_owned(),
            counts,
        };
        Ok(self.job.corpus.append_event(self.job.lock, &event)?)
    }
}
