//! kill -9 at any moment: nothing committed is lost, nothing is captured twice.

use std::collections::BTreeMap;

use thresh_testkit::{Reply, Server};

use crate::support::Desk;

/// Pages of the site: enough that every kill meets a crawl in full swing.
const PAGES: usize = 120;

/// A page with some text of its own and links to the next few.
fn page(n: usize) -> Reply {
    let links: String = (1..=4)
        .map(|step| format!("<a href=\"/page/{}\">on</a> ", n * 3 + step))
        .collect();
    let text = format!("This is page {n} of the site. ").repeat(40);
    Reply::html(format!(
        "<title>Page {n}</title><main><p>{text}</p></main><nav>{links}</nav>"
    ))
}

fn site() -> Server {
    Server::start(|site| {
        site.on("/", page(0));
        site.on_other(|seen| {
            let number = seen
                .path
                .strip_prefix("/page/")
                .and_then(|n| n.parse().ok());
            number
                .filter(|n| *n < PAGES)
                .map_or_else(|| Reply::status(404), page)
        });
    })
}

#[test]
fn a_crawl_killed_again_and_again_loses_nothing_and_takes_nothing_twice() {
    let server = site();
    let desk = Desk::for_server(server.addr(), "");
    for kill in 1..=5 {
        let mut child = desk.spawn(&["crawl"]);
        let target = server.paths().len() + 9 + kill * 7;
        while server.paths().len() < target && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        // SIGKILL: no chance to tidy up.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    desk.run(&["crawl"]).expect(0);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for capture in desk.run(&["captures", "--jsonl"]).expect(0).jsonl() {
        *seen
            .entry(capture["final_url"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    let pages = seen
        .keys()
        .filter(|url| url.contains("/page/"))
        .filter(|url| number(url) < PAGES)
        .count();
    assert_eq!(pages, PAGES - 1, "every page that is linked is captured");
    let twice: Vec<_> = seen.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "captured twice: {twice:?}");
    desk.run(&["curate"]).expect(0);
    desk.run(&["verify", "--rebuild"]).expect(0);
}

fn number(url: &str) -> usize {
    url.rsplit('/').next().unwrap().parse().unwrap()
}

#[test]
fn an_interrupted_crawl_ends_with_its_own_code_and_goes_on_later() {
    let server = site();
    let desk = Desk::for_server(server.addr(), "");
    desk.write(
        "config/thresh.toml",
        desk.read("config/thresh.toml").replace("0s", "30ms"),
    );
    let mut child = desk.spawn(&["crawl"]);
    while server.paths().len() < 20 {
        assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let before = desk.run(&["captures", "--jsonl"]).expect(0).jsonl().len();
    assert!(before < PAGES);
    desk.write(
        "config/thresh.toml",
        desk.read("config/thresh.toml").replace("30ms", "0s"),
    );
    desk.run(&["crawl"]).expect(0);
    let pages = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    assert_eq!(pages.iter().filter(|c| c["status"] == 200).count(), PAGES);
}

#[test]
fn the_links_of_a_killed_run_are_followed_even_if_the_next_run_is_for_another_site() {
    let (killed, other) = (site(), site());
    let desk = Desk::for_server(killed.addr(), "");
    let both = format!(
        "[crawl]\ndelay = \"0s\"\nallow_addresses = [\"{}\", \"{}\"]\n",
        killed.addr(),
        other.addr()
    );
    desk.write("config/thresh.toml", both);
    let file = desk.read("config/sites/here.toml");
    let there = file.replace(&killed.addr().to_string(), &other.addr().to_string());
    desk.write(
        "config/sites/there.toml",
        there.replace("\"here\"", "\"there\""),
    );
    let mut child = desk.spawn(&["crawl", "--site", "here"]);
    while killed.paths().len() < 30 {
        assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    desk.run(&["crawl", "--site", "there", "--max-pages", "1"])
        .expect(0);
    assert!(
        other.paths().len() <= 3,
        "one page, robots.txt and the sitemap: {:?}",
        other.paths()
    );
    desk.run(&["crawl", "--site", "here"]).expect(0);
    let pages = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    let here = pages
        .iter()
        .filter(|c| c["site"] == "here" && c["status"] == 200)
        .count();
    assert_eq!(here, PAGES);
}
