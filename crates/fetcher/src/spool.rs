//! Where a body goes while it arrives.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use thresh_types::Body;

/// Larger bodies go to an unnamed file.
const IN_MEMORY: usize = 1 << 20;

/// A body that is growing.
#[derive(Default)]
pub(crate) struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    length: u64,
}

impl Spool {
    /// Returns the bytes so far.
    pub(crate) const fn len(&self) -> u64 {
        self.length
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// When the file cannot be made or written: the disk is full, most likely.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
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
        Ok(())
    }

    /// Returns what has arrived.
    pub(crate) fn into_body(self) -> Body {
        match self.file {
            Some(file) => Body::Spooled(Arc::new(file), self.length),
            None => Body::from(self.memory),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_bodies_stay_in_memory_and_large_ones_do_not() {
        let mut spool = Spool::default();
        spool.push(b"small").unwrap();
        assert!(matches!(spool.into_body(), Body::Memory(bytes) if &*bytes == b"small"));
        let mut spool = Spool::default();
        for _ in 0..3 {
            spool.push(&[b'x'; 600_000]).unwrap();
        }
        let body = spool.into_body();
        assert!(matches!(body, Body::Spooled(_, 1_800_000)));
        assert_eq!(body.to_bytes().unwrap().len(), 1_800_000);
    }
}
