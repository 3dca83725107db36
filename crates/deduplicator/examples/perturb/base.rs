//! The texts that pages are made of.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};

use crate::noise::Noise;

/// All words of all texts, one after another.
pub(crate) struct Base {
    text: String,
    /// Where each word starts and ends in `text`.
    words: Vec<(u32, u32)>,
    /// The first word of each text, and the end of the last.
    texts: Vec<usize>,
}

#[derive(serde::Deserialize)]
struct Line {
    text: String,
}

impl Base {
    /// Reads the texts of a file of JSON lines.
    pub(crate) fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let mut base = Self {
            text: String::new(),
            words: Vec::new(),
            texts: vec![0],
        };
        for line in BufReader::new(File::open(path)?).lines() {
            let line: Line = serde_json::from_str(&line?)?;
            for word in line.text.split_whitespace() {
                let start = u32::try_from(base.text.len())?;
                base.text.push_str(word);
                base.words.push((start, u32::try_from(base.text.len())?));
            }
            if base.words.len() > base.texts[base.texts.len() - 1] {
                base.texts.push(base.words.len());
            }
        }
        match base.words.is_empty() {
            true => Err(format!("`{path}` has no words: name a file of texts").into()),
            false => Ok(base),
        }
    }

    /// Returns a word, common ones as often as they are in the texts.
    pub(crate) fn word(&self, noise: &mut Noise) -> &str {
        self.at(noise.below(self.words.len()))
    }

    /// Returns up to `most` words of one text that follow each other.
    pub(crate) fn passage(&self, noise: &mut Noise, most: usize) -> impl Iterator<Item = &str> {
        let text = noise.below(self.texts.len() - 1);
        let (start, end) = (self.texts[text], self.texts[text + 1]);
        let length = most.min(end - start);
        let first = start + noise.below(end - start - length + 1);
        (first..first + length).map(|at| self.at(at))
    }

    fn at(&self, word: usize) -> &str {
        let (start, end) = self.words[word];
        &self.text[start as usize..end as usize]
    }
}
