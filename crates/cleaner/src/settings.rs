//! What a curator may set.

use serde::{Deserialize, Serialize};

/// Which error weighs more where a block could be either.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bias {
    /// Noise that stays is worse than text that goes.
    Precision,
    /// Both are equally bad.
    #[default]
    Balanced,
    /// Text that goes is worse than noise that stays.
    Recall,
}

/// The settings of the cleaner: `[curate]` in `thresh.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A document with fewer words than this is published with a review flag.
    pub min_words: usize,
    /// A document that lost more than this share of its main part's words, 0 to 1, is published with
    /// a review flag.
    pub review_if_removed_over: f64,
    /// Which error weighs more.
    pub bias: Bias,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_words: 25,
            review_if_removed_over: 0.6,
            bias: Bias::Balanced,
        }
    }
}
