//! Encodings, declared and not.

use encoding_rs::{Encoding, WINDOWS_1251};
use proptest::prelude::*;

use super::url;
use crate::{Raw, Readable, decode_text, read};

const RUSSIAN: &str = "Борьба с торговлей людьми является одной из задач Бюро.";

fn encoded(label: &str, text: &str) -> Vec<u8> {
    let encoding = Encoding::for_label(label.as_bytes()).unwrap();
    encoding.encode(text).0.into_owned()
}

#[test]
fn declarations_rank_mark_http_meta() {
    let body = encoded(
        "windows-1251",
        &format!("<meta charset=koi8-r><p>{RUSSIAN}"),
    );
    let got = decode_text(&body, Some("text/html; charset=\"Windows-1251\""));
    assert_eq!(
        (got.charset, got.text.contains(RUSSIAN)),
        ("windows-1251", true)
    );

    let marked = format!("\u{feff}<meta charset=koi8-r><p>{RUSSIAN}");
    let got = decode_text(marked.as_bytes(), Some("text/html; charset=windows-1251"));
    assert_eq!(
        (got.charset, got.text.starts_with("<meta")),
        ("UTF-8", true)
    );
    assert!(got.text.contains(RUSSIAN));
}

#[test]
fn meta_is_read_in_every_spelling() {
    for meta in [
        "<meta charset=windows-1251>",
        "<META CHARSET='Windows-1251'/>",
        "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
        "<meta content=\"text/html;charset='windows-1251'\" http-equiv=\"content-type\">",
        "<!-- <meta charset=utf-8> --><meta name=x content=y><meta charset = windows-1251 >",
        "<a title='<meta charset=utf-8>'><meta charset=windows-1251>",
        "<!doctype html><html lang=ru><head><title>x</title></><meta/charset=windows-1251>",
        "<meta http-equiv=Content-Type content='charsetx charset = windows-1251; x'>",
    ] {
        let body = encoded("windows-1251", &format!("{meta}<p>Да"));
        assert_eq!(
            decode_text(&body, Some("text/html")).charset,
            "windows-1251",
            "{meta}"
        );
    }
    for none in [
        "<meta name=x content='charset=windows-1251'>",
        "<body><meta charset=windows-1251>",
        "<meta charset=nonsense>",
    ] {
        assert_ne!(
            decode_text(none.as_bytes(), Some("text/html")).charset,
            "windows-1251",
            "{none}"
        );
    }
}

#[test]
fn a_late_declaration_counts() {
    let script = format!("<script>{}</script>", "var a = 1; ".repeat(1000));
    let body = encoded(
        "windows-1251",
        &format!("<head>{script}<meta charset=windows-1251><p>Да"),
    );
    assert!(script.len() > 10_000);
    assert_eq!(
        decode_text(&body, Some("text/html")).charset,
        "windows-1251"
    );
}

#[test]
fn utf16_in_meta_cannot_be() {
    let got = decode_text("<meta charset=utf-16><p>ж".as_bytes(), Some("text/html"));
    assert_eq!((got.charset, got.text.ends_with('ж')), ("UTF-8", true));
}

#[test]
fn xml_declarations_count() {
    let body = encoded(
        "windows-1251",
        &format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?><html><p>{RUSSIAN}"),
    );
    assert_eq!(
        decode_text(&body, Some("application/xhtml+xml")).charset,
        "windows-1251"
    );
    assert_eq!(
        decode_text(&body, Some("text/html")).charset,
        "windows-1251"
    );
}

#[test]
fn undeclared_text_is_recognised() {
    let cases = [
        ("windows-1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        (
            "windows-1252",
            "Die Bekämpfung des Menschenhandels gehört zu den größten Aufgaben des Büros.",
        ),
        ("utf-8", "Боротьба з торгівлею людьми є одним із завдань."),
    ];
    for (label, text) in cases {
        let got = decode_text(&encoded(label, text), Some("text/plain"));
        assert_eq!(got.text, text, "{label} read as {}", got.charset);
    }
}

#[test]
fn refuted_declarations_are_passed_over() {
    let page = format!("<meta charset=utf-8><p>{RUSSIAN}");
    let got = decode_text(page.as_bytes(), Some("text/html; charset=ISO-8859-1"));
    assert_eq!((got.charset, got.text.contains(RUSSIAN)), ("UTF-8", true));
    // Cut within a character.
    let cut = &page.as_bytes()[..page.len() - 2];
    assert_eq!(
        decode_text(cut, Some("text/html; charset=ISO-8859-1")).charset,
        "UTF-8"
    );
    let old = encoded(
        "windows-1251",
        &format!("<meta charset=windows-1251><p>{RUSSIAN}"),
    );
    let got = decode_text(&old, Some("text/html; charset=utf-8"));
    assert_eq!(
        (got.charset, got.text.contains(RUSSIAN)),
        ("windows-1251", true)
    );
    // One bad byte refutes nothing.
    let got = decode_text(
        b"A caf\xe9 in \xc3\xa9t\xc3\xa9",
        Some("text/html; charset=utf-8"),
    );
    assert_eq!(got.charset, "UTF-8");
    let got = decode_text(
        b"A caf\xe9 and no more",
        Some("text/html; charset=iso-8859-1"),
    );
    assert_eq!(
        (got.charset, got.text.starts_with("A café")),
        ("windows-1252", true)
    );
}

#[test]
fn labels_that_stand_for_a_refusal_are_unknown() {
    let got = decode_text(b"<p>plain", Some("text/html; charset=iso-2022-kr"));
    assert!(got.text.contains("plain"));
}

#[test]
fn the_country_of_the_host_helps() {
    let text = "Бюро";
    let body = encoded("windows-1251", text);
    let address = url("https://www.example.ru/x.txt");
    let raw = Raw {
        url: Some(&address),
        headers: &[],
        content_type: Some("text/plain"),
        body: &body,
    };
    assert!(matches!(read(raw), Ok(Readable::Text(got)) if got == text));
}

proptest! {
    #[test]
    fn any_bytes_are_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..400), label in "[a-z0-9_-]{0,12}") {
        decode_text(&bytes, Some(&format!("text/html; charset={label}")));
        let markup = [b"<meta http-equiv=content-type content='", &bytes[..]].concat();
        decode_text(&markup, None);
        let declaration = [b"<?xml encoding", &bytes[..]].concat();
        decode_text(&declaration, Some("text/xml"));
    }

    #[test]
    fn what_is_declared_comes_back(text in "[а-яА-Я ]{1,60}") {
        // These two letters are the bytes of a mark.
        prop_assume!(!text.starts_with("яю") && !text.starts_with("юя"));
        let body = WINDOWS_1251.encode(&text).0.into_owned();
        let got = decode_text(&body, Some("text/plain; charset=cp1251"));
        prop_assert_eq!(got.text, text);
    }
}
