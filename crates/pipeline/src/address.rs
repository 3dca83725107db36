//! Tells what is known of an address that is no document: refused, not yet asked for, out of scope.

use serde::Serialize;
use thresh_config::Config;
use thresh_corpus::{Corpus, Filter};
use thresh_types::{CanonicalUrl, Capture, Refusal};

use crate::{PipelineError, robots_file};

/// What is known of an address.
#[derive(Debug, Clone, Serialize)]
pub struct AddressView {
    /// The address in canonical form.
    pub url: CanonicalUrl,
    /// The site that claims it.
    pub site: Option<String>,
    /// Why it is outside the scope of that site, or of every site.
    pub out_of_scope: Option<String>,
    /// Which line of which robots.txt decides, fetched when; none where none is archived.
    pub robots: Option<String>,
    /// How often it was refused, and the last time.
    pub refused: Option<(usize, Refusal)>,
    /// The exchanges with it, in the order of the archive.
    pub captures: Vec<Capture>,
}

/// Returns what is known of the address `name`; none where it is no address or nothing is known.
///
/// # Errors
/// When the archive cannot be read.
pub fn address(
    corpus: &Corpus,
    config: &Config,
    name: &str,
) -> Result<Option<AddressView>, PipelineError> {
    let Ok(url) = name.parse::<CanonicalUrl>() else {
        return Ok(None);
    };
    let captures = corpus.captures(&Filter::default())?;
    let mut refusals = corpus.refusals()?;
    refusals.retain(|refusal| refusal.url == url.as_str());
    let refused = refusals.last().cloned().map(|last| (refusals.len(), last));
    let robots = robots_file::verdict(corpus, &captures, &url, None)?;
    let own = captures.into_iter();
    let own = own.filter(|c| c.url == url.as_str() || c.final_url == url.as_str());
    let site = config.site_of(&url);
    let view = AddressView {
        site: site.map(|site| site.id.to_string()),
        out_of_scope: match site {
            Some(site) => site.in_scope(&url).err(),
            None => Some("no site file names its origin".to_owned()),
        },
        robots,
        refused,
        captures: own.collect(),
        url,
    };
    let is_known = view.robots.is_some() || view.refused.is_some() || !view.captures.is_empty();
    Ok(is_known.then_some(view))
}
