//! What the class attributes and tags of one page say, found out once for each that is written.

use rustc_hash::FxHashMap;

use crate::place::{self, PlaceSet};
use crate::segment::tags::{self, Traits};

/// Most classes of an element that are looked at.
const MOST_CLASSES: usize = 24;

/// What a class or an id hints at, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(u16);

impl Hints {
    /// A label that stands beside others.
    pub(super) const CHIP: Self = Self(1);
    /// Code that is parted for colours or a signature.
    pub(super) const CODE: Self = Self(2);
    /// Numbers of lines beside a listing.
    pub(super) const LINE_NUMBER: Self = Self(4);
    /// A section, whose id is a slug of its heading.
    pub(super) const SECTION: Self = Self(8);
    /// A footnote.
    pub(super) const FOOTNOTE: Self = Self(16);
    /// The caption of a picture.
    pub(super) const CAPTION: Self = Self(32);
    /// A formula that is a picture.
    pub(super) const FORMULA: Self = Self(64);
    /// A listing whose lines are elements.
    pub(super) const LISTING: Self = Self(128);
    /// What appears where a pointer rests.
    pub(super) const TOOLTIP: Self = Self(256);

    /// Returns whether any hint of `other` is among these.
    pub(super) const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[derive(Debug, Default)]
struct Token {
    place: PlaceSet,
    hints: Hints,
    words: Vec<String>,
}

/// A class attribute.
#[derive(Debug, Default)]
pub(super) struct Classes<'a> {
    /// Its classes, sorted, each once.
    pub(super) names: Vec<&'a str>,
    /// What they say about the place.
    pub(super) place: PlaceSet,
    /// What else they hint at.
    pub(super) hints: Hints,
    /// Their words in lower case, sorted, each once.
    pub(super) words: Vec<String>,
}

/// The index of the empty class attribute.
pub(super) const NO_CLASSES: u32 = 0;

/// The class attributes and tags seen so far.
#[derive(Debug)]
pub(super) struct Lexicon<'a> {
    attributes: FxHashMap<&'a str, u32>,
    classes: Vec<Classes<'a>>,
    tokens: FxHashMap<&'a str, Token>,
    tags: FxHashMap<&'a str, Traits>,
}

impl<'a> Lexicon<'a> {
    pub(super) fn new() -> Self {
        Self {
            attributes: FxHashMap::default(),
            classes: vec![Classes::default()],
            tokens: FxHashMap::default(),
            tags: FxHashMap::default(),
        }
    }

    /// Returns what the tag means for cutting.
    pub(super) fn traits(&mut self, tag: &'a str) -> Traits {
        *self.tags.entry(tag).or_insert_with(|| tags::traits(tag))
    }

    /// Returns the index of a class attribute, and whether it is new.
    pub(super) fn intern(&mut self, attribute: Option<&'a str>) -> (u32, bool) {
        let Some(attribute) = attribute else {
            return (NO_CLASSES, false);
        };
        if let Some(&index) = self.attributes.get(attribute) {
            return (index, false);
        }
        let index = u32::try_from(self.classes.len()).unwrap_or(NO_CLASSES);
        let classes = self.read(attribute);
        self.classes.push(classes);
        self.attributes.insert(attribute, index);
        (index, true)
    }

    /// Returns the class attribute of that index.
    pub(super) fn classes(&self, index: u32) -> &Classes<'a> {
        &self.classes[index as usize]
    }

    fn read(&mut self, attribute: &'a str) -> Classes<'a> {
        let mut names: Vec<&str> = attribute.split_ascii_whitespace().collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(MOST_CLASSES);
        let mut classes = Classes::default();
        for &name in &names {
            let token = self.token(name);
            classes.place = classes.place.with(token.place);
            classes.hints.0 |= token.hints.0;
            classes.words.extend_from_slice(&token.words);
        }
        classes.words.sort_unstable();
        classes.words.dedup();
        classes.names = names;
        classes
    }

    fn token(&mut self, name: &'a str) -> &Token {
        self.tokens.entry(name).or_insert_with(|| {
            let words = place::words_of(name);
            Token {
                place: place::of_words(&words),
                hints: hints(name, &words),
                words,
            }
        })
    }

    /// Returns what an id says about the place.
    pub(super) fn place_of_id(&mut self, id: &'a str) -> PlaceSet {
        self.token(id).place
    }
}

/// Whether a class is what generators of manuals call a part of the text.
fn is_section(name: &str) -> bool {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(
        bare,
        "section"
            | "subsection"
            | "subsubsection"
            | "sect"
            | "refsect"
            | "refsection"
            | "chapter"
            | "appendix"
            | "unnumbered"
            | "unnumberedsec"
    ) || name.ends_with("-level-extent")
}

fn hints(name: &str, words: &[String]) -> Hints {
    let by_name = match name {
        "linenos" | "gutter" | "lineno" | "linenodiv" | "line-numbers-rows" => Hints::LINE_NUMBER.0,
        _ if is_section(name) => Hints::SECTION.0,
        "footnote" => Hints::FOOTNOTE.0,
        "caption" | "wp-caption-text" | "wp-caption-dd" => Hints::CAPTION.0,
        "fragment" => Hints::LISTING.0,
        _ => 0,
    };
    let by_word = words.iter().map(|word| match word.as_str() {
        "tag" | "tags" | "chip" | "label" | "badge" | "category" | "cat" | "term" | "pill" => {
            Hints::CHIP.0
        }
        "pre" | "sig" | "descname" | "descclassname" | "hljs" | "token" | "highlight"
        | "literal" | "param" => Hints::CODE.0,
        "latex" | "tex" | "math" | "equation" => Hints::FORMULA.0,
        "tooltip" => Hints::TOOLTIP.0,
        _ => 0,
    });
    Hints(by_word.fold(by_name, |all, hint| all | hint))
}
