//! Checks the digests that records claim.

use std::io;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use thresh_types::Body;

use super::sha1::Sha1;
use super::spool::BodyReader;

/// A digest as a record names it, of an algorithm that can be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Claim {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
}

/// Reads `sha1:BASE32`, `sha256:hex` and the like; `None` for other algorithms and for what is no digest.
fn read(text: &str) -> Option<Claim> {
    let (name, digits) = text.trim().split_once(':')?;
    let digits = digits.trim_end_matches('=');
    let bytes = |length: usize| {
        let bytes = if digits.len() == 2 * length {
            HEXLOWER.decode(digits.to_ascii_lowercase().as_bytes())
        } else {
            BASE32_NOPAD.decode(digits.to_ascii_uppercase().as_bytes())
        };
        bytes.ok().filter(|bytes| bytes.len() == length)
    };
    match name.to_ascii_lowercase().replace('-', "").as_str() {
        "sha1" => bytes(20).map(Claim::Sha1),
        "sha256" => bytes(32).map(Claim::Sha256),
        _ => None,
    }
}

/// Returns whether `body` has the digest that `text` names; `None` where that cannot be checked.
pub(crate) fn holds(text: &str, body: &Body) -> io::Result<Option<bool>> {
    let Some(claim) = read(text) else {
        return Ok(None);
    };
    let mut reader = BodyReader::new(body)?;
    let is_right = match claim {
        Claim::Sha1(bytes) => {
            let mut hash = Sha1::new();
            io::copy(&mut reader, &mut hash)?;
            hash.finish()[..] == bytes[..]
        }
        Claim::Sha256(bytes) => {
            let mut hash = Sha256::new();
            io::copy(&mut reader, &mut Hashing(&mut hash))?;
            hash.finalize()[..] == bytes[..]
        }
    };
    Ok(Some(is_right))
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_checked_in_every_spelling() {
        let body = Body::from(b"abc".to_vec());
        for right in [
            "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
            "SHA-1:a9993e364706816aba3e25717850c26c9cd0d89d",
            "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
            "sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====",
        ] {
            assert_eq!(holds(right, &body).unwrap(), Some(true), "{right}");
            let other = Body::from(b"abd".to_vec());
            assert_eq!(holds(right, &other).unwrap(), Some(false), "{right}");
        }
        for unknown in ["md5:900150983cd24fb0d6963f7d28e17f72", "sha1:abc", "", "x"] {
            assert_eq!(holds(unknown, &body).unwrap(), None, "{unknown}");
        }
    }
}
