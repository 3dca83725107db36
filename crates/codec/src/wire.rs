//! Readers that codings are undone from.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// Bytes that can be looked at before they are read.
pub(crate) const PEEK: usize = 64;

/// A reader whose next bytes can be looked at.
pub(crate) struct Wire<'a> {
    inner: Box<dyn BufRead + 'a>,
    seen: [u8; PEEK],
    start: usize,
    end: usize,
}

impl<'a> Wire<'a> {
    pub(crate) fn new(inner: impl BufRead + 'a) -> Self {
        Self {
            inner: Box::new(inner),
            seen: [0; PEEK],
            start: 0,
            end: 0,
        }
    }

    /// Returns the next [`PEEK`] bytes, fewer only where the stream ends before.
    pub(crate) fn peek(&mut self) -> io::Result<&[u8]> {
        self.seen.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < PEEK {
            match self.inner.read(&mut self.seen[self.end..])? {
                0 => break,
                n => self.end += n,
            }
        }
        Ok(&self.seen[..self.end])
    }
}

impl Read for Wire<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buf)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Wire<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start < self.end {
            Ok(&self.seen[self.start..self.end])
        } else {
            self.inner.fill_buf()
        }
    }

    fn consume(&mut self, amount: usize) {
        if self.start < self.end {
            self.start = (self.start + amount).min(self.end);
        } else {
            self.inner.consume(amount);
        }
    }
}

/// A reader that remembers the error it gave, so that a broken disk is told from a broken body.
pub(crate) struct Watched<R> {
    pub(crate) inner: R,
    pub(crate) error: Rc<RefCell<Option<io::Error>>>,
}

impl<R: Read> Read for Watched<R> {
    /// Fills the buffer up to the end of the stream. Where a broken body breaks off hangs on the
    /// pieces in which a decoder gets it, and must not hang on how its bytes came here.
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buf.len() {
            match self.inner.read(&mut buf[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    let kind = e.kind();
                    *self.error.borrow_mut() = Some(e);
                    return Err(kind.into());
                }
            }
        }
        Ok(filled)
    }
}

/// Bytes that a decoder is asked for at a time. What a decoder wrote in the step in which it fails
/// is lost, so the step is small; a larger one is hardly faster.
const STEP: usize = 512;

/// A reader that fails after `left` bytes and leaves a note.
pub(crate) struct Limited<R> {
    pub(crate) inner: R,
    pub(crate) left: u64,
    pub(crate) reached: Rc<Cell<bool>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let step = buf.len().min(STEP);
        let n = self.inner.read(&mut buf[..step])?;
        match self.left.checked_sub(n as u64) {
            Some(left) => self.left = left,
            None => {
                self.reached.set(true);
                return Err(io::Error::other("a stacked coding grows beyond the cap"));
            }
        }
        Ok(n)
    }
}
