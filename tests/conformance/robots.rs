//! The published robots.txt cases.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use thresh_fetcher::{product_token, robots};

use crate::cases::{self, Class, Verdict};

/// Rows that contradict RFC 9309 §2.2.2: they leave percent-encoding to the caller, while the rows
/// of crawler-commons and the RFC want normal forms compared. Decided for the RFC, since addresses
/// reach the matcher in canonical form: the pinned answer is the opposite of the row's.
fn is_left_to_the_caller(row: &Value) -> bool {
    let url = row["url"].as_str().unwrap_or_default();
    row["test"] == "ID_Encoding"
        && row["allowed"] == false
        && (!url.is_ascii() || row["robots"].as_str().is_some_and(|r| r.contains("%62")))
}

pub(crate) fn rows(dir: &Path) -> Vec<Value> {
    let mut rows = Vec::new();
    for file in thresh_testkit::fixtures(dir).unwrap() {
        let text = String::from_utf8(file.bytes).unwrap();
        rows.extend(text.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    rows
}

/// Path, parameters and query of an address as Google's matcher cuts them out, scheme or not.
fn path_of(url: &str) -> String {
    let behind = url.strip_prefix("//").unwrap_or(url);
    let from = behind.find(['/', '?', ';']).unwrap_or(behind.len());
    let scheme = behind.find("://");
    let begin = match scheme {
        Some(at) if at < from => behind[at + 3..]
            .find(['/', '?', ';'])
            .map_or(behind.len(), |i| at + 3 + i),
        _ => from,
    };
    let path = behind[begin..].split('#').next().unwrap_or_default();
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

fn body(row: &Value) -> Vec<u8> {
    match row["robots_b64"].as_str() {
        Some(text) => base64(text),
        None => row["robots"]
            .as_str()
            .unwrap_or_default()
            .as_bytes()
            .to_vec(),
    }
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for value in text.chars().filter_map(|c| alphabet.find(c)) {
        bits = bits << 6 | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

/// crawler-commons asks with whole user agents and lists of names; Google with one token.
fn tokens(row: &Value) -> Vec<&str> {
    let agent = row["agent"].as_str().unwrap_or_default();
    if row["class"] != "crawler_commons" {
        return vec![agent];
    }
    agent
        .split([',', ' '])
        .map(|name| {
            if name == "*" {
                name
            } else {
                product_token(name)
            }
        })
        .collect()
}

/// Judges our answer. A kind of case that is not known here fails, rather than be passed over.
fn judge(row: &Value) -> Verdict {
    let rules = || robots::parse(&body(row));
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    Verdict::of(match text("kind") {
        "match" => {
            let path = path_of(text("url"));
            let allowed = rules().decide_path(&tokens(row), &path).allowed;
            (allowed == row["allowed"]) != is_left_to_the_caller(row)
        }
        "crawl_delay_ms" => {
            let expected = row["crawl_delay_ms"].as_u64().map(Duration::from_millis);
            rules().crawl_delay_of(&tokens(row)) == expected
        }
        "sitemaps" => {
            let expected: Vec<String> = serde_json::from_value(row["sitemaps"].clone()).unwrap();
            rules().sitemaps() == expected
        }
        "escape_pattern" => robots::escape(text("pattern")) == row["escaped"],
        "valid_product_token" => {
            let agent = text("agent");
            let whole = !agent.is_empty() && product_token(agent) == agent;
            whole == row["valid"]
        }
        "path_of_url" => path_of(text("url")) == row["path"],
        _ => false,
    })
}

fn class_of(row: &Value) -> Class<'static> {
    let (name, floor) = match row["class"].as_str() {
        _ if is_left_to_the_caller(row) => ("decided for the RFC against Google", 1.0),
        Some("rfc") => ("rfc", 1.0),
        Some("google_only") => ("google_only", 0.95),
        Some("crawler_commons") => ("crawler_commons", 0.95),
        _ => ("of no known class", 1.0),
    };
    Class { name, floor }
}

#[test]
fn googles_cases_hold() {
    cases::run_classes("robots/google_robotstxt.jsonl", class_of, judge);
}

#[test]
fn the_cases_of_crawler_commons_hold() {
    cases::run_classes("robots/crawler_commons_robots.jsonl", class_of, judge);
}
