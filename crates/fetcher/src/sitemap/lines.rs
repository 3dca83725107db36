//! Sitemaps of one address a line.

use std::io::BufRead;

use super::bytes::Source;
use super::{Collector, MAX_FIELD, Relative, Room, SitemapKind, SitemapUrl, trimmed};

/// Reads one address a line; lines that are none are passed over.
pub(super) fn read(mut source: Source<'_>, to: &mut Collector<'_>) {
    let mut buffer = Vec::new();
    // Reading from memory does not fail.
    while let Ok(1..) = source.read_until(b'\n', &mut buffer) {
        for line in buffer.split(|&b| b == b'\r') {
            if read_line(line, to) == Room::Full {
                return;
            }
        }
        buffer.clear();
    }
}

fn read_line(line: &[u8], to: &mut Collector<'_>) -> Room {
    let Ok(line) = std::str::from_utf8(line) else {
        return Room::Left;
    };
    let line = trimmed(line);
    if !is_web(line) || line.len() > MAX_FIELD || line.contains(char::is_whitespace) {
        return Room::Left;
    }
    let base = to.base;
    let Some(url) = to.address(line, base, Relative::Rooted) else {
        return Room::Left;
    };
    to.sitemap.kind = SitemapKind::Text;
    to.page(SitemapUrl::new(url))
}

fn is_web(line: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        line.get(..scheme.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(scheme))
    })
}
