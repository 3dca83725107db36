//! The text of a planned document.

use crate::base::Base;
use crate::noise::Noise;
use crate::plan::{Document, Kind, Plan};

/// Of a thousand words of the base so many are others in each page, so that pages of one base text differ: one
/// 5-gram in 32 stays.
const OTHERS: usize = 500;

/// Of a thousand words so many begin one of the phrases that all the world uses.
const PHRASES: usize = 8;

/// How many such phrases there are; the first are the most common.
const STOCK: usize = 5000;

const MONTHS: [&str; 6] = ["January", "March", "May", "July", "October", "December"];

pub(crate) struct Maker<'a> {
    base: &'a Base,
    plan: &'a Plan,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(base: &'a Base, plan: &'a Plan) -> Self {
        Self { base, plan }
    }

    /// Returns the text of `document`, in the chrome of its site.
    pub(crate) fn text(&self, document: &Document) -> String {
        let mut words = self.page(document.page);
        let mut noise = Noise::of(&[self.plan.seed, 10, document.number]);
        match document.kind {
            Kind::Original | Kind::Exact => {}
            Kind::Reworded => self.reword(&mut words, &mut noise),
            Kind::Truncated => words.truncate(words.len() * noise.within(50, 90) / 100),
            Kind::Wrapped => self.wrap(&mut words, &mut noise),
            Kind::Reformatted => reformat(&mut words, &mut noise),
            Kind::Sibling => renumber(&mut words, &mut noise),
        }
        let (mut head, foot) = self.chrome(document.host);
        head.append(&mut words);
        head.extend(foot);
        lines(&head, document.kind == Kind::Reformatted)
    }

    /// Returns the words of a page, whatever is done to them later.
    fn page(&self, page: u64) -> Vec<String> {
        let mut noise = Noise::of(&[self.plan.seed, 11, page]);
        let mut words = Vec::new();
        if self.plan.is_numbered(page) {
            let (number, day) = (noise.within(1, 5000), noise.within(1, 29));
            let (month, year) = (MONTHS[noise.below(MONTHS.len())], noise.within(1998, 2026));
            words.extend([
                "Notice".into(),
                number.to_string(),
                "of".into(),
                day.to_string(),
            ]);
            words.extend([month.into(), format!("{year}.")]);
        }
        let length = noise.within(80, 500);
        // Another generator, since the passage is read while words are drawn.
        let mut choice = Noise::of(&[self.plan.seed, 12, page]);
        for word in self.base.passage(&mut noise, length) {
            if choice.per_mille(PHRASES) {
                self.phrase(&mut choice, &mut words);
            }
            let other = choice
                .per_mille(OTHERS)
                .then(|| self.base.word(&mut choice));
            words.push(other.unwrap_or(word).to_owned());
        }
        words
    }

    fn phrase(&self, noise: &mut Noise, words: &mut Vec<String>) {
        let which = noise.skewed(STOCK) as u64;
        let mut stock = Noise::of(&[self.plan.seed, 13, which]);
        let length = stock.within(5, 12);
        words.extend(self.base.passage(&mut stock, length).map(str::to_owned));
    }

    fn reword(&self, words: &mut [String], noise: &mut Noise) {
        let times = (words.len() * noise.within(10, 31) / 1000).max(1);
        for _ in 0..times {
            let at = noise.below(words.len());
            if !words[at].contains(|char: char| char.is_ascii_digit()) {
                words[at] = self.base.word(noise).to_owned();
            }
        }
    }

    fn wrap(&self, words: &mut Vec<String>, noise: &mut Noise) {
        let (before, after) = (noise.within(5, 60), noise.within(5, 60));
        let mut all = self.menu(noise, before);
        all.append(words);
        all.extend(self.menu(noise, after));
        *words = all;
    }

    /// Returns words in short lines, as menus, tags and footers have them.
    fn menu(&self, noise: &mut Noise, length: usize) -> Vec<String> {
        let mut words: Vec<String> = (0..length)
            .map(|_| self.base.word(noise).to_owned())
            .collect();
        let mut at = 0;
        while at < words.len() {
            words[at].push('\n');
            at += noise.within(1, 5);
        }
        words
    }

    /// Returns what stands around every document of a site; half of the sites have it.
    fn chrome(&self, host: u64) -> (Vec<String>, Vec<String>) {
        let mut noise = Noise::of(&[self.plan.seed, 14, host]);
        let mut part = |most: usize| -> Vec<String> {
            let length = noise.within(10, most);
            self.menu(&mut noise, length)
        };
        if host.is_multiple_of(2) {
            (part(60), part(60))
        } else {
            (Vec::new(), Vec::new())
        }
    }
}

/// Takes punctuation away at the ends of words, and sets some in capitals.
fn reformat(words: &mut [String], noise: &mut Noise) {
    for word in words {
        let bare = word.trim_matches([',', ';', ':', '"', '(', ')']).to_owned();
        if !bare.is_empty() {
            *word = if noise.per_mille(50) {
                bare.to_uppercase()
            } else {
                bare
            };
        }
    }
}

/// Gives every number other digits; the head of a numbered page has some.
fn renumber(words: &mut [String], noise: &mut Noise) {
    for word in words {
        let other = |char: char| match char.to_digit(10) {
            Some(digit) => {
                char::from_digit((digit + 1 + noise.below(8) as u32) % 10, 10).unwrap_or(char)
            }
            None => char,
        };
        *word = word.chars().map(other).collect();
    }
}

/// Writes words in lines that end where a word says so, with a sentence, or after twelve words.
fn lines(words: &[String], short: bool) -> String {
    let mut text = String::with_capacity(words.len() * 7);
    let mut column = 0;
    for word in words {
        text.push_str(word);
        column += 1;
        let ends = if short {
            column >= 12
        } else {
            column >= 20 && word.ends_with('.') || column >= 80
        };
        match (word.ends_with('\n'), ends) {
            (true, _) => column = 0,
            (false, true) => {
                text.push('\n');
                column = 0;
            }
            (false, false) => text.push(' '),
        }
    }
    text.truncate(text.trim_end().len());
    text
}
