//! Groups drafts and makes the records of a version.

use std::collections::{BTreeMap, BTreeSet};

use thresh_cleaner::Cleaned;
use thresh_config::Config;
use thresh_corpus::NewDocument;
use thresh_deduplicator::{Constraints, DedupError, Grouping, Item, Items};
use thresh_types::{
    Alias, CanonicalClaim, CanonicalUrl, ClusterMember, DocId, Document, Evidence, NonMerging,
    Provenance, Relation, RemovedBlock, RuleId,
};

use crate::PipelineError;
use crate::curate::stages;
use crate::dedup_index::DedupIndex;
use crate::draft::Draft;

/// The records of a version.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// One record per cluster, by identifier.
    pub documents: Vec<NewDocument>,
    /// Copies merged into another document.
    pub merged: usize,
}

/// Groups `drafts` by their cleaned bodies and makes one record per cluster. What is in `index` saves
/// work and changes nothing.
///
/// # Errors
/// When two drafts share an identifier, which selection rules out.
pub(crate) fn assemble(
    drafts: Vec<Draft>,
    config: &Config,
    index: Option<&DedupIndex>,
) -> Result<Assembled, PipelineError> {
    let grouping = group(&drafts, config, index)?;
    let relations = relations_by_document(&grouping);
    let total = drafts.len();
    let by_id: BTreeMap<DocId, Draft> = drafts
        .into_iter()
        .map(|draft| (draft.subject.id.clone(), draft))
        .collect();
    let mut clusters: BTreeMap<&str, Vec<&ClusterMember>> = BTreeMap::new();
    for member in &grouping.members {
        clusters
            .entry(&member.canonical_id)
            .or_default()
            .push(member);
    }
    let mut documents: Vec<NewDocument> = clusters
        .values()
        .map(|members| document(members, &by_id, &relations))
        .collect();
    documents.sort_by(|a, b| a.doc.id.cmp(&b.doc.id));
    let merged = total - documents.len();
    Ok(Assembled { documents, merged })
}

fn group(
    drafts: &[Draft],
    config: &Config,
    index: Option<&DedupIndex>,
) -> Result<Grouping, PipelineError> {
    let items: Vec<Item> = drafts.iter().map(item).collect();
    let (decided, settings) = (Constraints::default(), &config.dedup);
    if let Some(index) = index {
        match thresh_deduplicator::group_again(&Items(&items), &decided, settings, index) {
            // A cache that cannot be read or written only costs time.
            Err(DedupError::Unreadable(detail)) => tracing::warn!("{detail}"),
            grouping => return Ok(grouping?),
        }
    }
    Ok(thresh_deduplicator::group(&items, &decided, settings)?)
}

fn item(draft: &Draft) -> Item {
    let url = Some(address(draft)).filter(|url| !url.is_empty());
    Item {
        id: draft.subject.id.to_string(),
        text: thresh_cleaner::to_text(&draft.cleaned.text),
        rank: rank(draft),
        url,
        date: draft
            .metadata
            .date
            .as_ref()
            .map(|date| date.value.to_string()),
        language: value(&draft.metadata.language),
        identity: None,
        cleaned: true,
        canonical: value(&draft.metadata.canonical_url),
        translations: draft.metadata.translations.clone(),
        symbol: own_symbol(draft),
        publisher: value(&draft.metadata.publisher).or_else(|| value(&draft.metadata.site_name)),
        listed: draft.listed,
    }
}

fn value(evidence: &Option<Evidence<String>>) -> Option<String> {
    evidence.as_ref().map(|evidence| evidence.value.clone())
}

/// Returns the official symbol that a document bears as its own: the one in its title, or the only one
/// that stands in a line for itself. A page that lists several bears none.
fn own_symbol(draft: &Draft) -> Option<String> {
    /// As surely as a number is the document's own that stands in a short line.
    const OWN: u8 = 90;
    let mut own = draft
        .metadata
        .doc_numbers
        .iter()
        .filter(|number| number.confidence >= OWN)
        .peekable();
    let first = own.next()?;
    let alone = own
        .peek()
        .is_none_or(|next| next.confidence < first.confidence);
    alone.then(|| first.value.clone())
}

/// Prefers as canonical a page before an import without an address. What is a copy of what else, the
/// deduplicator reads from addresses, links and statements itself.
fn rank(draft: &Draft) -> u32 {
    u32::from(draft.capture.final_url.parse::<CanonicalUrl>().is_err())
}

fn relations_by_document(grouping: &Grouping) -> BTreeMap<&str, Vec<&NonMerging>> {
    let mut by_document: BTreeMap<&str, Vec<&NonMerging>> = BTreeMap::new();
    for relation in &grouping.relations {
        by_document.entry(&relation.a).or_default().push(relation);
        by_document.entry(&relation.b).or_default().push(relation);
    }
    by_document
}

fn document(
    members: &[&ClusterMember],
    drafts: &BTreeMap<DocId, Draft>,
    relations: &BTreeMap<&str, Vec<&NonMerging>>,
) -> NewDocument {
    let draft_of = |id: &str| {
        let id: DocId = id
            .parse()
            .expect("the deduplicator gives back the ids it was given");
        &drafts[&id]
    };
    let canonical = draft_of(&members[0].canonical_id);
    let mut doc = record(canonical, members[0]);
    for member in members
        .iter()
        .filter(|m| m.relation != Relation::Canonical && m.id != m.canonical_id)
    {
        let draft = draft_of(&member.id);
        doc.urls.extend(draft.subject.urls.iter().cloned());
        doc.aliases.push(alias(member, draft));
    }
    doc.urls = doc
        .urls
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    doc.aliases.sort_by(|a, b| a.id.cmp(&b.id));
    doc.canonical_reason = members
        .iter()
        .find(|member| member.relation == Relation::Canonical)
        .map(|member| member.reason.clone());
    doc.relations = of_cluster(members, relations);
    NewDocument {
        doc,
        markdown: thresh_cleaner::to_markdown(&canonical.cleaned.text),
        removed: removed(&canonical.cleaned),
    }
}

/// Returns the relations of all members, sorted: an alias has those of its own text, too.
fn of_cluster(
    members: &[&ClusterMember],
    relations: &BTreeMap<&str, Vec<&NonMerging>>,
) -> Vec<NonMerging> {
    let of = |member: &&ClusterMember| relations.get(member.id.as_str()).into_iter().flatten();
    let mut found: Vec<NonMerging> = members.iter().flat_map(of).map(|r| (*r).clone()).collect();
    found.sort_by(|x, y| (&x.a, &x.b, x.relation).cmp(&(&y.a, &y.b, y.relation)));
    found.dedup_by(|x, y| (&x.a, &x.b, x.relation) == (&y.a, &y.b, y.relation));
    found
}

fn alias(member: &ClusterMember, draft: &Draft) -> Alias {
    Alias {
        id: draft.subject.id.clone(),
        url: address(draft),
        relation: member.relation,
        jaccard: member.jaccard,
        containment: member.containment,
        reason: member.reason.clone(),
    }
}

fn record(draft: &Draft, member: &ClusterMember) -> Document {
    let metadata = &draft.metadata;
    let reasons: Vec<String> = draft
        .cleaned
        .needs_review
        .iter()
        .chain(&metadata.warnings)
        .cloned()
        .collect();
    Document {
        id: draft.subject.id.clone(),
        cluster_id: member
            .cluster_id
            .parse()
            .expect("cluster ids are document ids"),
        aliases: Vec::new(),
        canonical_reason: None,
        url: address(draft),
        urls: draft.subject.urls.iter().cloned().collect(),
        site: draft.subject.site.clone(),
        title: metadata.title.as_ref().map(|e| e.value.clone()),
        author: metadata.author.as_ref().map(|e| e.value.clone()),
        date: metadata.date.as_ref().map(|e| e.value),
        date_evidence: metadata.date.clone(),
        dateline: metadata.dateline.as_ref().map(|e| e.value.clone()),
        modified: metadata.modified.as_ref().map(|e| e.value),
        language: metadata.language.as_ref().map(|e| e.value.clone()),
        doc_type: metadata.doc_type.as_ref().map(|e| e.value.clone()),
        doc_numbers: metadata
            .doc_numbers
            .iter()
            .map(|e| e.value.clone())
            .collect(),
        publisher: metadata.publisher.as_ref().map(|e| e.value.clone()),
        tags: metadata.tags.clone(),
        speakers: metadata.speakers.clone(),
        licence: metadata
            .licence
            .as_ref()
            .map_or_else(|| "unknown".to_owned(), |e| e.value.clone()),
        text: thresh_cleaner::to_text(&draft.cleaned.text),
        status: draft.subject.status,
        needs_review: !reasons.is_empty(),
        review_reasons: reasons,
        relations: Vec::new(),
        attachments: metadata.attachments.clone(),
        translations: metadata.translations.clone(),
        provenance: Some(provenance(draft)),
    }
}

/// Returns the address that a document goes by: the one that the page calls its own, if the document was
/// seen there, else the shortest that answered. Which of several twins was fetched last must not decide.
fn address(draft: &Draft) -> String {
    let declared = draft
        .metadata
        .canonical_url
        .as_ref()
        .map(|canonical| &canonical.value);
    let seen = |url: &&String| draft.subject.urls.contains(*url);
    let answered = draft
        .subject
        .candidates
        .iter()
        .map(|capture| &capture.final_url);
    let shortest = answered.min_by_key(|url| (url.len(), *url));
    declared
        .filter(seen)
        .or(shortest)
        .cloned()
        .unwrap_or_default()
}

fn provenance(draft: &Draft) -> Provenance {
    let dropped = draft
        .cleaned
        .text
        .dropped()
        .map(|(_, rule, _)| rule.clone());
    let repaired = draft
        .cleaned
        .text
        .kept()
        .flat_map(|block| &block.repairs)
        .map(|r| r.rule.clone());
    let rules: BTreeSet<RuleId> = dropped.chain(repaired).collect();
    let said = draft.signals.recorded();
    Provenance {
        fetched_at: draft.capture.fetched_at,
        warc: draft.capture.warc.clone(),
        offset: draft.capture.offset,
        payload_sha256: draft.capture.payload_digest,
        rules: rules.into_iter().collect(),
        stages: stages(),
        directives: said.directives,
        canonical: said.canonical.map(|url| CanonicalClaim {
            agrees: url == address(draft),
            url,
        }),
        refresh: said.refresh,
        base: said.base,
        tdm_policy: said.tdm_policy,
    }
}

/// Returns what was removed, with rule and reason, in the order of the page.
pub(crate) fn removed(cleaned: &Cleaned) -> Vec<RemovedBlock> {
    cleaned
        .text
        .dropped()
        .map(|(block, rule, why)| RemovedBlock {
            rule: rule.clone(),
            why: why.to_owned(),
            text: block.text.clone(),
        })
        .collect()
}
