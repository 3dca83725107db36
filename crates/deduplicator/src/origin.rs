//! Finds which documents of a cluster are copies of which others: mirrors and syndicated texts.
//!
//! That two documents say the same is known by then; here addresses, links and statements tell who
//! said it first. A cluster is looked at alone, and every document is a copy of one other at most.

use std::collections::BTreeMap;

use thresh_types::RelationKind;

use crate::address::Address;
use crate::facts::{Facts, names, sites};

/// A document that has its text from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) copy: u32,
    pub(crate) origin: u32,
    pub(crate) kind: RelationKind,
    /// What tells, as [`thresh_types::NonMerging::rule`] names it.
    pub(crate) rule: &'static str,
}

/// Publishers of one cluster that statements are searched for.
const PUBLISHERS: usize = 64;

/// The documents of a cluster that have an address.
struct Standing<'a> {
    facts: &'a [Facts],
    addresses: Vec<(u32, Address<'a>)>,
    /// The first document of each host and page, of each site and page, and of each site.
    exact: BTreeMap<(String, String), u32>,
    places: BTreeMap<String, u32>,
    sites: BTreeMap<String, u32>,
    /// The first document of each publisher.
    publishers: BTreeMap<&'a str, u32>,
}

/// Returns the copies among `members` of a cluster that say themselves where they come from, by copy.
///
/// Where links or statements lead in a circle, none of them tells anything.
pub(crate) fn claimed(members: &[u32], facts: &[Facts]) -> BTreeMap<u32, Copied> {
    let speaks = |&&member: &&u32| {
        let one = &facts[member as usize];
        one.canonical.is_some() || one.statement.is_some()
    };
    if members.len() < 2 || !members.iter().any(|member| speaks(&member)) {
        return BTreeMap::new();
    }
    let standing = Standing::of(members, facts);
    let mut copies: BTreeMap<u32, Copied> = BTreeMap::new();
    for &(member, address) in &standing.addresses {
        let copied = standing.by_link(member, &address);
        if let Some(copied) = copied.or_else(|| standing.by_statement(member, &address)) {
            copies.insert(member, copied);
        }
    }
    let circular: Vec<u32> = copies
        .keys()
        .copied()
        .filter(|&copy| leads_back(copy, &copies))
        .collect();
    for copy in circular {
        copies.remove(&copy);
    }
    copies
}

/// Whether the origin of a document has its text from that very document.
fn leads_back(copy: u32, copies: &BTreeMap<u32, Copied>) -> bool {
    /// Texts pass through few hands.
    const HANDS: usize = 16;
    let mut at = copy;
    for _ in 0..HANDS {
        match copies.get(&at) {
            Some(next) if next.origin == copy => return true,
            Some(next) => at = next.origin,
            None => return false,
        }
    }
    false
}

impl<'a> Standing<'a> {
    fn of(members: &[u32], facts: &'a [Facts]) -> Self {
        let mut standing = Self {
            facts,
            addresses: Vec::new(),
            exact: BTreeMap::new(),
            places: BTreeMap::new(),
            sites: BTreeMap::new(),
            publishers: BTreeMap::new(),
        };
        for &member in members {
            let one = &facts[member as usize];
            let Some(address) = one.address() else {
                continue;
            };
            standing.addresses.push((member, address));
            standing.exact.entry(exact(&address)).or_insert(member);
            standing.places.entry(address.place()).or_insert(member);
            standing.sites.entry(address.site()).or_insert(member);
            if let Some(publisher) = one.publisher.as_deref()
                && standing.publishers.len() < PUBLISHERS
            {
                standing.publishers.entry(publisher).or_insert(member);
            }
        }
        standing
    }

    /// Whom the page's own link names: the page itself, that page in another dress, or its site.
    fn by_link(&self, member: u32, address: &Address<'_>) -> Option<Copied> {
        let claimed = self.facts[member as usize].claimed()?;
        let same_site = claimed.site() == address.site();
        let other = |found: Option<&u32>| found.copied().filter(|&found| found != member);
        let origin = other(self.exact.get(&exact(&claimed)))
            .or_else(|| other(self.places.get(&claimed.place())))
            .or_else(|| other(self.sites.get(&claimed.site())).filter(|_| !same_site))?;
        let host = self.facts[origin as usize].address()?.host;
        // Two addresses of one host are one site's own affair.
        let differs = !host.eq_ignore_ascii_case(address.host);
        let kind = match same_site || claimed.page() == address.page() {
            true => RelationKind::Mirror,
            false => RelationKind::Syndication,
        };
        differs.then_some(Copied {
            copy: member,
            origin,
            kind,
            rule: "canonical-link",
        })
    }

    /// Whom the statement in the text names, by site or by publisher.
    fn by_statement(&self, member: u32, address: &Address<'_>) -> Option<Copied> {
        let statement = self.facts[member as usize].statement.as_deref()?;
        let own = address.site();
        let by_site = sites(statement)
            .filter(|site| *site != own)
            .find_map(|site| self.sites.get(&site).copied());
        let by_name = || {
            let mut known = self.publishers.iter();
            let named = known.find(|&(name, &of)| of != member && names(statement, name));
            let named = named.map(|(_, &of)| of);
            named.filter(|&of| self.site_of(of).is_some_and(|site| site != own))
        };
        by_site.or_else(by_name).map(|origin| Copied {
            copy: member,
            origin,
            kind: RelationKind::Syndication,
            rule: "statement",
        })
    }

    fn site_of(&self, member: u32) -> Option<String> {
        Some(self.facts[member as usize].address()?.site())
    }
}

fn exact(address: &Address<'_>) -> (String, String) {
    (address.host.to_ascii_lowercase(), address.page())
}

/// Returns the copies among `members` that stand at the path of another one on another host, given
/// the members with the best spokesman first: that one is taken for the origin.
pub(crate) fn mirrored(members: &[u32], facts: &[Facts]) -> Vec<Copied> {
    let mut pages: BTreeMap<String, (u32, Address<'_>)> = BTreeMap::new();
    let mut copies = Vec::new();
    for &member in members {
        let Some(address) = facts[member as usize].address() else {
            continue;
        };
        let &mut (origin, first) = pages.entry(address.page()).or_insert((member, address));
        if !first.host.eq_ignore_ascii_case(address.host) {
            let rule = match first.site() == address.site() {
                true => "same-site",
                false => "same-path",
            };
            copies.push(Copied {
                copy: member,
                origin,
                kind: RelationKind::Mirror,
                rule,
            });
        }
    }
    copies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Item;

    fn facts(url: &str, canonical: &str, text: &str, publisher: &str) -> Facts {
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Facts::of(&Item {
            url: known(url),
            canonical: known(canonical),
            publisher: known(publisher),
            text: text.to_owned(),
            ..Item::default()
        })
    }

    fn told(facts: &[Facts]) -> Vec<(u32, u32, RelationKind, &'static str)> {
        let members: Vec<u32> = (0..).take(facts.len()).collect();
        let copies = claimed(&members, facts);
        copies
            .into_values()
            .map(|c| (c.copy, c.origin, c.kind, c.rule))
            .collect()
    }

    #[test]
    fn a_link_to_another_site_names_the_origin() {
        let found = told(&[
            facts(
                "https://a.example/story/9",
                "https://www.b.example/news/1",
                "",
                "",
            ),
            facts(
                "https://b.example/news/1",
                "https://b.example/news/1",
                "",
                "",
            ),
            facts(
                "https://c.example/news/1",
                "https://b.example/news/1",
                "",
                "",
            ),
            facts("https://d.example/x", "https://b.example/elsewhere", "", ""),
        ]);
        let (link, copied) = ("canonical-link", RelationKind::Syndication);
        assert_eq!(
            found,
            [
                (0, 1, copied, link),
                (2, 1, RelationKind::Mirror, link),
                (3, 1, copied, link)
            ]
        );
    }

    #[test]
    fn a_statement_names_site_or_publisher() {
        let found = told(&[
            facts(
                "https://a.example/1",
                "",
                "Text.\nOriginally published at www.b.example.",
                "",
            ),
            facts("https://b.example/2", "", "Text.", "Harbour Office"),
            facts(
                "https://c.example/3",
                "",
                "Text.\nFirst published by the Harbour Office, Vienna",
                "",
            ),
            facts(
                "https://d.example/4",
                "",
                "Text.\nFirst published in 2020",
                "",
            ),
        ]);
        let (said, copied) = ("statement", RelationKind::Syndication);
        assert_eq!(found, [(0, 1, copied, said), (2, 1, copied, said)]);
    }

    #[test]
    fn links_in_a_circle_tell_nothing() {
        let found = told(&[
            facts("https://a.example/1", "https://b.example/1", "", ""),
            facts("https://b.example/1", "https://a.example/1", "", ""),
        ]);
        assert!(found.is_empty());
    }

    #[test]
    fn two_addresses_of_one_host_are_no_mirror() {
        let post = facts("https://a.example/post/", "https://a.example/post/", "", "");
        let comments = facts(
            "https://a.example/post/comment-page-1/",
            "https://a.example/post/",
            "",
            "",
        );
        assert!(told(&[post.clone(), comments.clone()]).is_empty());
        assert!(mirrored(&[0, 1], &[post, comments]).is_empty());
    }

    #[test]
    fn one_path_on_two_hosts_is_a_mirror_of_the_first() {
        let at = |url| facts(url, "", "", "");
        let found = mirrored(
            &[2, 0, 1],
            &[
                at("https://m.a.example/n/1"),
                at("https://copy.example/n/1/"),
                at("https://www.a.example/n/1"),
            ],
        );
        let found: Vec<_> = found
            .into_iter()
            .map(|c| (c.copy, c.origin, c.rule))
            .collect();
        assert_eq!(found, [(0, 2, "same-site"), (1, 2, "same-path")]);
    }
}
