//! The server: one loopback port, one thread, one small runtime.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, Method, Request, Response};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::Sleep;

use crate::config_files::config_files;
use crate::expected::{Expected, documents};
use crate::host::Host;
use crate::reply::{Manner, Reply};
use crate::routes::{Ask, Web};

/// How long a body that breaks off waits before it does.
const BEFORE_THE_CUT: Duration = Duration::from_millis(50);

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The host that was asked, without port.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// Whether the request carried a validator.
    pub conditional: bool,
    /// The user agent.
    pub user_agent: String,
}

/// The embedded web, served on a loopback port of the system's choice until it is stopped or dropped.
#[derive(Debug)]
pub struct DemoWeb {
    addr: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    web: Web,
    edition: AtomicU8,
    turn: AtomicU64,
    seen: Mutex<Vec<Seen>>,
}

impl DemoWeb {
    /// Starts the server with the first edition.
    ///
    /// # Errors
    /// When no port can be opened on the loopback address, or no thread started.
    pub fn start() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let state = Arc::new(State {
            web: Web::new(),
            edition: AtomicU8::new(1),
            turn: AtomicU64::new(0),
            seen: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("demo-web".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = serve(listener, served) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            addr,
            state,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the address that all names have to be resolved to.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Changes to another edition: 1, or 2 with one release corrected, one new, one gone, and other
    /// words in the menu.
    pub fn set_edition(&self, edition: u8) {
        self.state.edition.store(edition, Ordering::SeqCst);
    }

    /// Returns the requests answered so far, in their order.
    pub fn requests(&self) -> Vec<Seen> {
        self.state
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the documents of the present edition, copies included, sorted by address.
    pub fn expected(&self) -> Vec<Expected> {
        documents(&self.state.web, self.state.edition.load(Ordering::SeqCst))
    }

    /// Returns the files of a configuration folder for a crawl of this server: path below the folder,
    /// and content.
    pub fn config_files(&self) -> Vec<(&'static str, String)> {
        config_files(self.addr)
    }

    /// Stops the server; connections that are open are closed.
    pub fn stop(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only where the thread ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for DemoWeb {
    fn drop(&mut self) {
        self.shut_down();
    }
}

async fn serve(listener: std::net::TcpListener, state: Arc<State>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // Small answers go out at once, not when the other side has acknowledged the last one.
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&state)));
            // An error here is a client that went away, or a body that was cut on purpose.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<Sent>, Infallible> {
    let headers = request.headers();
    let name = header(headers, "host").unwrap_or_default();
    let reply = match (Host::of(name), request.method()) {
        (None, _) => Reply::new(421, "text/plain; charset=utf-8", "no such site here\n"),
        (Some(host), &Method::GET | &Method::HEAD) => state.web.answer(&Ask {
            host,
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            edition: state.edition.load(Ordering::SeqCst),
            turn: state.turn.fetch_add(1, Ordering::SeqCst),
        }),
        _ => Reply::new(405, "text/plain; charset=utf-8", "only GET and HEAD\n")
            .with("allow", "GET, HEAD"),
    };
    let reply = reply.unless_known(
        header(headers, "if-none-match"),
        header(headers, "if-modified-since"),
    );
    state
        .seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(seen(&request, name, reply.status));
    if let Manner::Slow(wait) = reply.manner {
        tokio::time::sleep(wait).await;
    }
    let zipped = reply.compress
        && header(headers, "accept-encoding").is_some_and(|codings| codings.contains("gzip"));
    Ok(response(reply, zipped, request.method() == Method::HEAD))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn seen(request: &Request<Incoming>, host: &str, status: u16) -> Seen {
    let headers = request.headers();
    Seen {
        host: host
            .rsplit_once(':')
            .map_or(host, |(name, _)| name)
            .to_owned(),
        path: request
            .uri()
            .path_and_query()
            .map_or_else(String::new, ToString::to_string),
        status,
        conditional: headers.contains_key("if-none-match")
            || headers.contains_key("if-modified-since"),
        user_agent: header(headers, "user-agent").unwrap_or_default().to_owned(),
    }
}

fn response(reply: Reply, zipped: bool, head_only: bool) -> Response<Sent> {
    let cut = reply.manner == Manner::Cut;
    let body = if zipped {
        gzip(&reply.body)
    } else {
        reply.body
    };
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    if reply.compress {
        builder = builder.header("vary", "accept-encoding");
    }
    if zipped {
        builder = builder.header("content-encoding", "gzip");
    }
    if reply.status != 304 {
        builder = builder.header("content-length", body.len());
    }
    let kept = if head_only {
        0
    } else if cut {
        body.len() / 2
    } else {
        body.len()
    };
    let sent = Sent {
        rest: Some(Bytes::from(body).slice(..kept)),
        cut: (cut && !head_only).then(|| Box::pin(tokio::time::sleep(BEFORE_THE_CUT))),
    };
    builder.body(sent).unwrap_or_else(|_| {
        Response::new(Sent {
            rest: None,
            cut: None,
        })
    })
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

/// A body that is sent whole, or breaks off with an error, upon which the connection is closed.
struct Sent {
    rest: Option<Bytes>,
    /// For a body that breaks off: when it does. What was sent before has to be on its way by then, since
    /// an error throws away what is still in the buffer.
    cut: Option<Pin<Box<Sleep>>>,
}

impl Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.rest.take().filter(|bytes| !bytes.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match &mut self.cut {
            None => Poll::Ready(None),
            Some(moment) => moment
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(io::Error::from(io::ErrorKind::BrokenPipe)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.cut.is_none() && self.rest.as_ref().is_none_or(Bytes::is_empty)
    }
}
