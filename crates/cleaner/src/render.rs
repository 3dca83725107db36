//! Kept blocks as plain text and as Markdown.

use thresh_types::{Block, BlockKind, CleanText};

/// Returns the kept blocks as text: each on lines of its own, an empty line between them, items of a
/// list and rows of a table on consecutive lines; ends with one newline unless it is empty.
pub fn to_text(text: &CleanText) -> String {
    join(text, |block| match block.kind {
        BlockKind::Bullet(depth) => format!("{}• {}", indent(depth, 2), block.text),
        BlockKind::Numbered(depth, number) => {
            format!("{}{number}. {}", indent(depth, 2), block.text)
        }
        _ => block.text.clone(),
    })
}

/// Returns the kept blocks as Markdown; ends with one newline unless it is empty.
pub fn to_markdown(text: &CleanText) -> String {
    let mut columns = 0;
    join(text, |block| {
        let body = || {
            block
                .markdown
                .clone()
                .unwrap_or_else(|| escape(&block.text))
        };
        let row = matches!(block.kind, BlockKind::TableRow { .. });
        let first = std::mem::replace(&mut columns, usize::from(row)) == 0;
        match block.kind {
            BlockKind::Heading(level) => {
                format!(
                    "{} {}",
                    "#".repeat(usize::from(level.clamp(1, 6))),
                    one_line(&body())
                )
            }
            BlockKind::Bullet(depth) => format!("{}- {}", indent(depth, 4), body()),
            BlockKind::Numbered(depth, number) => {
                format!("{}{number}. {}", indent(depth, 4), body())
            }
            BlockKind::TableRow { .. } => table_row(&body(), first),
            BlockKind::Code => fenced(&block.text),
            BlockKind::Quote => format!("> {}", body()),
            BlockKind::Caption => format!("*{}*", block.text.replace('*', "\\*")),
            BlockKind::Term => format!("**{}**", block.text.replace('*', "\\*")),
            BlockKind::Definition => format!(": {}", body()),
            BlockKind::Paragraph | BlockKind::Footnote => guard_start(&body()),
        }
    })
}

fn join(text: &CleanText, mut render: impl FnMut(&Block) -> String) -> String {
    let mut out = String::new();
    let mut before: Option<BlockKind> = None;
    for block in text.kept() {
        if let Some(before) = before {
            out.push_str(if runs_on(before, block.kind) {
                "\n"
            } else {
                "\n\n"
            });
        }
        out.push_str(&render(block));
        before = Some(block.kind);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Items of one list and rows of one table stand on consecutive lines.
fn runs_on(before: BlockKind, next: BlockKind) -> bool {
    let item = |kind| matches!(kind, BlockKind::Bullet(_) | BlockKind::Numbered(..));
    let row = |kind| matches!(kind, BlockKind::TableRow { .. });
    (item(before) && item(next)) || (row(before) && row(next))
}

fn indent(depth: u8, width: usize) -> String {
    " ".repeat(usize::from(depth.saturating_sub(1).min(12)) * width)
}

fn table_row(body: &str, first: bool) -> String {
    let row = format!("| {body} |");
    if !first {
        return row;
    }
    let cells = body.split(" | ").count();
    format!("{row}\n|{}", " --- |".repeat(cells))
}

fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// Escapes what Markdown would read as marks.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '[' | ']' | '\\' | '<') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Escapes what would make a paragraph something else: `#`, `>`, `-`, `+`, `1.`.
fn guard_start(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && text[digits..].starts_with(['.', ')']);
    if numbered {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    if text.starts_with(['#', '>', '-', '+', '=']) {
        return format!("\\{text}");
    }
    text.to_owned()
}
