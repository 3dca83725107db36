//! How the learner is written down between two runs: a version, then numbers, compressed.

use std::io::{self, Read as _, Write};

use super::Traps;

/// Names the form and its version. With any other number the bytes are not read.
const VERSION: u64 = u64::from_le_bytes(*b"traps\x00\x00\x02");

/// Compression: the least that takes the long empty stretches out.
const LEVEL: i32 = 1;

/// Bytes that are packed at a time.
const PIECE: usize = 64 << 10;

/// Bytes that are unpacked at most: more than a learner of the largest size writes.
const LARGEST: u64 = 1 << 28;

impl Traps {
    /// Writes what was learned, for [`Traps::from_bytes`].
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut to = Writer::new(out)?;
        to.u64(VERSION);
        to.size(self.bytes);
        self.memory.write(&mut to);
        self.names.write(&mut to);
        self.records.write(&mut to);
        self.twins.write(&mut to);
        to.finish()
    }

    /// Returns a learner that knows what an earlier run learned; one that knows nothing where the
    /// bytes are damaged, of another version, or of a learner of another size.
    pub(crate) fn from_bytes(bytes: &[u8], memory: usize) -> Self {
        let mut traps = Self::new(memory);
        match traps.read(bytes) {
            Some(()) => traps,
            None => Self::new(memory),
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Option<()> {
        let mut plain = Vec::new();
        let decoder = zstd::Decoder::new(bytes).ok()?;
        decoder.take(LARGEST).read_to_end(&mut plain).ok()?;
        let mut from = Reader(&plain);
        from.u64().filter(|version| *version == VERSION)?;
        from.size().filter(|size| *size == self.bytes)?;
        self.memory.read(&mut from)?;
        self.names.read(&mut from)?;
        self.records.read(&mut from)?;
        self.twins.read(&mut from)?;
        from.0.is_empty().then_some(())
    }
}

/// A value of a table that is kept.
pub(super) trait Stored: Sized {
    fn write(&self, to: &mut Writer<'_>);
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// Numbers, one after the other, in little-endian order; packed as they come, since there are many.
pub(super) struct Writer<'w> {
    plain: Vec<u8>,
    packed: zstd::Encoder<'static, &'w mut dyn Write>,
    failed: io::Result<()>,
}

impl<'w> Writer<'w> {
    fn new(out: &'w mut dyn Write) -> io::Result<Self> {
        Ok(Self {
            plain: Vec::with_capacity(2 * PIECE),
            packed: zstd::Encoder::new(out, LEVEL)?,
            failed: Ok(()),
        })
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.plain.extend_from_slice(bytes);
        if self.plain.len() >= PIECE {
            self.pack();
        }
    }

    fn pack(&mut self) {
        if self.failed.is_ok() {
            self.failed = self.packed.write_all(&self.plain);
        }
        self.plain.clear();
    }

    fn finish(mut self) -> io::Result<()> {
        self.pack();
        self.failed?;
        self.packed.finish().map(drop)
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    pub(super) fn size(&mut self, value: usize) {
        self.u64(value as u64);
    }
}

/// Reads what a [`Writer`] wrote; `None` where the bytes end too early.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.u64()?).ok()
    }
}
