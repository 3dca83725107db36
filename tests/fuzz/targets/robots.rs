//! robots.txt: the first line is the path that is asked about, the rest is the file.

use thresh_fetcher::robots::{self, Decision, PARSED_BYTES};

use super::{Target, ensure, first_line};
use crate::rng::Rng;
use crate::signature::{Signature, hash};

/// Where lines are cut: eight times the longest address of old browsers, less one.
const MAX_LINE: usize = 16_663;

const TOKEN: &str = "thresh";

pub(crate) struct Robots;

impl Target for Robots {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        let (path, file) = first_line(input);
        let path = format!("/{path}");
        let read = robots::parse(file);
        let decision = read.decide_path(&[TOKEN], &path);
        line_is_real(file, &decision)?;
        noise_means_nothing(file, &path, &decision)?;
        line_ends_mean_nothing(file, &path, &decision)?;
        escapes_mean_nothing(&read, &path, &decision)?;
        if hash(input).is_multiple_of(64) {
            long_files_are_cut(file)?;
        }
        agrees_with_a_naive_matcher(file, &path)?;
        let delay = read.crawl_delay(TOKEN);
        ensure(
            delay.is_none_or(|d| d.as_secs() <= 86_400),
            "long delay",
            || format!("{delay:?}"),
        )?;
        let robots_txt = read.decide_path(&[TOKEN], "/robots.txt");
        ensure(robots_txt.allowed, "robots.txt itself", || {
            format!("{robots_txt:?}")
        })?;
        Ok(Signature::new()
            .flag(decision.allowed)
            .count(decision.line.as_ref().map_or(0, |l| l.0))
            .count(read.sitemaps().len())
            .flag(delay.is_some())
            .flag(read.decide_path(&["other"], &path) == decision)
            .count(file.split(|&b| b == b'*').count()))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"User-agent: *\n",
            b"User-agent: thresh\n",
            b"useragent: Foo thresh/1.0\n",
            b"Disallow: /\n",
            b"Disallow: ",
            b"Allow: /",
            b"Allow:",
            b"disalow /x\n",
            b"Crawl-delay: 1\n",
            b"Crawl-delay: 1e9\n",
            b"Sitemap: http://a.example/s.xml\n",
            b"index.html",
            b"*",
            b"$",
            b"/*.php$",
            b"%2F",
            b"%7e",
            b"%",
            b"%E2%82%AC",
            b"#",
            b"\r",
            b"\r\n",
            b"\xef\xbb\xbf",
            b"<html>",
            b"\0",
            b"\xc2\xa0",
            b"\xe2\x80\xa8",
            b"\x0b",
            b"\x85",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let mut text = String::from("a/b?c=d\n");
        for _ in 0..rng.below(12) {
            text.push_str(rng.pick(&[
                "User-agent: *",
                "User-agent: thresh",
                "User-agent: other",
                "Disallow: /a",
                "Disallow: /*b",
                "Allow: /a/",
                "Allow: /*?c=d$",
                "Disallow:",
                "Crawl-delay: 2",
                "Disallow: /%61",
            ]));
            text.push_str(rng.pick(&["\n", "\r\n", "\r", " # x\n", "\n\n"]));
        }
        Some(text.into_bytes())
    }
}

fn lines(file: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = file;
    while let Some(end) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
        lines.push(&rest[..end]);
        let two = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + 1 + usize::from(two)..];
    }
    lines.push(rest);
    lines
}

/// The line that decides stands in the file, at its number.
fn line_is_real(file: &[u8], decision: &Decision) -> Result<(), String> {
    let Some((number, text)) = &decision.line else {
        return Ok(());
    };
    let lines = lines(file);
    let line = lines.get(number - 1).copied().unwrap_or_default();
    // Only a byte order mark, or a part of one, may stand before it.
    let line = String::from_utf8_lossy(&line[..line.len().min(MAX_LINE)]);
    ensure(
        line.contains(text.as_str()),
        "the line is not there",
        || format!("{number} {text:?} {line:?}"),
    )
}

/// A comment or an empty line between two lines changes nothing but the numbers.
fn noise_means_nothing(file: &[u8], path: &str, decision: &Decision) -> Result<(), String> {
    let mut all = lines(file);
    if file.len() > PARSED_BYTES / 2 || all.len() < 2 {
        return Ok(());
    }
    // In front of the first line with a word it could hide that the file is markup.
    let first = all.iter().position(|l| !l.trim_ascii().is_empty());
    let place = 1 + hash(file) as usize % (all.len() - 1);
    if first.is_none_or(|first| place <= first) {
        return Ok(());
    }
    let noise: &[u8] = [b"# User-agent: *" as &[u8], b"", b" \t# Disallow: /"][place % 3];
    all.insert(place, noise);
    let other = robots::parse(&all.join(&b'\n')).decide_path(&[TOKEN], path);
    let moved = decision.line.clone().map(|(number, text)| {
        let moved = number + usize::from(number > place);
        (moved, text)
    });
    ensure(
        other.allowed == decision.allowed && other.line == moved,
        "noise",
        || format!("{decision:?} {other:?}"),
    )
}

fn line_ends_mean_nothing(file: &[u8], path: &str, decision: &Decision) -> Result<(), String> {
    if file.len() > PARSED_BYTES / 2 {
        return Ok(());
    }
    let all = lines(file);
    let same: Vec<Decision> = ["\n", "\r", "\r\n"]
        .iter()
        .map(|end| robots::parse(&all.join(end.as_bytes())).decide_path(&[TOKEN], path))
        .collect();
    ensure(same.iter().all(|d| d == decision), "line ends", || {
        format!("{decision:?} {same:?}")
    })
}

/// A path with all its unreserved characters escaped is the same path.
fn escapes_mean_nothing(
    read: &robots::Robots,
    path: &str,
    decision: &Decision,
) -> Result<(), String> {
    let mut escaped = String::new();
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            // What stands behind a percent sign is part of an escape or may become one.
            b'%' => {
                escaped.push('%');
                for digit in bytes.by_ref().take(2) {
                    push_byte(&mut escaped, digit);
                }
            }
            _ if byte.is_ascii_alphanumeric() => escaped.push_str(&format!("%{byte:02x}")),
            _ => push_byte(&mut escaped, byte),
        }
    }
    // Two percent signs in a row make escapes of what was none.
    if path.contains('%') && !is_well_escaped(path) {
        return Ok(());
    }
    let other = read.decide_path(&[TOKEN], &escaped);
    ensure(
        &other == decision || path == "/robots.txt",
        "escapes",
        || format!("{path} {escaped} {decision:?} {other:?}"),
    )?;
    let normal = robots::escape(path);
    ensure(
        robots::escape(&normal) == normal || !is_well_escaped(path),
        "escape twice",
        || normal.clone(),
    )
}

fn push_byte(text: &mut String, byte: u8) {
    if byte.is_ascii() {
        text.push(char::from(byte));
    } else {
        text.push_str(&format!("%{byte:02X}"));
    }
}

fn is_well_escaped(path: &str) -> bool {
    path.split('%').skip(1).all(|part| {
        let digits = part.as_bytes().get(..2);
        digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit))
    })
}

/// What stands behind the limit has no say, not even half a line.
fn long_files_are_cut(file: &[u8]) -> Result<(), String> {
    let mut long = b"User-agent: *\n".to_vec();
    long.extend_from_slice(&file[..file.len().min(PARSED_BYTES / 4)]);
    long.push(b'\n');
    while long.len() < PARSED_BYTES - 64 {
        long.extend_from_slice(b"# thirty-two bytes of a comment\n");
    }
    let kept = robots::parse(&long);
    long.extend_from_slice(b"Disallow: /x");
    long.extend_from_slice(&[b'y'; 80]);
    long.extend_from_slice(b"\nUser-agent: *\nDisallow: /\n");
    let cut = robots::parse(&long);
    ensure(cut == kept, "cut file", || {
        format!("{} bytes of rules", file.len())
    })
}

/// Rules over a small alphabet decide as a matcher does that tries everything.
fn agrees_with_a_naive_matcher(file: &[u8], path: &str) -> Result<(), String> {
    let letters = |bytes: &[u8], alphabet: &[u8]| -> String {
        let letter = |b: &u8| char::from(alphabet[usize::from(*b) % alphabet.len()]);
        bytes.iter().map(letter).collect()
    };
    let path = format!(
        "/{}",
        letters(&path.as_bytes()[..path.len().min(10)], b"ab/")
    );
    let rules: Vec<(bool, String)> = file[..file.len().min(48)]
        .chunks(6)
        .map(|piece| {
            let value = letters(&piece[1..], b"ab/*$*a/");
            (piece[0].is_multiple_of(2), format!("/{value}"))
        })
        .collect();
    let text = rules
        .iter()
        .fold("User-agent: *\n".to_owned(), |text, (allow, value)| {
            format!(
                "{text}{}: {value}\n",
                if *allow { "Allow" } else { "Disallow" }
            )
        });
    let hits = rules.iter().filter(|(_, value)| {
        let (body, anchored) = value
            .strip_suffix('$')
            .map_or((&**value, false), |b| (b, true));
        naive(body.as_bytes(), path.as_bytes(), anchored)
    });
    // A `$` that is not last stands for an escaped one, but then nothing here matches.
    let best = hits.max_by_key(|(allow, value)| (value.len(), *allow));
    let expected = best.is_none_or(|(allow, _)| *allow);
    let found = robots::parse(text.as_bytes()).decide_path(&[TOKEN], &path);
    ensure(found.allowed == expected, "naive matcher", || {
        format!("{path} {text:?} {found:?}")
    })
}

fn naive(pattern: &[u8], path: &[u8], anchored: bool) -> bool {
    match pattern.split_first() {
        None => !anchored || path.is_empty(),
        Some((b'*', rest)) => (0..=path.len()).any(|n| naive(rest, &path[n..], anchored)),
        Some((byte, rest)) => path.first() == Some(byte) && naive(rest, &path[1..], anchored),
    }
}
