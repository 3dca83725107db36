//! One document: what is known of it, then its text.

use std::fmt::Write as _;

use thresh_types::{Alias, Document, Provenance, RelationKind};

use super::{Ink, Style, counted, grouped, harmless, line, minute, one_line};
use crate::index::status_name;
use crate::words::count_words;

/// Width of the names of the fields: that of `translations`.
const NAMES: usize = 12;

/// Returns the document as people read it: title, fields that are known, an empty line, the text.
pub fn render_document(document: &Document, style: Style) -> String {
    let title = document.title.as_deref().unwrap_or("(no title)");
    let mut out = String::new();
    let title = style.paint(Ink::Heading, one_line(title));
    line(&mut out, format_args!("{title}"));
    for (name, value) in fields(document) {
        for (position, value) in value.iter().enumerate() {
            let name = if position == 0 { name } else { "" };
            let name = style.paint(Ink::Faint, format!("{name:<NAMES$}"));
            line(&mut out, format_args!("  {name}  {}", one_line(value)));
        }
    }
    out.push('\n');
    out.push_str(&harmless(&document.text));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Returns the fields in reading order, each with its lines; unknown ones have none.
fn fields(document: &Document) -> Vec<(&'static str, Vec<String>)> {
    let optional = |value: &Option<String>| value.iter().cloned().collect();
    let mut fields = vec![
        ("id", vec![document.id.to_string()]),
        ("url", known(&document.url)),
        ("also at", other_urls(document)),
        ("site", vec![document.site.to_string()]),
        ("date", date(document)),
        (
            "modified",
            document.modified.iter().map(ToString::to_string).collect(),
        ),
        ("language", optional(&document.language)),
        ("type", optional(&document.doc_type)),
        ("author", optional(&document.author)),
        ("publisher", optional(&document.publisher)),
        ("numbers", joined(&document.doc_numbers)),
        ("tags", joined(&document.tags)),
        ("licence", known(&document.licence)),
        ("status", vec![status_name(document.status).to_owned()]),
        ("review", review(document)),
        ("words", vec![grouped(count_words(&document.text))]),
    ];
    fields.extend(neighbours(document));
    fields.push((
        "from",
        document.provenance.iter().flat_map(provenance).collect(),
    ));
    fields
}

/// Returns the fields that name other documents, files and persons.
fn neighbours(document: &Document) -> [(&'static str, Vec<String>); 5] {
    let translations = document.translations.iter();
    [
        ("speakers", document.speakers.iter().map(speaker).collect()),
        ("files", document.attachments.iter().map(file).collect()),
        (
            "translations",
            translations
                .map(|t| format!("{}  {}", t.language, t.url))
                .collect(),
        ),
        ("aliases", document.aliases.iter().map(alias).collect()),
        ("related", related(document)),
    ]
}

fn known(text: &str) -> Vec<String> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![text.to_owned()]
    }
}

fn joined(texts: &[String]) -> Vec<String> {
    known(&texts.join(", "))
}

fn other_urls(document: &Document) -> Vec<String> {
    let others = document.urls.iter().filter(|url| **url != document.url);
    others.cloned().collect()
}

fn date(document: &Document) -> Vec<String> {
    let place = document.dateline.as_ref().and_then(|d| d.place.as_deref());
    let date = document.date.map(|date| match place {
        Some(place) => format!("{date}, {place}"),
        None => date.to_string(),
    });
    date.into_iter().collect()
}

fn review(document: &Document) -> Vec<String> {
    match (document.needs_review, document.review_reasons.as_slice()) {
        (false, _) => Vec::new(),
        (true, []) => vec!["wanted".to_owned()],
        (true, reasons) => reasons.to_vec(),
    }
}

fn speaker(speaker: &thresh_types::Speaker) -> String {
    match &speaker.role {
        Some(role) => format!("{}, {role}", speaker.name),
        None => speaker.name.clone(),
    }
}

fn file(file: &thresh_types::Attachment) -> String {
    let label = file.label.as_deref().unwrap_or_default();
    format!("{} {label}", file.url)
}

/// Returns how another document says the same, where it stands and why it was joined.
fn alias(alias: &Alias) -> String {
    let mut out = name(alias.relation);
    let _ = write!(out, "  {}  {}", alias.id, alias.url);
    if !alias.reason.is_empty() {
        let _ = write!(out, " ({})", alias.reason);
    }
    out
}

fn related(document: &Document) -> Vec<String> {
    let id = document.id.as_str();
    let relations = document.relations.iter();
    relations
        .map(|relation| {
            let (kind, other) = if relation.a == id {
                (name(relation.relation), &relation.b)
            } else {
                (inverse(relation.relation).to_owned(), &relation.a)
            };
            format!("{kind}  {other} ({})", relation.reason)
        })
        .collect()
}

/// Returns the relation as seen from its second document.
const fn inverse(relation: RelationKind) -> &'static str {
    match relation {
        RelationKind::Contains => "contained in",
        RelationKind::Template => "template",
        RelationKind::Quotes => "quoted by",
        RelationKind::Translation => "translation",
        RelationKind::Revision => "revised by",
        RelationKind::Mirror => "mirrored by",
        RelationKind::Syndication => "syndicated by",
    }
}

/// Returns the name that the value has in records.
fn name(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns what the page said to crawlers, a line each.
fn said(provenance: &Provenance) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if !provenance.directives.is_empty() {
        lines.push(format!("directives: {}", provenance.directives.join(", ")));
    }
    if let Some(canonical) = provenance.canonical.as_ref().filter(|c| !c.agrees) {
        lines.push(format!("calls itself {}", canonical.url));
    }
    if let Some(refresh) = &provenance.refresh {
        let target = refresh.target.as_deref().unwrap_or("itself");
        lines.push(format!("refreshes to {target} after {} s", refresh.seconds));
    }
    if let Some(base) = &provenance.base {
        lines.push(format!("links relative to {base}"));
    }
    if let Some(policy) = &provenance.tdm_policy {
        lines.push(format!("terms of mining: {policy}"));
    }
    lines
}

fn provenance(provenance: &Provenance) -> Vec<String> {
    let mut lines = vec![format!("{} at byte {}", provenance.warc, provenance.offset)];
    lines.push(format!("payload sha256 {}", provenance.payload_sha256));
    if let Some(time) = provenance.fetched_at {
        lines.push(format!("fetched {}", minute(time)));
    }
    lines.extend(said(provenance));
    if !provenance.stages.is_empty() {
        lines.push(format!("by {}", provenance.stages.join(", ")));
    }
    if !provenance.rules.is_empty() {
        let rules: Vec<&str> = provenance
            .rules
            .iter()
            .map(thresh_types::RuleId::as_str)
            .collect();
        let count = counted(rules.len() as u64, "rule", "rules");
        lines.push(format!("{count}: {}", rules.join(", ")));
    }
    lines
}
