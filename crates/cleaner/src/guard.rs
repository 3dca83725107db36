//! What kind of page it is, and whether a person should look at it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use thresh_types::{BlockKind, CleanText, RuleId};

use crate::block::{Segmentation, Source};
use crate::measure;
use crate::place::PlaceSet;
use crate::settings::Settings;

/// What kind of page the blocks came from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum PageType {
    /// Prose of its own.
    Article,
    /// Mostly links to other pages.
    Listing,
    /// A check or a refusal that stands in for the page.
    Interstitial,
    /// A page that says it is not there, served as if it were.
    #[serde(rename = "soft-404")]
    Soft404,
    /// A form to log in with.
    Login,
    /// Short texts that present something.
    Service,
    /// Nothing to read.
    Empty,
}

impl PageType {
    /// Returns the name as `extract` prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Listing => "listing",
            Self::Interstitial => "interstitial",
            Self::Soft404 => "soft-404",
            Self::Login => "login",
            Self::Service => "service",
            Self::Empty => "empty",
        }
    }
}

/// Longest page, in words, that a check or an error page can be.
const SHORT_PAGE: usize = 150;

static INTERSTITIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:just a moment|checking your browser|attention required|access denied|please wait\W*$|ddos-guard|",
        r"verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|one more step|security check|",
        r"please (?:enable|turn on) (?:javascript|js|cookies)|enable javascript and cookies|javascript is (?:disabled|required)|",
        r"you need to enable javascript|performing security verification|you have been blocked|robot check|",
        r"please complete the (?:captcha|security check)|pardon our interruption|request unsuccessful|",
        r"einen moment|un instant|un momento|одну минуту|проверка браузера|подождите|зачекайте|доступ запрещ)"
    ))
    .expect("a valid pattern")
});

static NOT_FOUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:(?:error )?404\b|(?:the )?(?:requested )?(?:page|content|article|document|resource|url|file)(?: you (?:requested|are looking for|were looking for))? ",
        r"(?:was not found|not found|could not be found|cannot be found|can.t be found|does not exist|doesn.t exist|no longer exists|is not available)|",
        r"(?:sorry, )?(?:we )?(?:can.t|couldn.t|could not) find (?:that|the|this) page|nothing (?:was )?found|oops\W.{0,40}(?:not found|exist)|",
        r"seite (?:wurde )?nicht gefunden|page (?:non trouvée|introuvable)|página no encontrada|pagina non trovata|página não encontrada|",
        r"страница не найдена|сторінк[ау] не знайдено|stranica nije pronađena|faqja nuk u gjet|sayfa bulunamadı|strona nie została znaleziona)"
    ))
    .expect("a valid pattern")
});

static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:log ?in|sign ?in|user account|my account|benutzerkonto|mon compte|учетная запись|anmelden|anmeldung|einloggen|connexion|se connecter|iniciar sesión|accedi|войти|вход|увійти|вхід|prijava|zaloguj się)\W*$|",
        r"^\W*(?:user ?name|benutzername|nom d.utilisateur|имя пользователя|password|passwort|mot de passe|пароль)\W*(?:\W(?:password|passwort|mot de passe|пароль)\W*)?$|",
        r"^\W*(?:forgot(?:ten)? (?:your )?password|lost your password|passwort vergessen|mot de passe oublié|забыли пароль|забули пароль)\W*"
    ))
    .expect("a valid pattern")
});

/// What the guard needs to know beside the blocks.
pub(crate) struct Seen {
    /// Teaser cards on the page and the words in them.
    pub(crate) cards: (usize, usize),
}

/// Returns what kind of page it is.
pub(crate) fn page_type(page: &Segmentation, text: &CleanText, seen: &Seen) -> PageType {
    let words = page.words();
    if words == 0 {
        return PageType::Empty;
    }
    let short = words <= SHORT_PAGE;
    let headings = headings(page);
    if short && headings.iter().take(4).any(|t| INTERSTITIAL.is_match(t)) {
        return PageType::Interstitial;
    }
    let kept: usize = text.kept().map(|b| measure::count_words(&b.text)).sum();
    if kept <= SHORT_PAGE && headings.iter().take(3).any(|t| NOT_FOUND.is_match(t)) {
        return PageType::Soft404;
    }
    if kept <= SHORT_PAGE / 2 && is_login(page, text) {
        return PageType::Login;
    }
    if is_listing(page, text, seen) || is_calendar(text) {
        return PageType::Listing;
    }
    let prose = prose_words(text);
    if prose >= 60 || prose * 2 >= kept.max(1) {
        PageType::Article
    } else {
        PageType::Service
    }
}

/// Returns the title, the headings and, of short pages, the first lines.
fn headings(page: &Segmentation) -> Vec<&str> {
    let title = page.title.as_deref().into_iter();
    let headings = page
        .blocks
        .iter()
        .filter(|b| matches!(b.kind, BlockKind::Heading(1 | 2)));
    let first = page.blocks.iter().take(2);
    title
        .chain(headings.take(2).chain(first).map(|b| b.text.as_str()))
        .collect()
}

fn is_login(page: &Segmentation, text: &CleanText) -> bool {
    let named = page.title.iter().map(String::as_str);
    let lines = text.blocks.iter().map(|b| b.text.as_str());
    let matches = named.chain(lines).filter(|t| LOGIN.is_match(t)).count();
    let form = page
        .blocks
        .iter()
        .any(|b| page.place(b).any(PlaceSet::FORM));
    matches >= 2 && (form || page.source == Source::Text)
}

fn prose_words(text: &CleanText) -> usize {
    text.kept()
        .filter(|b| {
            !matches!(b.kind, BlockKind::Heading(_))
                && measure::ends_sentence(&b.text)
                && !measure::is_truncated(&b.text)
        })
        .map(|b| measure::count_words(&b.text))
        .filter(|&words| words >= 10)
        .sum()
}

/// Words of whole sentences from which a page with cards has something to say itself. A page withheld
/// is worse than a listing published with a question, so it takes little.
const OWN_PROSE: usize = 20;

/// Mostly cards or links to other pages, without prose of its own.
fn is_listing(page: &Segmentation, text: &CleanText, seen: &Seen) -> bool {
    let prose = prose_words(text);
    if seen.cards.0 >= 3 && prose < OWN_PROSE {
        return true;
    }
    if page.source == Source::Text {
        return false;
    }
    let kept: Vec<_> = page
        .blocks
        .iter()
        .zip(&text.blocks)
        .filter(|(_, b)| b.fate.is_kept())
        .map(|(raw, _)| raw)
        .collect();
    let chars: u32 = kept.iter().map(|b| b.chars).sum();
    let links: u32 = kept.iter().map(|b| b.link_chars.min(b.chars)).sum();
    let leading = kept.iter().filter(|b| b.link_density() > 0.6).count();
    leading >= 6 && prose < 60 && links * 2 > chars
}

/// The days of a month and hardly a sentence: one of endlessly many pages of an events calendar.
fn is_calendar(text: &CleanText) -> bool {
    const EVERY_MONTH_HAS: std::ops::RangeInclusive<u32> = 1..=28;
    if prose_words(text) >= OWN_PROSE {
        return false;
    }
    let words = text
        .kept()
        .flat_map(|b| b.text.split(|c: char| !c.is_alphanumeric()));
    let days: BTreeSet<u32> = words.filter_map(|word| word.parse().ok()).collect();
    EVERY_MONTH_HAS.into_iter().all(|day| days.contains(&day))
        && days.iter().filter(|&&day| day > 31).count() <= 2
}

/// Returns why a person should look at the page.
pub(crate) fn needs_review(
    text: &CleanText,
    own_words: (usize, usize),
    settings: &Settings,
) -> Vec<String> {
    let kept: usize = text.kept().map(|b| measure::count_words(&b.text)).sum();
    let mut reasons = Vec::new();
    if kept < settings.min_words {
        reasons.push(format!(
            "{kept} words are left, fewer than {}",
            settings.min_words
        ));
    }
    let share = removed_share(own_words);
    if share > settings.review_if_removed_over {
        // Without the exact share: teasers that change with every request must not make a new version.
        reasons.push(format!(
            "rules removed over {:.0} % of the main part's words",
            settings.review_if_removed_over * 100.0
        ));
    }
    reasons
}

/// Returns the share of words that rules removed: `own_words` are those kept and those removed.
pub(crate) fn removed_share((kept, removed): (usize, usize)) -> f64 {
    if kept + removed == 0 {
        return 0.0;
    }
    removed as f64 / (kept + removed) as f64
}

/// Returns whether a rule speaks of the page's main part: decisions on what stands around it do not
/// count as removal.
pub(crate) fn counts_as_removal(rule: &RuleId) -> bool {
    !matches!(rule.pack(), "main" | "profile")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment_text;
    use thresh_types::{Anchor, Block, Fate};

    fn kept(lines: &[String]) -> CleanText {
        let block = |text: &String| Block {
            kind: BlockKind::TableRow { header: false },
            text: text.clone(),
            markdown: None,
            path: String::new(),
            anchor: Anchor(0),
            repairs: Vec::new(),
            fate: Fate::Kept { why: String::new() },
        };
        CleanText {
            blocks: lines.iter().map(block).collect(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_month_is_a_listing_and_a_table_of_figures_is_none() {
        let month: Vec<String> = (1..=30).map(|day: u32| day.to_string()).collect();
        let figures: Vec<String> = (1..=30)
            .map(|n: u32| format!("{n} | {}", n * 137))
            .collect();
        let page = segment_text("June\n\n1 2 3 4 5 6 7\n\n8 9 10 11 12 13 14");
        let type_of = |lines| page_type(&page, &kept(lines), &Seen { cards: (0, 0) });
        assert_eq!(type_of(&month), PageType::Listing);
        assert_ne!(type_of(&figures), PageType::Listing);
    }
}
