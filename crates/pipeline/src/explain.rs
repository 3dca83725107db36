//! Tells why a document is as it is.
//!
//! Everything is computed anew from the captures, with today's configuration: the same functions as
//! curation calls, so that an explanation cannot tell another story than the version.

use serde::Serialize;
use thresh_config::Config;
use thresh_corpus::{Corpus, Filter};
use thresh_fetcher::robots;
use thresh_types::{
    Alias, Anchor, BlockKind, Candidate, CanonicalUrl, Capture, CaptureKind, DocId, Fate, Metadata,
    NonMerging, Repair,
};

use crate::PipelineError;
use crate::draft::{Settled, settle};
use crate::event::{Event, Observer};
use crate::knowledge::Knowledge;
use crate::record::{ROBOTS_TOKEN, body_text};
use crate::records::Records;
use crate::select::{Subject, subjects};

/// A block of the page with its fate.
#[derive(Debug, Clone, Serialize)]
pub struct BlockView {
    /// The name of the block within its page.
    pub anchor: Anchor,
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Kept or dropped, with rule and reason.
    #[serde(flatten)]
    pub fate: Fate,
    /// What was repaired in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
}

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
    /// Why it is in no version, where it is in none.
    pub withheld: Option<String>,
    /// Every block of the page.
    pub blocks: Vec<BlockView>,
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
    let knowledge = Knowledge::gather(config, &all, &records)?;
    observe(Event::StepStarted {
        step: crate::Step::Clean,
        items: 1,
    });
    let settled = settle(&subject, &records, &knowledge)?;
    observe(Event::StepAdvanced { items: 1 });
    let mut explanation = view(&subject, settled);
    explanation.robots = robots_line(corpus, &captures, &explanation.capture)?;
    add_cluster(corpus, &mut explanation)?;
    Ok(explanation)
}

/// Returns what the robots.txt that was in force says of the address: the newest one archived before.
fn robots_line(
    corpus: &Corpus,
    captures: &[Capture],
    capture: &Capture,
) -> Result<Option<String>, PipelineError> {
    let Ok(url) = capture.final_url.parse::<CanonicalUrl>() else {
        return Ok(None);
    };
    let place = url.origin().at("/robots.txt").map(String::from);
    let in_force = captures
        .iter()
        .filter(|c| c.kind == CaptureKind::Robots && Some(&c.url) == place.as_ref())
        .filter(|c| c.fetched_at <= capture.fetched_at)
        .max_by_key(|c| c.fetched_at);
    let Some(robots) = in_force else {
        return Ok(None);
    };
    let when = robots
        .fetched_at
        .map(|at| format!(", fetched {at:.0}"))
        .unwrap_or_default();
    let file = format!("{}{when}", robots.url);
    if robots.status != 200 {
        return Ok(Some(format!(
            "{file}: status {}, so there are no rules",
            robots.status
        )));
    }
    let body = body_text(&corpus.read_payload(robots)?).unwrap_or_default();
    let decision = robots::parse(body.as_bytes()).decide(ROBOTS_TOKEN, &url);
    let verdict = if decision.allowed {
        "allowed"
    } else {
        "forbidden"
    };
    Ok(Some(match decision.line {
        Some((number, line)) => format!("{file}: {verdict} by line {number}, `{line}`"),
        None => format!("{file}: no line speaks of the address, so it is {verdict}"),
    }))
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

fn view(subject: &Subject, settled: Settled) -> Explanation {
    let mut explanation = Explanation {
        id: subject.id.clone(),
        site: subject.site.to_string(),
        key: subject.key.clone(),
        url: subject.candidates[0].final_url.clone(),
        urls: subject.urls.iter().cloned().collect(),
        capture: subject.candidates[0].clone(),
        other_captures: subject.candidates.len() - 1,
        robots: None,
        withheld: None,
        blocks: Vec::new(),
        metadata: None,
        candidates: Vec::new(),
        aliases: Vec::new(),
        canonical: None,
        relations: Vec::new(),
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
            explanation.blocks = draft
                .cleaned
                .text
                .blocks
                .into_iter()
                .map(block_view)
                .collect();
        }
    }
    explanation
}

fn block_view(block: thresh_types::Block) -> BlockView {
    BlockView {
        anchor: block.anchor,
        kind: block.kind,
        path: block.path,
        text: block.text,
        fate: block.fate,
        repairs: block.repairs,
    }
}

/// Adds what the latest version says of the document's cluster.
fn add_cluster(corpus: &Corpus, explanation: &mut Explanation) -> Result<(), PipelineError> {
    let Some(latest) = corpus.versions().list()?.pop() else {
        return Ok(());
    };
    for leaf in latest.leaves()? {
        let document = latest.document(&leaf)?;
        let named = document.id == explanation.id
            || document.aliases.iter().any(|a| a.id == explanation.id);
        if named {
            explanation.canonical = Some(document.id);
            explanation.aliases = document.aliases;
            explanation.relations = document.relations;
            break;
        }
    }
    Ok(())
}
