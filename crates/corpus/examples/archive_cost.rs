//! What the archive costs: CPU time for each exchange that is written.
//!
//! ```sh
//! cargo run --release -p thresh-corpus --example archive_cost -- [exchanges [folder of pages]]
//! ```
//!
//! Each exchange is a page, made up and of about 48 KB or from the folder, sent gzip-coded or plain, with
//! a request, a response and its mark; every 128 are committed. No two bodies are equal. The figures are CPU time of this thread, user and
//! system, which Linux counts in nanoseconds.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures and prints"
)]

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use thresh_corpus::{Clock, Corpus, Note};
use thresh_types::{
    Body, CanonicalUrl, CaptureKind, Discovery, Exchange, How, HttpHead, SiteId, Timestamp,
};

/// How many exchanges are committed at once.
const GROUP: usize = 128;

fn main() {
    let count = std::env::args()
        .nth(1)
        .map_or(4_000, |count| count.parse().unwrap());
    let pages: Vec<Vec<u8>> = match std::env::args().nth(2) {
        Some(folder) => read_pages(&folder),
        None => (0..64).map(page).collect(),
    };
    for is_coded in [true, false] {
        let exchanges: Vec<Exchange> = pages.iter().map(|page| exchange(page, is_coded)).collect();
        measure(
            if is_coded { "gzip-coded" } else { "plain" },
            &exchanges,
            count,
        );
    }
}

fn measure(what: &str, exchanges: &[Exchange], count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    let mut session = corpus
        .begin(&corpus.lock().unwrap(), &Clock::system())
        .unwrap();
    let (mut append, mut commit) = (Duration::ZERO, Duration::ZERO);
    let wall = std::time::Instant::now();
    for group in (0..count).collect::<Vec<_>>().chunks(GROUP) {
        let group: Vec<Exchange> = group.iter().map(|&n| nth(exchanges, n)).collect();
        let note = note();
        let start = cpu();
        for exchange in &group {
            session.append_exchange(exchange, &note).unwrap();
        }
        append += cpu() - start;
        let start = cpu();
        session.commit(|_| Ok(())).unwrap();
        commit += cpu() - start;
    }
    let written = corpus.disk_use().unwrap().captures;
    let body = exchanges.iter().map(|e| e.body.len()).sum::<u64>() / exchanges.len() as u64;
    let each = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(u32::try_from(count).unwrap());
    println!(
        "{what}: bodies of {body} bytes; append {:.4} ms, commit {:.4} ms of CPU an exchange; \
         {:.4} ms of wall; {} bytes an exchange on disk",
        each(append),
        each(commit),
        each(wall.elapsed()),
        written / count as u64
    );
}

/// Returns an exchange with an address and a body of its own.
fn nth(exchanges: &[Exchange], n: usize) -> Exchange {
    let mut exchange = exchanges[n % exchanges.len()].clone();
    let mut body = exchange.body.to_bytes().unwrap().to_vec();
    body.extend_from_slice(&n.to_be_bytes());
    exchange.url = address(n);
    exchange.body = Body::from(body);
    exchange
}

fn read_pages(folder: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .take(200)
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// Returns the CPU time of this thread.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn address(n: usize) -> CanonicalUrl {
    format!("https://pages.example/a/folder/page-{n}.html")
        .parse()
        .unwrap()
}

fn note() -> Note {
    let mut note = Note::new(SiteId::local(), CaptureKind::Page);
    note.permit = Some(
        "no rule matches (https://pages.example/robots.txt, fetched 2026-01-01T00:00:00Z)"
            .to_owned(),
    );
    note.discovery = Some(Discovery {
        how: How::Link,
        via: Some(address(0)),
        context: Some("The words of the link that led here".to_owned()),
    });
    note.depth = 1;
    note
}

fn exchange(page: &[u8], is_coded: bool) -> Exchange {
    let body = if is_coded { gzip(page) } else { page.to_vec() };
    let coding = if is_coded {
        "Content-Encoding: gzip\r\n"
    } else {
        ""
    };
    let response = format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{coding}\
         ETag: \"5f-1\"\r\nVary: Accept-Encoding\r\n\r\n",
        body.len()
    );
    Exchange {
        url: address(0),
        started_at: Timestamp::from_second(1_700_000_000).unwrap(),
        took: Duration::from_millis(17),
        remote: Some("192.0.2.1:443".parse().unwrap()),
        protocols: vec!["http/1.1".to_owned()],
        request: HttpHead(
            b"GET /a/folder/page HTTP/1.1\r\nHost: pages.example\r\nUser-Agent: thresh/0.1\r\n\
              Accept: text/html\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n"
                .to_vec(),
        ),
        status: 200,
        response: HttpHead(response.into_bytes()),
        body: Body::from(body),
        truncated: None,
    }
}

/// Returns a page of made-up words in markup, the same for the same number.
fn page(n: usize) -> Vec<u8> {
    let mut seed = n as u64 + 1;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 40).unwrap()
    };
    let syllables = [
        "ta", "ri", "mon", "se", "lu", "ke", "por", "an", "di", "ost",
    ];
    let mut page = b"<!doctype html><title>A page</title><body>".to_vec();
    while page.len() < 48_000 {
        page.extend_from_slice(b"<p class=\"text\">");
        for _ in 0..60 {
            for _ in 0..1 + next() % 3 {
                page.extend_from_slice(syllables[next() % syllables.len()].as_bytes());
            }
            page.push(b' ');
        }
        page.extend_from_slice(b"</p>\n");
    }
    page
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
