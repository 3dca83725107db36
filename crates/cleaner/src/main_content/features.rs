//! The features of a block. The same code serves the decision and the fitting of the model.
//!
//! Every feature is put by name, so that names and values cannot drift apart: the names are what the
//! same code puts on a page of one empty block.

use thresh_types::BlockKind;

use super::around::{Around, FAR, PLACES, TAGS};
use super::scene::Scene;
use super::words::flag;
use crate::block::{NO_NODE, RawBlock, Segmentation};
use crate::place::PlaceSet;

/// Takes features in order.
trait Sink {
    fn put(&mut self, name: &'static str, value: f32);
    /// Puts one of a numbered series.
    fn put_nth(&mut self, name: &'static str, nth: usize, value: f32);
    /// Puts one of a named series.
    fn put_of(&mut self, name: &'static str, which: &'static str, value: f32);
}

impl Sink for Vec<f32> {
    fn put(&mut self, _: &'static str, value: f32) {
        self.push(value);
    }

    fn put_nth(&mut self, _: &'static str, _: usize, value: f32) {
        self.push(value);
    }

    fn put_of(&mut self, _: &'static str, _: &'static str, value: f32) {
        self.push(value);
    }
}

impl Sink for Vec<String> {
    fn put(&mut self, name: &'static str, _: f32) {
        self.push(name.to_owned());
    }

    fn put_nth(&mut self, name: &'static str, nth: usize, _: f32) {
        self.push(format!("{name}_{nth}"));
    }

    fn put_of(&mut self, name: &'static str, which: &'static str, _: f32) {
        self.push(format!("{name}_{which}"));
    }
}

/// Returns the names of the features, in order.
pub(crate) fn names() -> Vec<String> {
    let page = Segmentation {
        blocks: vec![RawBlock::empty()],
        ..Segmentation::default()
    };
    let mut names = Vec::new();
    Scene::new(&page).block(0, &mut names);
    names
}

/// The features of every block of a page, row by row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    columns: usize,
    pub(crate) values: Vec<f32>,
}

impl Features {
    /// Measures a page.
    pub(crate) fn of(page: &Segmentation) -> Self {
        let measured = Measured::new(page);
        let mut values = Vec::with_capacity(page.blocks.len() * 256);
        for i in 0..measured.len() {
            measured.block(i, &mut values);
        }
        Self {
            columns: values.len() / page.blocks.len().max(1),
            values,
        }
    }

    /// Returns the features block by block.
    pub(crate) fn rows(&self) -> std::slice::ChunksExact<'_, f32> {
        self.values.chunks_exact(self.columns.max(1))
    }
}

/// A page that was looked at as a whole, and whose blocks are measured one at a time: all at once they take
/// more memory than the page.
pub(super) struct Measured<'a>(Scene<'a>);

impl<'a> Measured<'a> {
    pub(super) fn new(page: &'a Segmentation) -> Self {
        Self(Scene::new(page))
    }

    /// Returns the number of blocks.
    pub(super) fn len(&self) -> usize {
        self.0.page.blocks.len()
    }

    /// Returns the element with the densest prose.
    pub(super) fn best(&self) -> u32 {
        self.0.tree.best
    }

    /// Appends the features of a block.
    pub(super) fn block(&self, i: usize, out: &mut Vec<f32>) {
        self.0.block(i, out);
    }
}

fn log(x: f32) -> f32 {
    (1.0 + x.max(0.0)).ln()
}

fn ratio(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn yes(is: bool) -> f32 {
    f32::from(u8::from(is))
}

/// Levels of elements around a block that are looked at.
const LEVELS: usize = 6;
/// Neighbours on either side.
const NEIGHBOURS: usize = 4;

impl Scene<'_> {
    /// Puts everything known of a block.
    fn block(&self, i: usize, out: &mut impl Sink) {
        self.text(i, out);
        self.kind(i, out);
        self.place(i, out);
        self.levels(i, out);
        self.candidates(i, out);
        self.repetition(i, out);
        self.position(i, out);
        self.neighbours(i, out);
        self.whole(out);
    }

    fn text(&self, i: usize, out: &mut impl Sink) {
        let (block, w) = (&self.page.blocks[i], &self.words[i]);
        out.put("words", log(block.words as f32));
        out.put("chars", log(block.chars as f32));
        out.put("word_length", ratio(w.letters, w.tokens));
        out.put("longest_word", w.longest as f32);
        out.put("link_density", block.link_density() as f32);
        out.put("anchors", log(block.links.len() as f32));
        out.put(
            "words_per_link",
            log(ratio(block.words, block.links.len() as u32)),
        );
        out.put("sentence", yes(w.sentence));
        out.put("sentence_ends", log(w.sentence_ends as f32));
        out.put(
            "words_per_sentence",
            log(ratio(block.words, w.sentence_ends + 1)),
        );
        out.put("commas", log(w.commas as f32));
        out.put("digits", ratio(w.digits, w.digits + w.letters));
        out.put("upper", ratio(w.upper, w.letters));
        out.put("marks", ratio(w.marks, w.marks + w.letters));
        out.put("capitalised", ratio(w.capitalised, w.tokens));
        out.put("short_lower", ratio(w.short_lower, w.tokens));
        out.put("distinct", ratio(w.distinct, w.tokens));
        out.put("common", ratio(w.common, w.tokens));
        out.put("elsewhere", ratio(w.elsewhere, w.tokens));
        out.put("in_title", ratio(w.in_title, w.tokens));
        out.put("first", f32::from(w.first));
        out.put("last", f32::from(w.last));
        out.put("lower_start", yes(w.lower_start));
        for (name, flag) in flag::NAMED {
            out.put_of("holds", name, w.has(flag));
        }
    }

    fn kind(&self, i: usize, out: &mut impl Sink) {
        let block = &self.page.blocks[i];
        let (kind, level) = kind(block.kind);
        out.put("kind", kind);
        out.put("kind_level", level);
        out.put("all_code", yes(block.all_code));
        out.put("marked_up", yes(block.markdown.is_some()));
        out.put("hidden", yes(self.page.is_hidden(block)));
        out.put("tag", self.around(i).map_or(0.0, |a| f32::from(a.tag)));
        let parent = self.page.node(block.node).map_or(NO_NODE, |n| n.parent);
        let parent = self.tree.nodes.get(parent as usize);
        out.put("tag_around", parent.map_or(0.0, |a| f32::from(a.tag)));
    }

    fn place(&self, i: usize, out: &mut impl Sink) {
        let around = self.around(i);
        let distance = |nth: usize| around.map_or(f32::from(FAR), |a| f32::from(a.nearest[nth]));
        for (nth, name) in PLACES.into_iter().enumerate() {
            out.put_of("in", name, distance(nth));
        }
        for (nth, name) in (PLACES.len()..).zip(TAGS) {
            out.put_of("within", name, distance(nth));
        }
        let (own, chrome) = around.map_or((FAR, FAR), |a| {
            let least = |set: PlaceSet| {
                let bits = (0..PLACES.len()).filter(|bit| set.0 >> bit & 1 == 1);
                bits.map(|bit| a.nearest[bit]).min().unwrap_or(FAR)
            };
            (least(PlaceSet::OWN), least(PlaceSet::CHROME))
        });
        out.put("own_place", f32::from(own));
        out.put("chrome_place", f32::from(chrome));
        out.put("own_before_chrome", f32::from(chrome) - f32::from(own));
        out.put("depth", around.map_or(0.0, |a| a.depth as f32));
    }

    fn levels(&self, i: usize, out: &mut impl Sink) {
        let mut node = self.page.blocks[i].node;
        if self.sum(node).blocks <= 1 {
            node = self.around(i).map_or(NO_NODE, |a| a.gaining);
        }
        for level in 1..=LEVELS {
            let around = self.tree.nodes.get(node as usize);
            let sum = around.map_or(self.tree.page, |a| a.sum);
            out.put_nth("up_share", level, ratio(sum.words, self.tree.page.words));
            out.put_nth("up_links", level, sum.link_density());
            out.put_nth("up_blocks", level, log(sum.blocks as f32));
            out.put_nth("up_words", level, log(sum.words_per_block()));
            out.put_nth("up_prose", level, sum.prose_share());
            out.put_nth("up_headings", level, ratio(sum.headings, sum.blocks));
            out.put_nth(
                "up_alike",
                level,
                log(around.map_or(0.0, |a| a.alike as f32)),
            );
            let first = around.map_or(0, |a| a.first);
            out.put_nth(
                "up_place",
                level,
                ratio((i as u32).saturating_sub(first), sum.blocks),
            );
            node = around.map_or(NO_NODE, |a| a.gaining);
        }
    }

    fn candidates(&self, i: usize, out: &mut impl Sink) {
        let around = self.around(i).copied();
        let of = |f: fn(&Around) -> u32| around.as_ref().map_or(40.0, |a| f(a).min(40) as f32);
        out.put("best_up", of(|a| a.up));
        out.put("best_over", of(|a| a.over));
        out.put("most_up", of(|a| a.up_most));
        out.put("most_over", of(|a| a.over_most));
        out.put("alike", log(of(|a| a.alike)));
        let node = self.page.blocks[i].node;
        let shared = |other: u32| {
            let meeting = self.page.chain(node).take(64).nth(around.map_or(0, |a| {
                if other == self.tree.best {
                    a.up
                } else {
                    a.up_most
                }
            }) as usize);
            self.sum(meeting.unwrap_or(NO_NODE))
        };
        out.put(
            "best_shared",
            ratio(shared(self.tree.best).words, self.tree.page.words),
        );
        out.put(
            "most_shared",
            ratio(shared(self.tree.most).words, self.tree.page.words),
        );
    }

    fn repetition(&self, i: usize, out: &mut impl Sink) {
        for (nth, (group, key)) in self.groups.iter().zip(self.keys[i]).enumerate() {
            let sum = group.get(&key).copied().unwrap_or_default();
            out.put_nth("group_blocks", nth, log(sum.blocks as f32));
            out.put_nth("group_words", nth, log(sum.words_per_block()));
            out.put_nth("group_links", nth, sum.link_density());
            out.put_nth("group_share", nth, ratio(sum.words, self.tree.page.words));
            out.put_nth("group_prose", nth, sum.prose_share());
        }
        out.put("same_text", self.same[i][0].min(20) as f32);
        out.put("same_before", self.same[i][1].min(20) as f32);
    }

    fn position(&self, i: usize, out: &mut impl Sink) {
        let n = self.page.blocks.len();
        let far = |from: Option<usize>| {
            from.map_or(-900.0, |h| (i as f32 - h as f32).clamp(-400.0, 400.0))
        };
        out.put("position", i as f32 / n as f32);
        out.put(
            "words_before",
            ratio(self.before[i].words, self.tree.page.words),
        );
        out.put("from_start", log(i as f32));
        out.put("from_end", log((n - i) as f32));
        out.put("from_h1", far(self.h1));
        out.put("from_title", far(self.titled));
        out.put("from_first_prose", far(Some(self.first_prose)));
        out.put("from_last_prose", far(Some(self.last_prose)));
        let [over, end] = self.sections[i];
        let heading = self.page.blocks.get(over as usize).map(|b| kind(b.kind).1);
        out.put("over_level", heading.unwrap_or(9.0));
        out.put(
            "from_over",
            heading.map_or(-1.0, |_| log((i as u32 - over) as f32)),
        );
        let start = if heading.is_some() {
            over as usize + 1
        } else {
            0
        };
        let section = self.between(start, end as usize);
        out.put("section_words", log(section.words as f32));
        out.put("section_blocks", log(section.blocks as f32));
        out.put("section_links", section.link_density());
        out.put("section_prose", section.prose_share());
        let over_words = self.words.get(over as usize);
        out.put(
            "over_in_title",
            over_words.map_or(-1.0, |w| ratio(w.in_title, w.tokens)),
        );
    }
    fn neighbours(&self, i: usize, out: &mut impl Sink) {
        for step in 1..=NEIGHBOURS {
            self.neighbour(i, i.checked_sub(step), 2 * step, out);
            let next = Some(i + step).filter(|&j| j < self.own.len());
            self.neighbour(i, next, 2 * step + 1, out);
        }
        for (nth, reach) in [2, 5, 15, 40].into_iter().enumerate() {
            let sum = self.between(i.saturating_sub(reach), i + reach + 1);
            out.put_nth("near_words", nth, log(sum.words_per_block()));
            out.put_nth("near_links", nth, sum.link_density());
            out.put_nth("near_prose", nth, sum.prose_share());
        }
        for (nth, sum) in [
            self.between(i.saturating_sub(8), i),
            self.between(i + 1, i + 9),
        ]
        .into_iter()
        .enumerate()
        {
            out.put_nth("side_words", nth, log(sum.words_per_block()));
            out.put_nth("side_links", nth, sum.link_density());
            out.put_nth("side_prose", nth, sum.prose_share());
        }
    }

    fn neighbour(&self, i: usize, other: Option<usize>, nth: usize, out: &mut impl Sink) {
        let block = other.map(|j| &self.page.blocks[j]);
        out.put_nth(
            "beside_words",
            nth,
            block.map_or(-1.0, |b| log(b.words as f32)),
        );
        out.put_nth(
            "beside_links",
            nth,
            block.map_or(-1.0, |b| b.link_density() as f32),
        );
        out.put_nth(
            "beside_prose",
            nth,
            other.map_or(-1.0, |j| yes(self.own[j].prose > 0)),
        );
        out.put_nth("beside_kind", nth, block.map_or(-1.0, |b| kind(b.kind).0));
        out.put_nth(
            "beside_alike",
            nth,
            other.map_or(-1.0, |j| yes(self.keys[i][1] == self.keys[j][1])),
        );
    }

    fn whole(&self, out: &mut impl Sink) {
        let (page, counts, n) = (&self.tree.page, &self.counts, self.own.len() as u32);
        out.put("page_words", log(page.words as f32));
        out.put("page_blocks", log(n as f32));
        out.put("page_links", page.link_density());
        out.put("page_prose", page.prose_share());
        out.put("page_words_per_block", log(page.words_per_block()));
        out.put("page_headings", ratio(page.headings, n));
        out.put("page_items", ratio(counts.items, n));
        out.put("page_rows", ratio(counts.rows, n));
        out.put("page_prices", log(counts.prices as f32));
        out.put("page_dates", log(counts.dates as f32));
        out.put("page_short", ratio(counts.short, n));
        out.put("page_linked", ratio(counts.linked, n));
        out.put("page_largest", log(counts.largest as f32));
        out.put("page_hidden", ratio(counts.hidden_words, page.words));
        out.put("page_best", ratio(counts.best.words, page.words));
        out.put("page_most", ratio(counts.most.words, page.words));
        out.put("page_most_prose", counts.most.prose_share());
        for (name, count) in PLACES.into_iter().chain(TAGS).zip(counts.kinds) {
            if COUNTED.contains(&name) {
                out.put_of("page_count", name, log(count as f32));
            }
        }
    }
}

/// Kinds of elements that are counted over the page.
const COUNTED: [&str; 17] = [
    "article-place",
    "related",
    "comment",
    "promo",
    "form-place",
    "card",
    "post",
    "product",
    "p",
    "li",
    "table",
    "td",
    "section",
    "article",
    "main",
    "figure",
    "blockquote",
];

/// Returns a block's kind as a number, and its level or depth.
fn kind(kind: BlockKind) -> (f32, f32) {
    match kind {
        BlockKind::Paragraph => (0.0, 0.0),
        BlockKind::Heading(level) => (1.0, f32::from(level)),
        BlockKind::Bullet(depth) => (2.0, f32::from(depth)),
        BlockKind::Numbered(depth, _) => (3.0, f32::from(depth)),
        BlockKind::TableRow { header } => (4.0, yes(header)),
        BlockKind::Code => (5.0, 0.0),
        BlockKind::Quote => (6.0, 0.0),
        BlockKind::Caption => (7.0, 0.0),
        BlockKind::Footnote => (8.0, 0.0),
        BlockKind::Term => (9.0, 0.0),
        BlockKind::Definition => (10.0, 0.0),
    }
}
