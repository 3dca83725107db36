//! Writes and reads the bytes of files that are whole or worthless.
//!
//! A file begins with the version of what wrote it and ends with a checksum, so that one that is torn
//! or of another version is known as such.

use std::io::{self, Write};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::store::Blob;

/// Bytes between a file and its reader or writer.
const BUFFER: usize = 1 << 18;

/// Bytes of the version and of the checksum.
const SUM: usize = 16;

/// Writes the bytes of a file.
pub(crate) struct Writer<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    sum: Xxh3,
    written: u64,
}

impl<'a> Writer<'a> {
    /// Begins a file.
    pub(crate) fn new(out: &'a mut dyn Write, version: u128) -> io::Result<Self> {
        let mut writer = Self {
            out,
            buffer: Vec::with_capacity(BUFFER + SUM),
            sum: Xxh3::new(),
            written: 0,
        };
        writer.u128(version)?;
        Ok(writer)
    }

    /// Returns the number of bytes written.
    pub(crate) const fn written(&self) -> u64 {
        self.written
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
        match self.buffer.len() < BUFFER {
            true => Ok(()),
            false => self.flush(),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sum.update(&self.buffer);
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    pub(crate) fn u32(&mut self, value: u32) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn u128(&mut self, value: u128) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.out.write_all(&self.sum.digest128().to_le_bytes())
    }
}

/// Reads what a [`Writer`] wrote.
pub(crate) struct Reader {
    blob: Arc<dyn Blob>,
    block: Vec<u8>,
    /// How much of `block` was read.
    used: usize,
    /// Where `block` ends in the file.
    at: u64,
    /// Where the checksum begins.
    end: u64,
}

impl Reader {
    /// Opens a file behind its version; `None` where it is damaged or of another version.
    pub(crate) fn open(blob: Arc<dyn Blob>, version: u128) -> io::Result<Option<Self>> {
        let size = blob.size();
        if size < 2 * SUM as u64 || !is_whole(&*blob, size - SUM as u64, version)? {
            return Ok(None);
        }
        Ok(Some(Self {
            blob,
            block: Vec::new(),
            used: 0,
            at: SUM as u64,
            end: size - SUM as u64,
        }))
    }

    /// Returns the file.
    pub(crate) fn into_blob(self) -> Arc<dyn Blob> {
        self.blob
    }

    /// Returns where the next byte stands in the file.
    pub(crate) const fn position(&self) -> u64 {
        self.at - (self.block.len() - self.used) as u64
    }

    /// Reads a number of things that follow, each a byte at least.
    pub(crate) fn count(&mut self) -> io::Result<usize> {
        let count = self.u64()?;
        match usize::try_from(count) {
            Ok(few) if count <= self.end => Ok(few),
            _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        if let Some(bytes) = self.block[self.used..].first_chunk() {
            self.used += N;
            return Ok(*bytes);
        }
        self.refill(N)?;
        let found = self.block.first_chunk().copied();
        self.used = N.min(self.block.len());
        found.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
    }

    /// Reads on, so that `least` bytes are there, and begins to count anew.
    fn refill(&mut self, least: usize) -> io::Result<()> {
        self.block.drain(..self.used);
        self.used = 0;
        let more = BUFFER.max(least) as u64;
        let more = usize::try_from(more.min(self.end - self.at)).unwrap_or(BUFFER);
        let length = self.block.len();
        self.block.resize(length + more, 0);
        self.blob.read_at(&mut self.block[length..], self.at)?;
        self.at += more as u64;
        Ok(())
    }

    pub(crate) fn string(&mut self) -> io::Result<String> {
        let length = self.u32()? as usize;
        let wrong = || io::Error::from(io::ErrorKind::InvalidData);
        if length as u64 > self.end {
            return Err(wrong());
        }
        if self.block.len() - self.used < length {
            self.refill(length)?;
        }
        let bytes = self.block.get(self.used..self.used + length);
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let text = text.ok_or_else(wrong)?.to_owned();
        self.used += length;
        Ok(text)
    }

    pub(crate) fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn u128(&mut self) -> io::Result<u128> {
        self.array().map(u128::from_le_bytes)
    }
}

fn is_whole(blob: &dyn Blob, length: u64, version: u128) -> io::Result<bool> {
    let mut sum = Xxh3::new();
    let mut block = vec![0; BUFFER];
    let mut at = 0;
    while at < length {
        let count = usize::try_from((length - at).min(BUFFER as u64)).unwrap_or(BUFFER);
        blob.read_at(&mut block[..count], at)?;
        if at == 0 && !block.starts_with(&version.to_le_bytes()) {
            return Ok(false);
        }
        sum.update(&block[..count]);
        at += count as u64;
    }
    let mut expected = [0; SUM];
    blob.read_at(&mut expected, length)?;
    Ok(sum.digest128().to_le_bytes() == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u128) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes, version).unwrap();
        for number in 0..100_000 {
            out.u64(number).unwrap();
        }
        out.u32(5).unwrap();
        out.bytes("наша".as_bytes().get(..4).unwrap()).unwrap();
        out.bytes(b"x").unwrap();
        out.finish().unwrap();
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let mut input = Reader::open(Arc::new(file(7)), 7).unwrap().unwrap();
        for number in 0..100_000 {
            assert_eq!(input.u64().unwrap(), number);
        }
        assert_eq!(input.position(), 16 + 800_000);
        assert_eq!(input.string().unwrap(), "наx");
        assert!(input.u32().is_err());
    }

    #[test]
    fn torn_files_and_those_of_another_version_are_known() {
        assert!(Reader::open(Arc::new(file(7)), 8).unwrap().is_none());
        for length in [0, 5, 31, 32, 5000] {
            let torn = file(7)[..length].to_vec();
            assert!(Reader::open(Arc::new(torn), 7).unwrap().is_none());
        }
        let mut turned = file(7);
        turned[400_000] ^= 1;
        assert!(Reader::open(Arc::new(turned), 7).unwrap().is_none());
    }
}
