//! Which content codings a body really has.
//!
//! Archives are made by many hands: some keep the body as it was sent and drop `Content-Encoding`, some
//! undo the coding and keep the header. The bytes tell, where the codings have a signature.

/// The most of a body that is looked at, in bytes.
const LOOK: usize = 4096;

/// Returns the codings to undo, in header order: those that the headers name, without those that are
/// undone already, and one that they do not name.
pub(crate) fn codings_of(headers: &[(String, String)], wire: &[u8]) -> Vec<String> {
    let values = |wanted: &str| {
        let named = move |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case(wanted).then(|| value.clone())
        };
        headers.iter().filter_map(named).collect::<Vec<_>>()
    };
    let said = values("content-encoding");
    let mut named = said
        .iter()
        .flat_map(|value| value.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity");
    let outer = named.next();
    if named.next().is_some() {
        // Nobody undoes a stack of codings in passing: it is what it says, or broken.
        return said;
    }
    match outer.as_deref() {
        Some("gzip" | "x-gzip") if !is_gzip(wire) && is_text(wire) => Vec::new(),
        Some("zstd") if !is_zstd(wire) && is_text(wire) => Vec::new(),
        // Brotli and deflate have no signature; but what they give is hardly ever text.
        Some("br" | "deflate") if is_text(wire) && wire.len() >= 64 => Vec::new(),
        Some(_) => said,
        None => {
            let is_page = values("content-type").first().is_some_and(|declared| {
                let declared = declared.to_ascii_lowercase();
                declared.contains("html") || declared.starts_with("text/")
            });
            let coding = match wire {
                _ if !is_page => None,
                _ if is_gzip(wire) => Some("gzip"),
                _ if is_zstd(wire) => Some("zstd"),
                _ => None,
            };
            coding.map(str::to_owned).into_iter().collect()
        }
    }
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 0x08])
}

fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// Returns whether the front of the bytes reads as text of some Latin superset: no control characters
/// but white space, and some markup or a word.
fn is_text(bytes: &[u8]) -> bool {
    let front = &bytes[..bytes.len().min(LOOK)];
    let is_control = |b: &u8| (*b < 0x20 && !b"\t\n\r\x0c".contains(b)) || *b == 0x7f;
    let plain = front.iter().filter(|b| b.is_ascii()).count();
    !front.is_empty() && !front.iter().any(is_control) && plain * 4 >= front.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(coding: &str, media_type: &str) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let all = [
            pair("Content-Encoding", coding),
            pair("content-type", media_type),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    #[test]
    fn the_bytes_tell_what_the_headers_have_wrong() {
        let page = "<p>A page of some length, which nobody has compressed: äöü.</p>".as_bytes();
        let gzip = [0x1f, 0x8b, 0x08, 0, 0, 1, 2, 3];
        let html = "text/html; charset=utf-8";
        let cases: [(&str, &str, &[u8], &[&str]); 10] = [
            ("gzip", html, &gzip, &["gzip"]),
            ("gzip", html, page, &[]),
            ("br", html, page, &[]),
            ("deflate", html, b"\x78\x9c\x00\x01", &["deflate"]),
            ("", html, &gzip, &["gzip"]),
            ("", "application/gzip", &gzip, &[]),
            ("", "", &gzip, &[]),
            ("", html, page, &[]),
            ("identity", html, page, &[]),
            ("gzip, br", html, &[0x8b, 2, 0x80, 1], &["gzip, br"]),
        ];
        for (coding, media_type, wire, expected) in cases {
            let found = codings_of(&headers(coding, media_type), wire);
            assert_eq!(found, expected, "{coding:?} {media_type:?}");
        }
    }

    #[test]
    fn a_broken_coding_stays_one() {
        let found = codings_of(&headers("gzip", "text/html"), b"\x00\x01garbage");
        assert_eq!(found, ["gzip"]);
        assert_eq!(codings_of(&headers("gzip", "text/html"), b""), ["gzip"]);
    }
}
