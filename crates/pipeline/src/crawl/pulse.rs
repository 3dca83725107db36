//! Tells from time to time how much is ahead, so that progress can be shown without counting.

use std::time::Duration;

use thresh_corpus::Frontier;
use thresh_types::Timestamp;

use super::run::Run;
use crate::event::{Ahead, Event};

/// How often at most.
const EVERY: Duration = Duration::from_millis(500);

/// When it was last told.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    last: Option<Timestamp>,
}

impl Run<'_> {
    /// Tells what is ahead, unless that was told just now.
    pub(super) fn pulse(&mut self, frontier: &Frontier<'_>) {
        let now = self.clock.now();
        if self.pulse.last.is_some_and(|last| now < last + EVERY) {
            return;
        }
        self.pulse.last = Some(now);
        let queues = frontier.queues();
        let lanes: Vec<Ahead> = queues
            .into_iter()
            .filter(|queue| self.sites.contains_key(&queue.site))
            .map(|queue| Ahead {
                origin: queue.origin,
                queued: queue.queued,
                waiting: queue.waiting,
                wakes_in: queue
                    .wakes_at
                    .map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default()),
            })
            .collect();
        self.queued = lanes.iter().map(|lane| lane.queued + lane.waiting).sum();
        (self.observe)(Event::Queues { lanes });
    }
}
