//! Small shapes in a tree that the walk treats apart.

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use crate::measure;
use crate::place;
use crate::segment::inline::Joint;

/// Returns whether the element is the sign beside a heading that links to the heading itself.
pub(super) fn is_heading_anchor(node: NodeRef<'_, Node>, element: &Element) -> bool {
    if element.name() != "a" || !element.attr("href").is_some_and(|h| h.starts_with('#')) {
        return false;
    }
    let mut children = node.children();
    match (children.next().map(|child| child.value()), children.next()) {
        (Some(Node::Text(text)), None) => {
            let sign = text.trim();
            !sign.is_empty() && sign.chars().count() <= 2 && !measure::has_word(sign)
        }
        _ => false,
    }
}

/// Returns whether a `<pre>` holds the line numbers that stand beside a listing.
pub(super) fn is_line_numbers(node: NodeRef<'_, Node>) -> bool {
    let marks = |e: &Element| {
        e.classes()
            .any(|c| matches!(c, "linenos" | "gutter" | "lineno"))
    };
    node.ancestors()
        .take(3)
        .any(|a| a.value().as_element().is_some_and(marks))
}

/// Returns how two inline elements that touch are joined.
pub(super) fn joint(before: &Element, after: &Element) -> Joint {
    let tight = |e: &Element| matches!(e.name(), "sub" | "sup" | "wbr" | "rt" | "rp" | "img");
    if tight(before) || tight(after) {
        return Joint::Tight;
    }
    let label = |e: &Element| matches!(e.name(), "a" | "label" | "time" | "input" | "output");
    if label(before) && label(after) {
        return Joint::Gap;
    }
    let chip = |e: &Element| {
        e.classes().any(|c| {
            let words = place::words_of(c);
            words.iter().any(|w| {
                matches!(
                    w.as_str(),
                    "tag"
                        | "tags"
                        | "chip"
                        | "label"
                        | "badge"
                        | "category"
                        | "cat"
                        | "term"
                        | "pill"
                )
            })
        })
    };
    if chip(before) && chip(after) {
        Joint::Gap
    } else {
        Joint::ByLetters
    }
}

/// Returns preformatted text without empty lines at its ends and white space at the very end.
pub(super) fn tidy_code(text: &str) -> String {
    let text = text.trim_end();
    let start = text
        .char_indices()
        .find(|(_, c)| !c.is_whitespace())
        .map_or(0, |(first, _)| {
            text[..first].rfind('\n').map_or(0, |n| n + 1)
        });
    text[start..].to_owned()
}
