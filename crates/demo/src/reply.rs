//! An answer before it goes over the wire.

use std::time::Duration;

use thresh_types::{Sha256Hash, Timestamp};

/// How the answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// At once and whole.
    Plain,
    /// After a while.
    Slow(Duration),
    /// With a length that is announced, half of the bytes, and then nothing more.
    Cut,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
    /// Whether the body may be sent compressed.
    pub(crate) compress: bool,
}

impl Reply {
    /// Returns an answer of the given status and media type.
    pub(crate) fn new(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", media.to_owned())],
            body: body.into(),
            manner: Manner::Plain,
            compress: false,
        }
    }

    /// Returns a page.
    pub(crate) fn page(html: String) -> Self {
        Self::new(200, "text/html; charset=utf-8", html)
    }

    /// Returns plain text.
    pub(crate) fn text(text: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "text/plain; charset=utf-8", text)
    }

    /// Returns a permanent redirect.
    pub(crate) fn moved(to: &str) -> Self {
        Self::new(301, "text/html; charset=utf-8", "<p>Moved permanently.</p>").with("location", to)
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the manner.
    pub(crate) fn sent(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// Allows the body to be sent compressed.
    pub(crate) fn compressible(mut self) -> Self {
        self.compress = true;
        self
    }

    /// Adds an entity tag made from the body.
    pub(crate) fn tagged(self) -> Self {
        let digest = Sha256Hash::of(&self.body).to_string();
        self.with("etag", format!("W/\"{}\"", &digest[..16]))
    }

    /// Adds the time of the last change: eight in the morning of `date`.
    pub(crate) fn modified(self, date: &str) -> Self {
        let time: Option<Timestamp> = format!("{date}T08:00:00Z").parse().ok();
        match time.map(std::time::SystemTime::from) {
            Some(time) => self.with("last-modified", httpdate::fmt_http_date(time)),
            None => self,
        }
    }

    /// Returns the value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the answer, or 304 if the validators of a conditional request still hold
    /// (RFC 9110 §13.2.2: If-None-Match goes first).
    pub(crate) fn unless_known(
        self,
        if_none_match: Option<&str>,
        if_modified_since: Option<&str>,
    ) -> Self {
        let known = match (
            if_none_match,
            self.header("etag"),
            if_modified_since,
            self.header("last-modified"),
        ) {
            (Some(tags), Some(own), _, _) => tags.split(',').any(|tag| tag.trim() == own),
            (None, _, Some(since), Some(own)) => not_later(own, since),
            _ => false,
        };
        if self.status != 200 || !known {
            return self;
        }
        let headers = self
            .headers
            .into_iter()
            .filter(|(name, _)| *name != "content-type")
            .collect();
        Self {
            status: 304,
            headers,
            body: Vec::new(),
            manner: Manner::Plain,
            compress: false,
        }
    }
}

fn not_later(own: &str, since: &str) -> bool {
    match (
        httpdate::parse_http_date(own),
        httpdate::parse_http_date(since),
    ) {
        (Ok(own), Ok(since)) => own <= since,
        _ => false,
    }
}
