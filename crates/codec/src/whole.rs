//! The usual case, in one step: a body that is one sound member of gzip and nothing else.
//!
//! A decoder that is given all bytes at once, and room for all that comes of them, keeps no window and
//! copies nothing twice. Whatever is not as expected (several members, bytes behind the last, a wrong
//! checksum, more than the cap) is left to the readers of [`layer`](crate::layer), which keep the good
//! front of a broken body.

use flate2::{Decompress, FlushDecompress, Status};

/// The window of gzip, as a power of two (RFC 1951 §2).
const WINDOW: u8 = 15;

/// How many times its size deflate can give at most.
const MOST: usize = 1032;

/// Magic, method and flags, time, hints; checksum and length (RFC 1952 §2.3).
const FRAME: usize = 18;

/// Returns what `wire` is without its gzip coding, if it is one sound member of at most `cap` bytes.
pub(crate) fn gzip(wire: &[u8], cap: u64) -> Option<Vec<u8>> {
    let length = length_of(wire).filter(|length| *length as u64 <= cap)?;
    let mut bytes = Vec::with_capacity(length);
    let mut engine = Decompress::new_gzip(WINDOW);
    let status = engine.decompress_vec(wire, &mut bytes, FlushDecompress::Finish);
    let is_whole =
        matches!(status, Ok(Status::StreamEnd)) && engine.total_in() == wire.len() as u64;
    // The vector may have got more room than it was asked for.
    (is_whole && bytes.len() == length).then_some(bytes)
}

/// Returns the length that a gzip member says it has at its end, if it can be true.
fn length_of(wire: &[u8]) -> Option<usize> {
    let is_gzip = wire.len() >= FRAME && wire.starts_with(&[0x1f, 0x8b]);
    let (_, last) = wire.split_last_chunk().filter(|_| is_gzip)?;
    let length = usize::try_from(u32::from_le_bytes(*last)).ok()?;
    (length <= wire.len().saturating_mul(MOST)).then_some(length)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, GzBuilder};

    use super::*;

    fn coded(bytes: &[u8]) -> Vec<u8> {
        let named = GzBuilder::new().filename("a").comment("b").extra("c");
        let mut encoder = named.write(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn one_sound_member_is_taken_and_nothing_else() {
        for length in [1, 2, 300, 70_000, 1_000_000] {
            let bytes = b"some text".repeat(length / 9 + 1);
            let wire = coded(&bytes);
            let cap = bytes.len() as u64;
            assert_eq!(gzip(&wire, cap).as_ref(), Some(&bytes));
            assert_eq!(gzip(&wire, cap - 1), None);
            assert_eq!(gzip(&wire[..wire.len() - 1], cap), None);
            assert_eq!(gzip(&[&wire[..], b"\0"].concat(), cap), None);
            assert_eq!(gzip(&wire.repeat(2), 2 * cap), None);
        }
    }
}
