//! The published sitemap cases.
//!
//! Every key of a row is played; one that is not known here fails the test by its name.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde_json::Value;
use thresh_fetcher::sitemap::{self, Limits, Sitemap, SitemapKind};
use thresh_fetcher::{HostPort, Settings, why_forbidden};
use thresh_testkit::{Reply, Server, shared_dir};
use thresh_types::{CanonicalUrl, FetchOutcome, RefusalReason};
use url::Host;

use crate::cases::{self, Verdict};
use crate::crawl::{self, Crawl};

/// What rows say, and what is made of it. The header of the answer (`content_type`) is not played:
/// the parser is not told it, since servers name any type.
const KEYS: &[&str] = &[
    "id",
    "file",
    "url",
    "content_type",
    "kind",
    "urls",
    "source",
    "note",
    "test",
    "limit",
    "guarded_urls",
    "alternates",
    "accept_empty",
    "accept_subset",
    "accept_prefix",
];

#[test]
fn published_cases_hold() {
    let Some(dir) = shared_dir("data/conformance/sitemap") else {
        return;
    };
    cases::run("sitemap/cases.jsonl", 1.0, |row| {
        let faults = faults(row, &dir);
        for fault in &faults {
            eprintln!("{}: {fault}", row["id"]);
        }
        Verdict::of(faults.is_empty())
    });
}

/// Plays a row and returns what is wrong.
fn faults(row: &Value, dir: &Path) -> Vec<String> {
    let id = &row["id"];
    for key in row.as_object().expect("a row is an object").keys() {
        assert!(
            KEYS.contains(&key.as_str()),
            "{id}: the key {key:?} is not known here"
        );
    }
    let bytes = std::fs::read(dir.join(row["file"].as_str().unwrap())).unwrap();
    let base = row["url"].as_str().unwrap().parse().unwrap();
    let read = sitemap::parse(&bytes, &base, Limits::default());
    let mut faults = Vec::new();
    let found = listed(&read);
    if let Some(expected) = texts(&row["urls"])
        && !fits(row, &found, &canonical(&expected))
    {
        faults.push(format!("lists {found:?}, with {:?}", read.problems));
    }
    if !is_of_kind(row, &read) {
        faults.push(format!("is taken for {:?}", read.kind));
    }
    faults.extend(beyond_limit(row, &found));
    faults.extend(missing_alternates(row, &read));
    if let Some(guarded) = texts(&row["guarded_urls"]) {
        let let_through = let_through(&found, &guarded);
        if let_through != canonical(&guarded) {
            faults.push(format!("the guard lets through {let_through:?}"));
        }
    }
    faults
}

/// Returns pages and further sitemaps.
fn listed(sitemap: &Sitemap) -> Vec<String> {
    let pages = sitemap.urls.iter().map(|entry| entry.url.to_string());
    let children = sitemap.children.iter().map(ToString::to_string);
    pages.chain(children).collect()
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    let list = value.as_array()?;
    Some(list.iter().map(|text| text.as_str().unwrap()).collect())
}

/// Returns addresses in the form in which the parser gives them, each once.
fn canonical(urls: &[&str]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    urls.iter()
        .map(|url| url.parse::<CanonicalUrl>().unwrap().to_string())
        .filter(|url| seen.insert(url.clone()))
        .collect()
}

fn allows(row: &Value, key: &str) -> bool {
    match &row[key] {
        Value::Null => false,
        value => value
            .as_bool()
            .unwrap_or_else(|| panic!("{}: {key} is {value}", row["id"])),
    }
}

fn fits(row: &Value, found: &[String], expected: &[String]) -> bool {
    let is_front = expected.starts_with(found);
    found == expected
        || (allows(row, "accept_empty") && found.is_empty())
        || (allows(row, "accept_subset") && is_subset(found, expected))
        || (allows(row, "accept_prefix") && is_front)
        // A row with a limit may list more than the limit lets in.
        || (is_front && count_limit(&row["limit"]).is_some_and(|limit| found.len() == limit))
}

/// Returns whether `found` is `expected` with some left out.
fn is_subset(found: &[String], expected: &[String]) -> bool {
    let mut rest = expected.iter();
    found.iter().all(|url| rest.any(|other| other == url))
}

fn is_of_kind(row: &Value, read: &Sitemap) -> bool {
    let wanted = match row["kind"].as_str() {
        None => return true,
        Some("urlset") => SitemapKind::Pages,
        Some("index") => SitemapKind::Index,
        Some("feed" | "rss" | "atom" | "rdf" | "json") => SitemapKind::Feed,
        Some("text") => SitemapKind::Text,
        Some("none" | "html") => SitemapKind::None,
        Some(other) => panic!("{}: the kind {other:?} is not known here", row["id"]),
    };
    let is_empty = read.urls.is_empty() && read.children.is_empty();
    // A file that lists nothing has no kind to be told by, and a reader that refuses it none at all.
    read.kind == wanted
        || (is_empty && texts(&row["urls"]).is_some_and(|u| u.is_empty()))
        || (is_empty && allows(row, "accept_empty"))
}

/// Returns how many addresses a limit allows, where that is what it bounds.
fn count_limit(limit: &Value) -> Option<usize> {
    let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let named = || {
        let table = limit.as_object()?;
        table
            .iter()
            .find(|(key, _)| key.contains("url"))
            .and_then(|(_, n)| number(n))
    };
    number(limit).or_else(named)
}

/// A limit is a number, which bounds the addresses, or a table of bounds, or words for people. In any
/// case the bounds of the protocol hold.
fn beyond_limit(row: &Value, found: &[String]) -> Option<String> {
    if let Some(table) = row["limit"].as_object() {
        for key in table.keys() {
            let is_known = ["url", "byte", "note"]
                .iter()
                .any(|part| key.contains(part));
            assert!(
                is_known,
                "{}: the limit {key:?} is not known here",
                row["id"]
            );
        }
    }
    let most = Limits::default();
    let count = count_limit(&row["limit"]).unwrap_or(most.max_urls);
    let length: usize = found.iter().map(String::len).sum();
    let is_beyond = found.len() > count.min(most.max_urls) || length as u64 > most.max_bytes;
    is_beyond.then(|| format!("{} addresses of {length} bytes", found.len()))
}

fn missing_alternates(row: &Value, read: &Sitemap) -> Option<String> {
    let wanted = row["alternates"].as_object()?;
    let all: Vec<_> = read.urls.iter().flat_map(|u| &u.alternates).collect();
    let has = |language: &str, url: &Value| {
        let urls = match url {
            Value::Array(_) => canonical(&texts(url).unwrap()),
            _ => canonical(&[url.as_str().unwrap()]),
        };
        urls.iter()
            .all(|url| all.iter().any(|(l, u)| l == language && u.as_str() == url))
    };
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(language, url)| !has(language, url))
        .collect();
    (!missing.is_empty()).then(|| format!("{missing:?} are not among {all:?}"))
}

/// Asks the real fetcher for each address and returns those that its guard does not refuse. Names that
/// may be fetched lead to a server on loopback, for which alone there is an exception; any other
/// name leads to a private address, as a hostile one would.
fn let_through(found: &[String], guarded: &[&str]) -> Vec<String> {
    let server = Server::start(|site| site.on_other(|_| Reply::html("<p>here")));
    let public: BTreeSet<HostPort> = guarded.iter().filter_map(|url| name_of(url)).collect();
    let private = SocketAddr::from((Ipv4Addr::new(169, 254, 169, 254), 80));
    let resolve = found.iter().filter_map(|url| name_of(url)).map(|name| {
        let is_public = public.contains(&name);
        (name, if is_public { server.addr() } else { private })
    });
    let settings = Settings {
        respect_robots: false,
        allow_addresses: vec![server.addr().to_string().parse().unwrap()],
        resolve: resolve.collect(),
        ..crawl::settings()
    };
    let crawl = Crawl::start(settings);
    let is_refused = |url: &str| {
        // A public address in numbers would be asked for in earnest.
        if ip_of(url).is_some_and(|ip| why_forbidden(ip).is_none()) {
            return false;
        }
        let outcome = crawl.fetch(url).outcome;
        matches!(
            outcome,
            FetchOutcome::Refused {
                reason: RefusalReason::Address,
                ..
            }
        )
    };
    found
        .iter()
        .filter(|url| !is_refused(url))
        .cloned()
        .collect()
}

fn ip_of(url: &str) -> Option<IpAddr> {
    let url: CanonicalUrl = url.parse().ok()?;
    match url.as_url().host()? {
        Host::Domain(_) => None,
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
    }
}

/// Returns the name and port of an address whose host is no number.
fn name_of(url: &str) -> Option<HostPort> {
    let url: CanonicalUrl = url.parse().ok()?;
    let port = url.as_url().port_or_known_default()?;
    match url.as_url().host()? {
        Host::Domain(name) => Some(HostPort::new(name, port)),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}
