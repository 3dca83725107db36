//! Durations and sizes as people write them in configuration: `1h30m`, `32MiB`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text is no duration or no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Not a duration.
    #[error(
        "`{0}` is no duration: write whole numbers with units from large to small, for example \
         250ms, 30s, 1h30m or 7d"
    )]
    Duration(String),
    /// Not a size.
    #[error(
        "`{0}` is no size: write a whole number of bytes or one with a unit, for example 500KB or 32MiB"
    )]
    Size(String),
}

/// A span of time of whole milliseconds, written like `250ms`, `1s`, `1h30m` or `7d`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HumanDuration(pub Duration);

/// A number of bytes, written like `1048576`, `500KB` (thousands) or `32MiB` (1,024s).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(pub u64);

/// Units of time with their length in milliseconds, from large to small.
const TIMES: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Units of size with their length in bytes, in the order in which a size is written.
const SIZES: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];

impl HumanDuration {
    /// Returns the span of `seconds` seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// Returns the span of `days` days of 24 hours.
    pub const fn from_days(days: u64) -> Self {
        Self::from_secs(days * 86_400)
    }
}

impl ByteSize {
    /// Returns the size of `count` mebibytes.
    pub const fn from_mib(count: u64) -> Self {
        Self(count << 20)
    }
}

/// Splits `text` behind its leading digits; none where there are none, or too many for a `u64`.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// Splits `text` behind its leading letters.
fn unit(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_alphabetic());
    text.split_at(end.unwrap_or(text.len()))
}

fn milliseconds(text: &str) -> Option<u64> {
    let (mut rest, mut allowed, mut total) = (text, &TIMES[..], 0u64);
    loop {
        let (count, behind) = number(rest)?;
        let (name, behind) = unit(behind);
        let place = allowed.iter().position(|(unit, _)| *unit == name)?;
        total = total.checked_add(count.checked_mul(allowed[place].1)?)?;
        if behind.is_empty() {
            return Some(total);
        }
        (rest, allowed) = (behind, &allowed[place + 1..]);
    }
}

fn bytes(text: &str) -> Option<u64> {
    let (count, name) = number(text)?;
    let name = name.trim_start();
    if name.is_empty() {
        return Some(count);
    }
    let (_, factor) = SIZES.iter().find(|(unit, _)| *unit == name)?;
    count.checked_mul(*factor)
}

impl FromStr for HumanDuration {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        milliseconds(text)
            .map(|ms| Self(Duration::from_millis(ms)))
            .ok_or_else(|| UnitError::Duration(text.to_owned()))
    }
}

impl FromStr for ByteSize {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        bytes(text)
            .map(Self)
            .ok_or_else(|| UnitError::Size(text.to_owned()))
    }
}

impl fmt::Display for HumanDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, length) in TIMES {
            if rest >= length {
                write!(f, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, length) = SIZES
            .into_iter()
            .find(|(_, length)| self.0 >= *length && self.0.is_multiple_of(*length))
            .unwrap_or(("B", 1));
        write!(f, "{}{unit}", self.0 / length)
    }
}

impl Serialize for HumanDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct DurationVisitor;

impl Visitor<'_> for DurationVisitor {
    type Value = HumanDuration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration in quotes, for example \"30s\" or \"7d\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<HumanDuration, E> {
        text.parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor)
    }
}

struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = ByteSize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes or a size in quotes, for example \"32MiB\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteSize, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, count: u64) -> Result<ByteSize, E> {
        Ok(ByteSize(count))
    }

    fn visit_i64<E: de::Error>(self, count: i64) -> Result<ByteSize, E> {
        u64::try_from(count)
            .map(ByteSize)
            .map_err(|_| E::custom(UnitError::Size(count.to_string())))
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_read_and_print_canonically() {
        for (text, ms, printed) in [
            ("250ms", 250, "250ms"),
            ("1s", 1000, "1s"),
            ("90m", 5_400_000, "1h30m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("7d", 604_800_000, "7d"),
            ("0s", 0, "0s"),
            ("1m5ms", 60_005, "1m5ms"),
        ] {
            let read: HumanDuration = text.parse().unwrap();
            assert_eq!(read.0, Duration::from_millis(ms), "{text}");
            assert_eq!(read.to_string(), printed);
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_the_remedy() {
        for text in [
            "",
            "5",
            "s",
            "1.5s",
            "-1s",
            "1 s",
            "1s1h",
            "1s2s",
            "1w",
            "1S",
            " 1s",
            "1s ",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            let error = text.parse::<HumanDuration>().unwrap_err().to_string();
            assert!(
                error.contains(&format!("`{text}`")) && error.contains("1h30m"),
                "{error}"
            );
        }
    }

    #[test]
    fn sizes_read_and_print_canonically() {
        for (text, count, printed) in [
            ("32MiB", 33_554_432, "32MiB"),
            ("500KB", 500_000, "500KB"),
            ("1024", 1024, "1KiB"),
            ("1 GiB", 1 << 30, "1GiB"),
            ("0", 0, "0B"),
            ("7B", 7, "7B"),
        ] {
            let read: ByteSize = text.parse().unwrap();
            assert_eq!(
                (read.0, read.to_string().as_str()),
                (count, printed),
                "{text}"
            );
        }
        for text in ["", "MiB", "1mib", "1.5MiB", "-1", "1TiBB", "99999999999GiB"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn both_are_read_from_configuration() {
        let read: (HumanDuration, ByteSize, ByteSize) =
            serde_json::from_str(r#"["2m", "1KiB", 7]"#).unwrap();
        assert_eq!(
            read,
            (HumanDuration::from_secs(120), ByteSize(1024), ByteSize(7))
        );
        let error = serde_json::from_str::<HumanDuration>("5")
            .unwrap_err()
            .to_string();
        assert!(error.contains("a duration in quotes"), "{error}");
        assert!(serde_json::from_str::<ByteSize>("-5").is_err());
    }

    proptest! {
        #[test]
        fn every_duration_reads_back(ms in 0..u64::MAX) {
            let duration = HumanDuration(Duration::from_millis(ms));
            prop_assert_eq!(duration.to_string().parse(), Ok(duration));
        }

        #[test]
        fn every_size_reads_back(count in any::<u64>(), zeros in 0u32..30) {
            let size = ByteSize(count >> zeros << zeros);
            prop_assert_eq!(size.to_string().parse(), Ok(size));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            let _ = text.parse::<HumanDuration>();
            let _ = text.parse::<ByteSize>();
        }
    }
}
