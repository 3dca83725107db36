//! Writes results to stdout, and ends quietly when nobody reads on.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::time::Duration;

use serde::Serialize;
use thresh_types::Timestamp;

/// Results on their way to stdout. A reader that went away (`| head`) is no error.
#[derive(Debug)]
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    closed: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self {
            out: BufWriter::new(io::stdout().lock()),
            closed: false,
        }
    }

    /// Writes `text` and a line end.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> anyhow::Result<()> {
        let result = writeln!(self.out, "{}", text.as_ref());
        self.settle(result)
    }

    /// Writes `text` as it is.
    pub(crate) fn text(&mut self, text: impl AsRef<str>) -> anyhow::Result<()> {
        let result = self.out.write_all(text.as_ref().as_bytes());
        self.settle(result)
    }

    /// Writes `value` as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string(value)?;
        self.line(text)
    }

    /// Writes `value` as indented JSON.
    pub(crate) fn json_pretty(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.line(text)
    }

    /// Returns whether the reader went away, so that long work may stop.
    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes what is still buffered.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        let result = self.out.flush();
        self.settle(result)
    }

    fn settle(&mut self, result: io::Result<()>) -> anyhow::Result<()> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

/// Lines up `rows` in columns; numbers (columns in `right`) to the right.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count());
            cells
                .chain([head[column].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(&head)
        .chain(rows)
        .map(|row| table_line(row, &widths, right))
        .collect::<Vec<_>>()
        .join("\n")
}

fn table_line(row: &[String], widths: &[usize], right: &[usize]) -> String {
    let cells: Vec<String> = row
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(column, (cell, &width))| {
            if right.contains(&column) {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            }
        })
        .collect();
    cells.join("  ").trim_end().to_owned()
}

/// Writes a number of bytes for people, in binary units.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Writes a day, in UTC.
pub(crate) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// Writes how long it is from one time to another, in one unit.
pub(crate) fn span(from: Timestamp, to: Timestamp) -> String {
    let seconds = usize::try_from(to.duration_since(from).unsigned_abs().as_secs()).unwrap_or(0);
    let rounded = |unit: usize| (seconds + unit / 2) / unit;
    match seconds {
        172_800.. => plural(rounded(86_400), "day", "days"),
        7200.. => plural(rounded(3600), "hour", "hours"),
        120.. => plural(rounded(60), "minute", "minutes"),
        _ => plural(seconds, "second", "seconds"),
    }
}

/// Writes a short time as a clock would: `4.2 s`, `3 min 20 s`, `2 h 05 min`.
pub(crate) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole {
        3600.. => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
        60.. => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// Draws a bar whose full length stands for `most`.
pub(crate) fn bar(count: usize, most: usize) -> String {
    const FULL: usize = 24;
    let length = if most == 0 {
        0
    } else {
        (count * FULL).div_ceil(most)
    };
    "█".repeat(length.min(FULL))
}

/// Writes `count` of a thing, in the plural where it is one.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = vec![
            vec!["a".into(), "10".into()],
            vec!["long".into(), "9".into()],
        ];
        assert_eq!(
            table(&["name", "n"], &rows, &[1]),
            "name   n\na     10\nlong   9"
        );
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        let told = |seconds| {
            span(
                Timestamp::UNIX_EPOCH,
                Timestamp::from_second(seconds).unwrap(),
            )
        };
        assert_eq!(told(1), "1 second");
        assert_eq!(told(150), "3 minutes");
        assert_eq!(told(36 * 3600), "36 hours");
        assert_eq!(told(3 * 86_400 - 60), "3 days");
        assert_eq!(seconds(Duration::from_millis(4240)), "4.2 s");
        assert_eq!(seconds(Duration::from_secs(200)), "3 min 20 s");
        assert_eq!(seconds(Duration::from_secs(7500)), "2 h 05 min");
    }

    #[test]
    fn sizes_and_bars_are_readable() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1 << 20), "1.0 MiB");
        assert_eq!(bar(0, 5), "");
        assert_eq!(bar(5, 5).chars().count(), 24);
        assert_eq!(plural(1, "page", "pages"), "1 page");
    }
}
