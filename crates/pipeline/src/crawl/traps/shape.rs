//! The shape of an address: what it has in common with its like.
//!
//! Numbers and opaque values are taken out of the path; names stay, as long as a directory has few of
//! them. How many is learned from the addresses that are found.

use super::address::{Address, Class, hashed, mixed};
use super::bounded::Bounded;
use super::bytes::{Reader, Stored, Writer};

/// Names in one directory that are told apart; with more they are values. Pages, those that end in a
/// slash and those with parameters (scripts, of which there are few) are counted apart, and so are
/// directories: a site may have many sections.
const TOLD_APART: [usize; 4] = [8, 8, 16, 64];

/// The place of directories in [`TOLD_APART`].
const DIRECTORY: usize = 3;

/// Directories whose names are kept, of all sites.
const LIMIT: usize = 1 << 13;

/// How many levels a shape is looked at.
pub(super) const LEVELS: usize = 5;

/// The shape of one address at all levels, the most exact first: with the names of the parameters,
/// with any parameters, the kinds of its parts below the first directory, the first directory, the
/// whole host.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) levels: [u64; LEVELS],
    patterns: Vec<String>,
    names: Vec<String>,
    slash: bool,
}

/// What is known of the names in directories.
#[derive(Debug)]
pub(super) struct Names(Bounded<Children>);

/// The names in one directory, as in [`TOLD_APART`].
#[derive(Debug, Default)]
struct Children([Vec<u32>; 4]);

impl Children {
    fn note(&mut self, kind: usize, name: u32) {
        let names = &mut self.0[kind];
        if names.len() <= TOLD_APART[kind] && !names.contains(&name) {
            names.push(name);
        }
    }

    fn is_wide(&self, kind: usize) -> bool {
        self.0[kind].len() > TOLD_APART[kind]
    }
}

/// Returns what the segment at a place names.
fn kind(address: &Address, at: usize) -> usize {
    let last = at + 1 == address.segments.len();
    match (last, address.params.is_empty(), address.slash) {
        (false, ..) => DIRECTORY,
        (true, false, _) => 2,
        (true, true, slash) => usize::from(slash),
    }
}

impl Names {
    pub(super) fn new() -> Self {
        Self(Bounded::new(LIMIT))
    }

    /// Notes the names that an address shows.
    pub(super) fn note(&mut self, address: &Address) {
        let mut above = address.base;
        for (at, segment) in address.segments.iter().enumerate() {
            let mut pattern = segment.pattern();
            if segment.class == Class::Word {
                let (kind, children) = (kind(address, at), self.0.entry(above));
                // The lower half of a hash is as good as a hash.
                children.note(kind, hashed(above, pattern) as u32);
                if children.is_wide(kind) {
                    pattern = "{name}";
                }
            }
            above = hashed(above, pattern);
        }
    }

    /// Returns the shape of an address, by the names known so far.
    pub(super) fn shape(&self, address: &Address) -> Shape {
        let mut above = address.base;
        let mut patterns = Vec::with_capacity(address.segments.len());
        for (at, segment) in address.segments.iter().enumerate() {
            let wide = |children: &Children| children.is_wide(kind(address, at));
            let pattern = if segment.class == Class::Word && self.0.get(above).is_some_and(wide) {
                "{name}"
            } else {
                segment.pattern()
            };
            above = hashed(above, pattern);
            patterns.push(pattern.to_owned());
        }
        let mut names: Vec<String> = address.params.iter().map(|p| p.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let path = mixed(above, u64::from(address.slash));
        Shape {
            levels: levels(address, path, &patterns, &names),
            patterns,
            names,
            slash: address.slash,
        }
    }

    pub(super) fn write(&self, to: &mut Writer) {
        self.0.write(to);
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.0.read(from)
    }
}

fn levels(address: &Address, path: u64, patterns: &[String], names: &[String]) -> [u64; LEVELS] {
    let exact = names
        .iter()
        .fold(mixed(path, 0), |hash, name| hashed(hash, name));
    let first = match patterns {
        [first, _, ..] => hashed(address.base, first),
        _ => address.base,
    };
    // Pages that lie deep are not of a kind with those above.
    let depth = (patterns.len() as u64).clamp(2, 4);
    let mut kinds: Vec<Class> = Vec::new();
    for segment in address.segments.iter().skip(1) {
        if !kinds.contains(&segment.class) {
            kinds.push(segment.class);
        }
    }
    let kinds = kinds
        .iter()
        .fold(mixed(mixed(first, 2), depth), |hash, class| {
            mixed(hash, *class as u64)
        });
    [
        exact,
        mixed(path, 1),
        kinds,
        mixed(first, 3),
        mixed(address.base, 4),
    ]
}

impl Shape {
    /// Returns the shape with any parameters.
    pub(super) const fn path(&self) -> u64 {
        self.levels[1]
    }

    /// Returns the patterns down to the segment at a place, whatever comes below.
    pub(super) fn prefix(&self, seed: u64, at: usize) -> u64 {
        let patterns = self.patterns.iter().take(at + 1);
        patterns.fold(mixed(seed, 5), |above, pattern| hashed(above, pattern))
    }

    /// Returns the shape with the names of its parameters.
    pub(super) const fn exact(&self) -> u64 {
        self.levels[0]
    }

    /// Returns what people are told of a level.
    pub(super) fn label(&self, level: usize) -> String {
        let end = if self.slash { "/" } else { "" };
        let path = match self.patterns.as_slice() {
            [] => "/".to_owned(),
            patterns => format!("/{}{end}", patterns.join("/")),
        };
        let query = self.names.join("&");
        match (level, self.patterns.as_slice()) {
            (0, _) if !query.is_empty() => format!("{path}?{query}"),
            (0 | 1, _) => path,
            (2 | 3, [first, _, ..]) => format!("/{first}/…"),
            _ => "/…".to_owned(),
        }
    }

    /// Returns whether the path has nothing that varies.
    pub(super) fn is_literal(&self) -> bool {
        !self.patterns.iter().any(|pattern| pattern.contains('{'))
    }

    /// Returns how many parameters the addresses have.
    pub(super) const fn params(&self) -> usize {
        self.names.len()
    }
}

impl Stored for Children {
    fn write(&self, to: &mut Writer) {
        for names in &self.0 {
            to.size(names.len());
            names.iter().for_each(|name| to.u32(*name));
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let mut children = Self::default();
        for (names, most) in children.0.iter_mut().zip(TOLD_APART) {
            let count = from.size().filter(|count| *count <= most + 1)?;
            *names = (0..count).map(|_| from.u32()).collect::<Option<_>>()?;
        }
        Some(children)
    }
}
