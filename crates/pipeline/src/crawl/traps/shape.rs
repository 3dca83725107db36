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
    /// Which segments of the path are among so many names that they are values.
    wide: Vec<bool>,
    /// Whether all parts of the path are names that are kept.
    literal: bool,
    /// Parameters of different names.
    params: usize,
}

/// What stands for a name that is a value.
const NAME: &str = "{name}";

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
fn kind(address: &Address<'_>, at: usize) -> usize {
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

    /// Notes the names that an address shows, and returns its shape by the names known so far.
    pub(super) fn note(&mut self, address: &Address<'_>) -> Shape {
        let mut above = address.base;
        let mut wide = Vec::with_capacity(address.segments.len());
        for (at, segment) in address.segments.iter().enumerate() {
            let pattern = segment.pattern();
            let is_wide = segment.class == Class::Word && {
                let (kind, children) = (kind(address, at), self.0.entry(above));
                // The lower half of a hash is as good as a hash.
                children.note(kind, hashed(above, pattern) as u32);
                children.is_wide(kind)
            };
            above = hashed(above, if is_wide { NAME } else { pattern });
            wide.push(is_wide);
        }
        Shape::of(address, above, wide)
    }

    pub(super) fn write(&self, to: &mut Writer<'_>) {
        self.0.write(to);
    }

    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.0.read(from)
    }
}

/// Returns the names of the parameters, each once.
fn names_of<'a>(address: &'a Address<'_>) -> Vec<&'a str> {
    let mut names: Vec<&str> = address.params.iter().map(|p| &*p.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns which kinds of values the path below `first` has, in the order in which they come.
fn kinds(address: &Address<'_>, first: u64) -> u64 {
    // Pages that lie deep are not of a kind with those above.
    let depth = (address.segments.len() as u64).clamp(2, 4);
    let mut met = [false; 3];
    let below = address.segments.iter().skip(1).map(|segment| segment.class);
    below.fold(mixed(mixed(first, 2), depth), |hash, class| {
        if std::mem::replace(&mut met[class as usize], true) {
            hash
        } else {
            mixed(hash, class as u64)
        }
    })
}

impl Shape {
    /// Returns the shape of an address whose path has the hash `path`, where it is known which of its
    /// names are values.
    fn of(address: &Address<'_>, path: u64, wide: Vec<bool>) -> Self {
        let names = names_of(address);
        let path = mixed(path, u64::from(address.slash));
        let exact = names
            .iter()
            .fold(mixed(path, 0), |hash, name| hashed(hash, name));
        let mut shape = Self {
            levels: [exact, mixed(path, 1), 0, 0, mixed(address.base, 4)],
            wide,
            literal: true,
            params: names.len(),
        };
        let literal = !shape.patterns(address).any(|pattern| pattern.contains('{'));
        let first = shape.patterns(address).next();
        let first = match first.filter(|_| address.segments.len() > 1) {
            Some(first) => hashed(address.base, first),
            None => address.base,
        };
        shape.literal = literal;
        shape.levels[2] = kinds(address, first);
        shape.levels[3] = mixed(first, 3);
        shape
    }

    /// Returns the patterns of the segments of the address whose shape it is.
    fn patterns<'a>(&'a self, address: &'a Address<'_>) -> impl Iterator<Item = &'a str> {
        let segments = address.segments.iter().zip(&self.wide);
        segments.map(|(segment, wide)| if *wide { NAME } else { segment.pattern() })
    }

    /// Returns the shape with any parameters.
    pub(super) const fn path(&self) -> u64 {
        self.levels[1]
    }

    /// Returns the patterns of its address down to the segment at a place, whatever comes below.
    pub(super) fn prefix(&self, address: &Address<'_>, at: usize) -> u64 {
        let patterns = self.patterns(address).take(at + 1);
        patterns.fold(mixed(address.base, 5), hashed)
    }

    /// Returns the shape with the names of its parameters.
    pub(super) const fn exact(&self) -> u64 {
        self.levels[0]
    }

    /// Returns what people are told of a level of the shape of this address.
    pub(super) fn label(&self, address: &Address<'_>, level: usize) -> String {
        let patterns: Vec<&str> = self.patterns(address).collect();
        let end = if address.slash { "/" } else { "" };
        let path = match patterns.as_slice() {
            [] => "/".to_owned(),
            patterns => format!("/{}{end}", patterns.join("/")),
        };
        let query = names_of(address).join("&");
        match (level, patterns.as_slice()) {
            (0, _) if !query.is_empty() => format!("{path}?{query}"),
            (0 | 1, _) => path,
            (2 | 3, [first, _, ..]) => format!("/{first}/…"),
            _ => "/…".to_owned(),
        }
    }

    /// Returns whether the path has nothing that varies.
    pub(super) const fn is_literal(&self) -> bool {
        self.literal
    }

    /// Returns how many parameters the addresses have.
    pub(super) const fn params(&self) -> usize {
        self.params
    }
}

impl Stored for Children {
    fn write(&self, to: &mut Writer<'_>) {
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
