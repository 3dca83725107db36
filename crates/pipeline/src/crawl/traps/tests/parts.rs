//! Addresses taken apart, and what they have in common.

use thresh_types::{CanonicalUrl, SiteId};

use crate::crawl::traps::address::{Address, Class, site_key};
use crate::crawl::traps::shape::Names;

fn address(path: &str) -> Address<'static> {
    let site: SiteId = "site".parse().unwrap();
    let url: CanonicalUrl = format!("http://site.example{path}").parse().unwrap();
    Address::of(site_key(&site), Box::leak(Box::new(url)))
}

#[test]
fn values_drawn_by_lot_are_no_words_and_no_numbers() {
    let class = |text: &str| address(&format!("/{text}")).segments[0].class;
    for opaque in [
        "a8f3b2c9",
        "0cc175b9c0f1b6a831c399e269772661",
        "2f1e-4b6a-9c3d-77aa0f",
        "x9y8z7w6q.html",
    ] {
        assert_eq!(class(opaque), Class::Opaque, "{opaque}");
    }
    for word in [
        "covid-19-report",
        "chapter12",
        "index.html",
        "mp3",
        "a-2024-b-17",
        "%D0%BF%D1%80%D0%B8",
    ] {
        assert_eq!(class(word), Class::Word, "{word}");
    }
    assert_eq!(class("20240101"), Class::Number);
}

#[test]
fn dates_are_told_from_numbers() {
    for dated in [
        "/2024/03/17/",
        "/cal?y=2026&m=3",
        "/day/20260314",
        "/events/2026-11",
        "/x?t=1711929600",
        "/march-2027",
    ] {
        assert!(address(dated).is_dated(), "{dated}");
    }
    for other in [
        "/item/17",
        "/a/2024",
        "/p?id=99999999",
        "/march",
        "/page/3/of/9",
    ] {
        assert!(!address(other).is_dated(), "{other}");
    }
}

#[test]
fn a_page_below_a_day_is_no_day() {
    assert!(address("/2024/03/17/").is_day());
    assert!(address("/cal?y=2026&m=3").is_day());
    assert!(!address("/2024/03/17/a-name").is_day());
}

#[test]
fn names_are_kept_until_they_are_many() {
    let mut names = Names::new();
    for n in 0..8 {
        names.note(&address(&format!("/blog/post-{}", char::from(b'a' + n))));
    }
    let label = |names: &mut Names, path: &str| {
        let address = address(path);
        names.note(&address).label(&address, 0)
    };
    assert_eq!(label(&mut names, "/blog/post-h"), "/blog/post-h");
    assert_eq!(label(&mut names, "/blog/and-another"), "/blog/{name}");
    assert_eq!(label(&mut names, "/blog/post-a"), "/blog/{name}");
    assert_eq!(label(&mut names, "/news/x"), "/news/x");
}

#[test]
fn shapes_leave_out_what_varies() {
    let label = |path: &str, level: usize| {
        let address = address(path);
        Names::new().note(&address).label(&address, level)
    };
    assert_eq!(label("/calendar/2026/11", 0), "/calendar/{number}/{number}");
    assert_eq!(label("/shop?size=2&color=1", 0), "/shop?color&size");
    assert_eq!(label("/shop?size=2&color=1", 1), "/shop");
    assert_eq!(label("/photo-12.html", 0), "/photo-{number}.html");
    assert_eq!(label("/a/b/c", 3), "/a/…");
    assert_eq!(label("/a/b/c", 4), "/…");
    assert_eq!(label("/page;v=1", 0), "/page?;v");
}
