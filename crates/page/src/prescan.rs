//! The encoding that markup declares, read from its bytes.
//!
//! This is the prescan of the HTML Standard (§13.2.3.2), over 16 KiB instead of 1,024 bytes, and the
//! XML declaration.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::charset::known;

/// Bytes that are searched. Of real pages with a late declaration, all seen had it well before.
const WINDOW: usize = 16 << 10;

/// Returns the encoding that a `<meta>` declares.
pub(crate) fn meta(body: &[u8]) -> Option<&'static Encoding> {
    let mut bytes = Bytes {
        rest: &body[..body.len().min(WINDOW)],
    };
    while let Some(&first) = bytes.rest.first() {
        if first != b'<' {
            bytes.skip_to(b'<');
        } else if bytes.rest.starts_with(b"<!--") {
            bytes.skip_comment();
        } else if bytes.takes_tag("meta") {
            let found = bytes.meta();
            if found.is_some() {
                return found;
            }
        } else if bytes.takes_tag("body") {
            return None;
        } else {
            bytes.skip_other();
        }
    }
    None
}

/// Returns the encoding of an XML declaration.
pub(crate) fn xml_declaration(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(WINDOW)];
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', declaration)?;
    let text = std::str::from_utf8(&declaration[..end]).ok()?;
    let (_, value) = text.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    effective(value[1..].split(quote).next()?)
}

/// Returns the encoding to use where ASCII-readable markup names `label`: it cannot be UTF-16.
fn effective(label: &str) -> Option<&'static Encoding> {
    let encoding = known(label)?;
    Some(if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding.name() == "x-user-defined" {
        WINDOWS_1252
    } else {
        encoding
    })
}

struct Bytes<'a> {
    rest: &'a [u8],
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

impl<'a> Bytes<'a> {
    fn skip_to(&mut self, byte: u8) {
        let at = memchr::memchr(byte, self.rest).unwrap_or(self.rest.len());
        self.rest = &self.rest[at..];
    }

    fn skip(&mut self, count: usize) {
        self.rest = &self.rest[count.min(self.rest.len())..];
    }

    fn skip_while(&mut self, test: impl Fn(u8) -> bool) {
        let count = self.rest.iter().take_while(|&&b| test(b)).count();
        self.skip(count);
    }

    fn take_while(&mut self, test: impl Fn(u8) -> bool) -> &'a [u8] {
        let before = self.rest;
        self.skip_while(test);
        &before[..before.len() - self.rest.len()]
    }

    fn skip_comment(&mut self) {
        // `<!-->` is a whole comment, so the search starts at its dashes.
        self.skip(2);
        let end = memchr::memmem::find(self.rest, b"-->").map(|at| at + 3);
        self.skip(end.unwrap_or(self.rest.len()));
    }

    fn takes_tag(&mut self, name: &str) -> bool {
        let inside = &self.rest[1..];
        let found = inside
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            && inside
                .get(name.len())
                .is_some_and(|&b| is_space(b) || b == b'/' || b == b'>');
        if found {
            self.skip(1 + name.len());
        }
        found
    }

    fn skip_other(&mut self) {
        let letter = match self.rest {
            [_, b'/', letter, ..] | [_, letter, ..] => *letter,
            _ => 0,
        };
        match self.rest.get(1) {
            _ if letter.is_ascii_alphabetic() => {
                self.skip_while(|b| !is_space(b) && b != b'>');
                while self.attribute().is_some() {}
            }
            Some(b'!' | b'/' | b'?') => self.skip_to(b'>'),
            _ => self.skip(1),
        }
    }

    /// Reads the attributes of a `<meta>` and returns the encoding that they declare.
    fn meta(&mut self) -> Option<&'static Encoding> {
        let mut charset = None;
        let mut content = None;
        let mut is_content_type = false;
        while let Some((name, value)) = self.attribute() {
            match name.as_str() {
                "http-equiv" => is_content_type |= value.eq_ignore_ascii_case("content-type"),
                "content" if content.is_none() => content = charset_in(&value),
                "charset" if charset.is_none() => charset = effective(&value),
                _ => {}
            }
        }
        charset.or(content.filter(|_| is_content_type))
    }

    /// Reads an attribute; none at the end of the tag.
    fn attribute(&mut self) -> Option<(String, String)> {
        self.skip_while(|b| is_space(b) || b == b'/');
        if matches!(self.rest.first(), None | Some(b'>')) {
            return None;
        }
        // A name may start with `=`, so one byte is taken in any case.
        let first = self.rest[0];
        self.skip(1);
        let name = self.take_while(|b| !is_space(b) && !matches!(b, b'=' | b'/' | b'>'));
        let name = [&[first], name].concat();
        self.skip_while(is_space);
        let value = if self.rest.first() == Some(&b'=') {
            self.value()
        } else {
            &[]
        };
        Some((lower(&name), String::from_utf8_lossy(value).into_owned()))
    }

    fn value(&mut self) -> &'a [u8] {
        self.skip(1);
        self.skip_while(is_space);
        match self.rest.first() {
            Some(&quote @ (b'"' | b'\'')) => {
                self.skip(1);
                let value = self.take_while(|b| b != quote);
                self.skip(1);
                value
            }
            _ => self.take_while(|b| !is_space(b) && b != b'>'),
        }
    }
}

fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

/// Returns the encoding in a `content` such as `text/html; charset=utf-8` (HTML Standard §2.4.4).
fn charset_in(content: &str) -> Option<&'static Encoding> {
    let mut lowered = content.to_ascii_lowercase();
    loop {
        let at = lowered.find("charset")?;
        lowered.drain(..at + "charset".len());
        let Some(value) = lowered.trim_start().strip_prefix('=') else {
            continue;
        };
        let value = value.trim_start();
        let label = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split_once(quote)?.0,
            _ => value
                .split(|c: char| c.is_ascii_whitespace() || c == ';')
                .next()?,
        };
        return effective(label);
    }
}
