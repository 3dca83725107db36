//! The published sitemap cases.

use serde_json::Value;
use thresh_fetcher::sitemap::{self, Limits, Sitemap};
use thresh_testkit::shared_dir;

fn listed(sitemap: &Sitemap) -> Vec<String> {
    let pages = sitemap.urls.iter().map(|entry| entry.url.to_string());
    let children = sitemap.children.iter().map(ToString::to_string);
    pages.chain(children).collect()
}

fn passes(case: &Value, sitemap: &Sitemap) -> bool {
    let found = listed(sitemap);
    let canonical = |url: &Value| {
        let url: thresh_types::CanonicalUrl = url.as_str().unwrap().parse().unwrap();
        url.to_string()
    };
    let expected: Vec<String> = case["urls"]
        .as_array()
        .unwrap()
        .iter()
        .map(canonical)
        .collect();
    let allows = |key: &str| case[key] == true;
    let alternates = case["alternates"].as_object().is_none_or(|wanted| {
        let all: Vec<_> = sitemap.urls.iter().flat_map(|u| &u.alternates).collect();
        wanted
            .iter()
            .all(|(language, url)| all.iter().any(|(l, u)| l == language && u.as_str() == url))
    });
    let urls = found == expected
        || (allows("accept_empty") && found.is_empty())
        || (allows("accept_subset") && found.iter().all(|url| expected.contains(url)))
        || (allows("accept_prefix") && expected.starts_with(&found));
    urls && alternates
}

#[test]
fn published_cases_hold() {
    let Some(dir) = shared_dir("data/conformance/sitemap") else {
        return;
    };
    let cases = std::fs::read_to_string(dir.join("cases.jsonl")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let bytes = std::fs::read(dir.join(case["file"].as_str().unwrap())).unwrap();
        let base = case["url"].as_str().unwrap().parse().unwrap();
        let sitemap = sitemap::parse(&bytes, &base, Limits::default());
        count += 1;
        if !passes(&case, &sitemap) {
            wrong.push(format!(
                "{}: {:?} {:?}",
                case["id"],
                listed(&sitemap),
                sitemap.problems
            ));
        }
    }
    eprintln!("sitemap: {} of {count} right", count - wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
