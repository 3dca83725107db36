//! From bytes to text, and sitemaps of one address a line.

use std::borrow::Cow;

use encoding_rs::Encoding;
use thresh_codec::Cut;

use super::{Collector, SitemapKind, SitemapUrl};

/// The XML declaration must begin a file; some plugins print a warning in front of it.
const PREFIX: usize = 16 << 10;

/// Undoes gzip that the server did not declare. Twice: some pack the file and the transfer.
pub(super) fn unpack<'a>(bytes: &'a [u8], cap: u64, to: &mut Collector<'_>) -> Cow<'a, [u8]> {
    let mut bytes = Cow::Borrowed(bytes);
    for _ in 0..2 {
        if !bytes.starts_with(b"\x1f\x8b") {
            break;
        }
        let Ok(decoded) = thresh_codec::decode(&["gzip".to_owned()], &bytes, cap) else {
            break;
        };
        match decoded.cut {
            Some(Cut::Cap) => to.problem(format!("unpacks to more than {cap} bytes: cut there")),
            Some(Cut::Early) => to.problem("the packed file ends early"),
            None => {}
        }
        bytes = Cow::Owned(decoded.bytes);
    }
    let cap = usize::try_from(cap).unwrap_or(usize::MAX);
    if bytes.len() > cap {
        to.problem(format!("is larger than {cap} bytes: cut there"));
        bytes = match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..cap]),
            Cow::Owned(mut bytes) => {
                bytes.truncate(cap);
                Cow::Owned(bytes)
            }
        };
    }
    bytes
}

/// Decodes by byte order mark, else by the XML declaration, else as UTF-8. Addresses are ASCII, so
/// a wrong guess costs little.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let declared = declared_encoding(bytes).unwrap_or(encoding_rs::UTF_8);
    declared.decode(bytes).0
}

fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PREFIX)];
    let head = String::from_utf8_lossy(head);
    let (_, declaration) = head.split_once("<?xml")?;
    let (declaration, _) = declaration.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = value[1..].split_once(quote)?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A declaration that can be read as ASCII is not in UTF-16, whatever it says.
    encoding.is_ascii_compatible().then_some(encoding)
}

/// Returns whether the text is markup, perhaps behind something that was printed by mistake.
pub(super) fn is_markup(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut end = text.len().min(PREFIX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let roots = ["<?xml", "<urlset", "<sitemapindex", "<rss", "<feed"];
    text.starts_with('<') || roots.iter().any(|root| head.contains(root))
}

/// Reads one address a line; lines that are none are passed over.
pub(super) fn read(text: &str, to: &mut Collector<'_>) {
    for line in text.split(['\n', '\r']) {
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let is_web = ["http://", "https://"].iter().any(|scheme| {
            line.get(..scheme.len())
                .is_some_and(|front| front.eq_ignore_ascii_case(scheme))
        });
        if !is_web || line.contains(char::is_whitespace) {
            continue;
        }
        if to.is_full() {
            to.problem(format!("lists more than {} addresses", to.limits.max_urls));
            return;
        }
        if let Some(url) = to.address(line) {
            to.sitemap.kind = SitemapKind::Text;
            to.page(SitemapUrl {
                url,
                lastmod: None,
                alternates: Vec::new(),
            });
        }
    }
}
