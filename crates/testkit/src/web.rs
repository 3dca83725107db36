//! A web of many origins: one port each, so that the log of each says what its owner would see.
//!
//! One listener that answers by `Host` would need names and could not tell whose connection is whose.
//! Ports are origins of their own to every rule of pace and robots, and connections are counted where
//! they arrive, requests or none.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::play::{Shared, accept};
use crate::{Seen, Site};

/// Threads that serve all origins.
const THREADS: usize = 2;

/// Many origins on loopback; they stop when it is dropped.
pub struct Web {
    origins: Vec<(SocketAddr, Arc<Shared>)>,
    runtime: Option<Runtime>,
}

impl Web {
    /// Starts `count` origins. `build` lays the routes of one, given its number and the addresses of
    /// all.
    ///
    /// # Panics
    /// When ports or threads cannot be had: a test cannot go on without its web.
    pub fn start(count: usize, mut build: impl FnMut(usize, &[SocketAddr], &mut Site)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .expect("threads can be started");
        let listeners: Vec<TcpListener> = (0..count)
            .map(|_| runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))))
            .collect::<Result<_, _>>()
            .expect("loopback ports are free");
        let addrs: Vec<SocketAddr> = listeners
            .iter()
            .map(TcpListener::local_addr)
            .collect::<Result<_, _>>()
            .expect("a bound listener has an address");
        let mut origins = Vec::new();
        for (number, listener) in listeners.into_iter().enumerate() {
            let mut site = Site::default();
            build(number, &addrs, &mut site);
            let shared = Shared::new(site);
            runtime.spawn(accept(listener, Arc::clone(&shared)));
            origins.push((addrs[number], shared));
        }
        Self {
            origins,
            runtime: Some(runtime),
        }
    }

    /// Returns how many origins there are.
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// Returns where the origin `number` listens.
    pub fn addr(&self, number: usize) -> SocketAddr {
        self.origins[number].0
    }

    /// Returns the address of `path` at the origin `number`.
    pub fn url(&self, number: usize, path: &str) -> String {
        format!("http://{}{path}", self.addr(number))
    }

    /// Returns what the origin `number` was asked so far, in the order of arrival.
    pub fn seen(&self, number: usize) -> Vec<Seen> {
        self.origins[number].1.log().clone()
    }

    /// Returns the paths that the origin `number` was asked for so far.
    pub fn paths(&self, number: usize) -> Vec<String> {
        self.seen(number)
            .into_iter()
            .map(|seen| seen.path)
            .collect()
    }

    /// Returns how many connections were made to the origin `number`.
    pub fn connections(&self, number: usize) -> usize {
        self.origins[number].1.accepted()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Returns for each request but the first how long its origin was left alone before it: since the
/// answer before was over, or since its start where the client broke it off.
pub fn gaps(seen: &[Seen]) -> Vec<Duration> {
    seen.windows(2)
        .map(|two| two[1].at.saturating_duration_since(two[0].busy_until()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;
    use crate::{Act, Reply};

    fn ask(stream: &mut TcpStream, path: &str) -> Vec<u8> {
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
            .unwrap();
        let mut answer = [0; 4096];
        let count = stream.read(&mut answer).unwrap();
        answer[..count].to_vec()
    }

    #[test]
    fn every_origin_has_routes_and_a_log_of_its_own() {
        let web = Web::start(3, |number, addrs, site| {
            let next = addrs[(number + 1) % addrs.len()];
            site.on("/", Reply::redirect(302, &format!("http://{next}/")));
        });
        for number in 0..3 {
            let mut stream = TcpStream::connect(web.addr(number)).unwrap();
            let answer = String::from_utf8(ask(&mut stream, "/")).unwrap();
            assert!(answer.contains(&web.url((number + 1) % 3, "/")), "{answer}");
            assert_eq!((web.paths(number).len(), web.connections(number)), (1, 1));
        }
    }

    #[test]
    fn a_gap_counts_from_the_end_of_the_answer() {
        let pause = Duration::from_millis(50);
        let web = Web::start(1, |_, _, site| {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".to_vec();
            let acts = [
                Act::Send(head),
                Act::Pause(pause),
                Act::Send(b"ok".to_vec()),
            ];
            site.on("/slow", Reply::script(acts));
        });
        let mut stream = TcpStream::connect(web.addr(0)).unwrap();
        ask(&mut stream, "/slow");
        stream.read_exact(&mut [0; 2]).unwrap();
        ask(&mut stream, "/next");
        let seen = web.seen(0);
        assert!(seen[0].whole && seen[1].at - seen[0].at >= pause);
        assert_eq!(gaps(&seen), [seen[1].at - seen[0].sending.unwrap()]);
    }
}
