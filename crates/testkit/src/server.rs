//! The server: routes, a log of what was seen, and a thread of its own.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::{Act, Reply};

/// The first byte of a TLS handshake, which a plain server answers as nginx does.
const HANDSHAKE: u8 = 0x16;
const PLAIN_ONLY: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/// Heads longer than this are no requests of ours.
const MAX_HEAD: usize = 64 * 1024;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When its head was complete.
    pub at: Instant,
    /// When its answer was wholly sent or broken off; none while that goes on.
    pub ended: Option<Instant>,
    /// The number of the connection, counted from 0.
    pub connection: usize,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers in order.
    pub headers: Vec<(String, String)>,
    /// The head byte for byte, up to and with the empty line.
    pub head: Vec<u8>,
}

impl Seen {
    /// Returns the first value of the header `name`, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn read(head: &[u8], connection: usize) -> Self {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.split("\r\n");
        let mut start = lines
            .next()
            .unwrap_or_default()
            .split(' ')
            .map(str::to_owned);
        let mut part = || start.next().unwrap_or_default();
        let (method, path) = (part(), part());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        Self {
            at: Instant::now(),
            ended: None,
            connection,
            method,
            path,
            headers,
            head: head.to_vec(),
        }
    }
}

type Handler = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// The routes of a server. What has no route is a 404.
#[derive(Default)]
pub struct Site {
    routes: BTreeMap<String, Handler>,
    fallback: Option<Handler>,
}

impl Site {
    /// Answers `path` (with its query) with `reply`, always.
    pub fn on(&mut self, path: &str, reply: Reply) {
        self.on_fn(path, move |_| reply.clone());
    }

    /// Answers the first request for `path` with the first of `replies` and so on; the last one
    /// stays.
    pub fn on_each(&mut self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let next = AtomicUsize::new(0);
        self.on_fn(path, move |_| {
            let turn = next.fetch_add(1, Ordering::SeqCst);
            let reply = replies.get(turn).or_else(|| replies.last());
            reply.cloned().unwrap_or_else(|| Reply::status(404))
        });
    }

    /// Answers `path` with what `handler` makes of the request.
    pub fn on_fn(&mut self, path: &str, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.routes.insert(path.to_owned(), Box::new(handler));
    }

    /// Answers every path without a route with what `handler` makes of the request.
    pub fn on_other(&mut self, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.fallback = Some(Box::new(handler));
    }

    fn reply(&self, seen: &Seen) -> Reply {
        self.routes
            .get(&seen.path)
            .or(self.fallback.as_ref())
            .map_or_else(|| Reply::status(404), |handler| handler(seen))
    }
}

struct Shared {
    site: Site,
    log: Mutex<Vec<Seen>>,
}

impl Shared {
    fn log(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
        let mut site = Site::default();
        build(&mut site);
        Self::listen(site).expect("a loopback port is free")
    }

    fn listen(site: Site) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let addr = listener.local_addr()?;
        let log = Mutex::new(Vec::new());
        let shared = Arc::new(Shared { site, log });
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
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    for number in 0.. {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        // A peer that breaks the connection is what these tests are about.
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _ = serve(stream, number, &shared).await;
        });
    }
}

async fn serve(mut stream: TcpStream, number: usize, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(head) = read_head(&mut stream, &mut buffer).await? {
        let seen = Seen::read(&head, number);
        let reply = shared.site.reply(&seen);
        let place = {
            let mut log = shared.log();
            log.push(seen);
            log.len() - 1
        };
        let played = play(&mut stream, reply.acts()).await;
        shared.log()[place].ended = Some(Instant::now());
        if !played? {
            break;
        }
    }
    Ok(())
}

/// Reads up to the empty line; what lies behind it stays in `buffer`.
async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = buffer.split_off(at + 4);
            return Ok(Some(std::mem::replace(buffer, rest)));
        }
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await?;
        if count == 0 || buffer.len() > MAX_HEAD {
            return Ok(None);
        }
        buffer.extend_from_slice(&piece[..count]);
        if buffer[0] == HANDSHAKE {
            stream.write_all(PLAIN_ONLY).await?;
            return Ok(None);
        }
    }
}

/// Plays the script and returns whether the connection stays open.
async fn play(stream: &mut TcpStream, acts: Vec<Act>) -> io::Result<bool> {
    for act in acts {
        match act {
            Act::Send(bytes) => stream.write_all(&bytes).await?,
            Act::Pause(time) => tokio::time::sleep(time).await,
            Act::Forever(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Act::Hang => {
                // Ends when the client goes: it has nothing left to send.
                let mut rest = [0; 64];
                while stream.read(&mut rest).await? > 0 {}
                return Ok(false);
            }
            Act::Reset => {
                stream.set_zero_linger()?;
                return Ok(false);
            }
            Act::Close => {
                stream.shutdown().await?;
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

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
