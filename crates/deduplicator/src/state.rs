//! What one call leaves for the next: candidates and measured pairs.

use std::io;

use crate::bytes::{Reader, Writer};
use crate::candidates::Candidate;
use crate::examples::Examples;
use crate::measuring::Measured;
use crate::postings::Pair;
use crate::shape::Shape;
use crate::verify::Measure;
use crate::veto::Difference;

/// Texts are named by their place among `texts`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct State {
    /// The key of each text and the digest of the document that was read for it, by key.
    pub(crate) texts: Vec<(u128, u128)>,
    /// Sorted.
    pub(crate) candidates: Vec<Candidate>,
    /// Sorted.
    pub(crate) found: Vec<Found>,
}

/// A measured pair of texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// The lower text first.
    pub(crate) pair: Pair,
    /// Whether the second text was read as the first document.
    pub(crate) turned: bool,
    pub(crate) measured: Measured,
}

impl State {
    /// Writes the state.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn put(&self, out: &mut Writer<'_>) -> io::Result<()> {
        for count in [self.texts.len(), self.candidates.len(), self.found.len()] {
            out.u64(count as u64)?;
        }
        for &(key, raw) in &self.texts {
            out.u128(key)?;
            out.u128(raw)?;
        }
        for candidate in &self.candidates {
            out.u32(candidate.pair.0)?;
            out.u32(candidate.pair.1)?;
            out.u32(u32::from(candidate.near) | u32::from(candidate.promising) << 1)?;
        }
        self.found
            .iter()
            .try_for_each(|found| put_found(out, found))
    }

    /// Reads a state; one that holds no sense is an error.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn take(input: &mut Reader) -> io::Result<Self> {
        let (texts, candidates, found) = (input.count()?, input.count()?, input.count()?);
        Ok(Self {
            texts: (0..texts)
                .map(|_| Ok((input.u128()?, input.u128()?)))
                .collect::<io::Result<_>>()?,
            candidates: (0..candidates)
                .map(|_| take_candidate(input))
                .collect::<io::Result<_>>()?,
            found: (0..found)
                .map(|_| take_found(input))
                .collect::<io::Result<_>>()?,
        })
    }
}

fn take_candidate(input: &mut Reader) -> io::Result<Candidate> {
    let pair = (input.u32()?, input.u32()?);
    let flags = input.u32()?;
    Ok(Candidate {
        pair,
        near: flags & 1 != 0,
        promising: flags & 2 != 0,
    })
}

/// Counts are written as 32 bits: texts have fewer words.
fn put_count(out: &mut Writer<'_>, count: usize) -> io::Result<()> {
    out.u32(u32::try_from(count).unwrap_or(u32::MAX))
}

fn take_count(input: &mut Reader) -> io::Result<usize> {
    Ok(input.u32()? as usize)
}

fn put_found(out: &mut Writer<'_>, found: &Found) -> io::Result<()> {
    out.u32(found.pair.0)?;
    out.u32(found.pair.1)?;
    let difference = &found.measured.difference;
    out.u32(u32::from(found.turned) | u32::from(difference.is_some()) << 1)?;
    let measure = &found.measured.measure;
    let rare = [measure.rare_a, measure.rare_b, measure.rare_shared];
    for count in [measure.a, measure.b, measure.shared]
        .into_iter()
        .chain(rare)
    {
        put_count(out, count)?;
    }
    match difference {
        Some(difference) => put_difference(out, difference),
        None => Ok(()),
    }
}

fn take_found(input: &mut Reader) -> io::Result<Found> {
    let pair = (input.u32()?, input.u32()?);
    let flags = input.u32()?;
    let measure = Measure {
        a: take_count(input)?,
        b: take_count(input)?,
        shared: take_count(input)?,
        rare_a: take_count(input)?,
        rare_b: take_count(input)?,
        rare_shared: take_count(input)?,
    };
    let difference = match flags & 2 {
        0 => None,
        _ => Some(take_difference(input)?),
    };
    Ok(Found {
        pair,
        turned: flags & 1 != 0,
        measured: Measured {
            measure,
            difference,
        },
    })
}

fn put_difference(out: &mut Writer<'_>, difference: &Difference) -> io::Result<()> {
    let counts = [
        difference.words,
        difference.numeric,
        difference.other,
        difference.replaced,
    ];
    for count in counts {
        put_count(out, count)?;
    }
    out.u32(difference.revisions.0)?;
    out.u32(difference.revisions.1)?;
    for shape in [&difference.a, &difference.b] {
        for count in [
            shape.words,
            shape.lead,
            shape.inner,
            shape.tail,
            shape.prose,
            shape.common_prose,
        ] {
            put_count(out, count)?;
        }
    }
    let examples = difference.examples.written();
    put_count(out, examples.len())?;
    out.bytes(examples.as_bytes())
}

fn take_difference(input: &mut Reader) -> io::Result<Difference> {
    Ok(Difference {
        words: take_count(input)?,
        numeric: take_count(input)?,
        other: take_count(input)?,
        replaced: take_count(input)?,
        revisions: (input.u32()?, input.u32()?),
        a: take_shape(input)?,
        b: take_shape(input)?,
        examples: Examples::from_written(input.string()?),
    })
}

fn take_shape(input: &mut Reader) -> io::Result<Shape> {
    Ok(Shape {
        words: take_count(input)?,
        lead: take_count(input)?,
        inner: take_count(input)?,
        tail: take_count(input)?,
        prose: take_count(input)?,
        common_prose: take_count(input)?,
    })
}
