//! HTTP messages as the blocks of WARC records hold them.

use thresh_types::HttpHead;

/// Under this name a stored head keeps its `Transfer-Encoding`: the body is stored without the coding,
/// and replay tools would try to undo it again. Browsertrix and Common Crawl do likewise.
const RENAMED: &str = "X-Crawler-Transfer-Encoding";

/// Returns how long the head at the front of `block` is, with the empty line; `None` where the head
/// does not end.
pub(crate) fn head_length(block: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = block[from..].iter().position(|&b| b == b'\n') {
        let next = from + at + 1;
        if block[next..].starts_with(b"\r\n") {
            return Some(next + 2);
        }
        if block[next..].starts_with(b"\n") {
            return Some(next + 1);
        }
        from = next;
    }
    None
}

/// Returns the status of the status line, `HTTP/1.1 200 OK`.
pub(crate) fn status(head: &HttpHead) -> Option<u16> {
    let line = head.0.split(|&b| b == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..line.len().min(64))?)
        .unwrap_or_else(|e| std::str::from_utf8(&line[..e.valid_up_to()]).unwrap_or_default());
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|word| word.starts_with("HTTP/"))?;
    words
        .next()?
        .parse()
        .ok()
        .filter(|status| (100..=999).contains(status))
}

/// Returns the head as it is stored: well closed, and with its transfer coding renamed. A head of
/// HTTP/2 or 3 becomes a message of HTTP/1.1, which readers know how to read; `WARC-Protocol` says what
/// carried it (warc-specifications #15 and #42).
pub(crate) fn to_stored(head: &HttpHead) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.0.len() + 16);
    let mut lines = head.0.split_inclusive(|&b| b == b'\n');
    push_start(&mut out, lines.next().unwrap_or_default());
    // Pseudo-headers (RFC 9113 §8.3) have no place in HTTP/1.1.
    for line in lines.filter(|line| !line.starts_with(b":")) {
        let name = line.split(|&b| b == b':').next().unwrap_or_default();
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            out.extend_from_slice(RENAMED.as_bytes());
            out.extend_from_slice(&line[name.len()..]);
        } else {
            out.extend_from_slice(line);
        }
    }
    match head_length(&out) {
        Some(length) => out.truncate(length),
        None => close(&mut out),
    }
    out
}

/// Adds the start line, with the version of HTTP at its front (a response) or its end (a request).
fn push_start(out: &mut Vec<u8>, line: &[u8]) {
    let is_newer = |word: &[u8]| word.starts_with(b"HTTP/2") || word.starts_with(b"HTTP/3");
    let front = line.iter().position(|&b| b == b' ').unwrap_or(0);
    let text = line.trim_ascii_end();
    let back = text.iter().rposition(|&b| b == b' ').map_or(0, |at| at + 1);
    if is_newer(line) && front > 0 {
        out.extend_from_slice(b"HTTP/1.1");
        out.extend_from_slice(&line[front..]);
    } else if is_newer(&text[back..]) {
        out.extend_from_slice(&line[..back]);
        out.extend_from_slice(b"HTTP/1.1");
        out.extend_from_slice(&line[text.len()..]);
    } else {
        out.extend_from_slice(line);
    }
}

fn close(head: &mut Vec<u8>) {
    while head.last().is_some_and(|b| b"\r\n".contains(b)) {
        head.pop();
    }
    head.extend_from_slice(b"\r\n\r\n");
}

/// Returns media type and charset of a `Content-Type` value, both lower case.
pub(crate) fn media_type(content_type: &str) -> (String, Option<String>) {
    let mut parts = content_type.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_ascii_lowercase())
        .filter(|charset| !charset.is_empty());
    (media_type, charset)
}

/// Undoes the chunked transfer coding (RFC 9112 §7.1) of a body that an imported archive kept as it
/// went over the wire. `None` where the bytes are not chunked after all: many archives keep the header
/// and store the body without the coding.
pub(crate) fn without_chunks(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let Some(line_end) = rest.iter().take(1024).position(|&b| b == b'\n') else {
            // Without a line end this was chunked only if chunks came before.
            return (!out.is_empty()).then_some(out);
        };
        let line = std::str::from_utf8(&rest[..line_end]).ok()?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(digits, 16).ok()?;
        rest = &rest[line_end + 1..];
        if size == 0 {
            return Some(out);
        }
        if size > rest.len() {
            // The archive has a body cut short: what is there is kept.
            out.extend_from_slice(rest);
            return Some(out);
        }
        out.extend_from_slice(&rest[..size]);
        rest = &rest[size..];
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .unwrap_or(rest);
        if rest.is_empty() {
            return Some(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heads_end_at_the_empty_line() {
        assert_eq!(
            head_length(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody"),
            Some(25)
        );
        assert_eq!(head_length(b"HTTP/1.1 200 OK\nA: b\n\nbody"), Some(22));
        assert_eq!(head_length(b"HTTP/1.1 200 OK\r\nA: b\r\n"), None);
    }

    #[test]
    fn the_transfer_coding_is_renamed_and_nothing_else() {
        let head =
            HttpHead(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nX: \xff\r\n\r\n".to_vec());
        let stored = to_stored(&head);
        let expected =
            b"HTTP/1.1 200 OK\r\nX-Crawler-Transfer-Encoding: chunked\r\nX: \xff\r\n\r\n";
        assert_eq!(stored, expected);
        assert_eq!(
            to_stored(&HttpHead(b"HTTP/1.0 200".to_vec())),
            b"HTTP/1.0 200\r\n\r\n"
        );
    }

    #[test]
    fn messages_of_newer_versions_are_stored_as_http_1_1() {
        let stored = |head: &str| {
            let head = HttpHead(format!("{head}\r\n\r\n").into_bytes());
            let stored = String::from_utf8(to_stored(&head)).unwrap();
            stored.trim_end_matches("\r\n\r\n").to_owned()
        };
        for (head, expected) in [
            ("HTTP/2 200", "HTTP/1.1 200"),
            ("HTTP/2.0 404 Not Found", "HTTP/1.1 404 Not Found"),
            ("HTTP/3 200 ", "HTTP/1.1 200 "),
            ("GET /HTTP/2 HTTP/2.0", "GET /HTTP/2 HTTP/1.1"),
            ("GET / HTTP/2", "GET / HTTP/1.1"),
            ("HTTP/1.0 200 OK", "HTTP/1.0 200 OK"),
            ("GET / HTTP/1.1\r\nX: HTTP/2", "GET / HTTP/1.1\r\nX: HTTP/2"),
            (
                "HTTP/2 200 OK\r\n:status: 200\r\na: b",
                "HTTP/1.1 200 OK\r\na: b",
            ),
        ] {
            assert_eq!(stored(head), expected);
        }
    }

    #[test]
    fn chunks_are_undone_only_where_they_are() {
        let chunked = b"4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n";
        assert_eq!(without_chunks(chunked).as_deref(), Some(&b"Wikipedia"[..]));
        assert_eq!(without_chunks(b"<html>plain</html>\n"), None);
        assert_eq!(without_chunks(b"9\r\nWiki").as_deref(), Some(&b"Wiki"[..]));
    }

    #[test]
    fn content_types_are_taken_apart() {
        let parsed = media_type("Text/HTML; x=1; Charset=\"UTF-8\"");
        assert_eq!(parsed, ("text/html".to_owned(), Some("utf-8".to_owned())));
        assert_eq!(media_type(""), (String::new(), None));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = head_length(&bytes);
            let _ = without_chunks(&bytes);
            let head = HttpHead(bytes);
            let _ = status(&head);
            let stored = to_stored(&head);
            prop_assert!(head_length(&stored).is_some());
        }
    }
}
