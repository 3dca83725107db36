//! The pages that the gate fits a model on share nothing with those it judges it on. Asked of the very program
//! that picks them, and compared by code of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

/// True texts of fewer words tell nothing.
const FEWEST_WORDS: usize = 20;

/// What a page must not share with one of the other side.
#[derive(Debug)]
struct Page {
    id: String,
    address: Option<String>,
    domain: Option<String>,
    runs: BTreeSet<u64>,
}

impl Page {
    fn new(id: &str, url: &str, truth: &str) -> Self {
        let url = Url::parse(url).ok();
        let host = |url: &Url| url.host_str().map(str::to_lowercase);
        Self {
            id: id.to_owned(),
            address: url.as_ref().and_then(|url| {
                let host = host(url)?;
                let host = host.strip_prefix("www.").unwrap_or(&host);
                let query = url.query().unwrap_or("");
                Some(format!(
                    "{host}{}?{query}",
                    url.path().trim_end_matches('/')
                ))
            }),
            domain: url.as_ref().and_then(host).map(|host| registrable(&host)),
            runs: runs(truth),
        }
    }

    fn read(folder: &Path, id: &str) -> Self {
        let file = folder.join("ground-truth").join(format!("{id}.json"));
        let bytes = std::fs::read(file).expect("the lists name pages that are there");
        let told: Value = serde_json::from_slice(&bytes).expect("a truth is JSON");
        let truth = told["ground_truth"]["main_content"].as_str();
        Self::new(id, told["url"].as_str().unwrap_or(""), truth.unwrap_or(""))
    }
}

fn registrable(host: &str) -> String {
    const SECOND_LEVEL: &[&str] = &["co", "com", "org", "net", "gov", "edu", "ac"];
    const HOSTERS: &[&str] = &[
        "github",
        "gitlab",
        "blogspot",
        "wordpress",
        "medium",
        "substack",
        "netlify",
        "wixsite",
    ];
    let parts: Vec<&str> = host.split('.').collect();
    let [.., second, top] = parts.as_slice() else {
        return host.to_owned();
    };
    let national = SECOND_LEVEL.contains(second) && top.len() == 2;
    let own = if national || HOSTERS.contains(second) {
        3
    } else {
        2
    };
    parts[parts.len().saturating_sub(own)..].join(".")
}

/// Returns the hashes of the runs of five words.
fn runs(text: &str) -> BTreeSet<u64> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    if words.len() < FEWEST_WORDS {
        return BTreeSet::new();
    }
    words
        .windows(5)
        .map(|run| xxh3_64(run.join(" ").as_bytes()))
        .collect()
}

/// Returns what pages of the two sides share, one line a case.
fn shared(training: &[Page], judged: &[Page]) -> Vec<String> {
    let mut found = Vec::new();
    let mut index: HashMap<u64, Vec<usize>> = HashMap::new();
    for (i, page) in judged.iter().enumerate() {
        for &run in &page.runs {
            index.entry(run).or_default().push(i);
        }
    }
    let ids: BTreeSet<_> = judged.iter().map(|p| &p.id).collect();
    let addresses: BTreeSet<_> = judged.iter().filter_map(|p| p.address.as_ref()).collect();
    let domains: BTreeSet<_> = judged.iter().filter_map(|p| p.domain.as_ref()).collect();
    for page in training {
        let id = &page.id;
        if ids.contains(id) {
            found.push(format!("{id}: id"));
        }
        if let Some(address) = page.address.as_ref().filter(|a| addresses.contains(a)) {
            found.push(format!("{id}: address {address}"));
        }
        if let Some(domain) = page.domain.as_ref().filter(|d| domains.contains(d)) {
            found.push(format!("{id}: domain {domain}"));
        }
        found.extend(like(page, judged, &index).map(|other| format!("{id}: true text of {other}")));
    }
    found
}

/// Returns the first judged page with nearly the same true text: half of all runs of words in common.
fn like<'a>(
    page: &Page,
    judged: &'a [Page],
    index: &HashMap<u64, Vec<usize>>,
) -> Option<&'a String> {
    let mut common: BTreeMap<usize, usize> = BTreeMap::new();
    for other in page.runs.iter().filter_map(|run| index.get(run)).flatten() {
        *common.entry(*other).or_default() += 1;
    }
    let alike = |other: usize, count: usize| {
        2 * count >= page.runs.len() + judged[other].runs.len() - count
    };
    common
        .into_iter()
        .find(|&(other, count)| alike(other, count))
        .map(|(other, _)| &judged[other].id)
}

/// Asks the program that picks the pages to fit on, or says loudly that it cannot be asked.
fn picked(data: &Path) -> Option<Vec<String>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("model/split.py");
    let asked = Command::new("python3")
        .arg("-B")
        .arg(program)
        .arg(data.join("dev"))
        .arg("--ids")
        .arg(data.join("dev_tune_ids.txt"))
        .arg("--apart-from")
        .arg(data.join("dev_hold_ids.txt"))
        .output();
    let Ok(answer) = asked else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: no python3 to ask for the split"
        );
        return None;
    };
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "{said}");
    let ids = String::from_utf8(answer.stdout).expect("ids are plain");
    Some(ids.split_whitespace().map(str::to_owned).collect())
}

#[test]
fn training_and_evaluation_share_nothing() {
    let Some(data) = thresh_testkit::shared_dir("data/wcxb") else {
        return;
    };
    let Some(training) = picked(&data) else {
        return;
    };
    let judged = std::fs::read_to_string(data.join("dev_hold_ids.txt")).unwrap();
    let read = |id: &str| Page::read(&data.join("dev"), id);
    let judged: Vec<Page> = judged.split_whitespace().map(read).collect();
    let training: Vec<Page> = training.iter().map(|id| read(id)).collect();
    assert!(
        training.len() > judged.len() && judged.len() > 100,
        "the lists are all but empty"
    );
    let found = shared(&training, &judged);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_way_of_sharing_is_found() {
    let text: String = (0..60).map(|i| format!("word{i} ")).collect();
    let other: String = (0..60).map(|i| format!("other{i} ")).collect();
    let judged = [Page::new("1", "https://www.example.org/a/", &text)];
    let found = |id, url, truth: &str| shared(&[Page::new(id, url, truth)], &judged);
    assert!(found("2", "https://example.net/a", &other).is_empty());
    assert!(found("2", "", "page not found").is_empty());
    assert_eq!(found("1", "https://example.net/", &other), ["1: id"]);
    assert_eq!(
        found("2", "http://b.example.org/", &other),
        ["2: domain example.org"]
    );
    assert_eq!(
        found("2", "http://example.org/a", &other),
        ["2: address example.org/a?", "2: domain example.org"]
    );
    assert_eq!(
        found("2", "", &format!("{text} and more")),
        ["2: true text of 1"]
    );
    assert_eq!(registrable("a.b.example.co.uk"), "example.co.uk");
    assert_eq!(registrable("ann.github.io"), "ann.github.io");
}
