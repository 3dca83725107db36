//! What the server does with one request: a script of acts.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::Coding;

/// One act of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes, which many replies share.
    Shared(Arc<[u8]>),
    /// Waits.
    Pause(Duration),
    /// Sends these bytes again and again until the client goes.
    Forever(Vec<u8>),
    /// Sends these bytes again and again, each time after a pause, until the client goes.
    Drip(Vec<u8>, Duration),
    /// Says nothing more until the client goes.
    Hang,
    /// Breaks the connection with a TCP reset.
    Reset,
    /// Closes the connection in order.
    Close,
}

/// A reply as a script. Well-formed ones keep the connection open for the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    status: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    before: Vec<Act>,
    script: Option<Vec<Act>>,
}

impl Reply {
    /// Returns an empty answer with the status `code`.
    pub fn status(code: u16) -> Self {
        Self {
            status: format!("{code} {}", reason(code)),
            headers: Vec::new(),
            body: Vec::new(),
            before: Vec::new(),
            script: None,
        }
    }

    /// Returns a 200 with `body` as HTML.
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .body(body)
    }

    /// Returns a 200 with `body` as plain text.
    pub fn text(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200)
            .header("Content-Type", "text/plain; charset=utf-8")
            .body(body)
    }

    /// Returns a redirect with status `code` to `location`.
    pub fn redirect(code: u16, location: &str) -> Self {
        Self::status(code).header("Location", location)
    }

    /// Returns exactly these bytes, after which the connection closes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::script([Act::Send(bytes.into()), Act::Close])
    }

    /// Returns a reply that does exactly `acts`.
    pub fn script(acts: impl IntoIterator<Item = Act>) -> Self {
        let script = Some(acts.into_iter().collect());
        Self {
            script,
            ..Self::status(200)
        }
    }

    /// Returns a reply that never comes.
    pub fn hang() -> Self {
        Self::script([Act::Hang])
    }

    /// Returns a TCP reset instead of an answer.
    pub fn reset() -> Self {
        Self::script([Act::Reset])
    }

    /// Returns bytes that are no HTTP.
    pub fn garbage() -> Self {
        Self::raw(*b"\x16\x03\x01 220 smtp.example ready\r\n\r\n")
    }

    /// Returns a head that announces `announced` bytes, then sends only `body` and closes.
    pub fn short(body: &[u8], announced: usize) -> Self {
        let mut bytes = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {announced}\r\n\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        Self::raw(bytes)
    }

    /// Returns a body of `line`s without end.
    pub fn endless(media_type: &str, line: &str) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n");
        Self::script([
            Act::Send(head.into_bytes()),
            Act::Forever(line.repeat(64).into_bytes()),
        ])
    }

    /// Returns `body` in pieces of `size` bytes, each after a pause of `every`.
    pub fn drip(body: &[u8], size: usize, every: Duration) -> Self {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let pieces = body
            .chunks(size.max(1))
            .flat_map(|piece| [Act::Pause(every), Act::Send(piece.to_vec())]);
        Self::script(std::iter::once(Act::Send(head.into_bytes())).chain(pieces))
    }

    /// Returns a gzip body of few bytes that unpacks to `size` bytes.
    pub fn gzip_bomb(size: usize) -> Self {
        Self::html(vec![b'a'; size]).gzip()
    }

    /// Returns HTML in `chunks` of the chunked coding; the last chunk is followed by `end`, which is
    /// `0\r\n\r\n` where all is well. The connection closes.
    pub fn chunked(chunks: &[&[u8]], end: &[u8]) -> Self {
        let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
            Transfer-Encoding: chunked\r\n\r\n"
            .to_vec();
        for chunk in chunks {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(end);
        Self::raw(bytes)
    }

    /// Returns HTML of unknown length of which a line comes every now and then, for ever.
    pub fn drip_forever(line: &str, every: Duration) -> Self {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
        Self::script([
            Act::Send(head.to_vec()),
            Act::Drip(line.as_bytes().to_vec(), every),
        ])
    }

    /// Returns an answer with `headers` (each line ended) whose body is `body`, shared by all that
    /// ask.
    pub fn shared(headers: &str, body: &Arc<[u8]>) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n");
        Self::script([Act::Send(head.into_bytes()), Act::Shared(Arc::clone(body))])
    }

    /// Returns an answer whose head holds `count` headers of `length` bytes each.
    pub fn huge_head(count: usize, length: usize) -> Self {
        (0..count).fold(Self::html("<p>huge head"), |reply, number| {
            reply.header(&format!("X-Filler-{number}"), &"x".repeat(length))
        })
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Asks to come back when `wait` has passed, by a date, which counts in whole seconds
    /// (RFC 9110 §10.2.3).
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the crawler that is tested compares the date with its own clock"
    )]
    pub fn retry_at(self, wait: Duration) -> Self {
        let date = httpdate::fmt_http_date(SystemTime::now() + wait);
        self.header("Retry-After", &date)
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Waits before the answer begins.
    #[must_use]
    pub fn delayed(mut self, pause: Duration) -> Self {
        self.before.push(Act::Pause(pause));
        self
    }

    /// Packs the body with gzip and says so.
    #[must_use]
    pub fn gzip(self) -> Self {
        self.packed(&[Coding::Gzip])
    }

    /// Packs the body with `codings`, the first one innermost, and says so.
    #[must_use]
    pub fn packed(mut self, codings: &[Coding]) -> Self {
        for coding in codings {
            self.body = coding.pack(&self.body);
        }
        let names: Vec<&str> = codings.iter().map(|coding| coding.name()).collect();
        self.header("Content-Encoding", &names.join(", "))
    }

    /// Returns the acts that make up the reply.
    pub fn acts(&self) -> Vec<Act> {
        let mut acts = self.before.clone();
        match &self.script {
            Some(script) => acts.extend(script.iter().cloned()),
            None => acts.push(Act::Send(self.message())),
        }
        acts
    }

    fn message(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.status.starts_with("304") {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend_from_slice(&self.body);
        message
    }
}

const fn reason(code: u16) -> &'static str {
    match code {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_reply_is_one_well_formed_message() {
        let acts = Reply::text("hi").header("X-A", "1").acts();
        let Act::Send(bytes) = &acts[0] else {
            panic!("{acts:?}")
        };
        let text = String::from_utf8_lossy(bytes);
        assert!(text.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain"));
        assert!(
            text.ends_with("X-A: 1\r\nContent-Length: 2\r\n\r\nhi"),
            "{text}"
        );
    }

    #[test]
    fn a_bomb_is_small_on_the_wire() {
        let Act::Send(bytes) = &Reply::gzip_bomb(1 << 20).acts()[0] else {
            panic!("one message")
        };
        assert!(bytes.len() < 4096, "{}", bytes.len());
    }
}
