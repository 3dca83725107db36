//! Sites drawn by lot: an honest part and a trap, neither of which was looked at before.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::crawl::judged;
use super::site::{Asked, Page, Site};
use super::text::{opaque, prose, slug, word};

/// How an honest part is made.
#[derive(Debug, Clone)]
struct Honest {
    pages: usize,
    /// Words of a page's own; none where only a number differs.
    words: usize,
    frame: usize,
    each: usize,
    address: usize,
    /// Whether a hub or lists lead to the pages.
    hub: bool,
}

/// How a trap is made.
#[derive(Debug, Clone)]
struct Trap {
    kind: usize,
    links: u64,
    noise: usize,
    below: bool,
}

impl Honest {
    fn at(&self, n: usize) -> String {
        match self.address {
            0 => format!("/item/{n}"),
            1 => format!("/articles/{}", slug("a", n)),
            2 => format!("/show.php?id={n}"),
            3 => format!("/2024/{:02}/{:02}/{}", n % 12 + 1, n % 28 + 1, slug("b", n)),
            4 => format!("/{}/", slug("c", n)),
            _ => format!("/node/{}", opaque(&n.to_string())),
        }
    }

    fn text(&self, n: usize) -> String {
        match self.words {
            0 => format!("Entry {n} of the register"),
            words => prose(&format!("own {n}"), words),
        }
    }

    fn list(&self, at: usize) -> Page {
        let items = (at * self.each..(at + 1) * self.each).filter(|n| *n < self.pages);
        let mut page = Page::wanted(format!("list {at}")).block(format!("Page {at}"));
        for n in items {
            page = page.block(format!("Entry {n}")).link(self.at(n));
        }
        let more = (at + 1) * self.each < self.pages;
        if more {
            page.link(format!("/lists?page={}", at + 1))
        } else {
            page
        }
    }

    fn lists(&self) -> usize {
        self.pages.div_ceil(self.each)
    }

    fn answer(&self, asked: &Asked) -> Option<Page> {
        let here = match asked.query.as_slice() {
            [] => asked.path.clone(),
            [(name, value)] => format!("{}?{name}={value}", asked.path),
            _ => return None,
        };
        if here == "/" {
            let page = Page::wanted("home");
            return Some(if self.hub {
                (0..self.pages).fold(page, |page, n| {
                    page.block(format!("Entry {n}")).link(self.at(n))
                })
            } else {
                page.link("/lists?page=0")
            });
        }
        if let Some(at) = asked.number("page").filter(|_| asked.path == "/lists") {
            return (!self.hub && (at as usize) < self.lists()).then(|| self.list(at as usize));
        }
        (0..self.pages)
            .find(|n| self.at(*n) == here)
            .map(|n| Page::wanted(&here).block(self.text(n)))
    }

    fn wanted(&self) -> usize {
        1 + self.pages + if self.hub { 0 } else { self.lists() }
    }
}

impl Trap {
    fn entry(&self) -> &'static str {
        [
            "/cal/2026/11",
            "/plan?d=2026-11-01",
            "/tree/a/",
            "/find?a=1",
            "/more/1",
            "/x/login?to=0",
        ][self.kind]
    }

    fn answer(&self, asked: &Asked) -> Page {
        let noise = match self.noise {
            0 => String::new(),
            1 => format!("It is 10:{:02}:{:02}", asked.nth % 60, asked.nth % 59),
            2 => format!("Guests {}", asked.nth * 13),
            _ => prose(&format!("saying {}", asked.nth % 9), 9),
        };
        let page = Page::useless().block("Nothing to see").block(noise);
        page.links(self.next(asked))
    }

    fn next(&self, asked: &Asked) -> Vec<String> {
        let ahead = |k: u64| asked.nth * self.links + k;
        let below = |k: u64| {
            if self.below {
                format!("/day/{}", k + 1)
            } else {
                String::new()
            }
        };
        (0..self.links)
            .map(|k| match self.kind {
                0 => {
                    let month = ahead(k) % 2400;
                    format!(
                        "/cal/{}/{:02}{}",
                        1950 + month / 12,
                        month % 12 + 1,
                        below(k)
                    )
                }
                1 => format!(
                    "/plan?d={}-{:02}-{:02}",
                    2000 + ahead(k) % 99,
                    k % 12 + 1,
                    ahead(k) % 28 + 1
                ),
                2 => format!("{}/", word(k + 16 * u64::from(self.below))),
                3 => {
                    let query: Vec<String> = (0..6)
                        .filter(|at| ahead(k) >> at & 1 == 1)
                        .map(|at| {
                            format!(
                                "{}={}",
                                ["a", "b", "c", "d", "e", "f"][at as usize],
                                (ahead(k) + at) % 5
                            )
                        })
                        .collect();
                    format!("/find?{}&g={}", query.join("&"), k)
                }
                4 => format!("/more/{}", ahead(k)),
                _ => format!("/x/login?to={}", ahead(k)),
            })
            .collect()
    }
}

fn honest() -> impl Strategy<Value = Honest> {
    let words = prop_oneof![Just(0usize), 4usize..8, 15usize..30, 100usize..300];
    (
        100usize..500,
        words,
        0usize..400,
        3usize..30,
        0usize..6,
        any::<bool>(),
    )
        .prop_map(|(pages, words, frame, each, address, hub)| {
            // Days that differ in a number only are a calendar, where no list of them vouches.
            let address = if words == 0 && address == 3 {
                0
            } else {
                address
            };
            Honest {
                pages,
                words,
                frame,
                each,
                address,
                hub,
            }
        })
}

fn trap() -> impl Strategy<Value = Trap> {
    (0usize..6, 1u64..40, 0usize..4, any::<bool>()).prop_map(|(kind, links, noise, below)| Trap {
        kind,
        links,
        noise,
        below,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, max_shrink_iters: 16, rng_seed: RngSeed::Fixed(4), ..ProptestConfig::default() })]
    #[test]
    fn honest_pages_are_found_and_traps_are_left(honest in honest(), trap in trap()) {
        let name = format!("{honest:?} {trap:?}");
        let site = Site::new(&name, honest.wanted(), move |asked| {
            let page = match honest.answer(asked) {
                Some(page) => page.link(trap.entry()),
                None => trap.answer(asked),
            };
            Some(page.block(prose("frame", honest.frame)))
        });
        let (lost, useless) = judged(&site);
        prop_assert_eq!(lost, 0);
        prop_assert!(useless <= 700, "{} useless", useless);
    }
}
