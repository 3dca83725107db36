//! A TOML file as a tree whose every key and value knows its line.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Place, Problems};

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// The line of the key.
    pub(crate) line: usize,
    pub(crate) node: Node,
}

/// A value with its line.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

/// What a value is. Dates, infinities and the like, which no key takes, are reported while reading and
/// become [`Kind::Odd`], so that the key counts as given.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Scalar(Value),
    List(Vec<Node>),
    Table(Vec<Entry>),
    Odd,
}

impl Node {
    /// Returns the value without its lines; `None` where a part of it was odd.
    pub(crate) fn to_json(&self) -> Option<Value> {
        match &self.kind {
            Kind::Scalar(value) => Some(value.clone()),
            Kind::List(items) => items
                .iter()
                .map(Self::to_json)
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            Kind::Table(entries) => entries
                .iter()
                .map(|entry| Some((entry.key.clone(), entry.node.to_json()?)))
                .collect::<Option<serde_json::Map<_, _>>>()
                .map(Value::Object),
            Kind::Odd => None,
        }
    }

    /// Returns the value as text, where it is text.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns what the value is, in a word or two.
    pub(crate) fn name(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(Value::String(_)) => "a string",
            Kind::Scalar(Value::Bool(_)) => "a boolean",
            Kind::Scalar(_) => "a number",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
            Kind::Odd => "a date, an infinity or a number too large",
        }
    }
}

/// Reads `text` into its entries in the order of the file. Mistakes of syntax are reported, all of
/// them; what could be read is returned.
pub(crate) fn read(file: &Path, text: &str, problems: &mut Problems) -> Vec<Entry> {
    let whole = Place::whole(file);
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| lines.at(span.start));
        problems.add(
            &whole.at(line),
            "",
            error.message().replace('\n', ", "),
            None,
        );
    }
    let mut reader = Reader {
        lines,
        whole,
        problems,
    };
    reader.entries("", table.get_ref())
}

struct Reader<'p> {
    lines: Lines,
    whole: Place,
    problems: &'p mut Problems,
}

impl Reader<'_> {
    fn entries(&mut self, path: &str, table: &DeTable<'_>) -> Vec<Entry> {
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        let mut entries = Vec::with_capacity(keys.len());
        for (key, value) in keys {
            let name = key.get_ref().to_string();
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            entries.push(Entry {
                line: self.line(key.span()),
                node: self.node(&path, value),
                key: name,
            });
        }
        entries
    }

    // The parser bounds how deep values nest, so that the recursion is bounded too.
    fn node(&mut self, path: &str, value: &Spanned<DeValue<'_>>) -> Node {
        let line = self.line(value.span());
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::Scalar(Value::String(text.to_string())),
            DeValue::Boolean(flag) => Kind::Scalar(Value::Bool(*flag)),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(
                    |_| self.odd(line, path, "the number is too large"),
                    |n| Kind::Scalar(n.into()),
                ),
            DeValue::Float(number) => number
                .as_str()
                .parse()
                .ok()
                .and_then(serde_json::Number::from_f64)
                .map_or_else(
                    || self.odd(line, path, "a finite number is expected"),
                    |n| Kind::Scalar(n.into()),
                ),
            DeValue::Datetime(_) => self.odd(line, path, "no key takes a date or time"),
            DeValue::Array(items) => {
                Kind::List(items.iter().map(|item| self.node(path, item)).collect())
            }
            DeValue::Table(table) => Kind::Table(self.entries(path, table)),
        };
        Node { line, kind }
    }

    fn odd(&mut self, line: usize, path: &str, what: &str) -> Kind {
        self.problems.add(&self.whole.at(line), path, what, None);
        Kind::Odd
    }

    fn line(&self, span: Range<usize>) -> usize {
        self.lines.at(span.start)
    }
}

/// The offsets at which lines start.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        Self(
            std::iter::once(0)
                .chain(breaks.map(|(at, _)| at + 1))
                .collect(),
        )
    }

    /// Returns the line, counted from one, that holds `offset`.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_str(text: &str) -> (Vec<Entry>, Vec<crate::Problem>) {
        let mut problems = Problems::default();
        let entries = read(Path::new("x.toml"), text, &mut problems);
        (
            entries,
            problems.or(()).err().map_or_else(Vec::new, |e| e.problems),
        )
    }

    #[test]
    fn every_value_knows_its_line() {
        let (entries, problems) = read_str("# c\na = 1\n[t]\nb = [\n  \"x\",\n  \"y\",\n]\n");
        assert_eq!(problems, []);
        assert_eq!((entries[0].line, entries[1].line), (2, 3));
        let Kind::Table(inner) = &entries[1].node.kind else {
            panic!("a table")
        };
        let Kind::List(items) = &inner[0].node.kind else {
            panic!("a list")
        };
        assert_eq!((items[0].line, items[1].line), (5, 6));
    }

    #[test]
    fn syntax_and_odd_values_are_all_reported() {
        let (_, problems) = read_str("a = inf\nb = 1979-05-27\nc = [1,\nd = \nd = 2\n");
        let lines: Vec<_> = problems.iter().filter_map(|p| p.line).collect();
        assert!(
            lines.contains(&1) && lines.contains(&2) && lines.iter().any(|l| *l > 2),
            "{problems:?}"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z=\\[\\]{}\"'\n0-9., #é-]{0,80}") {
            let _ = read_str(&text);
        }
    }
}
