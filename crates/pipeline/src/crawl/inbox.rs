//! Reports from the fetcher, digested on a pool of workers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};
use thresh_types::{Exchange, FetchOutcome, FetchReport};

use crate::digest::{Bounds, Digest, digest, failed};
use crate::signals::of_head;

/// Digested answers that wait to be taken in, at most: each can hold thousands of addresses.
const DIGESTED: usize = 16;

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
    pub(super) fn open(reports: Receiver<FetchReport>, bounds: Bounds) -> Self {
        let (sender, arrivals) = sync_channel(DIGESTED);
        let forwarder = std::thread::spawn(move || forward(&reports, &sender, bounds));
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
        let _ = self.forwarder.join();
    }
}

fn forward(reports: &Receiver<FetchReport>, sender: &SyncSender<Arrival>, bounds: Bounds) {
    let bounds = Arc::new(bounds);
    let pool = ThreadPoolBuilder::new()
        .thread_name(|n| format!("digest-{n}"))
        .build();
    for report in reports {
        let (sender, bounds) = (sender.clone(), Arc::clone(&bounds));
        let work = move || {
            // A fault in what reads an answer costs that answer's links, not the crawl.
            let read = catch_unwind(AssertUnwindSafe(|| digest_of(&report, &bounds)));
            let digest = read.unwrap_or_else(|_| {
                failed("reading the answer failed: please report this page".to_owned())
            });
            // The crawl has ended when nobody receives; the exchange was not committed, as promised.
            let _ = sender.send(Arrival { report, digest });
        };
        match &pool {
            Ok(pool) => ThreadPool::spawn(pool, work),
            Err(_) => work(),
        }
    }
}

fn digest_of(report: &FetchReport, bounds: &Bounds) -> Digest {
    let read = |exchange: &Exchange| digest(exchange, report.task.kind, &report.task.site, bounds);
    match &report.outcome {
        FetchOutcome::Answered(exchange) => read(exchange),
        FetchOutcome::NotModified(exchange) => Digest {
            signals: of_head(&exchange.url, &exchange.response),
            ..Digest::default()
        },
        FetchOutcome::Redirected(exchange, _) => body_only(read(exchange)),
        FetchOutcome::Refused { exchange, .. } | FetchOutcome::Deferred { exchange, .. } => {
            exchange
                .as_ref()
                .map(|exchange| body_only(read(exchange)))
                .unwrap_or_default()
        }
    }
}

/// Leaves out the links of an answer where they are of no interest.
fn body_only(digest: Digest) -> Digest {
    Digest {
        leads: Vec::new(),
        listed: Arc::default(),
        ..digest
    }
}
