//! Reads what a site's file says about itself: evidence of its licence, examples, what is not verified.

use thresh_types::{CanonicalUrl, UrlError};

use crate::document::{Entry, Kind, Node};
use crate::licence::{LicenceEvidence, MOST_WORDS, Seen, SeenError};
use crate::problem::Place;
use crate::section::{dotted, known_only};
use crate::site::Notes;
use crate::site_file::Reader;

const EVIDENCE: &str = "licence_evidence";
const EXAMPLES: &str = "examples";

/// Addresses that show what the patterns of a site are meant to do.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    /// Each list is the addresses of one document; two lists are two documents.
    pub(crate) same: Vec<Vec<Example>>,
    /// Each list is the addresses of as many documents.
    pub(crate) apart: Vec<Vec<Example>>,
    /// What the crawl takes.
    pub(crate) inside: Vec<Example>,
    /// What it leaves.
    pub(crate) outside: Vec<Example>,
}

/// An address and where it stands in the file.
pub(crate) type Example = (Place, CanonicalUrl);

impl Reader<'_> {
    /// Reads `licence_evidence` and `unverified`, and counts the examples.
    pub(crate) fn notes(&mut self) -> Notes {
        let unverified = self.texts("unverified");
        Notes {
            licence_evidence: self.evidence(),
            examples: self.entries.get(EXAMPLES).map_or(0, |e| leaves(&e.node)),
            unverified: unverified.into_iter().map(|(_, text)| text).collect(),
        }
    }

    fn evidence(&mut self) -> Option<LicenceEvidence> {
        let entries = self.table(EVIDENCE, &["url", "says", "seen"])?;
        let url = self
            .part(&entries, "url")
            .and_then(|(place, text)| self.web_address(&place, text));
        let says = self
            .required(&entries, "says", "what the page says, or why there is none")
            .and_then(|(place, text)| self.quotation(&place, text));
        let seen = self
            .required(&entries, "seen", "how the page was looked at")
            .and_then(|(place, text)| self.look(&place, &text));
        Some(LicenceEvidence {
            url,
            says: says?,
            seen: seen?,
        })
    }

    fn look(&mut self, place: &Place, text: &str) -> Option<Seen> {
        match text.parse() {
            Ok(seen) => Some(seen),
            Err(error) => {
                let error: SeenError = error;
                let remedy =
                    "write the day on which the page was read, as in \"2024-05-31\"".to_owned();
                let key = dotted(EVIDENCE, "seen");
                self.problems
                    .add(place, key, error.to_string(), Some(remedy));
                None
            }
        }
    }

    fn web_address(&mut self, place: &Place, text: String) -> Option<String> {
        match text.parse::<CanonicalUrl>() {
            Ok(_) => Some(text),
            Err(error) => {
                let remedy = "write the address of the page with the terms".to_owned();
                let key = dotted(EVIDENCE, "url");
                self.problems
                    .add(place, key, error.to_string(), Some(remedy));
                None
            }
        }
    }

    fn quotation(&mut self, place: &Place, text: String) -> Option<String> {
        let words = text.split_whitespace().count();
        if words <= MOST_WORDS {
            return Some(text);
        }
        let what = format!("{words} words are a copy, not a quotation");
        let remedy = format!("quote at most {MOST_WORDS}, or say it in words of your own");
        self.problems
            .add(place, dotted(EVIDENCE, "says"), what, Some(remedy));
        None
    }

    /// Reads `examples`.
    pub(crate) fn examples(&mut self) -> Examples {
        let keys = ["same", "apart", "inside", "outside"];
        let entries = self.table(EXAMPLES, &keys).unwrap_or_default();
        let mut examples = Examples::default();
        for entry in &entries {
            match entry.key.as_str() {
                "same" => examples.same = self.groups(entry),
                "apart" => examples.apart = self.groups(entry),
                "inside" => examples.inside = self.addresses(&entry.key, &entry.node),
                _ => examples.outside = self.addresses(&entry.key, &entry.node),
            }
        }
        examples
    }

    fn groups(&mut self, entry: &Entry) -> Vec<Vec<Example>> {
        let key = dotted(EXAMPLES, &entry.key);
        let mut groups = Vec::new();
        for group in self.items(&key, &entry.node) {
            if self.items(&key, group).len() == 1 {
                let remedy = "write a list of addresses for each comparison".to_owned();
                let what = "one address has nothing to be compared with";
                self.problems
                    .add(&self.whole.at(group.line), key.clone(), what, Some(remedy));
            }
            groups.push(self.addresses(&entry.key, group));
        }
        groups
    }

    fn addresses(&mut self, key: &str, list: &Node) -> Vec<Example> {
        let key = dotted(EXAMPLES, key);
        let mut addresses = Vec::new();
        for (place, text) in self.strings(&key, list) {
            match text.parse() {
                Ok(url) => addresses.push((place, url)),
                Err(error) => {
                    let error: UrlError = error;
                    self.problems
                        .add(&place, key.clone(), error.to_string(), None);
                }
            }
        }
        addresses
    }

    /// Returns the entries of the table of `key`; what is no table, and unknown keys in it, are reported.
    fn table(&mut self, key: &str, keys: &[&str]) -> Option<Vec<Entry>> {
        let entry = self.entries.get(key)?;
        let Kind::Table(entries) = entry.node.kind.clone() else {
            let what = format!("{} stands where a table is expected", entry.node.name());
            let remedy = format!("write `{key}.{} = …`", keys.join(&format!("`, `{key}.")));
            self.problems
                .add(&self.whole.at(entry.line), key, what, Some(remedy));
            return None;
        };
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        Some(known_only(
            key,
            entries,
            &keys,
            &[],
            &self.whole,
            self.problems,
        ))
    }

    /// Returns the text of a key of the evidence; one that is no text or empty is reported.
    fn part(&mut self, entries: &[Entry], key: &str) -> Option<(Place, String)> {
        let entry = entries.iter().find(|entry| entry.key == key)?;
        let place = self.whole.at(entry.line);
        let what = match entry.node.as_str() {
            Some(text) if !text.trim().is_empty() => return Some((place, text.to_owned())),
            Some(_) => "the text is empty".to_owned(),
            None => format!("{} stands where a string is expected", entry.node.name()),
        };
        self.problems.add(&place, dotted(EVIDENCE, key), what, None);
        None
    }

    /// The same for a key that has to be there.
    fn required(&mut self, entries: &[Entry], key: &str, meaning: &str) -> Option<(Place, String)> {
        if !entries.iter().any(|entry| entry.key == key) {
            let what = format!("the evidence does not say `{key}`");
            let remedy = format!("write `{EVIDENCE}.{key} = \"…\"`: {meaning}");
            self.problems
                .add(&self.place(EVIDENCE), EVIDENCE, what, Some(remedy));
        }
        self.part(entries, key)
    }
}

/// Returns how many strings there are in lists of lists.
fn leaves(node: &Node) -> usize {
    match &node.kind {
        Kind::List(items) => items.iter().map(leaves).sum(),
        Kind::Table(entries) => entries.iter().map(|entry| leaves(&entry.node)).sum(),
        _ => 1,
    }
}
