//! The texts of a call beside those of the call before.
//!
//! A text is a sequence of words that one document has or several; it is known by its key. Texts of
//! both calls are numbered together in the order of their keys, so that what was found then can be
//! taken over as it is.

use rustc_hash::FxHashMap;

use crate::postings::{Pair, Postings};
use crate::prints::Prints;

/// What is known of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) key: u128,
    /// The document that is read for it.
    pub(crate) document: u32,
    /// The digest of that document's text as it came.
    pub(crate) raw: u128,
}

/// Whether a text was there in the call before and is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    New,
    Stayed,
    Gone,
}

/// The texts of two calls, by number.
#[derive(Default)]
pub(crate) struct Texts {
    pub(crate) keys: Vec<u128>,
    pub(crate) status: Vec<Status>,
    /// The text now; that of `Gone` ones says nothing.
    pub(crate) now: Vec<Text>,
    /// Whether the document that is read for the text is another than before.
    pub(crate) reread: Vec<bool>,
    /// The number of each text of the call before.
    pub(crate) before: Vec<u32>,
}

impl Texts {
    /// Merges the texts of the call before (key and digest) and of this one, each sorted by key.
    pub(crate) fn merge(before: &[(u128, u128)], now: &[Text]) -> Self {
        let mut texts = Self::default();
        let (mut i, mut j) = (0, 0);
        loop {
            let (old, new) = (before.get(i), now.get(j));
            let (status, text) = match (old, new) {
                (None, None) => return texts,
                (Some(&(key, _)), Some(text)) if key == text.key => (Status::Stayed, *text),
                (Some(&(key, raw)), new) if new.is_none_or(|text| key < text.key) => {
                    let gone = Text {
                        key,
                        document: u32::MAX,
                        raw,
                    };
                    (Status::Gone, gone)
                }
                (_, Some(text)) => (Status::New, *text),
                (Some(_), None) => return texts,
            };
            let number = u32::try_from(texts.keys.len()).unwrap_or(u32::MAX);
            texts.keys.push(text.key);
            texts.status.push(status);
            let same = old.is_some_and(|&(_, raw)| raw == text.raw);
            texts.reread.push(status == Status::Stayed && !same);
            texts.now.push(text);
            if status != Status::New {
                texts.before.push(number);
                i += 1;
            }
            j += usize::from(status != Status::Gone);
        }
    }

    /// Returns the number of the text of each fingerprint, `u32::MAX` where it has none or another
    /// fingerprint stands for it; `None` where a text has no fingerprint.
    pub(crate) fn of_prints(&self, prints: &Prints<'_>) -> Option<Vec<u32>> {
        let mut wanted: FxHashMap<u128, u32> = self.keys.iter().copied().zip(0..).collect();
        let mut texts = Vec::with_capacity(prints.len());
        for print in prints.iter() {
            texts.push(wanted.remove(&print.key).unwrap_or(u32::MAX));
        }
        wanted.is_empty().then_some(texts)
    }

    /// Returns whether a text of the call before is not there now.
    pub(crate) fn is_any_gone(&self) -> bool {
        self.status.contains(&Status::Gone)
    }

    /// Returns whether a text is there now.
    pub(crate) fn is_there(&self, text: u32) -> bool {
        self.status[text as usize] != Status::Gone
    }

    /// Returns whether a text was there before.
    pub(crate) fn was_there(&self, text: u32) -> bool {
        self.status[text as usize] != Status::New
    }

    /// Returns the texts whose candidates must be looked for: new ones, and those for which a 5-gram
    /// begins or ceases to speak because others came or went.
    pub(crate) fn fresh(&self, postings: &Postings, max_postings: usize) -> Vec<bool> {
        let mut fresh: Vec<bool> = self.status.iter().map(|&s| s == Status::New).collect();
        if self.status.iter().all(|&status| status == Status::Stayed) || self.before.is_empty() {
            return fresh;
        }
        let runs = u32::try_from(postings.count()).unwrap_or(u32::MAX);
        for run in 0..runs {
            let texts = postings.run(run);
            if texts.len() > max_postings {
                self.mark(texts, max_postings, &mut fresh);
            }
        }
        fresh
    }

    fn mark(&self, texts: &[u32], max_postings: usize, fresh: &mut [bool]) {
        let before = texts.iter().filter(|&&text| self.was_there(text)).count();
        let now = texts.iter().filter(|&&text| self.is_there(text)).count();
        let crosses = (before > max_postings) != (now > max_postings);
        let stayed = |text: u32| self.status[text as usize] == Status::Stayed;
        if crosses {
            texts.iter().for_each(|&text| fresh[text as usize] = true);
        } else if now > max_postings {
            for two in texts
                .windows(2)
                .filter(|two| stayed(two[0]) != stayed(two[1]))
            {
                fresh[two[0] as usize] = true;
                fresh[two[1] as usize] = true;
            }
        }
    }

    /// Returns a pair of texts of the call before by their numbers here.
    pub(crate) fn renumbered(&self, (a, b): Pair) -> Pair {
        (self.before[a as usize], self.before[b as usize])
    }
}
