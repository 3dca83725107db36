//! Who is behind the crawl: required before a public host is asked for anything.

use std::net::IpAddr;

use thresh_fetcher::{HostPort, why_forbidden};
use thresh_types::Origin;

use crate::config::Config;
use crate::problem::{ConfigErrors, Place, Problems};
use crate::site::Site;

impl Config {
    /// Checks that there is a contact if any site is on a public host. A site needs none where every
    /// origin is an address of this machine or a private network, or a name that `resolve` sends there.
    ///
    /// # Errors
    /// The line of `thresh.toml` to edit, and the site that asks for it.
    pub fn check_contact_for_public(&self) -> Result<(), ConfigErrors> {
        self.check_contact_for(&self.sites.iter().collect::<Vec<_>>())
    }

    /// Checks the same as [`Config::check_contact_for_public`] for some of the sites.
    ///
    /// # Errors
    /// Likewise.
    pub fn check_contact_for(&self, sites: &[&Site]) -> Result<(), ConfigErrors> {
        let mut problems = Problems::default();
        if self.contact.is_empty()
            && let Some((site, origin)) = sites.iter().find_map(|s| Some((s, public_origin(s)?)))
        {
            let what = format!(
                "the contact is empty, and site `{}` is on the public host {}",
                site.id,
                origin.host()
            );
            problems.add(&self.contact_place, "corpus.contact", what, Some(remedy()));
        }
        problems.or(())
    }

    /// Checks that a crawl can start: there is a site, and a contact if one is needed. The contact is
    /// asked for even where there is no site yet, since the first site will need it.
    ///
    /// # Errors
    /// The lines to edit.
    pub fn check_ready_to_crawl(&self) -> Result<(), ConfigErrors> {
        if !self.sites.is_empty() {
            return self.check_contact_for_public();
        }
        let mut problems = Problems::default();
        let file = Place {
            line: None,
            ..self.contact_place.clone()
        };
        let add = "run `thresh site add URL`, or write a file in sites/".to_owned();
        problems.add(
            &file,
            "",
            "no site is configured: there is nothing to crawl",
            Some(add),
        );
        if self.contact.is_empty() {
            problems.add(
                &self.contact_place,
                "corpus.contact",
                "the contact is empty",
                Some(remedy()),
            );
        }
        problems.or(())
    }
}

fn remedy() -> String {
    "write a URL or `mailto:` address at which you are reached, as in `contact = \"mailto:you@example.org\"`".to_owned()
}

/// Reports a contact that is neither a web address nor a `mailto:` one, or that would break the header
/// it is sent in.
pub(crate) fn check_form(contact: &str, place: &Place, problems: &mut Problems) {
    let key = "corpus.contact";
    if contact.is_empty() {
        return;
    }
    if !contact.bytes().all(|b| b.is_ascii_graphic()) || contact.contains(['(', ')']) {
        let what = "the contact is sent in a header: it takes no white space, brackets or letters beyond ASCII";
        problems.add(place, key, what, None);
    } else if !is_address(contact) {
        let remedy = if contact.contains('@') && !contact.contains(':') {
            format!("write `mailto:{contact}`")
        } else {
            remedy()
        };
        problems.add(
            place,
            key,
            format!("`{contact}` is no URL and no `mailto:` address"),
            Some(remedy),
        );
    }
}

fn is_address(contact: &str) -> bool {
    match contact.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => rest
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        _ => contact.parse::<thresh_types::CanonicalUrl>().is_ok(),
    }
}

/// Returns the first origin of the site that is on a public host.
fn public_origin(site: &Site) -> Option<&Origin> {
    site.origins.iter().find(|origin| !is_local(origin, site))
}

/// Returns whether no connection to the origin leaves for a public address. The guard of the fetcher
/// says what is one.
fn is_local(origin: &Origin, site: &Site) -> bool {
    let host = origin.host();
    let port = origin
        .at("/")
        .and_then(|url| url.as_url().port_or_known_default());
    let fixed = port.and_then(|port| site.crawl.resolve.get(&HostPort::new(host, port)));
    if let Some(address) = fixed {
        return why_forbidden(address.ip()).is_some();
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    address.is_ok_and(|address| why_forbidden(address).is_some())
}
