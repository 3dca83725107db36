//! The vocabulary of document types, and the words that sites use for them.

/// Words of sites by type; the first word of each row is the type. Compared in lower case with spaces.
const TYPES: &[(&str, &str)] = &[
    (
        "press-release",
        "press release|press releases|news release|pressemitteilung|communiqué de presse|comunicado de prensa|comunicato stampa|пресс релиз|прес реліз|saopštenje za javnost|priopćenje za javnost",
    ),
    ("press-statement", "press statement|statement|statements"),
    (
        "media-advisory",
        "media advisory|media advisories|press advisory",
    ),
    (
        "feature-story",
        "feature story|feature|feature stories|story",
    ),
    ("spot-report", "spot report|spot reports"),
    ("daily-report", "daily report|daily reports"),
    (
        "event",
        "event|events|conference|seminar|businessevent|educationevent|publicationevent|tribe events|ai1ec event",
    ),
    ("decision", "decision|decisions"),
    ("journal", "journal"),
    ("delegation-statement", "delegation statement"),
    ("resolution", "resolution|resolutions"),
    ("treaty", "treaty|convention|legislation|protocol"),
    (
        "report",
        "report|reports|publication|publications|annual report|scholarlyarticle|thesis|study|research paper",
    ),
    (
        "guidance",
        "guidance|guide|guidelines|handbook|manual|toolkit",
    ),
    ("factsheet", "factsheet|fact sheet|factsheets"),
    ("issue-brief", "issue brief|policy brief|brief"),
    ("newsletter", "newsletter|newsletters"),
    ("resource-card", "resource card"),
    ("blog-post", "blog post|blog|blogposting|blog entry"),
    ("project", "project|projects"),
    (
        "vacancy",
        "vacancy|vacancies|jobposting|job|tender|tenders|call for tenders",
    ),
    ("listing", "listing|collectionpage|searchresultspage"),
];

/// Types of which a line or the start of a title speaks plainly.
const SPOKEN: &[&str] = &[
    "press release",
    "news release",
    "press statement",
    "media advisory",
    "spot report",
    "daily report",
    "fact sheet",
    "factsheet",
    "issue brief",
    "policy brief",
    "newsletter",
    "annual report",
    "pressemitteilung",
    "communiqué de presse",
    "пресс-релиз",
    "прес-реліз",
];

/// Returns the type that a site means by `raw`.
pub(crate) fn named(raw: &str) -> Option<&'static str> {
    let word = raw.trim().to_lowercase().replace(['-', '_'], " ");
    TYPES
        .iter()
        .find(|(_, words)| words.split('|').any(|known| known == word))
        .map(|(kind, _)| *kind)
}

/// Returns the type that a short line of its own names, for example `PRESS RELEASE`.
pub(crate) fn named_by_line(line: &str) -> Option<&'static str> {
    let line = line
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    SPOKEN
        .contains(&line.as_str())
        .then(|| named(&line))
        .flatten()
}

/// Returns the type that a title starts with, for example `Spot Report: Shots near the bridge`.
pub(crate) fn named_by_title(title: &str) -> Option<&'static str> {
    let title = title.to_lowercase();
    let starts = |word: &&&str| {
        title
            .strip_prefix(**word)
            .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    };
    SPOKEN.iter().find(starts).and_then(|word| named(word))
}

/// Returns the type that the symbol of a document shows.
pub(crate) fn named_by_number(number: &str) -> Option<&'static str> {
    let has = |part: &str| number.contains(part);
    if has(".DEC/") {
        Some("decision")
    } else if has(".JOUR") || has(" JOUR") {
        Some("journal")
    } else if has(".DEL/") {
        Some("delegation-statement")
    } else if has("/RES/") {
        Some("resolution")
    } else if number.starts_with("GRETA(") {
        Some("report")
    } else if number.starts_with("CETS") {
        Some("treaty")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_sites_become_the_vocabulary() {
        assert_eq!(named("Press release"), Some("press-release"));
        assert_eq!(named("press_release"), Some("press-release"));
        assert_eq!(named("BlogPosting"), Some("blog-post"));
        assert_eq!(named("NewsArticle"), None);
        assert_eq!(named_by_line("PRESS RELEASE"), Some("press-release"));
        assert_eq!(named_by_line("The press release"), None);
        assert_eq!(
            named_by_title("Spot Report: Shots near the bridge"),
            Some("spot-report")
        );
        assert_eq!(named_by_title("Newsletters are dead"), None);
        assert_eq!(named_by_number("PC.DEC/557"), Some("decision"));
    }
}
