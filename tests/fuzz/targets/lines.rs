//! Lines that `thresh extract` reads: what it is asked for comes from strangers too.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Target, ensure};
use crate::rng::Rng;
use crate::signature::Signature;

pub(crate) struct Lines;

impl Target for Lines {
    fn run(&mut self, input: &[u8]) -> Result<Signature, String> {
        // Whatever does not start as an object is taken for a page, which is another target's.
        let mut lines = b"{\"id\": 0, \"text\": \"a first line\"}\n".to_vec();
        lines.extend_from_slice(input);
        let output = extract(&lines).map_err(|error| format!("not run: {error}"))?;
        let asked = lines
            .split(|&b| b == b'\n')
            .filter(|line| !line.iter().all(u8::is_ascii_whitespace))
            .count();
        let told = String::from_utf8(output.stdout).map_err(|e| format!("no text: {e}"))?;
        let answers: Result<Vec<Value>, _> = told.lines().map(serde_json::from_str).collect();
        let answers = answers.map_err(|error| format!("no JSON: {error}"))?;
        ensure(answers.len() == asked, "not one answer a line", || {
            format!("{} for {asked}", answers.len())
        })?;
        let failed = answers.iter().filter(|a| a.get("error").is_some()).count();
        let expected = if failed == 0 { 0 } else { 6 };
        ensure(
            output.status.code() == Some(expected),
            "another exit code",
            || format!("{:?} with {failed} errors", output.status),
        )?;
        Ok(Signature::new().count(asked).count(failed))
    }

    fn dictionary(&self) -> &'static [&'static [u8]] {
        &[
            b"{\"id\": 1, \"html\": \"<p>a b\"}\n",
            b"{\"id\": \"x\", \"url\": \"https://a.example/\", \"html\": \"\"}\n",
            b"{\"body_base64\": \"PHA+aGk=\", \"content_type\": \"text/html\"}\n",
            b"{\"text\": \"a\\nb\"}\n",
            b"\"html\": null",
            b"\"id\": {\"a\": [1]}",
            b"\"url\": 7",
            b"\\u0000",
            b"\\ud800",
            b"[]",
            b"{}",
            b"null",
            b"1e999",
            b"\n",
            b"\r\n",
            b"\xff",
            b"{\"html\": \"",
            b"\"}",
            b",",
        ]
    }

    fn generate(&mut self, rng: &mut Rng) -> Option<Vec<u8>> {
        let words = self.dictionary();
        let mut lines = Vec::new();
        for _ in 0..rng.below(20) {
            lines.extend_from_slice(words[rng.below(words.len())]);
        }
        Some(lines)
    }

    /// Each input is a process.
    fn short_pass(&self) -> usize {
        12
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(2)
    }
}

fn extract(lines: &[u8]) -> std::io::Result<Output> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_thresh"))
        .arg("extract")
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdin = child.stdin.take();
    let lines = lines.to_vec();
    // Written beside the reading, or both would wait for each other.
    let writer = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&lines)));
    let output = child.wait_with_output();
    // A program that ends early is told by its exit code.
    let _ = writer.join();
    output
}
