//! What other writers do wrong, and what a reader makes of it.

use std::fmt;

/// A fault of a record that was read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// `Content-Length` is not the length of the block; the compressed member tells the true one.
    WrongLength,
    /// The lines that close the record are missing.
    NotClosed,
    /// The block does not have the digest that the record names.
    BlockDigest,
    /// The payload does not have the digest that the record names.
    PayloadDigest,
    /// There is no `WARC-Date`.
    NoDate,
    /// `WARC-Date` is no time of ISO 8601 with its zone.
    BadDate,
    /// There is no `WARC-Record-ID`.
    NoRecordId,
    /// A `response` of a web address holds no HTTP message: it is kept, and is no capture.
    NoHttpHead,
    /// The record is the first of several segments, and only this one is read.
    Segmented,
    /// A record that other segments continue: it is kept, and is no capture.
    Continuation,
}

impl Oddity {
    /// Returns what is wrong and what was made of it, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongLength => {
                "wrong Content-Length (the whole member was taken, and the length mended)"
            }
            Self::NotClosed => "no blank lines after the record",
            Self::BlockDigest => "wrong WARC-Block-Digest (imported all the same)",
            Self::PayloadDigest => "wrong WARC-Payload-Digest (imported all the same)",
            Self::NoDate => "no WARC-Date (the time stays unknown)",
            Self::BadDate => "a WARC-Date that is not as the standard asks (read where it can be)",
            Self::NoRecordId => "no WARC-Record-ID (one was given)",
            Self::NoHttpHead => "a response without an HTTP head (kept, no capture)",
            Self::Segmented => {
                "a segmented record (its first segment alone is a capture, truncated)"
            }
            Self::Continuation => "a continuation of a segmented record (kept, not joined)",
        }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
