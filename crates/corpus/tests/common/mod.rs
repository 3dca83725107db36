//! What the tests share: a corpus in a temporary folder and exchanges to put into it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file is a crate of its own, uses a part, and fails by panicking"
)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use thresh_corpus::{Clock, Corpus, Note, Session};
use thresh_types::{Body, CaptureKind, Exchange, HttpHead, SiteId, Timestamp};

pub fn site() -> SiteId {
    "a".parse().unwrap()
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub fn clock() -> Clock {
    Clock::fixed(at(0))
}

pub fn page() -> Note {
    Note::new(site(), CaptureKind::Page)
}

pub fn exchange(url: &str, second: i64, status: u16, headers: &str, body: &[u8]) -> Exchange {
    let url: thresh_types::CanonicalUrl = url.parse().unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\n\r\n",
        url.path_and_query(),
        url.origin().host()
    );
    Exchange {
        started_at: at(second),
        took: Duration::from_millis(5),
        remote: Some("192.0.2.7:443".parse::<SocketAddr>().unwrap()),
        protocols: Vec::new(),
        request: HttpHead(request.into_bytes()),
        status,
        response: HttpHead(format!("HTTP/1.1 {status} X\r\n{headers}\r\n").into_bytes()),
        body: Body::from(body.to_vec()),
        truncated: None,
        url,
    }
}

pub fn html(url: &str, second: i64, body: &str) -> Exchange {
    let headers =
        "Content-Type: text/html; charset=UTF-8\r\nETag: \"v1\"\r\nTransfer-Encoding: chunked\r\n";
    exchange(url, second, 200, headers, body.as_bytes())
}

pub fn open(root: &Path) -> Corpus {
    Corpus::create(root).unwrap()
}

pub fn begin(corpus: &Corpus) -> Session {
    corpus.begin(&corpus.lock().unwrap(), &clock()).unwrap()
}

/// Returns a folder with three committed pages in one WARC file.
pub fn three_pages() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let corpus = open(folder.path());
    let mut session = begin(&corpus);
    for n in 0..3 {
        let url = format!("https://a.example/{n}");
        let exchange = html(&url, n, &format!("<p>page {n}</p>"));
        session.append_exchange(&exchange, &page()).unwrap();
    }
    session.commit(|_| Ok(())).unwrap();
    session.finish().unwrap();
    folder
}

pub fn only_warc(root: &Path) -> PathBuf {
    let files = open(root).warc_files().unwrap();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}
