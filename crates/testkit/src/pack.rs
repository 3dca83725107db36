//! Content codings, and what bad servers do with them.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// The piece that bombs repeat.
static PIECE: [u8; 64 << 10] = [b'a'; 64 << 10];

/// Window and quality of the brotli encoder.
const BROTLI: (u32, u32) = (2, 22);

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `gzip`.
    Gzip,
    /// `deflate` as RFC 9110 means it: zlib.
    Zlib,
    /// `deflate` as many servers send it: without the zlib frame.
    RawDeflate,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
    /// `zstd` with a window of 128 MiB, sixteen times what RFC 9659 permits.
    WideZstd,
}

impl Coding {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Gzip,
        Self::Zlib,
        Self::RawDeflate,
        Self::Brotli,
        Self::Zstd,
        Self::WideZstd,
    ];

    /// Returns its name in `Content-Encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib | Self::RawDeflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd | Self::WideZstd => "zstd",
        }
    }

    /// Returns `bytes` packed.
    pub fn pack(self, bytes: &[u8]) -> Vec<u8> {
        self.pack_stream(|sink| sink.write_all(bytes))
    }

    /// Returns few bytes that unpack to `start` and then `size` bytes of nothing.
    pub fn bomb(self, start: &[u8], size: u64) -> Vec<u8> {
        self.pack_stream(|sink| {
            sink.write_all(start)?;
            (0..size / PIECE.len() as u64).try_for_each(|_| sink.write_all(&PIECE))
        })
    }

    fn pack_stream(self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Vec<u8> {
        let level = Compression::new(6);
        let packed = match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                fill(&mut encoder).and_then(|()| encoder.finish())
            }
            Self::Zlib => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                fill(&mut encoder).and_then(|()| encoder.finish())
            }
            Self::RawDeflate => {
                let mut encoder = DeflateEncoder::new(Vec::new(), level);
                fill(&mut encoder).and_then(|()| encoder.finish())
            }
            Self::Brotli => {
                let (quality, window) = BROTLI;
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, quality, window);
                fill(&mut encoder).map(|()| encoder.into_inner())
            }
            Self::Zstd => zstd_stream(None, fill),
            Self::WideZstd => zstd_stream(Some(27), fill),
        };
        packed.expect("writing to memory does not fail")
    }
}

fn zstd_stream(
    window_log: Option<u32>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1)?;
    if let Some(log) = window_log {
        encoder.window_log(log)?;
    }
    fill(&mut encoder)?;
    encoder.finish()
}

/// Returns the members of a gzip file unpacked, one after another: what a WARC file is made of.
///
/// # Errors
/// When a member is broken.
pub fn gzip_members(file: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let (mut rest, mut members) = (file, Vec::new());
    while !rest.is_empty() {
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        let mut member = Vec::new();
        io::copy(&mut decoder, &mut member)?;
        members.push(member);
        rest = decoder.into_inner();
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unpack(coding: Coding, packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        match coding {
            Coding::Gzip => flate2::read::GzDecoder::new(packed).read_to_end(&mut out)?,
            Coding::Zlib => flate2::read::ZlibDecoder::new(packed).read_to_end(&mut out)?,
            Coding::RawDeflate => {
                flate2::read::DeflateDecoder::new(packed).read_to_end(&mut out)?
            }
            Coding::Brotli => brotli::Decompressor::new(packed, 4096).read_to_end(&mut out)?,
            Coding::Zstd | Coding::WideZstd => {
                let mut decoder = zstd::Decoder::new(packed)?;
                let log = if coding == Coding::Zstd { 23 } else { 27 };
                decoder.window_log_max(log)?;
                decoder.read_to_end(&mut out)?
            }
        };
        Ok(out)
    }

    #[test]
    fn what_is_packed_unpacks_and_bombs_are_small() {
        for coding in Coding::ALL {
            assert_eq!(
                unpack(coding, &coding.pack(b"some text")).unwrap(),
                b"some text"
            );
            let bomb = coding.bomb(b"<p>start", 8 << 20);
            assert!(bomb.len() < 64 << 10, "{coding:?}: {}", bomb.len());
            assert_eq!(
                unpack(coding, &bomb).unwrap().len(),
                8 + (8 << 20),
                "{coding:?}"
            );
        }
    }

    #[test]
    fn the_wide_window_is_wider_than_permitted() {
        let packed = Coding::WideZstd.bomb(b"", 16 << 20);
        let mut decoder = zstd::Decoder::new(&packed[..]).unwrap();
        decoder.window_log_max(23).unwrap();
        assert!(decoder.read_to_end(&mut Vec::new()).is_err());
    }

    #[test]
    fn members_come_one_by_one() {
        let mut file = Coding::Gzip.pack(b"one");
        file.extend(Coding::Gzip.pack(b"two"));
        assert_eq!(gzip_members(&file).unwrap(), [b"one", b"two"]);
        file.truncate(file.len() - 3);
        assert!(gzip_members(&file).is_err());
    }
}
