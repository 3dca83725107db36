//! What the first bytes of a body say.

use serde::de::IgnoredAny;

use crate::MediaKind;

/// Bytes at the start that are looked at, as many as the MIME Sniffing Standard reads.
const HEAD: usize = 1445;

/// Bytes of a prolog of comments that are skipped in search of the root element.
const PROLOG: usize = 16 << 10;

/// Bytes of JSON that are read to see whether it is any.
const JSON: usize = 1 << 20;

/// What a body looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No bytes, or white space only.
    Empty,
    /// A format with a signature of its own, and its media type.
    Magic(MediaKind, &'static str),
    /// A zip archive.
    Archive,
    /// An HTML page: it opens with `<!doctype html`, `<html` or the like.
    Page,
    /// Something with an HTML element at its start.
    Fragment,
    /// XML whose root is `html` or lies in XHTML's namespace.
    Xhtml,
    /// A feed or sitemap, and its media type.
    Feed(&'static str),
    /// A picture in XML.
    Svg,
    /// Other XML.
    Xml,
    /// A JSON object or array.
    Json,
    /// Bytes that no text has.
    Binary,
    /// Nothing that stands out.
    Text,
}

impl Shape {
    /// Returns the media type that the shape names by itself.
    pub(crate) const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Magic(_, media_type) | Self::Feed(media_type) => Some(media_type),
            Self::Archive => Some("application/zip"),
            Self::Svg => Some("image/svg+xml"),
            _ => None,
        }
    }
}

/// Formats by their first bytes.
const MAGIC: &[(&[u8], MediaKind, &str)] = &[
    (b"%PDF-", MediaKind::Pdf, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", MediaKind::Image, "image/png"),
    (b"\xff\xd8\xff", MediaKind::Image, "image/jpeg"),
    (b"GIF87a", MediaKind::Image, "image/gif"),
    (b"GIF89a", MediaKind::Image, "image/gif"),
    (b"II*\0", MediaKind::Image, "image/tiff"),
    (b"MM\0*", MediaKind::Image, "image/tiff"),
    (b"\0\0\x01\0", MediaKind::Image, "image/x-icon"),
    (b"\x1f\x8b\x08", MediaKind::Other, "application/gzip"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        MediaKind::Other,
        "application/x-ole-storage",
    ),
    (b"{\\rtf", MediaKind::Other, "application/rtf"),
    (b"%!PS-Adobe-", MediaKind::Other, "application/postscript"),
];

/// Elements with which pages start (MIME Sniffing Standard §7.1, and a few more of today).
const FIRST_TAGS: &[&str] = &[
    "script", "iframe", "h1", "div", "font", "table", "a", "style", "b", "br", "p", "h2", "center",
    "article", "section", "main", "header", "nav", "span", "ul",
];

/// Elements that only a whole page starts with.
const PAGE_TAGS: &[&str] = &[
    "html", "head", "body", "title", "meta", "link", "base", "frameset",
];

/// Returns what `body` looks like.
pub(crate) fn of(body: &[u8]) -> Shape {
    if let Some(shape) = by_magic(body) {
        return shape;
    }
    let text = prologue(body);
    let start = text.trim_start();
    if start.is_empty() && body.len() <= HEAD {
        return Shape::Empty;
    }
    if start.starts_with('<')
        && let Some(shape) = by_markup(start)
    {
        return shape;
    }
    if has_binary(body) {
        Shape::Binary
    } else if start.starts_with(['{', '[']) && is_json(body) {
        Shape::Json
    } else {
        Shape::Text
    }
}

fn by_magic(body: &[u8]) -> Option<Shape> {
    let start = skip_space(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    let known = MAGIC.iter().find(|(magic, ..)| {
        body.starts_with(magic) || (magic[0] == b'%' && start.starts_with(magic))
    });
    if let Some(&(_, kind, media_type)) = known {
        return Some(Shape::Magic(kind, media_type));
    }
    match body {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(Shape::Magic(MediaKind::Image, "image/webp")),
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'a',
            b'v',
            b'i',
            b'f',
            ..,
        ] => Some(Shape::Magic(MediaKind::Image, "image/avif")),
        [b'P', b'K', 3, 4, ..] => Some(Shape::Archive),
        _ => None,
    }
}

fn skip_space(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()..]
}

/// Returns the start of the body as ASCII text in lower case; UTF-16 loses its zero bytes, and what
/// is not ASCII is `?`.
fn prologue(body: &[u8]) -> String {
    let narrow: Vec<u8>;
    let bytes = match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            narrow = rest
                .iter()
                .copied()
                .filter(|&b| b != 0)
                .take(PROLOG)
                .collect();
            &narrow
        }
        [b'<', 0, ..] | [0, b'<', ..] => {
            narrow = body
                .iter()
                .copied()
                .filter(|&b| b != 0)
                .take(PROLOG)
                .collect();
            &narrow
        }
        other => other,
    };
    let head = &bytes[..bytes.len().min(PROLOG)];
    let lower = |&b: &u8| {
        if b.is_ascii() {
            b.to_ascii_lowercase()
        } else {
            b'?'
        }
    };
    // All of it is ASCII now.
    String::from_utf8(head.iter().map(lower).collect()).unwrap_or_default()
}

fn by_markup(start: &str) -> Option<Shape> {
    let is_xml = start.starts_with("<?xml");
    let is_commented = start.starts_with("<!--");
    let mut doctype = "";
    let mut rest = start;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = match comment.find("-->") {
                Some(end) => &comment[end + 3..],
                None => return Some(Shape::Fragment),
            };
        } else if rest.starts_with("<?") {
            rest = &rest[rest.find('>')? + 1..];
        } else if let Some(name) = rest.strip_prefix("<!doctype") {
            doctype = first_word(name.trim_start());
            let skip = rest.find('>').map_or(rest.len(), |end| end + 1);
            rest = &rest[skip..];
        } else {
            break;
        }
    }
    // The standard takes a comment for HTML.
    let comment = is_commented.then_some(Shape::Fragment);
    by_root(rest, doctype, is_xml).or(comment)
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '[');
    &text[..end.unwrap_or(text.len())]
}

fn by_root(rest: &str, doctype: &str, is_xml: bool) -> Option<Shape> {
    let tag = rest.strip_prefix('<').unwrap_or("");
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let end = tag
        .find(|c: char| c.is_ascii_whitespace() || c == '/')
        .unwrap_or(tag.len());
    let name = &tag[..end];
    let local = name.rsplit(':').next().unwrap_or(name);
    Some(match local {
        _ if doctype == "html" => {
            if is_xml {
                Shape::Xhtml
            } else {
                Shape::Page
            }
        }
        "html" if is_xml => Shape::Xhtml,
        _ if is_xml && tag.contains("http://www.w3.org/1999/xhtml") => Shape::Xhtml,
        "rss" | "rdf" => Shape::Feed("application/rss+xml"),
        "feed" if is_xml || tag.contains("xmlns") => Shape::Feed("application/atom+xml"),
        "urlset" | "sitemapindex" => Shape::Feed("application/xml"),
        "svg" if is_xml || doctype == "svg" || tag.contains("xmlns") => Shape::Svg,
        _ if is_xml => Shape::Xml,
        name if PAGE_TAGS.contains(&name) => Shape::Page,
        name if FIRST_TAGS.contains(&name) => Shape::Fragment,
        _ => return None,
    })
}

/// Returns whether more than one byte in sixteen of the start is one that no text has; a stray
/// control character is in many a page.
fn has_binary(body: &[u8]) -> bool {
    if matches!(body, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return false;
    }
    let head = &body[..body.len().min(HEAD)];
    let binary = head
        .iter()
        .filter(|b| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f))
        .count();
    binary * 16 > head.len()
}

fn is_json(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.len() <= JSON {
        return serde_json::from_slice::<IgnoredAny>(body).is_ok();
    }
    // Of a large one the start is read: it is JSON so far if only the end is missing.
    match serde_json::from_slice::<IgnoredAny>(&body[..JSON]) {
        Ok(_) => true,
        Err(e) => e.is_eof(),
    }
}

/// Returns whether a zip archive is a Word document.
pub(crate) fn is_word(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"word/document.xml").is_some()
}
