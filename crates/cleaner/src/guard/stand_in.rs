//! What a page can be that stands in for another.

use serde::{Deserialize, Serialize};

use super::PageType;

/// What stands in for the page that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandInKind {
    /// A task for humans.
    Captcha,
    /// A check of the browser that passes by itself.
    BrowserCheck,
    /// A refusal: by a firewall, by rights, by region.
    AccessDenied,
    /// A check or a refusal whose kind is not known.
    Interstitial,
    /// A question for consent in place of the page.
    ConsentWall,
    /// A demand to subscribe in place of the text.
    Paywall,
    /// A notice that the site is being worked on or not there yet.
    Maintenance,
    /// An error of the server, served as if it were a page.
    ServerError,
    /// A domain without a site: for sale, expired, or a server as installed.
    ParkedDomain,
    /// A form to log in with.
    Login,
    /// A page that says it is not there, served as if it were.
    #[serde(rename = "soft-404")]
    Soft404,
    /// A page whose text only comes by scripts.
    ScriptShell,
}

impl StandInKind {
    /// Every kind, in the order in which equal evidence is decided.
    pub const ALL: [Self; 12] = [
        Self::Captcha,
        Self::BrowserCheck,
        Self::AccessDenied,
        Self::Interstitial,
        Self::Login,
        Self::Soft404,
        Self::ConsentWall,
        Self::Paywall,
        Self::Maintenance,
        Self::ServerError,
        Self::ParkedDomain,
        Self::ScriptShell,
    ];

    /// Returns the name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Captcha => "captcha",
            Self::BrowserCheck => "browser-check",
            Self::AccessDenied => "access-denied",
            Self::Interstitial => "interstitial",
            Self::ConsentWall => "consent-wall",
            Self::Paywall => "paywall",
            Self::Maintenance => "maintenance",
            Self::ServerError => "server-error",
            Self::ParkedDomain => "parked-domain",
            Self::Login => "login",
            Self::Soft404 => "soft-404",
            Self::ScriptShell => "script-shell",
        }
    }

    /// Returns the name as a reason to withhold a page: those of interstitials begin with what they are.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Captcha => "interstitial/captcha",
            Self::BrowserCheck => "interstitial/browser-check",
            Self::AccessDenied => "interstitial/access-denied",
            Self::ConsentWall => "interstitial/consent-wall",
            Self::Paywall => "interstitial/paywall",
            Self::Maintenance => "interstitial/maintenance",
            Self::ServerError => "interstitial/server-error",
            Self::ParkedDomain => "interstitial/parked-domain",
            Self::Interstitial | Self::Login | Self::Soft404 | Self::ScriptShell => self.as_str(),
        }
    }

    /// Returns the type of page that the kind belongs to.
    pub const fn page_type(self) -> PageType {
        match self {
            Self::Login => PageType::Login,
            Self::Soft404 => PageType::Soft404,
            Self::ScriptShell => PageType::ScriptShell,
            _ => PageType::Interstitial,
        }
    }
}

/// A page that stands in for another, with what tells so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// What it is.
    pub kind: StandInKind,
    /// What was seen, for people.
    pub evidence: String,
}

impl std::fmt::Display for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_its_type_and_its_kind() {
        for kind in StandInKind::ALL {
            let name = serde_json::to_value(kind).unwrap();
            assert_eq!(name, kind.as_str());
            assert!(kind.reason().starts_with(kind.page_type().as_str()));
            assert!(kind.reason().ends_with(kind.as_str()));
        }
    }
}
