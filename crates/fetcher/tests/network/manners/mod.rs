//! The answers that today's crawlers get wrong, judged by what the server saw: which address, when,
//! and on which connection.

mod pages;
mod robots;

use std::time::Duration;

use thresh_fetcher::{HumanDuration, Settings};
use thresh_testkit::{Reply, Server};
use thresh_types::{FetchOutcome, FetchReport, RefusalReason};

use crate::crawl::settings;

const RULES: &str = "User-agent: *\nDisallow: /private\n";
const SECOND: Duration = Duration::from_secs(1);

fn brief() -> Settings {
    Settings {
        total_timeout: HumanDuration::from_secs(1),
        ..settings()
    }
}

fn without_robots() -> Settings {
    Settings {
        respect_robots: false,
        ..settings()
    }
}

fn is_answered(report: &FetchReport) -> bool {
    matches!(report.outcome, FetchOutcome::Answered(_))
}

fn is_refused(report: &FetchReport) -> bool {
    matches!(
        report.outcome,
        FetchOutcome::Refused {
            reason: RefusalReason::Robots,
            ..
        }
    )
}

/// Returns why and for how long a task is put off.
fn put_off(report: &FetchReport) -> (RefusalReason, Duration) {
    match report.outcome {
        FetchOutcome::Deferred { reason, wait, .. } => (reason, wait),
        ref other => panic!("{other:?}"),
    }
}

/// A site whose robots.txt is answered so, one after the other.
fn site(robots: impl IntoIterator<Item = Reply>) -> Server {
    let robots: Vec<Reply> = robots.into_iter().collect();
    Server::start(move |site| {
        site.on_each("/robots.txt", robots);
        site.on_other(|_| Reply::html("<p>page"));
    })
}
