//! Finds and measures the pairs of a call, with what the call before left.
//!
//! What is taken over was a function of two texts alone, or is known not to have changed: a call that
//! begins with nothing does the same steps with every text new.

use crate::candidates::{Candidate, candidates, is_promising, rare};
use crate::item::DedupError;
use crate::measuring::{Measured, Shelf, Task};
use crate::postings::{Overlap, Pair, Postings};
use crate::prints::Prints;
use crate::state::{Found, State};
use crate::texts::{Text, Texts};

/// Finds the pairs worth knowing of among `now`, which is sorted by key, and those that are `named`,
/// by key. Returns the state to leave, in which texts are numbered as in `now`.
///
/// # Errors
/// When fingerprints or documents cannot be read.
pub(crate) fn engine(
    prints: &Prints<'_>,
    before: State,
    now: &[Text],
    named: &[Pair],
    shelf: &Shelf<'_>,
) -> Result<State, DedupError> {
    let mut texts = Texts::merge(&before.texts, now);
    let mut before = before;
    let of_prints = texts.of_prints(prints).unwrap_or_else(|| {
        // Fingerprints of the call before are missing: nothing of it can be taken over.
        before = State::default();
        texts = Texts::merge(&[], now);
        texts.of_prints(prints).unwrap_or_default()
    });
    let postings = Postings::new(prints, &of_prints, texts.keys.len());
    let mut call = Call {
        postings: postings.map_err(DedupError::unreadable)?,
        texts,
        shelf,
        shaken: Vec::new(),
        is_rare: Vec::new(),
    };
    let candidates = call.candidates(&before);
    let named = call.numbered(named);
    let found = call.found(before, &candidates, named)?;
    Ok(call.state(candidates, found))
}

/// Texts are numbered as in [`Texts`].
struct Call<'a> {
    postings: Postings,
    texts: Texts,
    shelf: &'a Shelf<'a>,
    /// The texts that are new, or have a 5-gram that became rare or ceased to be.
    shaken: Vec<bool>,
    is_rare: Vec<bool>,
}

impl Call<'_> {
    /// Returns the candidates of this call.
    fn candidates(&mut self, before: &State) -> Vec<Candidate> {
        let settings = self.shelf.settings;
        let old: Vec<Candidate> = before
            .candidates
            .iter()
            .map(|candidate| Candidate {
                pair: self.texts.renumbered(candidate.pair),
                ..*candidate
            })
            .collect();
        let was_rare = match before.texts.is_empty() {
            true => Vec::new(),
            false => self.rare(&old, |text| self.texts.was_there(text)),
        };
        let fresh = self.texts.fresh(&self.postings, settings.max_postings);
        let is_fresh = |text: u32| fresh[text as usize] || !self.texts.is_there(text);
        let mut all: Vec<Candidate> = old
            .into_iter()
            .filter(|candidate| !is_fresh(candidate.pair.0) && !is_fresh(candidate.pair.1))
            .collect();
        if self.texts.is_any_gone() {
            let texts = &self.texts;
            self.postings.retain(|text| texts.is_there(text));
        }
        all.extend(candidates(&self.postings, &fresh, settings));
        all.sort_by_key(|candidate| candidate.pair);
        self.is_rare = self.rare(&all, |text| self.texts.is_there(text));
        self.shaken = self.shaken(&was_rare, &fresh);
        for candidate in &mut all {
            if self.is_shaken(candidate.pair) {
                candidate.promising = is_promising(&self.postings, candidate.pair, &self.is_rare);
            }
        }
        all
    }

    fn rare(&self, candidates: &[Candidate], counts: impl Fn(u32) -> bool + Sync) -> Vec<bool> {
        let near = candidates.iter().filter(|candidate| candidate.near);
        let near = near.map(|candidate| candidate.pair);
        rare(
            &self.postings,
            near,
            counts,
            self.shelf.settings.rare_postings,
        )
    }

    fn shaken(&self, was_rare: &[bool], fresh: &[bool]) -> Vec<bool> {
        let mut shaken = fresh.to_vec();
        for (run, (was, is)) in (0..).zip(was_rare.iter().zip(&self.is_rare)) {
            if was != is {
                for &text in self.postings.run(run) {
                    shaken[text as usize] = true;
                }
            }
        }
        shaken
    }

    fn is_shaken(&self, pair: Pair) -> bool {
        self.shaken[pair.0 as usize] || self.shaken[pair.1 as usize]
    }

    /// Returns pairs of texts of this call by their numbers here.
    fn numbered(&self, pairs: &[Pair]) -> Vec<Pair> {
        let there = (0..)
            .zip(&self.texts.now)
            .filter(|(_, text)| text.document != u32::MAX);
        let numbers: Vec<u32> = there.map(|(number, _)| number).collect();
        let number = |text: u32| numbers[text as usize];
        pairs.iter().map(|&(a, b)| (number(a), number(b))).collect()
    }

    /// Returns what is measured of the promising and the named pairs.
    fn found(
        &self,
        before: State,
        candidates: &[Candidate],
        named: Vec<Pair>,
    ) -> Result<Vec<Found>, DedupError> {
        let promising = candidates.iter().filter(|candidate| candidate.promising);
        let mut pairs: Vec<Pair> = promising
            .map(|candidate| candidate.pair)
            .chain(named)
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut old = before.found.into_iter().peekable();
        let (mut found, mut tasks, mut places) =
            (Vec::with_capacity(pairs.len()), Vec::new(), Vec::new());
        for pair in pairs {
            let ahead = |found: &Found| self.texts.renumbered(found.pair) < pair;
            while old.next_if(ahead).is_some() {}
            let same = old.next_if(|found| self.texts.renumbered(found.pair) == pair);
            match same.and_then(|found| self.taken_over(pair, found)) {
                Some(taken) => found.push(taken),
                None => {
                    let (task, empty) = self.task(pair);
                    places.push(found.len());
                    tasks.push(task);
                    found.push(empty);
                }
            }
        }
        for (place, measured) in places.into_iter().zip(self.shelf.measure(&tasks)?) {
            found[place].measured = measured;
        }
        Ok(found)
    }

    /// Returns what was found of a pair in the call before as it would be found now, if that can be told
    /// without reading it again.
    fn taken_over(&self, pair: Pair, mut found: Found) -> Option<Found> {
        let reread = |text: u32| self.texts.reread[text as usize];
        if reread(pair.0) || reread(pair.1) || found.turned != self.is_turned(pair) {
            return None;
        }
        found.pair = pair;
        if self.is_shaken(pair) {
            let measured = &mut found.measured;
            measured.measure.set_rare(self.rare_overlap(pair));
            let is_telling = Measured::is_telling(&measured.measure, self.shelf.settings);
            if is_telling && measured.difference.is_none() {
                return None;
            }
            measured.difference = measured.difference.take().filter(|_| is_telling);
        }
        Some(found)
    }

    fn document(&self, text: u32) -> u32 {
        self.texts.now[text as usize].document
    }

    fn is_turned(&self, (a, b): Pair) -> bool {
        self.document(a) > self.document(b)
    }

    /// Returns the rare overlap, that of the lower document first.
    fn rare_overlap(&self, pair: Pair) -> Overlap {
        let overlap = self.postings.rare_overlap(pair, &self.is_rare);
        match self.is_turned(pair) {
            true => overlap.turned(),
            false => overlap,
        }
    }

    fn task(&self, pair: Pair) -> (Task, Found) {
        let (a, b) = (self.document(pair.0), self.document(pair.1));
        let task = Task {
            pair: (a.min(b), a.max(b)),
            rare: self.rare_overlap(pair),
        };
        let found = Found {
            pair,
            turned: self.is_turned(pair),
            measured: Measured::default(),
        };
        (task, found)
    }

    /// Numbers everything by the texts that there are.
    fn state(&self, mut candidates: Vec<Candidate>, mut found: Vec<Found>) -> State {
        let mut count = 0;
        let mut numbers = Vec::with_capacity(self.texts.keys.len());
        let mut texts = Vec::new();
        for text in &self.texts.now {
            numbers.push(count);
            if text.document != u32::MAX {
                count += 1;
                texts.push((text.key, text.raw));
            }
        }
        let number = |(a, b): Pair| (numbers[a as usize], numbers[b as usize]);
        for candidate in &mut candidates {
            candidate.pair = number(candidate.pair);
        }
        for one in &mut found {
            one.pair = number(one.pair);
        }
        State {
            texts,
            candidates,
            found,
        }
    }
}
