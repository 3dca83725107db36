//! The block of a record while it is read.

use std::io::{self, Write};

use thresh_types::Body;

use super::read::Want;
use super::spool::Spool;

/// Largest block that is kept, in bytes: a guard against members that blow up, far above the body
/// limits of crawlers.
pub(super) const MAX_BLOCK: u64 = 1024 * 1024 * 1024;

/// A block on its way into memory or a file.
pub(super) struct Block {
    want: Want,
    spool: Spool,
    length: u64,
    /// The last bytes, at most four.
    tail: Vec<u8>,
}

impl Block {
    pub(super) fn new(want: Want) -> Self {
        Self {
            want,
            spool: Spool::default(),
            length: 0,
            tail: Vec::new(),
        }
    }

    /// Returns how many bytes there are.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Returns whether the last bytes, at most four, are these.
    pub(super) fn ends_with(&self, bytes: &[u8]) -> bool {
        self.tail.ends_with(bytes)
    }

    fn closing_lines(&self) -> u64 {
        [&b"\r\n\r\n"[..], b"\n\n"]
            .into_iter()
            .find(|lines| self.tail.ends_with(lines))
            .map_or(0, |lines| lines.len() as u64)
    }

    pub(super) fn ends_with_blank_lines(&self) -> bool {
        self.closing_lines() > 0
    }

    /// Takes the lines that close a record off the block's end.
    pub(super) fn trim_end(&mut self) {
        self.length -= self.closing_lines();
    }

    pub(super) fn into_body(self) -> Body {
        let length = self.length;
        match (self.want, self.spool.into_body()) {
            (Want::Skip, body) => body,
            (Want::Keep, Body::Spooled(file, _)) => Body::Spooled(file, length),
            (Want::Keep, Body::Memory(bytes)) if bytes.len() as u64 > length => {
                let length = usize::try_from(length).unwrap_or(bytes.len());
                Body::from(bytes[..length].to_vec())
            }
            (Want::Keep, body) => body,
        }
    }
}

impl Write for Block {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length + bytes.len() as u64 > MAX_BLOCK {
            return Err(io::Error::other("it is larger than is taken"));
        }
        if self.want == Want::Keep {
            self.spool.write_all(bytes)?;
        }
        self.length += bytes.len() as u64;
        self.tail
            .extend_from_slice(&bytes[bytes.len().saturating_sub(4)..]);
        self.tail.drain(..self.tail.len().saturating_sub(4));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the head with another `Content-Length`.
pub(super) fn with_length(head: &[u8], length: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len() + 8);
    for line in head.split_inclusive(|&b| b == b'\n') {
        let name = line.split(|&b| b == b':').next().unwrap_or_default();
        if name.trim_ascii().eq_ignore_ascii_case(b"content-length") {
            out.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes());
        } else {
            out.extend_from_slice(line);
        }
    }
    out
}
