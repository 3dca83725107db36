//! Shows the texts of the pairs that an explanation names beside each other.

use std::collections::BTreeMap;

use serde::Serialize;
use thresh_deduplicator::Wording;
use thresh_types::{Comparison, Document};

use crate::PipelineError;
use crate::draft::{Settled, settle};
use crate::knowledge::Knowledge;
use crate::records::Records;
use crate::select::Subject;

/// Pairs of one document that are compared word by word.
const COMPARED: usize = 32;

/// Two documents that say the same or relate, with what their texts have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedPair {
    /// The first document; of a merged pair the alias.
    pub a: String,
    /// The second document; of a merged pair the one that speaks for the cluster.
    pub b: String,
    /// The address of the document that is not the explained one, where it is known.
    pub url: String,
    /// How both relate, as in records.
    pub relation: String,
    /// Whether they are merged for it.
    pub merged: bool,
    /// The rule that fired or forbade a merge, with what it saw.
    pub reason: String,
    /// What the texts have in common and in what they differ; `None` where a text is not at hand.
    pub comparison: Option<Comparison>,
    /// The beginning of each shared span, as the first text has it.
    pub shared_text: Vec<String>,
}

/// The texts of documents as today's configuration cleans them.
pub(crate) struct Texts<'a, 'k> {
    pub subjects: &'a [Subject],
    pub records: &'a Records<'a>,
    pub knowledge: &'a Knowledge<'k>,
}

impl Texts<'_, '_> {
    /// Returns every pair that the record of a version names, the merged ones first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) fn pairs(&self, document: &Document) -> Result<Vec<ExplainedPair>, PipelineError> {
        let mut pairs: Vec<ExplainedPair> = named(document);
        let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
        known.insert(document.id.to_string(), Some(document.text.clone()));
        for pair in &mut pairs {
            let own = document.id.as_str() == pair.b;
            if pair.url.is_empty() {
                pair.url = self.url(if own { &pair.a } else { &pair.b });
            }
        }
        // Two languages have no words in common that would tell anything.
        let comparable = pairs
            .iter_mut()
            .filter(|pair| pair.relation != "translation");
        for pair in comparable.take(COMPARED) {
            for id in [&pair.a, &pair.b] {
                if !known.contains_key(id) {
                    known.insert(id.clone(), self.text(id)?);
                }
            }
            if let (Some(a), Some(b)) = (&known[&pair.a], &known[&pair.b]) {
                compare(pair, a, b);
            }
        }
        Ok(pairs)
    }

    fn subject(&self, id: &str) -> Option<&Subject> {
        self.subjects
            .iter()
            .find(|subject| subject.id.as_str() == id)
    }

    fn url(&self, id: &str) -> String {
        let subject = self.subject(id);
        subject.map_or_else(String::new, |found| found.candidates[0].final_url.clone())
    }

    fn text(&self, id: &str) -> Result<Option<String>, PipelineError> {
        let Some(subject) = self.subject(id) else {
            return Ok(None);
        };
        Ok(match settle(subject, self.records, self.knowledge)? {
            Settled::Document(draft) => Some(thresh_cleaner::to_text(&draft.cleaned.text)),
            Settled::Withheld(_) => None,
        })
    }
}

fn named(document: &Document) -> Vec<ExplainedPair> {
    let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let merged = document.aliases.iter().map(|alias| ExplainedPair {
        a: alias.id.to_string(),
        b: document.id.to_string(),
        url: alias.url.clone(),
        relation: name(serde_json::json!(alias.relation)),
        merged: true,
        reason: alias.reason.clone(),
        comparison: None,
        shared_text: Vec::new(),
    });
    let related = document.relations.iter().map(|relation| ExplainedPair {
        a: relation.a.clone(),
        b: relation.b.clone(),
        url: String::new(),
        relation: name(serde_json::json!(relation.relation)),
        merged: false,
        reason: relation.reason.clone(),
        comparison: None,
        shared_text: Vec::new(),
    });
    merged.chain(related).collect()
}

fn compare(pair: &mut ExplainedPair, a: &str, b: &str) {
    /// Characters shown of a span.
    const SHOWN: usize = 60;
    let comparison = Wording::of(a).compare(&Wording::of(b));
    let begin = |(start, end): (usize, usize)| {
        let shown: String = a
            .chars()
            .skip(start)
            .take((end - start).min(SHOWN))
            .collect();
        let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        match end - start > SHOWN {
            true => format!("{line} …"),
            false => line,
        }
    };
    pair.shared_text = comparison.shared.iter().map(|span| begin(span.a)).collect();
    pair.comparison = Some(comparison);
}
