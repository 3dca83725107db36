//! From a coded body to its bytes.

use std::cell::{Cell, RefCell};
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use crate::CodecError;
use crate::coding::{self, Coding};
use crate::layer;
use crate::whole;
use crate::wire::{Limited, Watched, Wire};

/// Bytes that are read at a time.
const STEP: usize = 8 << 10;

/// Bytes of a body that are decoded at once: more than most pages have.
const PIECE: usize = 128 << 10;

/// Bytes that a stacked coding may add to what it holds, beyond an eighth.
const SLACK: u64 = 64 << 10;

/// Why the decoded bytes are not the whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The cap was reached.
    Cap,
    /// The stream ended early or broke; what was read before is kept.
    Early,
}

/// A body whose codings were undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes, at most as many as the cap.
    pub bytes: Vec<u8>,
    /// Why they are not all, where they are not.
    pub cut: Option<Cut>,
}

/// Returns `wire` with `codings` undone, at most `cap` bytes of it.
///
/// `codings` are the values of `Content-Encoding` in header order, each of which may be a list.
///
/// # Errors
/// When a coding is unknown or too many are stacked.
pub fn decode(codings: &[String], wire: &[u8], cap: u64) -> Result<Decoded, CodecError> {
    let whole = match coding::parse(codings)?[..] {
        [Coding::Gzip] => whole::gzip(wire, cap),
        _ => None,
    };
    match whole {
        Some(bytes) => Ok(Decoded { bytes, cut: None }),
        None => decode_reader(codings, wire, cap),
    }
}

/// Returns what `wire` gives with `codings` undone, at most `cap` bytes of it.
///
/// # Errors
/// When a coding is unknown, too many are stacked, or `wire` itself fails.
pub fn decode_reader<R: Read>(
    codings: &[String],
    wire: R,
    cap: u64,
) -> Result<Decoded, CodecError> {
    let codings = coding::parse(codings)?;
    let error = Rc::new(RefCell::new(None));
    let reached = Rc::new(Cell::new(false));
    let wire = Watched {
        inner: wire,
        error: Rc::clone(&error),
    };
    let mut bytes = Vec::new();
    let end = stack(&codings, wire, cap, &reached)
        .and_then(|mut stream| collect(&mut stream, cap, &mut bytes));
    if let Some(error) = error.take() {
        return Err(CodecError::Wire(error));
    }
    let cut = match end {
        Ok(cut) => cut,
        Err(_) if reached.get() => Some(Cut::Cap),
        Err(_) => Some(Cut::Early),
    };
    Ok(Decoded { bytes, cut })
}

fn stack<'a, R: Read + 'a>(
    codings: &[Coding],
    wire: R,
    cap: u64,
    reached: &Rc<Cell<bool>>,
) -> io::Result<Wire<'a>> {
    // A coded body is hardly larger than what it holds, so what lies between two codings has a cap
    // as well. Without it gigabytes of empty members would be waded through for nothing.
    let limit = cap.saturating_add(cap / 8).saturating_add(SLACK);
    let mut stream = Wire::new(BufReader::new(wire));
    for coding in codings.iter().rev() {
        let inner = layer::open(*coding, stream)?;
        let limited = Limited {
            inner,
            left: limit,
            reached: Rc::clone(reached),
        };
        stream = Wire::new(BufReader::with_capacity(STEP, limited));
    }
    Ok(stream)
}

/// Reads at most `cap` bytes. What was read before a fault is kept.
fn collect(stream: &mut impl Read, cap: u64, bytes: &mut Vec<u8>) -> io::Result<Option<Cut>> {
    let room = usize::try_from(cap).unwrap_or(usize::MAX);
    let mut filled = 0;
    let end = fill(stream, room, bytes, &mut filled);
    bytes.truncate(filled.min(room));
    end?;
    Ok((filled > room).then_some(Cut::Cap))
}

/// Reads until the end, or one byte beyond `room`: only then is it known that there is more. The pieces are
/// large, since each costs the decoder a copy of its window.
fn fill(
    stream: &mut impl Read,
    room: usize,
    bytes: &mut Vec<u8>,
    filled: &mut usize,
) -> io::Result<()> {
    while *filled <= room {
        if *filled == bytes.len() {
            let more = (2 * *filled).max(PIECE);
            bytes.resize(more.min(room.saturating_add(1)), 0);
        }
        match stream.read(&mut bytes[*filled..])? {
            0 => break,
            read => *filled += read,
        }
    }
    Ok(())
}
