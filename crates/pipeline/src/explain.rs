//! Tells why a document is as it is.
//!
//! Everything is computed anew from the captures, with today's configuration: the same functions as
//! curation calls, so that an explanation cannot tell another story than the version.

use serde::Serialize;
use thresh_config::Config;
use thresh_corpus::{Corpus, Filter};
use thresh_types::{
    Alias, Candidate, CanonicalUrl, Capture, DocId, Metadata, NonMerging, PageSignals,
};

use crate::draft::{Settled, settle};
use crate::event::{Event, Observer};
use crate::knowledge::Knowledge;
use crate::page_view::{self, BlockView, Budget};
use crate::pairs::{ExplainedPair, Texts};
use crate::record::Content;
use crate::records::Records;
use crate::select::{Subject, subjects};
use crate::signals::{self, Reservations};
use crate::{PipelineError, robots_file};

/// Why a document is as it is.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The document.
    pub id: DocId,
    /// Its site.
    pub site: String,
    /// Its key within the site.
    pub key: String,
    /// The address of the capture that speaks.
    pub url: String,
    /// Every address that leads to it.
    pub urls: Vec<String>,
    /// The capture that speaks.
    pub capture: Capture,
    /// How many other captures could speak.
    pub other_captures: usize,
    /// Which line of which robots.txt allowed the address, where one is archived.
    pub robots: Option<String>,
    /// What the page says to crawlers, by its markup, the headers that hold today and the file of its
    /// origin.
    pub signals: PageSignals,
    /// What it says that was passed over, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Why it is in no version, where it is in none.
    pub withheld: Option<String>,
    /// Every block of the page.
    pub blocks: Vec<BlockView>,
    /// Where the page's words went, and whether a person should look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// The metadata with its evidence.
    pub metadata: Option<Metadata>,
    /// Every candidate that was weighed.
    pub candidates: Vec<Candidate>,
    /// The documents merged with it in the latest version.
    pub aliases: Vec<Alias>,
    /// The document that speaks for its cluster in the latest version.
    pub canonical: Option<DocId>,
    /// Relations that did not merge, in the latest version.
    pub relations: Vec<NonMerging>,
    /// Why its canonical document speaks for its cluster, in the latest version; `None` where it is
    /// alone.
    pub canonical_reason: Option<String>,
    /// Every alias and every relation again, with the texts beside each other.
    pub pairs: Vec<ExplainedPair>,
}

/// Explains the document that `name` (an address or an identifier) names.
///
/// # Errors
/// When nothing answers to the name, or the archive cannot be read.
pub fn explain(
    corpus: &Corpus,
    config: &Config,
    name: &str,
    observe: Observer<'_>,
) -> Result<Explanation, PipelineError> {
    let captures = corpus.captures(&Filter::default())?;
    let all = subjects(&captures, config);
    let subject = find(&all, name)
        .ok_or_else(|| PipelineError::UnknownDocument(name.to_owned()))?
        .clone();
    // The other pages of the site matter: its profile speaks, and so do the words of the corpus.
    let records = Records::read(corpus, &all, observe)?;
    let reservations = Reservations::gather(corpus, &captures)?;
    let knowledge = Knowledge::gather(config, &all, &records, reservations)?;
    observe(Event::StepStarted {
        step: crate::Step::Clean,
        items: 1,
    });
    let settled = settle(&subject, &records, &knowledge)?;
    observe(Event::StepAdvanced { items: 1 });
    let mut explanation = view(&subject, settled, &records, config)?;
    add_signals(&subject, &records, &knowledge, &mut explanation)?;
    if let Ok(url) = explanation.capture.final_url.parse() {
        let at = explanation.capture.fetched_at;
        explanation.robots = robots_file::verdict(corpus, &captures, &url, at)?;
    }
    let texts = Texts {
        subjects: &all,
        records: &records,
        knowledge: &knowledge,
    };
    add_cluster(corpus, &texts, &mut explanation)?;
    Ok(explanation)
}

fn find<'a>(subjects: &'a [Subject], name: &str) -> Option<&'a Subject> {
    let canonical = name.parse::<CanonicalUrl>().map(String::from).ok();
    subjects.iter().find(|subject| {
        subject.id.as_str() == name
            || subject.urls.contains(name)
            || canonical
                .as_ref()
                .is_some_and(|url| subject.urls.contains(url))
            || subject.candidates[0].import_id.as_deref() == Some(name)
    })
}

fn view(
    subject: &Subject,
    settled: Settled,
    records: &Records<'_>,
    config: &Config,
) -> Result<Explanation, PipelineError> {
    let mut explanation = Explanation {
        id: subject.id.clone(),
        site: subject.site.to_string(),
        key: subject.key.clone(),
        url: subject.candidates[0].final_url.clone(),
        urls: subject.urls.iter().cloned().collect(),
        capture: subject.candidates[0].clone(),
        other_captures: subject.candidates.len() - 1,
        robots: None,
        signals: PageSignals::default(),
        remarks: Vec::new(),
        withheld: None,
        blocks: Vec::new(),
        budget: None,
        metadata: None,
        candidates: Vec::new(),
        aliases: Vec::new(),
        canonical: None,
        relations: Vec::new(),
        canonical_reason: None,
        pairs: Vec::new(),
    };
    match settled {
        Settled::Withheld(page) => {
            explanation.withheld = Some(format!("{}: {}", page.reason, page.detail));
        }
        Settled::Document(draft) => {
            let mut metadata = draft.metadata;
            explanation.candidates = std::mem::take(&mut metadata.candidates);
            explanation.metadata = Some(metadata);
            explanation.url.clone_from(&draft.capture.final_url);
            explanation.capture = draft.capture;
            // The draft holds the outcome alone; what was measured is in the record.
            if let Content::Blocks { segmentation, .. } = records.get(&explanation.capture)?.content
            {
                let blocks = page_view::blocks(&segmentation, &draft.cleaned);
                let budget = page_view::budget(&blocks, &draft.cleaned, &config.curate);
                (explanation.blocks, explanation.budget) = (blocks, Some(budget));
            }
        }
    }
    Ok(explanation)
}

fn add_signals(
    subject: &Subject,
    records: &Records<'_>,
    knowledge: &Knowledge<'_>,
    explanation: &mut Explanation,
) -> Result<(), PipelineError> {
    let capture = &explanation.capture;
    let record = records.get(capture)?;
    let reservations = &knowledge.reservations;
    let said = signals::of_capture(subject, capture, &record, records, reservations)?;
    explanation.signals = said.recorded();
    explanation.remarks = said.notes;
    Ok(())
}

/// Adds what the latest version says of the document's cluster.
fn add_cluster(
    corpus: &Corpus,
    texts: &Texts<'_, '_>,
    explanation: &mut Explanation,
) -> Result<(), PipelineError> {
    let Some(latest) = corpus.versions().list()?.pop() else {
        return Ok(());
    };
    for leaf in latest.leaves()? {
        let document = latest.document(&leaf)?;
        let named = document.id == explanation.id
            || document.aliases.iter().any(|a| a.id == explanation.id);
        if named {
            explanation.pairs = texts.pairs(&document)?;
            explanation.canonical_reason = document.canonical_reason;
            explanation.canonical = Some(document.id);
            explanation.aliases = document.aliases;
            explanation.relations = document.relations;
            break;
        }
    }
    Ok(())
}
