//! Pass 2 of curation: one subject becomes a draft document or is withheld.

use thresh_cleaner::{Cleaned, Context, PageType};
use thresh_metadata_extractor::{Gathered, Input, SiteFacts};
use thresh_page::Directives;
use thresh_types::{CanonicalUrl, Capture, Evidence, Field, Metadata, Withheld};

use crate::PipelineError;
use crate::knowledge::Knowledge;
use crate::record::{Content, PageRecord};
use crate::records::Records;
use crate::select::Subject;

/// A document before it is compared with others.
#[derive(Debug)]
pub(crate) struct Draft {
    /// What it is of.
    pub subject: Subject,
    /// The capture that speaks.
    pub capture: Capture,
    /// Its blocks, kept and dropped.
    pub cleaned: Cleaned,
    /// What is known of it.
    pub metadata: Metadata,
}

/// What became of a subject.
#[derive(Debug)]
pub(crate) enum Settled {
    /// A document.
    Document(Box<Draft>),
    /// No document, for the reason given.
    Withheld(Withheld),
}

/// Why a capture is no document, and whether an older one may speak instead.
#[derive(Debug)]
struct Objection {
    reason: &'static str,
    detail: String,
    older_may_speak: bool,
}

/// Decides `subject` by the newest of its captures that is a document.
///
/// # Errors
/// When the archive cannot be read.
pub(crate) fn settle(
    subject: &Subject,
    records: &Records<'_>,
    knowledge: &Knowledge<'_>,
) -> Result<Settled, PipelineError> {
    let mut first: Option<Objection> = None;
    for capture in &subject.candidates {
        match draft(subject, capture, records.get(capture)?, knowledge) {
            Ok(draft) => return Ok(Settled::Document(Box::new(draft))),
            Err(objection) => {
                let stop = !objection.older_may_speak;
                first.get_or_insert(objection);
                if stop {
                    break;
                }
            }
        }
    }
    let objection = first.expect("a subject has a capture");
    Ok(Settled::Withheld(Withheld {
        id: subject.id.clone(),
        url: subject.candidates[0].final_url.clone(),
        reason: objection.reason.to_owned(),
        detail: objection.detail,
    }))
}

fn draft(
    subject: &Subject,
    capture: &Capture,
    record: PageRecord,
    knowledge: &Knowledge<'_>,
) -> Result<Draft, Objection> {
    forbidden(&record.directives)?;
    let Content::Blocks {
        segmentation,
        gathered,
    } = record.content
    else {
        let Content::Unreadable { detail } = record.content else {
            unreachable!("two variants")
        };
        return Err(Objection {
            reason: "unreadable",
            detail,
            older_may_speak: true,
        });
    };
    let url = capture.final_url.parse::<CanonicalUrl>().ok();
    let cleaned = clean(&segmentation, &gathered, subject, url.as_ref(), knowledge);
    acceptable(&cleaned)?;
    let metadata = describe(
        &gathered,
        &cleaned,
        capture,
        subject,
        url.as_ref(),
        knowledge,
    );
    Ok(Draft {
        subject: subject.clone(),
        capture: capture.clone(),
        cleaned,
        metadata,
    })
}

/// Cleans one page with what is known of its site.
pub(crate) fn clean(
    segmentation: &thresh_cleaner::Segmentation,
    gathered: &Gathered,
    subject: &Subject,
    url: Option<&CanonicalUrl>,
    knowledge: &Knowledge<'_>,
) -> Cleaned {
    let site = knowledge
        .site(&subject.site)
        .expect("knowledge was gathered from the same subjects");
    let titles: Vec<String> = gathered
        .candidates
        .iter()
        .filter(|candidate| candidate.field == Field::Title)
        .map(|candidate| candidate.value.clone())
        .collect();
    thresh_cleaner::clean(
        segmentation,
        &Context {
            rules: &site.rules,
            profile: Some(&site.profile),
            vocabulary: &knowledge.vocabulary,
            settings: knowledge.config.curate,
            url,
            titles: &titles,
        },
    )
}

fn describe(
    gathered: &Gathered,
    cleaned: &Cleaned,
    capture: &Capture,
    subject: &Subject,
    url: Option<&CanonicalUrl>,
    knowledge: &Knowledge<'_>,
) -> Metadata {
    let file = knowledge.site_file(&subject.site);
    let mut metadata = thresh_metadata_extractor::resolve(&Input {
        gathered,
        text: &cleaned.text,
        url,
        fetched_at: capture.fetched_at,
        site: SiteFacts {
            name: file.map(|f| f.name.as_str()),
            languages: file.map_or(&[], |f| &f.languages),
            licence: file.map_or("unknown", |f| &f.licence),
        },
        recurring: knowledge.site(&subject.site).map(|site| &site.recurring),
        attachments: &cleaned.attachments,
        page_type: cleaned.page_type.as_str(),
    });
    metadata.page_type.get_or_insert_with(|| Evidence {
        value: cleaned.page_type.as_str().to_owned(),
        source: thresh_types::Source::Text,
        raw: None,
        confidence: 50,
    });
    metadata
}

/// Pages whose owner asks that they be neither indexed nor kept in copies stay out of versions.
fn forbidden(directives: &Directives) -> Result<(), Objection> {
    let named = [
        (directives.noindex, "noindex"),
        (directives.noarchive, "noarchive"),
        (directives.noai, "noai"),
        (directives.tdm_reservation, "tdm-reservation"),
    ];
    match named.into_iter().find(|(set, _)| *set) {
        None => Ok(()),
        Some((_, name)) => Err(Objection {
            reason: "directive",
            detail: format!("{name}: {}", directives.seen.join(", ")),
            older_may_speak: false,
        }),
    }
}

fn acceptable(cleaned: &Cleaned) -> Result<(), Objection> {
    let (reason, older_may_speak) = match cleaned.page_type {
        PageType::Listing => ("listing", false),
        PageType::Interstitial => ("interstitial", true),
        PageType::Soft404 => ("soft-404", true),
        PageType::Login => ("login", true),
        _ if cleaned.text.kept().next().is_none() => ("empty", true),
        _ => return Ok(()),
    };
    let detail = cleaned.needs_review.join("; ");
    Err(Objection {
        reason,
        detail,
        older_may_speak,
    })
}
