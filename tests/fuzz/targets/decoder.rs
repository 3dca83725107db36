//! Content codings: the first line is `Content-Encoding`, the rest is the coded body.

use std::io::{self, Read, Write};

use thresh_codec::{CodecError, Decoded, decode, decode_reader};

use super::{Target, ensure, first_line};
use crate::engine::peak;
use crate::rng::Rng;
use crate::signature::Signature;

const CAP: u64 = 64 << 10;
const LARGER: u64 = 4 << 20;

/// Memory that the program may take in all: five windows of 8 MiB, two outputs, the corpus.
const MAX_PEAK: u64 = 512 << 20;

const CODINGS: &[&str] = &["gzip", "deflate", "br", "zstd"];

pub(crate) struct Decoder;

impl Target for Decoder {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let (list, wire) = first_line(input);
        let codings = vec![list.clone()];
        let read = decode(&codings, wire, CAP);
        ensure(peak().is_none_or(|peak| peak <= MAX_PEAK), "memory", || {
            list.clone()
        })?;
        let named = names(&list);
        let decoded = match read {
            Err(error) => return refused(&error, &named),
            Ok(decoded) => decoded,
        };
        ensure(named.len() <= 5, "too many codings", || list.clone())?;
        ensure(decoded.bytes.len() as u64 <= CAP, "over the cap", || {
            list.clone()
        })?;
        caps_only_cut(&codings, wire, &decoded)?;
        pieces_mean_nothing(&codings, wire, &decoded)?;
        if named.is_empty() {
            let whole = &wire[..wire.len().min(CAP as usize)];
            ensure(decoded.bytes == whole, "identity", || list.clone())?;
        }
        Ok(Signature::new()
            .name(&named.concat())
            .count(decoded.bytes.len())
            .name(&format!("{:?}", decoded.cut))
            .flag(decoded.bytes == wire)
            .count(wire.len()))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"gzip\n",
            b"gzip, ",
            b"deflate, ",
            b"br, ",
            b"zstd, ",
            b"identity, ",
            b"x-gzip",
            b"compress",
            b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
            b"\x1f\x8b\x08\x1c",
            b"\x78\x9c",
            b"\x28\xb5\x2f\xfd",
            b"\x28\xb5\x2f\xfd\x00\x58",
            b"\x50\x2a\x4d\x18\x04\0\0\0",
            b"\x5f\x2a\x4d\x18\xff\xff\xff\xff",
            b"\x11",
            b"\x01\0\0\xff\xff",
            b"\x03\0",
            b"\0\0\0\0\0\0\0\0",
        ]
    }

    /// Packs a text, and cuts the result where it likes.
    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let unit = rng.pick(&["a", "<p>text</p>", "0123456789abcdef"]);
        let most = if rng.once_in(20) { 200_000 } else { 200 };
        let mut body = unit.repeat(rng.below(most)).into_bytes();
        let mut list = Vec::new();
        for _ in 0..=rng.below(3) {
            let coding = *rng.pick(CODINGS.iter().collect::<Vec<_>>().as_slice());
            body = pack(coding, &body).ok()?;
            list.push(coding);
        }
        if rng.once_in(3) {
            let again = body.clone();
            body.extend_from_slice(&again);
        }
        let mut input = list.join(", ").into_bytes();
        input.push(b'\n');
        input.extend_from_slice(&body);
        Some(input)
    }

    fn short_pass(&self) -> usize {
        200
    }
}

/// Returns the codings of a list, without those that do nothing.
fn names(list: &str) -> Vec<String> {
    list.split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect()
}

fn refused(error: &CodecError, named: &[String]) -> Result<Signature, String> {
    let known = |name: &String| name == "x-gzip" || CODINGS.contains(&name.as_str());
    let justified = match error {
        CodecError::TooMany(_) => named.len() > 5,
        CodecError::Unknown(_) => !named.iter().all(known),
        CodecError::Wire(_) => false,
    };
    let message = error.to_string();
    ensure(justified && message.len() < 400, "refused", || {
        message.clone()
    })?;
    Ok(Signature::new().message(&message).count(named.len()))
}

/// A larger cap gives more of the same.
fn caps_only_cut(codings: &[String], wire: &[u8], small: &Decoded) -> Result<(), String> {
    let large = decode(codings, wire, LARGER).map_err(|e| format!("larger cap: {e}"))?;
    let grows = large.bytes.starts_with(&small.bytes);
    let same = small.cut.is_some() || *small == large;
    // An inner layer is capped too, so more room may end in more, but never in less.
    ensure(grows && same, "caps", || {
        format!(
            "{:?} {} bytes, {:?} {} bytes",
            small.cut,
            small.bytes.len(),
            large.cut,
            large.bytes.len()
        )
    })?;
    let none = decode(codings, wire, 0).map_err(|e| format!("no cap: {e}"))?;
    ensure(none.bytes.is_empty(), "cap of nothing", String::new)?;
    let has_more = !large.bytes.is_empty() && none.cut.is_none();
    ensure(!has_more, "cut in silence", || format!("{none:?}"))
}

/// A body that comes byte by byte is the same body.
fn pieces_mean_nothing(codings: &[String], wire: &[u8], whole: &Decoded) -> Result<(), String> {
    if wire.len() > 8192 {
        return Ok(());
    }
    let pieces = decode_reader(codings, Bytewise(wire), CAP).map_err(|e| format!("pieces: {e}"))?;
    ensure(pieces == *whole, "pieces", || {
        format!(
            "{:?} {} bytes, {:?} {} bytes",
            whole.cut,
            whole.bytes.len(),
            pieces.cut,
            pieces.bytes.len()
        )
    })
}

struct Bytewise<'a>(&'a [u8]);

impl Read for Bytewise<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = buf.len().min(1);
        self.0.read(&mut buf[..most])
    }
}

fn pack(coding: &str, body: &[u8]) -> io::Result<Vec<u8>> {
    let level = flate2::Compression::fast();
    match coding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(body)?;
            encoder.finish()
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(body)?;
            encoder.finish()
        }
        "br" => {
            let mut packed = Vec::new();
            brotli::CompressorWriter::new(&mut packed, 4096, 1, 16).write_all(body)?;
            Ok(packed)
        }
        _ => zstd::encode_all(body, 1),
    }
}
