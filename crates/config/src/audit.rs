//! Checks of a site's file that keep nothing from loading: they are for `config check`.
//!
//! A crawl that ran yesterday runs today, whatever is found out about a file; who keeps the file is told.

use std::collections::BTreeMap;

use thresh_types::CanonicalUrl;

use crate::language;
use crate::licence::{self, LicenceEvidence, Seen, UNKNOWN};
use crate::notes::{Example, Examples};
use crate::problem::{Place, Problem, Problems};
use crate::site::Site;
use crate::site_file::Reader;
use crate::suggest::did_you_mean;

/// What is wrong, and what nobody has verified.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    mistakes: Problems,
    unverified: Problems,
}

impl Findings {
    /// Returns mistakes and doubts, each in the order of files and lines.
    pub(crate) fn in_order(self) -> (Vec<Problem>, Vec<Problem>) {
        (self.mistakes.in_order(), self.unverified.in_order())
    }

    fn mistake(
        &mut self,
        place: &Place,
        key: &str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.mistakes.add(place, key, what, Some(remedy.into()));
    }

    fn doubt(&mut self, place: &Place, key: &str, what: impl Into<String>, remedy: Option<String>) {
        self.unverified.add(place, key, what, remedy);
    }
}

impl Reader<'_> {
    /// Finds what is wrong or doubtful in the file of `site`.
    pub(crate) fn audit(&self, site: &Site, examples: &Examples, findings: &mut Findings) {
        self.audit_licence(site, findings);
        self.audit_languages(site, findings);
        self.audit_patterns(site, findings);
        Trial {
            site,
            examples,
            findings,
        }
        .run();
        for item in &site.notes.unverified {
            let place = self.place_of("unverified", item);
            findings.doubt(&place, "unverified", item.clone(), None);
        }
    }

    fn audit_licence(&self, site: &Site, findings: &mut Findings) {
        let place = self.place("licence");
        let evidence = site.notes.licence_evidence.as_ref();
        let Some(id) = licence::identifier(&site.licence) else {
            let what = format!(
                "`{}` is no licence that an export can judge by",
                site.licence
            );
            // The file's shape allows any text, so this is a doubt: exports take it for restricted.
            findings.doubt(
                &place,
                "licence",
                what,
                Some(nearest_licence(&site.licence)),
            );
            return;
        };
        match evidence {
            _ if id == UNKNOWN => self.audit_unknown(evidence, findings),
            None => {
                let what = format!("`{id}` stands here without evidence");
                let remedy =
                    "write `licence_evidence.url`, `.says` and `.seen`, or `licence = \"unknown\"`";
                findings.doubt(&place, "licence", what, Some(remedy.to_owned()));
            }
            Some(evidence) => self.audit_evidence(&id, evidence, findings),
        }
    }

    fn audit_unknown(&self, evidence: Option<&LicenceEvidence>, findings: &mut Findings) {
        let place = self.place("licence");
        match evidence {
            Some(evidence) => {
                let what = format!("the licence is unknown: {}", evidence.says);
                findings.doubt(&place, "licence", what, None);
            }
            None => {
                let remedy = "say why in `licence_evidence.says` and `.seen`".to_owned();
                let what = "the licence is unknown, for no reason that is given";
                findings.doubt(&place, "licence", what, Some(remedy));
            }
        }
    }

    fn audit_evidence(&self, id: &str, evidence: &LicenceEvidence, findings: &mut Findings) {
        let place = self.place("licence_evidence");
        let Some(url) = &evidence.url else {
            let what = format!("the evidence for `{id}` names no page");
            let remedy = "write `licence_evidence.url = \"https://…\"`, the page with the terms";
            findings.mistake(&place, "licence_evidence", what, remedy);
            return;
        };
        match evidence.seen {
            Seen::On(_) => {}
            Seen::Never if licence::is_granted(id) => {
                let what = format!("nobody has seen the page that is to grant `{id}`");
                let remedy = format!("read {url} and write the day, or `licence = \"unknown\"`");
                findings.mistake(&place, "licence_evidence", what, remedy);
            }
            seen => {
                let how = match seen {
                    Seen::StoredCopy => "was read in a stored copy only",
                    Seen::SecondHand => "is known second hand only",
                    Seen::Never | Seen::On(_) => "stands on a page that nobody has read",
                };
                let remedy = format!("read {url} before a release, and write the day");
                let what = format!("`{id}` {how}");
                findings.doubt(&place, "licence_evidence", what, Some(remedy));
            }
        }
    }

    fn audit_languages(&self, site: &Site, findings: &mut Findings) {
        for tag in &site.languages {
            if let Some((what, remedy)) = language::mistake(tag) {
                let place = self.place_of("languages", tag);
                findings.mistake(&place, "languages", what, remedy);
            }
        }
    }

    fn audit_patterns(&self, site: &Site, findings: &mut Findings) {
        let lists = [
            ("include", &site.include),
            ("exclude", &site.exclude),
            ("identity", &site.identity),
        ];
        for (key, pattern) in lists
            .into_iter()
            .flat_map(|(key, list)| list.iter().map(move |p| (key, p)))
        {
            if never_matches(pattern) {
                let what = format!(
                    "`{pattern}` can never match: patterns see path and query, which begin with `/`"
                );
                let remedy = "begin with `^/`, and name hosts in `origins`";
                findings.mistake(&self.place_of(key, pattern), key, what, remedy);
            } else if key == "identity" && !(pattern.starts_with('^') && pattern.ends_with('$')) {
                let what = format!(
                    "`{pattern}` may match inside other addresses, and give them the same key"
                );
                let remedy = "begin it with `^/` and end it with `$`".to_owned();
                findings.doubt(&self.place_of(key, pattern), key, what, Some(remedy));
            }
        }
        if !site.identity.is_empty() && site.notes.examples == 0 {
            let remedy = "write `examples.same` and `examples.apart`".to_owned();
            let what = "no example shows what the patterns do";
            findings.doubt(&self.place("identity"), "identity", what, Some(remedy));
        }
    }
}

/// Returns whether the pattern asks for a first character that no path has.
fn never_matches(pattern: &str) -> bool {
    let first = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.chars().next());
    first.is_some_and(char::is_alphanumeric)
}

/// Returns how the licence that is meant is written.
fn nearest_licence(wrong: &str) -> String {
    let lower = wrong.to_lowercase();
    if lower.starts_with("cc") || lower.contains("creative") {
        return "write conditions and version, as in `CC-BY-SA-4.0` or `CC0-1.0`".to_owned();
    }
    did_you_mean(wrong, licence::names()).unwrap_or_else(|| {
        let names: Vec<_> = licence::names().collect();
        format!(
            "write an SPDX identifier such as `CC-BY-4.0`, or one of {}",
            names.join(", ")
        )
    })
}

/// The examples of a site on trial.
struct Trial<'t> {
    site: &'t Site,
    examples: &'t Examples,
    findings: &'t mut Findings,
}

impl Trial<'_> {
    fn run(mut self) {
        for group in &self.examples.same {
            self.same(group);
        }
        // Lists of one document each are as many documents.
        let heads: Vec<&Example> = self
            .examples
            .same
            .iter()
            .filter_map(|g| g.first())
            .collect();
        self.apart("examples.same", &heads);
        for group in &self.examples.apart {
            self.apart("examples.apart", &group.iter().collect::<Vec<_>>());
        }
        for example in &self.examples.inside {
            if let Err(reason) = self.site.in_scope(&example.1) {
                let what = format!("the crawl does not take `{}`: {reason}", example.1);
                self.findings.mistake(
                    &example.0,
                    "examples.inside",
                    what,
                    "mend the patterns or the example",
                );
            }
        }
        for example in &self.examples.outside {
            if self.site.in_scope(&example.1).is_ok() {
                let what = format!("the crawl takes `{}`", example.1);
                self.findings.mistake(
                    &example.0,
                    "examples.outside",
                    what,
                    "add a pattern to `exclude`",
                );
            }
        }
    }

    fn same(&mut self, group: &[Example]) {
        let Some(first) = group.first() else { return };
        let key = self.key("examples.same", first);
        for other in &group[1..] {
            let own = self.key("examples.same", other);
            if own != key {
                let what = format!(
                    "`{}` has the key `{own}`, and `{}` has `{key}`",
                    other.1, first.1
                );
                let remedy = "widen a pattern in `identity`, so that one document has one key";
                self.findings
                    .mistake(&other.0, "examples.same", what, remedy);
            }
        }
    }

    fn apart(&mut self, list: &str, group: &[&Example]) {
        let mut keys: BTreeMap<String, &CanonicalUrl> = BTreeMap::new();
        for &example in group {
            let key = self.key(list, example);
            if let Some(first) = keys.get(&key) {
                let what = format!("`{}` and `{first}` have the key `{key}`", example.1);
                let remedy = "narrow a pattern in `identity`, so that two documents have two keys";
                self.findings.mistake(&example.0, list, what, remedy);
            }
            keys.entry(key).or_insert(&example.1);
        }
    }

    /// Returns the key of an example's address, which has to be of the site's origins.
    fn key(&mut self, list: &str, example: &Example) -> String {
        let origin = example.1.origin();
        if !self.site.origins.contains(&origin) {
            let what = format!("`{}` is outside the site's origins", example.1);
            let remedy = format!("add `{origin}` to `origins`, or take another example");
            self.findings.mistake(&example.0, list, what, remedy);
        }
        self.site.key_of(&example.1)
    }
}
