//! Checks that a version is what it says, and that it can be built again.

use std::collections::BTreeMap;

use thresh_config::Config;
use thresh_corpus::{Audit, Corpus, Filter, Inputs, ManifestInputs, Version};
use thresh_types::Capture;

use crate::PipelineError;
use crate::curate::{build, stages};
use crate::event::{Event, Observer, Step};

/// Records between two signs of life.
const TELL_AFTER: usize = 256;

/// What a verification found.
#[derive(Debug, Clone)]
pub struct VerifyReport {
    /// The version's number.
    pub n: u64,
    /// Objects, files and payloads that do not have the digest they should have.
    pub problems: Vec<String>,
    /// Differences between the version and the one built again; `None` when none was built.
    pub differences: Option<Vec<String>>,
    /// Documents compared.
    pub documents: usize,
}

impl VerifyReport {
    /// Returns whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.differences.as_ref().is_none_or(Vec::is_empty)
    }
}

/// Re-hashes the archive: every record and every payload.
///
/// # Errors
/// When the corpus cannot be read at all.
pub fn audit(corpus: &Corpus, observe: Observer<'_>) -> Result<Audit, PipelineError> {
    // Most captures have three records: request, response, mark. The bar need not be exact.
    let items = usize::try_from(corpus.count_captures()?).unwrap_or(usize::MAX);
    let items = items.saturating_mul(3);
    observe(Event::StepStarted {
        step: Step::Hash,
        items,
    });
    let mut waiting = 0;
    let audit = corpus.audit(|| {
        waiting += 1;
        if waiting == TELL_AFTER {
            observe(Event::StepAdvanced { items: waiting });
            waiting = 0;
        }
    })?;
    observe(Event::StepAdvanced { items: waiting });
    Ok(audit)
}

/// Re-hashes `version`; with `rebuild` also curates again, from the captures, configuration and
/// decisions that the version names, and compares every byte.
///
/// # Errors
/// When the corpus cannot be read at all.
pub fn verify(
    corpus: &Corpus,
    version: &Version,
    rebuild: bool,
    observe: Observer<'_>,
) -> Result<VerifyReport, PipelineError> {
    let problems = corpus
        .versions()
        .verify(version)?
        .iter()
        .map(ToString::to_string)
        .collect();
    let differences = if rebuild {
        Some(differences(corpus, version, observe)?)
    } else {
        None
    };
    Ok(VerifyReport {
        n: version.n(),
        problems,
        differences,
        documents: version.leaves()?.len(),
    })
}

fn differences(
    corpus: &Corpus,
    version: &Version,
    observe: Observer<'_>,
) -> Result<Vec<String>, PipelineError> {
    let inputs = &version.manifest().inputs;
    let built_by = &inputs.stages;
    if *built_by != stages() {
        return Ok(vec![format!(
            "built by {}, and this program is {}: rebuild with the program that published it",
            built_by.join(" "),
            stages().join(" ")
        )]);
    }
    let snapshot = version.config_snapshot()?;
    let config = Config::from_snapshot(&snapshot).map_err(|error| PipelineError::Snapshot {
        version: version.n(),
        detail: error.to_string(),
    })?;
    let captures = captures_within(corpus, inputs)?;
    let decisions = version.decisions_snapshot()?;
    let built = build(
        corpus,
        &config,
        &captures,
        Inputs {
            captures: inputs.captures.clone(),
            captures_digest: inputs.captures_digest,
            stages: inputs.stages.clone(),
        },
        decisions,
        // Nothing that a curation kept may vouch for it.
        None,
        observe,
    )?;
    Ok(corpus
        .versions()
        .compare_with(version, &built.version)?
        .iter()
        .map(ToString::to_string)
        .collect())
}

/// Returns the captures that a version was made of: the first so many of each WARC file, since captures
/// are only added.
fn captures_within(
    corpus: &Corpus,
    inputs: &ManifestInputs,
) -> Result<Vec<Capture>, PipelineError> {
    let mut left: BTreeMap<&str, u64> = inputs
        .captures
        .iter()
        .map(|input| (input.warc.as_str(), input.records))
        .collect();
    let mut captures = corpus.captures(&Filter::default())?;
    captures.retain(|capture| match left.get_mut(capture.warc.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    });
    Ok(captures)
}
