//! SHA-256 digests as values.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Hash([u8; 32]);

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no SHA-256 digest: 64 hexadecimal digits are expected")]
pub struct HashError(String);

impl Sha256Hash {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes.as_ref()).into())
    }

    /// Returns the digest of `parts` joined by NUL, so that no two lists of NUL-free parts collide.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Sha256::new();
        for (position, part) in parts.into_iter().enumerate() {
            if position > 0 {
                hasher.update([0]);
            }
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().into())
    }

    /// Returns the digest held in `bytes`.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the digest as WARC headers write it: `sha256:` and upper-case base32 without padding.
    pub fn to_warc(&self) -> String {
        format!("sha256:{}", data_encoding::BASE32_NOPAD.encode(&self.0))
    }

    /// Reads a digest written by [`Sha256Hash::to_warc`]; other algorithms give `None`.
    pub fn from_warc(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix("sha256:")?.trim_end_matches('=');
        let bytes = data_encoding::BASE32_NOPAD
            .decode(encoded.as_bytes())
            .ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Sha256Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Sha256Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .map_err(|_| HashError(text.to_owned()))?;
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| HashError(text.to_owned()))
    }
}

impl Serialize for Sha256Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digest_of_the_empty_input() {
        assert_eq!(
            Sha256Hash::of("").to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn hexadecimal_and_warc_forms_read_back() {
        let hash = Sha256Hash::of("thresh");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(Sha256Hash::from_warc(&hash.to_warc()), Some(hash));
    }

    #[test]
    fn short_text_is_refused() {
        assert!("abcd".parse::<Sha256Hash>().is_err());
        assert_eq!(
            Sha256Hash::from_warc("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"),
            None
        );
    }
}
