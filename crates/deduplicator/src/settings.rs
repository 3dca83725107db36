//! Thresholds, each with its meaning and where its default came from.

use serde::{Deserialize, Serialize};

/// The thresholds of grouping.
///
/// Shares lie between 0 and 1. "Rare" 5-grams are those of few documents: they are a page's own
/// text, the others are the chrome, disclaimers and tables that many pages share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Settings {
    /// Documents with fewer words merge only where their normalised texts or identities are equal.
    /// Raising it leaves more short notices apart; a 30-word text has 26 word 5-grams, and one
    /// changed word breaks five of them.
    pub min_words: usize,
    /// Jaccard coefficient from which two documents are near-duplicates. Raising it keeps revised
    /// documents apart that changed much.
    pub near_jaccard: f64,
    /// Share of rare 5-grams that near-duplicates must have in common. Raising it keeps pages apart
    /// whose likeness is mostly chrome.
    pub near_core: f64,
    /// Share of the smaller document that must lie in the larger one for a truncated copy or a copy
    /// wrapped in chrome. Raising it leaves more of both unmerged.
    pub contained_share: f64,
    /// Share of rare 5-grams of the smaller document that must lie in the larger one. Raising it
    /// keeps pages apart that share a site's chrome but not their own text.
    pub contained_core: f64,
    /// Size ratio (smaller to larger, in 5-grams) under which a contained document must meet the
    /// stricter `embedded` thresholds. Raising it makes more pairs meet them.
    pub contained_ratio: f64,
    /// Size ratio under which a contained document never merges. Raising it turns short pages
    /// within much chrome into relations.
    pub embedded_ratio: f64,
    /// As `contained_share`, for small shares of the larger document: a short page in much chrome
    /// is there as a whole, a teaser or a quotation is not. Raising it leaves more of both unmerged.
    pub embedded_share: f64,
    /// As `contained_core`, for small shares of the larger document. Raising it likewise.
    pub embedded_core: f64,
    /// Share of prose (lines of ten words and more) in what the larger document has alone, from
    /// which it is an article that quotes the smaller one and no copy of it in chrome. Raising it
    /// merges more copies in wordy chrome, and articles that quote at length with them.
    pub quote_prose: f64,
    /// Share of rare 5-grams in common from which two wrapped copies of one page merge although
    /// their chrome differs. Raising it leaves such copies apart.
    pub wrapped_core: f64,
    /// Jaccard coefficient that such copies must reach at least. Raising it leaves copies apart
    /// whose chrome is longer than their text.
    pub wrapped_jaccard: f64,
    /// Numeric or date substitutions veto a merge when they are at least this share of the other
    /// substitutions. Raising it merges more numbered siblings, lowering it keeps revised documents
    /// apart in which a number changed among much else.
    pub veto_share: f64,
    /// Containment from which the relation "contains" is reported. Raising it reports fewer pairs.
    pub contains_share: f64,
    /// Containment from which the relation "quotes" is reported. Raising it reports fewer pairs.
    pub quotes_share: f64,
    /// A 5-gram of more documents than this is not multiplied out into pairs. Raising it finds more
    /// pairs and costs time with its square.
    pub max_postings: usize,
    /// A 5-gram is rare up to this many documents (groups of near-duplicates count once). Raising it
    /// counts more chrome as a page's own text.
    pub rare_postings: usize,
}

impl Settings {
    /// Returns the settings to use: of cleaned texts a short one within much else is a part, and no
    /// page wrapped in chrome, so the `embedded` thresholds have nothing to find.
    pub(crate) fn for_items(&self, cleaned: bool) -> Self {
        let mut settings = self.clone();
        if cleaned {
            settings.embedded_ratio = settings.contained_ratio;
        }
        settings
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_words: 30,
            near_jaccard: 0.6,
            near_core: 0.7,
            contained_share: 0.7,
            contained_core: 0.7,
            contained_ratio: 0.15,
            embedded_ratio: 0.05,
            embedded_share: 0.9,
            embedded_core: 0.8,
            quote_prose: 0.85,
            wrapped_core: 0.75,
            wrapped_jaccard: 0.2,
            veto_share: 0.35,
            contains_share: 0.8,
            quotes_share: 0.5,
            max_postings: 64,
            rare_postings: 8,
        }
    }
}
