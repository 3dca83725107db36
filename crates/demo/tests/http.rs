//! The embedded web over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use thresh_config::Config;
use thresh_demo::{DemoWeb, HOSTS};

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

fn get(web: &DemoWeb, host: &str, path: &str, more: &str) -> Answer {
    let mut stream = TcpStream::connect(web.addr()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: test/1\r\nConnection: close\r\n{more}\r\n").unwrap();
    let mut bytes = Vec::new();
    // A body that is cut may end in a reset: what came before counts.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    Answer {
        head: String::from_utf8(bytes[..end].to_vec()).unwrap(),
        body: bytes[end + 4..].to_vec(),
    }
}

#[test]
fn every_name_answers_as_its_own_site() {
    let web = DemoWeb::start().unwrap();
    for (host, word) in HOSTS.iter().zip([
        "Drupal 7",
        "Moved",
        "WordPress",
        "Wix.com",
        "LakeRelief",
        "Copies",
    ]) {
        let answer = get(&web, &format!("{host}:80"), "/", "");
        assert!(
            String::from_utf8_lossy(&answer.body).contains(word),
            "{host}"
        );
    }
    assert_eq!(get(&web, "elsewhere.example", "/", "").status(), 421);
    assert_eq!(
        get(&web, "osce.example", "/secretariat/410002", "").header("location"),
        Some("http://www.osce.example/secretariat/410002")
    );
    assert_eq!(get(&web, "relief.example", "/robots.txt", "").status(), 404);
    web.stop();
}

#[test]
fn validators_hold_until_the_page_changes() {
    let web = DemoWeb::start().unwrap();
    let path = "/stories/410010";
    let tag = get(&web, "www.osce.example", path, "")
        .header("etag")
        .unwrap()
        .to_owned();
    let condition = format!("If-None-Match: {tag}\r\n");
    let known = get(&web, "www.osce.example", path, &condition);
    assert_eq!((known.status(), known.body.len()), (304, 0));
    assert_eq!(known.header("etag"), Some(tag.as_str()));
    web.set_edition(2);
    assert_eq!(
        get(&web, "www.osce.example", path, &condition).status(),
        200,
        "the menu is another"
    );

    let date = get(&web, "zero.example", "/post/keep-the-receipt", "")
        .header("last-modified")
        .unwrap()
        .to_owned();
    assert_eq!(date, "Thu, 30 May 2024 08:00:00 GMT");
    let since = format!("If-Modified-Since: {date}\r\n");
    assert_eq!(
        get(&web, "zero.example", "/post/keep-the-receipt", &since).status(),
        304
    );
    let older = "If-Modified-Since: Wed, 29 May 2024 08:00:00 GMT\r\n";
    assert_eq!(
        get(&web, "zero.example", "/post/keep-the-receipt", older).status(),
        200
    );
    assert!(
        web.requests()
            .iter()
            .filter(|seen| seen.conditional)
            .count()
            == 4
    );
}

#[test]
fn the_second_edition_replaces_the_first() {
    let web = DemoWeb::start().unwrap();
    let status = |path: &str| get(&web, "www.osce.example", path, "").status();
    assert_eq!(
        (status("/secretariat/410009"), status("/secretariat/410011")),
        (200, 404)
    );
    let before = web.expected();
    web.set_edition(2);
    assert_eq!(
        (status("/secretariat/410009"), status("/secretariat/410011")),
        (404, 200)
    );
    let corrected = get(&web, "www.osce.example", "/secretariat/410002", "");
    assert!(String::from_utf8_lossy(&corrected.body).contains("Sixty-four labour inspectors"));
    assert_ne!(before, web.expected());
}

#[test]
fn bodies_are_compressed_for_those_who_ask() {
    let web = DemoWeb::start().unwrap();
    let plain = get(&web, "www.osce.example", "/about", "");
    let zipped = get(
        &web,
        "www.osce.example",
        "/about",
        "Accept-Encoding: gzip, br\r\n",
    );
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&zipped.body[..])
        .read_to_end(&mut text)
        .unwrap();
    assert_eq!(text, plain.body);
    assert!(zipped.body.len() < plain.body.len() / 2);
}

#[test]
fn one_page_is_slow_and_one_breaks_off() {
    let web = DemoWeb::start().unwrap();
    let start = Instant::now();
    assert_eq!(
        get(&web, "www.osce.example", "/secretariat/410013", "").status(),
        200
    );
    assert!(start.elapsed() >= Duration::from_millis(1400));
    let cut = get(&web, "www.osce.example", "/secretariat/410015", "");
    let announced: usize = cut.header("content-length").unwrap().parse().unwrap();
    assert!(
        !cut.body.is_empty() && cut.body.len() < announced,
        "{} of {announced}",
        cut.body.len()
    );
}

#[test]
fn requests_are_remembered_in_their_order() {
    let web = DemoWeb::start().unwrap();
    get(&web, "zero.example:80", "/blog", "");
    get(&web, "www.osce.example", "/secretariat/400000?x=1", "");
    let seen = web.requests();
    assert_eq!(
        (seen[0].host.as_str(), seen[0].path.as_str(), seen[0].status),
        ("zero.example", "/blog", 200)
    );
    assert_eq!(
        (
            seen[1].path.as_str(),
            seen[1].status,
            seen[1].user_agent.as_str()
        ),
        ("/secretariat/400000?x=1", 404, "test/1")
    );
}

#[test]
fn the_configuration_loads_and_leads_to_the_server() {
    let web = DemoWeb::start().unwrap();
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("sites")).unwrap();
    for (path, content) in web.config_files() {
        fs::write(dir.path().join(path), content).unwrap();
    }
    let config = Config::load(dir.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.sites.len(), 5);
    assert_eq!(config.check_ready_to_crawl(), Ok(()));
    assert!(config.crawl.resolve.values().all(|to| *to == web.addr()));
    for document in web.expected() {
        let url = document.url.parse().unwrap();
        let site = config.site_of(&url).unwrap();
        assert_eq!(
            (site.id.as_str(), site.in_scope(&url)),
            (document.site, Ok(())),
            "{url}"
        );
    }
    let key = |url: &str| {
        let url = url.parse().unwrap();
        config.site_of(&url).unwrap().key_of(&url)
    };
    assert_eq!(
        key("http://www.osce.example/node/410003"),
        key("http://www.osce.example/mission-to-velmar/410003")
    );
    assert_eq!(
        key("http://www.osce.example/sr/mission-to-velmar/410003"),
        "410003/sr"
    );
    assert_eq!(
        key("http://respect.example/about"),
        key("http://respect.example/about/")
    );
    assert_eq!(
        key("http://www.osce.example/resources/410012?download=true"),
        "http://www.osce.example/resources/410012?download=true"
    );
}
