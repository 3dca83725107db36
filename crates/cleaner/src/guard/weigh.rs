//! Weighs what tells that a page stands in for another against what else it has to say.
//!
//! Evidence is what the page is called (its title or first heading says nothing else), marks of known
//! systems in its markup, and sentences that speak to the visitor. Words of the page's own that are no
//! such sentence speak against: the more evidence, the more of them are let pass. So an article about
//! captchas, lost pages or refused access is one however it is called, as soon as it says something.

use super::lines::{Line, Lines, Role};
use super::phrases;
use super::{StandIn, StandInKind};
use crate::block::{Segmentation, Source};
use crate::facts::PageFacts;
use crate::signs::{self, Sign};

/// Words that are let pass by evidence of that many points.
const LET_PASS: [usize; 11] = [0, 0, 12, 25, 40, 60, 90, 140, 200, 240, 240];
/// Words that are let pass where neither a headline nor a strong mark tells what the page is.
const WITHOUT_NAME: usize = 12;
/// Words from which a page has something to say at all.
const BARE: usize = 3;
const NEARLY_BARE: usize = 15;
/// Words of links that weigh as one: what is lost or refused may offer other pages instead. What scripts
/// would fill offers none.
const LINKED: usize = 4;
/// Most lines that are searched for such sentences.
const MOST_LINES: usize = 1000;
/// Most sentences that are taken for what a stand-in says, and words of each.
const MOST_MESSAGES: usize = 6;
const LONGEST_MESSAGE: usize = 60;
/// Words of a line that may belong to such a sentence; the others are the page's own.
const MOST_SAID: usize = 30;
/// Words of a line that is a message whatever else the page says.
const LABEL: usize = 8;
/// Points of what the page is called, by title or heading and by another short line.
const NAMED: u8 = 3;
const LED: u8 = 2;
/// Points of marks and of messages that count.
const MOST_MARKS: u8 = 5;
const MOST_HEARD: u8 = 2;

/// Checks and refusals speak alike and come from the same systems: their evidence counts together.
const GATE: &[StandInKind] = &[
    StandInKind::Captcha,
    StandInKind::BrowserCheck,
    StandInKind::AccessDenied,
    StandInKind::Interstitial,
];

/// Kinds whose headlines are hardly ever the title of anything else.
const UNMISTAKABLE: &[StandInKind] = &[StandInKind::Soft404, StandInKind::ServerError];

/// Evidence for one kind, or for several together.
#[derive(Debug, Default)]
struct Evidence {
    /// By title, heading or first line.
    called: u8,
    /// Marks of known systems.
    marks: u8,
    /// What stands in the page beside: fields, buttons, empty elements.
    beside: u8,
    /// Sentences that speak to the visitor.
    heard: u8,
    seen: Vec<String>,
}

impl Evidence {
    fn points(&self) -> u8 {
        self.called
            + self.marks.saturating_add(self.beside).min(MOST_MARKS)
            + self.heard.min(MOST_HEARD)
    }

    /// Whether its name or a strong mark tells what it is.
    fn is_named(&self) -> bool {
        self.called > 0 || self.marks >= 3
    }

    /// Whether its name is all that tells.
    fn is_name_alone(&self) -> bool {
        self.marks == 0 && self.beside == 0 && self.heard == 0
    }

    /// Words that are let pass: few where nothing tells the page's name.
    fn lets_pass(&self) -> usize {
        let by_points = LET_PASS[usize::from(self.points()).min(LET_PASS.len() - 1)];
        if self.is_named() {
            by_points
        } else {
            by_points.min(WITHOUT_NAME)
        }
    }

    fn with(mut self, other: Self) -> Self {
        self.called = self.called.max(other.called);
        self.marks = self.marks.saturating_add(other.marks);
        self.beside = self.beside.saturating_add(other.beside);
        self.heard = self.heard.saturating_add(other.heard);
        self.seen.extend(other.seen);
        self
    }
}

struct Scales<'a> {
    page: &'a Segmentation,
    facts: &'a PageFacts,
    lines: &'a Lines,
    signs: Vec<&'static Sign>,
}

/// Returns what the page is, where it stands in for another.
pub(super) fn stand_in(page: &Segmentation, lines: &Lines) -> Option<StandIn> {
    let scales = Scales {
        page,
        facts: &page.facts,
        lines,
        signs: page
            .facts
            .signs
            .iter()
            .filter_map(|name| signs::by_name(name))
            .collect(),
    };
    let others = StandInKind::ALL
        .into_iter()
        .filter(|kind| !GATE.contains(kind));
    let weighed = std::iter::once(scales.gate()).chain(others.map(|kind| scales.one(kind)));
    let mut best: Option<(StandInKind, Evidence)> = None;
    for (kind, evidence) in weighed.flatten() {
        // That scripts would fill the page is what is left to say where nothing more is known.
        let says_more = |(_, before): &(_, Evidence)| {
            kind != StandInKind::ScriptShell && evidence.points() > before.points()
        };
        if best.as_ref().is_none_or(says_more) {
            best = Some((kind, evidence));
        }
    }
    best.map(|(kind, evidence)| StandIn {
        kind,
        evidence: evidence.seen.join(", "),
    })
}

impl Scales<'_> {
    /// Weighs checks and refusals together and names the one with most evidence.
    fn gate(&self) -> Option<(StandInKind, Evidence)> {
        let mut evidence = Evidence::default();
        let mut best = (StandInKind::Interstitial, 0);
        for &kind in GATE {
            let mut of_kind = self.evidence(kind);
            if kind == StandInKind::Captcha && of_kind.marks > 0 && self.is_captcha_alone() {
                of_kind.beside += LED;
            }
            if of_kind.points() > best.1 && kind != StandInKind::Interstitial {
                best = (kind, of_kind.points());
            }
            evidence = evidence.with(of_kind);
        }
        self.passes(GATE, &evidence, evidence.lets_pass())
            .then_some((best.0, evidence))
    }

    /// A captcha, nothing else to fill in, and hardly a word.
    fn is_captcha_alone(&self) -> bool {
        self.facts.fields == 0 && self.facts.passwords == 0 && self.lines.own_words() <= NEARLY_BARE
    }

    fn one(&self, kind: StandInKind) -> Option<(StandInKind, Evidence)> {
        let mut evidence = self.evidence(kind);
        let limit = match kind {
            StandInKind::Login => self.login(&mut evidence)?,
            StandInKind::ConsentWall => self.consent(&mut evidence)?,
            StandInKind::ScriptShell => self.shell(&mut evidence)?,
            StandInKind::Paywall => evidence.lets_pass().min(WITHOUT_NAME),
            StandInKind::Soft404 => {
                evidence.heard += u8::from(self.facts.search && evidence.points() > 0);
                evidence.lets_pass()
            }
            _ => evidence.lets_pass(),
        };
        self.passes(&[kind], &evidence, limit)
            .then_some((kind, evidence))
    }

    /// A form to log in, and no text that it stands beside.
    fn login(&self, evidence: &mut Evidence) -> Option<usize> {
        let has_form = self.facts.passwords > 0
            || evidence.marks >= 3
            || (evidence.called > 0 && evidence.marks > 0)
            || (evidence.heard >= 1 && evidence.called > 0 && self.has_form());
        if self.facts.passwords > 0 {
            evidence.beside += LED;
            evidence.seen.push("a field for a password".to_owned());
        }
        let limit = evidence.lets_pass();
        let is_named = evidence.called >= NAMED;
        has_form.then_some(if is_named {
            limit
        } else {
            limit.min(2 * WITHOUT_NAME)
        })
    }

    fn has_form(&self) -> bool {
        self.page.source == Source::Text || self.lines.lines.iter().any(|line| line.form)
    }

    /// Buttons that agree or refuse, and no text but what they are about. What is asked in a dialog says
    /// nothing about the text beside it, so there must be none.
    fn consent(&self, evidence: &mut Evidence) -> Option<usize> {
        let labels = self
            .facts
            .controls
            .iter()
            .map(|label| phrases::plain(label));
        let buttons = self
            .lines
            .lines
            .iter()
            .filter(|line| line.button || line.role == Role::Link || line.role == Role::Label)
            .map(|line| line.plain.clone());
        let agree = labels
            .chain(buttons)
            .filter(|text| phrases::is_control(StandInKind::ConsentWall, text))
            .count();
        let by_form = self
            .signs
            .iter()
            .any(|s| s.kind == StandInKind::ConsentWall && s.points >= 3);
        let dialog = self
            .lines
            .lines
            .iter()
            .filter(|line| {
                line.consent && phrases::is_message(StandInKind::ConsentWall, &line.plain)
            })
            .count();
        evidence.heard += u8::try_from(dialog.min(2)).unwrap_or(2);
        if (agree == 0 && !by_form) || evidence.points() == 0 {
            return None;
        }
        evidence.beside += LED;
        evidence
            .seen
            .push("buttons that agree or refuse".to_owned());
        if evidence.called >= NAMED || by_form {
            return Some(evidence.lets_pass());
        }
        let beside = self.lines.own().filter(|line| !line.consent);
        let beside: usize = beside.map(|line| line.words).sum();
        (beside <= BARE).then_some(evidence.lets_pass())
    }

    /// Scripts, and nothing but what they would fill. An archive may have taken the scripts out: then an
    /// empty element that they fill must be all there is.
    fn shell(&self, evidence: &mut Evidence) -> Option<usize> {
        let scripted = self.facts.is_scripted();
        let bare = self.lines.own_words() <= BARE;
        if let Some(name) = self.facts.mount.as_deref().filter(|_| scripted || bare) {
            evidence.beside += 3;
            evidence.seen.push(format!("`{name}` is empty"));
        }
        // A page of pictures says nothing either, but has more of them than scripts; nor does a bare form.
        let pictured = self.facts.media > self.facts.scripts || self.facts.fields > 0;
        if scripted && ((bare && !pictured) || evidence.heard > 0) {
            evidence.beside += LED;
            evidence.seen.push("nothing but scripts".to_owned());
        }
        // What has a heading of its own says something, however little.
        let headed = self.lines.own().any(|line| line.heading);
        let limit = if headed && evidence.heard == 0 {
            0
        } else {
            WITHOUT_NAME
        };
        (evidence.points() > 0).then_some(limit)
    }

    /// Returns whether the evidence outweighs what else the page says. Where nothing tells what the page
    /// is, a sentence to its visitor is no more than the rest, and one sentence of its own is enough.
    fn passes(&self, kinds: &[StandInKind], evidence: &Evidence, limit: usize) -> bool {
        let scripted = kinds == [StandInKind::ScriptShell] && evidence.heard > 0;
        // A name alone is enough where little else goes by it; `Permission denied` may be a story's.
        let may_be_a_story = !UNMISTAKABLE.iter().any(|kind| kinds.contains(kind));
        let told =
            scripted || (evidence.is_named() && !(may_be_a_story && evidence.is_name_alone()));
        let limit = if told { limit } else { limit.min(WITHOUT_NAME) };
        let longest = if told { LONGEST_MESSAGE } else { LABEL };
        let is_name = |line: &Line| kinds.iter().any(|&k| phrases::is_headline(k, &line.plain));
        let says = |line: &Line| line.sentence && line.words > LABEL && !is_name(line);
        evidence.points() >= LED
            && self.foreign_words(kinds, longest) <= limit
            && (told || !self.lines.own().any(says))
    }

    fn evidence(&self, kind: StandInKind) -> Evidence {
        let mut evidence = Evidence::default();
        let called = self.called(kind);
        let name = called.map(|(_, name)| name);
        if let Some((points, name)) = called {
            evidence.called = points;
            evidence.seen.push(format!("it is called `{name}`"));
        }
        let mut widgets = false;
        for sign in self.signs.iter().filter(|sign| sign.kind == kind) {
            // Several weak marks of one kind are one: a site may load two captchas.
            if sign.points > 1 || !std::mem::replace(&mut widgets, true) {
                evidence.marks = evidence.marks.saturating_add(sign.points);
            }
            evidence.seen.push(format!("marks of {}", sign.name));
        }
        let kinds = [kind];
        let heard = self.messages(&kinds);
        // A heading that says the title again says nothing new.
        let heard = heard
            .filter(|line| name != Some(line.plain.as_str()))
            .count();
        evidence.heard = u8::try_from(heard.min(3)).unwrap_or(3);
        if heard > 0 {
            evidence.seen.push("it speaks to its visitor".to_owned());
        }
        evidence
    }

    /// Returns what the page is called, if that is what such pages are called.
    fn called(&self, kind: StandInKind) -> Option<(u8, &str)> {
        let leading = || self.lines.lines.iter().filter(|line| line.leads).take(8);
        let heading = leading()
            .filter(|line| line.heading)
            .map(|line| (NAMED, &line.plain));
        let short = leading()
            .filter(|line| !line.heading)
            .map(|line| (LED, &line.plain));
        let title = self.lines.title.iter().map(|part| (NAMED, part));
        let title = title.filter(|(_, part)| !self.is_part_of_heading(kind, part));
        title
            .chain(heading)
            .chain(short)
            .filter(|(_, text)| phrases::is_headline(kind, text))
            .map(|(points, text)| (points.min(weight_of(text)), text.as_str()))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
    }

    /// A heading that says more than the part of the title: `Access denied – how victims are turned away`.
    fn is_part_of_heading(&self, kind: StandInKind, part: &str) -> bool {
        let mut headings = self.lines.own().filter(|line| line.heading);
        headings.any(|line| {
            line.plain != part
                && line.plain.contains(part)
                && !phrases::is_headline(kind, &line.plain)
        })
    }

    fn messages(&self, kinds: &[StandInKind]) -> impl Iterator<Item = &Line> {
        self.lines
            .lines
            .iter()
            .filter(|line| line.role != Role::Around && line.words <= LONGEST_MESSAGE)
            .take(MOST_LINES)
            .filter(|line| {
                let says = |&kind: &StandInKind| phrases::is_message(kind, &line.plain);
                line.may_speak && kinds.iter().any(says)
            })
            .take(MOST_MESSAGES)
    }

    /// Returns the words of the page's own that are no part of what such pages say, in lines of up to
    /// `longest` words.
    fn foreign_words(&self, kinds: &[StandInKind], longest: usize) -> usize {
        let said = self
            .messages(kinds)
            .filter(|l| l.role == Role::Own && l.words <= longest);
        let said: usize = said.map(|line| line.words.min(MOST_SAID)).sum();
        let is_called = |line: &&Line| {
            line.leads
                && kinds.iter().any(|&k| {
                    phrases::is_headline(k, &line.plain) && !phrases::is_message(k, &line.plain)
                })
        };
        let called: usize = self
            .lines
            .own()
            .filter(is_called)
            .map(|line| line.words)
            .sum();
        let linked = self.lines.words_of(Role::Link);
        let beside = if kinds == [StandInKind::ScriptShell] {
            let noise = self.messages(kinds).filter(|l| l.role == Role::Removed);
            let noise: usize = noise.map(|line| line.words).sum();
            linked + self.lines.words_of(Role::Removed).saturating_sub(noise)
        } else {
            linked / LINKED
        };
        beside + self.lines.own_words().saturating_sub(said + called)
    }
}

/// Returns what a headline may count for: a single word without a status code (`Forbidden`, `Maintenance`)
/// may be the title of anything.
fn weight_of(headline: &str) -> u8 {
    let is_word = !headline.contains(' ') && !headline.contains(|c: char| c.is_ascii_digit());
    if is_word { LED } else { NAMED }
}
