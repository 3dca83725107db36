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
    attributes: Vec<Attribute>,
}

#[derive(Debug, Clone)]
struct Attribute {
    name: String,
    test: Test,
    value: String,
}

impl Attribute {
    /// Returns whether the page has a name that the value could be.
    fn may_hold(&self, view: &View<'_>) -> bool {
        match self.test {
            Test::Equals => view.name(&self.value).is_some(),
            _ => view
                .page
                .names
                .iter()
                .any(|n| self.test.fits(n, &self.value)),
        }
    }
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
        let possible = self.possible(view);
        if possible.is_empty() {
            return Vec::new();
        }
        // Which selector an element or one around it matches: parents stand first in the table.
        let mut matched: Vec<Option<usize>> = Vec::with_capacity(page.nodes.len());
        for (i, node) in page.nodes.iter().enumerate() {
            let around = matched.get(node.parent as usize).copied().flatten();
            matched.push(around.or_else(|| self.matching(page, &possible, i)));
        }
        self.effects(view, &matched, &possible)
    }

    fn effects(
        &self,
        view: &View<'_>,
        matched: &[Option<usize>],
        possible: &[(usize, Resolved)],
    ) -> Vec<Effect> {
        let all = view.prose_words(0..view.len());
        let mut effects = Vec::new();
        for &(selector, _) in possible {
            let source = &self.sources[selector];
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

    /// Returns the selectors whose names the page has, with the indexes of those of the last part.
    fn possible(&self, view: &View<'_>) -> Vec<(usize, Resolved)> {
        if view.page.nodes.is_empty() {
            return Vec::new();
        }
        let last = |s: usize| self.selectors[s].last()?.resolve(view).map(|r| (s, r));
        (0..self.selectors.len()).filter_map(last).collect()
    }

    fn matching(
        &self,
        page: &Segmentation,
        possible: &[(usize, Resolved)],
        node: usize,
    ) -> Option<usize> {
        let this = &page.nodes[node];
        let found = possible.iter().find(|(s, resolved)| {
            resolved.may_match(this)
                && self.selectors[*s]
                    .split_last()
                    .is_some_and(|(last, around)| {
                        last.matches(page, this) && within(page, around, this.parent)
                    })
        });
        found.map(|(s, _)| *s)
    }
}

/// A part of a selector as indexes of a page's names.
#[derive(Debug)]
struct Resolved {
    tag: Option<u32>,
    id: Option<u32>,
    class: Option<u32>,
}

impl Resolved {
    fn may_match(&self, node: &Node) -> bool {
        self.tag.is_none_or(|t| t == node.tag)
            && self.id.is_none_or(|id| id == node.id)
            && self.class.is_none_or(|c| node.classes.contains(&c))
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
    /// Returns the indexes of its names, if the page has them all.
    fn resolve(&self, view: &View<'_>) -> Option<Resolved> {
        let index = |name: &String| view.name(name);
        let all = self.classes.iter().all(|c| index(c).is_some())
            && self.attributes.iter().all(|a| a.may_hold(view));
        let known =
            |name: &Option<String>| name.as_ref().map_or(Some(None), |n| index(n).map(Some));
        let (tag, id) = (known(&self.tag)?, known(&self.id)?);
        let class = self.classes.first().and_then(index);
        all.then_some(Resolved { tag, id, class })
    }

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
                .all(|a| a.test.holds(page, node, &a.name, &a.value))
    }
}

impl Test {
    fn fits(self, actual: &str, value: &str) -> bool {
        match self {
            Self::Equals => actual == value,
            Self::Starts => actual.starts_with(value),
            Self::Contains => actual.contains(value),
        }
    }

    fn holds(self, page: &Segmentation, node: &Node, name: &str, value: &str) -> bool {
        let test = |actual: &str| self.fits(actual, value);
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

fn attribute(inside: &str) -> Option<Attribute> {
    let (name, value) = inside.split_once('=')?;
    let value = value.trim_matches(['"', '\'']).to_owned();
    let (name, test) = match name.as_bytes().last()? {
        b'^' => (&name[..name.len() - 1], Test::Starts),
        b'*' => (&name[..name.len() - 1], Test::Contains),
        _ => (name, Test::Equals),
    };
    (!name.is_empty() && !value.is_empty()).then(|| Attribute {
        name: name.to_owned(),
        test,
        value,
    })
}
