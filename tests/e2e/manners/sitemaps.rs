//! Sitemaps and feeds, good and bad: their pages are found, and nothing else happens.

use thresh_testkit::rough::{entity_bomb, external_entity, index, urlset};
use thresh_testkit::{Act, Coding, Reply, Server, Web};

use crate::scene::{DELAY, asked, assert_gaps, configure, site};
use crate::support::Desk;

fn xml(body: impl Into<Vec<u8>>) -> Reply {
    Reply::status(200)
        .header("Content-Type", "application/xml")
        .body(body)
}

/// A packed file, as a file: without a content coding.
fn gz(body: &str) -> Reply {
    let packed = Coding::Gzip.pack(body.as_bytes());
    Reply::status(200)
        .header("Content-Type", "application/gzip")
        .body(packed)
}

/// A web of one origin whose robots.txt names the map at `/map`, which `build` makes, given the
/// origin's address.
fn web_of(cases: &[fn(&str) -> Reply]) -> Web {
    Web::start(cases.len(), |number, addrs, site| {
        let own = format!("http://{}", addrs[number]);
        site.on("/robots.txt", Reply::text(format!("Sitemap: {own}/map\n")));
        site.on("/", Reply::html("<p>home"));
        site.on("/map", cases[number](&own));
        site.on("/shut", Reply::html("<p>shut"));
        site.on_other(|seen| {
            if seen.path.starts_with("/page") {
                Reply::html("<p>no page links here")
            } else {
                Reply::status(404)
            }
        });
    })
}

fn desk(web: &Web, crawl: &str) -> Desk {
    let desk = Desk::new();
    configure(&desk, web, crawl);
    for number in 0..web.len() {
        let (seed, origin) = (web.url(number, "/"), web.url(number, ""));
        site(&desk, &format!("o{number}"), &[seed], &[origin], "");
    }
    desk
}

#[test]
fn pages_of_every_kind_of_list_are_found() {
    let cases: [fn(&str) -> Reply; 12] = [
        |own| xml(urlset(&[format!("{own}/page")])),
        |own| gz(&urlset(&[format!("{own}/page")])),
        |own| xml(urlset(&[format!("{own}/page")])).gzip(),
        |own| {
            xml(urlset(&[format!("{own}/page")])
                .replace("http://www.sitemaps.org", "https://elsewhere.example"))
        },
        |own| xml(urlset(&[format!("{own}/page")]).replace(" xmlns=", " data-was=")),
        |own| {
            let whole = urlset(&[format!("{own}/page"), format!("{own}/cut-off-here")]);
            let end = whole.find("cut-off").unwrap();
            xml(whole[..end].to_owned())
        },
        |own| {
            xml(format!(
                "<rss version=\"2.0\"><channel><title>News</title><item><title>One</title><link>{own}/page</link></item></channel></rss>"
            ))
        },
        |own| {
            xml(format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>One</title><link href=\"{own}/page\"/></entry></feed>"
            ))
        },
        |own| {
            xml(format!(
                "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\
                 <url><loc>{own}/page-en</loc><xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"{own}/page\"/></url></urlset>"
            ))
        },
        |own| Reply::text(format!("{own}/page\n{own}/page-2\n")),
        |own| {
            xml(format!(
                "\u{feff}\n  {}",
                urlset(&[format!("\n  {own}/page  ")])
            ))
        },
        |own| {
            xml(format!(
                "{} <url><loc>{own}/page</loc></url> & <broken",
                urlset(&[format!("{own}/page")])
            ))
        },
    ];
    let web = web_of(&cases);
    let desk = desk(&web, "");
    desk.crawl(&[]);
    for number in 0..web.len() {
        let paths = asked(&web, number);
        assert!(
            paths.contains(&"/page".to_owned()),
            "case {number}: {paths:?}"
        );
        assert!(
            !paths.iter().any(|path| path.starts_with("/cut")),
            "case {number}: {paths:?}"
        );
        assert_gaps(&web, number, DELAY);
    }
}

#[test]
fn an_index_may_go_in_circles_and_deep() {
    let web = Web::start(2, |number, addrs, site| {
        let own = format!("http://{}", addrs[number]);
        site.on(
            "/robots.txt",
            Reply::text(format!("Sitemap: {own}/index/0\n")),
        );
        site.on("/", Reply::html("<p>home"));
        site.on("/map", xml(urlset(&[format!("{own}/page")])));
        site.on_other(move |seen| {
            let Some(step) = seen
                .path
                .strip_prefix("/index/")
                .and_then(|n| n.parse::<usize>().ok())
            else {
                return if seen.path == "/page" {
                    Reply::html("<p>page")
                } else {
                    Reply::status(404)
                };
            };
            // One origin goes round among three, the other never ends.
            let next = if number == 0 {
                (step + 1) % 3
            } else {
                step + 1
            };
            xml(index(&[
                format!("{own}/index/{next}"),
                format!("{own}/map"),
                format!("{own}/index/{step}"),
            ]))
        });
    });
    let desk = desk(&web, "delay = \"0s\"");
    desk.crawl(&["--max-time", "60s"]);
    let count = |number: usize| {
        asked(&web, number)
            .iter()
            .filter(|p| p.starts_with("/index/"))
            .count()
    };
    assert_eq!(count(0), 3, "each once");
    assert!(
        count(1) <= 100,
        "an index without end is left: {}",
        count(1)
    );
    for number in [0, 1] {
        assert!(asked(&web, number).contains(&"/page".to_owned()));
    }
}

#[test]
fn entries_elsewhere_are_ignored_and_entities_stay_folded() {
    let canary = Server::start(|site| site.on_other(|_| Reply::text("secret")));
    let outside = canary.url("");
    let other = Server::start(|site| site.on_other(|_| Reply::html("<p>other")));
    let away = other.url("/away");
    let web = Web::start(4, |number, addrs, site| {
        let own = format!("http://{}", addrs[number]);
        let page = format!("{own}/page");
        let map = match number {
            0 => urlset(&[
                away.clone(),
                "ftp://127.0.0.1/x".to_owned(),
                "javascript:0".to_owned(),
                page,
            ]),
            1 => entity_bomb(&page),
            2 => external_entity(&outside, &page),
            _ => index(&[
                format!("{outside}/map.xml"),
                away.clone(),
                format!("{own}/more"),
            ]),
        };
        site.on(
            "/robots.txt",
            Reply::text(format!("Sitemap: {own}/map\nSitemap: {outside}/map\n")),
        );
        site.on("/map", xml(map));
        site.on("/more", xml(urlset(&[format!("{own}/page")])));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk(&web, "");
    desk.crawl(&[]);
    assert_eq!((canary.connections(), other.connections()), (0, 0));
    let hostname = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    for number in 0..web.len() {
        let paths = asked(&web, number);
        assert!(
            paths.contains(&"/page".to_owned()),
            "case {number}: {paths:?}"
        );
        assert!(
            paths.iter().all(|path| path.len() < 200),
            "case {number}: nothing is unfolded"
        );
        let file = hostname.trim();
        let leaked = file.len() > 3 && paths.iter().any(|path| path.contains(file));
        assert!(!leaked, "case {number}: {paths:?}");
    }
}

#[test]
fn bombs_and_endless_lists_are_cut() {
    let start = |own: &str| {
        let list = urlset(&[format!("{own}/page")]);
        list.replace("</urlset>", "<!-- ")
    };
    let bomb = move |own: &str, coding: Coding| coding.bomb(start(own).as_bytes(), 256 << 20);
    let web = Web::start(4, |number, addrs, site| {
        let own = format!("http://{}", addrs[number]);
        let map = match number {
            0 => Reply::status(200)
                .header("Content-Type", "application/gzip")
                .body(bomb(&own, Coding::Gzip)),
            1 => xml(bomb(&own, Coding::Brotli)).header("Content-Encoding", "br"),
            2 => {
                let twice = Coding::Gzip.pack(&bomb(&own, Coding::Gzip));
                Reply::status(200)
                    .header("Content-Type", "application/gzip")
                    .body(twice)
            }
            _ => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n{}",
                    start(&own)
                );
                Reply::script([
                    Act::Send(head.into_bytes()),
                    Act::Forever(b"and so on\n".repeat(500)),
                ])
            }
        };
        site.on("/robots.txt", Reply::text(format!("Sitemap: {own}/map\n")));
        site.on("/map", map);
        site.on("/", Reply::html("<p>home"));
        site.on("/page", Reply::html("<p>page"));
    });
    let desk = desk(&web, "max_body = \"8MiB\"");
    desk.crawl(&[]);
    for number in 0..web.len() {
        assert!(desk.has_whole(&web.url(number, "/")), "case {number}");
        let map = web
            .seen(number)
            .into_iter()
            .find(|s| s.path == "/map")
            .expect("asked for");
        assert!(map.sent < 64 << 20, "case {number}: {} bytes", map.sent);
    }
    let found = (0..web.len())
        .filter(|n| asked(&web, *n).contains(&"/page".to_owned()))
        .count();
    assert!(found >= 1, "what was read before the cut counts");
}

#[test]
fn a_list_of_too_many_pages_is_bounded() {
    let many: Vec<String> = (0..70_000).map(|n| format!("/page-{n}")).collect();
    let web = Web::start(1, |_, addrs, site| {
        let own = format!("http://{}", addrs[0]);
        let urls: Vec<String> = many.iter().map(|path| format!("{own}{path}")).collect();
        site.on("/robots.txt", Reply::text(format!("Sitemap: {own}/map\n")));
        site.on("/map", xml(urlset(&urls)));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk(&web, "delay = \"10ms\"");
    desk.crawl(&["--max-pages", "5"]);
    let status = desk.run(&["status", "--json"]).expect(0).json();
    let site = &status["sites"][0];
    let queued = site["queued"].as_u64().unwrap() + site["waiting"].as_u64().unwrap();
    assert!(
        (1_000..=50_010).contains(&queued),
        "{queued} of 70,000 are queued"
    );
}
