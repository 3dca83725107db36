//! What a site's pages say together: repeated blocks, recurring values, the corpus's words.

use std::collections::BTreeMap;

use thresh_cleaner::{RuleSet, SiteProfile, Vocabulary};
use thresh_config::{Config, Site};
use thresh_metadata_extractor::SiteCandidates;
use thresh_types::SiteId;

use crate::PipelineError;
use crate::curate::rules_of;
use crate::record::Content;
use crate::records::Records;
use crate::select::Subject;
use crate::signals::Reservations;

/// Everything that pass 2 knows besides the page itself.
#[derive(Debug)]
pub(crate) struct Knowledge<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// What each origin says of text and data mining.
    pub reservations: Reservations,
    /// The words of the whole corpus, which decide typographic repairs.
    pub vocabulary: Vocabulary,
    sites: BTreeMap<SiteId, SiteKnowledge>,
}

/// What is known of one site.
#[derive(Debug)]
pub(crate) struct SiteKnowledge {
    /// The noise rules that hold there.
    pub rules: RuleSet,
    /// The blocks that recur there.
    pub profile: SiteProfile,
    /// The metadata values that recur there.
    pub recurring: SiteCandidates,
}

impl<'a> Knowledge<'a> {
    /// Gathers what the best capture of every subject shows.
    ///
    /// # Errors
    /// When a record cannot be read or a noise pack does not compile.
    pub(crate) fn gather(
        config: &'a Config,
        subjects: &[Subject],
        records: &Records<'_>,
        reservations: Reservations,
    ) -> Result<Self, PipelineError> {
        let mut by_site: BTreeMap<&SiteId, Vec<&Subject>> = BTreeMap::new();
        for subject in subjects {
            by_site.entry(&subject.site).or_default().push(subject);
        }
        let mut vocabulary = Vocabulary::default();
        let mut sites = BTreeMap::new();
        for (site, subjects) in by_site {
            sites.insert(
                site.clone(),
                SiteKnowledge::gather(config, site, &subjects, records, &mut vocabulary)?,
            );
        }
        Ok(Self {
            config,
            reservations,
            vocabulary,
            sites,
        })
    }

    /// Returns what is known of `site`.
    pub(crate) fn site(&self, site: &SiteId) -> Option<&SiteKnowledge> {
        self.sites.get(site)
    }

    /// Returns the file of `site`, where it has one.
    pub(crate) fn site_file(&self, site: &SiteId) -> Option<&Site> {
        self.config.sites.iter().find(|s| s.id == *site)
    }
}

impl SiteKnowledge {
    fn gather(
        config: &Config,
        site: &SiteId,
        subjects: &[&Subject],
        records: &Records<'_>,
        vocabulary: &mut Vocabulary,
    ) -> Result<Self, PipelineError> {
        let (mut pages, mut candidates) = (Vec::new(), Vec::new());
        let best = subjects
            .iter()
            .map(|subject| (subject, &subject.candidates[0]));
        for (subject, capture) in best.filter(|(_, capture)| capture.truncated.is_none()) {
            let record = records.get(capture)?;
            if let Content::Blocks {
                segmentation,
                gathered,
            } = record.content
            {
                vocabulary.add(&segmentation);
                pages.push((subject.key.as_str(), segmentation.signatures()));
                candidates.push(gathered);
            }
        }
        Ok(Self {
            rules: rules_of(config, site)?,
            profile: SiteProfile::build(
                pages
                    .iter()
                    .map(|(key, signatures)| (*key, signatures.as_slice())),
            ),
            recurring: SiteCandidates::build(&candidates),
        })
    }
}
