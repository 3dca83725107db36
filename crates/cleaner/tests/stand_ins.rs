//! Pages that stand in for others, in the shape of the systems that serve them, and pages that only
//! speak of such things. `held_out.txt` was written before the rules were and never looked at while
//! they were made.

mod support;

use support::{clean_html, cleaned, parse};
use thresh_cleaner::{PageType, StandInKind, segment_text};

struct Case {
    expected: Option<String>,
    name: String,
    html: String,
}

/// Reads cases: `@@ kind | name`, or `@@ document | name`, then the page.
fn cases(file: &str, kind_by_default: Option<&str>) -> Vec<Case> {
    let case = |text: &str| {
        let (head, html) = text.split_once('\n').expect("a case has a page");
        let (kind, name) = match kind_by_default {
            Some(kind) => (kind, head),
            None => head.split_once(" | ").expect("a case names its kind"),
        };
        Case {
            expected: (kind.trim() != "document").then(|| kind.trim().to_owned()),
            name: name.trim().to_owned(),
            html: html.trim().to_owned(),
        }
    };
    file.split("@@ ").skip(1).map(case).collect()
}

fn misjudged(cases: &[Case]) -> Vec<String> {
    let judge = |case: &Case| {
        let found = clean_html(&case.html);
        let kind = found.stand_in.as_ref().map(|s| s.kind.as_str().to_owned());
        let expected = case.expected.as_deref().unwrap_or("document");
        let seen = found
            .stand_in
            .map_or_else(|| format!("{:?}", found.page_type), |s| s.to_string());
        (kind != case.expected).then(|| format!("{}: expected {expected}, got {seen}", case.name))
    };
    cases.iter().filter_map(judge).collect()
}

fn assert_judged(cases: &[Case], at_least: usize) {
    assert!(cases.len() >= at_least, "only {} cases", cases.len());
    let wrong = misjudged(cases);
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn pages_that_stand_in_for_others_are_told_by_kind() {
    assert_judged(&cases(include_str!("stand_ins/positive.txt"), None), 40);
}

#[test]
fn pages_that_speak_of_such_things_are_documents() {
    assert_judged(
        &cases(include_str!("stand_ins/negative.txt"), Some("document")),
        30,
    );
}

#[test]
fn pages_written_before_the_rules_are_told_too() {
    assert_judged(&cases(include_str!("stand_ins/held_out.txt"), None), 30);
}

#[test]
fn every_kind_has_a_case() {
    let all = cases(include_str!("stand_ins/positive.txt"), None);
    let of = |kind: StandInKind| {
        all.iter()
            .any(|case| case.expected.as_deref() == Some(kind.as_str()))
    };
    let missing: Vec<_> = StandInKind::ALL
        .into_iter()
        .filter(|&kind| !of(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_same_words_as_plain_text_are_told_too() {
    let told = |text: &str| cleaned(&segment_text(text), None).stand_in.map(|s| s.kind);
    let wall = "Just a moment...\n\nEnable JavaScript and cookies to continue";
    assert_eq!(told(wall), Some(StandInKind::BrowserCheck));
    let lost = "404 Not Found\n\nThe requested URL was not found on this server.";
    assert_eq!(told(lost), Some(StandInKind::Soft404));
    let note = "Access denied\n\nOn Monday the guards at the north gate turned two nurses away who had come to \
        see the crew of the ship. The union asks the port to say who gave the order.";
    assert_eq!(told(note), None);
}

#[test]
fn the_type_is_the_category_and_the_warning_names_the_kind() {
    let html = "<title>Access Denied</title><h1>Access Denied</h1>\
        <p>You don't have permission to access this page on this server.</p>";
    let page = clean_html(html);
    assert_eq!(page.page_type, PageType::Interstitial);
    let warned = page
        .text
        .warnings
        .iter()
        .any(|w| w.starts_with("access-denied: "));
    assert!(warned, "{:?}", page.text.warnings);
}

#[test]
fn what_a_stand_in_offers_instead_changes_nothing_and_what_it_says_itself_does() {
    let html = |more: &str| {
        format!(
            "<title>Page not found | Desk</title><main><h1>Page not found</h1>\
             <p>The page you are looking for may have been moved.</p>{more}</main>"
        )
    };
    let links: String = (0..12)
        .map(|n| format!("<li><a href=/{n}>Advice for crews {n}</a>"))
        .collect();
    let kind = |more: &str| clean_html(&html(more)).stand_in.map(|s| s.kind);
    assert_eq!(
        kind(&format!("<ul>{links}</ul>")),
        Some(StandInKind::Soft404)
    );
    let story = "<p>Nobody knew what had become of the register of the port, and for nine years nobody asked. Then a \
        clerk found two leaves of it behind a stove, and on one of them the names of forty people who had been \
        counted as lost. The office reads them out on Sunday, in the hall by the old pier.</p>";
    assert_eq!(kind(story), None);
}

#[test]
fn pages_of_any_size_are_judged() {
    let links = "<li><a href=/a>Log in</a>".repeat(30_000);
    let mounts = "<div id=root><x-a class='a b c d e f'></x-a></div>".repeat(30_000);
    let fields = "<form action=/user/login><input type=password></form>".repeat(10_000);
    let script = format!("<script>{}</script>", "_cf_chl ".repeat(200_000));
    for part in [links, mounts, fields, script] {
        let page = parse(&format!("<title>Log in</title><body>{part}</body>"));
        assert!(
            page.facts.controls.len() <= 8 && page.facts.signs.len() <= 4,
            "{:?}",
            page.facts
        );
        let size = serde_json::to_string(&page.facts).map_or(usize::MAX, |json| json.len());
        assert!(size < 1000, "{size}");
        let _ = cleaned(&page, None);
    }
}
