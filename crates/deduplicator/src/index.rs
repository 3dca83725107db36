//! Groups again and again, with what the calls before found.

use thresh_types::ClusterMember;
use xxhash_rust::xxh3::xxh3_128;

use crate::bytes::{Reader, Writer};
use crate::documents::Documents;
use crate::group::{group_with, whole};
use crate::item::{Constraints, DedupError, Grouping};
use crate::outcome::Outcome;
use crate::prints::Prints;
use crate::settings::Settings;
use crate::state::State;
use crate::store::Store;

/// The name of the file with the pairs of the last call.
const PAIRS: &str = "pairs";

/// Groups `documents` as [`crate::group`] does, with the same outcome, and keeps in `store` what the
/// next call can make use of.
///
/// The documents are all there are: what is missing was removed, what is new or changed was added. Work
/// is done for what changed and for what that touches, and a little for every document. What is kept is
/// a function of texts: which sampled word 5-grams they have, which pairs were compared, how many
/// 5-grams both have, and some words in which they differ.
///
/// What is missing in the store, damaged, or of another version of this code or of the settings, is
/// made anew.
///
/// # Errors
/// When two documents have the same id, a document cannot be read, or the store cannot be read or
/// written.
pub fn group_again(
    documents: &dyn Documents,
    constraints: &Constraints,
    settings: &Settings,
    store: &dyn Store,
) -> Result<Grouping, DedupError> {
    run(documents, constraints, settings, store, whole)
}

/// Groups `documents` as [`group_again`] does and hands over the place of each in turn, in the order of
/// the documents, without the pairs and their evidence: there may be more of those than fit in memory.
///
/// # Errors
/// As [`group_again`].
pub fn members_again(
    documents: &dyn Documents,
    constraints: &Constraints,
    settings: &Settings,
    store: &dyn Store,
    each: &mut dyn FnMut(ClusterMember),
) -> Result<(), DedupError> {
    let members = |outcome: &Outcome<'_>, documents: &[u32]| {
        outcome.members(documents.iter().copied(), each);
    };
    run(documents, constraints, settings, store, members)
}

fn run<T>(
    documents: &dyn Documents,
    constraints: &Constraints,
    settings: &Settings,
    store: &dyn Store,
    finish: impl FnOnce(&Outcome<'_>, &[u32]) -> T,
) -> Result<T, DedupError> {
    let of_prints = version(&settings.min_words);
    let mut prints = Prints::open(store, of_prints).map_err(DedupError::unreadable)?;
    let load = |settings: &Settings| load(store, version(settings));
    let keep = |state: &State, settings: &Settings| {
        save(store, state, version(settings)).map_err(DedupError::unreadable)
    };
    let both = (load, keep);
    group_with(documents, constraints, settings, &mut prints, both, finish)
}

/// Returns what a file must bear to be made use of: how files are written may change with every version
/// of the stage.
fn version(settings: &impl std::fmt::Debug) -> u128 {
    /// Rises when files are written in another way.
    const FORMAT: u32 = 2;
    xxh3_128(format!("{} {FORMAT} {settings:?}", crate::STAGE).as_bytes())
}

fn load(store: &dyn Store, version: u128) -> Result<State, DedupError> {
    let blob = store.open(PAIRS).map_err(DedupError::unreadable)?;
    let input = blob.map(|blob| Reader::open(blob, version)).transpose();
    let input = input.map_err(DedupError::unreadable)?.flatten();
    // What has the checksum and makes no sense is of no use either.
    let state = input.and_then(|mut input| State::take(&mut input).ok());
    Ok(state.unwrap_or_default())
}

fn save(store: &dyn Store, state: &State, version: u128) -> std::io::Result<()> {
    store.write(PAIRS, &mut |out| {
        let mut out = Writer::new(out, version)?;
        state.put(&mut out)?;
        out.finish()
    })
}
