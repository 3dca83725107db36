//! Reads every document once.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_128;

use crate::documents::Documents;
use crate::facts::Facts;
use crate::item::DedupError;
use crate::normalise::Normal;
use crate::prints::{Print, Prints};
use crate::segment::Segment;
use crate::settings::Settings;

/// What is known of every document, in the order of ids.
pub(crate) struct Prepared {
    /// The place of each document among those given.
    pub(crate) order: Vec<u32>,
    pub(crate) facts: Vec<Facts>,
    pub(crate) prints: Vec<Print>,
    /// Documents that are still in memory as they were read.
    pub(crate) kept: Vec<Option<Normal>>,
}

/// Words that are kept between the fingerprints and the measuring, twelve bytes each.
const KEPT: usize = 12_000_000;

/// Documents that are read before their fingerprints are put by.
const TOGETHER: usize = 1 << 14;

/// One document as it was read.
struct Read {
    facts: Facts,
    text: u128,
    made: Option<(Print, Vec<u64>)>,
    normal: Option<Normal>,
}

/// Reads `documents`, taking fingerprints from `known` and adding those that are missing.
///
/// # Errors
/// When a document cannot be read, or two have the same id.
pub(crate) fn prepare(
    documents: &dyn Documents,
    known: &mut Prints<'_>,
    settings: &Settings,
) -> Result<Prepared, DedupError> {
    let mut prints: FxHashMap<u128, Print> = known.iter().map(|p| (p.text, *p)).collect();
    let count = documents.count();
    let (mut facts, mut texts) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut kept = Vec::with_capacity(count);
    let room = AtomicUsize::new(0);
    for start in (0..count).step_by(TOGETHER) {
        let end = (start + TOGETHER).min(count);
        let read =
            |buffer: &mut Vec<u8>, index| one(documents, index, &prints, settings, &room, buffer);
        let read: Vec<Read> = (start..end)
            .into_par_iter()
            .map_init(Vec::new, read)
            .collect::<Result<_, _>>()?;
        let (mut made, mut seen) = (Vec::new(), FxHashSet::default());
        for one in read {
            facts.push(one.facts);
            texts.push(one.text);
            kept.push(one.normal);
            made.extend(one.made.filter(|(print, _)| seen.insert(print.text)));
        }
        prints.extend(made.iter().map(|(print, _)| (print.text, *print)));
        if !made.is_empty() {
            known
                .add(Segment::of(made))
                .map_err(DedupError::unreadable)?;
        }
    }
    let prints: Vec<Print> = texts.iter().map(|text| prints[text]).collect();
    in_order_of_ids(facts, &prints, kept)
}

fn one(
    documents: &dyn Documents,
    index: usize,
    known: &FxHashMap<u128, Print>,
    settings: &Settings,
    room: &AtomicUsize,
    buffer: &mut Vec<u8>,
) -> Result<Read, DedupError> {
    let item = documents.read(index).map_err(DedupError::unreadable)?;
    let text = xxh3_128(item.text.as_bytes());
    let mut read = Read {
        facts: Facts::of(&item),
        text,
        made: None,
        normal: None,
    };
    if !known.contains_key(&text) {
        let normal = Normal::read(&item.text, buffer);
        let (print, hashes) = Print::of(text, &normal, settings.min_words);
        let fits = print.length > 0 && room.fetch_add(normal.len(), Ordering::Relaxed) < KEPT;
        read.normal = fits.then_some(normal);
        read.made = Some((print, hashes));
    }
    Ok(read)
}

fn in_order_of_ids(
    facts: Vec<Facts>,
    prints: &[Print],
    kept: Vec<Option<Normal>>,
) -> Result<Prepared, DedupError> {
    let mut all: Vec<(Facts, u32)> = facts.into_iter().zip(0..).collect();
    all.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    if let Some(two) = all.windows(2).find(|two| two[0].0.id == two[1].0.id) {
        return Err(DedupError::EqualIds(two[0].0.id.clone()));
    }
    let (facts, order): (Vec<Facts>, Vec<u32>) = all.into_iter().unzip();
    let mut kept = kept;
    Ok(Prepared {
        prints: order.iter().map(|&at| prints[at as usize]).collect(),
        kept: order.iter().map(|&at| kept[at as usize].take()).collect(),
        facts,
        order,
    })
}
