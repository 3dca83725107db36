//! What the addresses of one shape have given so far, and whether it is worth going on.
//!
//! Two accounts are kept. *Misses* are pages that showed nothing new, of those that nothing vouched
//! for. *Repeats* are answers that were another page again or an error, whoever vouched for them.
//! What a page gives is taken back from the account, so that only long dry stretches exhaust it.

use super::bytes::{Reader, Stored, Writer};
use super::novelty::Grade;
use super::shape::LEVELS;

/// Misses that a shape has for nothing. So many pages of a site may be alike in all but a number and
/// still be taken one by one: losing them would be worse than asking for a trap's first hundred.
const PATIENCE: u32 = 360;

/// Misses that a page makes which says nothing in words that were not seen before.
const NOTHING: u32 = 4;

/// Repeats that a shape has for nothing.
const PATIENCE_VOUCHED: u32 = 120;

/// What the more general levels have, in halves of the above: they answer for more.
const HALVES: [u32; LEVELS] = [2, 2, 3, 3, 4];

/// Misses that a novel page takes back.
const NOVEL_PAYS: u32 = 16;

/// Repeats that a page with a text of its own takes back.
const OWN_PAYS: u32 = 4;

/// Misses that a list gets back for each page it led to that was no repetition.
const LEADING_PAYS: u32 = 6;

/// Debt up to which a shape that has given something is in good standing.
const GOOD: u32 = 9;

/// Shapes never asked that a level which is given up lets have a first look, while none succeeds.
const TRIALS: u32 = 16;

/// Held addresses after which one is let go to see whether anything has changed; doubled each time.
const FIRST_PROBE: u64 = 4;

/// Addresses that are shown as examples.
const SAMPLES: usize = 5;

/// What can be wrong with an address, counted over those that gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trait {
    Dated,
    Opaque,
    Combined,
    Growing,
    Elsewhere,
    Variant,
    Counted,
}

/// The number of [`Trait`]s.
pub(super) const TRAITS: usize = 7;

/// Who says that an address should be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A seed, a list of the site's owner, or a page that showed something new.
    Vouched,
    /// Only a page that showed nothing new, or one of its own shape.
    Unvouched,
}

/// What came of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Page(Grade),
    /// A page with a few new words, of a shape in which a number is all that differs.
    Counted,
    Error,
}

/// The accounts of one shape at one level.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) fetched: u64,
    pub(super) novel: u64,
    /// Pages with a text of their own.
    own: u64,
    /// Pages that its pages led to.
    led: u64,
    misses: u32,
    repeats: u32,
    pub(super) held: u64,
    /// Since something was found.
    held_since: u64,
    failed_trials: u32,
    /// How often it was given up since it was last without a debt: what is new counts less each time.
    relapses: u32,
    /// Whether it was let go although a more general level is given up.
    pub(super) tried: bool,
    traits: [u32; TRAITS],
    /// The example addresses; only of shapes that are held.
    pub(super) samples: Vec<String>,
    /// Site and shape for people; only of shapes that are held.
    pub(super) label: Option<(String, String)>,
}

impl Record {
    pub(super) fn note(&mut self, outcome: Outcome, standing: Standing, level: usize) {
        let before = self.is_exhausted(Standing::Unvouched, level);
        self.count(outcome, standing);
        // A debt that exhausts is enough: what is found later need not make up for all of it.
        self.repeats = self.repeats.min(self.patience(PATIENCE_VOUCHED, level) + 1);
        match (before, self.is_exhausted(Standing::Unvouched, level)) {
            (false, true) => self.relapses += 1,
            (true, false) => self.held_since = 0,
            _ if self.misses == 0 => self.relapses = 0,
            _ => {}
        }
    }

    fn count(&mut self, outcome: Outcome, standing: Standing) {
        self.fetched += 1;
        match outcome {
            Outcome::Page(Grade::Novel) => {
                self.novel += 1;
                self.misses = self
                    .misses
                    .saturating_sub(NOVEL_PAYS >> self.relapses.min(3));
                self.failed_trials = 0;
                self.own();
            }
            Outcome::Counted => {
                self.led_to_a_page();
                self.own();
            }
            Outcome::Page(Grade::Fresh) => {
                self.misses += u32::from(standing == Standing::Unvouched);
                self.own();
            }
            Outcome::Page(Grade::Stale) => {
                self.misses += NOTHING * u32::from(standing == Standing::Unvouched);
                self.own();
            }
            Outcome::Page(Grade::Again) | Outcome::Error => {
                self.misses += NOTHING * u32::from(standing == Standing::Unvouched);
                self.repeats += 1;
            }
        }
    }

    fn patience(&self, base: u32, level: usize) -> u32 {
        let earned = u32::try_from(self.novel.isqrt()).unwrap_or(u32::MAX);
        base.saturating_add(earned.min(1 << 16)) / 2 * HALVES[level]
    }

    /// Returns whether the account is about even.
    pub(super) fn is_even(&self) -> bool {
        self.misses <= GOOD
    }

    /// Returns whether the account is far from exhausted.
    pub(super) fn is_sound(&self) -> bool {
        self.misses <= PATIENCE / 2
    }

    fn own(&mut self) {
        self.own += 1;
        self.repeats = self.repeats.saturating_sub(OWN_PAYS);
    }

    pub(super) fn note_traits(&mut self, traits: &[Trait]) {
        for which in traits {
            self.traits[*which as usize] += 1;
        }
    }

    /// Returns how many of the addresses that gave nothing had a trait.
    pub(super) const fn count_of(&self, which: Trait) -> u32 {
        self.traits[which as usize]
    }

    /// Credits a list for a page that it led to.
    pub(super) fn led_to_a_page(&mut self) {
        self.led += 1;
        self.misses = self.misses.saturating_sub(LEADING_PAYS);
    }

    /// Notes that an address was held and returns whether it may go nevertheless, to see whether
    /// anything has changed.
    pub(super) fn hold(&mut self, url: &str) -> bool {
        self.held += 1;
        if self.samples.len() < SAMPLES {
            self.samples.push(url.to_owned());
        }
        self.held_since += 1;
        self.held_since >= FIRST_PROBE && self.held_since.is_power_of_two()
    }

    /// Returns whether a shape never asked may have its first look at a level that is given up.
    pub(super) fn may_try(&mut self) -> bool {
        self.failed_trials += 1;
        self.failed_trials <= TRIALS
    }

    fn is_exhausted(&self, standing: Standing, level: usize) -> bool {
        let repeated = self.repeats > self.patience(PATIENCE_VOUCHED, level);
        repeated || standing == Standing::Unvouched && self.misses > self.patience(PATIENCE, level)
    }

    fn is_in_good_standing(&self, standing: Standing) -> bool {
        match standing {
            Standing::Vouched => self.own > 0 && self.repeats <= GOOD,
            Standing::Unvouched => {
                self.novel + self.led > 1 && self.misses.max(self.repeats) <= GOOD
            }
        }
    }
}

/// Returns the level that speaks against an address: the most exact that is exhausted, unless a more
/// exact one pays.
pub(super) fn against(records: [Option<&Record>; LEVELS], standing: Standing) -> Option<usize> {
    for (level, record) in records.into_iter().enumerate() {
        let Some(record) = record else { continue };
        if record.is_exhausted(standing, level) {
            return Some(level);
        }
        if record.is_in_good_standing(standing) {
            return None;
        }
    }
    None
}

impl Stored for Record {
    fn write(&self, to: &mut Writer<'_>) {
        for count in [self.fetched, self.novel, self.own, self.led] {
            to.u64(count);
        }
        for count in [self.misses, self.repeats, self.failed_trials, self.relapses] {
            to.u32(count);
        }
        self.traits.iter().for_each(|count| to.u32(*count));
    }

    /// Examples and what was held are of one run: the next tells its own.
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let mut record = Self {
            fetched: from.u64()?,
            novel: from.u64()?,
            own: from.u64()?,
            led: from.u64()?,
            misses: from.u32()?,
            repeats: from.u32()?,
            failed_trials: from.u32()?,
            relapses: from.u32()?,
            ..Self::default()
        };
        for count in &mut record.traits {
            *count = from.u32()?;
        }
        Some(record)
    }
}
