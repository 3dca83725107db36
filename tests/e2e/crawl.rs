//! Crawling over real HTTP, judged by what the server saw.

use thresh_testkit::{Reply, Server};

use crate::support::Desk;

#[test]
fn a_second_look_brings_304s_and_no_new_body() {
    let server = Server::start(|site| {
        for (path, body) in [("/", "<a href=/a>a</a><p>first"), ("/a", "<p>second")] {
            site.on_fn(path, move |seen| {
                let known = seen.header("if-none-match") == Some("\"v1\"");
                let reply = if known {
                    Reply::status(304)
                } else {
                    Reply::html(body)
                };
                reply.header("ETag", "\"v1\"")
            });
        }
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    let report = desk
        .run(&["crawl", "--revisit", "all", "--json"])
        .expect(0)
        .json();
    assert_eq!(report["sites"]["here"]["unchanged"], 2, "{report:#}");
    assert_eq!(report["sites"]["here"]["captured"], 0, "{report:#}");
    let rows = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    assert_eq!(rows.iter().filter(|row| row["status"] == 304).count(), 2);
    desk.run(&["curate"]).expect(0);
}

#[test]
fn a_page_that_is_not_due_is_not_asked_again() {
    let server = Server::start(|site| site.on("/", Reply::html("<p>a page")));
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    desk.run(&["crawl"]).expect(0);
    assert_eq!(server.paths().iter().filter(|path| *path == "/").count(), 1);
}

#[test]
fn robots_scope_and_redirect_targets_are_asked_at_every_step() {
    let elsewhere = Server::start(|site| site.on("/", Reply::html("<p>not ours")));
    let away = elsewhere.url("/");
    let server = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nDisallow: /private\n"),
        );
        site.on("/", Reply::html(format!("<a href=/private/x>x</a><a href=/jump>j</a><a href=/out>o</a><a href='{away}'>away</a>")));
        site.on("/jump", Reply::redirect(302, "/private/y"));
        site.on("/out", Reply::redirect(302, &away));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    assert!(
        server
            .paths()
            .iter()
            .all(|path| !path.starts_with("/private")),
        "{:?}",
        server.paths()
    );
    assert!(elsewhere.paths().is_empty());
    let refused = desk
        .run(&["captures", "--refused", "--json"])
        .expect(0)
        .jsonl();
    let count = |reason: &str| refused.iter().filter(|row| row["reason"] == reason).count();
    assert_eq!((count("robots"), count("scope")), (2, 1), "{refused:#?}");
}

#[test]
fn an_address_that_is_not_allowed_is_never_connected_to() {
    let server = Server::start(|site| site.on("/", Reply::html("<p>secret")));
    let desk = Desk::for_server(server.addr(), "");
    desk.write(
        "config/thresh.toml",
        "[corpus]\ncontact = \"mailto:a@b.example\"\n[crawl]\ndelay = \"0s\"\n",
    );
    let run = desk.run(&["crawl"]).expect(6);
    assert!(run.stderr.contains("here"), "{}", run.stderr);
    assert!(server.seen().is_empty());
    let refused = desk
        .run(&["captures", "--refused", "--json"])
        .expect(0)
        .jsonl();
    assert!(
        refused.iter().any(|row| row["reason"] == "address"),
        "{refused:#?}"
    );
}

#[test]
fn sitemaps_are_found_through_robots_and_their_pages_captured() {
    let server = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nAllow: /\nSitemap: /maps/index.xml\n"),
        );
        site.on("/", Reply::html("<p>home"));
        site.on_fn("/maps/index.xml", |seen| {
            let host = seen.header("host").unwrap_or_default().to_owned();
            Reply::status(200).header("Content-Type", "application/xml").body(format!(
                "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>http://{host}/lonely</loc></url></urlset>"
            ))
        });
        site.on("/lonely", Reply::html("<p>no page links here"));
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    assert!(server.paths().contains(&"/lonely".to_owned()));
}

#[test]
fn a_page_that_asks_not_to_be_kept_is_captured_and_withheld() {
    let text = "A text with enough words to be a document if only its owner allowed it to be one, which is not so.";
    let server = Server::start(|site| {
        site.on("/", Reply::html("<a href=/open>o</a><a href=/shut>s</a>"));
        site.on(
            "/open",
            Reply::html(format!("<title>Open</title><main><p>{text}</p></main>")),
        );
        site.on(
            "/shut",
            Reply::html(format!(
                "<title>Shut</title><main><p>{text} Shut.</p></main>"
            ))
            .header("X-Robots-Tag", "noindex"),
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["run"]).expect(0);
    let version = desk.run(&["show", "--json"]).expect(0).json();
    let withheld = version["withheld"].as_array().unwrap();
    assert!(
        withheld
            .iter()
            .any(|page| page["url"].as_str().unwrap().ends_with("/shut")
                && page["reason"] == "directive"),
        "{withheld:#?}"
    );
    assert!(
        version["documents"]
            .as_array()
            .unwrap()
            .iter()
            .any(|d| d["url"].as_str().unwrap().ends_with("/open"))
    );
}

#[test]
fn a_page_that_is_gone_stays_as_gone() {
    let text = "A text with enough words to be a document, which was there on the first day and was gone on the second.";
    let server = Server::start(|site| {
        site.on("/", Reply::html("<a href=/a>a</a>"));
        site.on_each(
            "/a",
            [
                Reply::html(format!("<title>A</title><main><p>{text}</p></main>")),
                Reply::status(404),
            ],
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["run"]).expect(0);
    desk.run(&["run", "--revisit", "all"]).expect(0);
    let gone = desk
        .documents()
        .into_iter()
        .find(|d| d["url"].as_str().unwrap().ends_with("/a"))
        .unwrap();
    assert_eq!(gone["status"], "gone");
    assert!(gone["text"].as_str().unwrap().contains("first day"));
}

#[test]
fn explain_says_which_line_of_robots_txt_decided() {
    let text = "A text with enough words to be a document of its own, which robots.txt allows by a line of its own.";
    let server = Server::start(|site| {
        site.on(
            "/robots.txt",
            Reply::text("User-agent: *\nDisallow: /a\nAllow: /a/open\n"),
        );
        site.on("/", Reply::html("<a href=/a/open>o</a>"));
        site.on(
            "/a/open",
            Reply::html(format!("<title>Open</title><main><p>{text}</p></main>")),
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["run"]).expect(0);
    let told = desk
        .run(&["explain", &server.url("/a/open")])
        .expect(0)
        .stdout;
    assert!(
        told.contains("/robots.txt") && told.contains("allowed by line 3, `Allow: /a/open`"),
        "{told}"
    );
}

#[test]
fn a_page_that_goes_back_to_its_older_text_is_published_with_it() {
    let page = |words: &str| {
        let text =
            format!("This is what the page says, and it says {words} once more. ").repeat(40);
        Reply::html(format!("<title>Page</title><main><p>{text}</p></main>"))
    };
    let server = Server::start(|site| site.on_each("/", [page("yes"), page("no"), page("yes")]));
    let desk = Desk::for_server(server.addr(), "");
    for said in ["yes", "no", "yes"] {
        desk.run(&["run", "--revisit", "all"]).expect(0);
        let text = desk.documents()[0]["text"].as_str().unwrap().to_owned();
        assert!(text.contains(&format!("it says {said}")), "{said}");
    }
}
