//! Walks a page once and says of every element and line in which part of the page it stands.
//!
//! The walk is iterative, and the text of an element is read only as far as a bound, so a page of
//! nested elements costs linear time.

use std::collections::BTreeSet;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node};

use super::marks::Marks;
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
    pub(crate) marks: Marks<'p>,
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

/// What an element is to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// A line ends before and after it.
    Block,
    /// Nothing in it is read.
    Silent,
    Inline,
}

/// Returns the flow of elements of this name. It is asked twice for each element of a page, so names are
/// told apart by their lengths first.
fn flow(name: &str) -> Flow {
    let is_block = match name.len() {
        1 => name == "p",
        2 => matches!(
            name,
            "br" | "dd"
                | "dl"
                | "dt"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "hr"
                | "li"
                | "ol"
                | "td"
                | "th"
                | "tr"
                | "ul"
        ),
        3 if matches!(name, "svg") => return Flow::Silent,
        3 => matches!(name, "div" | "nav" | "pre"),
        4 if name == "math" => return Flow::Silent,
        4 => matches!(name, "body" | "form" | "main"),
        5 if name == "style" => return Flow::Silent,
        5 => matches!(name, "aside" | "table" | "title"),
        6 if matches!(name, "script" | "iframe" | "object") => return Flow::Silent,
        6 => matches!(name, "figure" | "footer" | "header" | "option" | "select"),
        7 => matches!(
            name,
            "address" | "article" | "details" | "section" | "summary"
        ),
        8 if matches!(name, "noscript" | "template") => return Flow::Silent,
        8 => name == "fieldset",
        10 => matches!(name, "blockquote" | "figcaption"),
        _ => false,
    };
    if is_block { Flow::Block } else { Flow::Inline }
}

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
        match flow(name) {
            Flow::Block => self.flush(),
            Flow::Silent => self.silent += 1,
            Flow::Inline => {}
        }
        let marks = Marks::of(element);
        let zone = match self.zone() {
            Zone::Body if !self.trunk.contains(&element.id()) => zone_of(&element, &marks),
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
            marks,
        });
    }

    fn close(&mut self, node: NodeRef<'p, Node>) {
        if let Some(element) = node.value().as_element() {
            match flow(element.name()) {
                Flow::Block => self.flush(),
                Flow::Silent => self.silent -= 1,
                Flow::Inline => {}
            }
            self.zones.pop();
        }
    }

    fn flush(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
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

fn zone_of(element: &ElementRef<'_>, marks: &Marks<'_>) -> Zone {
    let by_name = match element.value().name() {
        "nav" | "menu" => Zone::Navigation,
        "aside" => Zone::Aside,
        "footer" if !within(element, "article") => Zone::Footer,
        "html" | "head" | "body" | "main" | "article" => return Zone::Body,
        _ => Zone::Body,
    };
    let by_role = match marks.role {
        Some("navigation") => Zone::Navigation,
        Some("complementary" | "dialog" | "banner") => Zone::Aside,
        Some("contentinfo") => Zone::Footer,
        _ => Zone::Body,
    };
    let by_item = by_item(marks.itemtype);
    let known = [by_name, by_role, by_item].into_iter();
    known
        .chain(std::iter::once_with(|| by_class(element, marks)))
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

fn by_item(itemtype: Option<&str>) -> Zone {
    match itemtype {
        Some(t) if t.ends_with("/Comment") || t.ends_with("/Review") || t.ends_with("/Answer") => {
            Zone::Comments
        }
        _ => Zone::Body,
    }
}

/// What the id says, else the first class of the alphabet that says anything: their order has no meaning.
fn by_class(element: &ElementRef<'_>, marks: &Marks<'_>) -> Zone {
    let says = |token: &str| Some(zone_of_token(token)).filter(|&zone| zone != Zone::Body);
    let by_id = element.value().id().and_then(says);
    let telling = || {
        marks
            .classes()
            .filter_map(|class| Some((class, says(class)?)))
    };
    let by_class = || telling().min_by_key(|(class, _)| *class);
    by_id
        .or_else(|| by_class().map(|(_, zone)| zone))
        .unwrap_or(Zone::Body)
}

/// What layouts start class names with that say nothing of the part of the page: page builders put
/// everything into `elementor-widget`s, and `has-sidebar` is said of the content.
const LAYOUT: &[&str] = &[
    "elementor",
    "et_pb",
    "has-",
    "no-",
    "with-",
    "entry-",
    "post-footer",
    "article-",
];

fn zone_of_token(token: &str) -> Zone {
    let starts_with = |prefix: &&str| {
        let start = token.as_bytes().get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    if LAYOUT.iter().any(starts_with) {
        return Zone::Body;
    }
    token
        .split(['-', '_'])
        .map(zone_of_word)
        .find(|&zone| zone != Zone::Body)
        .unwrap_or(Zone::Body)
}

fn zone_of_word(word: &str) -> Zone {
    // The shortest and the longest word that says anything.
    if !(3..=15).contains(&word.len()) {
        return Zone::Body;
    }
    let is_listed = |list: &[&str]| list.iter().any(|listed| listed.eq_ignore_ascii_case(word));
    let lists = [
        (NAVIGATION, Zone::Navigation),
        (FOOTER, Zone::Footer),
        (ASIDE, Zone::Aside),
        (RELATED, Zone::Related),
        (COMMENTS, Zone::Comments),
    ];
    let found = lists.into_iter().find(|(list, _)| is_listed(list));
    found.map_or(Zone::Body, |(_, zone)| zone)
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
        Node::Element(e) => match flow(e.name()) {
            Flow::Block => out.push(' '),
            Flow::Silent => *silent += 1,
            Flow::Inline => {}
        },
        _ => {}
    }
}

fn leave(node: &Node, out: &mut String, silent: &mut usize) {
    if let Node::Element(e) = node {
        match flow(e.name()) {
            Flow::Block => out.push(' '),
            Flow::Silent => *silent -= 1,
            Flow::Inline => {}
        }
    }
}
