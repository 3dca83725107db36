//! The checks of `[crawl]` keys that go beyond their types, in `thresh.toml` and in site files.

use std::net::SocketAddr;

use thresh_fetcher::{AddressRule, HostPort, Settings};

use crate::document::{Entry, Kind, Node};
use crate::problem::{Place, Problems};
use crate::section::{self, dotted};

/// Returns `base` with what `entries` say; keys and values that are wrong are reported and left out.
pub(crate) fn overridden(
    base: &Settings,
    section: &str,
    entries: &[Entry],
    whole: &Place,
    problems: &mut Problems,
) -> Settings {
    let mut check = Check {
        section,
        whole,
        problems,
    };
    let mut good: Vec<Entry> = entries.iter().filter(|e| check.entry(e)).cloned().collect();
    let mut settings = section::overridden(base, section, &good, whole, problems);
    // Each round takes out the key that the stage's own check blames, until none is left.
    while let Err(error) = settings.check() {
        let Some(at) = blamed(&good, error.key) else {
            break;
        };
        let entry = good.remove(at);
        let key = dotted(section, &entry.key);
        let what = if entry.key == error.key {
            error.problem
        } else {
            format!("with it `{}` {}", error.key, error.problem)
        };
        problems.add(&whole.at(entry.line), key, what, None);
        // What else is wrong with the entries is reported already.
        settings = section::overridden(base, section, &good, whole, &mut Problems::default());
    }
    settings
}

/// Returns which entry to blame for `key`: its own, or for a bound that is crossed another bound.
fn blamed(entries: &[Entry], key: &str) -> Option<usize> {
    let own = entries.iter().position(|entry| entry.key == key);
    own.or_else(|| {
        entries
            .iter()
            .position(|entry| key.starts_with("revisit") && entry.key.starts_with("revisit"))
    })
}

struct Check<'a> {
    section: &'a str,
    whole: &'a Place,
    problems: &'a mut Problems,
}

impl Check<'_> {
    /// Returns whether the entry passes; what does not is reported at its own line.
    fn entry(&mut self, entry: &Entry) -> bool {
        match (entry.key.as_str(), &entry.node.kind) {
            ("user_agent", _) => self.user_agent(entry),
            // Every item is looked at, not only those before the first that is wrong.
            ("allow_addresses", Kind::List(items)) => {
                let wrong = items.iter().filter(|item| !self.address_rule(entry, item));
                wrong.count() == 0
            }
            ("resolve", Kind::Table(names)) => {
                let wrong = names.iter().filter(|name| !self.fixed_address(entry, name));
                wrong.count() == 0
            }
            _ => true,
        }
    }

    fn user_agent(&mut self, entry: &Entry) -> bool {
        let Some(text) = entry.node.as_str() else {
            return true;
        };
        if text.trim().is_empty() || !text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            let what = "the user agent is a header: visible ASCII is expected";
            return self.refuse(entry, entry.line, what.to_owned(), None);
        }
        let plain = text.replace("{version}", "").replace("{contact}", "");
        if plain.contains(['{', '}']) {
            let remedy = "the placeholders are {version} and {contact}".to_owned();
            let what = "an unknown placeholder".to_owned();
            return self.refuse(entry, entry.line, what, Some(remedy));
        }
        true
    }

    fn address_rule(&mut self, list: &Entry, item: &Node) -> bool {
        let error = item.as_str().and_then(|t| t.parse::<AddressRule>().err());
        error.is_none_or(|error| self.refuse(list, item.line, error.to_string(), None))
    }

    fn fixed_address(&mut self, table: &Entry, name: &Entry) -> bool {
        let to = name.node.as_str().unwrap_or_default();
        let what = match (name.key.parse::<HostPort>(), to.parse::<SocketAddr>()) {
            (Ok(_), Ok(_)) => return true,
            (Err(error), _) => error.to_string(),
            (_, Err(_)) => format!(
                "`{}` is sent to `{to}`, which is no address with a port",
                name.key
            ),
        };
        let remedy = "write `\"osce.example:80\" = \"127.0.0.1:8600\"`".to_owned();
        self.refuse(table, name.line, what, Some(remedy))
    }

    fn refuse(&mut self, entry: &Entry, line: usize, what: String, remedy: Option<String>) -> bool {
        let key = dotted(self.section, &entry.key);
        self.problems.add(&self.whole.at(line), key, what, remedy);
        false
    }
}
