//! The path of a rule: literal parts between wildcards.

use std::borrow::Cow;

/// A rule's path in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The literal parts; a `*` stands between each two.
    parts: Vec<String>,
    /// Whether the path must end where the last part ends (`$`).
    anchored: bool,
    /// Length of the normal form in bytes, by which rules are ranked.
    length: usize,
}

impl Pattern {
    /// Reads the value of an Allow or Disallow line. An empty one matches nothing.
    pub(crate) fn read(value: &str) -> Self {
        let (body, anchored) = match value.strip_suffix('$') {
            Some(body) => (body, true),
            None => (value, false),
        };
        // A `$` that is not last is an ordinary character, and paths have it escaped.
        let parts: Vec<String> = body
            .split('*')
            .map(|part| normalise(part).replace('$', "%24"))
            .collect();
        let stars = parts.len() - 1;
        let length = parts.iter().map(String::len).sum::<usize>() + stars + usize::from(anchored);
        Self {
            parts,
            anchored,
            length,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Returns whether a path in the form of [`normalise_path`] matches. Takes time linear in the
    /// path for each part.
    pub(crate) fn matches(&self, path: &str) -> bool {
        if self.length == 0 {
            return false;
        }
        let (Some((first, rest)), true) = (self.parts.split_first(), path.starts_with('/')) else {
            return false;
        };
        let Some(mut left) = path.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return !self.anchored || left.is_empty();
        };
        for part in middle {
            // The leftmost hit leaves most room for the parts to come.
            let Some(at) = left.find(part.as_str()) else {
                return false;
            };
            left = &left[at + part.len()..];
        }
        if self.anchored {
            left.ends_with(last.as_str())
        } else {
            left.contains(last.as_str())
        }
    }
}

/// Returns a path with its query in the form that rules are compared with: `*` and `$`, which mean
/// themselves here, escaped.
pub(crate) fn normalise_path(path: &str) -> String {
    normalise(path).replace('*', "%2A").replace('$', "%24")
}

/// Returns the rule's path `value` with everything outside printable ASCII percent-encoded and
/// escapes in upper case, wildcards kept.
pub fn escape(value: &str) -> String {
    normalise(value).into_owned()
}

fn normalise(text: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_graphic() && b != b'%';
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut bytes = text.as_bytes();
    while let [byte, rest @ ..] = bytes {
        bytes = rest;
        match escaped(*byte, rest) {
            Some(value) => {
                bytes = &rest[2..];
                push(&mut out, value, is_unreserved(value));
            }
            None => push(&mut out, *byte, byte.is_ascii_graphic()),
        }
    }
    Cow::Owned(out)
}

fn push(out: &mut String, byte: u8, plain: bool) {
    if plain {
        out.push(char::from(byte));
    } else {
        out.push('%');
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
        }
    }
}

/// Returns the byte that an escape stands for.
fn escaped(byte: u8, rest: &[u8]) -> Option<u8> {
    let [high, low, ..] = rest else {
        return None;
    };
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let value = digit(high)? * 16 + digit(low)?;
    (byte == b'%').then(|| u8::try_from(value).ok()).flatten()
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(rule: &str, path: &str) -> bool {
        Pattern::read(rule).matches(&normalise_path(path))
    }

    #[test]
    fn wildcards_and_anchors() {
        for (rule, path, expected) in [
            ("/fish*", "/fishheads", true),
            ("/*.php$", "/a/b.php", true),
            ("/*.php$", "/a/b.php?x", false),
            ("/*.php$", "/a.php/b.php", true),
            ("/a*b*c$", "/axbxcxc", true),
            ("/a*b*c$", "/axcxb", false),
            ("*/x", "/a/x", true),
            ("*", "/", true),
            ("$", "/", false),
            ("/$", "/", true),
            ("/$", "/a", false),
            ("/a$b", "/a$b/c", true),
            ("/a**b", "/ab", true),
            ("x", "/x", false),
            ("", "/x", false),
            ("/*/*/*", "/a/b/", true),
        ] {
            assert_eq!(matches(rule, path), expected, "{rule} {path}");
        }
    }

    #[test]
    fn escapes_are_compared_in_normal_form() {
        for (rule, path, expected) in [
            ("/caf\u{e9}", "/caf%c3%a9", true),
            ("/caf%C3%A9", "/caf\u{e9}", true),
            ("/%62%61%7a", "/baz", true),
            ("/a%2Fb", "/a/b", false),
            ("/a%2fb", "/a%2Fb", true),
            ("/a%2Ab", "/a*b", true),
            ("/a%2Ab", "/axb", false),
            ("/%24", "/$1", true),
            ("/100%", "/100%", true),
            ("/%zz", "/%zz", true),
        ] {
            assert_eq!(matches(rule, path), expected, "{rule} {path}");
        }
        assert_eq!(escape("/\u{e1}%aa*$"), "/%C3%A1%AA*$");
    }
}
