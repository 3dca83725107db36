//! How WARC fields write digests.

use thresh_types::Sha256Hash;

/// Returns the digest as our WARC files and their index have it: `sha256:` and base32 with padding.
/// ISO 28500 leaves the encoding open; warcio, `FastWARC` and warcat all take the digest for wrong
/// where the padding of RFC 4648 lacks.
pub fn digest_field(hash: &Sha256Hash) -> String {
    // 32 bytes are 52 characters, which leave four to the next multiple of eight.
    format!("{}====", hash.to_warc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_digests_read_back() {
        let hash = Sha256Hash::of("x");
        let field = digest_field(&hash);
        assert_eq!(field.len(), "sha256:".len() + 56);
        assert_eq!(Sha256Hash::from_warc(&field), Some(hash));
    }
}
