//! What is measured on a block. The same code serves the decision and the fitting of its weights.

use rustc_hash::FxHashMap;
use thresh_types::BlockKind;

use super::tree::{Sum, Tree, is_prose};
use crate::block::{NO_NODE, Segmentation};
use crate::measure;
use crate::place::PlaceSet;

/// The number of features.
pub(crate) const COUNT: usize = 72;

/// The names of the features, in order.
pub(crate) const NAMES: [&str; COUNT] = [
    "words",
    "link_density",
    "sentence",
    "commas",
    "heading",
    "item",
    "row",
    "code",
    "digits",
    "lower",
    "hidden",
    "nav",
    "header",
    "footer",
    "aside",
    "related",
    "card",
    "share",
    "comment",
    "consent",
    "promo",
    "form",
    "main",
    "article",
    "content",
    "meta",
    "screen_reader",
    "noscript",
    "link_around",
    "post",
    "product",
    "button",
    "table",
    "list",
    "nearest_own",
    "nearest_chrome",
    "near2_words",
    "near5_words",
    "near5_links",
    "near5_prose",
    "next_words",
    "next_prose",
    "previous_words",
    "up1_words",
    "up2_words",
    "up3_words",
    "up4_words",
    "up1_links",
    "up2_links",
    "up3_links",
    "up3_share",
    "up4_prose",
    "best_up",
    "best_over",
    "in_best",
    "position",
    "before_h1",
    "after_h1",
    "after_prose",
    "before_prose",
    "shell_size",
    "shell_words",
    "shell_links",
    "shell_share",
    "page_words",
    "page_links",
    "page_blocks",
    "repeats",
    "depth",
    "bullet_depth",
    "toc",
    "best_share",
];

/// The features of one block.
pub(crate) type Row = [f32; COUNT];

fn log(x: f32) -> f32 {
    (1.0 + x).ln()
}

/// Returns the features of every block; those of blocks that are gone are zero.
pub(crate) fn features(page: &Segmentation, alive: &[bool]) -> Vec<Row> {
    let context = Context::new(page, alive);
    (0..page.blocks.len())
        .map(|i| {
            if alive[i] {
                context.row(i)
            } else {
                [0.0; COUNT]
            }
        })
        .collect()
}

struct Context<'a> {
    page: &'a Segmentation,
    tree: Tree,
    standing: Vec<usize>,
    rank: Vec<usize>,
    /// Per standing block, words, link characters, characters and prose words of all before it.
    sums: Vec<[f32; 4]>,
    shells: FxHashMap<u64, Sum>,
    texts: FxHashMap<u64, u32>,
    h1: Option<usize>,
    first_prose: usize,
    last_prose: usize,
}

impl<'a> Context<'a> {
    fn new(page: &'a Segmentation, alive: &[bool]) -> Self {
        let standing: Vec<usize> = (0..page.blocks.len()).filter(|&i| alive[i]).collect();
        let mut rank = vec![0; page.blocks.len()];
        let mut sums = vec![[0.0; 4]];
        let mut shells: FxHashMap<u64, Sum> = FxHashMap::default();
        let mut texts = FxHashMap::default();
        for (k, &i) in standing.iter().enumerate() {
            rank[i] = k;
            let block = &page.blocks[i];
            let prose = if is_prose(page, i) {
                block.words as f32
            } else {
                0.0
            };
            let last = sums[k];
            sums.push([
                last[0] + block.words as f32,
                last[1] + block.link_chars as f32,
                last[2] + block.chars as f32,
                last[3] + prose,
            ]);
            let shell = shells.entry(shell(page, i)).or_default();
            shell.blocks += 1;
            shell.words += block.words;
            shell.chars += block.chars;
            shell.link_chars += block.link_chars;
            *texts.entry(measure::digest(&block.text)).or_insert(0) += 1;
        }
        let long = |&&i: &&usize| is_prose(page, i) && page.blocks[i].words >= 20;
        let h1 = standing
            .iter()
            .position(|&i| page.blocks[i].kind == BlockKind::Heading(1));
        Self {
            tree: Tree::new(page, alive),
            first_prose: standing.iter().find(long).map_or(0, |&i| rank[i]),
            last_prose: standing
                .iter()
                .rev()
                .find(long)
                .map_or(standing.len(), |&i| rank[i]),
            page,
            standing,
            rank,
            sums,
            shells,
            texts,
            h1,
        }
    }

    fn row(&self, i: usize) -> Row {
        let mut values = Vec::with_capacity(COUNT);
        self.of_text(i, &mut values);
        self.of_place(i, &mut values);
        self.of_neighbours(i, &mut values);
        self.of_elements(i, &mut values);
        self.of_position(i, &mut values);
        self.of_repetition(i, &mut values);
        let mut row = [0.0; COUNT];
        for (to, from) in row.iter_mut().zip(values) {
            *to = from;
        }
        row
    }

    fn of_text(&self, i: usize, out: &mut Vec<f32>) {
        let block = &self.page.blocks[i];
        let text = &block.text;
        let chars = block.chars.max(1) as f32;
        let flag = |b: bool| f32::from(u8::from(b));
        let commas = text.matches([',', '،', '、', ';']).count() as f32;
        let digits = text.chars().filter(|c| c.is_numeric()).count() as f32;
        out.extend([
            log(block.words as f32),
            block.link_density() as f32,
            flag(measure::ends_sentence(text)),
            log(commas),
            flag(matches!(block.kind, BlockKind::Heading(_))),
            flag(matches!(
                block.kind,
                BlockKind::Bullet(_) | BlockKind::Numbered(..)
            )),
            flag(matches!(block.kind, BlockKind::TableRow { .. })),
            flag(block.kind == BlockKind::Code),
            digits / chars,
            flag(text.chars().next().is_some_and(char::is_lowercase)),
            flag(self.page.is_hidden(block)),
        ]);
    }

    fn of_place(&self, i: usize, out: &mut Vec<f32>) {
        let place = self.page.place(&self.page.blocks[i]);
        let flag = |p: PlaceSet| f32::from(u8::from(place.any(p)));
        out.extend(
            [
                PlaceSet::NAV
                    .with(PlaceSet::MENU)
                    .with(PlaceSet::BREADCRUMB)
                    .with(PlaceSet::PAGER),
                PlaceSet::HEADER,
                PlaceSet::FOOTER,
                PlaceSet::ASIDE.with(PlaceSet::SIDEBAR),
                PlaceSet::RELATED,
                PlaceSet::CARD,
                PlaceSet::SHARE,
                PlaceSet::COMMENT,
                PlaceSet::CONSENT.with(PlaceSet::DIALOG),
                PlaceSet::PROMO,
                PlaceSet::FORM,
                PlaceSet::MAIN,
                PlaceSet::ARTICLE,
                PlaceSet::CONTENT,
                PlaceSet::META,
                PlaceSet::SCREEN_READER,
                PlaceSet::NOSCRIPT,
                PlaceSet::LINK,
                PlaceSet::POST,
                PlaceSet::PRODUCT,
                PlaceSet::BUTTON,
                PlaceSet::TABLE,
                PlaceSet::LIST,
            ]
            .map(flag),
        );
        let chain = || self.page.chain(self.page.blocks[i].node).take(40);
        let nearest = |set: PlaceSet| {
            let found = chain().position(|n| self.page.node(n).is_some_and(|n| n.own.any(set)));
            found.map_or(4.0, |d| log(d as f32))
        };
        out.extend([nearest(PlaceSet::OWN), nearest(PlaceSet::CHROME)]);
    }

    /// Returns the sums over the standing blocks from `from` to `to`, both clamped.
    fn window(&self, from: isize, to: isize) -> [f32; 4] {
        let clamp = |k: isize| {
            usize::try_from(k.max(0))
                .unwrap_or(0)
                .min(self.standing.len())
        };
        let (a, b) = (self.sums[clamp(from)], self.sums[clamp(to)]);
        [b[0] - a[0], b[1] - a[1], b[2] - a[2], b[3] - a[3]]
    }

    fn of_neighbours(&self, i: usize, out: &mut Vec<f32>) {
        let k = isize::try_from(self.rank[i]).unwrap_or(0);
        let (two, five) = (self.window(k - 2, k + 3), self.window(k - 5, k + 6));
        let (next, previous) = (self.window(k + 1, k + 2), self.window(k - 1, k));
        out.extend([
            log(two[0]),
            log(five[0]),
            five[1] / five[2].max(1.0),
            five[3] / five[0].max(1.0),
            log(next[0]),
            f32::from(u8::from(next[3] > 0.0)),
            log(previous[0]),
        ]);
    }

    fn of_elements(&self, i: usize, out: &mut Vec<f32>) {
        let node = self.page.blocks[i].node;
        let levels = self.gaining(node);
        let per_block = |s: &Sum| log(s.words as f32 / s.blocks.max(1) as f32);
        let page_words = self.tree.page.words.max(1) as f32;
        out.extend(levels[..4].iter().map(per_block));
        out.extend(levels[..3].iter().map(Sum::link_density));
        let (up, over) = self.tree.distance(self.page, node);
        out.extend([
            levels[2].words as f32 / page_words,
            levels[3].prose as f32 / levels[3].words.max(1) as f32,
            log(up as f32),
            log(over as f32),
            f32::from(u8::from(over == 0)),
        ]);
    }

    /// Returns the sums of the elements around a block that hold more blocks than the one before.
    fn gaining(&self, node: u32) -> [Sum; 4] {
        let mut levels = [self.tree.page; 4];
        let (mut level, mut blocks) = (0, 1);
        for around in self.page.chain(node).take(60) {
            let sum = self.tree.sums[around as usize];
            if sum.blocks > blocks {
                levels[level] = sum;
                blocks = sum.blocks;
                level += 1;
                if level == levels.len() {
                    break;
                }
            }
        }
        levels
    }

    fn of_position(&self, i: usize, out: &mut Vec<f32>) {
        let k = self.rank[i];
        let n = self.standing.len().max(1) as f32;
        let flag = |b: bool| f32::from(u8::from(b));
        out.extend([
            k as f32 / n,
            flag(self.h1.is_some_and(|h| k < h)),
            self.h1
                .filter(|&h| k >= h)
                .map_or(8.0, |h| log((k - h) as f32)),
            if k > self.last_prose {
                log((k - self.last_prose) as f32)
            } else {
                0.0
            },
            if k < self.first_prose {
                log((self.first_prose - k) as f32)
            } else {
                0.0
            },
        ]);
    }

    fn of_repetition(&self, i: usize, out: &mut Vec<f32>) {
        let block = &self.page.blocks[i];
        let shell = self
            .shells
            .get(&shell(self.page, i))
            .copied()
            .unwrap_or_default();
        let all = self.tree.page;
        let depth = self
            .tree
            .depths
            .get(block.node as usize)
            .copied()
            .unwrap_or(0);
        let bullet = match block.kind {
            BlockKind::Bullet(depth) | BlockKind::Numbered(depth, _) => f32::from(depth),
            _ => 0.0,
        };
        let best = self
            .tree
            .sums
            .get(self.tree.best as usize)
            .copied()
            .unwrap_or_default();
        let repeats = self
            .texts
            .get(&measure::digest(&block.text))
            .copied()
            .unwrap_or(1);
        out.extend([
            log(shell.blocks as f32),
            log(shell.words as f32 / shell.blocks.max(1) as f32),
            shell.link_density(),
            shell.words as f32 / all.words.max(1) as f32,
            log(all.words as f32),
            all.link_density(),
            log(all.blocks as f32),
            log(repeats as f32),
            log(depth as f32),
            bullet,
            f32::from(u8::from(self.page.place(block).any(PlaceSet::TOC))),
            best.words as f32 / all.words.max(1) as f32,
        ]);
    }
}

fn shell(page: &Segmentation, i: usize) -> u64 {
    let node = page.blocks[i].node;
    let mut shell = 0;
    for around in page.chain(node).take(3) {
        shell = measure::combine(shell, page.node(around).map_or(0, |n| n.signature));
    }
    if node == NO_NODE { 0 } else { shell }
}
