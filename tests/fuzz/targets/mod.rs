//! What is fuzzed.

mod charset;
mod decoder;
mod extract;
mod header;
mod lines;
mod links;
mod robots;
mod sitemap;
mod wire;

use std::time::Duration;

use crate::rng::Rng;
use crate::signature::Signature;

/// Something that reads bytes of strangers.
pub(crate) trait Target {
    /// Runs over `input` and returns what happened, or which invariant is broken: its name, a
    /// colon, and the particulars.
    fn run(&mut self, input: &[u8]) -> Result<Signature, String>;

    /// Returns words that the target knows.
    fn dictionary(&self) -> &'static [&'static [u8]];

    /// Returns the length to which mutants are cut.
    fn max_len(&self) -> usize {
        2048
    }

    /// Makes an input from its structure, for targets that have one.
    fn generate(&mut self, _: &mut Rng) -> Option<Vec<u8>> {
        None
    }

    /// Returns how many mutants the short pass has.
    fn short_pass(&self) -> usize {
        400
    }

    /// Returns how long any input may take, where that is more than for a parser.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }
}

/// Makes a target.
pub(crate) type Maker = fn() -> Box<dyn Target>;

/// Every target by name.
pub(crate) const ALL: &[(&str, Maker)] = &[
    ("robots", || Box::new(robots::Robots)),
    ("sitemap", || Box::new(sitemap::Sitemap)),
    ("header", || Box::new(header::Header)),
    ("charset", || Box::new(charset::Charset)),
    ("decoder", || Box::new(decoder::Decoder)),
    ("links", || Box::new(links::Links)),
    ("extract", || Box::new(extract::Extract::new())),
    ("lines", || Box::new(lines::Lines)),
    ("wire", || Box::new(wire::Wire::start())),
];

/// Returns an error that names the broken invariant unless `holds`.
fn ensure(
    holds: bool,
    invariant: &str,
    particulars: impl FnOnce() -> String,
) -> Result<(), String> {
    if holds {
        return Ok(());
    }
    Err(format!("{invariant}: {}", particulars()))
}

/// Splits an input at its first line end: the parameters of a case, and its body.
fn first_line(input: &[u8]) -> (String, &[u8]) {
    let (line, rest) = match input.iter().position(|&b| b == b'\n') {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (&[][..], input),
    };
    (String::from_utf8_lossy(line).into_owned(), rest)
}

/// Splits an input at its first empty line: headers as (name, value), and the body. An input without
/// one is all body.
fn head_and_body(input: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let Some(at) = input.windows(2).position(|two| two == b"\n\n") else {
        return (Vec::new(), input);
    };
    let head = String::from_utf8_lossy(&input[..at]);
    let headers = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    (headers, &input[at + 2..])
}
