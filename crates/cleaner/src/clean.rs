//! Pass 2: blocks, rules and the site's profile become text with a reason for every block.

use thresh_types::{Attachment, Block, BlockKind, CanonicalUrl, CleanText, Fate, Repair, RuleId};

use crate::block::{Segmentation, Source};
use crate::guard::{self, PageType, StandIn};
use crate::main_content::{Judgement, Model, Verdict};
use crate::measure;
use crate::place::PlaceSet;
use crate::profile::{PageSigns, SiteProfile};
use crate::render;
use crate::repair::{self, Vocabulary};
use crate::rules::RuleSet;
use crate::settings::{Bias, Settings};

/// What the decision on a page may look at besides the page.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The noise rules of the site.
    pub rules: &'a RuleSet,
    /// What recurs on the site, where it is known.
    pub profile: Option<&'a SiteProfile>,
    /// The words of the corpus.
    pub vocabulary: &'a Vocabulary,
    /// The settings.
    pub settings: Settings,
    /// The address of the page.
    pub url: Option<&'a CanonicalUrl>,
    /// The titles that the page goes by; what bears one of them is never dropped as a card.
    pub titles: &'a [String],
}

/// A page, cleaned.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// Every block with its fate.
    pub text: CleanText,
    /// What kind of page it is.
    pub page_type: PageType,
    /// What tells that it stands in for another page, where it does.
    pub stand_in: Option<StandIn>,
    /// Files that labels and buttons pointed at.
    pub attachments: Vec<Attachment>,
    /// Share of the main part's words that rules removed, 0 to 1.
    pub removed_share: f64,
    /// Why a person should look at it; empty where nobody need.
    pub needs_review: Vec<String>,
}

type Fates = Vec<Option<(RuleId, String)>>;

/// Decides on every block of a page, with the model that ships with the program.
pub fn clean(page: &Segmentation, context: &Context<'_>) -> Cleaned {
    clean_with(page, context, Model::shipped())
}

/// Decides on every block of a page with another model.
pub fn clean_with(page: &Segmentation, context: &Context<'_>, model: &Model) -> Cleaned {
    let (texts, mut repairs) = repaired(page, context.vocabulary);
    let titles = titles(page, context);
    let applied = context.rules.apply(page, texts, &titles);
    for (block, repair) in applied.edits {
        repairs[block].push(repair);
    }
    let seen = guard::Seen {
        cards: applied.cards,
    };
    let mut fates = applied.dropped;
    let mut reasons = vec![KEPT_TEXT; page.blocks.len()];
    let judgement = Judgement::of(page, model);
    if page.source == Source::Html {
        let bias = context.settings.bias;
        by_model(&judgement, bias, &titles, &mut fates, &mut reasons);
    }
    by_profile(&judgement, context, &titles, &mut fates);
    let blocks = blocks(page, applied.texts, repairs, fates, &reasons);
    finish(page, blocks, applied.attachments, context, &seen)
}

const KEPT_TEXT: &str = "no rule matches";
const KEPT_TITLE: &str = "says the page's title";
const KEPT_MAIN: &str = "part of the page's own text";

fn repaired(page: &Segmentation, vocabulary: &Vocabulary) -> (Vec<String>, Vec<Vec<Repair>>) {
    let notes = repair::fused_notes(page);
    let blocks = page.blocks.iter().enumerate();
    blocks
        .map(|(i, block)| match block.kind {
            BlockKind::Code => (block.text.clone(), Vec::new()),
            _ => {
                let notes = notes.get(&i).map_or(&[][..], Vec::as_slice);
                repair::repair(&block.text, vocabulary, notes)
            }
        })
        .unzip()
}

/// The titles of the page: those given, its `<title>` and parts of it, its first `<h1>`, and the last
/// segment of its address.
fn titles(page: &Segmentation, context: &Context<'_>) -> Vec<String> {
    let mut titles = context.titles.to_vec();
    if let Some(title) = &page.title {
        titles.push(title.clone());
        titles.extend(parts_of_title(title));
    }
    let h1 = page.blocks.iter().find(|b| b.kind == BlockKind::Heading(1));
    titles.extend(h1.map(|b| b.text.clone()));
    titles.extend(context.url.and_then(slug));
    titles.retain(|t| measure::title_key(t).chars().count() >= 4);
    titles
}

/// Returns the parts of a title that a site's name is set apart from.
fn parts_of_title(title: &str) -> impl Iterator<Item = String> {
    let separated = [" | ", " – ", " — ", " » ", " :: ", " · "]
        .iter()
        .fold(title.to_owned(), |text, separator| {
            text.replace(separator, " - ")
        });
    let parts: Vec<String> = separated.split(" - ").map(str::to_owned).collect();
    parts.into_iter()
}

/// Returns the last segment of the address as words.
fn slug(url: &CanonicalUrl) -> Option<String> {
    let segment = url.as_url().path_segments()?.rfind(|s| !s.is_empty())?;
    let stem = segment.rsplit_once('.').map_or(segment, |(stem, _)| stem);
    Some(stem.replace(['-', '_'], " "))
}

fn by_profile(
    judgement: &Judgement<'_>,
    context: &Context<'_>,
    titles: &[String],
    fates: &mut Fates,
) {
    let Some(profile) = context.profile else {
        return;
    };
    let outside = judgement.outside();
    let signs = PageSigns::of(
        judgement.page,
        context.url.map(CanonicalUrl::as_str),
        titles,
    );
    for (fate, finding) in fates.iter_mut().zip(profile.judge(&signs, &outside)) {
        if let (None, Some(finding)) = (&fate, finding) {
            *fate = Some((RuleId::of("profile", finding.rule), finding.why));
        }
    }
}

fn by_model(
    judgement: &Judgement<'_>,
    bias: Bias,
    titles: &[String],
    fates: &mut Fates,
    reasons: &mut [&'static str],
) {
    let titles: Vec<String> = titles.iter().map(|t| measure::title_key(t)).collect();
    let alive: Vec<bool> = fates.iter().map(Option::is_none).collect();
    let verdicts = judgement.decide(&alive, bias);
    for (i, verdict) in verdicts.into_iter().enumerate() {
        match verdict {
            _ if fates[i].is_some() => {}
            Verdict::Around(..) if is_title(judgement.page, i, &titles) => reasons[i] = KEPT_TITLE,
            Verdict::Around(rule, why) => fates[i] = Some((RuleId::of("main", rule), why)),
            Verdict::Own => reasons[i] = KEPT_MAIN,
        }
    }
}

/// A top heading that says the page's title belongs to the page, also where it is a link to itself, or stands in
/// the header of an article. A site's name in a header, or linked to the front page, is none.
fn is_title(page: &Segmentation, i: usize, titles: &[String]) -> bool {
    let block = &page.blocks[i];
    let place = page.place(block);
    let around = match place.any(PlaceSet::OWN) {
        true => PlaceSet::CHROME.without(PlaceSet::HEADER),
        false => PlaceSet::CHROME,
    };
    block.kind == BlockKind::Heading(1)
        && !page.is_hidden(block)
        && !place.any(around)
        && !block.links.iter().any(|link| is_front_page(&link.href))
        && titles.contains(&measure::title_key(&block.text))
}

/// Returns whether an address is the front page of a site, a language or a manual: `/`, `/en/`, `../index.html`.
fn is_front_page(href: &str) -> bool {
    let (path, fragment) = href.split_once('#').unwrap_or((href, ""));
    let path = path.split('?').next().unwrap_or("");
    let path = path.split_once("://").map_or(path, |(_, rest)| {
        rest.split_once('/').map_or("", |(_, path)| path)
    });
    let mut segments = path
        .split('/')
        .filter(|s| !s.is_empty() && !s.starts_with('.') && !s.starts_with("index."));
    let first = segments.next().unwrap_or("");
    fragment.is_empty() && first.len() <= 3 && segments.next().is_none()
}

fn blocks(
    page: &Segmentation,
    texts: Vec<String>,
    repairs: Vec<Vec<Repair>>,
    fates: Fates,
    reasons: &[&str],
) -> Vec<Block> {
    let parts = texts.into_iter().zip(repairs).zip(fates).zip(reasons);
    page.blocks
        .iter()
        .zip(parts)
        .map(|(raw, (((text, repairs), fate), reason))| Block {
            kind: raw.kind,
            markdown: raw
                .markdown
                .as_ref()
                .filter(|_| repairs.len() <= MOST_REPLAYED)
                .map(|m| replay(m, &repairs)),
            path: raw.path.clone(),
            anchor: raw.anchor,
            fate: match fate {
                Some((rule, why)) => Fate::Dropped { rule, why },
                None => Fate::Kept {
                    why: (*reason).to_owned(),
                },
            },
            text,
            repairs,
        })
        .collect()
}

/// Most repairs that are replayed on a block's Markdown; past them its plain text stands alone.
const MOST_REPLAYED: usize = 100;

/// Does to the Markdown what was done to the text.
fn replay(markdown: &str, repairs: &[Repair]) -> String {
    let mut out = markdown.to_owned();
    for repair in repairs {
        // A space that went with a residue may stand outside of its mark.
        let (bare, escaped) = (repair.from.trim(), render::escape(&repair.from));
        let is_link = out.contains(&format!("[{bare}]("));
        let whole = [repair.from.as_str(), escaped.as_str()];
        let part = [bare, escaped.trim()];
        let forms = whole.iter().chain(part.iter().filter(|_| !is_link));
        if let Some(from) = forms.copied().find(|from| out.contains(from)) {
            out = out.replacen(from, &repair.to, 1);
        } else if repair.to.is_empty() {
            out = without_label(&out, bare);
        }
    }
    out.trim().to_owned()
}

/// Drops a link or an emphasis around a label at the end of Markdown.
fn without_label(markdown: &str, label: &str) -> String {
    let Some(at) = markdown.rfind(label) else {
        return markdown.to_owned();
    };
    let before = markdown[..at].trim_end_matches(['[', '*', '`', ' ', '(', '\\']);
    before.to_owned()
}

fn finish(
    page: &Segmentation,
    blocks: Vec<Block>,
    mut attachments: Vec<Attachment>,
    context: &Context<'_>,
    seen: &guard::Seen,
) -> Cleaned {
    let mut text = CleanText {
        blocks,
        warnings: Vec::new(),
    };
    let words = |b: &Block| measure::count_words(&b.text);
    let kept: usize = text.kept().map(words).sum();
    let removed: usize = text
        .dropped()
        .filter(|(_, rule, _)| guard::counts_as_removal(rule))
        .map(|(block, ..)| words(block))
        .sum();
    let own = (kept, removed);
    let needs_review = guard::needs_review(&text, own, &context.settings);
    let (page_type, stand_in) = guard::page_type(page, &text, seen);
    text.warnings.clone_from(&needs_review);
    text.warnings
        .extend(stand_in.as_ref().map(StandIn::to_string));
    attachments.sort();
    attachments.dedup();
    Cleaned {
        page_type,
        stand_in,
        attachments,
        removed_share: guard::removed_share(own),
        needs_review,
        text,
    }
}
