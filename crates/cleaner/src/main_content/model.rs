//! A gradient-boosted tree model, read in place from its file.
//!
//! The file is little-endian: the magic line, the length of a JSON head (`u32`), the head (what the model was
//! fitted on and how it scored), then per feature its cuts (`u8` count, `f32` each), the trees (`u16` count) and
//! per tree its inner nodes (`u8` count; feature, cut, left, right, `u8` each, and the mean below the node, `f32`)
//! and its leaves (`u8` count, `f32` each). A child below 128 is an inner node, from 128 on a leaf.
//! `crates/cleaner/model/train.py` writes it.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::features::{self, Measured};
use lanes::{LANES, Lane, Questions};

mod lanes;

/// What every model file begins with.
const MAGIC: &[u8] = b"thresh-trees 1\n";
/// The first number of a child that means a leaf.
const LEAF: u8 = 128;

/// The model that this version of the program ships.
static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    Model::read(include_bytes!("../../model/blocks.model")).expect("a test reads the shipped model")
});

/// What a model file says of itself.
#[derive(Debug, Clone, Deserialize)]
pub struct ModelHead {
    /// The names of the features that the trees ask, in the order of their numbers.
    pub features: Vec<String>,
    /// What the model was fitted on, with its licence.
    pub data: String,
    /// SHA-256 over the pages and truths that it was fitted on.
    pub data_digest: String,
    /// The number of those pages.
    pub pages: usize,
    /// The settings of the fit, its seed among them.
    pub parameters: serde_json::Value,
    /// What was measured in cross-validation by domain, if it was.
    #[serde(default)]
    pub scores: serde_json::Value,
}

#[derive(Debug, Clone, Copy)]
struct Inner {
    feature: u8,
    cut: u8,
    /// Where values up to the cut lead, and where those above it.
    children: [u8; 2],
    /// Log-odds expected at this node.
    mean: f32,
}

#[derive(Debug, Clone)]
struct Tree {
    inner: Vec<Inner>,
    leaves: Vec<f32>,
    /// The same for many blocks at once.
    questions: Questions,
}

/// A gradient-boosted tree model over the features of blocks.
#[derive(Debug, Clone)]
pub struct Model {
    head: ModelHead,
    /// Per feature of the model, its column among all features.
    columns: Vec<usize>,
    cuts: Vec<Vec<f32>>,
    trees: Vec<Tree>,
}

/// Why a file is not a model that this program can ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the model cannot be read: {0}; fit it again with this version's features")]
pub struct ModelError(String);

impl Model {
    /// Returns the model that ships with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// Fails when the bytes are no model, are cut short, or ask for features that this program does not measure.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader(bytes);
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(ModelError("it does not begin as a model does".into()));
        }
        let length = reader.u32()? as usize;
        let head: ModelHead = serde_json::from_slice(reader.take(length)?)
            .map_err(|e| ModelError(format!("its head is no JSON of the known shape ({e})")))?;
        let columns = columns(&head)?;
        let cuts = columns
            .iter()
            .map(|_| reader.floats())
            .collect::<Result<Vec<_>, _>>()?;
        let count = reader.u16()?;
        let trees = (0..count)
            .map(|_| reader.tree(&cuts))
            .collect::<Result<Vec<_>, _>>()?;
        if !reader.0.is_empty() {
            return Err(ModelError("bytes follow its end".into()));
        }
        Ok(Self {
            head,
            columns,
            cuts,
            trees,
        })
    }

    /// Returns what the file says of itself.
    pub fn head(&self) -> &ModelHead {
        &self.head
    }

    /// Returns how likely each block is the page's own text, 0 to 1.
    pub(super) fn probabilities(&self, page: &Measured<'_>) -> Vec<f32> {
        let mut bins = vec![[0; LANES]; self.columns.len()];
        let mut sums = Vec::with_capacity(page.len());
        for first in (0..page.len()).step_by(LANES) {
            let asked = first..page.len().min(first + LANES);
            self.fill(&mut bins, page, asked.clone());
            let mut batch = [0.0_f32; LANES];
            for tree in &self.trees {
                tree.questions.add(&bins, &mut batch);
            }
            sums.extend(batch.into_iter().take(asked.len()));
        }
        sums.into_iter().map(logistic).collect()
    }

    /// Writes the bins of some blocks, feature by feature.
    fn fill(&self, bins: &mut [Lane], page: &Measured<'_>, asked: Range<usize>) {
        let mut row = Vec::new();
        for (lane, block) in asked.enumerate() {
            row.clear();
            page.block(block, &mut row);
            for (bins, bin) in bins.iter_mut().zip(self.bins(&row)) {
                bins[lane] = bin;
            }
        }
    }

    /// Returns the same for one block, with what each feature of the model added: along each tree's path, the change of the
    /// expected log-odds goes to the feature that was asked (Saabas 2014).
    pub(crate) fn parts(&self, row: &[f32]) -> (f32, Vec<f32>) {
        let bins: Vec<u8> = self.bins(row).collect();
        let mut added = vec![0.0_f32; self.columns.len()];
        let mut sum = 0.0;
        for tree in &self.trees {
            sum += tree.walk(&bins, |feature, change| {
                added[usize::from(feature)] += change;
            });
        }
        (logistic(sum), added)
    }

    /// Returns the number of each feature's first cut that is not below its value.
    fn bins<'a>(&'a self, row: &'a [f32]) -> impl Iterator<Item = u8> + 'a {
        self.columns.iter().zip(&self.cuts).map(|(&column, cuts)| {
            let value = row.get(column).copied().unwrap_or(0.0);
            u8::try_from(cuts.partition_point(|cut| *cut < value)).unwrap_or(u8::MAX)
        })
    }
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

fn columns(head: &ModelHead) -> Result<Vec<usize>, ModelError> {
    let names = features::names();
    head.features
        .iter()
        .map(|asked| {
            names.iter().position(|name| name == asked).ok_or_else(|| {
                ModelError(format!(
                    "it asks for the feature {asked:?}, which is not measured"
                ))
            })
        })
        .collect()
}

impl Tree {
    fn next(&self, at: u8, bins: &[u8]) -> u8 {
        let inner = &self.inner[usize::from(at)];
        inner.children[usize::from(bins[usize::from(inner.feature)] > inner.cut)]
    }

    /// Walks down and tells of each feature asked how the expectation changed.
    fn walk(&self, bins: &[u8], mut tell: impl FnMut(u8, f32)) -> f32 {
        let mut at = 0_u8;
        loop {
            let inner = self.inner[usize::from(at)];
            let next = self.next(at, bins);
            let mean = match next.checked_sub(LEAF) {
                Some(leaf) => self.leaves[usize::from(leaf)],
                None => self.inner[usize::from(next)].mean,
            };
            tell(inner.feature, mean - inner.mean);
            if next >= LEAF {
                return mean;
            }
            at = next;
        }
    }
}

/// Reads numbers from the front of bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self
            .0
            .split_at_checked(n)
            .ok_or_else(|| ModelError("it is cut short".into()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let taken = self.take(N)?;
        taken
            .try_into()
            .map_err(|_| ModelError("it is cut short".into()))
    }

    fn u8(&mut self) -> Result<u8, ModelError> {
        self.array().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Result<u16, ModelError> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.array().map(u32::from_le_bytes)
    }

    fn float(&mut self) -> Result<f32, ModelError> {
        let value = f32::from_le_bytes(self.array()?);
        if !value.is_finite() {
            return Err(ModelError("a number in it is not finite".into()));
        }
        Ok(value)
    }

    fn floats(&mut self) -> Result<Vec<f32>, ModelError> {
        let count = self.u8()?;
        (0..count).map(|_| self.float()).collect()
    }

    /// Reads a tree whose every number leads somewhere, and never back, so that it can be walked without looking.
    fn tree(&mut self, cuts: &[Vec<f32>]) -> Result<Tree, ModelError> {
        let count = self.u8()?;
        let inner = (0..count)
            .map(|_| self.inner())
            .collect::<Result<Vec<_>, _>>()?;
        let leaves = self.floats()?;
        let leads = |from: usize, to: u8| match to.checked_sub(LEAF) {
            Some(leaf) => usize::from(leaf) < leaves.len(),
            None => usize::from(to) > from && usize::from(to) < inner.len(),
        };
        let sound = inner.iter().enumerate().all(|(i, node)| {
            let known = cuts.get(usize::from(node.feature)).map_or(0, Vec::len);
            usize::from(node.cut) < known && node.children.iter().all(|&child| leads(i, child))
        });
        if inner.is_empty() || inner.len() > usize::from(LEAF) || !sound {
            return Err(ModelError("a tree in it leads nowhere".into()));
        }
        let questions = Questions::of(&inner, &leaves)
            .ok_or_else(|| ModelError("a tree in it is none".into()))?;
        Ok(Tree {
            inner,
            leaves,
            questions,
        })
    }

    fn inner(&mut self) -> Result<Inner, ModelError> {
        let [feature, cut, left, right] = self.array()?;
        Ok(Inner {
            feature,
            cut,
            children: [left, right],
            mean: self.float()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of all sorts of blocks, more of them than are asked at once, and no multiple of that.
    fn page(sections: usize) -> thresh_page::Page {
        let section = |i: usize| {
            format!(
                "<div class='c{}'><h2>Section {i}</h2><p>{}</p><ul><li><a href='/{i}'>More</a><li>Two</ul></div>",
                i % 5,
                "A sentence of several words stands here. ".repeat(i % 7)
            )
        };
        let body: String = (0..sections).map(section).collect();
        thresh_page::Page::parse(&format!("<title>T</title><nav>Home</nav>{body}"), None)
    }

    #[test]
    fn batches_and_single_walks_agree_to_the_bit() {
        let model = Model::shipped();
        for sections in [0, 1, 7, 8, 9, 60] {
            let page = crate::segment(&page(sections));
            let features = features::Features::of(&page);
            let together = model.probabilities(&Measured::new(&page));
            let alone: Vec<u32> = features
                .rows()
                .map(|row| model.parts(row).0.to_bits())
                .collect();
            assert_eq!(together.len(), features.rows().len());
            assert_eq!(
                together.iter().map(|p| p.to_bits()).collect::<Vec<_>>(),
                alone
            );
        }
    }
}
