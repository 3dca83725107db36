//! Which feeds that pages name are worth asking.
//!
//! Many programs give every page a feed of its own, for its comments or its tag, which lists only what the
//! pages link to anyway. Whether the feeds of a site are such is learned by asking some: one that lists an
//! address that nobody knew pays for others, one that does not has to be paid for. Feeds that were asked
//! once are asked again as all else is, and what seeds, robots.txt and sitemaps name is not judged here.

use std::collections::{BTreeMap, BTreeSet};

use thresh_types::{CanonicalUrl, SiteId};
use xxhash_rust::xxh3::xxh3_64;

use super::report::Trap;

/// Feeds in a row that may list nothing new, those on their way included.
const PATIENCE: u64 = 8;

/// Feeds for which one pays that lists something new, itself included.
const PAYS: u64 = 5;

/// Held feeds after which one is asked to see whether anything has changed; doubled each time.
const FIRST_PROBE: u64 = 8;

/// Addresses that are shown as examples.
const SAMPLES: usize = 5;

/// What is known of the feeds that the pages of one site name.
#[derive(Debug, Clone, Default)]
struct Account {
    asked: u64,
    productive: u64,
    /// Feeds that are not paid for.
    debt: u64,
    /// In this run.
    held: u64,
    samples: Vec<String>,
}

/// The accounts of all sites.
#[derive(Debug, Default)]
pub(super) struct Feeds {
    accounts: BTreeMap<SiteId, Account>,
    /// Hashes of the feeds that were asked in this run and have listed nothing yet.
    open: BTreeSet<u64>,
}

impl Feeds {
    /// Returns whether a feed that a page names and that was never asked is to be asked now.
    pub(super) fn ask(&mut self, site: &SiteId, url: &CanonicalUrl) -> bool {
        let account = self.accounts.entry(site.clone()).or_default();
        if account.debt >= PATIENCE && !account.hold(url) {
            return false;
        }
        account.asked += 1;
        account.debt = (account.debt + 1).min(PATIENCE);
        self.open.insert(hashed(url));
        true
    }

    /// Notes that a feed is at another address.
    pub(super) fn moved(&mut self, from: &CanonicalUrl, to: &CanonicalUrl) {
        if self.open.remove(&hashed(from)) {
            self.open.insert(hashed(to));
        }
    }

    /// Notes that a list at an address named something new. Returns whether feeds of its site that were held may go
    /// now.
    pub(super) fn paid(&mut self, site: &SiteId, url: &CanonicalUrl) -> bool {
        let account = self.accounts.get_mut(site);
        let Some(account) = account.filter(|_| self.open.remove(&hashed(url))) else {
            return false;
        };
        let spent = account.debt >= PATIENCE;
        account.productive += 1;
        account.debt = account.debt.saturating_sub(PAYS);
        spent
    }

    /// Returns the sites whose feeds were held, as traps.
    pub(super) fn report(&self) -> Vec<Trap> {
        let held = self.accounts.iter().filter(|(_, account)| account.held > 0);
        held.map(|(site, account)| account.told(site)).collect()
    }

    /// Returns what the next run should know.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let of_site = |(site, account): (&SiteId, &Account)| {
            let figures = [account.asked, account.productive, account.debt];
            (site.to_string(), figures)
        };
        let all: BTreeMap<String, [u64; 3]> = self.accounts.iter().map(of_site).collect();
        serde_json::to_vec(&all).unwrap_or_default()
    }

    /// Reads what a former run learned; what cannot be read is learned anew.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let all: BTreeMap<String, [u64; 3]> = serde_json::from_slice(bytes).unwrap_or_default();
        let of_site = |(site, [asked, productive, debt]): (String, [u64; 3])| {
            let account = Account {
                asked,
                productive: productive.min(asked),
                debt: debt.min(PATIENCE),
                ..Account::default()
            };
            Some((site.parse().ok()?, account))
        };
        Self {
            accounts: all.into_iter().filter_map(of_site).collect(),
            open: BTreeSet::new(),
        }
    }
}

impl Account {
    /// Notes that a feed is held and returns whether it may go nevertheless.
    fn hold(&mut self, url: &CanonicalUrl) -> bool {
        self.held += 1;
        if self.samples.len() < SAMPLES {
            self.samples.push(url.to_string());
        }
        self.held >= FIRST_PROBE && self.held.is_power_of_two()
    }

    fn told(&self, site: &SiteId) -> Trap {
        Trap {
            site: site.to_string(),
            kind: "feeds",
            shape: "named by pages".to_owned(),
            fetched: self.asked,
            novel: self.productive,
            held: self.held,
            samples: self.samples.clone(),
            evidence: format!(
                "of {} feeds that pages name, {} listed an address that was new",
                self.asked, self.productive
            ),
        }
    }
}

fn hashed(url: &CanonicalUrl) -> u64 {
    xxh3_64(url.as_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteId {
        "a".parse().unwrap()
    }

    fn url(n: u64) -> CanonicalUrl {
        format!("http://a.example/{n}/feed").parse().unwrap()
    }

    /// How many of the feeds are asked; `pays` says which list something new.
    fn asked(feeds: &mut Feeds, of: std::ops::Range<u64>, pays: impl Fn(u64) -> bool) -> u64 {
        of.filter(|n| {
            let asks = feeds.ask(&site(), &url(*n));
            if asks && pays(*n) {
                feeds.paid(&site(), &url(*n));
            }
            asks
        })
        .count() as u64
    }

    #[test]
    fn feeds_that_list_nothing_new_are_held_after_some() {
        let mut feeds = Feeds::default();
        let count = asked(&mut feeds, 0..200, |_| false);
        // Probes at 8, 16, 32, 64 and 128.
        assert_eq!(count, PATIENCE + 5);
        let report = feeds.report();
        assert_eq!((report[0].kind, report[0].held), ("feeds", 192));
        assert_eq!((report[0].fetched, report[0].novel), (13, 0));
        assert_eq!(report[0].samples[0], url(8).to_string());
    }

    #[test]
    fn feeds_of_which_some_list_something_new_are_all_asked() {
        let mut feeds = Feeds::default();
        assert_eq!(asked(&mut feeds, 0..200, |n| n % 4 == 3), 200);
        assert_eq!(feeds.report(), []);
    }

    #[test]
    fn a_probe_that_pays_opens_the_rest() {
        let mut feeds = Feeds::default();
        asked(&mut feeds, 0..8, |_| false);
        let probe = (8..100).find(|n| feeds.ask(&site(), &url(*n)));
        assert!(feeds.paid(&site(), &url(probe.unwrap())));
        assert!(feeds.ask(&site(), &url(100)));
    }

    #[test]
    fn a_list_pays_once_and_only_where_a_page_named_it() {
        let mut feeds = Feeds::default();
        asked(&mut feeds, 0..8, |_| false);
        assert!(!feeds.paid(&site(), &url(1000)), "a sitemap");
        feeds.moved(&url(1), &url(2000));
        assert!(!feeds.paid(&site(), &url(1)));
        assert!(feeds.paid(&site(), &url(2000)));
        assert!(!feeds.paid(&site(), &url(2000)));
    }

    #[test]
    fn the_next_run_knows_what_was_learned() {
        let mut feeds = Feeds::default();
        asked(&mut feeds, 0..50, |_| false);
        let mut next = Feeds::from_bytes(&feeds.to_bytes());
        assert!(!next.ask(&site(), &url(50)));
        assert_eq!(next.report()[0].held, 1, "counted by run");
        assert!(Feeds::from_bytes(b"{\"a\":[1]}").ask(&site(), &url(51)));
    }
}
