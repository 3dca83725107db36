//! The noise packs: those shipped with the program, and those of the configuration folder.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use thresh_cleaner::{Pack, RuleError, RuleSet, shipped_packs};

use crate::problem::{Place, Problems};

/// Packs sorted by name, and their sources by name: the same order.
pub(crate) type Packs = (Vec<Pack>, BTreeMap<String, String>);

/// The shipped packs, parsed once: they are constants, but their patterns take a while to compile.
static SHIPPED: LazyLock<Packs> = LazyLock::new(|| {
    let sources: BTreeMap<String, String> = shipped_packs()
        .into_iter()
        .map(|(name, source)| (name.to_owned(), source.to_owned()))
        .collect();
    let packs = sources.iter().map(|(name, source)| {
        Pack::parse(name, source).expect("shipped packs parse: a test holds it")
    });
    (packs.collect(), sources)
});

/// Returns the sources of the shipped packs by name.
pub(crate) fn shipped_sources() -> BTreeMap<String, String> {
    SHIPPED.1.clone()
}

/// Returns the shipped packs.
pub(crate) fn shipped() -> Packs {
    SHIPPED.clone()
}

/// Parses the packs of `sources`, each with the place it comes from; one that fails is reported and
/// left out.
pub(crate) fn parse(
    sources: BTreeMap<String, String>,
    place_of: impl Fn(&str) -> Place,
    problems: &mut Problems,
) -> Packs {
    let mut packs = Vec::new();
    let mut kept = BTreeMap::new();
    for (name, source) in sources {
        match parse_one(&name, &source) {
            Ok(pack) => {
                packs.push(pack);
                kept.insert(name, source);
            }
            Err(error) => problems.add(&place_of(&name), "", error.to_string(), None),
        }
    }
    (packs, kept)
}

/// Returns the pack if its rules compile together.
fn parse_one(name: &str, source: &str) -> Result<Pack, RuleError> {
    let shipped = SHIPPED.0.iter().zip(&SHIPPED.1);
    if let Some((pack, _)) = shipped
        .into_iter()
        .find(|(_, (n, s))| *n == name && *s == source)
    {
        return Ok(pack.clone());
    }
    let pack = Pack::parse(name, source)?;
    RuleSet::compile(std::slice::from_ref(&pack))?;
    Ok(pack)
}
