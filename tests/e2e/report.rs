//! What a crawl tells of itself: its report, and what `status` says comes next.

use std::fs;

use serde_json::Value;
use thresh_testkit::{Reply, Server};

use crate::support::{Desk, Run};

/// A site whose second crawl finds something unchanged, changed, gone and new.
fn moving_site() -> Server {
    Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nDisallow: /private\n"),
        );
        let links =
            "<a href=/same>s</a><a href=/text>t</a><a href=/page>p</a><a href=/private>x</a>";
        let more = format!("{links}<a href=/late>l</a>");
        site.on_each("/", [Reply::html(links), Reply::html(more)]);
        site.on("/same", Reply::html("<p>as ever"));
        site.on_each("/text", [Reply::html("<p>one"), Reply::html("<p>two")]);
        site.on_each("/page", [Reply::html("<p>here"), Reply::status(404)]);
        site.on("/late", Reply::html("<p>new"));
    })
}

/// The run's JSON report.
fn crawl(desk: &Desk, args: &[&str]) -> Value {
    desk.run(&[&["crawl", "--json"], args].concat())
        .expect(0)
        .json()
}

/// The reports that are kept, by name.
fn kept(desk: &Desk) -> Vec<(String, Value)> {
    let folder = desk.path("corpus/captures/runs");
    let mut kept: Vec<(String, Value)> = fs::read_dir(folder)
        .map(|entries| {
            let read = |entry: fs::DirEntry| {
                let text = fs::read(entry.path()).unwrap();
                let name = entry.file_name().to_string_lossy().into_owned();
                (name, serde_json::from_slice(&text).unwrap())
            };
            entries.flatten().map(read).collect()
        })
        .unwrap_or_default();
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    kept
}

#[test]
fn the_report_of_a_first_crawl_counts_everything_once() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    let report = crawl(&desk, &[]);
    let site = &report["sites"]["here"];
    assert_eq!(report["report"], 1);
    assert_eq!(report["outcome"], "done");
    assert_eq!(site["captured"], 4, "{report:#}");
    assert_eq!((&site["new"], &site["changed"]), (&4.into(), &0.into()));
    assert_eq!((&site["unchanged"], &site["gone"]), (&0.into(), &0.into()));
    assert_eq!(site["refused"]["robots"], 1);
    let asked = server.seen().len() as u64;
    assert_eq!(site["requests"], asked, "{:?}", server.paths());
    assert!(site["bytes_on_wire"].as_u64() > site["bytes"].as_u64());
    assert!(site["bytes_stored"].as_u64() > Some(0));
    assert_eq!(report["totals"]["captured"], site["captured"]);
    let text = |key: &str| report[key].as_str().unwrap().to_owned();
    assert!(text("started") <= text("ended"));
}

#[test]
fn a_later_report_tells_what_changed_and_what_is_gone() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    crawl(&desk, &[]);
    let report = crawl(&desk, &["--revisit", "all"]);
    let site = &report["sites"]["here"];
    for (key, count) in [("new", 1), ("changed", 2), ("unchanged", 1), ("gone", 1)] {
        assert_eq!(site[key], count, "{key}: {report:#}");
    }
    let third = crawl(&desk, &["--revisit", "all"]);
    let site = &third["sites"]["here"];
    for (key, count) in [("new", 0), ("changed", 0), ("unchanged", 4), ("gone", 0)] {
        assert_eq!(site[key], count, "{key}: {third:#}");
    }
    assert_eq!(site["errors"]["404"], 1, "still counted as an error");
}

#[test]
fn reports_are_kept_for_ever_and_a_dry_run_leaves_none() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    let first = crawl(&desk, &[]);
    crawl(&desk, &["--dry-run"]);
    let second = crawl(&desk, &["--revisit", "all"]);
    let kept = kept(&desk);
    let [(one, a), (two, b)] = &kept[..] else {
        panic!("{kept:#?}");
    };
    assert!(
        one.starts_with("000001-") && one.ends_with("Z-crawl.json"),
        "{one}"
    );
    assert!(two.starts_with("000002-"), "{two}");
    assert_eq!((a, b), (&first, &second), "what is printed is what is kept");
    let status = desk.run(&["status", "--json"]).expect(0).json();
    assert_eq!(status["last_report"], second);
}

#[test]
fn an_interrupted_run_is_reported_and_its_report_kept() {
    let server = Server::start(|site| {
        let links: String = (0..200).map(|n| format!("<a href=/{n}>n</a>")).collect();
        site.on("/", Reply::html(links));
        for n in 0..200 {
            site.on(&format!("/{n}"), Reply::html("<p>a page"));
        }
    });
    let desk = Desk::for_server(server.addr(), "");
    let config = desk
        .read("config/thresh.toml")
        .replace("\"0s\"", "\"50ms\"");
    desk.write("config/thresh.toml", config);
    let mut child = desk.spawn(&["crawl"]);
    while server.paths().len() < 10 {
        assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
        std::thread::yield_now();
    }
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let kept = kept(&desk);
    let (_, report) = &kept[0];
    assert_eq!(report["outcome"], "interrupted");
    assert!(report["left"].as_u64() > Some(0), "{report:#}");
    let asked = server.seen().len() as u64;
    assert_eq!(report["sites"]["here"]["requests"], asked, "{report:#}");
}

#[test]
fn what_politeness_costs_is_told_by_origin() {
    let server = Server::start(|site| {
        let links: String = (0..4).map(|n| format!("<a href=/{n}>n</a>")).collect();
        site.on("/", Reply::html(links));
        for n in 0..4 {
            site.on(&format!("/{n}"), Reply::html("<p>a page"));
        }
    });
    let desk = Desk::for_server(server.addr(), "");
    let config = desk
        .read("config/thresh.toml")
        .replace("\"0s\"", "\"200ms\"");
    desk.write("config/thresh.toml", config);
    let report = crawl(&desk, &[]);
    let site = &report["sites"]["here"];
    let origin = format!("http://{}", server.addr());
    let paused = site["politeness"][&origin].as_f64().unwrap();
    let waited = site["waited_seconds"].as_f64().unwrap();
    let lasted = report["seconds"].as_f64().unwrap();
    // Four pages after the first wait nearly as long as the delay each, one after the other.
    assert!(paused > 0.4, "{report:#}");
    assert!(paused <= waited + 0.001 && paused <= lasted, "{report:#}");
}

/// Sizes, times and the port differ from run to run.
fn stable(run: &Run, server: &Server) -> String {
    let text = run.stdout.replace(&server.addr().to_string(), "HOST");
    let is_figure = |c: char| c.is_ascii_digit() || c == '.';
    let mut out = String::new();
    for line in text.lines() {
        let mut words: Vec<String> = Vec::new();
        for word in line.split_whitespace() {
            let unit = matches!(word, "B" | "KiB" | "MiB" | "s" | "s:");
            match words.last_mut() {
                Some(last) if unit && last.chars().all(is_figure) => *last = "#".to_owned(),
                _ => {}
            }
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let time = digits >= 4 && word.chars().any(|c| c == '-' || c == ':');
            words.push(if time {
                "TIME".to_owned()
            } else {
                word.to_owned()
            });
        }
        out.push_str(&words.join(" "));
        out.push('\n');
    }
    out
}

#[test]
fn people_read_the_report_as_a_table() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    let run = desk.run(&["crawl", "--revisit", "all"]).expect(0);
    insta::assert_snapshot!(stable(&run, &server), @"
    site new changed unchanged gone redirects errors refused bytes waited politely
    here 1 2 1 1 0 1 1 # B # s
    not taken: not found (404) 1, robots 1 (`thresh captures --refused` lists them)
    8 requests in # s: # KiB on the wire, # KiB stored
    ");
}

#[test]
fn status_says_what_comes_next_and_why() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    desk.run(&["crawl", "--revisit", "all"]).expect(0);
    let run = desk.run(&["status", "--site", "here"]).expect(0);
    let text = stable(&run, &server);
    let (head, next) = text.split_once("next at here:\n").unwrap();
    let head: Vec<&str> = head
        .lines()
        .filter(|line| !line.starts_with("disk"))
        .collect();
    // Which of them is due first hangs on milliseconds.
    let lines: Vec<&str> = next.lines().collect();
    let mut next: Vec<String> = lines.chunks(2).map(|pair| pair.join(": ")).collect();
    next.sort();
    insta::assert_snapshot!(format!("{}\n{}", head.join("\n"), next.join("\n")), @"
    last run: crawl, done, TIME
    last crawl: no. 2, done: 1 new, 2 changed, 1 unchanged, 1 gone, 1 refused, 0 left
    latest version: none

    site done waiting refused due now next due
    here 7 0 1 0 TIME TIME

    TIME TIME http://HOST/.well-known/tdmrep.json: not there (404) on TIME asked again after 7 days
    TIME TIME http://HOST/: changed at the second look, on TIME
    TIME TIME http://HOST/late: first look on TIME
    TIME TIME http://HOST/page: gone (404) on TIME asked again after 7 days
    TIME TIME http://HOST/same: unchanged in 1 look over less than a minute
    TIME TIME http://HOST/sitemap.xml: not there (404) on TIME asked again after 7 days
    TIME TIME http://HOST/text: changed at the second look, on TIME
    now http://HOST/private: refused (robots) on TIME tried again at each run: line 2: Disallow: /private (http://HOST/robots.txt, fetched TIME
    ");
}

#[test]
fn status_lists_reasons_for_machines() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl", "--max-pages", "1"]).expect(0);
    let reason = |name: &str| {
        let status = desk.run(&["status", "--due", "--json"]).expect(0).json();
        let rows = status["next"].as_array().unwrap().clone();
        let row = rows
            .into_iter()
            .find(|row| row["url"].as_str().unwrap().ends_with(name));
        row.map(|row| row["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        reason("/same").as_deref(),
        Some("not asked yet: a page links to it")
    );
    desk.run(&["crawl"]).expect(0);
    assert_eq!(reason("/same"), None, "it is not due now");
    let refused = reason("/private").unwrap();
    assert!(refused.starts_with("refused (robots) on "), "{refused}");
    let status = desk.run(&["status", "--json"]).expect(0).json();
    assert_eq!(
        status["next"].as_array().unwrap().len(),
        3,
        "a few of a site"
    );
}

#[test]
fn a_dry_run_lists_what_would_be_asked_and_asks_nothing() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    let before = desk.run(&["crawl", "--dry-run"]).expect(0).stdout;
    assert!(before.contains("not asked yet: a seed"), "{before}");
    assert!(server.seen().is_empty());
    crawl(&desk, &[]);
    let report = crawl(&desk, &["--dry-run", "--revisit", "all"]);
    let rows = report["would_ask"].as_array().unwrap();
    let first = rows
        .iter()
        .find(|row| row["url"].as_str().unwrap().ends_with("/same"));
    let reason = first.unwrap()["reason"].as_str().unwrap();
    assert!(reason.starts_with("first look on "), "{reason}");
    assert_eq!(report["outcome"], "dry-run");
}

#[test]
fn run_prints_the_same_report_beside_that_of_curation() {
    let server = moving_site();
    let desk = Desk::for_server(server.addr(), "");
    let both = desk.run(&["run", "--json"]).expect(0).json();
    assert_eq!(both["crawl"], kept(&desk)[0].1);
    assert!(both["curate"].is_object());
}
