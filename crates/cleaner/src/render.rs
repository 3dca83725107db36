//! Kept blocks as plain text and as Markdown.
//!
//! The Markdown is such that a `CommonMark` reader with tables gets the blocks' text back: what would be
//! read as marks is escaped, items stand where their lists want them, and rows have as many cells as
//! their table.

use thresh_types::{Block, BlockKind, CleanText};

pub(crate) use crate::segment::escape;

/// Deepest nesting of lists that is written.
const DEEPEST: u8 = 13;
/// Largest number of an item that `CommonMark` (0.31, §5.2) reads as one.
const LARGEST: u32 = 999_999_999;

/// Returns the kept blocks as text: each on lines of its own, an empty line between them, items of a
/// list and rows of a table on consecutive lines; ends with one newline unless it is empty.
pub fn to_text(text: &CleanText) -> String {
    let mut out = String::new();
    let mut before: Option<BlockKind> = None;
    for block in text.kept() {
        if let Some(before) = before {
            let on = runs_on(before, block.kind);
            out.push_str(if on { "\n" } else { "\n\n" });
        }
        match block.kind {
            BlockKind::Bullet(depth) => {
                indent(depth, &mut out);
                out.push_str("• ");
            }
            BlockKind::Numbered(depth, number) => {
                indent(depth, &mut out);
                out.push_str(&format!("{number}. "));
            }
            _ => {}
        }
        out.push_str(&block.text);
        before = Some(block.kind);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn indent(depth: u8, out: &mut String) {
    for _ in 1..depth.min(DEEPEST) {
        out.push_str("  ");
    }
}

/// Items of one list and rows of one table stand on consecutive lines.
fn runs_on(before: BlockKind, next: BlockKind) -> bool {
    (is_item(before) && is_item(next)) || (is_row(before) && is_row(next))
}

fn is_item(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::Bullet(_) | BlockKind::Numbered(..))
}

fn is_row(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::TableRow { .. })
}

/// Returns the kept blocks as Markdown; ends with one newline unless it is empty.
pub fn to_markdown(text: &CleanText) -> String {
    let blocks: Vec<&Block> = text.kept().collect();
    let mut writing = Writing::default();
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        let rows = rows_of_table(&blocks[at..]);
        if rows > 0 {
            writing.table(&blocks[at..at + rows]);
        } else {
            writing.block(block, at.checked_sub(1).map(|before| blocks[before]));
        }
        at += rows.max(1);
    }
    if !writing.out.is_empty() {
        writing.out.push('\n');
    }
    writing.out
}

/// Returns how many of the blocks are rows of one table: a header row after others starts the next.
fn rows_of_table(blocks: &[&Block]) -> usize {
    let is_header = |block: &Block| block.kind == BlockKind::TableRow { header: true };
    let mut below_header = false;
    let mut rows = 0;
    for block in blocks.iter().take_while(|b| is_row(b.kind)) {
        if is_header(block) && below_header {
            break;
        }
        below_header |= !is_header(block);
        rows += 1;
    }
    rows
}

#[derive(Default)]
struct Writing {
    out: String,
    /// The open items of lists: how deep each is, and where its text starts.
    items: Vec<(u8, usize)>,
}

impl Writing {
    fn block(&mut self, block: &Block, before: Option<&Block>) {
        let on = before.is_some_and(|b| is_item(b.kind) && is_item(block.kind));
        if !on {
            self.items.clear();
        }
        let same_quote = before.is_some_and(|b| is_same_quote(b, block));
        self.separate(if on && !self.would_run_into(block.kind) {
            "\n"
        } else if same_quote {
            "\n>\n"
        } else {
            "\n\n"
        });
        match block.kind {
            BlockKind::Bullet(depth) => self.item(depth, "- ", block),
            BlockKind::Numbered(depth, number) if number <= LARGEST => {
                self.item(depth, &format!("{number}. "), block);
            }
            BlockKind::Numbered(_, number) => self.line(&format!("{number}\\. "), &body(block), ""),
            BlockKind::Heading(level) => {
                let marks = "#".repeat(usize::from(level.clamp(1, 6)));
                self.line(&format!("{marks} "), &heading_end(body(block)), "");
            }
            BlockKind::Code => self.code(&block.text),
            BlockKind::Quote => self.line("> ", &guard_start(&body(block)), ""),
            BlockKind::Caption => self.line("*", &escape(block.text.trim()), "*"),
            BlockKind::Term => self.line("**", &escape(block.text.trim()), "**"),
            BlockKind::Definition => self.line(": ", &body(block), ""),
            BlockKind::Paragraph | BlockKind::Footnote | BlockKind::TableRow { .. } => {
                self.line("", &guard_start(&body(block)), "");
            }
        }
    }

    /// Only a list that starts with 1 may begin right below a line of text (`CommonMark` §5.2).
    fn would_run_into(&self, kind: BlockKind) -> bool {
        let BlockKind::Numbered(depth, number) = kind else {
            return false;
        };
        number != 1 && self.items.last().is_some_and(|(open, _)| *open < depth)
    }

    fn separate(&mut self, between: &str) {
        if !self.out.is_empty() {
            self.out.push_str(between);
        }
    }

    fn line(&mut self, before: &str, body: &str, after: &str) {
        self.out.push_str(before);
        self.out.push_str(body);
        self.out.push_str(after);
    }

    /// Writes an item below the text of the item that it is nested in, so that no depth that is
    /// missing between them makes code of it.
    fn item(&mut self, depth: u8, sign: &str, block: &Block) {
        let depth = depth.min(DEEPEST);
        while self.items.last().is_some_and(|(open, _)| *open >= depth) {
            self.items.pop();
        }
        let column = self.items.last().map_or(0, |(_, column)| *column);
        self.items.push((depth, column + sign.len()));
        self.out.extend(std::iter::repeat_n(' ', column));
        self.line(sign, &guard_start(&body(block)), "");
    }

    fn code(&mut self, text: &str) {
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        self.out.push_str(&format!("{fence}\n{text}\n{fence}"));
    }

    /// Writes a table; its first row is its head, as Markdown knows no table without one.
    fn table(&mut self, rows: &[&Block]) {
        self.items.clear();
        self.separate("\n\n");
        let rows: Vec<(String, usize)> = rows
            .iter()
            .map(|row| {
                let body = row_body(row);
                let cells = cells(&body);
                (body, cells)
            })
            .collect();
        let widest = rows.iter().map(|(_, cells)| *cells).max().unwrap_or(1);
        for (i, (body, cells)) in rows.iter().enumerate() {
            if i > 0 {
                self.out.push('\n');
            }
            self.line("| ", body, " |");
            if i == 0 {
                self.out.push_str(&"  |".repeat(widest - cells));
                self.out.push_str("\n|");
                self.out.push_str(&" --- |".repeat(widest));
            }
        }
    }
}

/// The text of a block with its marks, on one line.
fn body(block: &Block) -> String {
    let body = match &block.markdown {
        Some(markdown) => markdown.clone(),
        None => escape(&block.text),
    };
    if body.contains('\n') {
        body.replace('\n', " ")
    } else {
        body
    }
}

/// The cells of a row; where only its text is known, every bar parts two of them.
fn row_body(block: &Block) -> String {
    let body = body(block);
    body.trim_end_matches(' ').to_owned()
}

/// Counts the cells of a row: bars that are not escaped part them.
fn cells(body: &str) -> usize {
    let mut cells = 1;
    let mut escaped = false;
    for byte in body.bytes() {
        cells += usize::from(byte == b'|' && !escaped);
        escaped = byte == b'\\' && !escaped;
    }
    cells
}

/// Two quotations in a row are one where they stand in the same element.
fn is_same_quote(before: &Block, block: &Block) -> bool {
    let quote = |block: &Block| {
        let end = block.path.rfind("blockquote")?;
        let rest = &block.path[end..];
        let part = rest.find('/').unwrap_or(rest.len());
        Some(block.path[..end + part].to_owned())
    };
    before.kind == BlockKind::Quote
        && block.kind == BlockKind::Quote
        && quote(before).is_some_and(|path| quote(block) == Some(path))
}

/// Escapes a number sign at the end of a heading, which would be taken for its closing mark.
fn heading_end(mut body: String) -> String {
    if body.ends_with('#') {
        let start = body.trim_end_matches('#').len();
        body.insert(start, '\\');
    }
    body
}

/// Escapes what would make a paragraph something else: `#`, `>`, `-`, `+`, `=`, `:`, `~`, `|`, `1.`.
fn guard_start(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && text[digits..].starts_with(['.', ')']);
    if numbered {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    if text.starts_with(['#', '>', '-', '+', '=', ':', '~', '|']) {
        return format!("\\{text}");
    }
    text.to_owned()
}
