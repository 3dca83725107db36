//! Bodies that may be too large for memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use thresh_types::{Body, Sha256Hash};

/// Larger bodies go to an unnamed file: one MiB, as the crawl loop's law of memory says.
const IN_MEMORY: usize = 1024 * 1024;

/// How much of a file is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Takes bytes and becomes a [`Body`].
#[derive(Debug, Default)]
pub(crate) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    length: u64,
}

impl Spool {
    /// Returns the bytes as a body.
    pub(crate) fn into_body(self) -> Body {
        match self.file {
            Some(file) => Body::Spooled(Arc::new(file), self.length),
            None => self.memory.into(),
        }
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.memory.len() + bytes.len() > IN_MEMORY {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes)?,
            None => self.memory.extend_from_slice(bytes),
        }
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a body from its start, with bounded memory.
#[derive(Debug)]
pub(crate) enum BodyReader {
    Memory(io::Cursor<Arc<[u8]>>),
    File(io::Take<File>),
}

impl BodyReader {
    /// Returns a reader of `body`. Readers of one spooled body share their place, so that only one may
    /// be in use at a time.
    pub(crate) fn new(body: &Body) -> io::Result<Self> {
        match body {
            Body::Memory(bytes) => Ok(Self::Memory(io::Cursor::new(Arc::clone(bytes)))),
            Body::Spooled(file, length) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(0))?;
                Ok(Self::File(file.take(*length)))
            }
        }
    }
}

impl Read for BodyReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(cursor) => cursor.read(into),
            Self::File(file) => file.read(into),
        }
    }
}

/// Returns the digest of `head` followed by `body`, and how many bytes the body really has.
pub(crate) fn digest_of(head: &[u8], body: &Body) -> io::Result<(Sha256Hash, u64)> {
    let mut hasher = Sha256::new_with_prefix(head);
    let mut length = 0;
    each_chunk(body, |chunk| {
        hasher.update(chunk);
        length += chunk.len() as u64;
        Ok(())
    })?;
    Ok((Sha256Hash::from_bytes(hasher.finalize().into()), length))
}

/// Calls `take` with the bytes of the body in order: at once where they are in memory.
pub(super) fn each_chunk(
    body: &Body,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    if let Body::Memory(bytes) = body {
        return take(bytes);
    }
    let mut reader = BodyReader::new(body)?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => take(&chunk[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_stays_in_memory_and_large_goes_to_a_file() {
        for (size, spooled) in [(10, false), (IN_MEMORY, false), (IN_MEMORY + 1, true)] {
            let bytes = vec![7; size];
            let mut spool = Spool::default();
            spool.write_all(&bytes).unwrap();
            let body = spool.into_body();
            assert_eq!(matches!(body, Body::Spooled(..)), spooled);
            assert_eq!(&*body.to_bytes().unwrap(), &bytes[..]);
            let digest = digest_of(b"", &body).unwrap();
            assert_eq!(digest, (Sha256Hash::of(&bytes), size as u64));
        }
    }
}
