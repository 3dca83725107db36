//! A fetcher for tests, asked one address at a time or many at once.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use thresh_fetcher::{Fetcher, HumanDuration, Options, Settings};
use thresh_types::{FetchReport, FetchTask, SiteId, TaskKind, Timestamp, Validators};

/// Longer than any test takes when all is well.
const PATIENCE: Duration = Duration::from_secs(30);

/// The settings of a crawl of loopback without pauses.
pub(crate) fn settings() -> Settings {
    Settings {
        delay: HumanDuration::from_secs(0),
        connect_timeout: HumanDuration::from_secs(5),
        total_timeout: HumanDuration::from_secs(10),
        allow_addresses: vec!["127.0.0.0/8".parse().unwrap()],
        ..Settings::default()
    }
}

/// What the clock of these tests says, always.
pub(crate) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// What a fetcher for these sites is told.
pub(crate) fn options<const N: usize>(sites: [(&str, Settings); N]) -> Options {
    let sites: BTreeMap<SiteId, Settings> = sites
        .into_iter()
        .map(|(id, settings)| (id.parse().unwrap(), settings))
        .collect();
    Options {
        sites,
        user_agent: "thresh/0.1 (+mailto:curator@partner.example)".to_owned(),
        known_robots: BTreeMap::new(),
        follows_a_run: false,
        clock: Arc::new(now),
    }
}

/// A running fetcher.
pub(crate) struct Crawl {
    pub(crate) fetcher: Fetcher,
    next: Cell<i64>,
}

#[allow(
    dead_code,
    reason = "two test programs share this, and each uses a part"
)]
impl Crawl {
    /// Starts a fetcher whose only site is `site`.
    pub(crate) fn start(settings: Settings) -> Self {
        Self::start_sites([("site", settings)])
    }

    pub(crate) fn start_sites<const N: usize>(sites: [(&str, Settings); N]) -> Self {
        Self::start_options(options(sites))
    }

    pub(crate) fn start_options(options: Options) -> Self {
        Self {
            fetcher: Fetcher::start(options).unwrap(),
            next: Cell::new(0),
        }
    }

    pub(crate) fn submit_task(&self, site: &str, url: &str, validators: Validators) {
        let id = self.next.get();
        self.next.set(id + 1);
        self.fetcher.submit(FetchTask {
            id,
            site: site.parse().unwrap(),
            url: url.parse().unwrap(),
            kind: TaskKind::Page,
            validators,
        });
    }

    pub(crate) fn submit(&self, url: &str) {
        self.submit_task("site", url, Validators::default());
    }

    pub(crate) fn next_report(&self) -> FetchReport {
        self.fetcher.recv_timeout(PATIENCE).expect("a report comes")
    }

    /// Fetches one address and waits for its report.
    pub(crate) fn fetch(&self, url: &str) -> FetchReport {
        self.submit(url);
        self.next_report()
    }

    /// Fetches many addresses at once and returns the reports as they come.
    pub(crate) fn fetch_all(&self, urls: &[String]) -> Vec<FetchReport> {
        for url in urls {
            self.submit(url);
        }
        urls.iter().map(|_| self.next_report()).collect()
    }
}
