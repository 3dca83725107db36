//! pywb, which many archives replay with, gives back the bytes that were served.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use thresh_testkit::{Reply, Server};

use super::programs::{judge, make};
use super::varied::{Kind, body, path, reply};
use super::warcs;
use crate::scene::text;
use crate::support::Desk;

/// How many pages the site has.
const PAGES: usize = 200;

/// Every so manyth page says something else at the second crawl, or confirms that nothing changed.
const CHANGES: usize = 10;
const CONFIRMS: usize = 7;

/// What page `n` is at the given crawl, decoded.
fn version(n: usize, crawl: usize) -> Vec<u8> {
    let mut body = body(n, PAGES);
    if crawl == 1 && n > 0 && n.is_multiple_of(CHANGES) && Kind::of(n) == Kind::Plain {
        body.extend_from_slice(b"<p>and a line that came later</p>");
    }
    body
}

fn site() -> Server {
    Server::start(|site| {
        for n in 0..PAGES {
            let first = reply(n, PAGES);
            if Kind::of(n) == Kind::Plain && n > 0 && n.is_multiple_of(CHANGES) {
                site.on_each(&path(n), [first, Reply::html(version(n, 1))]);
            } else if n.is_multiple_of(CONFIRMS) && Kind::of(n) != Kind::Chunked {
                let first = first.header("ETag", "\"v\"");
                site.on_fn(&path(n), move |seen| match seen.header("if-none-match") {
                    Some(_) => Reply::status(304).header("ETag", "\"v\""),
                    None => first.clone(),
                });
            } else {
                site.on(&path(n), first);
            }
        }
    })
}

/// pywb with one collection, on a port of its own; it ends when it is dropped.
struct Pywb {
    child: Child,
    addr: SocketAddr,
}

impl Pywb {
    fn start(desk: &Desk, files: &[PathBuf]) -> Option<Self> {
        let (manager, wayback) = (judge("wb-manager")?, judge("wayback")?);
        let folder = desk.path("replay");
        std::fs::create_dir_all(&folder).unwrap();
        make(&manager, &folder, &["init", "t"]);
        let files: Vec<String> = files
            .iter()
            .map(|f| f.to_string_lossy().into_owned())
            .collect();
        let mut add = vec!["add", "t"];
        add.extend(files.iter().map(String::as_str));
        make(&manager, &folder, &add);
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = free.local_addr().unwrap();
        drop(free);
        let child = Command::new(wayback)
            .args(["-b", "127.0.0.1", "-p", &addr.port().to_string()])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log.txt")).unwrap())
            .spawn()
            .unwrap();
        let mut pywb = Self { child, addr };
        while TcpStream::connect(pywb.addr).is_err() {
            let ended = pywb.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}", desk.read("replay/log.txt"));
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(pywb)
    }

    /// Asks for `url` as it was at `time` (14 digits), unchanged: status, content coding and body.
    fn get(&self, time: &str, url: &str) -> (u16, Option<String>, Vec<u8>) {
        let mut stream = TcpStream::connect(self.addr).unwrap();
        let request = format!(
            "GET /t/{time}id_/{url} HTTP/1.0\r\nHost: {}\r\nAccept-Encoding: gzip, br\r\n\r\n",
            self.addr
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        let body = answer.split_off(end);
        let head = String::from_utf8_lossy(&answer).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap();
        let coding = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let hit = name.eq_ignore_ascii_case("content-encoding");
            hit.then(|| value.trim().to_owned())
        });
        (status, coding, body)
    }
}

impl Drop for Pywb {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Undoes a coding: replay may hand out the payload as it was sent.
fn decoded(coding: Option<&str>, body: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    match coding {
        Some("gzip") => flate2::read::MultiGzDecoder::new(&body[..])
            .read_to_end(&mut out)
            .unwrap(),
        Some("br") => brotli::Decompressor::new(&body[..], 4096)
            .read_to_end(&mut out)
            .unwrap(),
        Some(other) => panic!("an unknown coding: {other}"),
        None => return body,
    };
    out
}

/// `2026-11-22T13:07:00.5Z` as replay writes it: `20261122130700`.
fn digits(row: &Value) -> String {
    let time = text(&row["fetched_at"]);
    time.chars().filter(char::is_ascii_digit).take(14).collect()
}

#[test]
fn pywb_replays_two_hundred_pages_byte_for_byte() {
    let server = site();
    let desk = Desk::for_server(server.addr(), "");
    desk.run(&["crawl"]).expect(0);
    let first = warcs(&desk).len();
    // Replay tells captures of one page apart by whole seconds.
    std::thread::sleep(Duration::from_millis(1100));
    desk.run(&["crawl", "--revisit", "all"]).expect(0);
    let files = warcs(&desk);
    assert!(files.len() > first, "a run writes files of its own");
    let Some(pywb) = Pywb::start(&desk, &files) else {
        return;
    };
    let rows = desk
        .run(&["captures", "--jsonl", "--kind", "all"])
        .expect(0)
        .jsonl();
    let (mut replayed, mut redirects, mut confirmed, mut resolved) = (0, 0, 0, 0);
    for n in 0..PAGES {
        let url = server.url(&path(n));
        let captures = rows.iter().filter(|row| row["final_url"] == url.as_str());
        let mut seen = 0;
        for row in captures {
            let (status, coding, sent) = pywb.get(&digits(row), &url);
            let crawl = usize::from(text(&row["warc"]).starts_with("000002"));
            if Kind::of(n) == Kind::Redirect {
                redirects += 1;
                assert!(status == 301 || row["status"] == 304, "{row}: {status}");
            } else {
                assert_eq!(status, 200, "{row}");
                assert!(
                    decoded(coding.as_deref(), sent) == version(n, crawl),
                    "{row}"
                );
                replayed += 1;
                resolved += usize::from(row["revisit"] == true);
                confirmed += usize::from(row["status"] == 304);
            }
            seen += 1;
        }
        assert_eq!(seen, 2, "captures of {url}");
    }
    assert_eq!(replayed + redirects, 2 * PAGES);
    assert!(
        resolved > PAGES / 2,
        "few revisits were resolved: {resolved}"
    );
    assert!(confirmed > 5, "few answers confirmed a page: {confirmed}");
}
