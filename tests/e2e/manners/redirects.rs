//! Redirects of pages: every hop is asked again whether it is in scope, permitted, web, and public.

use std::time::Duration;

use thresh_testkit::rough::{self, private_spellings};
use thresh_testkit::{Reply, Server, Web};

use crate::scene::{DELAY, asked, assert_gaps, configure, desk_for, linking, site, text};
use crate::support::Desk;

#[test]
fn redirects_into_disallowed_places_and_out_of_scope_are_not_followed() {
    let elsewhere = Server::start(|site| site.on_other(|_| Reply::html("<p>not ours")));
    let away = elsewhere.url("/away");
    let web = Web::start(2, |number, addrs, site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nDisallow: /private\n"),
        );
        site.on(
            "/",
            Reply::html(linking(&[
                "/to-private",
                "/to-away",
                "/to-other",
                "/over-two",
            ])),
        );
        site.on("/to-private", Reply::redirect(301, "/private/x"));
        site.on("/to-away", Reply::redirect(302, &away));
        let other = addrs[1 - number];
        site.on(
            "/to-other",
            Reply::redirect(307, &format!("http://{other}/private/y")),
        );
        site.on("/over-two", Reply::redirect(308, "/hop"));
        site.on("/hop", Reply::redirect(303, &away));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    assert_eq!(elsewhere.connections(), 0);
    for number in [0, 1] {
        let paths = asked(&web, number);
        assert!(
            paths.iter().all(|path| !path.starts_with("/private")),
            "{paths:?}"
        );
        assert!(paths.contains(&"/hop".to_owned()));
        assert_eq!(desk.reasons(&web.url(number, "/private/x")), ["robots"]);
        assert_eq!(desk.reasons(&web.url(number, "/private/y")), ["robots"]);
        assert_gaps(&web, number, DELAY);
    }
    assert!(!desk.reasons(&away).is_empty());
    assert!(desk.reasons(&away).iter().all(|reason| reason == "scope"));
}

#[test]
fn redirects_to_nowhere_to_other_schemes_and_in_circles_end() {
    let canary = Server::start(|site| site.on_other(|_| Reply::html("<p>secret")));
    let forbidden = private_spellings(canary.addr().port());
    let table = rough::redirects("/bad/", &forbidden);
    let names: Vec<String> = table.iter().map(|rough| rough.name.clone()).collect();
    let web = Web::start(1, move |_, _, site| {
        let links: Vec<String> = table
            .iter()
            .map(|rough| format!("/bad/{}", rough.name))
            .collect();
        site.on("/", Reply::html(linking(&links)));
        for rough in &table {
            site.on(&format!("/bad/{}", rough.name), rough.reply.clone());
        }
        site.on_other(|seen| {
            let step = seen
                .path
                .strip_prefix("/chain/")
                .and_then(|n| n.parse::<usize>().ok());
            step.map_or_else(
                || Reply::status(404),
                |step| Reply::redirect(302, &format!("/chain/{}", step + 1)),
            )
        });
    });
    let desk = desk_for(&web, "delay = \"10ms\"\nmax_redirects = 4");
    let chain = web.url(0, "/chain/1");
    let list = desk.write("more.txt", chain);
    desk.crawl(&["--urls", list.to_str().unwrap()]);
    assert_eq!(canary.connections(), 0);
    let paths = asked(&web, 0);
    for name in &names {
        let count = paths
            .iter()
            .filter(|path| **path == format!("/bad/{name}"))
            .count();
        assert_eq!(count, 1, "{name}: each address once, in a circle too");
    }
    assert_eq!(
        paths.len(),
        1 + names.len() + 5,
        "the chain ends after four redirects: {paths:?}"
    );
    assert_eq!(
        desk.reasons(&web.url(0, "/chain/6")),
        ["too-many-redirects"]
    );
    for (name, reason) in [
        ("redirect-nowhere", "bad-redirect"),
        ("redirect-unreadable", "bad-redirect"),
        ("redirect-ftp", "scheme"),
        ("redirect-file", "scheme"),
        ("redirect-script", "scheme"),
        ("redirect-data", "scheme"),
        ("redirect-gopher", "scheme"),
    ] {
        assert_eq!(
            desk.reasons(&web.url(0, &format!("/bad/{name}"))),
            [reason],
            "{name}"
        );
    }
    let long = desk
        .refusals()
        .iter()
        .filter(|row| row["reason"] == "url-too-long")
        .count();
    assert_eq!(long, 1, "an address of 100,000 bytes is not asked for");
}

#[test]
fn what_redirects_lead_to_is_fetched_once_and_each_hop_is_archived() {
    let web = Web::start(1, |_, _, site| {
        site.on("/", Reply::html(linking(&["/a", "/b"])));
        site.on("/a", Reply::redirect(301, "/target"));
        site.on("/b", Reply::redirect(302, "target"));
        site.on(
            "/target",
            Reply::html("<p>here").delayed(Duration::from_millis(20)),
        );
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    assert_eq!(
        asked(&web, 0)
            .iter()
            .filter(|path| *path == "/target")
            .count(),
        1
    );
    let hops = desk.captures("redirect");
    let mut from: Vec<String> = hops.iter().map(|row| text(&row["final_url"])).collect();
    from.sort();
    assert_eq!(from, [web.url(0, "/a"), web.url(0, "/b")]);
    let target = web.url(0, "/target");
    assert!(
        hops.iter().all(|row| row["location"] == target.as_str()),
        "{hops:#?}"
    );
}

#[test]
fn a_redirect_goes_to_the_site_that_claims_its_target() {
    let web = Web::start(2, |number, addrs, site| {
        if number == 0 {
            let there = format!("http://{}/there", addrs[1]);
            site.on("/", Reply::redirect(301, &there));
        }
        site.on("/there", Reply::html("<p>there"));
    });
    let desk = Desk::new();
    configure(&desk, &web, "");
    for (id, number) in [("one", 0), ("two", 1)] {
        site(
            &desk,
            id,
            &[web.url(number, "/")],
            &[web.url(number, "")],
            "sitemaps = \"off\"\n",
        );
    }
    desk.crawl(&["--site", "one"]);
    let rows = desk.captures("page");
    let there = rows
        .iter()
        .find(|row| row["final_url"] == web.url(1, "/there").as_str());
    if let Some(row) = there {
        assert_eq!(row["site"], "two", "{row}");
    }
    desk.crawl(&[]);
    assert!(desk.has_whole(&web.url(1, "/there")));
}
