//! Documents that nobody writes and somebody sends.

use std::error::Error;
use std::io::{BufWriter, Write};

use serde_json::json;

use crate::noise::Noise;

/// Words of the chrome that all documents share.
const CHROME: usize = 300;

/// The sentence that stands in all documents.
const COMMON: &str = "this site uses cookies to make sure that you get the best experience of it";

/// A document of the chain has so many words, and so many of them are not in the one before.
const LINK: (usize, usize) = (300, 60);

const SHAPES: &str =
    "SHAPE is equal, empty, common, chrome, families, chain, ids, huge or repeated";

/// Writes `count` documents of `shape`; for `huge` and `repeated` the count is bytes.
pub(crate) fn write(shape: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut line = |at: usize, text: &str| {
        writeln!(out, "{}", json!({"id": format!("h{at:07}"), "text": text}))
    };
    match shape {
        "equal" => (0..count).try_for_each(|at| line(at, &words(0, 200)))?,
        "empty" => (0..count).try_for_each(|at| line(at, ""))?,
        "common" => {
            (0..count).try_for_each(|at| line(at, &format!("{} {COMMON}.", words(at, 100))))?;
        }
        "chrome" => {
            let chrome = words(count, CHROME);
            (0..count).try_for_each(|at| line(at, &format!("{chrome}\n{}", words(at, 80))))?;
        }
        "families" => (0..count).try_for_each(|at| line(at, &relative(at)))?,
        "chain" => (0..count).try_for_each(|at| line(at, &link(at)))?,
        "ids" => {
            (0..count).try_for_each(|at| line(at.min(count.saturating_sub(2)), &words(at, 100)))?;
        }
        "huge" | "repeated" => {
            let seeds = (0..).map(|at| if shape == "huge" { at } else { 0 });
            let text = long(count, seeds);
            line(0, &text)?;
            let end = (1000..).find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            line(1, &text[..end.min(text.len())])?;
            (2..1000).try_for_each(|at| line(at, &words(at, 200)))?;
        }
        _ => return Err(SHAPES.into()),
    }
    Ok(out.flush()?)
}

/// Returns `length` words that follow from `seed`.
fn words(seed: usize, length: usize) -> String {
    let mut noise = Noise::of(&[seed as u64]);
    let words: Vec<String> = (0..length).map(|_| word(&mut noise)).collect();
    words.join(" ")
}

/// Returns one of 27,000 words of three syllables.
fn word(noise: &mut Noise) -> String {
    const SYLLABLES: [&str; 30] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va", "we", "xi", "yo", "zu", "bra", "cle", "dri", "flo", "gru", "sta", "tre", "spi",
        "sko", "plu",
    ];
    (0..3)
        .map(|_| SYLLABLES[noise.below(SYLLABLES.len())])
        .collect()
}

/// Returns one of a family of near-copies: as many as make the most pairs, under what a 5-gram may be common.
fn relative(at: usize) -> String {
    const FAMILY: usize = 60;
    let (mut text, mut noise) = (String::new(), Noise::of(&[at as u64, 1]));
    for part in 0..4 {
        text.push_str(&words(at / FAMILY * 4 + part, 50));
        text.push_str(&format!(" {} ", word(&mut noise)));
    }
    text
}

/// Returns a window into one endless text; windows that follow each other overlap.
fn link(at: usize) -> String {
    let (length, step) = LINK;
    let parts: Vec<String> = (at..at + length / step)
        .map(|part| words(part, step))
        .collect();
    parts.join(" ")
}

/// Returns some `bytes` of text.
fn long(bytes: usize, seeds: impl Iterator<Item = usize>) -> String {
    let mut text = String::with_capacity(bytes + 2000);
    for seed in seeds {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&words(seed, 100));
        text.push_str(".\n");
    }
    text
}
