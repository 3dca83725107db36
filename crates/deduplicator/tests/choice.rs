//! Which document speaks for a cluster, and that it goes on speaking.

mod common;

use common::{grouped, item, menu, prose};
use proptest::prelude::*;
use thresh_deduplicator::{Grouping, Item};

fn at(url: &str, item: Item) -> Item {
    Item {
        url: Some(url.to_owned()),
        ..item
    }
}

fn speaker<'a>(grouping: &'a Grouping, id: &str) -> &'a str {
    let found = grouping.members.iter().find(|member| member.id == id);
    &found.expect("the id is known").canonical_id
}

fn why<'a>(grouping: &'a Grouping, id: &str) -> &'a str {
    let found = grouping.members.iter().find(|member| member.id == id);
    &found.expect("the id is known").reason
}

#[test]
fn the_post_speaks_before_its_comment_pages() {
    let post = "https://blog.example/2019/05/harbour/";
    let body = prose(1, 140);
    let grouping = grouped(&[
        at(
            "https://blog.example/2019/05/harbour/comment-page-1/",
            item("a", body.as_str()),
        ),
        at(
            "https://blog.example/2019/05/harbour/?replytocom=7",
            item("b", body.as_str()),
        ),
        at(post, item("z", format!("{body}\n2 comments"))),
    ]);
    assert_eq!(speaker(&grouping, "a"), "z");
    assert_eq!(
        why(&grouping, "z"),
        "canonical: speaks for 3 documents; its address is the page's main one, b shows the page once more"
    );
}

#[test]
fn the_address_that_pages_call_their_own_speaks() {
    let own = "https://site.example/node/17";
    let page = |id: &str, url: &str| Item {
        canonical: Some(own.to_owned()),
        ..at(url, item(id, prose(2, 100)))
    };
    let grouping = grouped(&[page("a", "https://site.example/?q=node/17"), page("z", own)]);
    assert_eq!(speaker(&grouping, "a"), "z");
}

#[test]
fn the_listed_address_speaks_then_the_shorter_one() {
    let page = |id: &str, url: &str| at(url, item(id, prose(3, 100)));
    let mut items = [
        page("a", "https://site.example/archive/2019/harbour"),
        page("b", "https://site.example/harbour"),
        page("c", "https://site.example/topics/safety/harbour"),
    ];
    assert_eq!(speaker(&grouped(&items), "a"), "b");
    items[2].listed = true;
    let grouping = grouped(&items);
    assert_eq!(speaker(&grouping, "a"), "c");
    assert!(why(&grouping, "c").ends_with("a sitemap lists its address, and not that of b"));
}

#[test]
fn the_complete_text_speaks_even_from_a_mirror() {
    let whole = prose(4, 400);
    let cut: String = whole.chars().take(1300).collect();
    let mut origin = at("https://office.example/1", item("a", cut));
    origin.canonical = origin.url.clone();
    let mut copy = at("https://copy.example/1", item("b", whole));
    copy.canonical = Some("https://office.example/1".to_owned());
    let grouping = grouped(&[origin, copy]);
    assert_eq!(speaker(&grouping, "a"), "b");
    assert!(why(&grouping, "b").ends_with("it is complete, a is cut short"));
}

/// Copies of one text as they occur: as it is, cut, in chrome, with a dateline, elsewhere.
fn copy(number: usize, form: usize, site: usize, year: usize) -> Item {
    let body = prose(5, 300);
    let text = match form {
        0 => body,
        1 => body.chars().take(1000 + number * 10).collect(),
        2 => format!(
            "{}\n{body}\n{}",
            menu(50 + number as u64, 20),
            menu(70 + number as u64, 25)
        ),
        3 => format!("ALDER, 3 May 2019 - {body}"),
        _ => format!("{body}\nOriginally published at https://site0.example/p0"),
    };
    Item {
        date: (year > 0).then(|| format!("{}", 2010 + year)),
        ..at(
            &format!("https://site{site}.example/p{number}"),
            item(&format!("d{number:02}"), text),
        )
    }
}

proptest! {
    /// A new copy speaks, or who spoke before; a third one only if the new one shows that who spoke
    /// was cut short or had the text from elsewhere.
    #[test]
    fn a_new_copy_moves_the_choice_to_itself_or_not_at_all(
        forms in prop::collection::vec((0_usize..5, 0_usize..3, 0_usize..4), 2..9),
    ) {
        let copies: Vec<Item> = forms
            .iter()
            .enumerate()
            .map(|(number, &(form, site, year))| copy(number, form, site, year))
            .collect();
        let (new, old) = copies.split_last().expect("two at least");
        let (before, after) = (grouped(old), grouped(&copies));
        for member in &after.members {
            let Some(earlier) = before.members.iter().find(|m| m.id == member.id) else { continue };
            let joined = after.members.iter().find(|m| m.id == new.id).expect("it is there");
            let same_cluster = joined.cluster_id == member.cluster_id;
            let stays = member.canonical_id == earlier.canonical_id || member.canonical_id == new.id;
            let was_cut = forms[earlier.canonical_id[1..].parse::<usize>().expect("a number")].0 == 1;
            prop_assert!(stays || (same_cluster && was_cut), "{member:?} {earlier:?}");
        }
    }
}
