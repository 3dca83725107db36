//! Header, bytes and address, weighed.

use proptest::prelude::*;

use super::url;
use crate::{MediaKind, Raw, Readable, read};

use MediaKind::{Docx, Html, Image, Json, Other, Pdf, Text, Xml};

fn kind(content_type: &str, body: &[u8]) -> MediaKind {
    MediaKind::of(Some(content_type), None, body).0
}

#[test]
fn honest_headers_are_believed() {
    let cases: &[(&str, &[u8], MediaKind)] = &[
        ("text/html; charset=utf-8", b"Just words", Html),
        ("TEXT/HTML", b"<p>x", Html),
        (
            "application/xhtml+xml",
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
            Html,
        ),
        ("text/plain", b"<p> is a tag", Text),
        ("text/plain", b"{\"a\": 1}", Text),
        ("text/plain", b"", Text),
        ("text/markdown", b"# Head", Text),
        ("application/pdf", b"%PDF-1.7", Pdf),
        ("application/pdf", b"broken", Pdf),
        ("application/rss+xml", b"<rss version='2.0'>", Xml),
        ("application/ld+json", b"{}", Json),
        (
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            Image,
        ),
        ("text/css", b"p { color: red }", Other),
        ("video/mp4", b"\0\0\0\x20ftypisom", Other),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04 word/document.xml",
            Docx,
        ),
    ];
    for (content_type, body, expected) in cases {
        assert_eq!(
            kind(content_type, body),
            *expected,
            "{content_type} {:?}",
            String::from_utf8_lossy(body)
        );
    }
}

#[test]
fn bytes_refute_headers() {
    let cases: &[(&str, &[u8], MediaKind)] = &[
        ("text/plain", b"\n <!DOCTYPE html><title>x", Html),
        ("text/plain", b"<html lang=en>", Html),
        ("application/octet-stream", b"<!-- saved --><p>x", Html),
        ("application/octet-stream", b"%PDF-1.4", Pdf),
        ("application/pdf", b"<html><h1>404", Html),
        ("image/jpeg", b"<div>Not found</div>", Html),
        ("application/json", b"<!doctype html>", Html),
        ("text/html", b"%PDF-1.5", Pdf),
        ("text/html", b"\xef\xbb\xbf\n%PDF-1.5", Pdf),
        ("text/html", b"PK\x03\x04....word/document.xml", Docx),
        ("text/html", b"PK\x03\x04....xl/workbook.xml", Other),
        ("text/html", b"\x89PNG\r\n\x1a\n", Image),
        ("text/html", b"<?xml version='1.0'?><!-- c --><rss>", Xml),
        ("text/html", b"<?xml version='1.0'?><urlset xmlns='x'>", Xml),
        ("text/html", b"{\"error\": \"none\"}", Json),
        ("text/html", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", Other),
        (
            "application/xml",
            b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>\n<html>",
            Html,
        ),
        (
            "text/xml",
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
            Html,
        ),
        (
            "text/xml",
            b"<?xml version='1.0'?><page xmlns=\"http://www.w3.org/1999/xhtml\">",
            Html,
        ),
    ];
    for (content_type, body, expected) in cases {
        assert_eq!(
            kind(content_type, body),
            *expected,
            "{content_type} {:?}",
            String::from_utf8_lossy(body)
        );
    }
}

#[test]
fn text_that_only_resembles_stays_what_it_is() {
    assert_eq!(
        kind("text/html", b"[Draft] A decision of the council"),
        Html
    );
    assert_eq!(kind("text/html", b"<svg xmlns='x'></svg><p>text"), Html);
    assert_eq!(
        kind(
            "text/html",
            b"A \x01 stray control character in a page of text"
        ),
        Html
    );
    let source = MediaKind::of(
        Some("text/plain"),
        Some(&url("https://a.example/page.txt")),
        b"<!doctype html>",
    );
    assert_eq!(source.0, Text);
}

#[test]
fn without_a_header_bytes_and_address_decide() {
    let of = |address: &str, body: &[u8]| MediaKind::of(None, Some(&url(address)), body).0;
    assert_eq!(of("https://a.example/x", b"<p>x"), Html);
    assert_eq!(of("https://a.example/x", b"words"), Text);
    assert_eq!(of("https://a.example/x.html", b"words"), Html);
    assert_eq!(of("https://a.example/x.PHP?y=1", b"words"), Html);
    assert_eq!(of("https://a.example/x.pdf", b"<html>gone"), Html);
    assert_eq!(of("https://a.example/x.txt", b"\x00\x01\x02\x03"), Other);
    assert_eq!(of("https://a.example/", b"{\"a\":[1,2]}"), Json);
    assert_eq!(
        MediaKind::of(None, None, b""),
        (Other, "application/octet-stream".to_owned())
    );
}

#[test]
fn media_types_name_what_was_found() {
    let of = |content_type: &str, body: &[u8]| MediaKind::of(Some(content_type), None, body).1;
    assert_eq!(of("Text/HTML; charset=x", b"<p>"), "text/html");
    assert_eq!(of("application/xhtml+xml", b"<p>"), "application/xhtml+xml");
    assert_eq!(of("text/plain", b"<html>"), "text/html");
    assert_eq!(of("text/html", b"GIF89a"), "image/gif");
    assert_eq!(of("text/html", b"<rss>"), "application/rss+xml");
    assert_eq!(of("nonsense", b"words"), "text/plain");
}

#[test]
fn utf16_is_seen_through() {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let html = "<!doctype html><p>Бюро";
    let marked = [vec![0xff, 0xfe], wide(html)].concat();
    for body in [marked, wide(html)] {
        let raw = Raw {
            url: None,
            headers: &[],
            content_type: Some("text/plain"),
            body: &body,
        };
        match read(raw).unwrap() {
            Readable::Html(page) => {
                assert_eq!(page.charset, "UTF-16LE");
                assert!(page.html.root_element().text().any(|text| text == "Бюро"));
            }
            Readable::Text(_) => panic!("a page"),
        }
    }
    assert_eq!(
        kind("text/plain; charset=UTF-16LE", &wide("words only")),
        Text
    );
}

proptest! {
    #[test]
    fn any_bytes_are_something(head in proptest::sample::select(vec!["", "<?xml ", "<!--", "<!doctype ", "{", "PK\x03\x04", "<a", "<rss"]), rest in proptest::collection::vec(any::<u8>(), 0..80), content_type in "[a-z/;=+ ]{0,30}") {
        let body = [head.as_bytes(), &rest].concat();
        let (kind, media_type) = MediaKind::of(Some(&content_type), None, &body);
        prop_assert!(media_type.contains('/'));
        // What is plain markup or magic is the same whatever the header says of it.
        if body.starts_with(b"PK") {
            prop_assert!(matches!(kind, Docx | Other));
        }
    }
}
