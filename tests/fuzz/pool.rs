//! The corpus in memory.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::rng::Rng;
use crate::signature::Signature;

/// Inputs that are kept. Later ones take the place of a random one.
const MAX_INPUTS: usize = 8_000;

/// Inputs whose outcomes differ.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    inputs: Vec<Vec<u8>>,
    /// Where the shortest input of each signature stands.
    known: HashMap<u64, usize>,
}

impl Pool {
    pub(crate) const fn len(&self) -> usize {
        self.inputs.len()
    }

    pub(crate) fn add(&mut self, input: Vec<u8>) {
        self.inputs.push(input);
    }

    /// Returns two inputs to make a mutant of, newer ones rather than older ones.
    pub(crate) fn pick(&self, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
        let mut one = || {
            let count = self.inputs.len();
            let recent = if rng.once_in(3) { count.min(64) } else { count };
            let place = count - recent + rng.below(recent);
            self.inputs.get(place).cloned().unwrap_or_default()
        };
        (one(), one())
    }

    /// Takes `input` in if its outcome is new, or if it is a shorter way to a known one.
    pub(crate) fn offer(&mut self, signature: Signature, input: &[u8], rng: &mut Rng) {
        match self.known.get(&signature.value()) {
            Some(&place) if self.inputs[place].len() > input.len() => {
                self.inputs[place] = input.to_vec();
            }
            Some(_) => {}
            None if self.inputs.len() < MAX_INPUTS => {
                self.known.insert(signature.value(), self.inputs.len());
                self.inputs.push(input.to_vec());
            }
            None => {
                let place = rng.below(MAX_INPUTS);
                self.known.insert(signature.value(), place);
                self.inputs[place] = input.to_vec();
            }
        }
    }
}

/// Reads the files of a folder in the order of their names.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), fs::read(&path)?))
        })
        .collect()
}
