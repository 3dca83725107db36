//! JSONL filters: lines in, lines out, in the same order, over several threads.

use std::io::BufRead;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::output::Output;

/// Lines that are in work at one time, and their bytes: a batch ends with the line that passes either.
const BATCH: usize = 64;
const BATCH_BYTES: usize = 4 << 20;

/// The longest line that is read, in bytes.
pub(crate) const MAX_LINE: usize = 256 << 20;

/// What became of one line: a result, or the error that takes its place.
pub(crate) type Answer<T> = Result<T, Value>;

/// Gives every line of `input` to `work` and writes the answers in order. Returns whether every line
/// could be read.
pub(crate) fn filter<T: Serialize>(
    mut input: impl BufRead,
    out: &mut Output,
    work: impl Fn(usize, Vec<u8>) -> Answer<T> + Sync,
) -> anyhow::Result<bool> {
    let (mut number, mut sound) = (0, true);
    loop {
        let batch = read_batch(&mut input, &mut number)?;
        if batch.is_empty() || out.is_closed() {
            return Ok(sound);
        }
        let answers: Vec<(bool, serde_json::Result<String>)> = batch
            .into_par_iter()
            .map(|(number, line)| match work(number, line) {
                Ok(value) => (true, serde_json::to_string(&value)),
                Err(error) => (false, serde_json::to_string(&error)),
            })
            .collect();
        for (is_answer, text) in answers {
            sound &= is_answer;
            out.line(text?)?;
        }
    }
}

fn read_batch(
    input: &mut impl BufRead,
    number: &mut usize,
) -> anyhow::Result<Vec<(usize, Vec<u8>)>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        *number += 1;
        bytes += line.len();
        if !line.iter().all(u8::is_ascii_whitespace) {
            batch.push((*number, line));
        }
    }
    Ok(batch)
}

/// The error that takes the place of a line, named by its `id` where it has one.
pub(crate) fn error(number: usize, id: Option<&Value>, why: &str) -> Value {
    match id {
        Some(id) if !id.is_null() => json!({"id": id, "error": why}),
        _ => json!({"line": number, "error": why}),
    }
}
