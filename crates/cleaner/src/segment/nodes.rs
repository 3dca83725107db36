//! The elements that hold blocks, with what their tags and classes say, computed once each.

use rustc_hash::FxHashMap;
use scraper::node::Element;

use crate::block::{NO_NODE, Node};
use crate::measure;
use crate::place::{self, PlaceSet};
use crate::segment::tags;

/// Attributes beside `id` and `class` that rules may ask for.
const KEPT_ATTRIBUTES: &[&str] = &[
    "role",
    "data-hook",
    "data-id",
    "itemprop",
    "aria-label",
    "data-nosnippet",
];

/// How many elements around a block make up its shell.
const SHELL: usize = 6;

/// Builds the table of elements; a parent is always added before its children.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    names: Vec<String>,
    by_name: FxHashMap<String, u32>,
    nodes: Vec<Node>,
    /// Per element, the signatures of itself and of up to five elements around it.
    shells: Vec<[u64; SHELL]>,
    hints: FxHashMap<u32, PlaceSet>,
}

impl Nodes {
    pub(super) fn new() -> Self {
        let mut nodes = Self::default();
        nodes.intern("");
        nodes
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(&index) = self.by_name.get(name) {
            return index;
        }
        let index = u32::try_from(self.names.len()).unwrap_or(0);
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), index);
        index
    }

    fn hint(&mut self, name: u32) -> PlaceSet {
        if let Some(&hint) = self.hints.get(&name) {
            return hint;
        }
        let hint = place::of_token(&self.names[name as usize]);
        self.hints.insert(name, hint);
        hint
    }

    /// Adds an element and returns its index.
    pub(super) fn add(&mut self, parent: u32, element: &Element) -> u32 {
        let mut node = Node {
            parent,
            tag: self.intern(element.name()),
            id: self.intern(element.id().unwrap_or("")),
            ..Node::default()
        };
        node.classes = element.classes().take(24).map(|c| self.intern(c)).collect();
        node.attributes = self.attributes(element);
        node.own = self.places(element, &node);
        let around = self.nodes.get(parent as usize);
        node.within = around.map_or(PlaceSet::NONE, |p| p.within).with(node.own);
        node.hidden = around.is_some_and(|p| p.hidden) || tags::hides(element);
        node.signature = self.signature(&node);
        self.push(node)
    }

    fn push(&mut self, mut node: Node) -> u32 {
        let mut shell = [0; SHELL];
        if let Some(around) = self.shells.get(node.parent as usize) {
            shell[1..].copy_from_slice(&around[..SHELL - 1]);
        }
        // The classes of the root name the page or its kind: every page would have shells of its own.
        let root = matches!(self.names[node.tag as usize].as_str(), "html" | "body");
        shell[0] = if root { 0 } else { node.signature };
        node.shell = shell
            .iter()
            .fold(0, |digest, &s| measure::combine(digest, s));
        self.shells.push(shell);
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).unwrap_or(NO_NODE)
    }

    fn attributes(&mut self, element: &Element) -> Vec<(u32, u32)> {
        KEPT_ATTRIBUTES
            .iter()
            .filter_map(|&name| element.attr(name).map(|value| (name, value)))
            .map(|(name, value)| (self.intern(name), self.intern(value)))
            .collect()
    }

    fn places(&mut self, element: &Element, node: &Node) -> PlaceSet {
        let mut own = place::of_tag(element.name());
        own = own.with(place::of_role(element.attr("role").unwrap_or("")));
        // A theme's switches on the root say how the page looks, not what stands in it.
        if matches!(element.name(), "html" | "body") {
            return own;
        }
        // The id of a section is a slug of its heading, and a heading may speak of comments.
        let section = node
            .classes
            .iter()
            .any(|&c| self.names[c as usize] == "section");
        let boxed = matches!(
            element.name(),
            "div"
                | "aside"
                | "nav"
                | "header"
                | "footer"
                | "main"
                | "article"
                | "ul"
                | "form"
                | "table"
        );
        let id = (boxed && !section).then_some(node.id);
        for name in node.classes.iter().copied().chain(id) {
            own = own.with(self.hint(name));
        }
        if element.attr("itemprop") == Some("articleBody") {
            own = own.with(PlaceSet::CONTENT);
        }
        own
    }

    fn signature(&self, node: &Node) -> u64 {
        let mut words: Vec<String> = node
            .classes
            .iter()
            .flat_map(|&class| place::words_of(&self.names[class as usize]))
            .collect();
        words.sort_unstable();
        words.dedup();
        let tag = &self.names[node.tag as usize];
        measure::digest(&format!("{tag} {}", words.join(" ")))
    }

    /// Returns the names and the elements.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Node>) {
        (self.names, self.nodes)
    }
}
