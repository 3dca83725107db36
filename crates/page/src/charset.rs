//! Which character encoding a body is in.
//!
//! The order is that of the Encoding and HTML standards: byte order mark, HTTP, `<meta>`, and then
//! the bytes themselves. Three things differ from browsers, since a crawler cannot ask its reader to
//! reload. The declaration is looked for in the first 16 KiB rather than in 1,024 bytes: real pages
//! have it behind long scripts and comments. A page that declares nothing may be found to be UTF-8.
//! And a declaration that the bytes refute is passed over: a single-byte encoding where they are
//! valid UTF-8 beyond ASCII, which real text of such an encoding never is for more than a character
//! or two, and UTF-8 where they mostly are not. Both come from defaults of servers.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use url::Host;

use crate::prescan;
use crate::{MediaKind, Raw};

/// Characters that must speak against a declared encoding.
const PROOF: usize = 3;

/// A body as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text; what could not be decoded is U+FFFD.
    pub text: String,
    /// The name of the encoding, as the Encoding Standard spells it.
    pub charset: &'static str,
}

/// Returns `body` as text. It never fails: what cannot be decoded becomes U+FFFD.
///
/// A `<meta>` declaration is looked for unless the body is plain text.
pub fn decode_text(body: &[u8], content_type: Option<&str>) -> Decoded {
    let kind = MediaKind::of(content_type, None, body).0;
    let raw = Raw {
        url: None,
        headers: &[],
        content_type,
        body,
    };
    let (text, charset) = decode(&raw, kind);
    Decoded {
        text: text.into_owned(),
        charset,
    }
}

/// Returns the body of `raw`, which is of `kind`, as text, and the name of its encoding. UTF-8 is not
/// copied.
pub(crate) fn decode<'b>(raw: &Raw<'b>, kind: MediaKind) -> (Cow<'b, str>, &'static str) {
    if let Some((encoding, length)) = Encoding::for_bom(raw.body) {
        return with(encoding, &raw.body[length..]);
    }
    let http = raw.content_type.and_then(charset_parameter).and_then(known);
    let encoding = http
        .filter(|encoding| !is_refuted(encoding, raw.body))
        .or_else(|| in_markup(raw, kind).filter(|encoding| !is_refuted(encoding, raw.body)))
        .unwrap_or_else(|| detect(raw));
    with(encoding, raw.body)
}

fn with<'b>(encoding: &'static Encoding, body: &'b [u8]) -> (Cow<'b, str>, &'static str) {
    let (text, _) = encoding.decode_without_bom_handling(body);
    (text, encoding.name())
}

fn in_markup(raw: &Raw<'_>, kind: MediaKind) -> Option<&'static Encoding> {
    match kind {
        MediaKind::Html => utf16_by_zeros(raw.body)
            .or_else(|| prescan::meta(raw.body))
            .or_else(|| prescan::xml_declaration(raw.body)),
        MediaKind::Xml => utf16_by_zeros(raw.body).or_else(|| prescan::xml_declaration(raw.body)),
        _ => None,
    }
}

/// Returns the encoding that `label` names. Those of the Encoding Standard that stand for a refusal
/// to decode count as unknown.
pub(crate) fn known(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().as_bytes())
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1);
    parameters
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, label)| label.trim().trim_matches(['"', '\'']))
}

/// Returns the byte order of UTF-16 without a mark, seen from its first two characters.
fn utf16_by_zeros(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [b'<', 0, second, 0, ..] if *second != 0 => Some(UTF_16LE),
        [0, b'<', 0, second, ..] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns whether the bytes show that a declaration is wrong.
fn is_refuted(declared: &'static Encoding, body: &[u8]) -> bool {
    if declared != UTF_8 && !declared.is_single_byte() {
        return false;
    }
    let valid = Encoding::utf8_valid_up_to(body);
    if valid == body.len() && declared == UTF_8 {
        return false;
    }
    let lead = |bytes: &[u8]| bytes.iter().filter(|&&b| b >= 0xc0).count();
    let (mut good, mut bad) = (lead(&body[..valid]), 0_usize);
    for chunk in body[valid..].utf8_chunks() {
        good += lead(chunk.valid().as_bytes());
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if declared == UTF_8 {
        bad >= PROOF && bad > good
    } else {
        // A body that was cut may end within a character.
        let cut = std::str::from_utf8(body).is_err_and(|e| e.error_len().is_none());
        good >= PROOF && bad == usize::from(cut)
    }
}

fn detect(raw: &Raw<'_>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    // A body that was cut may end within a character: so this is not called the last piece.
    detector.feed(raw.body, false);
    let tld = raw.url.and_then(|url| match url.as_url().host() {
        Some(Host::Domain(name)) => name.rsplit('.').next().filter(|tld| !tld.is_empty()),
        _ => None,
    });
    detector.guess(tld.map(str::as_bytes), Utf8Detection::Allow)
}
