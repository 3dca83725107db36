//! Pass 2 of curation: one subject becomes a draft document or is withheld.

use thresh_cleaner::{Cleaned, Context, PageType, StandInKind};
use thresh_metadata_extractor::{Gathered, Input, SiteFacts};
use thresh_page::{Directives, Signals};
use thresh_types::{CanonicalUrl, Capture, Evidence, Field, Metadata, Withheld};

use crate::PipelineError;
use crate::knowledge::Knowledge;
use crate::record::{Content, PageRecord};
use crate::records::Records;
use crate::select::Subject;
use crate::signals;

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
    /// What it says to crawlers.
    pub signals: Signals,
    /// Whether a sitemap lists its address.
    pub listed: bool,
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
        // Not even read: a part can be as large as any body gets.
        if let Err(objection) = whole(capture) {
            first.get_or_insert(objection);
            continue;
        }
        let record = records.get(capture)?;
        let reservations = &knowledge.reservations;
        let said = signals::of_capture(subject, capture, &record, records, reservations)?;
        match draft(subject, capture, record, said, knowledge) {
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
    signals: Signals,
    knowledge: &Knowledge<'_>,
) -> Result<Draft, Objection> {
    let url = capture.final_url.parse::<CanonicalUrl>().ok();
    forbidden(&signals).map_err(|objection| {
        let own = excused(&signals, &record, subject, url.as_ref(), knowledge);
        own.unwrap_or(objection)
    })?;
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
    let cleaned = clean(&segmentation, &gathered, subject, url.as_ref(), knowledge);
    not_a_stub(&signals, &cleaned).map_err(|stub| {
        // A captcha that reloads is one; a page that only says it leads on is a redirect.
        let named = stands_in(&cleaned).filter(|_| !is_unnamed(&cleaned));
        named.unwrap_or(stub)
    })?;
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
        signals,
        listed: false,
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

/// The reason under which pages stay out whose owner asks for it.
const DIRECTIVE: &str = "directive";

/// Pages whose owner asks that they be neither indexed, kept in copies nor mined stay out of versions.
fn forbidden(signals: &Signals) -> Result<(), Objection> {
    let directives = &signals.directives;
    let Some(name) = deciding(directives) else {
        return Ok(());
    };
    let terms = match &signals.tdm_policy {
        Some(policy) if directives.tdm_reservation => format!(" (terms: {policy})"),
        _ => String::new(),
    };
    Err(Objection {
        reason: DIRECTIVE,
        detail: format!("{name}: {}{terms}", directives.seen.join(", ")),
        older_may_speak: false,
    })
}

/// Returns the directive that keeps a page out; the first where there are several.
fn deciding(directives: &Directives) -> Option<&'static str> {
    let named = [
        (directives.noindex, "noindex"),
        (directives.noarchive, "noarchive"),
        (directives.noai, "noai"),
        (directives.tdm_reservation, "tdm-reservation"),
    ];
    named
        .into_iter()
        .find(|(set, _)| *set)
        .map(|(_, name)| name)
}

/// Returns the directive that kept the page out, if one did.
pub(crate) fn directive_of(page: &Withheld) -> Option<&str> {
    let is_directive = page.reason == DIRECTIVE;
    let (name, _) = page.detail.split_once(':').filter(|_| is_directive)?;
    Some(name)
}

/// Part of a page is no document: what is missing may be what it says.
fn whole(capture: &Capture) -> Result<(), Objection> {
    match capture.truncated {
        None => Ok(()),
        Some(why) => Err(Objection {
            reason: "truncated",
            detail: format!("the body is not whole: {}", why.as_str()),
            older_may_speak: true,
        }),
    }
}

/// A refresh that comes within so many seconds is a redirect; later ones are news that reload.
const STUB_SECONDS: u64 = 10;

/// A page with so many words has something to say although it leads on.
const STUB_WORDS: usize = 60;

/// A page that only leads elsewhere is a redirect in HTML. An older capture speaks, as with a redirect.
fn not_a_stub(signals: &Signals, cleaned: &Cleaned) -> Result<(), Objection> {
    let Some(refresh) = &signals.refresh else {
        return Ok(());
    };
    let Some(target) = &refresh.target else {
        return Ok(());
    };
    let kept = cleaned.text.kept();
    let words: usize = kept
        .map(|block| block.text.split_whitespace().count())
        .sum();
    if refresh.seconds > STUB_SECONDS || words >= STUB_WORDS {
        return Ok(());
    }
    Err(Objection {
        reason: "redirect-stub",
        detail: format!(
            "leads to {target} after {} s, {words} words",
            refresh.seconds
        ),
        older_may_speak: true,
    })
}

/// What a page in place of the page asks for is not what the page asks for: a captcha is never to be
/// indexed. A reservation of mining rights holds all the same, as sites put it on all they send.
fn excused(
    signals: &Signals,
    record: &PageRecord,
    subject: &Subject,
    url: Option<&CanonicalUrl>,
    knowledge: &Knowledge<'_>,
) -> Option<Objection> {
    let Content::Blocks {
        segmentation,
        gathered,
    } = &record.content
    else {
        return None;
    };
    if signals.directives.noai || signals.directives.tdm_reservation {
        return None;
    }
    stands_in(&clean(segmentation, gathered, subject, url, knowledge))
}

/// Returns the objection to a page that stands in for the page that was asked for.
fn stands_in(cleaned: &Cleaned) -> Option<Objection> {
    cleaned.stand_in.as_ref().map(|stand_in| Objection {
        reason: stand_in.kind.reason(),
        detail: stand_in.evidence.clone(),
        older_may_speak: true,
    })
}

fn is_unnamed(cleaned: &Cleaned) -> bool {
    let kind = cleaned.stand_in.as_ref().map(|stand_in| stand_in.kind);
    kind == Some(StandInKind::Interstitial)
}

fn acceptable(cleaned: &Cleaned) -> Result<(), Objection> {
    if let Some(objection) = stands_in(cleaned) {
        return Err(objection);
    }
    let (reason, older_may_speak) = match cleaned.page_type {
        PageType::Listing => ("listing", false),
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
