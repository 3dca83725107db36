//! Parts of addresses that change nothing (*DUST*: different URLs, similar text).
//!
//! Two addresses that differ in one part and have the same text are evidence that the part says
//! nothing; a different text is evidence that it does. The evidence must come from several pages:
//! where one text answers everything, it is the text that is worthless, not the part.

use super::address::{Address, Class, Param, hashed, mixed};
use super::bounded::{Bounded, Slots};
use super::bytes::{Reader, Stored, Writer};
use super::shape::Shape;

/// Addresses with one part taken out that are remembered.
const REMEMBERED: usize = 1 << 17;

/// Parts of shapes about which evidence is kept.
const PARTS: usize = 1 << 12;

/// Parts of one address that are looked at.
const PARTS_OF_ONE: usize = 8;

/// Pages that must be the same under several values, for a part of one shape and for a parameter
/// wherever it stands.
const PAGES: usize = 3;

/// Values that must change nothing.
const VALUES: usize = 3;

/// Pages that must be the same but for a few words, where that is all the evidence.
const SIMILAR_PAGES: usize = 8;

/// Digits of a number that nobody counts to.
const LONG_NUMBER: usize = 7;

/// Pieces of evidence for, to one against.
const CLARITY: u32 = 16;

/// Held addresses after which one is let go to see whether the part still changes nothing.
const FIRST_PROBE: u64 = 16;

/// What was seen at an address with one part taken out.
#[derive(Debug, Clone, Copy, Default)]
struct Twin {
    value: u64,
    text: u64,
    owner: u32,
}

/// The evidence about one part.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    same: u32,
    different: u32,
    texts: Vec<u64>,
    owners: Vec<u64>,
    values: Vec<u64>,
    pub(super) held: u64,
    pub(super) samples: Vec<String>,
    /// Site, shape and name for people; only where addresses are held.
    pub(super) label: Option<(String, String, String)>,
    pub(super) opaque: bool,
}

impl Part {
    fn note_same(&mut self, text: u64, owner: Option<u32>, values: [u64; 2]) {
        self.same = self.same.saturating_add(1);
        match owner {
            Some(owner) => note(&mut self.owners, u64::from(owner), SIMILAR_PAGES),
            None => note(&mut self.texts, text, PAGES),
        }
        values
            .into_iter()
            .for_each(|value| note(&mut self.values, value, VALUES));
    }

    fn is_irrelevant(&self) -> bool {
        let pages = self.texts.len() >= PAGES || self.owners.len() >= SIMILAR_PAGES;
        let clear = self.different.saturating_mul(CLARITY) <= self.same;
        pages && clear && self.values.len() >= VALUES
    }

    /// Returns the evidence in figures: answers that were the same, and those that were not.
    pub(super) const fn evidence(&self) -> (u32, u32) {
        (self.same, self.different)
    }

    /// Tells the evidence against a part of this name.
    pub(super) fn told(&self, name: &str) -> String {
        format!(
            "`{name}` changes nothing: {} answers were the same under another value, {} were not",
            self.same, self.different
        )
    }

    pub(super) fn hold(&mut self, url: &str) -> bool {
        self.held += 1;
        if self.samples.len() < 5 {
            self.samples.push(url.to_owned());
        }
        self.held >= FIRST_PROBE && self.held.is_power_of_two()
    }
}

fn note(known: &mut Vec<u64>, new: u64, most: usize) {
    if known.len() < most && !known.contains(&new) {
        known.push(new);
    }
}

/// A part of an address that may say nothing.
struct Candidate {
    /// What is known of the part is kept here: in this shape, and wherever else it stands.
    parts: [u64; 2],
    /// Whether what is known from elsewhere is enough.
    anywhere: bool,
    /// The address without the part.
    rest: u64,
    /// The address as it is where nobody gives the parameter.
    without: Option<u64>,
    value: u64,
    opaque: bool,
    /// Whether the value may have been drawn by lot.
    random: bool,
    which: Which,
}

/// Which part of an address a candidate is.
#[derive(Debug, Clone, Copy)]
enum Which {
    /// All parameters drawn by lot.
    Random,
    Param(usize),
    Segment(usize),
}

impl Which {
    /// Returns what people call the part.
    fn name(self, address: &Address<'_>) -> String {
        match self {
            Self::Random => names_of_random(address).join("&"),
            Self::Param(at) => address.params[at].name.to_string(),
            Self::Segment(at) => format!("path segment {}", at + 1),
        }
    }
}

/// What was learned of the parts of addresses.
#[derive(Debug)]
pub(super) struct Twins {
    seen: Slots<Twin>,
    parts: Bounded<Part>,
}

impl Twins {
    pub(super) fn new() -> Self {
        Self {
            seen: Slots::new(REMEMBERED),
            parts: Bounded::new(PARTS),
        }
    }

    /// Learns from a page what its address's parts say.
    /// Returns whether it is the page that the address without one of its parameters gave.
    pub(super) fn learn(
        &mut self,
        address: &Address<'_>,
        shape: &Shape,
        text: u64,
        contained: &[u32],
    ) -> bool {
        let own = contained.first().copied().unwrap_or(0);
        let mut variant = false;
        for candidate in candidates(address, shape) {
            let known = self.known(&candidate).filter(|twin| twin.text != 0);
            // What was similar is similar to what came first.
            let similar = known.filter(|twin| contained.contains(&twin.owner));
            let bare = candidate.without.and_then(|key| self.seen.get(key));
            variant |= bare
                .filter(|twin| twin.text != 0)
                .is_some_and(|twin| twin.text == text || contained.contains(&twin.owner));
            if let Some(twin) = known {
                self.compare(&candidate, twin, text, similar.is_some());
            }
            let owner = similar.map_or(own, |twin| twin.owner);
            let value = candidate.value;
            self.seen.set(candidate.rest, Twin { value, text, owner });
        }
        let (value, owner) = (0, own);
        self.seen
            .set(plain(address, None), Twin { value, text, owner });
        variant
    }

    /// Returns a twin: with another value, or without the parameter.
    fn known(&self, candidate: &Candidate) -> Option<Twin> {
        let other = self.seen.get(candidate.rest);
        let other = other.filter(|twin| twin.value != candidate.value);
        let without = candidate.without.and_then(|key| self.seen.get(key));
        other.or(without).copied()
    }

    fn compare(&mut self, candidate: &Candidate, twin: Twin, text: u64, similar: bool) {
        let values = [candidate.value, twin.value];
        // A few words may differ only where the part itself looks drawn by lot.
        let similar = similar && candidate.random;
        for key in candidate.parts {
            let part = self.parts.entry(key);
            part.opaque |= candidate.opaque;
            if twin.text == text {
                part.note_same(text, None, values);
            } else if similar {
                part.note_same(text, Some(twin.owner), values);
            } else {
                part.different = part.different.saturating_add(1);
            }
        }
    }

    /// Returns the key of a part that says nothing, where the address without it was asked, and the
    /// part's name.
    pub(super) fn asked(&self, address: &Address<'_>, shape: &Shape) -> Option<(u64, String)> {
        candidates(address, shape).find_map(|candidate| {
            self.known(&candidate)?;
            let part = self.irrelevant(&candidate)?;
            Some((part, candidate.which.name(address)))
        })
    }

    /// Returns where it is known that a part says nothing. A segment of the path must not have said
    /// anything in its own shape either: `/{id}/terms` may be the same for all where `/{id}` is not.
    fn irrelevant(&self, candidate: &Candidate) -> Option<u64> {
        let [own, elsewhere] = candidate.parts;
        let known = self.parts.get(own);
        if known.is_some_and(Part::is_irrelevant) {
            return Some(own);
        }
        let agrees = known.is_some_and(|part| part.same > 0 && part.different == 0);
        let general = self.parts.get(elsewhere);
        let holds = (candidate.anywhere || agrees) && general.is_some_and(Part::is_irrelevant);
        holds.then_some(elsewhere)
    }

    /// Notes that an address is asked now, so that its twins need not be while it is on its way.
    pub(super) fn ask(&mut self, address: &Address<'_>, shape: &Shape) {
        let parts = candidates(address, shape).map(|part| (part.rest, part.value));
        for (key, value) in parts.chain([(plain(address, None), 0)]) {
            let (held, twin) = self.seen.place_of(key);
            if *held != key {
                let asked = Twin {
                    value,
                    ..Twin::default()
                };
                (*held, *twin) = (key, asked);
            }
        }
    }

    pub(super) fn part_mut(&mut self, key: u64) -> Option<&mut Part> {
        self.parts.get_mut(key)
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.values()
    }

    pub(super) fn write(&self, to: &mut Writer<'_>) {
        self.seen.write(to);
        self.parts.write(to);
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.seen.read(from)?;
        self.parts.read(from)
    }
}

/// Returns the key of an address that has a parameter less than it might.
fn plain(address: &Address<'_>, but: Option<usize>) -> u64 {
    let params = address.params.iter().enumerate();
    params
        .filter(|(at, _)| Some(*at) != but)
        .fold(mixed(address.path(), 1), |hash, (_, param)| {
            param_hash(hash, param)
        })
}

fn param_hash(seed: u64, param: &Param<'_>) -> u64 {
    hashed(hashed(seed, &param.name), &param.value)
}

fn candidates(address: &Address<'_>, shape: &Shape) -> impl Iterator<Item = Candidate> {
    let params = (0..address.params.len()).map(|at| of_param(address, shape, at));
    let segments = (0..address.segments.len())
        .filter(|at| address.segments[*at].class != Class::Word)
        .map(|at| of_segment(address, shape, at));
    let all = of_random_params(address, shape);
    all.into_iter()
        .chain(params)
        .chain(segments)
        .take(PARTS_OF_ONE)
}

/// Returns whether a value may have been drawn by lot: opaque ones, and numbers too long to count with.
fn is_random(class: Class, value: &str) -> bool {
    class == Class::Opaque || class == Class::Number && value.len() >= LONG_NUMBER
}

fn is_random_param(param: &&Param<'_>) -> bool {
    is_random(param.class, &param.value)
}

fn names_of_random<'a>(address: &'a Address<'_>) -> Vec<&'a str> {
    let random = address.params.iter().filter(is_random_param);
    random.map(|param| &*param.name).collect()
}

/// Returns all parameters drawn by lot as one part, where there are several: each alone has no twin.
fn of_random_params(address: &Address<'_>, shape: &Shape) -> Option<Candidate> {
    let random = || address.params.iter().filter(is_random_param);
    if random().count() < 2 {
        return None;
    }
    let name = Which::Random.name(address);
    let others = address
        .params
        .iter()
        .filter(|param| !is_random_param(param));
    let without = others.fold(mixed(address.path(), 1), param_hash);
    Some(Candidate {
        parts: part_keys(address, shape, &name),
        rest: hashed(without, &name),
        without: Some(without),
        value: random().fold(1, param_hash),
        opaque: true,
        random: true,
        anywhere: true,
        which: Which::Random,
    })
}

fn part_keys(address: &Address<'_>, shape: &Shape, name: &str) -> [u64; 2] {
    let of_shape = hashed(shape.path(), name);
    [of_shape, hashed(mixed(address.base, 3), name)]
}

fn of_param(address: &Address<'_>, shape: &Shape, at: usize) -> Candidate {
    let param = &address.params[at];
    let others = address.params.iter().enumerate().filter(|(i, _)| *i != at);
    let seed = hashed(mixed(address.path(), 2), &param.name);
    Candidate {
        parts: part_keys(address, shape, &param.name),
        rest: others.fold(seed, |hash, (_, param)| param_hash(hash, param)),
        without: Some(plain(address, Some(at))),
        value: hashed(1, &param.value),
        opaque: param.class == Class::Opaque,
        random: is_random(param.class, &param.value),
        anywhere: true,
        which: Which::Param(at),
    }
}

fn of_segment(address: &Address<'_>, shape: &Shape, at: usize) -> Candidate {
    let segment = &address.segments[at];
    let others = address.segments.iter().enumerate();
    let path = others.fold(mixed(address.base, at as u64), |hash, (i, segment)| {
        hashed(hash, if i == at { "" } else { &segment.text })
    });
    Candidate {
        parts: [mixed(shape.path(), at as u64), shape.prefix(address, at)],
        rest: address
            .params
            .iter()
            .fold(mixed(path, u64::from(address.slash)), param_hash),
        without: None,
        value: hashed(1, &segment.text),
        opaque: segment.class == Class::Opaque,
        // The last one is the name of the page.
        random: at + 1 < address.segments.len() && is_random(segment.class, &segment.text),
        anywhere: false,
        which: Which::Segment(at),
    }
}

impl Stored for Twin {
    fn write(&self, to: &mut Writer<'_>) {
        to.u64(self.value);
        to.u64(self.text);
        to.u32(self.owner);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            value: from.u64()?,
            text: from.u64()?,
            owner: from.u32()?,
        })
    }
}

impl Stored for Part {
    fn write(&self, to: &mut Writer<'_>) {
        to.u32(self.same);
        to.u32(self.different);
        to.u32(u32::from(self.opaque));
        for list in [&self.texts, &self.owners, &self.values] {
            to.size(list.len());
            list.iter().for_each(|item| to.u64(*item));
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (same, different, opaque) = (from.u32()?, from.u32()?, from.u32()? == 1);
        let mut list = || -> Option<Vec<u64>> {
            let count = from.size().filter(|count| *count <= SIMILAR_PAGES)?;
            (0..count).map(|_| from.u64()).collect()
        };
        Some(Self {
            same,
            different,
            opaque,
            texts: list()?,
            owners: list()?,
            values: list()?,
            ..Self::default()
        })
    }
}
