//! The elements that hold blocks, with what their tags and classes say, computed once each.

use rustc_hash::FxHashMap;

use crate::block::{NO_NODE, Node};
use crate::measure;
use crate::place::{self, PlaceSet};
use crate::segment::attrs::Attrs;
use crate::segment::lexicon::{Classes, Hints, Lexicon};

/// How many elements around a block make up its shell.
const SHELL: usize = 6;

/// An element to add.
#[derive(Debug, Clone, Copy)]
pub(super) struct New<'a> {
    /// The element around it, or `NO_NODE`.
    pub(super) parent: u32,
    pub(super) tag: &'a str,
    /// Its class attribute, an index into the lexicon.
    pub(super) classes: u32,
    /// Whether it stands within a quotation, whose footer is no footer of the page.
    pub(super) quoted: bool,
}

/// Builds the table of elements; a parent is always added before its children.
#[derive(Debug, Default)]
pub(super) struct Nodes<'a> {
    names: Vec<&'a str>,
    by_name: FxHashMap<&'a str, u32>,
    nodes: Vec<Node>,
    /// Per element, the signatures of itself and of up to five elements around it.
    shells: Vec<[u64; SHELL]>,
    signatures: FxHashMap<(u32, u32), u64>,
}

impl<'a> Nodes<'a> {
    pub(super) fn new() -> Self {
        let mut nodes = Self::default();
        nodes.intern("");
        nodes
    }

    fn intern(&mut self, name: &'a str) -> u32 {
        if let Some(&index) = self.by_name.get(name) {
            return index;
        }
        let index = u32::try_from(self.names.len()).unwrap_or(0);
        self.names.push(name);
        self.by_name.insert(name, index);
        index
    }

    /// Adds an element and returns its index.
    pub(super) fn add(
        &mut self,
        new: New<'a>,
        attrs: &Attrs<'a>,
        lexicon: &mut Lexicon<'a>,
    ) -> u32 {
        let id_place = id_place(new, attrs, lexicon);
        let classes = lexicon.classes(new.classes);
        let mut node = Node {
            parent: new.parent,
            tag: self.intern(new.tag),
            id: self.intern(attrs.id.unwrap_or("")),
            classes: classes.names.iter().map(|c| self.intern(c)).collect(),
            attributes: self.attributes(attrs),
            own: own(new, attrs, classes).with(id_place),
            ..Node::default()
        };
        let around = self.nodes.get(new.parent as usize);
        node.within = around.map_or(PlaceSet::NONE, |p| p.within).with(node.own);
        node.hidden = around.is_some_and(|p| p.hidden) || attrs.hides();
        let key = (node.tag, new.classes);
        node.signature = *self
            .signatures
            .entry(key)
            .or_insert_with(|| signature(new.tag, classes));
        self.push(node)
    }

    fn push(&mut self, mut node: Node) -> u32 {
        let mut shell = [0; SHELL];
        if let Some(around) = self.shells.get(node.parent as usize) {
            shell[1..].copy_from_slice(&around[..SHELL - 1]);
        }
        // The classes of the root name the page or its kind: every page would have shells of its own.
        let root = matches!(self.names[node.tag as usize], "html" | "body");
        shell[0] = if root { 0 } else { node.signature };
        node.shell = shell
            .iter()
            .fold(0, |digest, &s| measure::combine(digest, s));
        self.shells.push(shell);
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).unwrap_or(NO_NODE)
    }

    /// Returns the attributes beside `id` and `class` that rules may ask for.
    fn attributes(&mut self, attrs: &Attrs<'a>) -> Vec<(u32, u32)> {
        let kept = [
            ("role", attrs.role),
            ("data-hook", attrs.data_hook),
            ("data-id", attrs.data_id),
            ("itemprop", attrs.itemprop),
            ("aria-label", attrs.aria_label),
            ("data-nosnippet", attrs.data_nosnippet),
        ];
        kept.into_iter()
            .filter_map(|(name, value)| Some((self.intern(name), self.intern(value?))))
            .collect()
    }

    /// Returns the names and the elements.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Node>) {
        let names = self.names.into_iter().map(str::to_owned).collect();
        (names, self.nodes)
    }
}

/// Returns what tag, role and classes say about the place.
fn own(new: New<'_>, attrs: &Attrs<'_>, classes: &Classes<'_>) -> PlaceSet {
    let mut own = place::of_tag(new.tag);
    if new.quoted && matches!(new.tag, "footer" | "header") {
        own = PlaceSet::NONE;
    }
    own = own.with(place::of_role(attrs.role.unwrap_or("")));
    // A theme's switches on the root say how the page looks, not what stands in it.
    if matches!(new.tag, "html" | "body") {
        return own;
    }
    own = own.with(classes.place);
    if attrs.itemprop == Some("articleBody") {
        own = own.with(PlaceSet::CONTENT);
    }
    own
}

/// Returns what the id says: the id of a section is a slug of its heading, and a heading may speak of
/// comments.
fn id_place<'a>(new: New<'a>, attrs: &Attrs<'a>, lexicon: &mut Lexicon<'a>) -> PlaceSet {
    let boxed = matches!(
        new.tag,
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
    match attrs.id {
        Some(id) if boxed && !lexicon.classes(new.classes).hints.any(Hints::SECTION) => {
            lexicon.place_of_id(id)
        }
        _ => PlaceSet::NONE,
    }
}

fn signature(tag: &str, classes: &Classes<'_>) -> u64 {
    measure::digest(&format!("{tag} {}", classes.words.join(" ")))
}
