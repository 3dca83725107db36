//! Which licences let a text leave the house.
//!
//! A document's `licence` is a text: `unknown`, a code (`CC BY-SA 4.0`, `CC0-1.0`), the address of a
//! licence, or a sentence of the site's terms. It falls into one [`LicenceClass`]. What is not
//! recognised is restricted: unknown is never open. The classes follow the Open Definition 2.1 and
//! the Creative Commons deeds; they help to choose and are no legal advice.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::ExportError;

/// What a licence allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceClass {
    /// Free to use, change and pass on for any purpose, at most with attribution and under the same
    /// terms: public domain, CC0, CC BY, CC BY-SA, ODC, national open government licences.
    Open,
    /// May be passed on when the source is named, perhaps not for profit or not in changed form: the
    /// CC licences with NC or ND, and terms that say so in words.
    Attributed,
    /// Anything else, and whatever is unknown.
    Restricted,
}

/// Which documents an export takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LicencePolicy {
    /// All: for work within the house.
    #[default]
    All,
    /// Those that may be passed on when the source is named, and open ones.
    Attributed,
    /// Open ones only.
    Open,
}

impl LicencePolicy {
    /// Returns whether a document of this licence is taken.
    pub fn lets_pass(self, licence: &str) -> bool {
        match self {
            Self::All => true,
            Self::Attributed => LicenceClass::of(licence) <= LicenceClass::Attributed,
            Self::Open => LicenceClass::of(licence) == LicenceClass::Open,
        }
    }
}

impl FromStr for LicencePolicy {
    type Err = ExportError;

    fn from_str(name: &str) -> Result<Self, ExportError> {
        match name {
            "all" => Ok(Self::All),
            "attributed" => Ok(Self::Attributed),
            "open" => Ok(Self::Open),
            _ => Err(ExportError::UnknownPolicy {
                name: name.to_owned(),
            }),
        }
    }
}

impl fmt::Display for LicencePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all",
            Self::Attributed => "attributed",
            Self::Open => "open",
        })
    }
}

/// Words that take back what a sentence seems to grant.
const REFUSALS: &[&str] = &[
    " all rights reserved ",
    " prohibited ",
    " not permitted ",
    " not be ",
    " not in the ",
    " not allowed ",
    " not authorised ",
    " not authorized ",
    " not licensed ",
    " prior ",
    " written permission ",
    " written consent ",
    " permission of ",
    " permission from ",
];

/// Names of licences without conditions beyond attribution and share-alike, as words.
const OPEN: &[&str] = &[
    " cc0 ",
    " cc zero ",
    " creativecommons org publicdomain ",
    " public domain ",
    " us government work ",
    " creative commons zero ",
    " cc pdm ",
    " cc pddc ",
    " open government licence ",
    " open government license ",
    " ogl uk ",
    " ogl canada ",
    " nlod ",
    " odc by ",
    " odbl ",
    " pddl ",
    " open data commons ",
    " etalab ",
    " gfdl ",
    " gnu free documentation ",
    " dl de by 2 0 ",
    " dl de zero 2 0 ",
];

/// What a sentence grants, as words.
const GRANTS: &[&str] = &[
    " reproduction is authorised ",
    " reproduction is authorized ",
    " reproduction is permitted ",
    " reuse is authorised ",
    " reuse is authorized ",
    " reuse is permitted ",
    " re use is authorised ",
    " re use is authorized ",
    " re use is permitted ",
    " may be reproduced ",
    " may be freely reproduced ",
    " may be freely used ",
    " may be freely copied ",
    " may be copied ",
    " may be reused ",
    " may be re used ",
    " may be quoted ",
    " reuse with attribution ",
    " free to share ",
];

/// How a sentence asks for the source to be named, as words.
const CREDITS: &[&str] = &[
    " acknowledged ",
    " acknowledgement ",
    " acknowledgment ",
    " credited ",
    " credit ",
    " cited ",
    " attribution ",
    " attributed ",
    " source is indicated ",
];

impl LicenceClass {
    /// Returns the class of a licence as a document states it.
    pub fn of(licence: &str) -> Self {
        let words = normalised(licence);
        let has = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
        // A refusal beside a grant may well speak of the text: it wins.
        if has(REFUSALS) {
            Self::Restricted
        } else if let Some(class) = creative_commons(&words) {
            class
        } else if has(OPEN) {
            Self::Open
        } else if has(GRANTS) && has(CREDITS) {
            Self::Attributed
        } else {
            Self::Restricted
        }
    }
}

/// Returns the text in lower case with one space for whatever is no letter or digit, and at both ends.
fn normalised(text: &str) -> String {
    let lower = text.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// Reads the conditions after the name of a Creative Commons licence; `None` where there is no name.
fn creative_commons(words: &str) -> Option<LicenceClass> {
    const NAMES: [&str; 3] = [
        " creativecommons org licenses ",
        " creative commons ",
        " cc ",
    ];
    let conditions = NAMES
        .iter()
        .find_map(|name| words.split_once(name).map(|(_, rest)| rest))?;
    let mut class = None;
    for word in conditions.split(' ') {
        match word {
            "by" | "attribution" => class = class.max(Some(LicenceClass::Open)),
            "nc" | "nd" | "noncommercial" | "noderivatives" | "noderivs" => {
                class = Some(LicenceClass::Attributed);
            }
            // `Attribution-NonCommercial` may be written with more hyphens.
            "non" | "no" => class = class.map(|_| LicenceClass::Attributed),
            "sa" | "share" | "alike" | "sharealike" | "commercial" | "derivatives" => {}
            "cc" | "licence" | "license" => {}
            _ => break,
        }
    }
    class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_class(class: LicenceClass, licences: &[&str]) {
        for licence in licences {
            assert_eq!(LicenceClass::of(licence), class, "{licence}");
        }
    }

    #[test]
    fn open_licences_are_known_by_code_name_and_address() {
        assert_class(
            LicenceClass::Open,
            &[
                "CC0-1.0",
                "CC BY 4.0",
                "cc-by-sa-3.0",
                "https://creativecommons.org/licenses/by/3.0/igo/",
                "http://creativecommons.org/publicdomain/mark/1.0/",
                "Creative Commons Attribution-ShareAlike 4.0 International",
                "Creative Commons licence CC BY 2.0",
                "Public domain",
                "Open Government Licence v3.0",
                "ODC-By-1.0",
            ],
        );
    }

    // The identifiers that a site's file may hold: what `config check` lets pass has a class here.
    #[test]
    fn identifiers_of_site_files_have_their_class() {
        assert_class(
            LicenceClass::Open,
            &[
                "CC-BY-3.0-IGO",
                "CC-PDM-1.0",
                "CC-PDDC",
                "DL-DE-BY-2.0",
                "DL-DE-ZERO-2.0",
                "etalab-2.0",
                "GFDL-1.3",
                "NLOD-2.0",
                "ODbL-1.0",
                "OGL-Canada-2.0",
                "OGL-UK-3.0",
                "PDDL-1.0",
                "public-domain",
                "US-government-work",
            ],
        );
        assert_class(
            LicenceClass::Attributed,
            &[
                "CC-BY-NC-SA-3.0-IGO",
                "CC-BY-ND-4.0",
                "reuse-with-attribution",
            ],
        );
        assert_class(
            LicenceClass::Restricted,
            &["unknown", "all-rights-reserved", "custom-terms"],
        );
    }

    #[test]
    fn conditions_on_use_or_change_leave_attribution() {
        assert_class(
            LicenceClass::Attributed,
            &[
                "CC BY-NC 4.0",
                "CC BY-ND 4.0",
                "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.en",
                "Creative Commons Attribution-NonCommercial-ShareAlike 3.0",
                "Creative Commons Attribution-Non-Commercial 2.0",
                "Texts may be freely used provided that the source is credited.",
                "Reuse is authorised, if the source is acknowledged",
            ],
        );
    }

    #[test]
    fn what_is_not_granted_is_restricted() {
        assert_class(
            LicenceClass::Restricted,
            &[
                "",
                "unknown",
                "All rights reserved",
                "Creative Commons",
                "CC BY photos; the text is all rights reserved",
                "May be reproduced with prior written permission and acknowledgement",
                "This work is not in the public domain",
                "credit",
                "\u{1F600}",
            ],
        );
    }

    #[test]
    fn policies_nest() {
        for licence in ["unknown", "CC BY-NC 4.0", "CC BY 4.0"] {
            let open = LicencePolicy::Open.lets_pass(licence);
            let attributed = LicencePolicy::Attributed.lets_pass(licence);
            assert!(!open || attributed, "{licence}");
            assert!(LicencePolicy::All.lets_pass(licence));
        }
        assert!(!LicencePolicy::Attributed.lets_pass("unknown"));
        for name in ["all", "attributed", "open"] {
            assert_eq!(name.parse::<LicencePolicy>().unwrap().to_string(), name);
        }
        assert!("free".parse::<LicencePolicy>().unwrap_err().is_usage());
    }
}
