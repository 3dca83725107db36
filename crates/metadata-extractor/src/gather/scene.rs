//! Walks a page once and says of every element and line in which part of the page it stands.
//!
//! The walk is iterative, and the text of an element is read only as far as a bound, so a page of
//! nested elements costs linear time.

use std::collections::BTreeSet;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node};

use crate::values::collapse;

/// A part of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Where the document stands.
    Body,
    /// Menus, breadcrumbs, pagers.
    Navigation,
    /// The page's own foot.
    Footer,
    /// Side columns, promotions, dialogues.
    Aside,
    /// Teasers of other pages.
    Related,
    /// What readers wrote.
    Comments,
}

/// An element, its part of the page and its place in the order of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'p> {
    pub(crate) element: ElementRef<'p>,
    pub(crate) zone: Zone,
    /// How many lines of text stand before it.
    pub(crate) line: usize,
}

/// A line of text between two block boundaries.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) zone: Zone,
}

/// A page as elements and lines.
#[derive(Debug)]
pub(crate) struct Scene<'p> {
    pub(crate) elements: Vec<Placed<'p>>,
    pub(crate) lines: Vec<Line>,
    /// How many lines stand before the first `<h1>`.
    pub(crate) headline: Option<usize>,
}

const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "td",
    "th",
    "title",
    "tr",
    "ul",
];
const SILENT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object",
];

const NAVIGATION: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "pagination",
    "pager",
];
const FOOTER: &[&str] = &["footer", "colophon"];
const ASIDE: &[&str] = &[
    "sidebar",
    "widget",
    "promo",
    "promotion",
    "advert",
    "ads",
    "banner",
    "newsletter",
    "modal",
    "popup",
    "cookie",
    "cookies",
    "subscribe",
];
const RELATED: &[&str] = &[
    "related",
    "recommended",
    "recommendations",
    "recirc",
    "teaser",
    "teasers",
    "popular",
    "trending",
    "upnext",
    "recent",
    "latest",
];
const COMMENTS: &[&str] = &[
    "comment",
    "comments",
    "commentlist",
    "disqus",
    "respond",
    "replies",
];

impl<'p> Scene<'p> {
    /// Returns the parts of `html`.
    pub(crate) fn of(html: &'p Html) -> Self {
        Walk::new(html).run(html)
    }
}

struct Walk<'p> {
    scene: Scene<'p>,
    /// Elements that hold the headline: whatever their class says, they are no side part.
    trunk: BTreeSet<NodeId>,
    zones: Vec<Zone>,
    buffer: String,
    buffer_zone: Zone,
    silent: usize,
}

impl<'p> Walk<'p> {
    fn new(html: &'p Html) -> Self {
        Self {
            scene: Scene {
                elements: Vec::new(),
                lines: Vec::new(),
                headline: None,
            },
            trunk: trunk(html),
            zones: Vec::new(),
            buffer: String::new(),
            buffer_zone: Zone::Body,
            silent: 0,
        }
    }

    fn run(mut self, html: &'p Html) -> Scene<'p> {
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => self.open(node),
                Edge::Close(node) => self.close(node),
            }
        }
        self.flush();
        self.scene
    }

    fn zone(&self) -> Zone {
        self.zones.last().copied().unwrap_or(Zone::Body)
    }

    fn open(&mut self, node: NodeRef<'p, Node>) {
        if let Some(element) = ElementRef::wrap(node) {
            self.open_element(element);
        } else if let Node::Text(text) = node.value()
            && self.silent == 0
        {
            if self.buffer.is_empty() {
                self.buffer_zone = self.zone();
            }
            self.buffer.push_str(text);
        }
    }

    fn open_element(&mut self, element: ElementRef<'p>) {
        let name = element.value().name();
        if is_listed(BLOCKS, name) {
            self.flush();
        }
        self.silent += usize::from(is_listed(SILENT, name));
        let zone = match self.zone() {
            Zone::Body if !self.trunk.contains(&element.id()) => zone_of(&element),
            zone => zone,
        };
        self.zones.push(zone);
        let line = self.scene.lines.len();
        if name == "h1" {
            self.scene.headline.get_or_insert(line);
        }
        self.scene.elements.push(Placed {
            element,
            zone,
            line,
        });
    }

    fn close(&mut self, node: NodeRef<'p, Node>) {
        if let Some(element) = node.value().as_element() {
            if is_listed(BLOCKS, element.name()) {
                self.flush();
            }
            self.silent -= usize::from(is_listed(SILENT, element.name()));
            self.zones.pop();
        }
    }

    fn flush(&mut self) {
        let text = collapse(&self.buffer);
        self.buffer.clear();
        if !text.is_empty() {
            self.scene.lines.push(Line {
                text,
                zone: self.buffer_zone,
            });
        }
    }
}

fn is_listed(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

/// Returns the elements above the first headline, or above the first `main` or `article`.
fn trunk(html: &Html) -> BTreeSet<NodeId> {
    let first = |names: &[&str]| {
        html.tree
            .nodes()
            .filter_map(ElementRef::wrap)
            .find(|e| names.contains(&e.value().name()) && text(e).is_some())
    };
    let start = first(&["h1"]).or_else(|| first(&["main", "article"]));
    start
        .into_iter()
        .flat_map(|e| e.ancestors().map(|a| a.id()).chain([e.id()]))
        .collect()
}

fn zone_of(element: &ElementRef<'_>) -> Zone {
    let by_name = match element.value().name() {
        "nav" | "menu" => Zone::Navigation,
        "aside" => Zone::Aside,
        "footer" if !within(element, "article") => Zone::Footer,
        "html" | "head" | "body" | "main" | "article" => return Zone::Body,
        _ => Zone::Body,
    };
    let by_role = match element.attr("role") {
        Some("navigation") => Zone::Navigation,
        Some("complementary" | "dialog" | "banner") => Zone::Aside,
        Some("contentinfo") => Zone::Footer,
        _ => Zone::Body,
    };
    [by_name, by_role, by_item(element), by_class(element)]
        .into_iter()
        .find(|&zone| zone != Zone::Body)
        .unwrap_or(Zone::Body)
}

fn within(element: &ElementRef<'_>, name: &str) -> bool {
    // A foot belongs to an article if it is at most a few elements deep in it.
    element
        .ancestors()
        .take(4)
        .filter_map(ElementRef::wrap)
        .any(|ancestor| ancestor.value().name() == name)
}

fn by_item(element: &ElementRef<'_>) -> Zone {
    match element.attr("itemtype") {
        Some(t) if t.ends_with("/Comment") || t.ends_with("/Review") || t.ends_with("/Answer") => {
            Zone::Comments
        }
        _ => Zone::Body,
    }
}

fn by_class(element: &ElementRef<'_>) -> Zone {
    element
        .value()
        .id()
        .into_iter()
        .chain(element.value().classes())
        .map(zone_of_token)
        .find(|&zone| zone != Zone::Body)
        .unwrap_or(Zone::Body)
}

/// Page builders put everything into `elementor-widget`s; layouts say `has-sidebar` of the content.
fn zone_of_token(token: &str) -> Zone {
    let token = token.to_ascii_lowercase();
    let layout = [
        "elementor",
        "et_pb",
        "has-",
        "no-",
        "with-",
        "entry-",
        "post-footer",
        "article-",
    ];
    if layout.iter().any(|prefix| token.starts_with(prefix)) {
        return Zone::Body;
    }
    token
        .split(['-', '_'])
        .map(|word| match word {
            w if is_listed(NAVIGATION, w) => Zone::Navigation,
            w if is_listed(FOOTER, w) => Zone::Footer,
            w if is_listed(ASIDE, w) => Zone::Aside,
            w if is_listed(RELATED, w) => Zone::Related,
            w if is_listed(COMMENTS, w) => Zone::Comments,
            _ => Zone::Body,
        })
        .find(|&zone| zone != Zone::Body)
        .unwrap_or(Zone::Body)
}

/// Texts of elements are read this far: what is longer is no value.
const MAX_TEXT_NODES: usize = 200;
const MAX_TEXT_BYTES: usize = 1_000;

/// Returns the text of `element`, white space collapsed; none where there is none or too much.
pub(crate) fn text(element: &ElementRef<'_>) -> Option<String> {
    let mut out = String::new();
    let mut silent = 0_usize;
    for (visited, edge) in element.traverse().enumerate() {
        if visited > 2 * MAX_TEXT_NODES || out.len() > MAX_TEXT_BYTES {
            return None;
        }
        match edge {
            Edge::Open(node) => read(node.value(), &mut out, &mut silent),
            Edge::Close(node) => leave(node.value(), &mut out, &mut silent),
        }
    }
    Some(collapse(&out)).filter(|text| !text.is_empty())
}

fn read(node: &Node, out: &mut String, silent: &mut usize) {
    match node {
        Node::Text(text) if *silent == 0 => out.push_str(text),
        Node::Element(e) => {
            *silent += usize::from(is_listed(SILENT, e.name()));
            if is_listed(BLOCKS, e.name()) {
                out.push(' ');
            }
        }
        _ => {}
    }
}

fn leave(node: &Node, out: &mut String, silent: &mut usize) {
    if let Node::Element(e) = node {
        *silent -= usize::from(is_listed(SILENT, e.name()));
        if is_listed(BLOCKS, e.name()) {
            out.push(' ');
        }
    }
}
