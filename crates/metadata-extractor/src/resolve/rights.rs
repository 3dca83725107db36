//! Citation, files, tags, licence and the address that a page calls its own.

use thresh_types::{Attachment, Block, Candidate, Citation, Evidence, Field, Metadata, Source};

use super::places::best;
use super::{Input, derived};
use crate::citation::{self, cited};
use crate::gather::tag_line;
use crate::values::key;

const MAX_TAGS: usize = 40;

/// Decides which work the page presents: one that its text cites in a line of its own.
pub(super) fn citation(input: &Input<'_>, metadata: &mut Metadata) {
    let offered = input
        .gathered
        .of(Field::Citation)
        .filter(|c| stands_in_text(input, c));
    let best: Option<(Candidate, Citation)> = offered
        .filter_map(|c| Some((c.clone(), cited(&c.value)?.citation)))
        .enumerate()
        .max_by_key(|(i, (c, _))| (c.confidence, std::cmp::Reverse(*i)))
        .map(|(_, found)| found);
    metadata.citation = best
        .or_else(|| from_text(input))
        .map(|(candidate, value)| Evidence {
            value,
            source: Source::CitationLine,
            // A file behind the line shows that the page is there for the work.
            confidence: if input.attachments.is_empty() {
                candidate.confidence
            } else {
                candidate.confidence.max(80)
            },
            raw: Some(candidate.raw),
        });
}

/// A citation in a card of another page was dropped with the card. The cleaner may have repaired the
/// line, so only its letters and digits are compared.
fn stands_in_text(input: &Input<'_>, candidate: &Candidate) -> bool {
    let cited = key(&candidate.value);
    let own = |block: &&Block| !super::opening::is_foreign_by_rule(block);
    let blocks = &input.text.blocks;
    blocks.is_empty()
        || blocks
            .iter()
            .filter(own)
            .any(|block| key(&block.text).contains(&cited))
}

fn from_text(input: &Input<'_>) -> Option<(Candidate, Citation)> {
    let mut found = input
        .text
        .kept()
        .filter_map(|block| Some((block, cited(&block.text)?)));
    let (block, cited) = found.next()?;
    let only = found.next().is_none();
    let confidence = if cited.downloads { 85 } else { 60 };
    let candidate = derived(
        Field::Citation,
        Source::CitationLine,
        "line",
        &block.text,
        citation::line(&cited.citation),
        confidence,
    );
    (only || cited.downloads).then_some((candidate, cited.citation))
}

/// Joins the files that page and cleaner found; one file is one attachment.
pub(super) fn files(input: &Input<'_>, metadata: &mut Metadata) {
    let mut files: Vec<Attachment> = Vec::new();
    for file in input.attachments.iter().chain(&input.gathered.attachments) {
        match files.iter_mut().find(|known| {
            known.url == file.url && (!file.url.is_empty() || known.label == file.label)
        }) {
            Some(known) => {
                known.label = known.label.take().or_else(|| file.label.clone());
                known.media_type = known.media_type.take().or_else(|| file.media_type.clone());
            }
            None => files.push(file.clone()),
        }
    }
    metadata.attachments = files;
}

/// Collects the tags in the order of the page, without repeats: those of a `TAGS:` line only if the
/// cleaner did not drop it with the card of another page.
pub(super) fn tags(input: &Input<'_>, metadata: &mut Metadata) {
    let blocks = input.text.blocks.iter();
    let lines: Vec<&str> = blocks
        .filter_map(|block| Some((block, tag_line(&block.text)?)))
        .filter(|(block, _)| !super::opening::is_foreign(block))
        .map(|(_, line)| line)
        .collect();
    let line = if let [only] = lines[..] { only } else { "" };
    let declared = input
        .gathered
        .of(Field::Tag)
        .filter(|c| c.source != Source::Text || line.contains(&c.value))
        .map(|c| c.value.as_str());
    let mut tags: Vec<String> = Vec::new();
    for tag in declared
        .chain(line.split([',', ';', '|']).map(str::trim))
        .filter(|t| !t.is_empty())
    {
        if tags.len() < MAX_TAGS
            && !tags
                .iter()
                .any(|known| known.to_lowercase() == tag.to_lowercase())
        {
            tags.push(tag.to_owned());
        }
    }
    metadata.tags = tags;
}

/// Decides the licence: what the page declares, else the site's; unknown stays empty.
pub(super) fn licence(input: &Input<'_>, metadata: &mut Metadata) {
    let configured =
        Some(input.site.licence).filter(|licence| !licence.is_empty() && *licence != "unknown");
    metadata.licence = best(metadata, Field::Licence).or_else(|| {
        configured.map(|licence| Evidence {
            value: licence.to_owned(),
            source: Source::Config,
            raw: None,
            confidence: 50,
        })
    });
}

/// Takes the address that the page calls its own; across hosts it is only a hint.
pub(super) fn canonical(input: &Input<'_>, metadata: &mut Metadata) {
    let host = |url: &str| {
        url.parse::<thresh_types::CanonicalUrl>()
            .ok()
            .and_then(|u| {
                u.as_url()
                    .host_str()
                    .map(|h| h.trim_start_matches("www.").to_owned())
            })
    };
    metadata.canonical_url = best(metadata, Field::CanonicalUrl);
    let own = input.url.and_then(|url| host(url.as_str()));
    let Some(claimed) = &mut metadata.canonical_url else {
        return;
    };
    if own.is_some() && host(&claimed.value) != own {
        // A mirror, a syndicated copy or a moved site: a hint with little weight, and no question for a
        // person, since it stands on every page of such a site.
        claimed.confidence = 30;
    }
}
