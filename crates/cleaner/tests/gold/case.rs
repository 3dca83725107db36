//! A case of the gold folder: its page, what is expected of it, and how it is cleaned.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thresh_cleaner::{
    Bias, Cleaned, Context, PageSigns, Segmentation, Settings, SiteProfile, Vocabulary, clean,
};
use thresh_types::CanonicalUrl;

use crate::support::{RULES, parse_at};

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What the page is there to show.
    pub(crate) shows: String,
    /// The system that gives pages this shape.
    pub(crate) cms: String,
    /// The language of the text, as a BCP 47 tag.
    pub(crate) language: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// Where the page stood.
    pub(crate) url: Option<CanonicalUrl>,
    #[serde(default)]
    pub(crate) bias: Bias,
    /// Whether the kept text is as expected to the letter.
    #[serde(default)]
    pub(crate) exact: bool,
    /// Rules that have to drop or repair something, and rules that must not.
    #[serde(default)]
    pub(crate) fires: Vec<String>,
    #[serde(default)]
    pub(crate) silent: Vec<String>,
    /// Sentences that have to be kept beside the lines of the expected text.
    #[serde(default)]
    pub(crate) must_keep: Vec<String>,
    /// What has to go.
    pub(crate) must_drop: Vec<String>,
    /// Why the case does not hold yet.
    pub(crate) known_gap: Option<String>,
    /// Why the expected text, given as text alone, loses some of itself.
    pub(crate) known_text_gap: Option<String>,
    /// Other pages of the site, from which its profile is made.
    #[serde(default)]
    pub(crate) site: Vec<PathBuf>,
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

impl Case {
    pub(crate) fn read(folder: PathBuf) -> Self {
        let file = folder.join("case.toml");
        let text = std::fs::read_to_string(&file).expect("a case has a case.toml");
        let mut case: Self =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        case.name = folder
            .file_name()
            .expect("a folder has a name")
            .to_string_lossy()
            .into_owned();
        case.folder = folder;
        case
    }

    pub(crate) fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join(name)).ok()
    }

    pub(crate) fn page(&self, file: &str) -> Segmentation {
        let html = self
            .file(file)
            .unwrap_or_else(|| panic!("{}: no {file}", self.name));
        parse_at(
            &html,
            self.url
                .as_ref()
                .map_or("https://site.example/section/page", CanonicalUrl::as_str),
        )
    }

    pub(crate) fn profile(&self, page: &Segmentation) -> Option<SiteProfile> {
        let names = self.site.iter().filter_map(|path| path.to_str());
        let mut pages: Vec<(&str, Segmentation)> =
            names.map(|name| (name, self.page(name))).collect();
        if pages.is_empty() {
            return None;
        }
        pages.push(("page.html", page.clone()));
        let signed: Vec<PageSigns> = pages
            .iter()
            .map(|(name, page)| PageSigns::of(page, [*name], &[]))
            .collect();
        Some(SiteProfile::build(&signed))
    }

    pub(crate) fn cleaned(&self) -> Cleaned {
        let page = self.page("page.html");
        let profile = self.profile(&page);
        let context = Context {
            rules: &RULES,
            profile: profile.as_ref(),
            vocabulary: &Vocabulary::default(),
            settings: Settings {
                bias: self.bias,
                ..Settings::default()
            },
            url: self.url.as_ref(),
            titles: &[],
        };
        clean(&page, &context)
    }

    /// Returns the expected text without marks of Markdown.
    pub(crate) fn expected(&self) -> String {
        match self.file("expected.md") {
            Some(markdown) => plain(&markdown),
            None => self.file("expected.txt").expect("a case has expected text"),
        }
    }

    pub(crate) fn has_code(&self) -> bool {
        self.tags.iter().any(|tag| tag == "code")
    }
}

/// Reads every case, in the order of their names.
pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the gold folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.into_iter().map(Case::read).collect()
}

/// Takes the marks of Markdown from a text: those at the start of lines, targets of links, escapes.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let is_rule = line.starts_with('|') && line.chars().all(|c| "|-: ".contains(c));
        if !is_rule {
            text.push_str(&if fenced {
                line.to_owned()
            } else {
                unmarked(line)
            });
            text.push('\n');
        }
    }
    text
}

fn unmarked(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let mut rest = line.trim_start();
    for mark in [
        "# ", "## ", "### ", "#### ", "##### ", "###### ", "> ", ": ",
    ] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    if let Some(cells) = rest.strip_prefix("| ").and_then(|r| r.strip_suffix(" |")) {
        rest = cells;
    }
    let bullet = rest.strip_prefix("- ").map(|r| format!("• {r}"));
    let body = without_targets(&bullet.unwrap_or_else(|| rest.to_owned()));
    let mut out = " ".repeat(indent);
    let mut escaped = false;
    for c in body.chars() {
        if escaped || !matches!(c, '\\' | '*' | '`') {
            out.push(c);
        }
        escaped = !escaped && c == '\\';
    }
    out
}

/// `[text](target)` becomes `text`; other brackets stay.
fn without_targets(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        let Some(end) = rest[at..].find(')') else {
            break;
        };
        let open = rest[..at].rfind('[').unwrap_or(at);
        out.push_str(&rest[..open]);
        out.push_str(rest[..at].get(open + 1..).unwrap_or_default());
        rest = &rest[at + end + 1..];
    }
    out + rest
}
