//! Serves the site that the crawl bench crawls: many origins on loopback, all pages ready in memory.
//!
//! `bench_site --origins 20 --pages 20000 --seed 1` listens, prints one line of JSON (`origins`, the
//! addresses; `control`, where the counts are) and serves until its standard input ends. Sizes are
//! lognormal around 48 KB; every page of an origin is reached from its first, which links to two more,
//! and so on; the other links lead to pages that are linked already. The same seed gives the same bytes.

mod farm;

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

use farm::{Dice, Farm, Language};

const ROBOTS: &str = "User-agent: *\nDisallow: /search\nDisallow: /admin/\nDisallow: /*?print=\n\n\
    User-agent: BadBot\nDisallow: /\n";

/// A page as it is sent.
struct Stored {
    tag: String,
    plain: Vec<u8>,
    zipped: Vec<u8>,
}

/// What was asked since the counts were last read.
#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    pages: AtomicU64,
    html_bytes: AtomicU64,
    wire_bytes: AtomicU64,
    missing: AtomicU64,
    refused_by_robots: AtomicU64,
    seen: Mutex<HashMap<(usize, usize), ()>>,
}

type Shelf = Vec<HashMap<String, (usize, Stored)>>;

fn store(farm: &Farm, origin: usize, page: usize) -> std::io::Result<Stored> {
    let plain = farm.html(origin, page).into_bytes();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(&plain)?;
    Ok(Stored {
        tag: format!("\"{origin:x}-{page:x}-{:x}\"", plain.len()),
        zipped: encoder.finish()?,
        plain,
    })
}

fn shelf(farm: &Farm) -> std::io::Result<Shelf> {
    let next = AtomicU64::new(0);
    let done = Mutex::new(
        (0..farm.addresses.len())
            .map(|_| HashMap::new())
            .collect::<Shelf>(),
    );
    let work = || -> std::io::Result<()> {
        loop {
            let origin = next.fetch_add(1, Ordering::Relaxed) as usize;
            if origin >= farm.addresses.len() {
                return Ok(());
            }
            let mut pages = HashMap::new();
            for page in 0..farm.pages {
                pages.insert(farm.path(origin, page), (page, store(farm, origin, page)?));
            }
            if let Ok(mut done) = done.lock() {
                done[origin] = pages;
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, Into::into);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|t| t.join().unwrap_or(Ok(())))
    })?;
    Ok(done.into_inner().unwrap_or_default())
}

/// What a request asks.
#[derive(Default)]
struct Asked {
    path: String,
    gzip: bool,
    tag: String,
    close: bool,
}

fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|&n| n > 0)?;
    let mut asked = Asked {
        path: line.split(' ').nth(1)?.to_owned(),
        close: line.contains("HTTP/1.0"),
        ..Asked::default()
    };
    loop {
        line.clear();
        stream.read_line(&mut line).ok().filter(|&n| n > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Some(asked);
        };
        match name.to_ascii_lowercase().as_str() {
            "accept-encoding" => asked.gzip = value.contains("gzip"),
            "if-none-match" => value.trim().clone_into(&mut asked.tag),
            "connection" => asked.close = value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
}

fn answer(origin: usize, shelf: &Shelf, counts: &Counts, asked: &Asked, out: &mut Vec<u8>) {
    counts.requests.fetch_add(1, Ordering::Relaxed);
    let mut plain = |status: &str, kind: &str, body: &str| {
        out.extend_from_slice(format!("HTTP/1.1 {status}\r\nServer: bench\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    };
    if asked.path == "/robots.txt" {
        return plain("200 OK", "text/plain", ROBOTS);
    }
    let Some((number, page)) = shelf[origin].get(&asked.path) else {
        let forbidden = asked.path.starts_with("/search");
        let count = if forbidden {
            &counts.refused_by_robots
        } else {
            &counts.missing
        };
        count.fetch_add(1, Ordering::Relaxed);
        return plain(
            "404 Not Found",
            "text/html",
            "<title>Not found</title><p>Not found",
        );
    };
    if asked.tag == page.tag {
        return plain("304 Not Modified", "text/html", "");
    }
    let body = if asked.gzip {
        &page.zipped
    } else {
        &page.plain
    };
    if let Ok(mut seen) = counts.seen.lock() {
        seen.insert((origin, *number), ());
    }
    counts.pages.fetch_add(1, Ordering::Relaxed);
    counts
        .html_bytes
        .fetch_add(page.plain.len() as u64, Ordering::Relaxed);
    counts
        .wire_bytes
        .fetch_add(body.len() as u64, Ordering::Relaxed);
    let coding = if asked.gzip {
        "Content-Encoding: gzip\r\n"
    } else {
        ""
    };
    out.extend_from_slice(format!("HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: {}\r\n{coding}Vary: Accept-Encoding\r\nCache-Control: max-age=300, public\r\nETag: {}\r\nX-Content-Type-Options: nosniff\r\n\r\n", body.len(), page.tag).as_bytes());
    out.extend_from_slice(body);
}

fn converse(stream: TcpStream, origin: usize, shelf: &Shelf, counts: &Counts) {
    let _ = stream.set_nodelay(true);
    let Ok(mut sender) = stream.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(stream);
    let mut out = Vec::new();
    while let Some(asked) = read_request(&mut reader) {
        out.clear();
        answer(origin, shelf, counts, &asked, &mut out);
        if sender.write_all(&out).is_err() || asked.close {
            return;
        }
    }
}

/// Tells the counts and begins anew.
fn tell(stream: TcpStream, counts: &Counts) {
    let mut reader = BufReader::new(stream);
    let _ = read_request(&mut reader);
    let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
    let distinct = counts.seen.lock().map_or(0, |mut seen| {
        let count = seen.len();
        seen.clear();
        count
    });
    let body = format!(
        "{{\"requests\":{},\"pages\":{},\"distinct\":{distinct},\"html_bytes\":{},\"wire_bytes\":{},\"missing\":{},\"against_robots\":{}}}\n",
        take(&counts.requests),
        take(&counts.pages),
        take(&counts.html_bytes),
        take(&counts.wire_bytes),
        take(&counts.missing),
        take(&counts.refused_by_robots),
    );
    let _ = write!(
        reader.into_inner(),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

fn option(name: &str, default: u64) -> Result<u64, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(at) = arguments.iter().position(|a| a == name) else {
        return Ok(default);
    };
    let value = arguments.get(at + 1).ok_or("an option has no value")?;
    Ok(value.parse()?)
}

#[allow(clippy::print_stdout, reason = "the driver reads the addresses here")]
fn main() -> Result<(), Box<dyn Error>> {
    let (origins, pages, seed) = (
        option("--origins", 20)?,
        option("--pages", 20_000)?,
        option("--seed", 1)?,
    );
    let listeners = (0..origins)
        .map(|n| TcpListener::bind((Ipv4Addr::from(0x7f00_0101 + n as u32), 0)))
        .collect::<Result<Vec<_>, _>>()?;
    let addresses = listeners
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<Vec<_>, _>>()?;
    let language = Language::new(&mut Dice(seed));
    let farm = Farm {
        seed,
        pages: (pages / origins.max(1)) as usize,
        addresses,
        language,
    };
    let shelf = Arc::new(shelf(&farm)?);
    let counts = Arc::new(Counts::default());
    for (origin, listener) in listeners.into_iter().enumerate() {
        let (shelf, counts) = (Arc::clone(&shelf), Arc::clone(&counts));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shelf, counts) = (Arc::clone(&shelf), Arc::clone(&counts));
                thread::spawn(move || converse(stream, origin, &shelf, &counts));
            }
        });
    }
    let control = TcpListener::bind(("127.0.0.1", 0))?;
    let mut sizes: Vec<(usize, usize)> = shelf
        .iter()
        .flat_map(HashMap::values)
        .map(|(_, p)| (p.plain.len(), p.zipped.len()))
        .collect();
    sizes.sort_unstable();
    let middle = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
    let origins: Vec<String> = (0..farm.addresses.len())
        .map(|o| format!("\"{}/\"", farm.origin(o)))
        .collect();
    println!(
        "{{\"origins\":[{}],\"control\":\"http://{}/\",\"pages\":{},\"median_html\":{},\"median_gzip\":{}}}",
        origins.join(","),
        control.local_addr()?,
        sizes.len(),
        middle.0,
        middle.1
    );
    thread::spawn(move || {
        control
            .incoming()
            .flatten()
            .for_each(|stream| tell(stream, &counts));
    });
    // The end of the driver is the end of the site.
    let _ = std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
