//! What a site's pages say together: repeated blocks, recurring values, the corpus's words.

use std::collections::BTreeMap;

use thresh_cleaner::{Counter, PageSigns, RuleSet, SiteProfile, Vocabulary};
use thresh_config::{Config, Site};
use thresh_metadata_extractor::SiteCandidates;
use thresh_types::SiteId;

use crate::PipelineError;
use crate::curate::rules_of;
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
        let whole: Vec<&Subject> = subjects
            .iter()
            .copied()
            .filter(|subject| subject.candidates[0].truncated.is_none())
            .collect();
        let (mut counter, mut candidates) = (Counter::default(), Vec::new());
        for subject in &whole {
            if let Some(gist) = records.gist(&subject.candidates[0])? {
                vocabulary.merge(&gist.said.vocabulary);
                counter.add(&led_to(subject, gist.signs));
                candidates.push(gist.said.gathered);
            }
        }
        // The signs are read twice rather than held: a site of any size is counted in bounded memory.
        let mut weigher = counter.finish();
        for subject in &whole {
            if let Some(signs) = records.signs(&subject.candidates[0])? {
                weigher.add(&led_to(subject, signs));
            }
        }
        Ok(Self {
            rules: rules_of(config, site)?,
            profile: weigher.finish(),
            recurring: SiteCandidates::build(&candidates),
        })
    }
}

/// Adds every address that is known to lead to a subject to its signs.
fn led_to(subject: &Subject, mut signs: PageSigns) -> PageSigns {
    signs.add_urls(subject.urls.iter().map(String::as_str));
    signs
}
