//! The history of a corpus as a table.

use super::{Ink, Style, grouped, line, minute, one_line};
use crate::LogRow;

/// Returns the table of versions: number, identity, time, documents, tags.
pub fn render_log(rows: &[LogRow], style: Style) -> String {
    let cells: Vec<[String; 5]> = rows.iter().map(cells).collect();
    let head = ["n", "id", "published", "documents", "tags"].map(str::to_owned);
    let width = |column: usize| {
        let all = cells.iter().chain([&head]);
        all.map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let mut out = String::new();
    let heading = set(&head, widths);
    line(
        &mut out,
        format_args!("{}", style.paint(Ink::Heading, heading)),
    );
    for row in &cells {
        line(&mut out, format_args!("{}", set(row, widths)));
    }
    out
}

fn cells(row: &LogRow) -> [String; 5] {
    [
        row.n.to_string(),
        row.id.short(),
        minute(row.published_at),
        grouped(row.documents),
        one_line(&row.tags.join(", ")),
    ]
}

/// Numbers stand to the right of their column, the rest to the left.
fn set([n, id, published, documents, tags]: &[String; 5], widths: [usize; 4]) -> String {
    let [a, b, c, d] = widths;
    let row = format!("{n:>a$}  {id:<b$}  {published:<c$}  {documents:>d$}  {tags}");
    row.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use thresh_types::{Sha256Hash, VersionId};

    use super::*;

    fn row(n: u64, documents: u64, tags: &[&str]) -> LogRow {
        LogRow {
            n,
            id: VersionId(Sha256Hash::from_bytes([n as u8; 32])),
            published_at: "2026-02-03T04:05:06Z".parse().unwrap(),
            documents,
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    #[test]
    fn columns_are_aligned() {
        let table = render_log(
            &[row(1, 7, &[]), row(12, 12_345, &["paper", "2026"])],
            Style::plain(),
        );
        assert_eq!(
            table,
            " n  id            published             documents  tags\n \
             1  010101010101  2026-02-03 04:05 UTC          7\n\
             12  0c0c0c0c0c0c  2026-02-03 04:05 UTC     12,345  paper, 2026\n"
        );
    }

    #[test]
    fn an_empty_history_has_a_heading_only() {
        assert_eq!(
            render_log(&[], Style::plain()),
            "n  id  published  documents  tags\n"
        );
    }
}
