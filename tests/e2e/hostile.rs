//! Ordinary pages on origins that also serve bombs, endless, broken and hostile answers: all of them
//! come home, no forbidden address is touched, nobody is asked too soon, and it all ends within bounds
//! of time and memory.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use thresh_testkit::rough::{self, Rough, Scale};
use thresh_testkit::{Act, Reply, Site, Web, gaps};

use crate::manners::Canaries;
use crate::scene::{DELAY, article, assert_gaps, desk_for, is_whole, text};
use crate::support::Desk;

/// The most memory that the crawl may hold, in KiB.
const MEMORY: u64 = 512 << 10;

/// How large a scene is.
struct Size {
    origins: usize,
    pages: usize,
    /// Bad answers that each origin serves.
    bad: usize,
    scale: Scale,
    crawl: &'static str,
    /// The bound of the whole run.
    max_time: &'static str,
}

/// The whole scene with answers that a build without optimisation can stand.
const QUICK: Size = Size {
    origins: 100,
    pages: 300,
    bad: 3,
    scale: Scale::QUICK,
    crawl: "total_timeout = \"2s\"\nmax_body = \"512KiB\"\nretries = 1\nmax_redirects = 3\n",
    max_time: "600s",
};

/// The whole scene with answers as large as an attacker's and the limits as they are shipped, but for
/// the time of an exchange.
const FULL: Size = Size {
    scale: Scale::FULL,
    crawl: "total_timeout = \"10s\"\nretries = 1\n",
    max_time: "1200s",
    ..QUICK
};

/// Pages of thousands of links lead below `/many`: they are read, and the links refused one by one.
const RULES: &str = "User-agent: *\nDisallow: /forbidden\nDisallow: /many\n";

/// The ordinary page `number` and its path.
fn ordinary(number: usize) -> (String, String) {
    let path = format!("/ordinary/{number}");
    (path, article(&format!("harbour number {number}"), ""))
}

/// What robots.txt says at the origin `number`: in every form that permits the ordinary pages.
fn robots(number: usize, addrs: &[SocketAddr]) -> Reply {
    let rules = RULES;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{rules}");
    match number % 8 {
        0 => Reply::text(rules),
        1 => Reply::text(format!("\u{feff}{}", rules.replace('\n', "\r"))),
        2 => Reply::text(rules).gzip(),
        3 => Reply::script([
            Act::Send(head.into_bytes()),
            Act::Forever(b"# and so on\n".repeat(300)),
        ]),
        4 => Reply::redirect(302, &format!("http://{}/lent-rules", addrs[number - 4])),
        5 => Reply::text(format!("{rules}Crawl-delay: 0.1\n")),
        6 => Reply::text(format!("{rules}Sitemap: /bad/map\n")),
        _ => Reply::text(format!("\0\u{1}nonsense\n{rules}")),
    }
}

/// The bad answers of the origin `number`: every kind comes round, each at several origins.
fn share(table: &[Rough], number: usize, count: usize) -> impl Iterator<Item = &Rough> {
    (0..count).map(move |turn| &table[(number * count + turn) % table.len()])
}

fn lay(
    site: &mut Site,
    number: usize,
    addrs: &[SocketAddr],
    size: &Size,
    table: &[Rough],
    forbidden: &[String],
) {
    let own = |path: &str| format!("http://{}{path}", addrs[number]);
    site.on("/robots.txt", robots(number, addrs));
    site.on("/lent-rules", Reply::text(RULES));
    let mut links = vec![own("/forbidden/x")];
    for rough in share(table, number, size.bad) {
        let path = format!("/bad/{}", rough.name);
        links.push(own(&path));
        site.on(&path, rough.reply.clone());
    }
    links.extend(
        forbidden
            .iter()
            .skip(number % 7)
            .step_by(7)
            .map(|origin| format!("{origin}/linked")),
    );
    let pages: Vec<usize> = (number..size.pages).step_by(addrs.len()).collect();
    for (place, page) in pages.iter().enumerate() {
        let (path, html) = ordinary(*page);
        // Each page leads to the next, and the first is led to by the front page only: bad answers
        // lie between, and nothing but links tells of the pages.
        let next = pages.get(place + 1).map(|next| own(&ordinary(*next).0));
        let anchors: String = next
            .iter()
            .chain(&links)
            .map(|url| format!("<a href=\"{url}\">on</a> "))
            .collect();
        site.on(
            &path,
            Reply::html(html.replace("</body>", &format!("<nav>{anchors}</nav></body>"))),
        );
    }
    let first = pages.first().map(|page| own(&ordinary(*page).0));
    let front: Vec<&String> = links.iter().chain(&first).collect();
    site.on("/", Reply::html(crate::scene::linking(&front)));
    let map = rough::entity_bomb(&own("/listed"));
    site.on(
        "/bad/map",
        Reply::status(200)
            .header("Content-Type", "application/xml")
            .body(map),
    );
}

fn web(size: &Size, canaries: &Canaries) -> Web {
    let forbidden = canaries.origins();
    let mut table = rough::answers(size.scale);
    table.extend(rough::redirects("/bad/", &forbidden));
    assert!(
        table.len() <= size.origins * size.bad,
        "every kind is served somewhere"
    );
    Web::start(size.origins, |number, addrs, site| {
        lay(site, number, addrs, size, &table, &forbidden);
    })
}

/// A crawl under way whose memory is watched.
struct Watched {
    child: Child,
    status: PathBuf,
    /// Peak resident set so far in KiB; none where the system does not tell.
    peak: Option<u64>,
}

impl Watched {
    fn start(desk: &Desk, args: &[&str]) -> Self {
        let mut command = desk.command(args);
        let stderr = fs::File::create(desk.path("stderr.txt")).expect("a writable folder");
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("the binary starts");
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        Self {
            child,
            status,
            peak: None,
        }
    }

    /// Reads `VmHWM`, the peak of the resident set.
    fn look(&mut self) {
        let text = fs::read_to_string(&self.status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
        self.peak = self.peak.max(peak);
    }

    /// Waits for the end and returns the exit code.
    fn wait(&mut self) -> Option<i32> {
        loop {
            self.look();
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // A test that failed must not leave its crawl running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn crawl_and_judge(size: &Size) {
    let canaries = Canaries::new();
    let web = web(size, &canaries);
    let desk = desk_for(&web, size.crawl);
    let begun = Instant::now();
    let mut crawl = Watched::start(&desk, &["crawl", "--max-time", size.max_time]);
    let code = crawl.wait();
    let took = begun.elapsed();
    let errors = fs::read_to_string(desk.path("stderr.txt")).unwrap_or_default();
    assert!(
        matches!(code, Some(0 | 6)),
        "{code:?}: {}",
        last_lines(&errors)
    );
    tell(&web, took, crawl.peak);
    canaries.assert_untouched();
    judge_pages(&desk, &web, size);
    judge_manners(&web);
    match crawl.peak {
        Some(peak) => assert!(peak <= MEMORY, "{} MiB at the peak", peak >> 10),
        None => eprintln!("skipped: this system does not tell the memory of a process"),
    }
    judge_end(&desk);
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Prints the figures that `--nocapture` shows.
fn tell(web: &Web, took: Duration, peak: Option<u64>) {
    let requests: usize = (0..web.len()).map(|n| web.seen(n).len()).sum();
    let connections: usize = (0..web.len()).map(|n| web.connections(n)).sum();
    let shortest = (0..web.len()).flat_map(|n| gaps(&web.seen(n))).min();
    let peak = peak.map_or_else(|| "unknown".to_owned(), |kib| format!("{} MiB", kib >> 10));
    eprintln!(
        "{requests} requests on {connections} connections in {took:.1?}, peak {peak}, shortest gap {shortest:?}"
    );
}

/// Every ordinary page is there, whole and once.
fn judge_pages(desk: &Desk, web: &Web, size: &Size) {
    let mut whole: BTreeMap<String, usize> = BTreeMap::new();
    for row in desk.captures("page") {
        if is_whole(&row) {
            *whole.entry(text(&row["final_url"])).or_default() += 1;
        }
    }
    let missing: Vec<String> = (0..size.pages)
        .map(|page| web.url(page % size.origins, &ordinary(page).0))
        .filter(|url| whole.get(url) != Some(&1))
        .collect();
    assert!(
        missing.is_empty(),
        "{} of {} are missing or doubled: {missing:#?}",
        missing.len(),
        size.pages
    );
}

/// No origin was asked too soon, in parallel, or for what it forbids.
fn judge_manners(web: &Web) {
    for number in 0..web.len() {
        let least = if number % 8 == 5 { DELAY * 2 } else { DELAY };
        assert_gaps(web, number, least);
        let paths = web.paths(number);
        let is_forbidden =
            |path: &&String| path.starts_with("/forbidden") || path.starts_with("/many");
        let forbidden = paths.iter().find(is_forbidden);
        assert_eq!(forbidden, None, "origin {number}");
    }
}

/// The corpus can be curated, and the crawl has not merely been cut off.
fn judge_end(desk: &Desk) {
    let status = desk.run(&["status", "--json"]).expect(0).json();
    let waiting: u64 = status["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["queued"].as_u64().unwrap() + site["waiting"].as_u64().unwrap())
        .sum();
    assert_eq!(waiting, 0, "the crawl ended by itself, within its time");
    desk.run(&["curate"]).expect(0);
    let documents = desk.documents();
    let harbours = documents
        .iter()
        .filter(|d| {
            d["url"]
                .as_str()
                .is_some_and(|url| url.contains("/ordinary/"))
        })
        .count();
    assert!(harbours > 0, "ordinary pages become documents");
}

#[test]
fn all_ordinary_pages_come_home_from_among_hostile_ones() {
    crawl_and_judge(&QUICK);
}

/// The same at full size: gigabyte bombs, 50 MB texts, a million attributes. Minutes, and only in a
/// release build: `cargo test --release --test e2e hostile:: -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes, and a release build"]
fn all_ordinary_pages_come_home_at_full_size() {
    crawl_and_judge(&FULL);
}
