//! robots.txt after RFC 9309.
//!
//! [`parse`] reads a file, [`Robots::decide`] says what it permits, [`Asking`] says how to come by it,
//! and [`Standing`] what holds while time goes by and servers fail. None of them needs a network or
//! a clock.
//!
//! Decided where the RFC leaves room, or sources contradict each other:
//! - Rules and paths are compared with unreserved characters unescaped, all else that is not
//!   printable ASCII escaped, and escapes in upper case (RFC 9309 §2.2.2; Google leaves this to its
//!   caller). Reserved characters stay apart from their escapes: `%2F` is not `/`.
//! - A crawler is meant by any plain word of a `User-agent` value (`Foo Bar/1.2` means `Foo` and
//!   `Bar`), without case, whole words only.
//! - Lines between `User-agent` lines that are no rule (Sitemap, Crawl-delay, unknown) do not end
//!   the list of agents. Crawl-delay holds for the agents listed before it.
//! - A page of HTML in place of the file gives no rules.
//! - `Allow: /x/index.html` allows `/x/` too, common misspellings of `Disallow` count, and lines
//!   end at 16,663 bytes, as with Google.
//! - 429 is taken like a server error: who is told to slow down has not been told that there are no
//!   rules (RFC 9309 §2.3.1.3 would permit everything; Google waits).
//! - A copy that was read before goes on holding while its file is out of reach, for at most thirty
//!   days ([`MAX_STALE`]); without a copy everything is forbidden, however long. RFC 9309 §2.3.1.4 asks for
//!   complete disallow where the file is *undefined*, and §2.4 excepts from its 24 hours the case
//!   that "the robots.txt file is unreachable": the wishes of an owner whose server is down for a
//!   night are known, and better obeyed than replaced. Thirty days is the period that §2.3.1.4 names.
//!   After it the RFC would permit everything; here silence is no permission.
//! - A redirect to what is no web address, or a sixth one in a row, leaves no file.

mod asking;
mod parse;
pub(crate) mod pattern;
mod standing;

use std::time::Duration;

use thresh_types::CanonicalUrl;

pub use asking::{Asking, MAX_HOPS};
pub use pattern::escape;
pub use standing::{Answer, MAX_AGE, MAX_STALE, Permission, RobotsFile, Standing};

use pattern::Pattern;

/// How many bytes are read: RFC 9309 §2.5 asks for at least 500 KiB.
pub const PARSED_BYTES: usize = 500 * 1024;

/// The rules of one robots.txt. The default has none: everything is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    groups: Vec<Group>,
    sitemaps: Vec<String>,
}

/// One run of `User-agent` lines and the rules behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Group {
    /// Tokens in lower case; `*` stands for everybody.
    agents: Vec<Agent>,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Agent {
    token: String,
    delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: Pattern,
    /// The line as it stands in the file, counted from 1.
    line: usize,
    text: String,
}

/// What robots.txt says of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the address may be fetched.
    pub allowed: bool,
    /// The number (from 1) and text of the line that decides; none where no line matches.
    pub line: Option<(usize, String)>,
}

/// Reads a robots.txt. Any bytes are read: what is no rule is passed over.
pub fn parse(bytes: &[u8]) -> Robots {
    parse::parse(bytes)
}

impl Robots {
    /// Returns what the rules for the crawler `token` say of `url`.
    pub fn decide(&self, token: &str, url: &CanonicalUrl) -> Decision {
        self.decide_path(&[token], url.path_and_query())
    }

    /// Returns what the rules for a crawler that goes by all of `tokens` say of a path with its
    /// query. The rules for everybody (`*`) hold where no token is named.
    pub fn decide_path(&self, tokens: &[&str], path: &str) -> Decision {
        let path = pattern::normalise_path(path);
        let is_robots = path == "/robots.txt";
        let winner = (!is_robots)
            .then(|| self.strongest(tokens, &path))
            .flatten();
        Decision {
            allowed: winner.is_none_or(|rule| rule.allow),
            line: winner.map(|rule| (rule.line, rule.text.clone())),
        }
    }

    /// Returns the longest matching rule; Allow wins among equals, and the first of those.
    fn strongest(&self, tokens: &[&str], path: &str) -> Option<&Rule> {
        let wanted = self.effective(tokens);
        let rank = |rule: &Rule| (rule.pattern.len(), rule.allow);
        let mut best: Option<&Rule> = None;
        for group in self.groups.iter().filter(|group| group.names(wanted)) {
            for rule in &group.rules {
                if best.is_none_or(|best| rank(rule) > rank(best)) && rule.pattern.matches(path) {
                    best = Some(rule);
                }
            }
        }
        best
    }

    /// Returns the tokens whose groups hold: the given ones where any is named, else everybody's.
    fn effective<'t>(&self, tokens: &'t [&'t str]) -> &'t [&'t str] {
        if self.groups.iter().any(|group| group.names(tokens)) {
            tokens
        } else {
            &["*"]
        }
    }

    /// Returns the Crawl-delay for the crawler `token`, the longest where there are several.
    pub fn crawl_delay(&self, token: &str) -> Option<Duration> {
        self.crawl_delay_of(&[token])
    }

    /// Returns the Crawl-delay for a crawler that goes by all of `tokens`.
    pub fn crawl_delay_of(&self, tokens: &[&str]) -> Option<Duration> {
        let wanted = self.effective(tokens);
        self.groups
            .iter()
            .flat_map(|group| &group.agents)
            .filter(|agent| agent.is_one_of(wanted))
            .filter_map(|agent| agent.delay)
            .max()
    }

    /// Returns the values of the `Sitemap` lines in order, as written.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

impl Group {
    fn names(&self, tokens: &[&str]) -> bool {
        self.agents.iter().any(|agent| agent.is_one_of(tokens))
    }
}

impl Agent {
    fn is_one_of(&self, tokens: &[&str]) -> bool {
        tokens.iter().any(|t| t.eq_ignore_ascii_case(&self.token))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allows(robots: &str, path: &str) -> bool {
        parse(robots.as_bytes())
            .decide_path(&["thresh"], path)
            .allowed
    }

    #[test]
    fn the_longest_rule_wins_and_allow_wins_ties() {
        let robots = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\n";
        for (path, allowed) in [
            ("/a", false),
            ("/a/b", true),
            ("/a/b/c", false),
            ("/", true),
        ] {
            assert_eq!(allows(robots, path), allowed, "{path}");
        }
        assert!(allows("User-agent: *\nDisallow: /p\nAllow: /p\n", "/p"));
        assert!(allows("User-agent: *\nAllow: /p\nDisallow: /p\n", "/p"));
    }

    #[test]
    fn the_deciding_line_is_named() {
        let robots =
            parse(b"\xef\xbb\xbf# hello\r\nUser-agent: *\r\nDisallow: /private/ # secret\r\n");
        let decision = robots.decide("thresh", &"http://a.example/private/x".parse().unwrap());
        assert_eq!(
            decision,
            Decision {
                allowed: false,
                line: Some((3, "Disallow: /private/".to_owned()))
            }
        );
    }

    #[test]
    fn a_named_group_replaces_that_of_everybody_and_groups_merge() {
        let robots = "User-agent: *\nDisallow: /\n\nuser-AGENT: Thresh/9.9\nDisallow: /a\n\n\
                      User-agent: other\nDisallow: /b\n\nUser-agent: THRESH\nDisallow: /c\n";
        for (path, allowed) in [("/", true), ("/a", false), ("/b", true), ("/c", false)] {
            assert_eq!(allows(robots, path), allowed, "{path}");
        }
    }

    #[test]
    fn part_of_a_word_names_nobody() {
        assert!(allows("User-agent: threshold\nDisallow: /\n", "/x"));
        assert!(allows("User-agent: thre\nDisallow: /\n", "/x"));
        assert!(!allows("User-agent: Nice Thresh\nDisallow: /\n", "/x"));
    }

    #[test]
    fn robots_txt_itself_is_always_allowed() {
        assert!(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
        assert!(!allows("User-agent: *\nDisallow: /\n", "/robots.txt?x"));
    }

    #[test]
    fn crawl_delays_are_read_for_the_agents_before_them() {
        let robots = parse(
            b"User-agent: *\nCrawl-delay: 3\nDisallow: /a\n\nUser-agent: thresh\nCrawl-delay: 0.5\n\
              Disallow:\n\nUser-agent: other\nCrawl-delay: -1\nCrawl-delay: soon\nDisallow: /\n",
        );
        assert_eq!(
            robots.crawl_delay("thresh"),
            Some(Duration::from_millis(500))
        );
        assert_eq!(robots.crawl_delay("other"), None);
        assert_eq!(robots.crawl_delay("anyone"), Some(Duration::from_secs(3)));
    }

    #[test]
    fn html_in_its_place_gives_no_rules() {
        let page = "<!DOCTYPE html>\n<pre>\nUser-agent: *\nDisallow: /\n</pre>";
        assert!(allows(page, "/x"));
        assert!(allows(&format!("\u{feff} \n{page}"), "/x"));
    }

    #[test]
    fn a_cut_file_keeps_whole_lines_only() {
        let mut robots = "User-agent: *\nDisallow: /a\n".to_owned();
        while robots.len() < PARSED_BYTES - 40 {
            robots.push_str("# a comment of thirty-two bytes\n");
        }
        let gap = PARSED_BYTES - robots.len() - "Disallow: /b".len();
        robots.push_str(&"#".repeat(gap - 1));
        robots.push_str("\nDisallow: /bottom\nDisallow: /late\n");
        assert!(!allows(&robots, "/a"));
        assert!(
            allows(&robots, "/b"),
            "the cut line must not become a wider rule"
        );
        assert!(allows(&robots, "/late"));
    }

    #[test]
    fn sitemaps_are_listed_wherever_they_stand() {
        let robots = parse(
            b"Sitemap: http://a.example/1.xml\nUser-agent: x\nSITE-MAP: /2.xml # two\nSitemap:\n",
        );
        assert_eq!(robots.sitemaps(), ["http://a.example/1.xml", "/2.xml"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400), path in "\\PC{0,40}") {
            let robots = parse(&bytes);
            let _ = robots.decide_path(&["thresh"], &path);
            let _ = robots.crawl_delay("thresh");
        }

        #[test]
        fn a_plain_prefix_forbids_exactly_what_begins_with_it(
            prefix in "/[a-z/]{0,6}", path in "/[a-z/]{0,8}"
        ) {
            let robots = format!("User-agent: *\nDisallow: {prefix}\n");
            prop_assert_eq!(allows(&robots, &path), !path.starts_with(&prefix));
        }

        #[test]
        fn the_order_of_rules_does_not_matter(
            mut rules in proptest::collection::vec(("(Dis)?allow", "/[ab*$/]{0,5}"), 0..6),
            path in "/[ab/]{0,6}"
        ) {
            let write = |rules: &[(String, String)]| {
                rules.iter().fold("User-agent: *\n".to_owned(), |text, (key, value)| {
                    format!("{text}{key}: {value}\n")
                })
            };
            let forward = allows(&write(&rules), &path);
            rules.reverse();
            prop_assert_eq!(allows(&write(&rules), &path), forward);
        }
    }
}
