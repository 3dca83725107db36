//! Small shapes in a tree that the walk treats apart.

use ego_tree::NodeRef;
use scraper::Node;

use crate::measure;
use crate::segment::attrs::Attrs;
use crate::segment::inline::Joint;
use crate::segment::lexicon::Hints;
use crate::segment::tags::Traits;

/// Most nodes of a formula that are searched for its source.
const FORMULA: usize = 20_000;

/// Returns whether the link is the sign beside a heading that leads to the heading itself.
pub(super) fn is_heading_anchor(node: NodeRef<'_, Node>, attrs: &Attrs<'_>) -> bool {
    if !attrs.href.is_some_and(|h| h.starts_with('#')) {
        return false;
    }
    let mut children = node.children();
    match (children.next().map(|child| child.value()), children.next()) {
        (Some(Node::Text(text)), None) => {
            let sign = text.trim();
            !sign.is_empty() && sign.chars().take(3).count() <= 2 && !measure::has_word(sign)
        }
        _ => false,
    }
}

/// Returns whether what stands first within is a mark of one or two characters: a letter in a circle is one.
pub(super) fn starts_with_sign(node: NodeRef<'_, Node>) -> bool {
    let first = node.children().next();
    let text = first.and_then(|child| child.value().as_text());
    text.is_some_and(|text| matches!(text.trim().chars().take(3).count(), 1 | 2))
}

/// Returns whether the first element within bears the class `line`: a listing made of elements.
pub(super) fn has_lines(node: NodeRef<'_, Node>) -> bool {
    let first = node.children().find_map(|child| child.value().as_element());
    first.is_some_and(|e| Attrs::of(e).class == Some("line"))
}

/// Returns whether the superscript is a link within the page, or stands in one: the sign of a note.
pub(super) fn is_note_sign(node: NodeRef<'_, Node>) -> bool {
    let leads_within = |node: NodeRef<'_, Node>| {
        node.value().as_element().is_some_and(|e| {
            e.name() == "a" && Attrs::of(e).href.is_some_and(|href| href.starts_with('#'))
        })
    };
    let inner = node.children().find(|child| child.value().is_element());
    inner.is_some_and(leads_within) || node.parent().is_some_and(leads_within)
}

/// Returns whether the first thing within is a formula.
pub(super) fn holds_formula(node: NodeRef<'_, Node>) -> bool {
    let first = node.children().find_map(|child| child.value().as_element());
    first.is_some_and(|e| e.name() == "math")
}

/// Returns the source of a formula: its annotation in TeX or its text in an attribute.
pub(super) fn formula(node: NodeRef<'_, Node>, attrs: &Attrs<'_>) -> Option<String> {
    let annotation = node.descendants().take(FORMULA).find(|n| {
        n.value().as_element().is_some_and(|e| {
            e.name() == "annotation"
                && e.attrs()
                    .any(|(name, value)| name == "encoding" && value.contains("tex"))
        })
    });
    let annotated = annotation.map(|n| {
        n.children()
            .filter_map(|child| child.value().as_text().map(|t| t.to_string()))
            .collect::<String>()
    });
    let source = annotated.or_else(|| attrs.alttext.map(str::to_owned))?;
    let source = source.trim();
    // MediaWiki wraps every formula so.
    let bare = source
        .strip_prefix("{\\displaystyle ")
        .and_then(|s| s.strip_suffix('}'));
    let bare = bare.unwrap_or(source).trim();
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// An inline element that closed right before the next one opens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed<'a> {
    pub(super) name: &'a str,
    pub(super) traits: Traits,
    pub(super) hints: Hints,
}

/// Returns how two inline elements that touch are joined.
pub(super) fn joint(before: Closed<'_>, after: Closed<'_>) -> Joint {
    let tight = |e: &Closed<'_>| {
        matches!(
            e.name,
            "sub"
                | "sup"
                | "wbr"
                | "rt"
                | "rp"
                | "rb"
                | "img"
                | "var"
                | "code"
                | "tt"
                | "kbd"
                | "samp"
        ) || e.hints.any(Hints::CODE)
            || e.name.starts_with('m') && e.name != "mark" && e.name != "meter"
    };
    if tight(&before) || tight(&after) {
        return Joint::Tight;
    }
    let label = |e: &Closed<'_>| matches!(e.name, "a" | "label" | "time" | "input" | "output");
    if label(&before) && label(&after) {
        return Joint::Gap;
    }
    if before.hints.any(Hints::CHIP) && after.hints.any(Hints::CHIP) {
        return Joint::Gap;
    }
    Joint::ByLetters
}

/// Returns preformatted text without empty lines at its ends.
pub(super) fn tidy_code(text: &str) -> &str {
    let start = text
        .char_indices()
        .find(|(_, c)| !c.is_whitespace())
        .map_or(0, |(first, _)| {
            text[..first].rfind('\n').map_or(0, |n| n + 1)
        });
    let last = text.trim_end().len();
    let end = text[last..].find('\n').map_or(text.len(), |n| last + n);
    &text[start..end.max(start)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_loses_empty_lines_at_its_ends_alone() {
        assert_eq!(tidy_code("\n \n  a\n\n b $ \n \n"), "  a\n\n b $ ");
        assert_eq!(tidy_code("x"), "x");
        assert_eq!(tidy_code("\n\n"), "");
    }
}
