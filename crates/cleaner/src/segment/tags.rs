//! What each element means for cutting.

use crate::segment::attrs::Attrs;
use crate::segment::inline::Style;

/// How the walk treats an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Text flows through it.
    Inline,
    /// It starts and ends a block.
    Block,
    /// It holds no text of the page.
    Skip,
}

/// The elements that the walk knows by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Anchor,
    Article,
    Aside,
    Blockquote,
    Break,
    Button,
    Caption,
    Cell,
    Code,
    Definition,
    Div,
    Heading(u8),
    HeaderCell,
    Image,
    Item,
    Math,
    Ordered,
    Paragraph,
    Preformatted,
    Row,
    Rule,
    Sup,
    Table,
    Term,
    Unordered,
    Other,
}

/// What is known of a tag by its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    pub(super) treatment: Treatment,
    pub(super) style: Option<Style>,
    pub(super) tag: Tag,
}

const INLINE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "br",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "mark",
    "meter",
    "nobr",
    "output",
    "picture",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
    // Mathematics flows within a line.
    "math",
    "mi",
    "mn",
    "mo",
    "mrow",
    "msub",
    "msup",
    "mfrac",
    "mtext",
    "semantics",
    "msubsup",
    "msqrt",
    "mroot",
    "mover",
    "munder",
    "munderover",
    "mstyle",
    "mspace",
    "mpadded",
    "menclose",
    "mtable",
    "mtr",
    "mtd",
    "mphantom",
    "ms",
    "merror",
    "mmultiscripts",
    "mprescripts",
];

const SKIP: &[&str] = &[
    "annotation",
    "annotation-xml",
    "audio",
    "canvas",
    "datalist",
    "embed",
    "head",
    "iframe",
    "object",
    "optgroup",
    "option",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "video",
];

/// Returns what the name of a tag says.
pub(super) fn traits(name: &str) -> Traits {
    Traits {
        treatment: treatment(name),
        style: style(name),
        tag: tag(name),
    }
}

fn treatment(name: &str) -> Treatment {
    if INLINE.contains(&name) {
        Treatment::Inline
    } else if SKIP.contains(&name) {
        Treatment::Skip
    } else {
        Treatment::Block
    }
}

/// Returns what an inline tag says of the text within it.
fn style(name: &str) -> Option<Style> {
    match name {
        "b" | "strong" => Some(Style::Bold),
        "i" | "em" | "cite" | "dfn" | "var" => Some(Style::Emphasis),
        "code" | "kbd" | "samp" | "tt" => Some(Style::Code),
        "time" => Some(Style::Time),
        _ => None,
    }
}

fn tag(name: &str) -> Tag {
    match name {
        "a" => Tag::Anchor,
        "article" => Tag::Article,
        "aside" => Tag::Aside,
        "blockquote" => Tag::Blockquote,
        "br" => Tag::Break,
        "button" => Tag::Button,
        "figcaption" | "caption" => Tag::Caption,
        "td" => Tag::Cell,
        "th" => Tag::HeaderCell,
        "code" => Tag::Code,
        "dd" => Tag::Definition,
        "div" => Tag::Div,
        "dt" => Tag::Term,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Tag::Heading(name.as_bytes()[1] - b'0'),
        "hr" => Tag::Rule,
        "img" => Tag::Image,
        "li" => Tag::Item,
        "math" => Tag::Math,
        "ol" => Tag::Ordered,
        "p" => Tag::Paragraph,
        "pre" | "listing" | "xmp" => Tag::Preformatted,
        "sup" => Tag::Sup,
        "table" => Tag::Table,
        "tr" => Tag::Row,
        "ul" | "menu" => Tag::Unordered,
        _ => Tag::Other,
    }
}

/// Returns the level of a heading element, 1 to 6.
pub(super) fn heading_level(tag: Tag, attrs: &Attrs<'_>) -> Option<u8> {
    match tag {
        Tag::Heading(level) => Some(level),
        _ if attrs.role == Some("heading") => {
            let level = attrs.aria_level.and_then(|l| l.trim().parse().ok());
            Some(level.unwrap_or(2).clamp(1, 6))
        }
        _ => None,
    }
}

/// Returns whether the element holds a footnote by its role or id.
pub(super) fn is_footnote(attrs: &Attrs<'_>) -> bool {
    let footnote_id = |id: &str| {
        ["fn", "footnote", "cite_note", "ftn"]
            .iter()
            .any(|p| id.strip_prefix(p).is_some_and(starts_like_a_number))
    };
    matches!(attrs.role, Some("doc-footnote" | "doc-endnote")) || attrs.id.is_some_and(footnote_id)
}

fn starts_like_a_number(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['-', '_', ':', '.']);
    rest.starts_with(|c: char| c.is_ascii_digit())
}
