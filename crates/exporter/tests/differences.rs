//! What a comparison of versions finds, and how it reads.

#![allow(
    clippy::unwrap_used,
    reason = "a failure of what a test sets up fails the test"
)]

use thresh_corpus::Version;
use thresh_exporter::{
    Colour, Counts, LogRow, Piece, Regrouping, Style, VersionDiff, Words, diff, log, render_diff,
    render_document, render_log, render_version, summarise,
};
use thresh_types::{CanonicalClaim, Document, DocumentStatus, Refresh, RemovedBlock, Withheld};

mod shelf;
use shelf::{Shelf, alias, document, id, new, rich};

fn compare(old: Vec<Document>, new_ones: Vec<Document>) -> VersionDiff {
    let shelf = Shelf::new();
    let old = shelf.publish(old.into_iter().map(new).collect());
    let new = shelf.publish(new_ones.into_iter().map(new).collect());
    diff(&old, &new, Words::Yes).unwrap()
}

/// Every document of either version must be in exactly one place, status aside.
#[track_caller]
fn assert_adds_up(diff: &VersionDiff) {
    let c = &diff.counts;
    let merged = diff
        .regrouped
        .iter()
        .filter(|r| r.change == Regrouping::Merged);
    let merged = merged.count() as u64;
    let status_only = diff.status_changed.iter().filter(|s| {
        let id = &s.document.id;
        !diff.body_changed.iter().any(|d| d.document.id == *id)
            && !diff.metadata_changed.iter().any(|d| d.document.id == *id)
            && !diff.regrouped.iter().any(|d| d.document.id == *id)
    });
    let here = c.added + (c.regrouped - merged) + c.body_changed + c.metadata_changed;
    let after = here + c.noise_changed + c.unchanged + status_only.count() as u64;
    assert_eq!(after, c.after, "{diff:#?}");
}

#[test]
fn the_same_version_has_no_differences() {
    let shelf = Shelf::new();
    let version = shelf.publish(vec![new(rich()), new(document("tide", "High tide.\n"))]);
    let diff = diff(&version, &version, Words::Yes).unwrap();
    assert!(diff.is_empty());
    assert_eq!((diff.counts.unchanged, diff.counts.after), (2, 2));
    assert!(render_diff(&diff, Style::plain()).contains("the same documents"));
}

#[test]
fn documents_come_and_go() {
    let diff = compare(
        vec![document("a", "One.\n"), document("b", "Two.\n")],
        vec![document("b", "Two.\n"), document("c", "Three.\n")],
    );
    assert_eq!(
        diff.added.iter().map(|d| &d.id).collect::<Vec<_>>(),
        [&id("c")]
    );
    assert_eq!(diff.removed.len(), 1);
    assert_eq!(diff.removed[0].document.id, id("a"));
    assert_eq!(diff.counts.unchanged, 1);
    assert_adds_up(&diff);
}

#[test]
fn a_removed_document_says_why_it_is_withheld() {
    let shelf = Shelf::new();
    let keep = || new(document("b", "Two.\n"));
    let old = shelf.publish(vec![new(document("a", "One.\n")), keep()]);
    let withheld = Withheld {
        id: id("a"),
        url: "https://harbour.example/a".to_owned(),
        reason: "directive".to_owned(),
        detail: "noindex".to_owned(),
    };
    let new = shelf.publish_with(vec![keep()], vec![withheld]);
    let diff = diff(&old, &new, Words::No).unwrap();
    assert_eq!(diff.removed[0].withheld.as_deref(), Some("directive"));
    assert!(render_diff(&diff, Style::plain()).contains("withheld now: directive noindex"));
}

#[test]
fn a_changed_text_is_told_to_the_word_with_what_else_changed() {
    let diff = compare(
        vec![document("a", "High tide at noon today.\n")],
        vec![Document {
            title: Some("On tides".to_owned()),
            ..document("a", "High tide at nine in the morning today.\n")
        }],
    );
    let changed = &diff.body_changed[0];
    assert_eq!(
        (changed.body.words_added, changed.body.words_removed),
        (4, 1)
    );
    let pieces = &changed.body.hunks.as_ref().unwrap()[0].pieces;
    assert_eq!(pieces[1], Piece::Removed("noon".to_owned()));
    assert_eq!(pieces[2], Piece::Added("nine in the morning".to_owned()));
    assert_eq!(changed.fields.len(), 1);
    assert_eq!(changed.fields[0].field, "title");
    assert_eq!(diff.counts.metadata_changed, 0, "told once");
    assert_adds_up(&diff);
}

#[test]
fn words_are_counted_but_not_listed_unless_asked_for() {
    let shelf = Shelf::new();
    let old = shelf.publish(vec![new(document("a", "One two.\n"))]);
    let new = shelf.publish(vec![new(document("a", "One three.\n"))]);
    let diff = diff(&old, &new, Words::No).unwrap();
    assert_eq!(diff.body_changed[0].body.hunks, None);
    assert_eq!((diff.counts.words_added, diff.counts.words_removed), (1, 1));
}

#[test]
fn metadata_and_status_have_lists_of_their_own() {
    let gone = Document {
        status: DocumentStatus::Gone,
        ..document("a", "One.\n")
    };
    let dated = Document {
        date: Some("2018-02".parse().unwrap()),
        tags: vec!["tides".to_owned()],
        ..document("b", "Two.\n")
    };
    let diff = compare(
        vec![document("a", "One.\n"), document("b", "Two.\n")],
        vec![gone, dated],
    );
    assert_eq!(diff.status_changed.len(), 1);
    assert_eq!(diff.status_changed[0].document.id, id("a"));
    assert_eq!(diff.metadata_changed.len(), 1);
    let fields: Vec<&str> = diff.metadata_changed[0]
        .fields
        .iter()
        .map(|f| &*f.field)
        .collect();
    assert_eq!(fields, ["date", "tags"]);
    assert_adds_up(&diff);
}

#[test]
fn what_was_taken_out_as_noise_is_told_apart() {
    let shelf = Shelf::new();
    let quiet = || new(document("a", "One.\n"));
    let mut noisy = quiet();
    noisy.removed.push(RemovedBlock {
        rule: "common/breadcrumb".parse().unwrap(),
        why: "a path to the page".to_owned(),
        text: "Home > Tides".to_owned(),
    });
    let other = |text: &str| new(document("b", text));
    let old = shelf.publish(vec![quiet(), other("Two.\n")]);
    let new = shelf.publish(vec![noisy, other("Three.\n")]);
    let diff = diff(&old, &new, Words::No).unwrap();
    assert_eq!(diff.noise_changed.len(), 1);
    assert_eq!(diff.noise_changed[0].id, id("a"));
    assert_adds_up(&diff);
}

fn with_aliases(key: &str, text: &str, aliases: &[&str]) -> Document {
    let members = aliases.iter().map(|key| id(key)).chain([id(key)]);
    Document {
        cluster_id: members.min().unwrap(),
        aliases: aliases.iter().map(|key| alias(key)).collect(),
        ..document(key, text)
    }
}

#[test]
fn a_document_that_merged_was_not_removed_and_one_that_split_was_not_added() {
    let apart = || vec![document("a", "One.\n"), document("b", "One more.\n")];
    let together = || vec![with_aliases("a", "One.\n", &["b"])];
    let merged = compare(apart(), together());
    assert_eq!((merged.counts.removed, merged.counts.regrouped), (0, 1));
    assert_eq!(merged.regrouped[0].change, Regrouping::Merged);
    assert_eq!(merged.regrouped[0].document.id, id("b"));
    assert_eq!(merged.regrouped[0].other.id, id("a"));
    assert_adds_up(&merged);
    let split = compare(together(), apart());
    assert_eq!((split.counts.added, split.counts.regrouped), (0, 1));
    assert_eq!(split.regrouped[0].change, Regrouping::Split);
    assert_eq!(split.regrouped[0].document.id, id("b"));
    assert_adds_up(&split);
}

#[test]
fn a_cluster_that_another_member_speaks_for_moved() {
    let diff = compare(
        vec![with_aliases("a", "One tide.\n", &["b"])],
        vec![with_aliases("b", "One high tide.\n", &["a"])],
    );
    assert_eq!(
        (
            diff.counts.added,
            diff.counts.removed,
            diff.counts.regrouped
        ),
        (0, 0, 1)
    );
    let moved = &diff.regrouped[0];
    assert_eq!(moved.change, Regrouping::Moved);
    assert_eq!((&moved.document.id, &moved.other.id), (&id("b"), &id("a")));
    assert_eq!(moved.body.as_ref().unwrap().words_added, 1);
    assert_adds_up(&diff);
}

#[test]
fn an_alias_outlives_the_document_that_spoke_for_it() {
    let diff = compare(
        vec![with_aliases("a", "One.\n", &["b"])],
        vec![document("b", "One.\n")],
    );
    assert_eq!(diff.removed[0].document.id, id("a"));
    assert_eq!(diff.regrouped[0].change, Regrouping::Promoted);
    assert_adds_up(&diff);
}

/// Identifiers of versions are digests of the store's format, which is not ours to pin.
fn without_ids(text: &str, versions: &[&Version]) -> String {
    versions.iter().fold(text.to_owned(), |text, version| {
        let id = version.id();
        text.replace(&id.to_string(), "(id)")
            .replace(&id.short(), "(short id)")
    })
}

#[test]
fn a_comparison_reads_well() {
    let shelf = Shelf::new();
    let old = shelf.publish(vec![
        new(document("a", "High tide at noon today.\n")),
        new(document("b", "Two.\n")),
        new(document("c", "Three.\n")),
        new(document("d", "The ferry.\n")),
    ]);
    let new = shelf.publish(vec![
        new(document("a", "High tide at nine today.\n")),
        new(Document {
            tags: vec!["two".to_owned()],
            status: DocumentStatus::Gone,
            ..document("b", "Two.\n")
        }),
        new(with_aliases("e", "The ferry sails.\n", &["d"])),
    ]);
    let diff = diff(&old, &new, Words::Yes).unwrap();
    let text = render_diff(&diff, Style::plain());
    insta::assert_snapshot!(without_ids(&text, &[&old, &new]));
    let coloured = render_diff(
        &diff,
        Style {
            colour: Colour::Always,
        },
    );
    assert!(
        coloured.contains("\u{1B}[32m{+nine+}\u{1B}[0m"),
        "{coloured}"
    );
    assert!(!text.contains('\u{1B}'));
}

#[test]
fn a_document_reads_well() {
    insta::assert_snapshot!(render_document(&rich(), Style::plain()));
}

#[test]
fn what_a_page_said_to_crawlers_is_told() {
    let mut document = rich();
    let from = document.provenance.as_mut().unwrap();
    from.directives = vec![
        "meta robots: nofollow".to_owned(),
        "tdmrep.json /: 0".to_owned(),
    ];
    from.canonical = Some(CanonicalClaim {
        url: "https://harbour.example/other".to_owned(),
        agrees: false,
    });
    from.refresh = Some(Refresh {
        seconds: 300,
        target: None,
    });
    from.base = Some("https://harbour.example/b/".to_owned());
    from.tdm_policy = Some("https://harbour.example/terms".to_owned());
    let told = render_document(&document, Style::plain());
    for line in [
        "directives: meta robots: nofollow, tdmrep.json /: 0\n",
        "calls itself https://harbour.example/other\n",
        "refreshes to itself after 300 s\n",
        "links relative to https://harbour.example/b/\n",
        "terms of mining: https://harbour.example/terms\n",
    ] {
        assert!(told.contains(line), "{line}{told}");
    }
}

#[test]
fn a_version_is_summed_up() {
    let shelf = Shelf::new();
    let version = shelf.publish(vec![new(rich()), new(document("tide", "High tide.\n"))]);
    let tags = [("paper".to_owned(), version.n())].into();
    let summary = summarise(&version, &tags).unwrap();
    assert_eq!(
        (summary.documents, summary.gone, summary.aliases),
        (2, 1, 1)
    );
    let text = render_version(&summary, Style::plain());
    insta::assert_snapshot!(without_ids(&text, &[&version]));
    let rows: Vec<LogRow> = log(&[version], &tags);
    assert!(render_log(&rows, Style::plain()).contains("2  paper"));
}

#[test]
fn a_comparison_has_a_shape_that_programs_can_rely_on() {
    let diff = compare(vec![document("a", "One.\n")], vec![document("a", "Two.\n")]);
    let value = serde_json::to_value(&diff).unwrap();
    assert_eq!(value["body_changed"][0]["document"]["title"], "On a");
    assert_eq!(
        value["body_changed"][0]["body"]["hunks"][0][0]["removed"],
        "One."
    );
    assert_eq!(value["counts"]["body_changed"], 1);
    let empty = Counts::default();
    assert_eq!(serde_json::to_value(empty).unwrap()["unchanged"], 0);
}
