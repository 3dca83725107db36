//! The differences between two versions: counts first, then document by document.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::{Ink, Style, grouped, line, minute, one_line};
use crate::index::status_name;
use crate::{
    BodyChange, DocumentRef, FieldChange, Hunk, Piece, Regrouped, Regrouping, VersionDiff,
    VersionRef,
};

/// Members of a list that are named when they go or come; more are counted.
const LISTED: usize = 4;

/// Words of a piece of a difference that are shown at either end of it.
const ENDS: usize = 20;

/// Characters of a value that are shown.
const VALUE: usize = 160;

/// Members of a record's objects that say which one it is.
const NAMING: [&str; 7] = [
    "relation", "language", "name", "label", "value", "url", "id",
];

/// Returns the differences as people read them.
pub fn render_diff(diff: &VersionDiff, style: Style) -> String {
    let mut page = Page {
        out: String::new(),
        style,
    };
    page.names(&diff.from, &diff.to);
    if diff.is_empty() {
        page.line("the versions hold the same documents");
        return page.out;
    }
    page.counts(diff);
    page.comings_and_goings(diff);
    page.regrouped(&diff.regrouped);
    page.changes(diff);
    page.out
}

struct Page {
    out: String,
    style: Style,
}

impl Page {
    fn line(&mut self, text: impl Display) {
        line(&mut self.out, format_args!("{text}"));
    }

    fn names(&mut self, from: &VersionRef, to: &VersionRef) {
        for (mark, version) in [("from", from), ("to", to)] {
            let id = version.id.short();
            let time = minute(version.published_at);
            self.line(format!("{mark:<4}  version {}  {id}  {time}", version.n));
        }
        self.line("");
    }

    fn counts(&mut self, diff: &VersionDiff) {
        let c = &diff.counts;
        let rows = [
            ("added", c.added, Ink::Added),
            ("removed", c.removed, Ink::Removed),
            ("regrouped", c.regrouped, Ink::Changed),
            ("body changed", c.body_changed, Ink::Changed),
            ("metadata changed", c.metadata_changed, Ink::Changed),
            ("status changed", c.status_changed, Ink::Changed),
            ("noise changed", c.noise_changed, Ink::Faint),
            ("unchanged", c.unchanged, Ink::Faint),
        ];
        let width = rows.iter().map(|row| grouped(row.1).len()).max();
        let width = width.unwrap_or(0).max(grouped(c.after).len());
        for (name, count, ink) in rows {
            let text = format!("  {name:<16}  {:>width$}", grouped(count));
            let words =
                (name == "body changed").then(|| self.words(c.words_added, c.words_removed));
            let ink = if count == 0 { Ink::Faint } else { ink };
            let text = self.style.paint(ink, text);
            self.line(format!("{text}  {}", words.unwrap_or_default()));
        }
        let (before, after) = (grouped(c.before), grouped(c.after));
        self.line(format!(
            "  {:<16}  {after:>width$}  were {before}",
            "documents"
        ));
    }

    fn heading(&mut self, name: &str) {
        let name = self.style.paint(Ink::Heading, name).into_owned();
        self.line(format!("\n{name}"));
    }

    fn comings_and_goings(&mut self, diff: &VersionDiff) {
        if !diff.added.is_empty() {
            self.heading("added");
        }
        for document in &diff.added {
            self.document("+", Ink::Added, document);
        }
        if !diff.removed.is_empty() {
            self.heading("removed");
        }
        for removed in &diff.removed {
            self.document("-", Ink::Removed, &removed.document);
            if let Some(reason) = &removed.withheld {
                let detail = removed.detail.as_deref().unwrap_or_default();
                let reason = one_line(&format!("{reason} {detail}"));
                self.line(format!("    withheld now: {reason}"));
            }
        }
    }

    fn regrouped(&mut self, regrouped: &[Regrouped]) {
        if !regrouped.is_empty() {
            self.heading("regrouped");
        }
        for regrouped in regrouped {
            let what = match regrouped.change {
                Regrouping::Merged => "merged into",
                Regrouping::Split => "no longer an alias of",
                Regrouping::Moved => "speaks for its cluster in place of",
                Regrouping::Promoted => "stands by itself without",
            };
            self.document("~", Ink::Changed, &regrouped.document);
            let other = &regrouped.other;
            self.line(format!(
                "    {what} {} {}",
                title(other),
                one_line(&other.url)
            ));
            self.body(regrouped.body.as_ref());
            self.fields(&regrouped.fields);
        }
    }

    fn changes(&mut self, diff: &VersionDiff) {
        if !diff.body_changed.is_empty() {
            self.heading("body changed");
        }
        for changed in &diff.body_changed {
            self.document("~", Ink::Changed, &changed.document);
            self.body(Some(&changed.body));
            self.fields(&changed.fields);
        }
        if !diff.metadata_changed.is_empty() {
            self.heading("metadata changed");
        }
        for changed in &diff.metadata_changed {
            self.document("~", Ink::Changed, &changed.document);
            self.fields(&changed.fields);
        }
        if !diff.status_changed.is_empty() {
            self.heading("status changed");
        }
        for changed in &diff.status_changed {
            self.document("~", Ink::Changed, &changed.document);
            let (old, new) = (status_name(changed.old), status_name(changed.new));
            self.line(format!("    {old} → {new}"));
        }
    }

    fn document(&mut self, mark: &str, ink: Ink, document: &DocumentRef) {
        let text = self.style.paint(ink, format!("{mark} {}", title(document)));
        self.line(format!("  {text}"));
        let place = if document.url.is_empty() {
            document.id.to_string()
        } else {
            one_line(&document.url)
        };
        let place = self.style.paint(Ink::Faint, place);
        self.line(format!("    {place}"));
    }

    fn body(&mut self, body: Option<&BodyChange>) {
        let Some(body) = body else { return };
        if body.words_added + body.words_removed == 0 {
            self.line("    only spaces or line breaks");
            return;
        }
        let words = self.words(body.words_added, body.words_removed);
        self.line(format!("    {words}"));
        for hunk in body.hunks.iter().flatten() {
            let text = self.hunk(hunk);
            self.line(format!("      {text}"));
        }
    }

    fn words(&self, added: u64, removed: u64) -> String {
        if added + removed == 0 {
            return String::new();
        }
        let added = format!("+{}", grouped(added));
        let removed = format!("-{}", grouped(removed));
        format!(
            "{} {} words",
            self.style.paint(Ink::Added, added),
            self.style.paint(Ink::Removed, removed)
        )
    }

    /// The marks are those of `git diff --word-diff`.
    fn hunk(&self, hunk: &Hunk) -> String {
        let pieces = hunk.pieces.iter().map(|piece| match piece {
            Piece::Same(text) => one_line(text),
            Piece::Removed(text) => {
                let text = format!("[-{}-]", shortened(text));
                self.style.paint(Ink::Removed, text).into_owned()
            }
            Piece::Added(text) => {
                let text = format!("{{+{}+}}", shortened(text));
                self.style.paint(Ink::Added, text).into_owned()
            }
        });
        pieces.collect::<Vec<_>>().join(" ")
    }

    fn fields(&mut self, fields: &[FieldChange]) {
        for change in fields {
            match (&change.old, &change.new) {
                (Value::Array(old), Value::Array(new)) => self.list(&change.field, old, new),
                (old, new) => {
                    let (old, new) = (value(old), value(new));
                    self.line(format!("    {}: {old} → {new}", change.field));
                }
            }
        }
    }

    /// Says which members of a list went and came; lists are short.
    fn list(&mut self, field: &str, old: &[Value], new: &[Value]) {
        let without = |of: &[Value], other: &[Value]| -> Vec<String> {
            let missing = of.iter().filter(|member| !other.contains(member));
            missing.map(value).collect()
        };
        let (gone, come) = (without(old, new), without(new, old));
        if gone.is_empty() && come.is_empty() {
            self.line(format!("    {field}: in another order"));
        }
        for (mark, ink, members) in [("-", Ink::Removed, gone), ("+", Ink::Added, come)] {
            if members.len() > LISTED {
                let count = format!("{mark} {} of them", grouped(members.len() as u64));
                let count = self.style.paint(ink, count);
                self.line(format!("    {field}: {count}"));
                continue;
            }
            for member in members {
                let member = self.style.paint(ink, format!("{mark} {member}"));
                self.line(format!("    {field}: {member}"));
            }
        }
    }
}

fn title(document: &DocumentRef) -> String {
    match &document.title {
        Some(title) => one_line(title),
        None => format!("(no title) {}", document.id),
    }
}

/// Returns the words of a piece; of a long one those at its ends.
fn shortened(text: &str) -> String {
    let text = one_line(text);
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() <= 2 * ENDS + 1 {
        return text;
    }
    let (first, last) = (&words[..ENDS], &words[words.len() - ENDS..]);
    let between = grouped((words.len() - 2 * ENDS) as u64);
    format!("{} … {between} words … {}", first.join(" "), last.join(" "))
}

/// Returns a value on one line: a text as it is, an object by what names it.
fn value(value: &Value) -> String {
    let text = match value {
        Value::Null => return "(unknown)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(members) => object(members),
        other => other.to_string(),
    };
    let text = one_line(&text);
    match text.char_indices().nth(VALUE) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

/// Returns the members of an object, those that name it first and bare.
fn object(members: &Map<String, Value>) -> String {
    let names = NAMING.iter().filter_map(|name| members.get(*name));
    let mut told: Vec<String> = names.map(inner).filter(|name| !name.is_empty()).collect();
    let others = members
        .iter()
        .filter(|(k, _)| !NAMING.contains(&k.as_str()));
    let others = others.filter(|(_, v)| !v.is_null());
    told.extend(others.map(|(name, value)| format!("{name} {}", inner(value))));
    told.join(", ")
}

fn inner(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_by_what_names_them() {
        assert_eq!(value(&json!(null)), "(unknown)");
        assert_eq!(value(&json!("a\nb")), "a b");
        let alias = json!({"id": "x", "jaccard": 0.9, "relation": "near", "url": "", "to": null});
        assert_eq!(value(&alias), "near, x, jaccard 0.9");
        assert_eq!(value(&json!("é".repeat(500))).chars().count(), VALUE + 1);
    }

    #[test]
    fn long_pieces_keep_their_ends() {
        let words: Vec<String> = (0..1_100).map(|i| i.to_string()).collect();
        let text = shortened(&words.join(" "));
        assert!(
            text.starts_with("0 1 2 ") && text.ends_with(" 1098 1099"),
            "{text}"
        );
        assert!(text.contains("19 … 1,060 words … 1080"), "{text}");
        assert_eq!(shortened("as it is"), "as it is");
    }

    #[test]
    fn lists_say_what_went_and_came_or_that_only_the_order_changed() {
        let mut page = Page {
            out: String::new(),
            style: Style::plain(),
        };
        page.list("tags", &[json!("a"), json!("b")], &[json!("b"), json!("c")]);
        page.list("tags", &[json!("a"), json!("b")], &[json!("b"), json!("a")]);
        assert_eq!(
            page.out,
            "    tags: - a\n    tags: + c\n    tags: in another order\n"
        );
    }
}
