//! Character encodings: the first line is the `Content-Type`, the rest is the body.

use encoding_rs::Encoding;
use thresh_page::{Decoded, decode_text};

use super::{Target, ensure, first_line};
use crate::rng::Rng;
use crate::signature::Signature;

pub(crate) struct Charset;

impl Target for Charset {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let (content_type, body) = first_line(input);
        let declared = Some(content_type.as_str()).filter(|c| !c.is_empty());
        let decoded = decode_text(body, declared);
        let known = Encoding::for_label(decoded.charset.as_bytes());
        ensure(
            known.is_some_and(|e| e.name() == decoded.charset),
            "charset",
            || decoded.charset.to_owned(),
        )?;
        // No encoding gives more than three bytes for one, but for a mark of replacement at the end.
        ensure(
            decoded.text.len() <= 3 * body.len() + 16,
            "long text",
            || format!("{} from {}", decoded.text.len(), body.len()),
        )?;
        header_form_means_nothing(&content_type, body, &decoded)?;
        marks_win(&content_type, body)?;
        declared_utf8_is_read(body)?;
        plain_ascii_stays(&content_type, body, &decoded)?;
        Ok(signature(&decoded, body, declared.is_some()))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"text/html; charset=utf-8\n",
            b"text/html; charset=",
            b"text/plain\n",
            b"application/xml\n",
            b"utf-16",
            b"utf-16le",
            b"windows-1251",
            b"windows-1252",
            b"iso-8859-1",
            b"iso-2022-jp",
            b"shift_jis",
            b"euc-kr",
            b"gb18030",
            b"big5",
            b"koi8-r",
            b"utf-7",
            b"replacement",
            b"x-user-defined",
            b"hz-gb-2312",
            b"<meta charset=utf-8>",
            b"<meta charset=\"",
            b"<meta http-equiv=content-type content='text/html; charset=",
            b"charset charset = \"",
            b"<?xml version='1.0' encoding='windows-1251'?>",
            b"<!--",
            b"-->",
            b"<body>",
            b"</",
            b"<",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"<\0h\0",
            b"\0<\0h",
            b"\x1b$B",
            b"\x1b(B",
            b"\xd0\x9f\xd1\x80\xd0\xb8",
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            b"\x93\xfa\x96{",
            b"\xa4\xa4\xa4\xed",
            b"~{",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xc0\xaf",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let labels = [
            "utf-8",
            "windows-1251",
            "shift_jis",
            "gb18030",
            "koi8-r",
            "iso-8859-2",
        ];
        let (real, told) = (labels[rng.below(6)], labels[rng.below(6)]);
        let text = "Привет, мир. Zażółć gęślą jaźń. 日本語のテキスト。";
        let start = text
            .char_indices()
            .nth(rng.below(12))
            .map_or(0, |(at, _)| at);
        let encoding = Encoding::for_label(real.as_bytes())?;
        let (bytes, _, _) = encoding.encode(&text[start..]);
        let mut input = match rng.below(3) {
            0 => format!("text/html; charset={told}\n<p>"),
            1 => format!("text/html\n<meta charset={told}><p>"),
            _ => "\n".to_owned(),
        }
        .into_bytes();
        input.extend_from_slice(&bytes);
        Some(input)
    }
}

fn signature(decoded: &Decoded, body: &[u8], declared: bool) -> Signature {
    let replaced = decoded.text.chars().filter(|&c| c == '\u{fffd}').count();
    Signature::new()
        .name(decoded.charset)
        .flag(declared)
        .count(replaced)
        .count(body.iter().filter(|b| !b.is_ascii()).count())
        .flag(body.first() == Some(&b'<'))
        .flag(decoded.text.contains("charset"))
}

fn header_form_means_nothing(
    content_type: &str,
    body: &[u8],
    decoded: &Decoded,
) -> Result<(), String> {
    let upper = decode_text(body, Some(&content_type.to_ascii_uppercase()));
    let is_declared = !content_type.is_empty();
    ensure(!is_declared || &upper == decoded, "case", || {
        content_type.to_owned()
    })?;
    let more = decode_text(body, Some(&format!("{content_type}; x=y")));
    let closed = is_declared && !content_type.contains(['"', '\'']);
    ensure(!closed || &more == decoded, "parameter", || {
        content_type.to_owned()
    })
}

/// A byte order mark is believed before anything else.
fn marks_win(content_type: &str, body: &[u8]) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Ok(());
    };
    let marked = ["\u{feff}", text].concat();
    let decoded = decode_text(marked.as_bytes(), Some(content_type));
    ensure(
        decoded.text == text && decoded.charset == "UTF-8",
        "mark",
        || format!("{content_type} {decoded:?}"),
    )
}

fn declared_utf8_is_read(body: &[u8]) -> Result<(), String> {
    const DECLARED: Option<&str> = Some("text/html; charset=utf-8");
    let Ok(text) = std::str::from_utf8(body) else {
        return Ok(());
    };
    if Encoding::for_bom(body).is_some() {
        return Ok(());
    }
    let decoded = decode_text(body, DECLARED);
    ensure(decoded.text == text, "UTF-8", || format!("{decoded:?}"))?;
    // One broken byte refutes nothing.
    let broken = [body, b"\xff"].concat();
    let decoded = decode_text(&broken, DECLARED);
    let is_kept = decoded.text.strip_suffix('\u{fffd}') == Some(text);
    let has_mark = Encoding::for_bom(&broken).is_some();
    ensure(is_kept || has_mark, "broken UTF-8", || {
        format!("{decoded:?}")
    })
}

/// Text of letters and spaces reads the same in every encoding that keeps ASCII.
fn plain_ascii_stays(content_type: &str, body: &[u8], decoded: &Decoded) -> Result<(), String> {
    let is_plain = body.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ');
    let wide = decoded.charset.starts_with("UTF-16");
    ensure(
        !is_plain || wide || decoded.text.as_bytes() == body,
        "ASCII",
        || format!("{content_type} {decoded:?}"),
    )
}
