//! Answers on the wire: the first byte says how the server sends (`h`: then nothing more, `d`: byte
//! by byte) or that the answer is that to robots.txt too (`r`); the rest is sent as it is.
//!
//! The real [`Fetcher`] asks a server on loopback. Each input gets an address of its own within
//! 127.0.0.0/8, so that what one did to an origin's pace does not touch the next.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use thresh_fetcher::{ByteSize, Fetcher, HumanDuration, Options, Settings};
use thresh_types::{Exchange, FetchOutcome, FetchTask, SiteId, TaskKind, Validators};

use super::{Target, ensure};
use crate::rng::Rng;
use crate::signature::Signature;

/// The time that an exchange may take.
const TOTAL: Duration = Duration::from_millis(400);

/// What may come on top of it on a machine that is busy with other things.
const SLACK: Duration = Duration::from_secs(20);

const MAX_BODY: u64 = 4096;

/// After so many inputs the fetcher is started anew, since it remembers every origin.
const RENEW: u32 = 500;

/// The site whose robots.txt is not asked for, and the one to which the input is that as well.
const BOLD: &str = "bold";
const OBEDIENT: &str = "obedient";

pub(crate) struct Wire {
    served: Arc<Mutex<Vec<u8>>>,
    port: u16,
    fetcher: Fetcher,
    asked: u32,
    ended: bool,
}

impl Wire {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("0.0.0.0", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let served = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&served);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                thread::spawn(move || serve(stream, &answer));
            }
        });
        Self {
            served,
            port,
            fetcher: fetcher(),
            asked: 0,
            ended: false,
        }
    }

    /// Gives the next input an origin of its own.
    fn next_origin(&mut self) -> String {
        self.asked += 1;
        if self.asked.is_multiple_of(RENEW) || self.ended {
            std::mem::replace(&mut self.fetcher, fetcher()).stop();
            self.ended = false;
        }
        let host = Ipv4Addr::from(0x7f00_0001 + self.asked % 0x00ff_0000);
        format!("http://{host}:{}", self.port)
    }

    fn fetch(&mut self, url: &str, site_name: &str) -> Result<FetchOutcome, String> {
        let id = i64::from(self.asked);
        self.fetcher.submit(FetchTask {
            id,
            site: site(site_name),
            url: url.parse().expect("an address"),
            kind: TaskKind::Page,
            validators: Validators::default(),
        });
        let begun = Instant::now();
        let Some(report) = self.fetcher.recv_timeout(2 * TOTAL + SLACK) else {
            self.ended = true;
            return Err(format!("no report: after {:?}", begun.elapsed()));
        };
        ensure(report.task.id == id, "another report", || {
            format!("{:?}", report.task)
        })?;
        Ok(report.outcome)
    }
}

impl Target for Wire {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        *self.served.lock().unwrap_or_else(PoisonError::into_inner) = input.to_vec();
        let is_robots = input.first() == Some(&b'r');
        let site_name = if is_robots { OBEDIENT } else { BOLD };
        let origin = self.next_origin();
        let outcome = self.fetch(&format!("{origin}/page?x=1"), site_name)?;
        let signature = check(&outcome)?;
        // What the first answer left behind goes into the second request.
        let has_cookie = input.windows(6).any(|w| w.eq_ignore_ascii_case(b"cookie"));
        if has_cookie && matches!(outcome, FetchOutcome::Answered(_)) {
            check(&self.fetch(&format!("{origin}/other"), site_name)?)?;
        }
        Ok(signature.flag(is_robots))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.0 404 Not Found\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\n\r\n",
            b"HTTP/1.1 304 Not Modified\r\n",
            b"HTTP/1.1 302 Found\r\n",
            b"HTTP/1.1 503 Busy\r\nRetry-After: ",
            b"HTTP/1.1 204 No\r\n",
            b"HTTP/1.1 101 Switching\r\n",
            b"HTTP/2.0 200\r\n",
            b"ICY 200 OK\r\n",
            b"\r\n\r\n",
            b"\n\n",
            b"\r\n",
            b"Content-Length: 5\r\n",
            b"Content-Length: 18446744073709551615\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"5\r\nhello\r\n0\r\n\r\n",
            b"ffffffffffffffff\r\n",
            b"0\r\nX: y\r\n\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Connection: close\r\n",
            b"Connection: upgrade\r\n",
            b"Location: /next\r\n",
            b"Location: http://[bad\r\n",
            b"Location: file:///x\r\n",
            b"Retry-After: 18446744073709551615\r\n",
            b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
            b"Set-Cookie: a=b; Path=/\r\n",
            b"Set-Cookie: __Host-a=\"b\"; Secure\r\n",
            b"User-agent: *\nDisallow: /\n",
            b"Set-Cookie: a=b; Max-Age=99999999999999999999\r\n",
            b" folded\r\n",
            b"X-Y : z\r\n",
            b"\xff: \xfe\r\n",
            b":\r\n",
            b"\0",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let mut input = vec![b"ccccccccrrrrhd"[rng.below(14)]];
        let status = [200, 200, 301, 304, 404, 429, 500, 503, 999, 100][rng.below(10)];
        input.extend_from_slice(format!("HTTP/1.1 {status} X\r\n").as_bytes());
        for _ in 0..rng.below(4) {
            let line = rng.pick(&self.dictionary()[14..]);
            input.extend_from_slice(line);
        }
        input.extend_from_slice(b"\r\nhello");
        Some(input)
    }

    fn max_len(&self) -> usize {
        1024
    }

    fn short_pass(&self) -> usize {
        40
    }

    fn patience(&self) -> Duration {
        3 * TOTAL + Duration::from_secs(3)
    }
}

fn site(name: &str) -> SiteId {
    name.parse().expect("a literal")
}

fn fetcher() -> Fetcher {
    let settings = Settings {
        delay: HumanDuration::from_secs(0),
        connect_timeout: HumanDuration::from_secs(5),
        total_timeout: HumanDuration(TOTAL),
        max_body: ByteSize(MAX_BODY),
        respect_robots: false,
        allow_addresses: vec!["127.0.0.0/8".parse().expect("a literal")],
        ..Settings::default()
    };
    let obedient = Settings {
        respect_robots: true,
        ..settings.clone()
    };
    let options = Options {
        sites: BTreeMap::from([(site(BOLD), settings), (site(OBEDIENT), obedient)]),
        follows_a_run: false,
        known_robots: BTreeMap::new(),
        user_agent: "thresh/0.1 (+mailto:curator@partner.example)".to_owned(),
        clock: Arc::new(|| "2026-01-01T00:00:00Z".parse().expect("a literal")),
    };
    Fetcher::start(options).expect("threads can be started")
}

/// Sends an answer: at once, byte by byte (`d`), or at once and then nothing more (`h`).
fn serve(mut stream: TcpStream, answer: &[u8]) {
    let mut head = [0; 2048];
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let _ = stream.read(&mut head);
    let Some((how, bytes)) = answer.split_first() else {
        return;
    };
    // The client may go whenever it likes.
    if *how == b'd' {
        let _ = stream.set_nodelay(true);
        let _ = bytes.iter().try_for_each(|byte| stream.write_all(&[*byte]));
    } else {
        let _ = stream.write_all(bytes);
    }
    if *how == b'h' {
        while stream.read(&mut head).is_ok_and(|count| count > 0) {}
    }
}

fn check(outcome: &FetchOutcome) -> Result<Signature, String> {
    let signature = Signature::new();
    match outcome {
        FetchOutcome::Answered(exchange) => Ok(exchanged(signature.name("answered"), exchange)?),
        FetchOutcome::NotModified(_) => Err("a 304 that nobody asked for: taken".to_owned()),
        FetchOutcome::Redirected(exchange, target) => {
            let hosts = target.as_url().has_host();
            ensure(hosts, "redirect", || target.to_string())?;
            exchanged(signature.name("redirected"), exchange)
        }
        FetchOutcome::Refused {
            reason,
            detail,
            exchange,
        } => {
            ensure(!detail.is_empty() && detail.len() < 4096, "detail", || {
                detail.clone()
            })?;
            let signature = signature.name(reason.as_str()).message(detail);
            exchange
                .as_ref()
                .map_or(Ok(signature), |e| exchanged(signature, e))
        }
        FetchOutcome::Deferred {
            reason,
            detail,
            exchange,
            ..
        } => {
            ensure(!detail.is_empty() && detail.len() < 4096, "detail", || {
                detail.clone()
            })?;
            let signature = signature.name(reason.as_str()).message(detail);
            exchange
                .as_ref()
                .map_or(Ok(signature), |e| exchanged(signature, e))
        }
    }
}

fn exchanged(signature: Signature, exchange: &Exchange) -> Result<Signature, String> {
    let length = exchange.body.len();
    ensure(length <= MAX_BODY, "long body", || length.to_string())?;
    ensure((100..1000).contains(&exchange.status), "status", || {
        exchange.status.to_string()
    })?;
    let headers = exchange.response.headers().count();
    ensure(headers <= 257, "many headers", || headers.to_string())?;
    let told = exchange.response.header("content-length");
    let told: Option<u64> = told.and_then(|t| t.parse().ok());
    let has_body = !matches!(exchange.status, 100..=199 | 204 | 304);
    let chunked = exchange.response.header("transfer-encoding").is_some();
    let is_whole = exchange.truncated.is_none() && has_body && !chunked;
    ensure(
        !is_whole || told.is_none_or(|told| told == length),
        "wrong length",
        || format!("{told:?} {length}"),
    )?;
    Ok(signature
        .count(usize::from(exchange.status) / 100)
        .count(length as usize)
        .count(headers)
        .name(&format!("{:?}", exchange.truncated)))
}
