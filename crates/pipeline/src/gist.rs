//! What a page tells of its site, in a few kilobytes: what later curations need of the pages that did
//! not change.
//!
//! A profile of a site is counted from all its pages. Counting from the records would unpack every page
//! whenever one was added; these are read alone.

use serde::{Deserialize, Serialize};
use thresh_cleaner::{PageSigns, Vocabulary};
use thresh_metadata_extractor::Gathered;
use thresh_types::{Capture, Sha256Hash};

use crate::record::{Content, PageRecord};

/// The version of this layout.
const STAGE: &str = "gist/1";

/// What a page tells of its site.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gist {
    /// What it shows where.
    pub signs: PageSigns,
    /// What it says beside that.
    pub said: Said,
}

/// What a page says of itself, and its words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Said {
    /// The candidates for its metadata.
    pub gathered: Gathered,
    /// Its words, counted.
    pub vocabulary: Vocabulary,
}

impl Gist {
    /// Returns the name under which the gist of `capture` is cached.
    pub(crate) fn cache_key(capture: &Capture) -> Sha256Hash {
        let record = PageRecord::cache_key(capture).to_string();
        Sha256Hash::of_parts([STAGE, record.as_str()])
    }

    /// Returns the gist of a record; `None` where it holds no text.
    pub(crate) fn of(record: &PageRecord, capture: &Capture) -> Option<Self> {
        let Content::Blocks {
            segmentation,
            gathered,
        } = &record.content
        else {
            return None;
        };
        let urls = [capture.url.as_str(), capture.final_url.as_str()];
        Some(Self {
            signs: PageSigns::of(segmentation, urls, &gathered.titles()),
            said: Said {
                gathered: gathered.clone(),
                vocabulary: Vocabulary::build([segmentation]),
            },
        })
    }

    /// Returns a gist as bytes; none stands for a record without text.
    pub(crate) fn to_bytes(gist: Option<&Self>) -> Vec<u8> {
        let Some(gist) = gist else {
            return Vec::new();
        };
        let signs = gist.signs.to_bytes();
        let said = serde_json::to_vec(&gist.said).expect("gists have string keys only");
        let length = u32::try_from(signs.len()).unwrap_or(u32::MAX);
        [length.to_le_bytes().as_slice(), &signs, &said].concat()
    }

    /// Reads what [`Gist::to_bytes`] wrote; the outer `None` stands for damage.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Option<Self>> {
        if bytes.is_empty() {
            return Some(None);
        }
        let (signs, said) = parts(bytes)?;
        Some(Some(Self {
            signs: PageSigns::from_bytes(signs)?,
            said: serde_json::from_slice(said).ok()?,
        }))
    }

    /// As [`Gist::from_bytes`], for the signs alone.
    pub(crate) fn signs_from_bytes(bytes: &[u8]) -> Option<Option<PageSigns>> {
        if bytes.is_empty() {
            return Some(None);
        }
        Some(Some(PageSigns::from_bytes(parts(bytes)?.0)?))
    }
}

fn parts(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}
