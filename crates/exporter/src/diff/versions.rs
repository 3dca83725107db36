//! The comparison of two versions: which documents to look at, and in which list each belongs.

use std::collections::BTreeMap;

use thresh_corpus::{Leaf, Version};
use thresh_types::{DocId, Document, Withheld};

use super::{
    BodyChange, BodyChanged, Counts, DocumentRef, MetadataChanged, Regrouped, Regrouping, Removed,
    StatusChanged, VersionDiff, VersionRef, Words, body, fields,
};
use crate::ExportError;
use crate::words::count_words;

/// Returns what `to` changed against `from`. Only documents that differ are read; their texts are
/// compared word by word up to a size, longer ones by lines first.
///
/// # Errors
/// When the store cannot read either version.
pub fn diff(from: &Version, to: &Version, words: Words) -> Result<VersionDiff, ExportError> {
    let (old, new) = (Side::of(from)?, Side::of(to)?);
    let mut comparison = Comparison::new(&old, &new, words)?;
    for (id, leaf) in &old.leaves {
        match new.leaves.get(id) {
            Some(other) => comparison.both(leaf, other)?,
            None => comparison.only_old(id, leaf)?,
        }
    }
    for (id, leaf) in &new.leaves {
        if !old.leaves.contains_key(id) {
            comparison.only_new(id, leaf)?;
        }
    }
    Ok(comparison.finish(from, to))
}

/// A version with its leaves by document.
struct Side<'a> {
    version: &'a Version,
    leaves: BTreeMap<DocId, Leaf>,
}

impl<'a> Side<'a> {
    fn of(version: &'a Version) -> Result<Self, ExportError> {
        let leaves = version.leaves()?;
        let leaves = leaves.into_iter().map(|leaf| (leaf.doc_id.clone(), leaf));
        Ok(Self {
            version,
            leaves: leaves.collect(),
        })
    }

    fn read(&self, id: &DocId) -> Result<Option<Document>, ExportError> {
        let leaf = self.leaves.get(id);
        Ok(leaf.map(|leaf| self.version.document(leaf)).transpose()?)
    }

    /// Returns which document each alias stands with. Documents that are the same in `other` are not
    /// read: none of their aliases changed its place.
    fn aliases(&self, other: &Self) -> Result<BTreeMap<DocId, DocId>, ExportError> {
        let mut aliases = BTreeMap::new();
        for (id, leaf) in &self.leaves {
            if other.leaves.get(id).is_some_and(|there| same(leaf, there)) {
                continue;
            }
            for alias in self.version.metadata(leaf)?.aliases {
                aliases.insert(alias.id, id.clone());
            }
        }
        Ok(aliases)
    }
}

/// Returns whether text, metadata and cluster are the same.
fn same(a: &Leaf, b: &Leaf) -> bool {
    a.text_sha256 == b.text_sha256 && a.meta_sha256 == b.meta_sha256 && a.cluster_id == b.cluster_id
}

/// Returns whether only what stands outside a version's identity differs.
fn same_but_for_noise(a: &Leaf, b: &Leaf) -> bool {
    same(a, b) && (a.markdown_sha256 != b.markdown_sha256 || a.removed_sha256 != b.removed_sha256)
}

struct Comparison<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    old_aliases: BTreeMap<DocId, DocId>,
    new_aliases: BTreeMap<DocId, DocId>,
    withheld: BTreeMap<DocId, Withheld>,
    words: Words,
    unchanged: u64,
    added: Vec<DocumentRef>,
    removed: Vec<Removed>,
    regrouped: Vec<Regrouped>,
    body_changed: Vec<BodyChanged>,
    metadata_changed: Vec<MetadataChanged>,
    status_changed: Vec<StatusChanged>,
    noise_changed: Vec<DocumentRef>,
}

impl<'a> Comparison<'a> {
    fn new(old: &'a Side<'a>, new: &'a Side<'a>, words: Words) -> Result<Self, ExportError> {
        let withheld = new.version.withheld()?.into_iter();
        Ok(Self {
            old_aliases: old.aliases(new)?,
            new_aliases: new.aliases(old)?,
            withheld: withheld.map(|w| (w.id.clone(), w)).collect(),
            old,
            new,
            words,
            unchanged: 0,
            added: Vec::new(),
            removed: Vec::new(),
            regrouped: Vec::new(),
            body_changed: Vec::new(),
            metadata_changed: Vec::new(),
            status_changed: Vec::new(),
            noise_changed: Vec::new(),
        })
    }

    fn both(&mut self, old: &Leaf, new: &Leaf) -> Result<(), ExportError> {
        if same_but_for_noise(old, new) {
            let document = self.new.version.document(new)?;
            self.noise_changed.push(DocumentRef::of(&document));
        } else if same(old, new) {
            self.unchanged += 1;
        } else {
            let before = self.old.version.document(old)?;
            let after = self.new.version.document(new)?;
            self.changed(&before, &after)?;
        }
        Ok(())
    }

    fn changed(&mut self, before: &Document, after: &Document) -> Result<(), ExportError> {
        let document = DocumentRef::of(after);
        let fields = fields::changes(before, after)?;
        self.status(before, after);
        if let Some(body) = self.body(before, after) {
            self.body_changed.push(BodyChanged {
                document,
                body,
                fields,
            });
        } else if !fields.is_empty() {
            self.metadata_changed
                .push(MetadataChanged { document, fields });
        }
        Ok(())
    }

    fn status(&mut self, before: &Document, after: &Document) {
        if before.status != after.status {
            self.status_changed.push(StatusChanged {
                document: DocumentRef::of(after),
                old: before.status,
                new: after.status,
            });
        }
    }

    fn body(&self, before: &Document, after: &Document) -> Option<BodyChange> {
        (before.text != after.text).then(|| body::compare(&before.text, &after.text, self.words))
    }

    /// A document that is not in the newer version merged, moved or left.
    fn only_old(&mut self, id: &DocId, leaf: &Leaf) -> Result<(), ExportError> {
        let before = self.old.version.document(leaf)?;
        let speaker = match self.new_aliases.get(id) {
            Some(speaker) => self.new.read(speaker)?,
            None => None,
        };
        match speaker {
            // Told once, with the document that speaks now.
            Some(speaker) if self.old_aliases.get(&speaker.id) == Some(id) => {}
            Some(speaker) => {
                let merged = Regrouped::plain(Regrouping::Merged, &before, &speaker);
                self.regrouped.push(merged);
            }
            None => self
                .removed
                .push(Removed::of(&before, self.withheld.remove(id))),
        }
        Ok(())
    }

    /// A document that was not in the older version is new, or was an alias.
    fn only_new(&mut self, id: &DocId, leaf: &Leaf) -> Result<(), ExportError> {
        let after = self.new.version.document(leaf)?;
        let speaker = match self.old_aliases.get(id) {
            Some(speaker) => self.old.read(speaker)?,
            None => None,
        };
        let Some(before) = speaker else {
            self.added.push(DocumentRef::of(&after));
            return Ok(());
        };
        if self.new_aliases.get(&before.id) == Some(id) {
            return self.moved(&before, &after);
        }
        let (change, other) = match self.new.read(&before.id)? {
            Some(still_there) => (Regrouping::Split, still_there),
            None => (Regrouping::Promoted, before),
        };
        self.regrouped
            .push(Regrouped::plain(change, &after, &other));
        Ok(())
    }

    fn moved(&mut self, before: &Document, after: &Document) -> Result<(), ExportError> {
        self.status(before, after);
        let body = self.body(before, after);
        self.regrouped.push(Regrouped {
            body,
            fields: fields::changes(before, after)?,
            ..Regrouped::plain(Regrouping::Moved, after, before)
        });
        Ok(())
    }

    fn finish(mut self, from: &Version, to: &Version) -> VersionDiff {
        self.regrouped
            .sort_by(|a, b| a.document.id.cmp(&b.document.id));
        self.status_changed
            .sort_by(|a, b| a.document.id.cmp(&b.document.id));
        VersionDiff {
            counts: self.counts(),
            from: VersionRef::of(from),
            to: VersionRef::of(to),
            added: self.added,
            removed: self.removed,
            regrouped: self.regrouped,
            body_changed: self.body_changed,
            metadata_changed: self.metadata_changed,
            status_changed: self.status_changed,
            noise_changed: self.noise_changed,
        }
    }

    fn counts(&self) -> Counts {
        let length = |length: usize| length as u64;
        let moved = self.regrouped.iter().filter_map(|r| r.body.as_ref());
        let changed = self.body_changed.iter().map(|changed| &changed.body);
        let bodies: Vec<&BodyChange> = changed.chain(moved).collect();
        Counts {
            before: length(self.old.leaves.len()),
            after: length(self.new.leaves.len()),
            added: length(self.added.len()),
            removed: length(self.removed.len()),
            regrouped: length(self.regrouped.len()),
            body_changed: length(self.body_changed.len()),
            metadata_changed: length(self.metadata_changed.len()),
            status_changed: length(self.status_changed.len()),
            noise_changed: length(self.noise_changed.len()),
            unchanged: self.unchanged,
            words_added: bodies.iter().map(|body| body.words_added).sum(),
            words_removed: bodies.iter().map(|body| body.words_removed).sum(),
        }
    }
}

impl Regrouped {
    fn plain(change: Regrouping, document: &Document, other: &Document) -> Self {
        Self {
            change,
            document: DocumentRef::of(document),
            other: DocumentRef::of(other),
            body: None,
            fields: Vec::new(),
        }
    }
}

impl Removed {
    fn of(document: &Document, withheld: Option<Withheld>) -> Self {
        let (withheld, detail) = withheld.map(|w| (w.reason, w.detail)).unzip();
        Self {
            document: DocumentRef::of(document),
            withheld,
            detail: detail.filter(|detail| !detail.is_empty()),
        }
    }
}

impl DocumentRef {
    fn of(document: &Document) -> Self {
        Self {
            id: document.id.clone(),
            title: document.title.clone(),
            url: document.url.clone(),
            site: document.site.clone(),
            language: document.language.clone(),
            words: count_words(&document.text),
        }
    }
}

impl VersionRef {
    fn of(version: &Version) -> Self {
        Self {
            n: version.n(),
            id: version.id(),
            published_at: version.stamp().published_at,
        }
    }
}
