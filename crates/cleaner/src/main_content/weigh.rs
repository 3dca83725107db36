//! The decision: a probability per block, evened out over lists and sections, and the choice of
//! blocks that promises the best balance of text kept and noise lost.

use rustc_hash::FxHashMap;
use thresh_types::BlockKind;

use super::features::{Row, features};
use super::tree::is_prose;
use super::weights::{INTERCEPT, WEIGHTS};
use crate::block::{NO_NODE, Segmentation};
use crate::measure;
use crate::place::PlaceSet;
use crate::settings::Bias;

/// Whether a block belongs to the page's own text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It does.
    Own,
    /// It does not: rule and what was seen.
    Around(&'static str, String),
}

/// Decides on every block that is still there; the others come out as own.
pub(crate) fn decide(page: &Segmentation, alive: &[bool], bias: Bias) -> Vec<Verdict> {
    let hidden = hidden(page, alive);
    let seen: Vec<bool> = alive.iter().zip(&hidden).map(|(a, h)| *a && !h).collect();
    let rows = features(page, &seen);
    let mut odds: Vec<f32> = rows.iter().map(probability).collect();
    even_out(page, &seen, &mut odds);
    let mut chosen = choose(page, &seen, &odds, bias);
    mend(page, &seen, &mut chosen, &odds);
    let repeated = repeated(page, &chosen);
    (0..page.blocks.len())
        .map(|i| match (alive[i], hidden[i], chosen[i]) {
            (true, true, _) => {
                Verdict::Around("hidden", "the page hides it from readers".to_owned())
            }
            (true, false, false) => reason(page, i, odds[i]),
            (true, false, true) if repeated[i] => {
                Verdict::Around("repeat", "stands elsewhere on the page already".to_owned())
            }
            _ => Verdict::Own,
        })
        .collect()
}

fn probability(row: &Row) -> f32 {
    let sum: f32 = row.iter().zip(WEIGHTS).map(|(x, w)| x * w).sum();
    1.0 / (1.0 + (-(sum + INTERCEPT)).exp())
}

/// Marks what the page hides; a page that hides most of its prose shows it by script.
fn hidden(page: &Segmentation, alive: &[bool]) -> Vec<bool> {
    let hidden: Vec<bool> = page.blocks.iter().map(|b| page.is_hidden(b)).collect();
    let words = |of: &dyn Fn(usize) -> bool| -> u32 {
        let blocks = (0..page.blocks.len()).filter(|&i| alive[i] && is_prose(page, i) && of(i));
        blocks.map(|i| page.blocks[i].words).sum()
    };
    if words(&|i| hidden[i]) > words(&|i| !hidden[i]) {
        return vec![false; hidden.len()];
    }
    hidden
}

/// Items of one list and rows of one table belong together.
fn even_out(page: &Segmentation, alive: &[bool], odds: &mut [f32]) {
    let mut groups: FxHashMap<u32, (f32, f32)> = FxHashMap::default();
    let group = |i: usize| -> u32 {
        let block = &page.blocks[i];
        let set = match block.kind {
            BlockKind::Bullet(_) | BlockKind::Numbered(..) => PlaceSet::LIST,
            BlockKind::TableRow { .. } => PlaceSet::TABLE,
            _ => return NO_NODE,
        };
        let mut chain = page.chain(block.node).take(8);
        chain
            .find(|&n| page.node(n).is_some_and(|n| n.own.any(set)))
            .unwrap_or(NO_NODE)
    };
    for i in (0..odds.len()).filter(|&i| alive[i]) {
        let sum = groups.entry(group(i)).or_insert((0.0, 0.0));
        let weight = page.blocks[i].words as f32 + 1.0;
        sum.0 += odds[i] * weight;
        sum.1 += weight;
    }
    for i in (0..odds.len()).filter(|&i| alive[i]) {
        let group = group(i);
        if group != NO_NODE
            && let Some((sum, weight)) = groups.get(&group)
        {
            odds[i] = 0.5 * odds[i] + 0.5 * sum / weight;
        }
    }
}

/// Chooses the most probable blocks, as many as give the best expected F-measure.
fn choose(page: &Segmentation, alive: &[bool], odds: &[f32], bias: Bias) -> Vec<bool> {
    let beta2 = match bias {
        Bias::Precision => 0.4,
        Bias::Balanced => 1.0,
        Bias::Recall => 3.0,
    };
    let mut order: Vec<usize> = (0..odds.len()).filter(|&i| alive[i]).collect();
    order.sort_by(|&a, &b| odds[b].total_cmp(&odds[a]).then(a.cmp(&b)));
    let weight = |i: usize| page.blocks[i].words as f32;
    let expected: f32 = order.iter().map(|&i| odds[i] * weight(i)).sum();
    let (mut best, mut cut, mut hits, mut taken) = (0.0, 0, 0.0, 0.0);
    for (rank, &i) in order.iter().enumerate() {
        hits += odds[i] * weight(i);
        taken += weight(i);
        let value = (1.0 + beta2) * hits / (taken + beta2 * expected).max(1.0);
        if value > best {
            (best, cut) = (value, rank + 1);
        }
    }
    let mut chosen = vec![false; odds.len()];
    for &i in &order[..cut] {
        chosen[i] = true;
    }
    chosen
}

/// Gives headings and short blocks the fate of what they belong to.
fn mend(page: &Segmentation, alive: &[bool], chosen: &mut [bool], odds: &[f32]) {
    let standing: Vec<usize> = (0..chosen.len()).filter(|&i| alive[i]).collect();
    follow_section(page, &standing, chosen, odds);
    keep_headings(page, &standing, chosen);
    fill_gaps(page, &standing, chosen);
    if !standing.iter().any(|&i| chosen[i]) {
        // A page of a few words has nothing to be told apart from.
        let likeliest = standing
            .iter()
            .copied()
            .max_by(|&a, &b| odds[a].total_cmp(&odds[b]));
        chosen
            .iter_mut()
            .zip(0..)
            .filter(|(_, i)| Some(*i) == likeliest)
            .for_each(|(c, _)| *c = true);
    }
}

fn is_heading(page: &Segmentation, i: usize) -> bool {
    matches!(page.blocks[i].kind, BlockKind::Heading(_))
}

fn parent(page: &Segmentation, i: usize) -> u32 {
    page.node(page.blocks[i].node).map_or(NO_NODE, |n| n.parent)
}

/// Returns whether an element close around block `a` also holds block `b`.
fn are_near(page: &Segmentation, a: usize, b: usize) -> bool {
    let around_a: Vec<u32> = page.chain(page.blocks[a].node).take(5).collect();
    page.chain(page.blocks[b].node)
        .take(7)
        .any(|n| around_a.contains(&n))
}

/// A heading over kept text stays, if both stand close together.
fn keep_headings(page: &Segmentation, standing: &[usize], chosen: &mut [bool]) {
    let mut next: Option<usize> = None;
    for &i in standing.iter().rev() {
        if !chosen[i] && is_heading(page, i) && next.is_some_and(|n| are_near(page, i, n)) {
            chosen[i] = true;
        }
        let place = page.place(&page.blocks[i]);
        let linked = page.blocks[i].link_density() > 0.6 && place.any(PlaceSet::CHROME);
        next = (chosen[i] && !linked).then_some(i);
    }
}

/// Words and blocks from which a section can vote, and the shares of it that must be kept.
const SECTION_WORDS: u32 = 40;
const SECTION_BLOCKS: u32 = 3;
const SECTION_SHARE: f32 = 0.8;
const SECTION_SHARE_CODE: f32 = 0.35;
const SECTION_SHARE_PROSE: f32 = 0.6;
const SECTION_SHARE_LINKS: f32 = 0.9;
/// Below this probability no section can vote for a block that is neither code nor heading.
const SECTION_ODDS: f32 = 0.2;

/// A block goes with the smallest section around it: where nearly all of that is kept, so is what
/// stands between, unless its own element is set aside.
fn follow_section(page: &Segmentation, standing: &[usize], chosen: &mut [bool], odds: &[f32]) {
    let sections = sections(page, standing, chosen);
    for &i in standing {
        chosen[i] = chosen[i] || votes_for(page, &sections, i, odds[i]);
    }
}

/// Returns blocks, words and chosen words per element.
fn sections(page: &Segmentation, standing: &[usize], chosen: &[bool]) -> Vec<[u32; 3]> {
    let mut sections = vec![[0_u32; 3]; page.nodes.len()];
    for &i in standing {
        let words = page.blocks[i].words.max(1);
        if let Some(own) = sections.get_mut(page.blocks[i].node as usize) {
            own[0] += 1;
            own[1] += words;
            own[2] += if chosen[i] { words } else { 0 };
        }
    }
    for node in (0..sections.len()).rev() {
        let own = sections[node];
        if let Some(around) = sections.get_mut(page.nodes[node].parent as usize) {
            around.iter_mut().zip(own).for_each(|(a, o)| *a += o);
        }
    }
    sections
}

/// A table goes as a whole with the section around it.
fn votes_for_table(page: &Segmentation, sections: &[[u32; 3]], row: u32) -> bool {
    let is_table = |n: &u32| page.node(*n).is_some_and(|n| n.own.any(PlaceSet::TABLE));
    let Some(table) = page.chain(row).take(6).find(is_table) else {
        return false;
    };
    let [_, own_words, own_kept] = sections[table as usize];
    let aside = PlaceSet::CHROME
        .with(PlaceSet::FORM)
        .with(PlaceSet::COMMENT);
    for node in page.chain(table).take(16) {
        let [_, words, kept] = sections[node as usize];
        let (others, kept) = (words - own_words, kept - own_kept);
        if others >= SECTION_WORDS {
            return kept as f32 >= SECTION_SHARE * others as f32;
        }
        if page.node(node).is_some_and(|n| n.own.any(aside)) {
            return false;
        }
    }
    false
}

fn votes_for(page: &Segmentation, sections: &[[u32; 3]], i: usize, odds: f32) -> bool {
    let block = &page.blocks[i];
    let asked = match block.kind {
        BlockKind::Code => SECTION_SHARE_CODE,
        BlockKind::Heading(_) if block.link_density() < 0.5 => SECTION_SHARE_PROSE,
        BlockKind::TableRow { .. } => return votes_for_table(page, sections, block.node),
        _ if is_prose(page, i) => SECTION_SHARE_PROSE,
        _ if odds < SECTION_ODDS => return false,
        _ if block.link_density() > 0.5 => SECTION_SHARE_LINKS,
        _ => SECTION_SHARE,
    };
    let aside = PlaceSet::CHROME
        .with(PlaceSet::FORM)
        .with(PlaceSet::COMMENT);
    for node in page.chain(block.node).take(24) {
        let [blocks, words, kept] = sections[node as usize];
        let others = words - block.words.max(1).min(words);
        if blocks >= SECTION_BLOCKS && others >= SECTION_WORDS {
            return kept as f32 >= asked * others as f32;
        }
        if page.node(node).is_some_and(|n| n.own.any(aside)) {
            return false;
        }
    }
    false
}

/// Most blocks in a row that are kept because their neighbours are.
const LONGEST_GAP: usize = 3;

/// Short blocks between kept blocks of the same element are kept, unless they are links.
fn fill_gaps(page: &Segmentation, standing: &[usize], chosen: &mut [bool]) {
    let mut start = 0;
    while start < standing.len() {
        if chosen[standing[start]] || start == 0 {
            start += 1;
            continue;
        }
        let length = standing[start..]
            .iter()
            .take_while(|&&i| !chosen[i])
            .count();
        let end = start + length;
        let gap = &standing[start..end];
        let same = |k: usize| {
            let outer = parent(page, standing[k]);
            outer != NO_NODE && gap.iter().all(|&i| parent(page, i) == outer)
        };
        let own = |&i: &usize| page.blocks[i].link_density() < 0.5;
        if end < standing.len()
            && length <= LONGEST_GAP
            && same(start - 1)
            && same(end)
            && gap.iter().all(own)
        {
            for &i in gap {
                chosen[i] = true;
            }
        }
        start = end;
    }
}

/// Shortest text, in words, that says nothing new the second time.
const REPEATED_WORDS: u32 = 12;

/// Share of the page that repeats where it holds its text twice: half of it, less what is too short to
/// count. A manual that says the same of two functions repeats less.
const TWIN: f64 = 0.3;

/// Marks paragraphs that were kept before in another shell: a text and its mobile twin. The same
/// words in the same shell may be meant, as notes in a manual are.
fn repeated(page: &Segmentation, chosen: &[bool]) -> Vec<bool> {
    let mut first: FxHashMap<u64, u64> = FxHashMap::default();
    let mut repeated = vec![false; chosen.len()];
    for (i, block) in page.blocks.iter().enumerate() {
        let plain = matches!(
            block.kind,
            BlockKind::Paragraph | BlockKind::Quote | BlockKind::Bullet(_)
        );
        if !chosen[i] || !plain || block.words < REPEATED_WORDS {
            continue;
        }
        let shell = page.node(block.node).map_or(0, |n| n.shell);
        let before = *first.entry(measure::digest(&block.text)).or_insert(shell);
        repeated[i] = before != shell;
    }
    let words = |of: &dyn Fn(usize) -> bool| -> u32 {
        let blocks = (0..chosen.len()).filter(|&i| of(i));
        blocks.map(|i| page.blocks[i].words).sum()
    };
    let all = f64::from(words(&|i| chosen[i]));
    if f64::from(words(&|i| repeated[i])) < TWIN * all {
        repeated.fill(false);
    }
    repeated
}

/// Says what spoke against a block.
fn reason(page: &Segmentation, i: usize, odds: f32) -> Verdict {
    let block = &page.blocks[i];
    let place = page.place(block);
    let percent = (odds * 100.0).round();
    let linked = block.link_density();
    let menu = PlaceSet::NAV
        .with(PlaceSet::MENU)
        .with(PlaceSet::BREADCRUMB)
        .with(PlaceSet::PAGER);
    if place.any(menu) {
        let why = format!("within navigation; {percent} % likely to be the page's own text");
        return Verdict::Around("navigation", why);
    }
    if linked > 0.6 {
        let share = (linked * 100.0).round();
        let why =
            format!("{share} % of it are links; {percent} % likely to be the page's own text");
        return Verdict::Around("link-list", why);
    }
    let named = named(place);
    let why = format!("{named}{percent} % likely to be the page's own text");
    Verdict::Around("outside-content", why)
}

/// Returns the place in words.
fn named(place: PlaceSet) -> String {
    let names = [
        (PlaceSet::FOOTER, "the footer"),
        (PlaceSet::HEADER, "the header"),
        (PlaceSet::CONSENT, "a consent dialog"),
        (PlaceSet::SHARE, "share buttons"),
        (PlaceSet::RELATED, "related material"),
        (PlaceSet::ASIDE.with(PlaceSet::SIDEBAR), "a part set aside"),
        (PlaceSet::PROMO, "a promotion"),
        (PlaceSet::COMMENT, "comments"),
        (PlaceSet::FORM, "a form"),
    ];
    let found = names.iter().find(|(set, _)| place.any(*set));
    found.map_or_else(
        || "apart from the densest prose; ".to_owned(),
        |(_, name)| format!("within {name}; "),
    )
}
