//! Tells tables of data from tables that only lay out a page.
//!
//! One pass over the tree before the walk, bottom up, so that nested tables cost nothing extra.

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use rustc_hash::FxHashSet;
use scraper::{Html, Node};

/// Longest cell of a table of data, in characters; longer cells are running text.
const LONGEST_CELL: usize = 600;
/// Most block elements in a cell of a table of data.
const MOST_BLOCKS: usize = 8;

#[derive(Default)]
struct Seen {
    rows: usize,
    cells: usize,
    widest: usize,
    headers: bool,
    cell_chars: usize,
    cell_blocks: usize,
    layout: bool,
}

impl Seen {
    fn close_cell(&mut self) {
        self.layout |= self.cell_chars > LONGEST_CELL || self.cell_blocks > MOST_BLOCKS;
        self.cell_chars = 0;
        self.cell_blocks = 0;
    }

    fn close_row(&mut self) {
        self.widest = self.widest.max(self.cells);
        self.cells = 0;
    }

    fn is_data(&self) -> bool {
        !self.layout && self.widest >= 2 && (self.rows >= 2 || self.headers)
    }
}

/// Returns the tables whose rows are kept together.
pub(super) fn data_tables(html: &Html) -> FxHashSet<NodeId> {
    let mut found = FxHashSet::default();
    let mut stack: Vec<Seen> = Vec::new();
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => {
                    if let Some(table) = stack.last_mut() {
                        table.cell_chars += text.trim().len();
                    }
                }
                Node::Element(element) => open(element.name(), element.attr("role"), &mut stack),
                _ => {}
            },
            Edge::Close(node) => {
                let Some(element) = node.value().as_element() else {
                    continue;
                };
                if close(element.name(), &mut stack) {
                    found.insert(node.id());
                }
            }
        }
    }
    found
}

fn open(tag: &str, role: Option<&str>, stack: &mut Vec<Seen>) {
    if tag == "table" {
        if let Some(outer) = stack.last_mut() {
            outer.layout = true;
        }
        stack.push(Seen {
            layout: matches!(role, Some("presentation" | "none")),
            ..Seen::default()
        });
        return;
    }
    let Some(table) = stack.last_mut() else {
        return;
    };
    match tag {
        "tr" => table.rows += 1,
        "td" | "th" => {
            table.cells += 1;
            table.headers |= tag == "th";
            table.cell_chars = 0;
            table.cell_blocks = 0;
        }
        "h1" | "h2" | "h3" | "pre" | "form" | "section" | "article" | "nav" | "blockquote"
        | "textarea" => table.layout = true,
        "p" | "div" | "li" | "br" | "dt" | "dd" => table.cell_blocks += 1,
        _ => {}
    }
}

fn close(tag: &str, stack: &mut Vec<Seen>) -> bool {
    match (tag, stack.last_mut()) {
        ("td" | "th", Some(table)) => table.close_cell(),
        ("tr", Some(table)) => table.close_row(),
        ("table", Some(_)) => return stack.pop().is_some_and(|table| table.is_data()),
        _ => {}
    }
    false
}
