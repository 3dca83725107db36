//! Tells rows of data from rows that only lay out a page.
//!
//! One pass over each outermost table when the walk meets it, bottom up, so that nested tables cost
//! nothing extra. A table that says by its own markup that it holds data (header cells, a caption) may
//! have long cells; one that does not must look the part.

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use rustc_hash::FxHashSet;
use scraper::Node;

use crate::segment::attrs::Attrs;

/// Longest cell of data, in bytes, and most block elements in it, of tables that do not say what they
/// are; longer cells are running text.
const LONGEST_CELL: usize = 600;
const MOST_BLOCKS: usize = 8;
/// The same for tables with header cells or a caption.
const LONGEST_TOLD: usize = 4_000;
const MOST_BLOCKS_TOLD: usize = 40;
/// Longest cell, in bytes, of a table of one row that lays out nothing.
const SHORT_CELL: usize = 300;

/// Rows of data for each that holds a table of its own.
const ROWS_PER_TABLE: usize = 4;

#[derive(Default)]
struct Cell {
    bytes: usize,
    blocks: usize,
    heading: bool,
    code: bool,
}

#[derive(Default)]
struct Row {
    cells: usize,
    filled: usize,
    headings: bool,
    code: bool,
    longest: usize,
    most_blocks: usize,
    /// Whether a cell of it holds a table.
    nests: bool,
}

impl Row {
    /// A heading over the rows that follow: it stands alone.
    fn is_heading(&self) -> bool {
        self.headings && self.filled == 1
    }

    /// Whether its cells read as one line, where the table holds data for certain.
    fn reads_as_line(&self) -> bool {
        !self.headings
            && !self.code
            && !self.nests
            && self.longest <= LONGEST_TOLD
            && self.most_blocks <= MOST_BLOCKS_TOLD
    }

    /// Whether it says something even as the only one: a name and what it means.
    fn is_short(&self) -> bool {
        self.filled >= 2 && self.longest <= SHORT_CELL && self.most_blocks <= 2
    }

    /// Whether it may lay out a page.
    fn lays_out(&self) -> bool {
        !self.is_heading()
            && (self.headings
                || self.code
                || self.longest > LONGEST_CELL
                || self.most_blocks > MOST_BLOCKS)
    }
}

#[derive(Default)]
struct Table {
    rows: Vec<(NodeId, Row)>,
    widest: usize,
    told: bool,
    layout: bool,
    cell: Option<Cell>,
}

impl Table {
    fn close_cell(&mut self) {
        let (Some(cell), Some((_, row))) = (self.cell.take(), self.rows.last_mut()) else {
            return;
        };
        row.filled += usize::from(cell.bytes > 0);
        row.headings |= cell.heading;
        row.code |= cell.code;
        row.longest = row.longest.max(cell.bytes);
        row.most_blocks = row.most_blocks.max(cell.blocks);
    }

    fn close_row(&mut self) {
        if let Some((_, row)) = self.rows.last() {
            self.widest = self.widest.max(row.cells);
        }
    }

    fn is_data(&self) -> bool {
        let lays_out = || !self.told && self.rows.iter().any(|(_, row)| row.lays_out());
        let reads = match self.rows.as_slice() {
            [(_, row)] => self.told || row.is_short(),
            rows => !rows.is_empty(),
        };
        !self.layout && !self.nests_much() && self.widest >= 2 && reads && !lays_out()
    }

    /// Whether tables within it show that it lays out a page: any where it does not say that it holds data, and
    /// else more than one in so many rows.
    fn nests_much(&self) -> bool {
        let nesting = self.rows.iter().filter(|(_, row)| row.nests).count();
        nesting > 0 && (!self.told || nesting * ROWS_PER_TABLE > self.rows.len())
    }

    fn add_to(&self, found: &mut FxHashSet<NodeId>) {
        if self.is_data() {
            let lines = self.rows.iter().filter(|(_, row)| row.reads_as_line());
            found.extend(lines.map(|(id, _)| *id));
        }
    }
}

/// Adds the rows of data of an outermost table, and of those within it.
pub(super) fn note_rows(table: NodeRef<'_, Node>, found: &mut FxHashSet<NodeId>) {
    let mut stack: Vec<Table> = Vec::new();
    for edge in table.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => {
                    if let Some(cell) = stack.last_mut().and_then(|t| t.cell.as_mut()) {
                        cell.bytes += text.trim().len();
                    }
                }
                Node::Element(element) => open(node.id(), element.name(), element, &mut stack),
                _ => {}
            },
            Edge::Close(node) => {
                if let Some(element) = node.value().as_element() {
                    close(element.name(), &mut stack, found);
                }
            }
        }
    }
}

fn open(id: NodeId, tag: &str, element: &scraper::node::Element, stack: &mut Vec<Table>) {
    if tag == "table" {
        match stack
            .last_mut()
            .map(|outer| (outer.rows.last_mut(), &mut outer.layout))
        {
            Some((Some((_, row)), _)) => row.nests = true,
            Some((None, layout)) => *layout = true,
            None => {}
        }
        let role = Attrs::of(element).role;
        stack.push(Table {
            layout: matches!(role, Some("presentation" | "none")),
            ..Table::default()
        });
        return;
    }
    let Some(table) = stack.last_mut() else {
        return;
    };
    match tag {
        "tr" => table.rows.push((id, Row::default())),
        "td" | "th" => {
            table.told |= tag == "th";
            table.cell = Some(Cell::default());
            if let Some((_, row)) = table.rows.last_mut() {
                row.cells += 1;
            }
        }
        "caption" => table.told = true,
        "form" | "section" | "article" | "nav" | "textarea" => table.layout = true,
        _ => {
            if let Some(cell) = &mut table.cell {
                inside(tag, cell);
            }
        }
    }
}

fn inside(tag: &str, cell: &mut Cell) {
    match tag {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => cell.heading = true,
        "pre" | "blockquote" => cell.code = true,
        "p" | "div" | "li" | "br" | "dt" | "dd" => cell.blocks += 1,
        _ => {}
    }
}

fn close(tag: &str, stack: &mut Vec<Table>, found: &mut FxHashSet<NodeId>) {
    match (tag, stack.last_mut()) {
        ("td" | "th", Some(table)) => table.close_cell(),
        ("tr", Some(table)) => table.close_row(),
        ("table", Some(_)) => {
            if let Some(table) = stack.pop() {
                table.add_to(found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    /// The first words of the rows of data.
    fn rows(html: &str) -> Vec<String> {
        let html = Html::parse_document(html);
        let mut found = FxHashSet::default();
        let table = Selector::parse("table").unwrap();
        let first = html.select(&table).next().unwrap();
        note_rows(*first, &mut found);
        let row = Selector::parse("tr").unwrap();
        html.select(&row)
            .filter(|row| found.contains(&row.id()))
            .map(|row| {
                row.text()
                    .collect::<String>()
                    .trim()
                    .chars()
                    .take(3)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn a_heading_over_rows_or_code_in_one_takes_nothing_from_the_others() {
        assert_eq!(
            rows(
                "<table><tr><td colspan=2><h2>Functions</h2><tr><td>int<td>one()<tr><td>two<td>x</table>"
            ),
            ["int", "two"]
        );
        assert_eq!(
            rows("<table><tr><th>Key<th>Use<tr><td>a<td><pre>b</pre><tr><td>see<td>c</table>"),
            ["Key", "see"]
        );
    }

    #[test]
    fn a_table_that_lays_out_a_page_has_no_rows() {
        let long = "Running text of a page. ".repeat(40);
        assert!(
            rows(&format!(
                "<table><tr><td>Menu<td>Search<tr><td>Home<td>{long}</table>"
            ))
            .is_empty()
        );
        assert!(rows("<table><tr><td>Menu<td><h1>Title</h1><p>Text</table>").is_empty());
        assert!(rows("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>").is_empty());
        assert_eq!(
            rows("<table><tr><td>x<td><table><tr><td>in<td>b<tr><td>out<td>d</table></table>"),
            ["inb", "out"]
        );
    }

    #[test]
    fn a_table_in_one_of_many_rows_takes_nothing_from_the_others() {
        let nested = "<table><tr><td>in<td>side</table>";
        let told = "<tr><th>Key<th>Use<tr><td>one<td>x<tr><td>two<td>y";
        assert_eq!(
            rows(&format!("<table>{told}<tr><td>box<td>{nested}</table>")),
            ["Key", "one", "two", "ins"]
        );
        assert_eq!(
            rows(&format!(
                "<table><tr><th>Key<th>Use<tr><td>box<td>{nested}</table>"
            )),
            ["ins"]
        );
    }

    #[test]
    fn header_cells_allow_for_long_cells() {
        let long = "<p>A sentence of the cell.</p>".repeat(12);
        assert_eq!(
            rows(&format!(
                "<table><tr><th>Key<th>Use<tr><td>key<td>{long}</table>"
            )),
            ["Key", "key"]
        );
    }
}
