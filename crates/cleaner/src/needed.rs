//! What a text must hold for a pattern to match it: a few plain strings, those of all patterns looked for in one
//! go, so that most texts need no pattern at all, and most patterns are never compiled.
//!
//! Strings and texts are compared in one form, case aside, so that it does not matter whether a pattern minds
//! case. Of patterns only the common syntax is read; where something else stands nothing is concluded, so that
//! no text is ever passed over wrongly.

use rustc_hash::FxHashMap;

/// Most strings that a part of a pattern is spelt out in.
const MOST: usize = 64;
/// Shortest string that tells anything, in bytes.
const SHORTEST: usize = GRAM;

/// What is known of the texts that a part of a pattern matches.
#[derive(Debug, Clone, Default)]
struct Known {
    /// All of them, where they are few.
    all: Option<Vec<String>>,
    /// Strings of which each of them holds one.
    needed: Option<Vec<String>>,
}

impl Known {
    fn only(c: char) -> Self {
        Self {
            all: Some(vec![folded_char(c).to_string()]),
            needed: None,
        }
    }

    /// What takes no room: the start, the end, the bound of a word.
    fn nothing() -> Self {
        Self {
            all: Some(vec![String::new()]),
            needed: None,
        }
    }

    /// Returns the better of what is needed: strings whose shortest is longest.
    fn into_needed(self) -> Option<Vec<String>> {
        better(self.all, self.needed)
    }
}

fn better(a: Option<Vec<String>>, b: Option<Vec<String>>) -> Option<Vec<String>> {
    let shortest = |of: &Vec<String>| of.iter().map(String::len).min().unwrap_or(0);
    let telling = [a, b].into_iter().flatten();
    telling
        .filter(|of| shortest(of) >= SHORTEST)
        .max_by_key(|of| (shortest(of), std::cmp::Reverse(of.len())))
}

/// Returns strings one of which every text holds that the pattern matches; none where nothing is known.
pub(crate) fn needed(pattern: &str) -> Option<Vec<String>> {
    let mut reader = Reader(pattern);
    let known = reader.alternatives()?;
    reader.0.is_empty().then(|| known.into_needed()).flatten()
}

/// Reads a pattern from its front; nothing is returned where it is not understood.
struct Reader<'p>(&'p str);

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.0.chars();
        let c = chars.next()?;
        self.0 = chars.as_str();
        Some(c)
    }

    fn takes(&mut self, start: &str) -> bool {
        let rest = self.0.strip_prefix(start);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Reads alternatives up to the end of their group.
    fn alternatives(&mut self) -> Option<Known> {
        let mut known = self.sequence()?;
        while self.takes("|") {
            let other = self.sequence()?;
            let needed = both(known.clone().into_needed(), other.clone().into_needed());
            known = Known {
                all: both(known.all, other.all).filter(|all| all.len() <= MOST),
                needed,
            };
        }
        Some(known)
    }

    /// Reads what follows one another, up to the next alternative.
    fn sequence(&mut self) -> Option<Known> {
        // The strings since the last part that could be anything, and the best that was seen before.
        let mut run = vec![String::new()];
        let (mut needed, mut spelt) = (None, true);
        while !self.0.is_empty() && !self.0.starts_with(['|', ')']) {
            let part = self.counted()?;
            let next = part.all.as_ref().map(|all| joined(&run, all));
            match next.filter(|next| next.len() <= MOST) {
                Some(next) => run = next,
                None => {
                    spelt = false;
                    needed = better(needed, Some(std::mem::take(&mut run)));
                    run = part.all.clone().unwrap_or_else(|| vec![String::new()]);
                }
            }
            needed = better(needed, part.needed);
        }
        Some(Known {
            needed: better(needed, Some(run.clone())),
            all: spelt.then_some(run),
        })
    }

    /// Reads a part with the count behind it.
    fn counted(&mut self) -> Option<Known> {
        let known = self.part()?;
        if self.takes("?") {
            self.takes("?");
            let all = known
                .all
                .map(|all| all.into_iter().chain([String::new()]).collect());
            return Some(Known { all, needed: None });
        }
        if self.takes("*") {
            self.takes("?");
            return Some(Known::default());
        }
        if self.takes("+") {
            self.takes("?");
            let needed = known.into_needed();
            return Some(Known { all: None, needed });
        }
        if self.takes("{") {
            let (_, rest) = self.0.split_once('}')?;
            self.0 = rest;
            self.takes("?");
            return Some(Known::default());
        }
        Some(known)
    }

    fn part(&mut self) -> Option<Known> {
        // What such flags change does not matter here.
        if ["(?i)", "(?m)", "(?s)", "(?im)"]
            .iter()
            .any(|flag| self.takes(flag))
        {
            return Some(Known::nothing());
        }
        if self.takes("(?:") || self.takes("(?i:") || self.takes("(?s:") {
            return self.group();
        }
        match self.next()? {
            '(' if !self.0.starts_with('?') => self.group(),
            '[' => self.class(),
            '\\' => self.escaped(),
            '^' | '$' => Some(Known::nothing()),
            '.' => Some(Known::default()),
            '(' | ')' | '|' | '?' | '*' | '+' | '{' | '}' | ']' => None,
            c => Some(Known::only(c)),
        }
    }

    fn group(&mut self) -> Option<Known> {
        let known = self.alternatives()?;
        self.takes(")").then_some(known)
    }

    /// Reads what stands behind a backslash.
    fn escaped(&mut self) -> Option<Known> {
        match self.next()? {
            'b' | 'B' => Some(Known::nothing()),
            's' | 'S' | 'd' | 'D' | 'w' | 'W' => Some(Known::default()),
            'u' if !self.0.starts_with('{') => {
                self.0 = self.0.get(4..)?;
                Some(Known::default())
            }
            'p' | 'P' | 'u' => {
                let (_, rest) = self.0.strip_prefix('{')?.split_once('}')?;
                self.0 = rest;
                Some(Known::default())
            }
            c if !c.is_alphanumeric() => Some(Known::only(c)),
            _ => None,
        }
    }

    /// Reads a class: spelt out where it lists letters.
    fn class(&mut self) -> Option<Known> {
        let start = self.0;
        self.takes("^");
        let mut first = true;
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                '\\' => drop(self.next()?),
                '[' => depth += 1,
                ']' if !first => depth -= 1,
                _ => {}
            }
            first = false;
        }
        let class = &start[..start.len() - self.0.len() - 1];
        let listed = class.chars().all(char::is_alphanumeric);
        let each = || class.chars().map(|c| folded_char(c).to_string()).collect();
        Some(Known {
            all: listed.then(each),
            needed: None,
        })
    }
}

fn both(a: Option<Vec<String>>, b: Option<Vec<String>>) -> Option<Vec<String>> {
    let mut both = a?;
    both.extend(b?);
    Some(both)
}

fn joined(before: &[String], behind: &[String]) -> Vec<String> {
    let joined = before
        .iter()
        .flat_map(|a| behind.iter().map(move |b| format!("{a}{b}")));
    joined.take(MOST + 1).collect()
}

/// Returns a character in the form in which strings are compared: characters that differ in case alone have one
/// form, by Unicode's simple folding or by a coarser measure.
fn folded_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let upper = single(c.to_uppercase()).unwrap_or(c);
    single(upper.to_lowercase()).unwrap_or(c)
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let only = chars.next();
    only.filter(|_| chars.next().is_none())
}

/// Returns a text in the form in which strings are compared.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(folded_char).collect()
}

/// Bytes by which strings are looked up.
const GRAM: usize = 3;

/// Strings that patterns need, looked for all at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    /// The strings and the numbers of the patterns that need them, by their first bytes.
    by_start: FxHashMap<[u8; GRAM], Vec<(String, usize)>>,
    /// Which starts there are, by a digest: most places of most texts end here.
    starts: Vec<u64>,
}

impl Gate {
    /// Opens the way to pattern `number` for texts that hold one of the strings.
    pub(crate) fn add(&mut self, number: usize, needed: Vec<String>) {
        self.starts.resize(STARTS / 64, 0);
        for text in needed {
            if let Some(&start) = text.as_bytes().first_chunk() {
                let digest = digest(start);
                self.starts[digest / 64] |= 1 << (digest % 64);
                self.by_start.entry(start).or_default().push((text, number));
            }
        }
    }

    /// Returns the numbers of the patterns that may match, in order.
    pub(crate) fn open_for(&self, text: &str) -> Vec<usize> {
        let mut open = Vec::new();
        if self.starts.is_empty() {
            return open;
        }
        let folded = folded(text);
        let bytes = folded.as_bytes();
        for (at, start) in bytes.windows(GRAM).enumerate() {
            let start = [start[0], start[1], start[2]];
            let digest = digest(start);
            if self.starts[digest / 64] >> (digest % 64) & 1 == 1 {
                let known = self.by_start.get(&start).into_iter().flatten();
                let held = known.filter(|(text, _)| bytes[at..].starts_with(text.as_bytes()));
                open.extend(held.map(|(_, number)| *number));
            }
        }
        open.sort_unstable();
        open.dedup();
        open
    }
}

/// Size of the table of starts, in bits.
const STARTS: usize = 1 << 16;

fn digest([a, b, c]: [u8; GRAM]) -> usize {
    let number = u32::from_le_bytes([a, b, c, 0]);
    (number.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_every_match_holds_is_found() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("not found", Some(&["not found"])),
            (
                "pages? (?:missing|gone)",
                Some(&["pages missing", "pages gone", "page missing", "page gone"]),
            ),
            (
                "(?:[^ ]+ ){0,2}blocked(?: by)?",
                Some(&["blocked by", "blocked"]),
            ),
            (
                "authori[sz]ed|denied",
                Some(&["authorised", "authorized", "denied"]),
            ),
            ("a(?: [^ ]+){0,6} vanished", Some(&[" vanished"])),
            ("(?:[^ ]+){1,3}", None),
            ("\\d{3}", None),
            ("gone|a", None),
            (r"(?i)^\s*Été\b[xY]\.", Some(&["étéx.", "étéy."])),
            (r"[^]a]long|\p{L}+ short", Some(&["long", " short"])),
            (r"(?P<name>word)", None),
            (r"(?-u:word)", None),
            ("(?:long word)+ b", Some(&["long word"])),
            ("un(?:closed", None),
            ("^start$", Some(&["start"])),
        ];
        for (pattern, expected) in cases {
            let mut found = needed(pattern);
            let mut expected =
                expected.map(|all| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            found.iter_mut().for_each(|all| all.sort());
            expected.iter_mut().for_each(|all| all.sort());
            assert_eq!(found, expected, "{pattern}");
        }
    }

    /// Parts of patterns and of texts, some of which match others.
    const PARTS: &[&str] = &[
        "word",
        "(?:ONE|two )",
        "s?",
        "[abſ]",
        "(?: [^ ]+){0,2}",
        r"\d",
        "x+",
        "(?i)",
        "|",
        "^",
        "long text",
        "ςß",
        r"\.",
        r"\[",
        "(K)",
        ".*?",
        r"\bfar",
    ];
    const TEXTS: &[&str] = &[
        "WORD",
        "word",
        "one",
        "ONE",
        "two ",
        "s",
        "S",
        "a",
        "b",
        " cc",
        "7",
        "x",
        "Long tExt",
        "long text",
        " ",
        "Σß",
        "ςẞ",
        ".",
        "[",
        "k",
        "K",
        "K",
        "far",
    ];

    proptest! {
        #[test]
        fn no_match_is_passed_over(
            pattern in prop::collection::vec(prop::sample::select(PARTS), 1..6),
            text in prop::collection::vec(prop::sample::select(TEXTS), 0..8),
        ) {
            let (pattern, text) = (pattern.concat(), text.concat());
            if let (Some(needed), Ok(regex)) = (needed(&pattern), regex::Regex::new(&pattern)) {
                let mut gate = Gate::default();
                gate.add(7, needed);
                let open = gate.open_for(&text) == [7];
                prop_assert!(open || !regex.is_match(&text), "{} {}", pattern, text);
            }
        }
    }

    #[test]
    fn cases_that_patterns_take_for_one_have_one_form() {
        for c in ('\0'..='\u{FFFF}').filter(|c| c.is_alphabetic()) {
            let pattern = regex::Regex::new(&format!("(?i)^{c}$")).expect("a letter");
            for other in c.to_lowercase().chain(c.to_uppercase()).filter(|o| *o != c) {
                let same = pattern.is_match(other.encode_utf8(&mut [0; 4]));
                assert!(!same || folded_char(other) == folded_char(c), "{c} {other}");
            }
        }
    }

    #[test]
    fn a_gate_tells_which_patterns_may_match() {
        let mut gate = Gate::default();
        gate.add(2, vec!["read more".to_owned(), "weiter".to_owned()]);
        gate.add(1, vec!["more".to_owned()]);
        assert_eq!(gate.open_for("READ MORE"), [1, 2]);
        assert_eq!(gate.open_for("Weiterlesen"), [2]);
        assert!(gate.open_for("we").is_empty() && gate.open_for("").is_empty());
        assert!(Gate::default().open_for("read more").is_empty());
    }
}
