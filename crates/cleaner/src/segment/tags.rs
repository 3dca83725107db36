//! What each element means for cutting.

use scraper::node::Element;

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
];

const SKIP: &[&str] = &[
    "annotation",
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

/// Returns how the walk treats the tag.
pub(super) fn treatment(tag: &str) -> Treatment {
    if INLINE.contains(&tag) {
        Treatment::Inline
    } else if SKIP.contains(&tag) {
        Treatment::Skip
    } else {
        Treatment::Block
    }
}

/// Returns whether the element's own attributes hide it from readers.
pub(super) fn hides(element: &Element) -> bool {
    let style = || element.attr("style").is_some_and(style_hides);
    element.attr("hidden").is_some_and(|v| v != "until-found")
        || element.attr("aria-hidden") == Some("true")
        || style()
}

fn style_hides(style: &str) -> bool {
    let compact: String = style
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(400)
        .flat_map(char::to_lowercase)
        .collect();
    compact.contains("display:none") || compact.contains("visibility:hidden")
}

/// Returns the level of a heading element, 1 to 6.
pub(super) fn heading_level(element: &Element) -> Option<u8> {
    let tag = element.name().as_bytes();
    match tag {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ if element.attr("role") == Some("heading") => {
            let level = element.attr("aria-level").and_then(|l| l.parse().ok());
            Some(level.unwrap_or(2).clamp(1, 6))
        }
        _ => None,
    }
}

/// Returns whether the element holds a footnote.
pub(super) fn is_footnote(element: &Element) -> bool {
    let role = element.attr("role").unwrap_or("");
    if role == "doc-footnote" || role == "doc-endnote" {
        return true;
    }
    let footnote_id = |id: &str| {
        ["fn", "footnote", "cite_note", "ftn"]
            .iter()
            .any(|p| id.strip_prefix(p).is_some_and(starts_like_a_number))
    };
    match element.name() {
        "li" | "p" | "div" | "dl" | "aside" => {
            element.classes().any(|c| c == "footnote") || element.id().is_some_and(footnote_id)
        }
        _ => false,
    }
}

fn starts_like_a_number(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['-', '_', ':', '.']);
    rest.starts_with(|c: char| c.is_ascii_digit())
}
