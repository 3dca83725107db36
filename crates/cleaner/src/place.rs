//! What tags, roles and class words say about the place of an element: hints, never verdicts.

mod words;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A set of places, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlaceSet(pub u32);

macro_rules! places {
    ($($(#[$doc:meta])* $name:ident = $bit:literal,)*) => {
        impl PlaceSet { $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)* }
    };
}

places! {
    /// Navigation.
    NAV = 0,
    /// The header of the page.
    HEADER = 1,
    /// The footer of the page.
    FOOTER = 2,
    /// Text set aside by tag or role.
    ASIDE = 3,
    /// The main part by tag or role.
    MAIN = 4,
    /// An article.
    ARTICLE = 5,
    /// A body of text by class words.
    CONTENT = 6,
    /// A side bar by class words.
    SIDEBAR = 7,
    /// Related material.
    RELATED = 8,
    /// Buttons to share with.
    SHARE = 9,
    /// Comments.
    COMMENT = 10,
    /// Cookie and consent dialogs.
    CONSENT = 11,
    /// Advertising and calls to subscribe.
    PROMO = 12,
    /// A form.
    FORM = 13,
    /// A dialog or overlay.
    DIALOG = 14,
    /// Bread crumbs.
    BREADCRUMB = 15,
    /// Links to further pages of a list.
    PAGER = 16,
    /// Facts about the text: author, date, categories.
    META = 17,
    /// A card or teaser.
    CARD = 18,
    /// A table of contents.
    TOC = 19,
    /// A menu by class words.
    MENU = 20,
    /// A table.
    TABLE = 21,
    /// A list.
    LIST = 22,
    /// A button.
    BUTTON = 23,
    /// A figure.
    FIGURE = 24,
    /// A post of a thread.
    POST = 25,
    /// A product.
    PRODUCT = 26,
    /// Visually hidden text for screen readers.
    SCREEN_READER = 27,
    /// Text that appears without scripts only.
    NOSCRIPT = 28,
    /// A title area.
    TITLE = 29,
    /// An element that is itself a link around blocks.
    LINK = 30,
}

impl PlaceSet {
    /// The empty set.
    pub const NONE: Self = Self(0);
    /// Places that rarely hold a document's own text.
    pub const CHROME: Self = Self(
        Self::NAV.0
            | Self::HEADER.0
            | Self::FOOTER.0
            | Self::ASIDE.0
            | Self::SIDEBAR.0
            | Self::RELATED.0
            | Self::SHARE.0
            | Self::CONSENT.0
            | Self::PROMO.0
            | Self::DIALOG.0
            | Self::BREADCRUMB.0
            | Self::PAGER.0
            | Self::MENU.0,
    );
    /// Places that name a page's own text.
    pub const OWN: Self = Self(Self::MAIN.0 | Self::ARTICLE.0 | Self::CONTENT.0);

    /// Returns the union of both.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether any place of `other` is in the set.
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the set without the places of `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

static BY_WORD: LazyLock<FxHashMap<&'static str, PlaceSet>> = LazyLock::new(|| {
    let mut by_word: FxHashMap<&str, PlaceSet> = FxHashMap::default();
    for (place, words) in words::WORDS {
        for &word in *words {
            let set = by_word.entry(word).or_default();
            *set = set.with(*place);
        }
    }
    by_word
});

/// Returns what one class or id word hints at.
fn of_word(word: &str) -> PlaceSet {
    BY_WORD.get(word).copied().unwrap_or(PlaceSet::NONE)
}

/// Splits a class or id into lower-case words at punctuation, digits and camel case.
pub(crate) fn words_of(token: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut last_lower = false;
    for c in token.chars().take(80) {
        if c.is_ascii_lowercase() {
            word.push(c);
            last_lower = true;
            continue;
        }
        let ends = !c.is_alphabetic() || (c.is_uppercase() && last_lower);
        if ends && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        last_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Returns what a class or id hints at.
pub(crate) fn of_token(token: &str) -> PlaceSet {
    of_words(&words_of(token))
}

/// Returns what the words of a class or id hint at, alone and in one.
pub(crate) fn of_words(words: &[String]) -> PlaceSet {
    match words {
        [] => PlaceSet::NONE,
        [word] => of_word(word),
        words => words.iter().fold(of_word(&words.concat()), |set, word| {
            set.with(of_word(word))
        }),
    }
}

/// Returns what a tag says.
pub(crate) fn of_tag(tag: &str) -> PlaceSet {
    match tag {
        "nav" => PlaceSet::NAV,
        "menu" => PlaceSet::MENU,
        "header" => PlaceSet::HEADER,
        "footer" => PlaceSet::FOOTER,
        "aside" => PlaceSet::ASIDE,
        "main" => PlaceSet::MAIN,
        "article" => PlaceSet::ARTICLE,
        "form" | "fieldset" => PlaceSet::FORM,
        "dialog" => PlaceSet::DIALOG,
        "table" => PlaceSet::TABLE,
        "ul" | "ol" => PlaceSet::LIST,
        "button" => PlaceSet::BUTTON,
        "figure" => PlaceSet::FIGURE,
        "noscript" => PlaceSet::NOSCRIPT,
        "a" => PlaceSet::LINK,
        _ => PlaceSet::NONE,
    }
}

/// Returns what an ARIA role says.
pub(crate) fn of_role(role: &str) -> PlaceSet {
    match role {
        "navigation" | "menubar" | "tablist" => PlaceSet::NAV,
        "menu" | "menuitem" => PlaceSet::MENU,
        "banner" => PlaceSet::HEADER,
        "contentinfo" => PlaceSet::FOOTER,
        "complementary" => PlaceSet::ASIDE,
        "main" => PlaceSet::MAIN,
        "article" => PlaceSet::ARTICLE,
        "search" | "form" => PlaceSet::FORM,
        "dialog" | "alertdialog" => PlaceSet::DIALOG,
        "button" => PlaceSet::BUTTON,
        _ => PlaceSet::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_words_split_at_case_and_punctuation() {
        assert_eq!(words_of("siteHeader_top2"), ["site", "header", "top"]);
        assert!(of_token("sphinxsidebar").any(PlaceSet::SIDEBAR));
        assert!(of_token("mega-menu").any(PlaceSet::MENU));
        assert!(of_token("entryContent").any(PlaceSet::CONTENT));
        assert_eq!(of_token("heading2x"), PlaceSet::TITLE);
    }

    #[test]
    fn a_word_within_a_word_hints_at_nothing() {
        assert_eq!(of_token("canvas"), PlaceSet::NONE);
        assert_eq!(of_token("shadow"), PlaceSet::NONE);
    }
}
