//! Captures + configuration + decisions → a version.
//!
//! 1. [`crate::select`] says which captures can speak for which document.
//! 2. Pass 1 ([`crate::record`]) reads each chosen capture once; its record is cached.
//! 3. Per site, all records together give the repetition profile and the values that recur.
//! 4. Pass 2 ([`crate::draft`]) decides blocks, then metadata.
//! 5. The deduplicator groups the cleaned bodies; [`crate::assemble`] makes the records.
//! 6. The gates are asked, then the version is written.
//!
//! Everything here is a pure function of its inputs, whatever the number of threads: parallel steps
//! collect in the order of their items.

use std::collections::BTreeMap;

use thresh_cleaner::RuleSet;
use thresh_config::Config;
use thresh_corpus::{Corpus, Event, Filter, Inputs, NewVersion, Published};
use thresh_types::{Capture, SiteId, VersionId, Withheld};

use crate::assemble::assemble;
use crate::dedup_index::DedupIndex;
use crate::draft::{Draft, Settled, directive_of, settle};
use crate::event::{Event as Progress, Observer, Step};
use crate::job::Job;
use crate::knowledge::Knowledge;
use crate::records::Records;
use crate::select::{Subject, subjects};
use crate::signals::Reservations;
use crate::{PipelineError, listed};

/// The version of this module's own logic: selection, withholding, assembly.
pub const STAGE: &str = "pipeline/3";

/// What a person asks of a curation.
#[derive(Debug, Clone, Default)]
pub struct CurateOptions {
    /// Why a version that the gates refuse is published all the same.
    pub force: Option<String>,
    /// Whether to stop before writing.
    pub dry_run: bool,
}

/// How a curation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CurateOutcome {
    /// A new version was published.
    Published {
        /// Its number.
        n: u64,
        /// Its identity.
        id: VersionId,
    },
    /// The documents are those of the latest version: nothing was written.
    Unchanged {
        /// The latest version's number.
        n: u64,
        /// Its identity.
        id: VersionId,
    },
    /// A gate refused the version; nothing was written.
    Refused {
        /// Why, naming the remedy.
        reason: String,
    },
    /// The version would have been new; nothing was written, as asked.
    DryRun,
    /// There are no captures, hence no version.
    Nothing,
}

/// What a curation found.
#[derive(Debug, Clone)]
pub struct CurateReport {
    /// How it ended.
    pub outcome: CurateOutcome,
    /// Captures of pages that were weighed.
    pub captures: usize,
    /// Documents published.
    pub documents: usize,
    /// Copies merged into another document.
    pub merged: usize,
    /// Pages withheld, counted by reason.
    pub withheld: BTreeMap<String, usize>,
    /// Pages withheld for a directive, counted by the one that decided: `noindex`, `noarchive`, `noai`,
    /// `tdm-reservation`.
    pub directives: BTreeMap<String, usize>,
    /// Blocks removed, counted by rule.
    pub removed: BTreeMap<String, usize>,
    /// Documents that a person should look at.
    pub needs_review: usize,
}

/// A version that was computed but not written.
#[derive(Debug)]
pub(crate) struct Built {
    /// The version.
    pub version: NewVersion,
    /// Copies merged into another document.
    pub merged: usize,
    /// Captures of pages that were weighed.
    pub captures: usize,
}

/// Computes the version that `captures` give, without writing it. What the deduplicator knows from
/// before is in `index`: it saves work and changes nothing.
///
/// # Errors
/// When the archive or the cache cannot be read, or a rule pack does not compile.
pub(crate) fn build(
    corpus: &Corpus,
    config: &Config,
    captures: &[Capture],
    inputs: Inputs,
    decisions_snapshot: String,
    index: Option<&DedupIndex>,
    observe: Observer<'_>,
) -> Result<Built, PipelineError> {
    let subjects = subjects(captures, config);
    let records = Records::read(corpus, &subjects, observe)?;
    let reservations = Reservations::gather(corpus, captures)?;
    let knowledge = Knowledge::gather(config, &subjects, &records, reservations)?;
    let (mut drafts, withheld) = decide(&subjects, &records, &knowledge, observe)?;
    listed::mark(&mut drafts, corpus, captures)?;
    observe(Progress::StepStarted {
        step: Step::Group,
        items: drafts.len(),
    });
    let assembled = assemble(drafts, config, index)?;
    observe(Progress::StepAdvanced {
        items: assembled.documents.len() + assembled.merged,
    });
    let version = NewVersion {
        documents: assembled.documents,
        withheld,
        inputs,
        config_snapshot: config.to_snapshot(),
        decisions_snapshot,
    };
    Ok(Built {
        version,
        merged: assembled.merged,
        captures: subjects.len(),
    })
}

/// Returns the versions of every stage that a version depends on.
pub fn stages() -> Vec<String> {
    [
        STAGE,
        thresh_cleaner::STAGE,
        thresh_metadata_extractor::STAGE,
        thresh_deduplicator::STAGE,
    ]
    .map(str::to_owned)
    .to_vec()
}

fn decide(
    subjects: &[Subject],
    records: &Records<'_>,
    knowledge: &Knowledge<'_>,
    observe: Observer<'_>,
) -> Result<(Vec<Draft>, Vec<Withheld>), PipelineError> {
    use rayon::prelude::*;
    observe(Progress::StepStarted {
        step: Step::Clean,
        items: subjects.len(),
    });
    let settled: Vec<Settled> = subjects
        .par_iter()
        .map(|subject| {
            let settled = settle(subject, records, knowledge);
            observe(Progress::StepAdvanced { items: 1 });
            settled
        })
        .collect::<Result<_, _>>()?;
    let (mut drafts, mut withheld) = (Vec::new(), Vec::new());
    for one in settled {
        match one {
            Settled::Document(draft) => drafts.push(*draft),
            Settled::Withheld(page) => withheld.push(page),
        }
    }
    Ok((drafts, withheld))
}

/// Curates everything the corpus holds and publishes a version if anything changed.
///
/// # Errors
/// When the archive or the cache cannot be read, a rule pack does not compile, or the version cannot be
/// written.
pub fn curate(job: &Job<'_>, options: &CurateOptions) -> Result<CurateReport, PipelineError> {
    let corpus = job.corpus;
    let captures = corpus.captures(&Filter::default())?;
    let inputs = corpus.inputs(stages())?;
    let decisions = corpus.decisions()?.snapshot();
    let index = index_of(corpus);
    let built = build(
        corpus,
        job.config,
        &captures,
        inputs,
        decisions,
        index.as_ref(),
        job.observe,
    )?;
    let mut report = report_of(&built);
    if captures.is_empty() {
        return Ok(report);
    }
    report.outcome = match refusal(corpus, job.config, &built)? {
        Some(reason) if options.force.is_none() => CurateOutcome::Refused { reason },
        _ if options.dry_run => dry_run(corpus, &built)?,
        refusal => {
            note_force(job, options, refusal)?;
            publish(job, &built)?
        }
    };
    Ok(report)
}

/// Opens the deduplicator's index. Without one all is computed anew.
fn index_of(corpus: &Corpus) -> Option<DedupIndex> {
    match corpus.dedup_cache() {
        Ok(folder) => Some(folder.into()),
        Err(error) => {
            tracing::warn!("{error}");
            None
        }
    }
}

/// Notes why a version is published that a gate refused.
fn note_force(
    job: &Job<'_>,
    options: &CurateOptions,
    refusal: Option<String>,
) -> Result<(), PipelineError> {
    let (Some(why), Some(refusal)) = (&options.force, refusal) else {
        return Ok(());
    };
    let event = Event::Note {
        at: job.clock.now(),
        topic: "force".to_owned(),
        text: format!("published because {why}, although {refusal}"),
    };
    Ok(job.corpus.append_event(job.lock, &event)?)
}

fn publish(job: &Job<'_>, built: &Built) -> Result<CurateOutcome, PipelineError> {
    let items = built.version.documents.len();
    (job.observe)(Progress::StepStarted {
        step: Step::Publish,
        items,
    });
    let versions = job.corpus.versions();
    let published = versions.publish(job.lock, &built.version, job.clock, job.tool)?;
    (job.observe)(Progress::StepAdvanced { items });
    Ok(match published {
        Published::New { n, id } => CurateOutcome::Published { n, id },
        Published::Unchanged { n, id } => CurateOutcome::Unchanged { n, id },
    })
}

fn dry_run(corpus: &Corpus, built: &Built) -> Result<CurateOutcome, PipelineError> {
    let id = built.version.id()?;
    let latest = corpus
        .versions()
        .latest()?
        .filter(|latest| latest.id() == id);
    Ok(
        latest.map_or(CurateOutcome::DryRun, |latest| CurateOutcome::Unchanged {
            n: latest.n(),
            id,
        }),
    )
}

/// Asks the publication gates; `None` lets the version pass.
fn refusal(
    corpus: &Corpus,
    config: &Config,
    built: &Built,
) -> Result<Option<String>, PipelineError> {
    let Some(latest) = corpus.versions().list()?.pop() else {
        return Ok(None);
    };
    let before = latest.leaves()?;
    let now: std::collections::BTreeSet<_> = built
        .version
        .documents
        .iter()
        .flat_map(|d| ids_of(&d.doc))
        .collect();
    let lost = before
        .iter()
        .filter(|leaf| !now.contains(&leaf.doc_id))
        .count();
    let share = lost as f64 / before.len().max(1) as f64;
    if share <= config.publish.max_shrink {
        return Ok(None);
    }
    Ok(Some(format!(
        "{lost} of {} documents of version {} would be lost ({:.0} %, and publish.max_shrink allows \
         {:.0} %): look at `thresh curate --dry-run`, then `--force WHY` if this is meant",
        before.len(),
        latest.n(),
        share * 100.0,
        config.publish.max_shrink * 100.0,
    )))
}

/// A document that was merged into another is not lost.
fn ids_of(doc: &thresh_types::Document) -> impl Iterator<Item = thresh_types::DocId> {
    std::iter::once(doc.id.clone()).chain(doc.aliases.iter().map(|alias| alias.id.clone()))
}

fn report_of(built: &Built) -> CurateReport {
    let documents = &built.version.documents;
    let mut removed = BTreeMap::new();
    for block in documents.iter().flat_map(|d| &d.removed) {
        *removed.entry(block.rule.to_string()).or_default() += 1;
    }
    let mut withheld = BTreeMap::new();
    let mut directives = BTreeMap::new();
    for page in &built.version.withheld {
        *withheld.entry(page.reason.clone()).or_default() += 1;
        if let Some(name) = directive_of(page) {
            *directives.entry(name.to_owned()).or_default() += 1;
        }
    }
    CurateReport {
        outcome: CurateOutcome::Nothing,
        captures: built.captures,
        documents: documents.len(),
        merged: built.merged,
        withheld,
        directives,
        removed,
        needs_review: documents.iter().filter(|d| d.doc.needs_review).count(),
    }
}

/// Compiles the noise rules that hold for `site`: its packs, or all of them where it has no file.
pub(crate) fn rules_of(config: &Config, site: &SiteId) -> Result<RuleSet, PipelineError> {
    let packs = config
        .site(site)
        .map_or_else(|| config.packs.clone(), |file| config.packs_of(file));
    RuleSet::compile(&packs).map_err(PipelineError::Rules)
}
