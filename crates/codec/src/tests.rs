//! What comes out of coded bodies, whole and broken.

use std::cell::Cell;
use std::io::{self, Read, Write};

use crate::{CodecError, Cut, Decoded, decode, decode_reader};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;

const CAP: u64 = 1 << 20;

/// Every way to write a coding: the name in the header and the writer.
type Encoder = fn(&[u8]) -> Vec<u8>;
const ENCODERS: &[(&str, Encoder)] = &[
    ("gzip", gzip),
    ("x-gzip", gzip),
    ("GZip", gzip),
    ("deflate", zlib),
    ("deflate", raw_deflate),
    ("br", brotli),
    ("zstd", zstd),
    ("identity", <[u8]>::to_vec),
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorReader::new(bytes, 4096, 3, 20)
        .read_to_end(&mut out)
        .unwrap();
    out
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn names(codings: &[&str]) -> Vec<String> {
    codings.iter().map(|&name| name.to_owned()).collect()
}

fn undo(coding: &str, wire: &[u8]) -> Decoded {
    decode(&names(&[coding]), wire, CAP).unwrap()
}

fn whole(bytes: &[u8]) -> Decoded {
    Decoded {
        bytes: bytes.to_vec(),
        cut: None,
    }
}

/// Text that does not compress to nothing.
fn prose(words: usize) -> Vec<u8> {
    let mut seed: u32 = 7;
    let mut text = Vec::new();
    for _ in 0..words {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        write!(text, "w{} ", seed >> 12).unwrap();
    }
    text
}

#[test]
fn every_coding_is_undone() {
    for text in [Vec::new(), b"x".to_vec(), prose(20_000)] {
        for (name, encode) in ENCODERS {
            assert_eq!(undo(name, &encode(&text)), whole(&text), "{name}");
        }
    }
}

#[test]
fn stacked_codings_are_undone_last_to_first() {
    let text = prose(500);
    let wire = brotli(&gzip(&text));
    assert_eq!(
        decode(&names(&["gzip", "br"]), &wire, CAP).unwrap(),
        whole(&text)
    );
    assert_eq!(
        decode(&names(&["gzip, identity,br"]), &wire, CAP).unwrap(),
        whole(&text)
    );
}

#[test]
fn unknown_and_too_many_codings_are_refused() {
    let unknown = decode(&names(&["gzip", "sdch"]), b"", CAP).unwrap_err();
    assert!(matches!(&unknown, CodecError::Unknown(name) if name == "sdch"));
    assert!(unknown.to_string().contains("`sdch`"));
    assert!(decode(&names(&["gzip,gzip,gzip,gzip,gzip"]), b"", CAP).is_ok());
    let six = decode(&names(&["gzip,gzip,gzip", "br,br,br"]), b"", CAP);
    assert!(matches!(six, Err(CodecError::TooMany(6))));
    let hostile = decode(&["x".repeat(1 << 20)], b"", CAP).unwrap_err();
    assert!(hostile.to_string().len() < 120);
}

#[test]
fn members_follow_each_other() {
    for (name, encode) in [("gzip", gzip as Encoder), ("zstd", zstd)] {
        let wire = [encode(b"one "), encode(b""), encode(b"two")].concat();
        assert_eq!(undo(name, &wire), whole(b"one two"), "{name}");
    }
}

#[test]
fn bytes_after_the_end_mean_nothing() {
    for (name, encode) in &ENCODERS[..7] {
        for tail in [&b"\0\0\0\0"[..], b"<!-- cached -->", &[0xff; 9000]] {
            let wire = [&encode(b"all of it")[..], tail].concat();
            assert_eq!(undo(name, &wire), whole(b"all of it"), "{name}");
        }
    }
}

#[test]
fn a_stream_that_ends_early_keeps_its_front() {
    let text = prose(20_000);
    for (name, encode) in &ENCODERS[..7] {
        let wire = encode(&text);
        for share in [1, 50, 90] {
            let got = undo(name, &wire[..wire.len() * share / 100]);
            assert_eq!(got.cut, Some(Cut::Early), "{name} {share}");
            assert!(text.starts_with(&got.bytes), "{name} {share}");
            // zstd and brotli give a block at a time.
            let least = text.len() * share.saturating_sub(50) / 100;
            assert!(
                got.bytes.len() >= least.saturating_sub(8192),
                "{name} {share}: {}",
                got.bytes.len()
            );
        }
        let all_but_one = undo(name, &wire[..wire.len() - 1]);
        assert_eq!(all_but_one.cut, Some(Cut::Early), "{name}");
    }
}

#[test]
fn a_stream_that_breaks_keeps_its_front() {
    let text = prose(20_000);
    // Raw deflate has no checksum: a break may look like an end.
    for (name, encode) in [("gzip", gzip as Encoder), ("deflate", zlib)] {
        let mut wire = encode(&text);
        let half = wire.len() / 2;
        wire[half..half + 400].fill(0xff);
        let got = undo(name, &wire);
        assert_eq!(got.cut, Some(Cut::Early), "{name}");
        let alike = text
            .iter()
            .zip(&got.bytes)
            .take_while(|(a, b)| a == b)
            .count();
        assert!(alike > text.len() / 3, "{name}: {alike} of {}", text.len());
    }
}

#[test]
fn a_wrong_checksum_is_told() {
    let mut wire = gzip(b"some text");
    let at = wire.len() - 6;
    wire[at] ^= 1;
    let got = undo("gzip", &wire);
    assert_eq!(
        (&got.bytes[..], got.cut),
        (&b"some text"[..], Some(Cut::Early))
    );
}

#[test]
fn what_was_undone_before_is_left_alone() {
    let page = "<!doctype html><title>Бюро</title>".as_bytes();
    for (name, _) in ENCODERS {
        assert_eq!(undo(name, page), whole(page), "{name}");
    }
}

#[test]
fn what_is_neither_coded_nor_text_gives_nothing() {
    for name in ["gzip", "zstd", "br", "deflate"] {
        let got = undo(name, &[0xff; 100]);
        assert_eq!((got.bytes.len(), got.cut), (0, Some(Cut::Early)), "{name}");
    }
}

#[test]
fn the_cap_holds_to_the_byte() {
    let text = prose(2000);
    let length = text.len() as u64;
    for (name, encode) in ENCODERS {
        let wire = encode(&text);
        let exact = decode(&names(&[name]), &wire, length).unwrap();
        assert_eq!(exact, whole(&text), "{name}");
        let short = decode(&names(&[name]), &wire, length - 1).unwrap();
        assert_eq!(short.cut, Some(Cut::Cap), "{name}");
        assert_eq!(short.bytes, &text[..text.len() - 1], "{name}");
        let none = decode(&names(&[name]), &wire, 0).unwrap();
        assert_eq!((none.bytes.len(), none.cut), (0, Some(Cut::Cap)), "{name}");
        let endless = decode(&names(&[name]), &wire, u64::MAX).unwrap();
        assert_eq!(endless, whole(&text), "{name}");
    }
}

/// A reader of `front` and then of `block` again and again, which counts what was taken.
struct Repeating<'a> {
    front: &'a [u8],
    block: &'a [u8],
    at: usize,
    times: usize,
    taken: &'a Cell<usize>,
}

impl Read for Repeating<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() {
            self.at = 0;
            self.times -= 1;
        }
        let n = if !self.front.is_empty() {
            self.front.read(buf)?
        } else if self.times == 0 {
            0
        } else {
            let n = (&self.block[self.at..]).read(buf)?;
            self.at += n;
            n
        };
        self.taken.set(self.taken.get() + n);
        Ok(n)
    }
}

/// One block of a gzip stream, 16 MiB of zeros, that can stand in it any number of times.
fn zeros() -> (Vec<u8>, Vec<u8>) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.flush().unwrap();
    let front = encoder.get_ref().clone();
    encoder.write_all(&vec![0; 16 << 20]).unwrap();
    encoder.flush().unwrap();
    let block = encoder.get_ref()[front.len()..].to_vec();
    (front, block)
}

#[test]
fn a_bomb_of_ten_gigabytes_stops_at_the_cap() {
    let (front, block) = zeros();
    let taken = Cell::new(0);
    let bomb = Repeating {
        front: &front,
        block: &block,
        at: 0,
        times: 640,
        taken: &taken,
    };
    let got = decode_reader(&names(&["gzip"]), bomb, CAP).unwrap();
    assert_eq!((got.bytes.len() as u64, got.cut), (CAP, Some(Cut::Cap)));
    assert!(got.bytes.capacity() as u64 <= 2 * CAP);
    assert!(taken.get() < block.len(), "{} bytes were read", taken.get());
}

#[test]
fn a_bomb_within_a_bomb_stops_between_them() {
    // The outer coding holds gigabytes of empty members, which come to nothing.
    let members = gzip(b"").repeat(400_000);
    let got = decode(&names(&["gzip", "gzip"]), &gzip(&members), CAP).unwrap();
    assert_eq!((got.bytes.len(), got.cut), (0, Some(Cut::Cap)));
}

#[test]
fn windows_beyond_the_limits_are_refused() {
    let text = prose(10);
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(24).unwrap();
    encoder.write_all(&text).unwrap();
    let wide = encoder.finish().unwrap();
    assert_eq!(undo("zstd", &wide).cut, Some(Cut::Early));
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(23).unwrap();
    encoder.write_all(&text).unwrap();
    assert_eq!(undo("zstd", &encoder.finish().unwrap()), whole(&text));
    // Large-window brotli, 1 GiB.
    assert_eq!(undo("br", &[0x11, 30, 0, 0, 0, 0]).cut, Some(Cut::Early));
}

struct BrokenDisk;

impl Read for BrokenDisk {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn a_broken_disk_is_no_broken_body() {
    for (name, encode) in ENCODERS {
        let front = encode(&prose(5000));
        let wire = front[..front.len() / 2].chain(BrokenDisk);
        let got = decode_reader(&names(&[name]), wire, CAP);
        assert!(matches!(got, Err(CodecError::Wire(_))), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_undone_or_refused(
        wire in proptest::collection::vec(any::<u8>(), 0..600),
        magic in proptest::sample::select(vec![&b""[..], &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &[0x78, 0x9c], &[0x28, 0xb5, 0x2f, 0xfd]]),
        codings in proptest::collection::vec(proptest::sample::select(vec!["gzip", "deflate", "br", "zstd", "identity"]), 0..5),
        cap in 0_u64..2000,
    ) {
        let wire = [magic, &wire[..]].concat();
        let got = decode(&names(&codings), &wire, cap).unwrap();
        prop_assert!(got.bytes.len() as u64 <= cap);
        prop_assert!(got.cut != Some(Cut::Cap) || got.bytes.len() as u64 == cap || codings.len() > 1);
    }

    #[test]
    fn what_is_coded_comes_back(
        bytes in proptest::collection::vec(any::<u8>(), 0..3000),
        layers in proptest::collection::vec(0..ENCODERS.len(), 0..4),
    ) {
        let mut wire = bytes.clone();
        let mut codings = Vec::new();
        for &layer in &layers {
            let (name, encode) = ENCODERS[layer];
            wire = encode(&wire);
            codings.push(name);
        }
        prop_assert_eq!(decode(&names(&codings), &wire, CAP).unwrap(), whole(&bytes));
    }

    #[test]
    fn a_flipped_bit_never_harms(
        bytes in proptest::collection::vec(any::<u8>(), 1..2000),
        which in 0..ENCODERS.len() - 1,
        bit in any::<proptest::sample::Index>(),
    ) {
        let (name, encode) = ENCODERS[which];
        let mut wire = encode(&bytes);
        let at = bit.index(wire.len() * 8);
        wire[at / 8] ^= 1 << (at % 8);
        prop_assert!(undo(name, &wire).bytes.len() as u64 <= CAP);
    }

    #[test]
    fn a_reader_and_a_slice_agree(bytes in proptest::collection::vec(any::<u8>(), 0..2000), which in 0..ENCODERS.len(), keep in 0..101_usize) {
        let (name, encode) = ENCODERS[which];
        let wire = encode(&bytes);
        let wire = &wire[..wire.len() * keep / 100];
        let by_bytes = decode_reader(&names(&[name]), OneByOne(wire), CAP).unwrap();
        let at_once = undo(name, wire);
        prop_assert_eq!(by_bytes.cut, at_once.cut);
        prop_assert_eq!(by_bytes.bytes, at_once.bytes);
    }

    /// The pieces in which a body comes decided where one that is broken within breaks off.
    #[test]
    fn a_broken_body_breaks_at_the_same_place_in_any_pieces(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        layers in proptest::collection::vec(0..ENCODERS.len(), 1..4),
        place in any::<proptest::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let mut wire = bytes;
        let mut codings = Vec::new();
        for &layer in &layers {
            let (name, encode) = ENCODERS[layer];
            wire = encode(&wire);
            codings.push(name);
        }
        let codings = names(&codings);
        if !wire.is_empty() {
            let at = place.index(wire.len());
            wire[at] ^= 1 << bit;
        }
        let at_once = decode(&codings, &wire, CAP).unwrap();
        let by_bytes = decode_reader(&codings, OneByOne(&wire), CAP).unwrap();
        prop_assert_eq!(by_bytes, at_once);
    }
}

struct OneByOne<'a>(&'a [u8]);

impl Read for OneByOne<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = buf.len().min(1);
        self.0.read(&mut buf[..n])
    }
}
