//! Lines into groups.

use std::time::Duration;

use super::pattern::Pattern;
use super::{Agent, Group, PARSED_BYTES, Robots, Rule};

/// Lines are cut here: eight times the longest URL that Internet Explorer took less one, which is where
/// Google cuts them.
const MAX_LINE: usize = 2083 * 8 - 1;

/// Longer delays are read as this one: nobody asks for more in earnest.
const MAX_DELAY: Duration = Duration::from_secs(86_400);

enum Key {
    Agent,
    Allow,
    Disallow,
    Delay,
    Sitemap,
}

pub(super) fn parse(bytes: &[u8]) -> Robots {
    let bytes = whole_lines(without_mark(bytes));
    let mut reader = Reader::default();
    if !is_markup(bytes) {
        for (number, line) in lines(bytes).enumerate() {
            reader.line(number + 1, line);
        }
    }
    reader.finish()
}

/// Drops the UTF-8 byte order mark, or as much of it as there is.
fn without_mark(bytes: &[u8]) -> &[u8] {
    let mark = b"\xef\xbb\xbf";
    let length = bytes.iter().zip(mark).take_while(|(a, b)| a == b).count();
    &bytes[length..]
}

/// Cuts an oversized file behind its last whole line: half a path would be a wider rule.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= PARSED_BYTES {
        return bytes;
    }
    let end = bytes[..PARSED_BYTES]
        .iter()
        .rposition(|&b| b == b'\n' || b == b'\r')
        .unwrap_or(0);
    &bytes[..end]
}

/// A file that begins with a tag is an error page in place of the rules.
fn is_markup(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'<')
}

/// Splits at LF, CR and CRLF.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let all = rest?;
        let Some(end) = all.iter().position(|&b| b == b'\n' || b == b'\r') else {
            rest = None;
            return Some(all);
        };
        let length = if all[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        rest = Some(&all[end + length..]);
        Some(&all[..end])
    })
}

#[derive(Default)]
struct Reader {
    robots: Robots,
    group: Group,
}

impl Reader {
    fn line(&mut self, number: usize, line: &[u8]) {
        let line = &line[..line.len().min(MAX_LINE)];
        let line = String::from_utf8_lossy(line);
        let text = line.split('#').next().unwrap_or_default().trim();
        let Some((key, value)) = split(text) else {
            return;
        };
        match key {
            Key::Agent => self.agents(value),
            Key::Allow => self.rule(true, value, number, text),
            Key::Disallow => self.rule(false, value, number, text),
            Key::Delay => self.delay(value),
            Key::Sitemap if value.is_empty() => {}
            Key::Sitemap => self.robots.sitemaps.push(value.to_owned()),
        }
    }

    fn agents(&mut self, value: &str) {
        if !self.group.rules.is_empty() {
            self.close();
        }
        let words = value.split_ascii_whitespace().filter_map(token);
        self.group
            .agents
            .extend(words.map(|token| Agent { token, delay: None }));
    }

    fn rule(&mut self, allow: bool, value: &str, line: usize, text: &str) {
        // Rules in front of the first User-agent line belong to nobody, and an empty one says
        // nothing, but both end the list of agents.
        let mut push = |value: &str| {
            self.group.rules.push(Rule {
                allow,
                pattern: Pattern::read(value),
                line,
                text: text.to_owned(),
            });
        };
        push(value);
        if allow && let Some(folder) = index_folder(value) {
            push(&format!("{folder}$"));
        }
    }

    fn delay(&mut self, value: &str) {
        let Some(delay) = seconds(value) else {
            return;
        };
        for agent in &mut self.group.agents {
            agent.delay = agent.delay.max(Some(delay));
        }
    }

    fn close(&mut self) {
        let group = std::mem::take(&mut self.group);
        if !group.agents.is_empty() {
            self.robots.groups.push(group);
        }
    }

    fn finish(mut self) -> Robots {
        self.close();
        self.robots
    }
}

/// Splits a line at its colon, or, where that is missing, at its only white space.
fn split(text: &str) -> Option<(Key, &str)> {
    let (key, value) = match text.split_once(':') {
        Some(pair) => pair,
        None => text
            .split_once([' ', '\t'])
            .filter(|(_, value)| !value.trim().contains([' ', '\t']))?,
    };
    Some((read_key(key.trim())?, value.trim()))
}

fn read_key(key: &str) -> Option<Key> {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    if is(&["user-agent", "useragent", "user agent"]) {
        Some(Key::Agent)
    } else if is(&["allow"]) {
        Some(Key::Allow)
    } else if is(&[
        "disallow",
        "dissallow",
        "dissalow",
        "disalow",
        "diasllow",
        "disallaw",
    ]) {
        Some(Key::Disallow)
    } else if is(&["crawl-delay", "crawldelay"]) {
        Some(Key::Delay)
    } else if is(&["sitemap", "site-map"]) {
        Some(Key::Sitemap)
    } else {
        None
    }
}

/// Reads one word of a `User-agent` value: `*`, or a token with an optional version.
fn token(word: &str) -> Option<String> {
    if word == "*" {
        return Some(word.to_owned());
    }
    let name = word.split('/').next().unwrap_or_default();
    let is_token = !name.is_empty()
        && !word.ends_with([';', ')', ','])
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_token.then(|| name.to_ascii_lowercase())
}

/// Returns the folder whose index page a rule names.
fn index_folder(value: &str) -> Option<&str> {
    value
        .strip_suffix("index.html")
        .or_else(|| value.strip_suffix("index.htm"))
        .filter(|folder| folder.ends_with('/'))
}

fn seconds(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok()?;
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(MAX_DELAY.as_secs_f64())))
}
