//! What became of each block of a page, and of its words: what `explain` shows.

use std::collections::BTreeMap;

use serde::Serialize;
use thresh_cleaner::{Cleaned, Evidence, Segmentation, Settings};
use thresh_types::{Anchor, BlockKind, Fate, Repair};

/// Decisions of this pack are the model's: it was asked about these blocks and those that are kept.
const BY_MODEL: &str = "main";
/// What the budget guard does not count as removed: what stands around the page's main part.
const AROUND: [&str; 2] = [BY_MODEL, "profile"];

/// A feature of a block, in words, with what it added to the log-odds of being kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weight {
    /// The feature.
    pub feature: String,
    /// What it added; positive speaks for the page's own text.
    pub log_odds: f32,
}

/// A block of the page with its fate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockView {
    /// The name of the block within its page.
    pub anchor: Anchor,
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Words of its text.
    pub words: usize,
    /// Kept or dropped, with rule and reason.
    #[serde(flatten)]
    pub fate: Fate,
    /// How likely the model takes it for the page's own text, 0 to 1; of what a rule took away, what
    /// the model would have said. Nothing for text that someone else extracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f32>,
    /// The features that weighed most, heaviest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Weight>,
    /// What was repaired in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
}

/// Blocks and words that one reason accounts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The rule, or why the blocks were kept.
    pub reason: String,
    /// Blocks.
    pub blocks: usize,
    /// Their words.
    pub words: usize,
}

/// Where the words of a page went, and whether a person should look at it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget {
    /// Kept blocks and words by reason, most words first.
    pub kept: Vec<Share>,
    /// Dropped blocks and words by rule, most words first.
    pub dropped: Vec<Share>,
    /// Words that are kept.
    pub kept_words: usize,
    /// Words of the main part that rules removed.
    pub removed_words: usize,
    /// The removed words as a share of the main part, 0 to 1.
    pub removed_share: f64,
    /// The share over which a person should look at the page.
    pub review_over: f64,
    /// Why a person should look at it; empty where nobody need.
    pub needs_review: Vec<String>,
}

/// Returns every block with its fate and what the model made of it.
pub(crate) fn blocks(page: &Segmentation, cleaned: &Cleaned) -> Vec<BlockView> {
    let asked: Vec<bool> = cleaned
        .text
        .blocks
        .iter()
        .map(|b| was_asked(&b.fate))
        .collect();
    let decided = thresh_cleaner::explain_among(page, &asked);
    let alone = thresh_cleaner::explain(page);
    let evidence = decided.into_iter().zip(alone).map(|(a, b)| a.or(b));
    cleaned
        .text
        .blocks
        .iter()
        .zip(evidence)
        .map(|(block, evidence)| view(block, evidence))
        .collect()
}

fn was_asked(fate: &Fate) -> bool {
    match fate {
        Fate::Kept { .. } => true,
        Fate::Dropped { rule, .. } => rule.pack() == BY_MODEL,
    }
}

fn view(block: &thresh_types::Block, evidence: Option<Evidence>) -> BlockView {
    let probability = evidence.as_ref().map(|e| e.probability);
    let weights = evidence.map_or_else(Vec::new, |e| e.weights);
    BlockView {
        anchor: block.anchor,
        kind: block.kind,
        path: block.path.clone(),
        text: block.text.clone(),
        words: block.text.split_whitespace().count(),
        fate: block.fate.clone(),
        probability,
        weights: weights
            .into_iter()
            .map(|(feature, log_odds)| Weight { feature, log_odds })
            .collect(),
        repairs: block.repairs.clone(),
    }
}

/// Returns where the words of a page went.
pub(crate) fn budget(blocks: &[BlockView], cleaned: &Cleaned, settings: &Settings) -> Budget {
    let mut kept: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut dropped = kept.clone();
    let mut removed_words = 0;
    for block in blocks {
        let share = match &block.fate {
            Fate::Kept { why } => kept.entry(why.clone()),
            Fate::Dropped { rule, .. } => {
                if !AROUND.contains(&rule.pack()) {
                    removed_words += block.words;
                }
                dropped.entry(rule.to_string())
            }
        };
        let share = share.or_default();
        share.0 += 1;
        share.1 += block.words;
    }
    Budget {
        kept_words: kept.values().map(|(_, words)| words).sum(),
        kept: by_words(kept),
        dropped: by_words(dropped),
        removed_words,
        removed_share: cleaned.removed_share,
        review_over: settings.review_if_removed_over,
        needs_review: cleaned.needs_review.clone(),
    }
}

fn by_words(shares: BTreeMap<String, (usize, usize)>) -> Vec<Share> {
    let mut shares: Vec<Share> = shares
        .into_iter()
        .map(|(reason, (blocks, words))| Share {
            reason,
            blocks,
            words,
        })
        .collect();
    // Stable: reasons with as many words stay in the order of their names.
    shares.sort_by_key(|share| std::cmp::Reverse(share.words));
    shares
}
