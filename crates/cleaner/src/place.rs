//! What tags, roles and class words say about the place of an element: hints, never verdicts.

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

/// Class and id words with what they hint at; gathered from the themes of WordPress, Drupal, Wix,
/// Joomla, Sphinx, `DocBook` and the common front-end frameworks.
const WORDS: &[(PlaceSet, &[&str])] = &[
    (
        PlaceSet::NAV,
        &[
            "nav",
            "navi",
            "navigation",
            "navbar",
            "topnav",
            "subnav",
            "sidenav",
            "navheader",
            "navfooter",
            "skip",
            "skiplink",
        ],
    ),
    (
        PlaceSet::MENU,
        &[
            "menu",
            "menus",
            "submenu",
            "megamenu",
            "dropdown",
            "offcanvas",
            "drawer",
        ],
    ),
    (
        PlaceSet::HEADER,
        &["header", "masthead", "topbar", "banner", "siteheader"],
    ),
    (
        PlaceSet::FOOTER,
        &["footer", "colophon", "copyright", "bottombar", "sitefooter"],
    ),
    (
        PlaceSet::SIDEBAR,
        &[
            "sidebar",
            "sidebars",
            "rail",
            "sphinxsidebar",
            "sphinxsidebarwrapper",
            "widget",
            "widgets",
            "complementary",
            "secondary",
            "tertiary",
        ],
    ),
    (
        PlaceSet::RELATED,
        &[
            "related",
            "recommended",
            "recommendations",
            "recommendation",
            "suggested",
            "suggestions",
            "recent",
            "popular",
            "trending",
            "similar",
            "latest",
            "upsell",
            "crosssell",
            "more",
            "readmore",
            "relatedposts",
            "yarpp",
            "outbrain",
            "taboola",
        ],
    ),
    (
        PlaceSet::SHARE,
        &[
            "share",
            "sharing",
            "social",
            "sharedaddy",
            "addtoany",
            "socials",
            "sharethis",
            "addthis",
        ],
    ),
    (
        PlaceSet::COMMENT,
        &[
            "comment",
            "comments",
            "disqus",
            "respond",
            "commentlist",
            "replies",
            "reply",
        ],
    ),
    (
        PlaceSet::CONSENT,
        &[
            "cookie",
            "cookies",
            "consent",
            "gdpr",
            "onetrust",
            "cybotcookiebotdialog",
            "cc-window",
            "eucookie",
        ],
    ),
    (
        PlaceSet::PROMO,
        &[
            "ad",
            "ads",
            "advert",
            "advertisement",
            "advertising",
            "sponsor",
            "sponsored",
            "promo",
            "promotion",
            "promoted",
            "newsletter",
            "subscribe",
            "subscription",
            "signup",
            "cta",
            "donate",
            "donation",
            "adsbygoogle",
        ],
    ),
    (
        PlaceSet::DIALOG,
        &[
            "modal", "popup", "overlay", "lightbox", "dialog", "toast", "tooltip", "flyout",
        ],
    ),
    (
        PlaceSet::BREADCRUMB,
        &["breadcrumb", "breadcrumbs", "crumbs", "crumb", "bc"],
    ),
    (
        PlaceSet::PAGER,
        &[
            "pager",
            "pagination",
            "paging",
            "pagenav",
            "prevnext",
            "page-numbers",
        ],
    ),
    (
        PlaceSet::META,
        &[
            "meta",
            "metadata",
            "byline",
            "author",
            "authors",
            "date",
            "datetime",
            "timestamp",
            "published",
            "tags",
            "tag",
            "taglist",
            "category",
            "categories",
            "entry-meta",
            "bio",
            "views",
            "readtime",
        ],
    ),
    (
        PlaceSet::CARD,
        &[
            "card",
            "cards",
            "teaser",
            "teasers",
            "tile",
            "tiles",
            "grid",
            "carousel",
            "slider",
            "slide",
            "thumb",
            "thumbnail",
        ],
    ),
    (
        PlaceSet::TOC,
        &[
            "toc",
            "contents",
            "tableofcontents",
            "localtoc",
            "globaltoc",
        ],
    ),
    (
        PlaceSet::CONTENT,
        &[
            "content",
            "body",
            "text",
            "entry",
            "story",
            "prose",
            "richtext",
            "rte",
            "wysiwyg",
            "markdown",
            "copy",
            "description",
            "documentwrapper",
            "bodywrapper",
            "chapter",
            "postbody",
            "articlebody",
        ],
    ),
    (PlaceSet::ARTICLE, &["article", "hentry", "blogpost"]),
    (PlaceSet::MAIN, &["main", "maincontent", "primary"]),
    (
        PlaceSet::POST,
        &[
            "post", "posts", "message", "messages", "thread", "topic", "answer", "answers",
            "question", "reply", "crawler",
        ],
    ),
    (
        PlaceSet::PRODUCT,
        &[
            "product",
            "products",
            "spec",
            "specs",
            "specifications",
            "details",
            "feature",
            "features",
        ],
    ),
    (
        PlaceSet::SCREEN_READER,
        &["sr", "visuallyhidden", "screenreader", "offscreen", "a11y"],
    ),
    (
        PlaceSet::TITLE,
        &[
            "title", "headline", "heading", "subtitle", "hero", "lead", "intro", "excerpt",
            "summary", "abstract",
        ],
    ),
    (
        PlaceSet::FORM,
        &[
            "form",
            "login",
            "search",
            "searchform",
            "captcha",
            "checkout",
            "cart",
        ],
    ),
    (PlaceSet::BUTTON, &["btn", "button", "buttons"]),
];

/// Returns what one class or id word hints at.
fn of_word(word: &str) -> PlaceSet {
    WORDS
        .iter()
        .filter(|(_, words)| words.contains(&word))
        .fold(PlaceSet::NONE, |set, (place, _)| set.with(*place))
}

/// Splits a class or id into lower-case words at punctuation, digits and camel case.
pub(crate) fn words_of(token: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut last_lower = false;
    for c in token.chars().take(80) {
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
    let words = words_of(token);
    let joined = words.concat();
    words
        .iter()
        .fold(of_word(&joined), |set, word| set.with(of_word(word)))
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
