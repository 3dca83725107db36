//! Where connections may go: the guard by resolved address, proxies of the environment, cookies.

use std::net::{IpAddr, Ipv6Addr};

use thresh_testkit::rough::private_spellings;
use thresh_testkit::{Reply, Server, Web};

use crate::scene::{configure, desk_for, linking, name, site};
use crate::support::{Desk, Run};

/// Listeners that nobody may connect to, on one port of every loopback address that the machine has.
pub(crate) struct Canaries(Vec<Server>);

impl Canaries {
    pub(crate) fn new() -> Self {
        let addresses = [
            IpAddr::from([127, 0, 0, 1]),
            IpAddr::from([127, 0, 0, 2]),
            Ipv6Addr::LOCALHOST.into(),
        ];
        let start = |ip| Server::start_at(ip, |site| site.on_other(|_| Reply::html("<p>secret")));
        let all: Vec<Server> = addresses
            .into_iter()
            .filter_map(|ip| start(ip).ok())
            .collect();
        assert!(!all.is_empty(), "a machine has a loopback address");
        Self(all)
    }

    /// The origins of what must not be touched: loopback in every spelling at each listener's port,
    /// and other private hosts.
    pub(crate) fn origins(&self) -> Vec<String> {
        let ports = self.0.iter().map(|canary| canary.addr().port());
        ports.flat_map(private_spellings).collect()
    }

    /// The port of the first of them.
    fn port(&self) -> u16 {
        self.0[0].addr().port()
    }

    #[track_caller]
    pub(crate) fn assert_untouched(&self) {
        for canary in &self.0 {
            assert_eq!(
                canary.connections(),
                0,
                "{}: {:?}",
                canary.addr(),
                canary.paths()
            );
        }
    }
}

#[test]
fn private_addresses_are_refused_in_every_spelling_though_they_are_in_scope() {
    let canaries = Canaries::new();
    // User names are no part of an origin.
    let mut spellings = private_spellings(canaries.port());
    spellings.retain(|origin| !origin.contains('@'));
    let web = Web::start(1, |_, _, site| {
        let links: Vec<String> = spellings.iter().map(|o| format!("{o}/linked")).collect();
        site.on("/", Reply::html(linking(&links)));
    });
    // Each spelling alone, since some of them are one origin, and a file names each origin once.
    let desk = Desk::new();
    configure(&desk, &web, "retries = 0\nconnect_timeout = \"2s\"");
    let mut claimed = 0;
    for (number, origin) in spellings.iter().enumerate() {
        let id = format!("s{number}");
        let seed = format!("{origin}/seed");
        site(
            &desk,
            &id,
            &[seed],
            std::slice::from_ref(origin),
            "sitemaps = \"off\"\n",
        );
        let file = desk.path(&format!("config/sites/{id}.toml"));
        if desk.run(&["config", "check"]).code == 0 {
            claimed += 1;
        } else {
            std::fs::remove_file(file).unwrap();
        }
    }
    assert!(
        claimed >= 15,
        "only {claimed} of {} can be sites",
        spellings.len()
    );
    let (seed, origin) = (web.url(0, "/"), web.url(0, ""));
    site(&desk, "here", &[seed], &[origin], "sitemaps = \"off\"\n");
    desk.crawl(&[]);
    canaries.assert_untouched();
    let refusals = desk.refusals();
    let by_guard = refusals.iter().filter(|row| row["reason"] == "address");
    let sites: std::collections::BTreeSet<_> =
        by_guard.map(|row| row["site"].to_string()).collect();
    assert_eq!(sites.len(), claimed, "{refusals:#?}");
    assert!(desk.has_whole(&web.url(0, "/")));
}

#[test]
fn names_that_resolve_to_private_addresses_are_refused() {
    let canary = Server::start(|site| site.on_other(|_| Reply::html("<p>secret")));
    let web = Web::start(1, |_, _, site| {
        let links = ["http://inside.example/linked", "http://localhost:9/linked"];
        site.on("/", Reply::html(linking(&links)));
        site.on(
            "/jump",
            Reply::redirect(302, "http://inside.example/redirected"),
        );
    });
    let desk = Desk::new();
    let resolve = format!(
        "[crawl.resolve]\n\"inside.example:80\" = \"{}\"",
        canary.addr()
    );
    configure(&desk, &web, &resolve);
    let local = format!("http://localhost:{}", canary.addr().port());
    let origins = [
        web.url(0, ""),
        "http://inside.example".to_owned(),
        local.clone(),
    ];
    let seeds = [
        web.url(0, "/"),
        web.url(0, "/jump"),
        format!("{local}/seed"),
    ];
    site(&desk, "here", &seeds, &origins, "");
    desk.crawl(&[]);
    assert_eq!(canary.connections(), 0, "{:?}", canary.paths());
    for url in [
        "http://inside.example/linked",
        "http://inside.example/redirected",
        &format!("{local}/seed"),
    ] {
        let refusals = desk.refusals();
        assert_eq!(desk.reasons(url), ["address"], "{url}: {refusals:#?}");
    }
}

#[test]
fn an_exception_holds_for_its_port_only() {
    let web = Web::start(1, |_, _, site| site.on("/", Reply::html("<p>open")));
    let neighbour = Server::start(|site| site.on_other(|_| Reply::html("<p>shut")));
    let desk = Desk::new();
    configure(&desk, &web, "");
    let origins = [web.url(0, ""), neighbour.url("")];
    site(
        &desk,
        "here",
        &[web.url(0, "/"), neighbour.url("/")],
        &origins,
        "",
    );
    desk.crawl(&[]);
    assert_eq!(neighbour.connections(), 0);
    assert_eq!(desk.reasons(&neighbour.url("/")), ["address"]);
    assert!(desk.has_whole(&web.url(0, "/")));
}

fn crawl_with_env(desk: &Desk, env: &[(&str, &str)]) -> Run {
    let mut command = desk.command(&["crawl"]);
    command.envs(env.iter().copied());
    command.output().expect("the binary starts").into()
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    let proxy = Server::start(|site| site.on_other(|_| Reply::html("<p>from the proxy")));
    let web = Web::start(1, |_, _, site| {
        site.on_other(|_| Reply::html("<p>from the site"));
    });
    let desk = desk_for(&web, "retries = 0\nconnect_timeout = \"2s\"");
    // Nothing is there, but a proxy would be asked all the same.
    site(
        &desk,
        "tls",
        &["https://127.0.0.1:9/"],
        &["https://127.0.0.1:9"],
        "",
    );
    let at = proxy.url("");
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    let upper: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
    let both = names.into_iter().chain(upper.iter().map(String::as_str));
    let mut env: Vec<(&str, &str)> = both.map(|name| (name, at.as_str())).collect();
    env.extend([("no_proxy", ""), ("NO_PROXY", "")]);
    crawl_with_env(&desk, &env).expect(6);
    assert_eq!(proxy.connections(), 0, "{:?}", proxy.paths());
    assert!(desk.has_whole(&web.url(0, "/")));
}

#[test]
fn cookies_stay_with_the_origin_that_set_them() {
    let web = Web::start(2, |number, addrs, site| {
        let other = format!("http://{}/", addrs[1 - number]);
        site.on(
            "/",
            Reply::html(linking(&["/a", "/b", &other]))
                .header("Set-Cookie", &format!("from={number}; Path=/")),
        );
        site.on("/a", Reply::redirect(302, &format!("{other}c")));
        site.on_other(|_| Reply::html("<p>page"));
    });
    let desk = desk_for(&web, "");
    desk.crawl(&[]);
    for number in [0, 1] {
        let foreign = format!("from={}", 1 - number);
        for seen in web.seen(number) {
            let cookie = seen.header("cookie").unwrap_or_default();
            assert!(!cookie.contains(&foreign), "{}: {cookie}", seen.path);
        }
        assert!(desk.has_whole(&web.url(number, "/c")), "{}", name(number));
    }
}

#[test]
fn a_crawler_says_who_it_is_and_sends_no_secrets() {
    let web = Web::start(1, |_, _, site| site.on_other(|_| Reply::html("<p>page")));
    let desk = desk_for(&web, "");
    let secret = format!("http://user:secret@{}/with-a-name", web.addr(0));
    let list = desk.write("more.txt", secret);
    desk.run(&["crawl", "--urls", list.to_str().unwrap()]);
    for seen in web.seen(0) {
        let agent = seen.header("user-agent").unwrap_or_default();
        let named =
            agent.starts_with("thresh/") && agent.contains("mailto:curator@partner.example");
        assert!(named, "{agent}");
        assert_eq!(seen.header("authorization"), None, "{}", seen.path);
        assert_eq!(seen.header("referer"), None, "{}", seen.path);
        assert_eq!(seen.header("host"), Some(web.addr(0).to_string().as_str()));
    }
}
