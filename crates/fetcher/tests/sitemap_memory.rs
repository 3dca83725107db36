//! How much memory the largest sitemaps take. A program of its own, since the system tells only the
//! most that a whole program has had.

#![allow(clippy::print_stderr, reason = "what is measured is printed")]

use std::fmt::Write;
use std::io::Write as _;

use thresh_fetcher::sitemap::{self, Limits};

const SIZE: usize = 50 << 20;

/// Forgets the peak so far, as far as the system lets.
fn forget_peak() -> Option<()> {
    std::fs::write("/proc/self/clear_refs", "5").ok()
}

/// Returns the most memory in bytes that the program has had since.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// A list of 40,000 pages in which most bytes are something else.
fn list(length: usize) -> String {
    let filler = "<image:image><image:loc>https://a.example/i.png</image:loc></image:image>";
    let mut text = String::with_capacity(length + 4096);
    text.push_str("<urlset>");
    for n in 0..40_000 {
        write!(text, "<url><loc>https://a.example/page/{n}</loc>").expect("memory takes all");
        while text.len() < length / 40_000 * (n + 1) {
            text.push_str(filler);
        }
        text.push_str("</url>");
    }
    text.truncate(length);
    text
}

fn in_utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    let mut bytes = Vec::with_capacity(2 * text.len() + 2);
    bytes.extend([0xff, 0xfe].into_iter().chain(units));
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// The parser holds the bytes that it is given and those that it unpacks, and gives away what it finds.
#[test]
fn the_largest_sitemap_is_held_once() {
    let base = "https://a.example/".parse().expect("a literal");
    let wide = in_utf16(&list(SIZE / 2 - 1));
    let plain = list(SIZE).into_bytes();
    let packed = packed(&plain);
    let cases = [
        ("UTF-8", plain, 0),
        ("UTF-16", wide, 0),
        ("gzip", packed, SIZE),
    ];
    for (name, bytes, unpacked) in cases {
        let Some(before) = forget_peak().and_then(|()| peak()) else {
            return eprintln!("skipped: this system does not tell how much memory was taken");
        };
        let mut found = 0;
        let limits = Limits::default();
        let read = sitemap::visit(&bytes, &base, limits, &mut |_| found += 1);
        let after = peak().expect("it was told before");
        assert!(read.urls.is_empty() && found > 39_000, "{name}: {found}");
        let more = after.saturating_sub(before);
        eprintln!(
            "{name}: {} MiB more for {} MiB",
            more >> 20,
            bytes.len() >> 20
        );
        // Beside its hash nothing is kept of an address. A growing buffer may be twice what is in it.
        let allowed = 2 * unpacked + (8 << 20);
        assert!(more <= allowed, "{name}: {} MiB", more >> 20);
    }
}
