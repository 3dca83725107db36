//! The sorted index `captures/index.cdxj`, by which replay tools find records.
//!
//! A line is what cdxj-indexer writes for the record: key, fourteen digits, and a JSON object with the
//! same members in the same order and spacing. Lines are sorted by their bytes, since readers search
//! the file by halves.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;

use thresh_types::{Capture, Timestamp};

use crate::CorpusError;
use crate::archive::target_uri;
use crate::durable::{folder_of, make_folder, put_in_place, temporary_beside};
use crate::state::Database;
use crate::surt::surt;

/// Room for what a line says, in bytes; most take less.
const LINE: usize = 512;

/// Writes the index of every capture in the database.
pub(crate) fn write_index(database: &Database, path: &Path) -> Result<(), CorpusError> {
    make_folder(folder_of(path))?;
    let temporary = temporary_beside(path)?;
    let mut out = BufWriter::new(temporary);
    let mut ties = Ties::default();
    let written = CorpusError::io("write", path);
    database.visit_by_key(|key, stored| {
        let front = front(key, stored.warc_date);
        let line = format!("{front}{}", object(&stored.capture));
        ties.add(front, line, &mut out)
            .map_err(CorpusError::io("write", path))
    })?;
    ties.flush(&mut out).map_err(written)?;
    let temporary = out
        .into_inner()
        .map_err(|e| CorpusError::io("write", path)(e.into_error()))?;
    put_in_place(temporary, path)
}

/// Lines of one key and second, which are sorted by the rest of their bytes.
#[derive(Default)]
struct Ties {
    front: String,
    lines: Vec<String>,
}

impl Ties {
    fn add(&mut self, front: String, line: String, out: &mut impl Write) -> std::io::Result<()> {
        if front != self.front {
            self.flush(out)?;
            self.front = front;
        }
        self.lines.push(line);
        Ok(())
    }

    fn flush(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        self.lines.sort_unstable();
        for line in self.lines.drain(..) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

/// Returns the line of a capture whose record has the date; it ends without a newline.
pub(crate) fn line(capture: &Capture, date: Timestamp) -> String {
    let target = target_uri(Some(&capture.final_url), &capture.payload_digest);
    front(&surt(&target), date) + &object(capture)
}

fn front(key: &str, date: Timestamp) -> String {
    format!("{key} {} ", date.strftime("%Y%m%d%H%M%S"))
}

fn object(capture: &Capture) -> String {
    let target = target_uri(Some(&capture.final_url), &capture.payload_digest);
    let mime = if capture.revisit {
        "warc/revisit"
    } else {
        capture.media_type.as_str()
    };
    // An empty block has no status, and with 304 wabac.js (ReplayWeb.page) would show an empty page.
    let has_status = !(capture.revisit && capture.status == 304);
    let status = has_status.then(|| capture.status.to_string());
    let members = [
        ("url", target),
        ("mime", mime.to_owned()),
        ("status", status.unwrap_or_default()),
        ("digest", crate::warc::digest_field(&capture.payload_digest)),
        ("length", capture.length.to_string()),
        ("offset", capture.offset.to_string()),
        ("filename", capture.warc.clone()),
    ];
    let mut out = String::with_capacity(LINE);
    let mut before = '{';
    for (name, value) in members.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(before);
        if before == ',' {
            out.push(' ');
        }
        before = ',';
        let _ = write!(out, "\"{name}\": ");
        quote(value, &mut out);
    }
    out.push('}');
    out
}

/// Writes a JSON text of ASCII alone, as Python does.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_in_ascii() {
        let mut quoted = String::new();
        quote("a\"\\\u{1}\u{e4}\u{1f600}\u{7f}", &mut quoted);
        assert_eq!(quoted, r#""a\"\\\u0001\u00e4\ud83d\ude00\u007f""#);
    }

    #[test]
    fn lines_of_one_second_are_sorted_by_their_bytes() {
        let mut out = Vec::new();
        let mut ties = Ties::default();
        for (front, line) in [("a ", "a 2"), ("a ", "a 1"), ("b ", "b 0")] {
            ties.add(front.to_owned(), line.to_owned(), &mut out)
                .unwrap();
        }
        ties.flush(&mut out).unwrap();
        assert_eq!(out, b"a 1\na 2\nb 0\n");
    }
}
