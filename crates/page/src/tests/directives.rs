//! What pages forbid.

use proptest::prelude::*;

use super::{owned, page, with_headers};
use crate::Directives;

fn of(html: &str) -> Directives {
    page(html).directives("Thresh")
}

fn of_header(value: &str) -> Directives {
    Directives::of_headers(&owned(&[("X-Robots-Tag", value)]), "thresh")
}

/// noindex, nofollow, noarchive, noai, TDM reservation.
fn flags(d: &Directives) -> [bool; 5] {
    [
        d.noindex,
        d.nofollow,
        d.noarchive,
        d.noai,
        d.tdm_reservation,
    ]
}

const NOTHING: [bool; 5] = [false; 5];

#[test]
fn robots_meta_is_read_in_every_spelling() {
    for html in [
        "<meta name=robots content=noindex>",
        "<META NAME='ROBOTS' CONTENT='index, NOINDEX,follow'>",
        "<meta content=noindex name=robots>",
        "<meta name=thresh content='noindex'>",
        "<meta name=' THRESH ' content=' noindex ; all'>",
        "<meta http-equiv='X-Robots-Tag' content='noindex'>",
        "<meta name=robots content='max-image-preview:large noindex'><meta name=robots content=noindex>",
        "<body><p>late</p><meta name=robots content='noindex nosnippet'>",
    ] {
        assert_eq!(
            flags(&of(html)),
            [true, false, false, false, false],
            "{html}"
        );
    }
    assert_eq!(
        flags(&of("<meta name=robots content=none>")),
        [true, true, false, false, false]
    );
    assert_eq!(
        flags(&of(
            "<meta name=robots content='nofollow,noarchive'><meta name=thresh content=noai>"
        )),
        [false, true, true, true, false]
    );
}

#[test]
fn rules_for_others_do_not_count() {
    for html in [
        "<meta name=googlebot content=noindex>",
        "<meta name=robots content='noindexed, index, all, noimageai, nosnippet'>",
        "<meta property=robots content=noindex>",
        "<meta name=description content='noindex, nofollow'>",
        "<template><meta name=robots content=noindex></template>",
        "<meta name=robots content='unavailable_after: noindex'>",
    ] {
        assert_eq!(flags(&of(html)), NOTHING, "{html}");
    }
    assert_eq!(
        flags(&page("<meta name='' content=noindex>").directives("")),
        NOTHING
    );
}

#[test]
fn headers_name_crawlers() {
    assert!(of_header("noindex").noindex);
    assert!(of_header("THRESH: noindex, nofollow").nofollow);
    assert!(of_header("robots: noindex").noindex);
    assert!(of_header("*: noindex").noindex);
    assert_eq!(flags(&of_header("googlebot: noindex, nofollow")), NOTHING);
    let joined = of_header("googlebot: none, thresh: noarchive, otherbot: noindex");
    assert_eq!(flags(&joined), [false, false, true, false, false]);
    let dated = of_header("unavailable_after: Friday, 25-Jun-10 15:00:00 GMT, noindex");
    assert!(dated.noindex);
    assert_eq!(dated.seen[0], "x-robots-tag: unavailable_after: friday");
}

#[test]
fn reservations_are_read() {
    assert!(of("<meta name='tdm-reservation' content='1'>").tdm_reservation);
    assert!(!of("<meta name='tdm-reservation' content='0'>").tdm_reservation);
    let page = with_headers("<p>", &[("TDM-Reservation", " 1 ")]);
    let directives = page.directives("thresh");
    assert!(directives.tdm_reservation && directives.withholds());
    assert_eq!(directives.seen, ["tdm-reservation header: 1"]);
}

#[test]
fn everything_seen_is_told_once() {
    let page = with_headers(
        "<meta name=Robots content='noimageai, noai'><meta name=robots content=noai>",
        &[("x-robots-tag", "nosnippet"), ("X-ROBOTS-TAG", "NoArchive")],
    );
    assert_eq!(
        page.directives("thresh").seen,
        [
            "x-robots-tag: nosnippet",
            "x-robots-tag: noarchive",
            "meta robots: noimageai",
            "meta robots: noai"
        ]
    );
    assert_eq!(of("<p>free").seen, Vec::<String>::new());
}

/// Looking for a colon behind each word took hours here, and days for a page of the largest size.
#[test]
fn a_million_words_are_read_once() {
    let words = "a ".repeat(1_000_000);
    let of_headers = of_header(&format!("{words}noindex"));
    assert!(of_headers.noindex && !of_headers.nofollow);
}

proptest! {
    #[test]
    fn the_order_of_rules_and_attributes_is_nothing(
        rules in proptest::sample::subsequence(vec!["noindex", "nofollow", "noarchive", "noai", "all", "max-snippet:5"], 0..6).prop_shuffle(),
        name_first in any::<bool>(),
    ) {
        let content = rules.join(", ");
        let html = if name_first {
            format!("<meta name=robots content='{content}'>")
        } else {
            format!("<meta content='{content}' name=robots>")
        };
        let expected = ["noindex", "nofollow", "noarchive", "noai"].map(|rule| rules.contains(&rule));
        prop_assert_eq!(&flags(&of(&html))[..4], &expected[..]);
        prop_assert_eq!(&flags(&of_header(&content))[..4], &expected[..]);
    }

    #[test]
    fn any_header_is_read(value in ".{0,200}", token in ".{0,8}") {
        Directives::of_headers(&owned(&[("x-robots-tag", &value), ("tdm-reservation", &value)]), &token);
    }
}
