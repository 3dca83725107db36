//! Reports from the fetcher, digested on threads of their own.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, available_parallelism, spawn};
use std::time::Duration;

use thresh_types::{Exchange, FetchOutcome, FetchReport};

use crate::digest::{Bounds, Digest, digest, failed};
use crate::signals::of_head;

/// Digested answers that wait to be taken in, at most: each can hold thousands of addresses.
const DIGESTED: usize = 16;

/// Reports that a worker takes at a time, at most: those that wait are had without waking anybody.
const AT_ONCE: usize = 4;

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
    workers: Vec<JoinHandle<()>>,
}

impl Inbox {
    /// Starts to digest what comes out of `reports`, until the fetcher is gone. What is in work at
    /// one time is bounded by the number of tasks that the crawl has in hand.
    pub(super) fn open(reports: Receiver<FetchReport>, bounds: Bounds) -> Self {
        let (sender, arrivals) = sync_channel(DIGESTED);
        let shared = Arc::new((Mutex::new(reports), bounds));
        let count = available_parallelism().map_or(1, NonZero::get);
        let workers = (0..count).filter_map(|n| {
            let (shared, sender) = (Arc::clone(&shared), sender.clone());
            let worker = Builder::new().name(format!("digest-{n}"));
            worker.spawn(move || work(&shared, &sender)).ok()
        });
        let mut workers: Vec<JoinHandle<()>> = workers.collect();
        if workers.is_empty() {
            // Where no thread can be had, this says so.
            workers.push(spawn(move || work(&shared, &sender)));
        }
        Self { arrivals, workers }
    }

    /// Returns the next arrival, waiting at most `patience`.
    pub(super) fn next(&self, patience: Duration) -> Option<Arrival> {
        self.arrivals.recv_timeout(patience).ok()
    }

    /// Ends the workers; the fetcher must be gone.
    pub(super) fn close(self) {
        drop(self.arrivals);
        for worker in self.workers {
            let _ = worker.join();
        }
    }
}

/// Digests reports until there will be no more, or nobody wants them.
fn work((reports, bounds): &(Mutex<Receiver<FetchReport>>, Bounds), sender: &SyncSender<Arrival>) {
    loop {
        let some = some_of(reports);
        if some.is_empty() {
            return;
        }
        for report in some {
            // A fault in what reads an answer costs that answer's links, not the crawl.
            let read = catch_unwind(AssertUnwindSafe(|| digest_of(&report, bounds)));
            let digest = read.unwrap_or_else(|_| {
                failed("reading the answer failed: please report this page".to_owned())
            });
            // The crawl has ended when nobody receives; the exchange was not committed, as promised.
            if sender.send(Arrival { report, digest }).is_err() {
                return;
            }
        }
    }
}

/// Waits for a report, and takes some more if they are there; nothing where the fetcher is gone.
fn some_of(reports: &Mutex<Receiver<FetchReport>>) -> Vec<FetchReport> {
    // Whoever had it and panicked has taken nothing out.
    let reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
    let first = reports.recv().into_iter();
    first.chain(reports.try_iter()).take(AT_ONCE).collect()
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::mpsc::channel;

    use thresh_types::{FetchTask, RefusalReason, TaskKind, Validators};

    use super::*;

    fn refused(id: i64) -> FetchReport {
        FetchReport {
            task: FetchTask {
                id,
                site: "a".parse().unwrap(),
                url: "http://a.example/".parse().unwrap(),
                kind: TaskKind::Page,
                validators: Validators::default(),
            },
            robots: Vec::new(),
            waited: Duration::ZERO,
            permit: None,
            outcome: FetchOutcome::Refused {
                reason: RefusalReason::Robots,
                detail: String::new(),
                exchange: None,
            },
        }
    }

    #[test]
    fn every_report_comes_back_once_and_the_workers_end_with_the_fetcher() {
        let (sender, reports) = channel();
        let inbox = Inbox::open(reports, Bounds::default());
        let count = 10 * DIGESTED as i64;
        for id in 0..count {
            sender.send(refused(id)).unwrap();
        }
        let arrivals = (0..count).map(|_| inbox.next(Duration::from_secs(60)));
        let ids = arrivals.map(|arrival| arrival.unwrap().report.task.id);
        assert_eq!(ids.collect::<BTreeSet<i64>>(), (0..count).collect());
        drop(sender);
        inbox.close();
    }

    #[test]
    fn workers_end_where_nobody_takes_what_they_made() {
        let (sender, reports) = channel();
        let inbox = Inbox::open(reports, Bounds::default());
        for id in 0..20 * DIGESTED as i64 {
            sender.send(refused(id)).unwrap();
        }
        drop(sender);
        inbox.close();
    }
}
