//! One reader for each coding.

use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

use crate::coding::Coding;
use crate::wire::Wire;

/// Largest window of zstd, as a power of two: 8 MiB (RFC 9659 §3).
const ZSTD_WINDOW_LOG: u32 = 23;

/// Bytes that must look like text before a coding without a magic number counts as undone. Sixteen
/// random bytes do so once in ten million.
const TEXT_SAMPLE: usize = 16;

/// Returns a reader of what `wire` is once `coding` is undone.
pub(crate) fn open<'a>(coding: Coding, mut wire: Wire<'a>) -> io::Result<Box<dyn Read + 'a>> {
    let head = wire.peek()?;
    if head.is_empty() || is_undone(coding, head) {
        return Ok(Box::new(wire));
    }
    Ok(match coding {
        Coding::Gzip => Box::new(Members::new(Format::Gzip, wire)),
        Coding::Zstd => Box::new(Members::new(Format::Zstd, wire)),
        Coding::Deflate => {
            let zlib = is_zlib(head);
            Box::new(Inflate::new(wire, zlib))
        }
        Coding::Brotli if is_large_window(head) => return Err(invalid()),
        Coding::Brotli => Box::new(brotli::Decompressor::new(wire, 4096)),
    })
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Returns whether the coding is declared and was undone before.
fn is_undone(coding: Coding, head: &[u8]) -> bool {
    let (is_coded, enough) = match coding {
        Coding::Gzip => (Format::Gzip.begins(head), 1),
        Coding::Zstd => (Format::Zstd.begins(head), 1),
        Coding::Deflate | Coding::Brotli => (false, TEXT_SAMPLE),
    };
    !is_coded && head.len() >= enough && looks_like_text(head)
}

fn looks_like_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut where the sample ends.
        Err(e) => e.error_len().is_none() && e.valid_up_to() > 0,
    };
    whole
        && !head
            .iter()
            .any(|b| b.is_ascii_control() && !b.is_ascii_whitespace())
}

/// Returns whether a zlib header stands here (RFC 1950 §2.2) rather than raw deflate, which many
/// servers send under the same name.
fn is_zlib(head: &[u8]) -> bool {
    match head {
        [method, flags, ..] => {
            let checked = u16::from_be_bytes([*method, *flags]).is_multiple_of(31);
            method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0 && checked
        }
        _ => head == [0x78],
    }
}

/// Returns whether the stream asks for "large window brotli", up to 1 GiB, which is no part of the
/// content coding (RFC 7932 §9.1 forbids this bit pattern).
fn is_large_window(head: &[u8]) -> bool {
    head.first().is_some_and(|first| first & 0x7f == 0x11)
}

/// A format whose streams may follow each other.
#[derive(Debug, Clone, Copy)]
enum Format {
    Gzip,
    Zstd,
}

impl Format {
    /// Returns whether `head` is the start of a member, be it cut short.
    fn begins(self, head: &[u8]) -> bool {
        match self {
            Self::Gzip => starts_alike(head, &[0x1f, 0x8b]),
            Self::Zstd => starts_alike(head, &[0x28, 0xb5, 0x2f, 0xfd]) || is_skippable(head),
        }
    }

    fn open(self, wire: Wire<'_>) -> io::Result<Member<'_>> {
        Ok(match self {
            Self::Gzip => Member::Gzip(Box::new(flate2::bufread::GzDecoder::new(wire))),
            Self::Zstd => {
                let mut frame = zstd::Decoder::with_buffer(wire)?.single_frame();
                frame.window_log_max(ZSTD_WINDOW_LOG)?;
                Member::Zstd(frame)
            }
        })
    }
}

fn starts_alike(head: &[u8], magic: &[u8]) -> bool {
    let length = head.len().min(magic.len());
    length > 0 && head[..length] == magic[..length]
}

/// Returns whether a skippable frame of zstd stands here (RFC 8878 §3.1.2).
fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [first, 0x2a, 0x4d, 0x18, ..] if first >> 4 == 5)
}

enum Member<'a> {
    Gzip(Box<flate2::bufread::GzDecoder<Wire<'a>>>),
    Zstd(zstd::Decoder<'static, Wire<'a>>),
}

impl<'a> Member<'a> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(member) => member.read(buf),
            Self::Zstd(member) => member.read(buf),
        }
    }

    fn into_wire(self) -> Wire<'a> {
        match self {
            Self::Gzip(member) => member.into_inner(),
            Self::Zstd(member) => member.finish(),
        }
    }
}

enum State<'a> {
    Between(Wire<'a>),
    Within(Member<'a>),
    Done,
}

/// Reads members one after another, up to the end or to what is no member.
struct Members<'a> {
    format: Format,
    state: State<'a>,
    first: bool,
}

impl<'a> Members<'a> {
    fn new(format: Format, wire: Wire<'a>) -> Self {
        Self {
            format,
            state: State::Between(wire),
            first: true,
        }
    }

    fn next_state(&mut self, mut wire: Wire<'a>) -> io::Result<State<'a>> {
        let first = std::mem::replace(&mut self.first, false);
        let begins = self.format.begins(wire.peek()?);
        match (begins, first) {
            (true, _) => self.format.open(wire).map(State::Within),
            (false, true) => Err(invalid()),
            // Bytes after the last member, often zeros up to the end of a block, mean nothing.
            (false, false) => Ok(State::Done),
        }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            self.state = match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Ok(0),
                State::Between(wire) => self.next_state(wire)?,
                State::Within(mut member) => match member.read(buf)? {
                    0 => State::Between(member.into_wire()),
                    n => {
                        self.state = State::Within(member);
                        return Ok(n);
                    }
                },
            };
        }
    }
}

/// Reads zlib or raw deflate. Unlike the readers of `flate2` it tells a stream that was cut from
/// one that ended.
struct Inflate<'a> {
    wire: Wire<'a>,
    engine: Decompress,
    done: bool,
}

impl<'a> Inflate<'a> {
    fn new(wire: Wire<'a>, zlib: bool) -> Self {
        Self {
            wire,
            engine: Decompress::new(zlib),
            done: false,
        }
    }

    /// Returns how many bytes went in and came out, and whether the input had ended.
    fn step(&mut self, buf: &mut [u8]) -> io::Result<(usize, usize, bool)> {
        let input = self.wire.fill_buf()?;
        let at_end = input.is_empty();
        let (taken, given) = (self.engine.total_in(), self.engine.total_out());
        let status = self.engine.decompress(input, buf, FlushDecompress::None)?;
        self.done = status == Status::StreamEnd;
        let taken = (self.engine.total_in() - taken) as usize;
        self.wire.consume(taken);
        Ok((taken, (self.engine.total_out() - given) as usize, at_end))
    }
}

impl Read for Inflate<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while !self.done {
            match self.step(buf)? {
                (_, given, _) if given > 0 => return Ok(given),
                _ if self.done => {}
                (_, _, true) => return Err(io::ErrorKind::UnexpectedEof.into()),
                (0, _, false) => return Err(invalid()),
                _ => {}
            }
        }
        Ok(0)
    }
}
