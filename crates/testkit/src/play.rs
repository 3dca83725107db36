//! One connection: heads are read, logged and answered by playing scripts.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Act, Seen, Site};

/// The first byte of a TLS handshake, which a plain server answers as nginx does.
const HANDSHAKE: u8 = 0x16;
const PLAIN_ONLY: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/// Heads longer than this are no requests of ours.
const MAX_HEAD: usize = 64 * 1024;

/// What a listener's connections share.
pub(crate) struct Shared {
    site: Site,
    log: Mutex<Vec<Seen>>,
    accepted: AtomicUsize,
}

impl Shared {
    pub(crate) fn new(site: Site) -> Arc<Self> {
        Arc::new(Self {
            site,
            log: Mutex::new(Vec::new()),
            accepted: AtomicUsize::new(0),
        })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

pub(crate) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let number = shared.accepted.fetch_add(1, Ordering::SeqCst);
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
        let mut player = Player {
            stream: &mut stream,
            sent: 0,
            sending: None,
        };
        let played = player.play(reply.acts()).await;
        let (sent, sending) = (player.sent, player.sending);
        let mut log = shared.log();
        let seen = &mut log[place];
        seen.ended = Some(Instant::now());
        (seen.sent, seen.sending) = (sent, sending);
        seen.whole = matches!(played, Ok(After::Open | After::Closed));
        drop(log);
        if !matches!(played?, After::Open) {
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

/// What a script left behind.
enum After {
    /// The connection waits for the next request.
    Open,
    /// The server closed or reset it.
    Closed,
    /// The client went.
    Left,
}

struct Player<'a> {
    stream: &'a mut TcpStream,
    sent: u64,
    sending: Option<Instant>,
}

impl Player<'_> {
    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sending = Some(Instant::now());
        self.stream.write_all(bytes).await?;
        self.sent += bytes.len() as u64;
        Ok(())
    }

    async fn play(&mut self, acts: Vec<Act>) -> io::Result<After> {
        for act in acts {
            match act {
                Act::Send(bytes) => self.send(&bytes).await?,
                Act::Shared(bytes) => self.send(&bytes).await?,
                Act::Pause(time) => tokio::time::sleep(time).await,
                Act::Forever(bytes) => loop {
                    self.send(&bytes).await?;
                },
                Act::Drip(bytes, every) => loop {
                    tokio::time::sleep(every).await;
                    self.send(&bytes).await?;
                },
                Act::Hang => {
                    // Ends when the client goes: it has nothing left to send.
                    let mut rest = [0; 64];
                    while self.stream.read(&mut rest).await? > 0 {}
                    return Ok(After::Left);
                }
                Act::Reset => {
                    self.stream.set_zero_linger()?;
                    return Ok(After::Closed);
                }
                Act::Close => {
                    self.stream.shutdown().await?;
                    return Ok(After::Closed);
                }
            }
        }
        Ok(After::Open)
    }
}
