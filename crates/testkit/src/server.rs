//! One server of one origin, with a thread of its own.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::play::{Shared, accept};
use crate::{Seen, Site};

/// A server on loopback with a thread of its own; it stops when it is dropped.
pub struct Server {
    addr: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1 whose routes `build` lays.
    ///
    /// # Panics
    /// When no port can be had: a test cannot go on without its server.
    pub fn start(build: impl FnOnce(&mut Site)) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), build).expect("a loopback port is free")
    }

    /// Starts a server on a free port of `ip`.
    ///
    /// # Errors
    /// When the machine has no such address: `::1` and 127.0.0.2 are not everywhere.
    pub fn start_at(ip: IpAddr, build: impl FnOnce(&mut Site)) -> io::Result<Self> {
        let mut site = Site::default();
        build(&mut site);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind((ip, 0)))?;
        let addr = listener.local_addr()?;
        let shared = Shared::new(site);
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            addr,
            shared,
            runtime: Some(runtime),
        })
    }

    /// Returns the address that is listened on.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the address of `path` (with a leading slash) as text.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Returns every request so far, in the order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.log().clone()
    }

    /// Returns the paths of every request so far, in the order of arrival.
    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }

    /// Returns how many connections were made so far, requests or none.
    pub fn connections(&self) -> usize {
        self.shared.accepted()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;
    use crate::Reply;

    fn ask(server: &Server, request: &str) -> String {
        let mut stream = std::net::TcpStream::connect(server.addr()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn sequences_keep_their_last_reply_and_are_logged() {
        let server = Server::start(|site| {
            site.on_each("/a", [Reply::status(503), Reply::text("fine")]);
        });
        let twice = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: y\r\n\r\n";
        let answer = ask(&server, twice);
        assert!(
            answer.starts_with("HTTP/1.1 503") && answer.ends_with("fine"),
            "{answer}"
        );
        assert!(ask(&server, "GET /nowhere HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
        let seen = server.seen();
        assert_eq!(server.paths(), ["/a", "/a", "/nowhere"]);
        assert_eq!((seen[0].connection, seen[2].connection), (0, 1));
        assert_eq!(seen[1].header("host"), Some("y"));
    }

    #[test]
    fn a_reset_gives_no_answer() {
        let server = Server::start(|site| site.on("/", Reply::reset()));
        assert_eq!(ask(&server, "GET / HTTP/1.1\r\n\r\n"), "");
    }
}
