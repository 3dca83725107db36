//! Sites of many lists: a shop and a blog.

use super::site::{Page, Site};
use super::text::{prose, slug, word};
use super::trapped::{frame, month, number_of};

/// A shop of 200 items and 5 facets of 6 values, whose pages list what is left.
pub(super) fn shop(name: &str, order: bool, in_path: bool) -> Site {
    Site::new(name, 202, move |asked| {
        let parts = asked.parts();
        if let ["item", n] = parts.as_slice() {
            let text = prose(&format!("item {n}"), 80);
            return Some(frame(Page::wanted(*n)).block(text).link("/shop"));
        }
        if parts.is_empty() {
            return Some(frame(Page::wanted("home")).link("/shop"));
        }
        let chosen: Vec<(String, u64)> = if in_path {
            let pairs = parts[1..].chunks(2);
            pairs
                .filter_map(|pair| Some((pair[0].to_owned(), pair.get(1)?.parse().ok()?)))
                .collect()
        } else {
            asked
                .query
                .iter()
                .filter_map(|(k, v)| Some((k.clone(), v.parse().ok()?)))
                .collect()
        };
        let facets = ["brand", "color", "size", "style", "cloth"];
        let fits = |n: u64| {
            facets.iter().enumerate().all(|(at, facet)| {
                chosen
                    .iter()
                    .all(|(k, v)| k != facet || number_of(&format!("{n} {at}")) % 6 == *v)
            })
        };
        let start = asked.number("page").unwrap_or(0) * 20;
        let items: Vec<u64> = (0..200).filter(|n| fits(*n)).collect();
        let shown = items.iter().skip(start as usize).take(20);
        let mut page = frame(if asked.query.is_empty() && parts.len() == 1 {
            Page::wanted("shop")
        } else {
            Page::useless()
        });
        page = page.block(format!("{} results", items.len()));
        for n in shown {
            page = page
                .block(format!("Item {}", prose(&format!("item {n}"), 6)))
                .link(format!("/item/{n}"));
        }
        let to = |chosen: &[(String, u64)]| {
            let join = |by: &str| {
                chosen
                    .iter()
                    .map(|(k, v)| format!("{k}{by}{v}"))
                    .collect::<Vec<_>>()
            };
            if in_path {
                format!("/shop/{}", join("/").join("/"))
            } else {
                format!("/shop?{}", join("=").join("&"))
            }
        };
        for facet in facets {
            for value in 0..6 {
                let mut next = chosen.clone();
                next.retain(|(k, _)| k != facet && k != "page");
                next.push((facet.to_owned(), value));
                page = page
                    .block(format!("{facet} {}", word(value)))
                    .link(to(&next));
            }
        }
        if order {
            for sort in 0..4 {
                let mut next = chosen.clone();
                next.retain(|(k, _)| k != "sort");
                next.push(("sort".to_owned(), sort));
                page = page.link(to(&next));
            }
        }
        if start as usize + 20 < items.len() {
            let mut next = chosen.clone();
            next.retain(|(k, _)| k != "page");
            next.push(("page".to_owned(), start / 20 + 1));
            page = page.link(to(&next));
        }
        Some(page)
    })
}

/// Posts with replies, pictures, tags, months, pages by number and a calendar.
pub(super) fn wordpress() -> Site {
    const POSTS: usize = 240;
    let post = |n: usize| format!("/{}/", slug("post", n));
    let at = move |path: &str| (0..POSTS).find(|n| post(*n) == path);
    let list = move |page: Page, posts: &[usize], asked: &str| {
        let shown = posts.iter().map(|n| prose(&post(*n), 25));
        let links = posts.iter().map(|n| post(*n));
        page.block(asked.replace(['/', '-'], " "))
            .blocks(shown)
            .links(links)
    };
    Site::new("WordPress", POSTS, move |asked| {
        let parts = asked.parts();
        let widget = |page: Page| {
            let page = frame(page)
                .link("/cal/2026/11/")
                .links((1..=12).map(|m| format!("/2025/{m:02}/")));
            page.links((0..20).map(|t| format!("/tag/{}/", word(t))))
        };
        if let Some(n) = at(&asked.path) {
            let page = widget(Page::wanted(format!("post {n}")))
                .block(prose(&asked.path, 25))
                .block(prose(&format!("body {n}"), 150));
            let replies = (0..6).map(|k| format!("{}?replytocom={}", asked.path, n * 6 + k));
            let reply = asked.get("replytocom").map_or(String::new(), |id| {
                format!("Leave a reply to {}", word(number_of(id) % 300))
            });
            return Some(
                page.block(reply)
                    .links(replies)
                    .link(format!("{}picture-{n}/", asked.path))
                    .link(format!("/?p={n}")),
            );
        }
        let all: Vec<usize> = (0..POSTS).collect();
        let page = |posts: &[usize], at: usize| {
            let shown: Vec<usize> = posts.iter().skip(at * 10).take(10).copied().collect();
            list(widget(Page::useless()), &shown, &asked.path)
        };
        match parts.as_slice() {
            [] if asked.query.is_empty() => Some(page(&all, 0).link("/page/2/")),
            [] => {
                let n = asked.number("p")? as usize;
                Some(
                    widget(Page::wanted(format!("post {n}")))
                        .block(prose(&post(n), 25))
                        .block(prose(&format!("body {n}"), 150)),
                )
            }
            ["page", n] => {
                let n: usize = n.parse().ok()?;
                let next = format!("/page/{}/", n + 1);
                (n <= 24).then(|| page(&all, n - 1).link(next))
            }
            ["tag", t] => {
                let of: Vec<usize> = all
                    .iter()
                    .filter(|n| word((**n % 20) as u64) == *t)
                    .copied()
                    .collect();
                Some(page(&of, 0).link(format!("/tag/{t}/page/2/")))
            }
            ["tag", t, "page", n] => {
                let of: Vec<usize> = all
                    .iter()
                    .filter(|n| word((**n % 20) as u64) == *t)
                    .copied()
                    .collect();
                n.parse::<usize>()
                    .ok()
                    .filter(|n| *n == 2)
                    .map(|_| page(&of, 1))
            }
            ["2025", m] => {
                let m: usize = m.parse().ok()?;
                let of: Vec<usize> = all.iter().filter(|n| **n / 20 + 1 == m).copied().collect();
                Some(page(&of, 0).link(format!("/2025/{m:02}/page/2/")))
            }
            ["2025", m, "page", "2"] => {
                let m: usize = m.parse().ok()?;
                let of: Vec<usize> = all.iter().filter(|n| **n / 20 + 1 == m).copied().collect();
                Some(page(&of, 1))
            }
            ["cal", y, m] => {
                let n = y.parse::<u64>().ok()? * 12 + m.parse::<u64>().ok()? - 1;
                let to = |n: u64| format!("/cal/{}/{:02}/", n / 12, n % 12 + 1);
                Some(
                    widget(Page::useless())
                        .block(month(n))
                        .link(to(n - 1))
                        .link(to(n + 1)),
                )
            }
            [_, picture] => Some(widget(Page::useless()).block(picture.replace('-', " "))),
            _ => None,
        }
    })
}
