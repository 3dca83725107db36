//! Marks in markup that tell which system answered: names of elements, addresses and scripts.
//!
//! A mark is no verdict. Many a protected site puts the script of its shield on every page, and a form
//! below an article may hold a captcha, so the guard weighs marks against what else the page says.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use crate::guard::StandInKind::{self, *};

/// Where a mark is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A class or the id of any element, whole.
    Name,
    /// A class or the id of the root or the body, whole.
    Body,
    /// The name of a field, whole.
    Field,
    /// Part of the address of a script, frame, style sheet or refresh.
    Address,
    /// Part of the address that a form is sent to.
    Form,
    /// Part of a script within the page.
    Script,
}

use Place::{Address, Body, Field, Form, Name, Script};

/// A system that can be known by its marks.
#[derive(Debug)]
pub(crate) struct Sign {
    /// Its name, for people.
    pub(crate) name: &'static str,
    /// What its pages are.
    pub(crate) kind: StandInKind,
    /// What it weighs: 1 stands on many a document, 5 on no document at all.
    pub(crate) points: u8,
    marks: &'static [(Place, &'static str)],
}

const fn sign(
    name: &'static str,
    kind: StandInKind,
    points: u8,
    marks: &'static [(Place, &'static str)],
) -> Sign {
    Sign {
        name,
        kind,
        points,
        marks,
    }
}

#[rustfmt::skip]
const SIGNS: &[Sign] = &[
    // `/cdn-cgi/challenge-platform/…/jsd/` stands on ordinary pages: only the orchestration is a challenge.
    sign("Cloudflare challenge", BrowserCheck, 5, &[(Name, "cf-browser-verification"), (Name, "cf-im-under-attack"), (Name, "cf-challenge-running"), (Name, "challenge-error-text"), (Script, "_cf_chl_opt"), (Script, "/orchestrate/chl_page"), (Address, "/orchestrate/chl_page"), (Address, "/orchestrate/jsch"), (Address, "/orchestrate/managed"), (Form, "__cf_chl_")]),
    sign("Cloudflare error", Interstitial, 3, &[(Name, "cf-error-details"), (Name, "cf-error-overview")]),
    sign("Anubis", BrowserCheck, 5, &[(Name, "anubis_challenge"), (Address, "/.within.website/x/")]),
    sign("go-away", BrowserCheck, 5, &[(Address, "/go-away/assets/"), (Address, "go-away/cmd/go-away")]),
    sign("AWS WAF", BrowserCheck, 4, &[(Script, "awsWafCookieDomainList"), (Script, "gokuProps")]),
    sign("DDoS-Guard", BrowserCheck, 4, &[(Address, "/.well-known/ddos-guard/"), (Name, "ddg-captcha"), (Address, "check.ddos-guard.net")]),
    sign("Sucuri", BrowserCheck, 5, &[(Script, "sucuri_cloudproxy_js")]),
    sign("StackPath", BrowserCheck, 4, &[(Address, "/sbbi/?sbbpg="), (Script, "/sbbi/?sbbpg=")]),
    sign("Akamai", BrowserCheck, 5, &[(Name, "sec-if-cpt-container"), (Name, "sec-cpt-if"), (Script, "bm-verify=")]),
    sign("Imunify360", BrowserCheck, 4, &[(Script, "wsidchk")]),
    sign("Reblaze", BrowserCheck, 4, &[(Script, "window.rbzns")]),
    sign("Qrator", BrowserCheck, 4, &[(Address, "/__qrator/")]),
    sign("Kasada", BrowserCheck, 2, &[(Script, "KPSDK")]),
    sign("SiteGround", Captcha, 5, &[(Address, "/.well-known/sgcaptcha/")]),
    sign("DataDome", Captcha, 5, &[(Script, "geo.captcha-delivery.com"), (Address, "captcha-delivery.com")]),
    sign("HUMAN", Captcha, 5, &[(Name, "px-captcha"), (Name, "px-captcha-wrapper"), (Name, "px-captcha-container")]),
    sign("Radware", Captcha, 4, &[(Address, "validate.perfdrive.com"), (Form, "validate.perfdrive.com")]),
    sign("Yandex", Captcha, 4, &[(Form, "/checkcaptcha"), (Form, "/showcaptcha")]),
    sign("a form for a captcha", Captcha, 2, &[(Name, "captcha-form"), (Name, "captcha_form"), (Form, "/errors/validateCaptcha"), (Form, "/captcha")]),
    sign("Turnstile", Captcha, 1, &[(Name, "cf-turnstile"), (Address, "challenges.cloudflare.com/turnstile")]),
    sign("hCaptcha", Captcha, 1, &[(Name, "h-captcha"), (Address, "hcaptcha.com/1/api.js")]),
    sign("reCAPTCHA", Captcha, 1, &[(Name, "g-recaptcha"), (Address, "/recaptcha/api.js"), (Address, "/recaptcha/enterprise.js")]),
    sign("Friendly Captcha", Captcha, 1, &[(Name, "frc-captcha"), (Address, "friendly-challenge")]),
    sign("SmartCaptcha", Captcha, 1, &[(Name, "smart-captcha"), (Address, "smartcaptcha.yandexcloud.net")]),
    sign("Arkose", Captcha, 1, &[(Name, "FunCaptcha"), (Address, "arkoselabs.com")]),
    sign("GeeTest", Captcha, 1, &[(Address, "geetest.com"), (Name, "geetest_captcha")]),
    sign("MTCaptcha", Captcha, 1, &[(Name, "mtcaptcha"), (Address, "service.mtcaptcha.com")]),
    sign("Imperva", AccessDenied, 5, &[(Address, "&incident_id="), (Address, "?incident_id=")]),
    sign("a form for consent", ConsentWall, 3, &[(Form, "//consent."), (Form, "collectConsent"), (Form, "/consent/save")]),
    sign("OneTrust", ConsentWall, 1, &[(Name, "onetrust-consent-sdk"), (Address, "cdn.cookielaw.org")]),
    sign("Didomi", ConsentWall, 1, &[(Name, "didomi-host"), (Name, "didomi-popup")]),
    sign("Sourcepoint", ConsentWall, 1, &[(Address, "cdn.privacy-mgmt.com")]),
    sign("Quantcast", ConsentWall, 1, &[(Name, "qc-cmp2-container"), (Name, "qc-cmp2-ui")]),
    sign("Usercentrics", ConsentWall, 1, &[(Name, "usercentrics-root"), (Address, "app.usercentrics.eu")]),
    sign("Cookiebot", ConsentWall, 1, &[(Name, "CybotCookiebotDialog"), (Address, "consent.cookiebot.com")]),
    sign("consentmanager", ConsentWall, 1, &[(Name, "cmpbox"), (Address, "consentmanager.net")]),
    sign("Funding Choices", ConsentWall, 1, &[(Name, "fc-consent-root")]),
    sign("iubenda", ConsentWall, 1, &[(Name, "iubenda-cs-banner")]),
    sign("a paywall", Paywall, 1, &[(Name, "paywall"), (Name, "paywall-content"), (Name, "piano-offer")]),
    sign("SAML", Login, 5, &[(Field, "SAMLRequest"), (Field, "SAMLResponse"), (Field, "wresult")]),
    sign("WordPress login", Login, 4, &[(Body, "login-action-login"), (Body, "login-action-lostpassword"), (Body, "login-action-register"), (Body, "login-action-postpass")]),
    sign("WordPress password", Login, 3, &[(Name, "post-password-form")]),
    sign("Keycloak", Login, 4, &[(Name, "kc-form-login"), (Name, "kc-login")]),
    sign("Microsoft sign-in", Login, 3, &[(Address, "aadcdn.msauth.net"), (Address, "aadcdn.msftauth.net"), (Field, "loginfmt")]),
    sign("Okta", Login, 3, &[(Name, "okta-sign-in"), (Name, "okta-login-container")]),
    sign("Auth0", Login, 2, &[(Name, "auth0-lock-container")]),
    sign("Joomla login", Login, 2, &[(Body, "view-login")]),
    sign("Moodle login", Login, 3, &[(Body, "pagelayout-login")]),
    sign("TYPO3 login", Login, 3, &[(Name, "typo3-login")]),
    sign("a form to log in", Login, 1, &[(Name, "loginform"), (Name, "login-form"), (Name, "login_form"), (Name, "user-login"), (Name, "user-login-form"), (Name, "loginArea"), (Form, "wp-login.php"), (Form, "/user/login"), (Form, "_layouts/15/Authenticate"), (Form, "liferay_login_web_portlet")]),
    // Not `page-id-404` or `postid-404`: those are numbers of pages.
    sign("the theme's class for errors", Soft404, 4, &[(Body, "error404"), (Body, "error-404"), (Body, "template-404"), (Body, "path-system-404"), (Body, "page--system--404"), (Body, "page-system-404")]),
    sign("the theme's class for what is missing", Soft404, 2, &[(Body, "page-not-found"), (Body, "pagenotfound"), (Body, "not-found"), (Body, "notfound"), (Name, "error-404"), (Name, "error404"), (Name, "page-not-found"), (Name, "next-error-h1")]),
    sign("a class for errors", Soft404, 1, &[(Name, "not-found"), (Body, "page-404"), (Body, "error-page"), (Body, "errorpage"), (Body, "search-no-results")]),
    sign("the theme's class for maintenance", Maintenance, 3, &[(Body, "maintenance-page"), (Body, "in-maintenance"), (Body, "maintenance-mode")]),
    sign("WordPress error", ServerError, 3, &[(Name, "wp-die-message")]),
    sign("a parking service", ParkedDomain, 4, &[(Address, "parkingcrew.net"), (Address, "sedoparking.com"), (Address, "bodis.com"), (Address, "parklogic.com"), (Address, "afternic.com/forsale"), (Address, "hugedomains.com"), (Address, "wsimg.com/parking-lander"), (Script, "/domain_profile.cfm")]),
];

/// Returns the sign of that name.
pub(crate) fn by_name(name: &str) -> Option<&'static Sign> {
    SIGNS.iter().find(|sign| sign.name == name)
}

struct Index {
    whole: FxHashMap<(Place, &'static str), &'static str>,
    parts: Vec<(Place, &'static str, &'static str)>,
    scripts: Regex,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let marks = || {
        SIGNS
            .iter()
            .flat_map(|s| s.marks.iter().map(|&(place, mark)| (place, mark, s.name)))
    };
    let is_part = |place| matches!(place, Address | Form | Script);
    let scripts: Vec<String> = marks()
        .filter(|(place, ..)| *place == Script)
        .map(|(_, mark, _)| regex::escape(mark))
        .collect();
    Index {
        whole: marks()
            .filter(|(place, ..)| !is_part(*place))
            .map(|(place, mark, name)| ((place, mark), name))
            .collect(),
        parts: marks().filter(|(place, ..)| is_part(*place)).collect(),
        scripts: Regex::new(&scripts.join("|")).expect("escaped texts are a valid pattern"),
    }
});

/// Notes the signs that a whole name is a mark of.
pub(crate) fn note_name(place: Place, name: &str, found: &mut BTreeSet<&'static str>) {
    found.extend(INDEX.whole.get(&(place, name)));
}

/// Notes the signs whose marks are part of an address.
pub(crate) fn note_address(place: Place, address: &str, found: &mut BTreeSet<&'static str>) {
    let hits = INDEX
        .parts
        .iter()
        .filter(|(at, mark, _)| *at == place && address.contains(mark));
    found.extend(hits.map(|(.., name)| name));
}

/// Notes the signs whose marks are part of a script.
pub(crate) fn note_script(script: &str, found: &mut BTreeSet<&'static str>) {
    for hit in INDEX.scripts.find_iter(script) {
        let is_hit =
            |(place, mark, _): &&(Place, &str, &str)| *place == Script && *mark == hit.as_str();
        found.extend(INDEX.parts.iter().filter(is_hit).map(|(.., name)| name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_weights_within_bounds() {
        let names: BTreeSet<&str> = SIGNS.iter().map(|s| s.name).collect();
        assert_eq!(names.len(), SIGNS.len());
        assert!(SIGNS.iter().all(|s| (1..=5).contains(&s.points)));
    }

    #[test]
    fn a_mark_is_found_where_it_belongs_and_nowhere_else() {
        let mut found = BTreeSet::new();
        note_name(Body, "page-id-404", &mut found);
        note_name(Name, "login-action-login", &mut found);
        note_script(
            "a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'",
            &mut found,
        );
        note_address(Address, "/_Incapsula_Resource?SWJIYLWA=1", &mut found);
        assert!(found.is_empty(), "{found:?}");
        note_script(
            "window._cf_chl_opt={}; // geo.captcha-delivery.com",
            &mut found,
        );
        note_name(Body, "error404", &mut found);
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
