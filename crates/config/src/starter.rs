//! The files that `init` and `site add` write.

use thresh_types::CanonicalUrl;

use crate::config::Config;
use crate::packs;

/// The commented defaults, as they are shipped.
pub(crate) const MAIN: &str = include_str!("../../../config/thresh.toml");
const EXAMPLE_SITE: &str = include_str!("starter/example.toml");
const SITE_TEMPLATE: &str = include_str!("starter/site.toml");
const README: &str = include_str!("starter/README.md");

/// A file of a new configuration folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarterFile {
    /// The path below the configuration folder, with `/` between its parts.
    pub path: String,
    /// The content.
    pub content: String,
}

impl Config {
    /// Returns the files of a new configuration folder: every key commented and at its default, an
    /// example of a site that is all comments, and a note on the noise packs, which stay in the program.
    pub fn starter_files() -> Vec<StarterFile> {
        let packs = packs::shipped_sources()
            .into_keys()
            .collect::<Vec<_>>()
            .join(", ");
        [
            ("thresh.toml", MAIN.to_owned()),
            ("sites/example.toml", EXAMPLE_SITE.to_owned()),
            ("noise/README.md", README.replace("{packs}", &packs)),
        ]
        .map(|(path, content)| StarterFile {
            path: path.to_owned(),
            content,
        })
        .into()
    }
}

/// Returns a site file for the site that `url` is on, with what the address tells: id, origins, seed,
/// and the noise pack of a host whose system its name gives away.
pub fn site_file_for(url: &CanonicalUrl) -> StarterFile {
    let origin = url.origin();
    let id = id_of(origin.host());
    let known = packs::shipped_sources();
    let mut noise = vec!["common"];
    noise.extend(system_of(origin.host()));
    noise.retain(|name| known.contains_key(*name));
    let content = SITE_TEMPLATE
        .replace("{id}", &id)
        .replace("{name}", origin.host())
        .replace("{seed}", url.as_str())
        .replace("{origin}", origin.as_str())
        .replace("{origins}", &list(&origins_of(url)))
        .replace("{noise}", &list(&noise));
    StarterFile {
        path: format!("sites/{id}.toml"),
        content,
    }
}

/// Returns an id from the host: its labels without `www` and the top-level domain, joined by `-`.
fn id_of(host: &str) -> String {
    let host = host.trim_matches(['[', ']']);
    let named = host.strip_prefix("www.").unwrap_or(host);
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let stem = match named.rsplit_once('.') {
        Some((stem, _)) if !is_address => stem,
        _ => named,
    };
    let mut id: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(60)
        .collect();
    id = id.trim_matches('-').to_owned();
    if id.is_empty() || id == "local" {
        format!("site-{id}").trim_end_matches('-').to_owned()
    } else {
        id
    }
}

/// Returns the origin, and its sister with or without `www.` where the host is a registered name.
fn origins_of(url: &CanonicalUrl) -> Vec<String> {
    let origin = url.origin();
    let host = origin.host();
    let mut origins = vec![origin.to_string()];
    let sister = match host.strip_prefix("www.") {
        Some(bare) => Some(bare.to_owned()),
        None if host.matches('.').count() == 1 => Some(format!("www.{host}")),
        None => None,
    };
    if let Some(sister) = sister.filter(|name| name.contains('.')) {
        origins.push(origin.as_str().replacen(host, &sister, 1));
    }
    origins
}

/// Returns the pack of the system that serves hosts of such a name.
fn system_of(host: &str) -> Option<&'static str> {
    const SUFFIXES: &[(&str, &str)] = &[
        ("osce.org", "osce"),
        ("wixsite.com", "wix"),
        ("wordpress.com", "wordpress"),
    ];
    SUFFIXES
        .iter()
        .find(|(suffix, _)| host == *suffix || host.ends_with(&format!(".{suffix}")))
        .map(|(_, pack)| *pack)
}

fn list<T: AsRef<str>>(items: &[T]) -> String {
    let quoted: Vec<String> = items
        .iter()
        .map(|item| format!("{:?}", item.as_ref()))
        .collect();
    format!("[{}]", quoted.join(", "))
}
