//! Reports from the fetcher, digested on a pool of workers.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};
use thresh_types::{Exchange, FetchOutcome, FetchReport};

use crate::digest::{Digest, digest};

/// A report with what its answer says.
#[derive(Debug)]
pub(super) struct Arrival {
    pub report: FetchReport,
    pub digest: Digest,
}

/// Receives reports, digests them elsewhere, gives them back as they get ready.
#[derive(Debug)]
pub(super) struct Inbox {
    arrivals: Receiver<Arrival>,
    forwarder: JoinHandle<()>,
}

impl Inbox {
    /// Starts to digest what comes out of `reports`, until the fetcher is gone. What is in work at
    /// one time is bounded by the number of tasks that the crawl has in hand.
    pub(super) fn open(reports: Receiver<FetchReport>) -> Self {
        let (sender, arrivals) = channel();
        let forwarder = std::thread::spawn(move || forward(&reports, &sender));
        Self {
            arrivals,
            forwarder,
        }
    }

    /// Returns the next arrival, waiting at most `patience`.
    pub(super) fn next(&self, patience: Duration) -> Option<Arrival> {
        self.arrivals.recv_timeout(patience).ok()
    }

    /// Ends the workers; the fetcher must be gone.
    pub(super) fn close(self) {
        drop(self.arrivals);
        // A worker that panicked has lost its arrival only, whose address stays in the frontier.
        let _ = self.forwarder.join();
    }
}

fn forward(reports: &Receiver<FetchReport>, sender: &Sender<Arrival>) {
    let pool = ThreadPoolBuilder::new()
        .thread_name(|n| format!("digest-{n}"))
        .build();
    for report in reports {
        let sender = sender.clone();
        let work = move || {
            let digest = digest_of(&report);
            // The crawl has ended when nobody receives; the exchange was not committed, as promised.
            let _ = sender.send(Arrival { report, digest });
        };
        match &pool {
            Ok(pool) => ThreadPool::spawn(pool, work),
            Err(_) => work(),
        }
    }
}

fn digest_of(report: &FetchReport) -> Digest {
    match &report.outcome {
        FetchOutcome::Answered(exchange) => digest(exchange, report.task.kind),
        FetchOutcome::NotModified(_) => Digest::default(),
        FetchOutcome::Redirected(exchange, _) => body_only(exchange, report),
        FetchOutcome::Refused { exchange, .. } | FetchOutcome::Deferred { exchange, .. } => {
            exchange
                .as_ref()
                .map(|exchange| body_only(exchange, report))
                .unwrap_or_default()
        }
    }
}

/// Digests an answer whose links are of no interest.
fn body_only(exchange: &Exchange, report: &FetchReport) -> Digest {
    Digest {
        leads: Vec::new(),
        ..digest(exchange, report.task.kind)
    }
}
