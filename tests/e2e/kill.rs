//! kill -9 at any moment: nothing committed is lost, nothing is captured twice, nobody is hurried.

use std::collections::BTreeMap;
use std::process::Child;
use std::time::Duration;

use thresh_testkit::{Reply, Server, Web};

use crate::judges::accepted;
use crate::scene::{assert_gaps, configure, desk_for, name, site};
use crate::support::Desk;

/// Pages of a site: enough that every kill meets a crawl in full swing.
const PAGES: usize = 120;

/// Sites that are crawled at once, and how many pages each has: 201 in all.
const SITES: usize = 3;
const PAGES_EACH: usize = 67;

/// How often a crawl is killed.
const KILLS: u32 = 20;

/// Longer than the program takes to start, or a gap across a kill would show nothing.
const PACE: Duration = Duration::from_millis(120);

/// Says the same numbers on every run: a finding can be had again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn roll(&mut self, limit: u64) -> u64 {
        // The constants are those of Knuth's MMIX; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// The markup of page `n` of a site: words of its own and links to the next few. Pages of the same words would be taken
/// for a trap once more of them were asked than there are, since every second link leads nowhere.
fn markup(site: usize, n: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ha", "bo", "ri", "ten", "lu", "mar", "ko", "sel", "vi", "dor", "ne", "pal", "ti", "gra",
        "fo", "quen",
    ];
    let links: String = (1..=4)
        .map(|step| format!("<a href=\"/page/{}\">on</a> ", n * 3 + step))
        .collect();
    let mut dice = Dice::new((site * 1_000 + n) as u64);
    let text: String = (0..40 + 3 * (n % 60))
        .map(|_| {
            let word = (0..3).map(|_| SYLLABLES[dice.roll(16) as usize]);
            word.collect::<String>() + " "
        })
        .collect();
    format!(
        "<title>Page {n}</title><main><p>This is page {n} of the site {site}, kept whole: {text}</p></main><nav>{links}</nav>"
    )
}

/// Page `n` as it is served: every third one compressed.
fn page(site: usize, n: usize) -> Reply {
    let plain = Reply::html(markup(site, n));
    if n % 3 == 1 { plain.gzip() } else { plain }
}

fn lay(routes: &mut thresh_testkit::Site, site: usize, pages: usize) {
    routes.on("/", page(site, 0));
    routes.on("/robots.txt", Reply::text("User-agent: *\nAllow: /\n"));
    routes.on_other(move |seen| {
        let number = seen
            .path
            .strip_prefix("/page/")
            .and_then(|n| n.parse().ok());
        number
            .filter(|n| *n < pages)
            .map_or_else(|| Reply::status(404), |n| page(site, n))
    });
}

fn server() -> Server {
    Server::start(|routes| lay(routes, 0, PAGES))
}

/// SIGKILL: no chance to tidy up.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Sends a signal by name.
fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits until the web was asked `count` times, or the crawl ended.
fn wait_for(web: &Web, count: usize, child: &mut Child) {
    while asked(web) < count && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn asked(web: &Web) -> usize {
    (0..web.len()).map(|number| web.seen(number).len()).sum()
}

#[test]
fn a_crawl_killed_twenty_times_takes_every_page_once_whole_and_at_its_pace() {
    let web = Web::start(SITES, |number, _, routes| lay(routes, number, PAGES_EACH));
    let desk = desk_for(&web, &format!("delay = \"{}ms\"\n", PACE.as_millis()));
    let mut dice = Dice::new(0x7468_7265_7368);
    for turn in 0..KILLS {
        let mut child = desk.spawn(&["crawl"]);
        // Every fourth kill comes while the program opens the corpus, the others in full swing.
        if turn % 4 != 3 {
            let target = asked(&web) + 6 + usize::try_from(dice.roll(14)).unwrap();
            wait_for(&web, target, &mut child);
        }
        std::thread::sleep(Duration::from_micros(dice.roll(90_000)));
        kill(child);
    }
    assert!(
        whole(&desk).len() < SITES * PAGES_EACH,
        "the kills came too late to be of use"
    );
    desk.run(&["crawl"]).expect(0);
    for number in 0..SITES {
        assert_gaps(&web, number, PACE);
        assert_asked_again_only_when_lost(&web, number);
    }
    assert_every_page_once(&desk, &web);
    sound(&desk);
    accepted(&desk);
}

/// All that the desk holds is as it was written, and the version can be built again from it.
pub(crate) fn sound(desk: &Desk) {
    desk.run(&["curate"]).expect(0);
    desk.run(&["verify", "--rebuild"]).expect(0);
}

/// The text of every page that was captured with status 200, by address.
fn whole(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in desk
        .run(&["captures", "--jsonl", "--text"])
        .expect(0)
        .jsonl()
    {
        assert!(row["truncated"].is_null(), "{row}");
        if row["status"] == 200 {
            let text = row["text"].as_str().unwrap().to_owned();
            let url = row["final_url"].as_str().unwrap().to_owned();
            seen.entry(url).or_default().push(text);
        }
    }
    seen
}

/// Each page of each site was captured once, and says what the server says.
fn assert_every_page_once(desk: &Desk, web: &Web) {
    let mut seen = whole(desk);
    for number in 0..web.len() {
        for n in 0..PAGES_EACH {
            let path = if n == 0 {
                "/".to_owned()
            } else {
                format!("/page/{n}")
            };
            let url = web.url(number, &path);
            let texts = seen.remove(&url).unwrap_or_default();
            assert_eq!(texts.len(), 1, "captures of {url}");
            assert_eq!(texts[0], markup(number, n), "{url}");
        }
    }
    assert!(seen.is_empty(), "{:?}", seen.keys());
}

/// Only what was in flight when a kill came may be asked again: one a kill at most.
fn assert_asked_again_only_when_lost(web: &Web, number: usize) {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for path in web.paths(number) {
        if path == "/" || path.starts_with("/page/") {
            *times.entry(path).or_default() += 1;
        }
    }
    let again: u32 = times.values().map(|count| count - 1).sum();
    assert!(again <= KILLS, "{again} requests were repeated: {times:?}");
}

#[test]
fn an_interrupted_crawl_ends_with_its_own_code_and_goes_on_later() {
    for name in ["-TERM", "-INT"] {
        let server = server();
        let desk = Desk::for_server(server.addr(), "");
        let config = desk.read("config/thresh.toml");
        desk.write("config/thresh.toml", config.replace("0s", "30ms"));
        let mut child = desk.spawn(&["crawl"]);
        while server.paths().len() < 20 {
            assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
            std::thread::yield_now();
        }
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
        let asked = page_requests(&server);
        let kept = desk.run(&["captures", "--jsonl"]).expect(0).jsonl().len();
        assert_eq!(kept, asked, "the page in flight is finished and kept");
        assert!(kept < PAGES);
        desk.write("config/thresh.toml", config);
        desk.run(&["crawl"]).expect(0);
        let pages = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
        assert_eq!(pages.iter().filter(|c| c["status"] == 200).count(), PAGES);
        sound(&desk);
    }
}

/// How many pages were asked for.
fn page_requests(server: &Server) -> usize {
    let paths = server.paths();
    let pages = paths
        .iter()
        .filter(|p| *p == "/" || p.starts_with("/page/"));
    pages.count()
}

#[test]
fn an_interrupted_crawl_finishes_the_page_that_is_on_its_way() {
    let server = Server::start(|site| {
        let slow = Duration::from_millis(20);
        site.on("/", Reply::html("<a href=/slow>s</a><a href=/never>n</a>"));
        site.on(
            "/slow",
            Reply::drip("<p>This page takes its time.".repeat(8).as_bytes(), 8, slow),
        );
        site.on(
            "/never",
            Reply::html("<p>not while the program is asked to end"),
        );
    });
    let desk = Desk::for_server(server.addr(), "");
    let mut child = desk.spawn(&["crawl"]);
    while !server.paths().iter().any(|path| path == "/slow") {
        assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
        std::thread::yield_now();
    }
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(desk.has_whole(&server.url("/slow")));
    assert!(!server.paths().iter().any(|path| path == "/never"));
    desk.run(&["crawl"]).expect(0);
    assert!(desk.has_whole(&server.url("/never")));
    assert_eq!(server.paths().iter().filter(|p| *p == "/slow").count(), 1);
}

#[test]
fn a_second_run_beside_a_crawl_is_turned_away_and_does_no_harm() {
    let server = server();
    let desk = Desk::for_server(server.addr(), "");
    let config = desk.read("config/thresh.toml").replace("0s", "20ms");
    desk.write("config/thresh.toml", config);
    desk.write(
        "x.txt",
        "A text that would be imported if nobody held the corpus.",
    );
    let mut child = desk.spawn(&["crawl"]);
    while server.paths().len() < 10 {
        assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
        std::thread::yield_now();
    }
    for args in [&["crawl"][..], &["import", "x.txt"], &["run"], &["curate"]] {
        let run = desk.run(args).expect(3);
        assert!(run.stderr.contains("lock"), "{}", run.stderr);
    }
    // Reading needs no lock.
    desk.run(&["captures", "--jsonl"]).expect(0);
    desk.run(&["status"]).expect(0);
    assert!(child.try_wait().unwrap().is_none(), "the crawl ended early");
    assert!(child.wait().unwrap().success());
    assert_eq!(page_requests(&server), PAGES + unknown(&server));
    sound(&desk);
}

/// Requests for pages that are linked but absent.
fn unknown(server: &Server) -> usize {
    let number = |path: &str| path.strip_prefix("/page/").and_then(|n| n.parse().ok());
    let paths = server.paths();
    let absent = paths.iter().filter_map(|path| number(path));
    absent.filter(|n: &usize| *n >= PAGES).count()
}

#[test]
fn the_links_of_a_killed_run_are_followed_even_if_the_next_run_is_for_another_site() {
    let web = Web::start(2, |number, _, routes| lay(routes, number, PAGES));
    let desk = Desk::new();
    configure(&desk, &web, "delay = \"0s\"\n");
    for number in 0..2 {
        let (seed, origin) = (web.url(number, "/"), web.url(number, ""));
        site(
            &desk,
            &name(number),
            &[seed],
            &[origin],
            "sitemaps = \"off\"\n",
        );
    }
    let mut child = desk.spawn(&["crawl", "--site", "o0"]);
    wait_for(&web, 30, &mut child);
    kill(child);
    desk.run(&["crawl", "--site", "o1", "--max-pages", "1"])
        .expect(0);
    assert!(
        web.paths(1).len() <= 3,
        "one page, robots.txt and the reservations: {:?}",
        web.paths(1)
    );
    desk.run(&["crawl", "--site", "o0"]).expect(0);
    let pages = desk.run(&["captures", "--jsonl"]).expect(0).jsonl();
    let here = pages
        .iter()
        .filter(|c| c["site"] == "o0" && c["status"] == 200);
    assert_eq!(here.count(), PAGES);
}
