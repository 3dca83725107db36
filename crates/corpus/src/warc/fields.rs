//! The named fields of a WARC record's header, and of `application/warc-fields` blocks.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Fields that there is room for at first.
const USUAL: usize = 12;

/// Named fields in order; names compare without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Cow<'static, str>, String)>);

impl Fields {
    /// Returns no fields.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Reads `Name: value` lines, ended by CRLF or LF; a line that starts with white space goes on with
    /// the value before it. Lines without a colon are passed over.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut fields: Vec<(Cow<'static, str>, String)> = Vec::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    let _ = write!(value, " {}", line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_owned().into(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    /// Returns the first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns the fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_ref(), v.as_str()))
    }

    /// Adds a field; line breaks and other control characters in the value become spaces, since they
    /// would forge fields.
    pub fn push<'v>(&mut self, name: &'static str, value: impl Into<Cow<'v, str>>) {
        let value = value.into();
        let value = if is_kept_as_it_is(&value) {
            value.into_owned()
        } else {
            value.replace(char::is_control, " ").trim().to_owned()
        };
        if self.0.capacity() == 0 {
            self.0.reserve(USUAL);
        }
        self.0.push((Cow::Borrowed(name), value));
    }

    /// Adds a field where there is a value.
    pub fn push_some<'v>(&mut self, name: &'static str, value: Option<impl Into<Cow<'v, str>>>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    /// Returns the fields as an `application/warc-fields` block: lines and an empty one.
    pub fn to_block(&self) -> String {
        self.to_lines() + "\r\n"
    }

    /// Returns the fields as lines ended by CRLF.
    pub fn to_lines(&self) -> String {
        let lengths = self
            .0
            .iter()
            .map(|(name, value)| name.len() + value.len() + 4);
        let mut text = String::with_capacity(lengths.sum());
        self.write_lines(&mut text);
        text
    }

    /// As [`Fields::to_lines`], behind what `text` holds.
    pub(crate) fn write_lines(&self, text: &mut String) {
        for (name, value) in &self.0 {
            for part in [name, ": ", value, "\r\n"] {
                text.push_str(part);
            }
        }
    }
}

const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Returns whether a value that stands in a field is read as it was given.
pub(crate) fn is_kept_as_it_is(value: &str) -> bool {
    value.bytes().all(is_printable) && !value.starts_with(' ') && !value.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_and_bare_lines_are_read() {
        let fields = Fields::parse(b"WARC-Type: response\nX: a\n b\r\njunk\r\nwarc-date:2020\r\n");
        assert_eq!(fields.get("warc-type"), Some("response"));
        assert_eq!(fields.get("x"), Some("a b"));
        assert_eq!(fields.get("WARC-Date"), Some("2020"));
        assert_eq!(fields.iter().count(), 3);
    }

    #[test]
    fn a_value_cannot_forge_a_field() {
        let mut fields = Fields::new();
        fields.push("url", "http://a.example/\r\nsite: other");
        assert_eq!(
            Fields::parse(fields.to_lines().as_bytes()).get("site"),
            None
        );
    }
}
