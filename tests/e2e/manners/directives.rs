//! What pages and sites ask to be done with their text: obeyed while crawling, kept out of versions,
//! counted.

use std::collections::BTreeSet;

use thresh_testkit::{Reply, Web};

use crate::scene::{article, asked, desk_for, linking, text};
use crate::support::Desk;

/// A page that says something: in its head, and in a header.
struct Said {
    path: &'static str,
    head: &'static str,
    header: Option<(&'static str, &'static str)>,
    /// Whether it stays out of versions.
    withheld: bool,
    /// Whether its links are taken.
    followed: bool,
}

const fn said(
    path: &'static str,
    head: &'static str,
    header: Option<(&'static str, &'static str)>,
    withheld: bool,
    followed: bool,
) -> Said {
    Said {
        path,
        head,
        header,
        withheld,
        followed,
    }
}

const fn robots(value: &'static str) -> Option<(&'static str, &'static str)> {
    Some(("X-Robots-Tag", value))
}

const CASES: &[Said] = &[
    said("plain", "", None, false, true),
    said(
        "noindex",
        "<meta name=robots content=noindex>",
        None,
        true,
        true,
    ),
    said(
        "nofollow",
        "<meta name=robots content=nofollow>",
        None,
        false,
        false,
    ),
    said(
        "noarchive",
        "<meta name=robots content=noarchive>",
        None,
        true,
        true,
    ),
    said("none", "<meta name=robots content=none>", None, true, false),
    said(
        "upper",
        "<META NAME=ROBOTS CONTENT='NOINDEX, NOFOLLOW'>",
        None,
        true,
        false,
    ),
    said(
        "ours",
        "<meta name=thresh content=noindex>",
        None,
        true,
        true,
    ),
    said(
        "others",
        "<meta name=otherbot content='noindex, nofollow'>",
        None,
        false,
        true,
    ),
    said(
        "both",
        "<meta name=robots content=index><meta name=thresh content=nofollow>",
        None,
        false,
        false,
    ),
    said("h-noindex", "", robots("noindex"), true, true),
    said("h-nofollow", "", robots("nofollow"), false, false),
    said("h-noarchive", "", robots("noarchive"), true, true),
    said("h-none", "", robots("none"), true, false),
    said(
        "h-ours",
        "",
        robots("thresh: noindex, nofollow"),
        true,
        false,
    ),
    said(
        "h-others",
        "",
        robots("otherbot: noindex, nofollow"),
        false,
        true,
    ),
    said(
        "h-mixed",
        "",
        robots("otherbot: noindex, thresh: nofollow"),
        false,
        false,
    ),
    said(
        "h-until",
        "",
        robots("unavailable_after: 25 Jun 2099 15:00:00 GMT"),
        false,
        true,
    ),
    said(
        "noai",
        "<meta name=robots content='noai, noimageai'>",
        None,
        true,
        true,
    ),
    said("h-noai", "", robots("noai"), true, true),
    said(
        "tdm",
        "<meta name=tdm-reservation content=1>",
        None,
        true,
        true,
    ),
    said(
        "tdm-open",
        "<meta name=tdm-reservation content=0>",
        None,
        false,
        true,
    ),
    said("h-tdm", "", Some(("tdm-reservation", "1")), true, true),
    said(
        "h-tdm-open",
        "",
        Some(("TDM-Reservation", "0")),
        false,
        true,
    ),
];

impl Said {
    fn reply(&self) -> Reply {
        let path = self.path;
        let link = format!("<a href=/from/{path}>more on {path}</a></body>");
        let page = article(path, self.head).replace("</body>", &link);
        let reply = Reply::html(page);
        match self.header {
            Some((name, value)) => reply.header(name, value),
            None => reply,
        }
    }
}

/// The cases whose own page (`/on/<case>`) the latest version publishes, and those it withholds by a
/// directive.
fn published_and_withheld(desk: &Desk) -> (BTreeSet<String>, BTreeSet<String>) {
    let case = |url: &str| Some(url.split_once("/on/")?.1.to_owned());
    let published = desk
        .documents()
        .iter()
        .filter_map(|d| case(&text(&d["url"])))
        .collect();
    let version = desk.run(&["show", "--json"]).expect(0).json();
    let withheld = version["withheld"].as_array().unwrap().iter();
    let withheld = withheld
        .filter(|row| row["reason"] == "directive")
        .filter_map(|row| case(&text(&row["url"])));
    (published, withheld.collect())
}

#[test]
fn page_directives_are_obeyed_and_what_they_withhold_is_captured_and_counted() {
    let web = Web::start(1, |_, _, site| {
        let links: Vec<String> = CASES
            .iter()
            .map(|case| format!("/on/{}", case.path))
            .collect();
        site.on("/", Reply::html(linking(&links)));
        for case in CASES {
            site.on(&format!("/on/{}", case.path), case.reply());
        }
        site.on_other(|_| Reply::html("<p>short"));
    });
    let desk = desk_for(&web, "delay = \"0s\"");
    desk.crawl(&[]);
    desk.run(&["curate"]).expect(0);
    let paths = asked(&web, 0);
    let (published, withheld) = published_and_withheld(&desk);
    for case in CASES {
        let path = case.path;
        assert!(
            desk.has_whole(&web.url(0, &format!("/on/{path}"))),
            "{path} is captured"
        );
        let followed = paths.contains(&format!("/from/{path}"));
        assert_eq!(followed, case.followed, "{path}: are its links taken?");
        assert_eq!(
            withheld.contains(path),
            case.withheld,
            "{path}: is it withheld? {withheld:?}"
        );
        assert_eq!(
            published.contains(path),
            !case.withheld,
            "{path}: is it published? {published:?}"
        );
    }
    desk.run(&["verify", "--rebuild"]).expect(0);
}

#[test]
fn what_is_withheld_stands_in_no_export() {
    let web = Web::start(1, |_, _, site| {
        site.on(
            "/",
            Reply::html(linking(&["/on/plain", "/on/noai", "/on/h-tdm"])),
        );
        for case in CASES {
            site.on(&format!("/on/{}", case.path), case.reply());
        }
    });
    let desk = desk_for(&web, "delay = \"0s\"");
    desk.run(&["run"]);
    for format in ["jsonl", "markdown", "text"] {
        let out = desk.path(&format!("out-{format}"));
        let out = out.to_str().unwrap();
        desk.run(&["export", "--format", format, "--out", out])
            .expect(0);
        let files = if format == "jsonl" {
            std::fs::read(out).unwrap()
        } else {
            let tree = crate::support::tree(std::path::Path::new(out));
            tree.into_iter().flat_map(|(_, bytes)| bytes).collect()
        };
        let all = String::from_utf8_lossy(&files);
        assert!(all.contains("page about plain"), "{format}");
        assert!(
            !all.contains("page about noai") && !all.contains("page about h-tdm"),
            "{format}"
        );
    }
}

#[test]
fn directives_stand_in_captures_and_in_the_provenance() {
    let web = Web::start(1, |_, _, site| {
        site.on(
            "/",
            Reply::html(linking(&["/on/nofollow", "/on/h-tdm", "/on/plain"])),
        );
        for case in CASES {
            site.on(&format!("/on/{}", case.path), case.reply());
        }
    });
    let desk = desk_for(&web, "delay = \"0s\"");
    desk.run(&["run"]);
    let rows = desk.captures("page");
    let row = |path: &str| {
        let url = web.url(0, path);
        let row = rows.iter().find(|row| row["final_url"] == url.as_str());
        row.unwrap_or_else(|| panic!("{url} is captured"))
            .to_string()
    };
    assert!(
        row("/on/nofollow").contains("nofollow\""),
        "{}",
        row("/on/nofollow")
    );
    assert!(
        row("/on/h-tdm").contains("directives"),
        "{}",
        row("/on/h-tdm")
    );
    let plain: serde_json::Value = serde_json::from_str(&row("/on/plain")).unwrap();
    let none = plain
        .get("directives")
        .is_none_or(|said| said.as_array().is_some_and(Vec::is_empty) || said.is_null());
    assert!(none, "{plain}");
}

/// The file of the TDM Reservation Protocol at the site's root: the first location that matches counts.
const TDMREP: &str = r#"[
  {"location": "/open/*", "tdm-reservation": 0},
  {"location": "/shut/*", "tdm-reservation": 1, "tdm-policy": "/policy.json"},
  {"location": "*.htm", "tdm-reservation": 1}
]"#;

#[test]
fn a_reservation_for_a_whole_site_is_honoured() {
    let paths = [
        "/open/harbour",
        "/shut/lighthouse",
        "/else/quay",
        "/else/mole.htm",
        "/shut/dock",
    ];
    let web = Web::start(3, |number, _, site| {
        match number {
            0 => site.on(
                "/.well-known/tdmrep.json",
                Reply::text(TDMREP).header("Content-Type", "application/json"),
            ),
            1 => site.on("/.well-known/tdmrep.json", Reply::text("{\"not\": [a list")),
            _ => site.on("/.well-known/tdmrep.json", Reply::hang()),
        }
        site.on("/", Reply::html(linking(&paths)));
        for path in paths {
            let word = path.rsplit('/').next().unwrap();
            // A word of its own at each origin, lest the origins be copies of each other.
            let own = format!("{word} number {number}");
            let reply = Reply::html(article(&own, ""));
            // What the page itself says is nearer than what the site says.
            let reply = if word == "dock" {
                reply.header("tdm-reservation", "0")
            } else {
                reply
            };
            site.on(path, reply);
        }
    });
    let desk = desk_for(&web, "total_timeout = \"1s\"\nretries = 0");
    desk.crawl(&[]);
    desk.run(&["curate"]).expect(0);
    let version = desk.run(&["show", "--json"]).expect(0).json();
    let withheld: BTreeSet<String> = version["withheld"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["reason"] == "directive")
        .map(|row| text(&row["url"]))
        .collect();
    let reserved: BTreeSet<String> = ["/shut/lighthouse", "/else/mole.htm"]
        .iter()
        .map(|path| web.url(0, path))
        .collect();
    assert_eq!(withheld, reserved, "a broken file or none reserves nothing");
    let published: BTreeSet<String> = desk.documents().iter().map(|d| text(&d["url"])).collect();
    for path in ["/open/harbour", "/else/quay", "/shut/dock"] {
        assert!(
            published.contains(&web.url(0, path)),
            "{path}: {published:?}"
        );
    }
    for number in 0..3 {
        let count = web
            .paths(number)
            .iter()
            .filter(|p| *p == "/.well-known/tdmrep.json")
            .count();
        assert!((1..=2).contains(&count), "origin {number}: {count} times");
    }
}
