//! Blocks within an element of a given tag, id, class or attribute.

use serde::Deserialize;

use super::view::{Effect, View};
use crate::block::{NO_NODE, Node, Segmentation};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// Selectors of the form `tag#id.class[name="value"]`, several of them for nesting.
    selector: Vec<String>,
    /// Largest share of the page's prose that the elements may hold: a class is a hint, never a
    /// verdict on most of a page.
    #[serde(default = "a_third")]
    max_share: f64,
}

const fn a_third() -> f64 {
    0.34
}

#[derive(Debug, Clone)]
pub(super) struct SelectorMatch {
    selectors: Vec<Vec<Compound>>,
    sources: Vec<String>,
    max_share: f64,
}

/// One part of a selector, between spaces.
#[derive(Debug, Clone, Default)]
struct Compound {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
    attributes: Vec<(String, Test, String)>,
}

#[derive(Debug, Clone, Copy)]
enum Test {
    Equals,
    Starts,
    Contains,
}

impl SelectorMatch {
    pub(super) fn new(spec: Spec) -> Result<Self, String> {
        super::phrases::not_empty("selector", &spec.selector)?;
        let selectors = spec.selector.iter().map(|s| parse(s));
        Ok(Self {
            selectors: selectors.collect::<Result<_, _>>()?,
            sources: spec.selector,
            max_share: spec.max_share,
        })
    }

    pub(super) fn find(&self, view: &View<'_>) -> Vec<Effect> {
        let page = view.page;
        let resolved = self.resolve(page);
        // Which selector an element or one around it matches: parents stand first in the table.
        let mut matched: Vec<Option<usize>> = Vec::with_capacity(page.nodes.len());
        for (i, node) in page.nodes.iter().enumerate() {
            let around = matched.get(node.parent as usize).copied().flatten();
            matched.push(around.or_else(|| self.matching(page, &resolved, i)));
        }
        self.effects(view, &matched)
    }

    fn effects(&self, view: &View<'_>, matched: &[Option<usize>]) -> Vec<Effect> {
        let all = view.prose_words(0..view.len());
        let mut effects = Vec::new();
        for (selector, source) in self.sources.iter().enumerate() {
            let blocks: Vec<usize> = view
                .standing()
                .filter(|&i| matched.get(view.block(i).node as usize) == Some(&Some(selector)))
                .collect();
            let inside = view.prose_words(blocks.iter().copied());
            let is_most = all > 0 && inside as f64 > self.max_share * all as f64;
            if blocks.is_empty()
                || is_most
                || blocks
                    .iter()
                    .any(|&i| view.is_own_title(i) && view.is_heading(i))
            {
                continue;
            }
            effects.push(Effect::drop(
                blocks,
                format!("within an element `{source}`"),
            ));
        }
        effects
    }

    /// Drops the selectors that name something the page does not have.
    fn resolve(&self, page: &Segmentation) -> Vec<usize> {
        let known = |name: &String| page.names.iter().any(|n| n == name);
        (0..self.selectors.len())
            .filter(|&s| {
                let last = self.selectors[s].last();
                last.is_some_and(|c| {
                    c.classes.iter().all(known)
                        && c.id.as_ref().is_none_or(known)
                        && c.tag.as_ref().is_none_or(known)
                })
            })
            .collect()
    }

    fn matching(&self, page: &Segmentation, possible: &[usize], node: usize) -> Option<usize> {
        possible.iter().copied().find(|&s| {
            let Some((last, around)) = self.selectors[s].split_last() else {
                return false;
            };
            last.matches(page, &page.nodes[node]) && within(page, around, page.nodes[node].parent)
        })
    }
}

/// How far up a selector of several parts looks.
const REACH: usize = 64;

fn within(page: &Segmentation, around: &[Compound], parent: u32) -> bool {
    let mut wanted = around.iter().rev().peekable();
    if parent != NO_NODE {
        for node in page.chain(parent).take(REACH) {
            let Some(compound) = wanted.peek() else {
                return true;
            };
            if page.node(node).is_some_and(|n| compound.matches(page, n)) {
                wanted.next();
            }
        }
    }
    wanted.peek().is_none()
}

impl Compound {
    fn matches(&self, page: &Segmentation, node: &Node) -> bool {
        self.tag.as_ref().is_none_or(|t| page.name(node.tag) == t)
            && self.id.as_ref().is_none_or(|id| page.name(node.id) == id)
            && self
                .classes
                .iter()
                .all(|c| node.classes.iter().any(|&n| page.name(n) == c))
            && self
                .attributes
                .iter()
                .all(|(name, test, value)| test.holds(page, node, name, value))
    }
}

impl Test {
    fn holds(self, page: &Segmentation, node: &Node, name: &str, value: &str) -> bool {
        let test = |actual: &str| match self {
            Self::Equals => actual == value,
            Self::Starts => actual.starts_with(value),
            Self::Contains => actual.contains(value),
        };
        match name {
            "id" => test(page.name(node.id)),
            "class" => node.classes.iter().any(|&c| test(page.name(c))),
            _ => node
                .attributes
                .iter()
                .any(|&(n, v)| page.name(n) == name && test(page.name(v))),
        }
    }
}

fn parse(source: &str) -> Result<Vec<Compound>, String> {
    let parts = source.split_whitespace().map(|part| {
        compound(part).ok_or_else(|| {
            format!("selector `{source}` does not read; write `tag#id.class[name=\"value\"]`, parts apart by spaces")
        })
    });
    let parts: Vec<Compound> = parts.collect::<Result<_, _>>()?;
    if parts.is_empty() {
        return Err("an empty selector; name a tag, an id, a class or an attribute".to_owned());
    }
    Ok(parts)
}

fn compound(part: &str) -> Option<Compound> {
    let mut compound = Compound::default();
    let name_end = |text: &str| text.find(['.', '#', '[']).unwrap_or(text.len());
    let (tag, mut rest) = part.split_at(name_end(part));
    if !tag.is_empty() && tag != "*" {
        compound.tag = Some(tag.to_owned());
    }
    while let Some(first) = rest.chars().next() {
        let after = &rest[1..];
        if first == '[' {
            let (inside, tail) = after.split_once(']')?;
            compound.attributes.push(attribute(inside)?);
            rest = tail;
            continue;
        }
        let (name, tail) = after.split_at(name_end(after));
        if name.is_empty() {
            return None;
        }
        match first {
            '#' => compound.id = Some(name.to_owned()),
            _ => compound.classes.push(name.to_owned()),
        }
        rest = tail;
    }
    Some(compound)
}

fn attribute(inside: &str) -> Option<(String, Test, String)> {
    let (name, value) = inside.split_once('=')?;
    let value = value.trim_matches(['"', '\'']).to_owned();
    let (name, test) = match name.as_bytes().last()? {
        b'^' => (&name[..name.len() - 1], Test::Starts),
        b'*' => (&name[..name.len() - 1], Test::Contains),
        _ => (name, Test::Equals),
    };
    (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), test, value))
}
