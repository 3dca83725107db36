//! Which columns of a table row are taken by cells that are wider or higher than one.

use crate::segment::attrs::Attrs;

/// Most columns and rows that a cell may take; HTML bounds them at 1,000 and 65,534.
const MOST: usize = 100;

/// The columns of an open table.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Per column, for how many rows more a cell from above takes it.
    taken: Vec<usize>,
    at: usize,
    /// Columns that the last cell takes beyond its first.
    wide: usize,
}

impl Columns {
    /// Starts a row.
    pub(super) fn next_row(&mut self) {
        // What the cells of the row before did not reach is one row nearer to its end.
        for taken in self.taken.iter_mut().skip(self.at) {
            *taken = taken.saturating_sub(1);
        }
        self.at = 0;
        self.wide = 0;
    }

    /// Places the next cell and returns the number of empty columns before it.
    pub(super) fn next_cell(&mut self, attrs: &Attrs<'_>) -> usize {
        let mut empty = self.wide;
        while let Some(taken) = self.taken.get_mut(self.at).filter(|taken| **taken > 0) {
            *taken -= 1;
            self.at += 1;
            empty += 1;
        }
        let (width, height) = (span(attrs.colspan), span(attrs.rowspan));
        for column in (self.at..self.at + width).take_while(|&c| c < MOST) {
            if self.taken.len() <= column {
                self.taken.resize(column + 1, 0);
            }
            self.taken[column] = height - 1;
        }
        self.at += width;
        self.wide = width - 1;
        empty
    }
}

fn span(value: Option<&str>) -> usize {
    let span = value.and_then(|v| v.trim().parse::<usize>().ok());
    span.unwrap_or(1).clamp(1, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_from_above_and_from_the_left_are_empty() {
        let cell = |colspan, rowspan| Attrs {
            colspan,
            rowspan,
            ..Attrs::default()
        };
        let mut columns = Columns::default();
        columns.next_row();
        assert_eq!(columns.next_cell(&cell(None, Some("2"))), 0);
        assert_eq!(columns.next_cell(&cell(Some("2"), None)), 0);
        assert_eq!(columns.next_cell(&cell(None, None)), 1);
        columns.next_row();
        assert_eq!(columns.next_cell(&cell(None, None)), 1);
        columns.next_row();
        assert_eq!(columns.next_cell(&cell(None, None)), 0);
    }
}
