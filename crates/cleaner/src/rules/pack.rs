//! Packs: files of rules.

use serde::Deserialize;
use thresh_types::RuleId;
use toml::Table;

use super::Matcher;
use crate::error::RuleError;

/// A rule of a pack.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: RuleId,
    pub(super) why: String,
    pub(super) matcher: Matcher,
    pub(super) hit: Vec<String>,
    pub(super) miss: Vec<String>,
    /// Rules that may fire on the examples that this one must miss: they are noise of another kind.
    pub(super) except: Vec<String>,
}

/// The rules of one file of `config/noise`.
#[derive(Debug, Clone)]
pub struct Pack {
    name: String,
    source: String,
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    #[serde(default)]
    rule: Vec<RuleFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    #[serde(default)]
    why: String,
    #[serde(rename = "match")]
    matches: Table,
    #[serde(default)]
    hit: Vec<String>,
    #[serde(default)]
    miss: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
}

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// When the text is no TOML, has keys that no pack has, or holds a rule without a reason, with a
    /// match that does not read, or without an example on either side.
    pub fn parse(name: &str, toml: &str) -> Result<Self, RuleError> {
        let file: PackFile = toml::from_str(toml).map_err(|e| RuleError::Unreadable {
            pack: name.to_owned(),
            detail: place_and_message(toml, &e),
        })?;
        let rules = file.rule.into_iter().map(|rule| read_rule(name, rule));
        Ok(Self {
            name: name.to_owned(),
            source: toml.to_owned(),
            rules: rules.collect::<Result<_, _>>()?,
        })
    }

    /// Returns the name of the pack.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the TOML that the pack was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns identifier and reason of every rule.
    pub fn rules(&self) -> impl Iterator<Item = (&RuleId, &str)> {
        self.rules.iter().map(|rule| (&rule.id, rule.why.as_str()))
    }
}

fn place_and_message(toml: &str, error: &toml::de::Error) -> String {
    let message = crate::measure::collapse(error.message());
    match error.span().and_then(|span| toml.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.lines().count().max(1)),
        None => message,
    }
}

fn read_rule(pack: &str, file: RuleFile) -> Result<Rule, RuleError> {
    let named = |detail: String| RuleError::Match {
        pack: pack.to_owned(),
        rule: file.id.clone(),
        detail,
    };
    let id: RuleId = file
        .id
        .parse()
        .map_err(|e: thresh_types::IdError| RuleError::Id {
            pack: pack.to_owned(),
            rule: file.id.clone(),
            detail: e.to_string(),
        })?;
    if file.why.trim().is_empty() {
        return Err(named(
            "has no `why`; say in one sentence what the noise is".to_owned(),
        ));
    }
    for (examples, missing) in [(&file.hit, "hit"), (&file.miss, "miss")] {
        if examples.iter().all(|e| e.trim().is_empty()) {
            return Err(RuleError::Example {
                pack: pack.to_owned(),
                rule: file.id.clone(),
                missing,
            });
        }
    }
    Ok(Rule {
        matcher: Matcher::parse(&file.matches).map_err(named)?,
        id,
        why: file.why,
        hit: file.hit,
        miss: file.miss,
        except: file.except,
    })
}

/// Returns name and TOML source of the packs that are shipped with the program.
pub fn shipped_packs() -> Vec<(&'static str, &'static str)> {
    macro_rules! pack {
        ($name:literal) => {
            (
                $name,
                include_str!(concat!("../../../../config/noise/", $name, ".toml")),
            )
        };
    }
    vec![
        pack!("common"),
        pack!("cookie-consent"),
        pack!("debug-dumps"),
        pack!("drupal"),
        pack!("joomla"),
        pack!("osce"),
        pack!("pdf-print"),
        pack!("sharepoint"),
        pack!("sphinx-docs"),
        pack!("squarespace"),
        pack!("wix"),
        pack!("wordpress"),
    ]
}
